"""Two versions of the program over one register: host by host where steps only add, and never beside other steps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from service.domain.card_number import CardNumber
from tests import databases, needs
from tests.api.test_batches import photos_of, roster_of
from tests.api.test_serve import REPOSITORY
from tests.deploy.hosts import Host, office_at_work, running, wait_until_all_listen
from tests.deploy.test_hosts import COOKIE, until
from tests.deploy.versions import ADDS, CHANGES, later_version
from tests.flows.office import Office, applicant
from tests.flows.people_at_work import PASSWORD

BAD: Final = 2


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'register.db'}"
        return
    if databases.server_binaries() is None:
        needs.missing("PostgreSQL", install="apt-get install postgresql")
    with databases.postgresql_running() as address:
        yield address


class Desk:
    """A clerk at one host after another."""

    def __init__(self, host: Host) -> None:
        with host.client() as client:
            answer = client.post("/api/v1/session", json={"name": "centre", "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            self.headers = {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}", "X-CSRF-Token": answer.json()["csrf"]}

    def issue(self, host: Host, person: int) -> CardNumber:
        row = applicant("external", person)
        files = {"roster": ("名单.xlsx", roster_of(row)), "photos": ("照片.zip", photos_of(row))}
        with host.client() as client:
            headers = self.headers | {"Idempotency-Key": f"person-{person}"}
            begun = client.post("/api/v1/batches", files=files, data={"reviewed_by": "李审核"}, headers=headers)
            assert begun.status_code == 202, begun.text
            batch: dict[str, Any] = {}

            def is_issued() -> bool:
                batch.update(client.get(begun.headers["location"], headers=self.headers).json())
                return batch["state"] == "issued"

            until(is_issued, "it is never issued")
        (number,) = (row["number"] for row in batch["issued"])
        return CardNumber(number)

    def revoke(self, host: Host, number: str) -> httpx.Response:
        decision = {"ground": "督§19(4)", "reason": "经核实", "decided_by": "王主任"}
        with host.client() as client:
            return client.post(f"/api/v1/cards/{number}/revocation", json=decision, headers=self.headers)


def verdict(host: Host, text: str) -> httpx.Response:
    with host.client() as client:
        return client.post("/api/v1/verifications", json={"credential": text})


def word(host: Host, text: str) -> str:
    answer = verdict(host, text)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["verdict"])


def command(office: Office, program: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {
        "PYTHONPATH": str(program),
        "ZHENGKA_DATA": str(office.settings.data),
        "ZHENGKA_DATABASE_URL": office.settings.database_url,
        "ZHENGKA_PASSPHRASE": (office.settings.passphrase or b"").decode(),
    }
    line = [sys.executable, "-c", "from service.cli import main; main()", *words]
    return subprocess.run(line, env=environ, cwd=office.settings.data, capture_output=True, text=True, check=False)


def upgrade(office: Office, program: Path) -> None:
    done = command(office, program, "upgrade", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["upgraded"]


def of_register(office: Office, program: Path) -> dict[str, Any]:
    looked = command(office, program, "doctor", "--offline", "--json")
    (found,) = (one for one in json.loads(looked.stdout)["findings"] if one["check"] == "register")
    return dict(found)


@contextmanager
def asked_meanwhile(host: Host, text: str) -> Generator[Counter[str]]:
    """Check a card at a host all the time, and count the answers."""
    answers, over = Counter[str](), threading.Event()

    def ask() -> None:
        while not over.is_set():
            answer = verdict(host, text)
            answers[answer.json()["verdict"] if answer.status_code == 200 else f"{answer.status_code}"] += 1

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join()


@pytest.mark.slow
def test_hosts_are_upgraded_one_by_one_and_an_old_one_never_answers_wrongly(url: str, tmp_path: Path) -> None:
    adding = later_version(tmp_path / "adding", r9001_adds=ADDS)
    changing = later_version(tmp_path / "changing", r9001_adds=ADDS, r9002_changes=CHANGES)
    with ExitStack() as stack:
        office = office_at_work(tmp_path / "office", url)
        stack.callback(office.register.close)
        old = stack.enter_context(running(office, tmp_path / "old"))
        wait_until_all_listen(old)
        desk = Desk(old)
        first = desk.issue(old, 1)
        text = office.text(first)
        with asked_meanwhile(old, text) as answers:
            upgrade(office, adding)
        assert set(answers) <= {"valid"}

        new = stack.enter_context(running(office, tmp_path / "new", adding))
        again = stack.enter_context(running(office, tmp_path / "again"))
        wait_until_all_listen(new, again)
        for issuing, other, person in ((old, new, 2), (new, old, 3), (again, new, 4)):
            number = desk.issue(issuing, person)
            code = office.text(number)
            assert (word(issuing, code), word(other, code)) == ("valid", "valid")
            assert desk.revoke(other, number).status_code == 200
            assert (word(issuing, code), word(other, code)) == ("revoked", "revoked")
        assert of_register(office, REPOSITORY)["remedy"] == "schema-newer"
        refused = command(office, REPOSITORY, "backup", "--out", str(tmp_path / "old.zip"))
        assert (refused.returncode, (tmp_path / "old.zip").exists()) == (1, False), refused.stderr
        assert command(office, adding, "backup", "--out", str(tmp_path / "new.zip")).returncode == 0
        assert command(office, adding, "audit", "verify").returncode == 0

        with asked_meanwhile(old, text) as answers:
            upgrade(office, changing)
        assert set(answers) <= {"valid", "503"}
        newest = stack.enter_context(running(office, tmp_path / "newest", changing))
        wait_until_all_listen(newest)
        assert desk.revoke(newest, first).status_code == 200
        assert word(newest, text) == "revoked"
        for host in (old, new, again):
            with host.client() as client:
                asked = (
                    verdict(host, text),
                    desk.revoke(host, first),
                    client.get("/office/cards", headers=desk.headers),
                    client.get("/status-lists/1"),
                    client.get("/readyz"),
                )
            assert [answer.status_code for answer in asked] == [503] * len(asked)
            assert all(answer.headers["retry-after"] for answer in asked)
            until(lambda host=host: "the tables were upgraded by a newer version" in host.log(), "the log says why")
            assert "Traceback" not in host.log()
        found = of_register(office, REPOSITORY)
        assert (found["standing"], found["remedy"]) == ("bad", "schema-newer")
        audited = command(office, changing, "audit", "verify")
        assert audited.returncode == 0, audited.stdout
