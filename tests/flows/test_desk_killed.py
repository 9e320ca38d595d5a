"""An afternoon at the desk whose service is killed again and again: each form is sent anew, and does its work once."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import re
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Engine, event

from service.app import create_app
from service.domain.card_number import CardNumber
from service.flows.drafts.desk import row_of
from service.flows.drafts.draft_requests import RosterFile
from service.flows.drafts.issuing import LEASE
from service.flows.drafts.photo_requests import Announced, PhotoPiece
from service.flows.drafts.photos import add_photo_piece, photos_missing
from service.flows.drafts.rosters import read_roster_into
from service.flows.issue.batches import find_batch, list_batches
from service.flows.printing.queue import print_log
from service.flows.running.audit import audit
from tests.flows.drafts_at_work import book_of, clerk
from tests.flows.office import NOON, Office, applicant, photo, reopened
from tests.flows.people_at_work import PASSWORD

ORIGIN: Final = "https://zk.example.cn"
EVERY: Final = 25
"""Statements between two places at which the service is killed."""

Form = tuple[str, dict[str, Any]]


class Tab:
    """A clerk's tab: what was typed into each form stays in it until the form has been answered."""

    def __init__(self, folder: Path, client: TestClient[Any], office: Office, batch: int) -> None:
        self._kept, self.client, self.office, self.batch = folder / "tab.json", client, office, batch
        self.forms: list[Form] = json.loads(self._kept.read_text()) if self._kept.exists() else []

    def work(self) -> None:
        """Send every form of the afternoon, those that were answered as well."""
        for place, typed in enumerate(STEPS):
            if place == len(self.forms):
                self.forms.append(typed(self))
                self._kept.write_text(json.dumps(self.forms))
            path, fields = self.forms[place]
            answer = self.client.post(path, data=fields, follow_redirects=False)
            assert answer.status_code in {200, 303}, (path, re.findall(r"data-code=\S+", answer.text))

    def form(self, path: str, on: str = "", **fields: object) -> Form:
        """Open the page of a form, and type into it."""
        tokens = re.findall('name="csrf" value="([^"]*)"', self.client.get(on or path).text)
        return path, {"csrf": tokens[0], **fields}

    @property
    def here(self) -> str:
        return f"/office/batches/{self.batch}"

    def numbers(self) -> list[str]:
        """Wait until the batch is issued, and return its cards."""
        until = time.monotonic() + 60
        while "已签发 2 张证卡" not in self.client.get(f"{self.here}/issue").text:
            assert time.monotonic() < until, "it is issued by another thread"
            time.sleep(0.02)
        return [str(one) for one in find_batch(self.office.register, self.batch, "centre").printable]


def claims(tab: Tab) -> Form:
    photos = re.findall(r'id="photo-(\d+)"', tab.client.get(f"{tab.here}/photos").text)
    chosen = {f"photo-{photo}": str(row) for photo, row in zip(photos, (2, 3), strict=True)}
    return tab.form(f"{tab.here}/photos/claim", f"{tab.here}/photos", **chosen)


def cutting(tab: Tab) -> Form:
    page = tab.client.get(f"{tab.here}/rows/2/crop").text
    frame = {
        name: re.findall(f'id="crop-{name}"[^>]*value="([0-9]+)"', page)[0] for name in ("x", "y", "width", "height")
    }
    return tab.form(f"{tab.here}/rows/2/crop", act="crop", **frame)


def mending(tab: Tab) -> Form:
    version = re.findall('name="version" value="([0-9]+)"', tab.client.get(f"{tab.here}/rows/3").text)
    return tab.form(f"{tab.here}/rows/3", act="save", version=version[0], **{"cell-work_unit": "改过的单位"})


STEPS: Final[tuple[Callable[[Tab], Form], ...]] = (
    lambda tab: tab.form(f"{tab.here}/roster", act="take"),
    lambda tab: tab.form(tab.here, act="confirm", new_job_types=["陶艺制作"]),
    claims,
    cutting,
    mending,
    lambda tab: tab.form(f"{tab.here}/issue", cards="2", password=PASSWORD, reviewed_by="李审核"),
    lambda tab: tab.form("/office/printing", act="print", numbers=tab.numbers(), start="1"),
    *(
        lambda tab, place=place: tab.form(
            "/office/printing/checked",
            "/office/printing",
            text=tab.office.text(CardNumber(tab.numbers()[place])),
        )
        for place in range(2)
    ),
    lambda tab: tab.form("/office/printing/hand-out", "/office/printing", numbers=tab.numbers(), delivery="signed"),
)


def serve(app: Litestar, folder: Path, url: str, batch: int, run: int) -> None:
    """Go on with the afternoon, and die at a statement, each time a little later."""
    count = 0

    def die(*_: object) -> None:
        nonlocal count
        count += 1
        if count == EVERY * (run + 1):
            os.kill(os.getpid(), signal.SIGKILL)

    office = reopened(folder, url, seed=100 + run)
    office.clock.now = NOON + run * (LEASE + timedelta(seconds=1))
    app.state.settings, app.state.effects = office.settings, office.effects
    with TestClient(app, base_url=ORIGIN) as client:
        cookie = folder / "cookie"
        if not cookie.exists():
            client.post("/sign-in", data={"name": "centre", "password": PASSWORD, "next": "/office"})
            cookie.write_text(client.cookies["__Host-zhengka"])
        client.cookies.set("__Host-zhengka", cookie.read_text(), domain="zk.example.cn")
        tab = Tab(folder, client, office, batch)
        event.listen(Engine, "before_cursor_execute", die)
        tab.work()
    os._exit(0)


@pytest.mark.slow
def test_each_step_of_the_desk_is_done_once_wherever_the_service_is_killed(lite: Office) -> None:
    """督附3, 督附5, 考附2: rows taken, job types confirmed, a face cut, cards issued, printed, checked, handed out."""
    who = clerk(lite)
    rows = [applicant("special_skill", person, occupations="陶艺制作") for person in (1, 2)]
    batch = who.begin()
    read_roster_into(lite.register, who.principal, batch, RosterFile("名单.xlsx", book_of(rows)))
    for place in (1, 2):
        data = photo(place)
        sha256 = hashlib.sha256(data).hexdigest()
        photos_missing(lite.register, who.principal, batch, [Announced(sha256, f"IMG_{place}.jpg", len(data))])
        add_photo_piece(lite.register, who.principal, batch, PhotoPiece(sha256, 0, data))
    url, folder = lite.settings.database_url, lite.settings.data
    app = create_app(lite.settings, lite.effects)
    lite.register.close()
    forked = multiprocessing.get_context("fork")
    ends: list[int | None] = []
    while set(ends) <= {-signal.SIGKILL} and len(ends) < 60:
        process = forked.Process(target=serve, args=(app, folder, url, batch, len(ends)))
        process.start()
        process.join(60)
        ends.append(process.exitcode)
    print(f"killed {len(ends) - 1} times")
    assert ends[-1] == 0
    assert len(ends) > len(STEPS), "it was killed about every step"

    lite.open()
    view = who.view(batch)
    assert (len(view.rows), view.confirmed_job_types) == (2, ("陶艺制作",))
    assert [batch.issued for batch in list_batches(lite.register, "centre")] == [2]
    numbers = find_batch(lite.register, batch, "centre").printable
    assert lite.card(numbers[1]).work_unit == "改过的单位"
    assert row_of(lite.register, who.principal, batch, 2).crop is not None
    for number in numbers:
        assert [entry.step for entry, _ in print_log(lite.register, number)] == ["printed", "checked", "handed-out"]
    assert audit(lite.register).faults == ()
