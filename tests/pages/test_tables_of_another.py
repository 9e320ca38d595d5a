"""Every route while the database answers nothing this program may use: a clean 503, a page for people, never a 500."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from service.store.engine import open_database
from tests.api.staffed import staffed_service
from tests.web.permissions import ask, operations

AT_THE_DESK = ("/office/cards", "/office/batches", "/office/admin/users", "/office/printing", "/office/staffing")


@pytest.mark.slow
def test_a_program_that_was_superseded_says_so_at_every_route(tmp_path: Path) -> None:
    with staffed_service(tmp_path) as running:
        csrf = running.csrf("centre")["X-CSRF-Token"]
        running.client.headers["Accept"] = "text/html"
        assert running.client.get(AT_THE_DESK[0]).status_code == 200
        database = open_database(running.office.settings.database_url)
        with database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999', works_since = '9999'"))
        database.close()
        for operation in operations(running.client.app):
            answer = ask(running.client, operation, csrf)
            assert answer.status_code < 500 or (answer.status_code == 503 and answer.headers["retry-after"]), operation
        for path in AT_THE_DESK:
            page = running.client.get(path)
            assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8"), path
            assert "请在本机安装并启动新版本" in page.text
        answer = running.client.post("/api/v1/verifications", json={"credential": running.text})
        assert (answer.status_code, answer.json()["code"]) == (503, "program-superseded")
