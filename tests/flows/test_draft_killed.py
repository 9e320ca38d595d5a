"""A process that works on a batch is killed at one statement after another: nothing is lost and nothing doubled."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from service.domain.draft_state import DraftState
from service.flows.drafts.background import carry_on
from service.flows.drafts.issuing import LEASE, start_issuing
from service.flows.issue.batches import find_batch, list_batches
from service.flows.running.audit import audit
from tests.flows.drafts_at_work import clerk
from tests.flows.office import NOON, Office, photo, reopened, resident_id
from tests.flows.test_draft_issuing import ORDER, prepared
from tests.flows.test_draft_photos import Sender

EVERY = 14
"""Statements between two places at which a process is killed."""


def work(folder: Path, url: str, run: int, killed_at: int) -> None:
    """Go on with batches, and die before the statement ``killed_at``."""
    count = 0

    def die(*_: object) -> None:
        nonlocal count
        count += 1
        if count == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

    office = reopened(folder, url, seed=100 + run)
    office.clock.now = NOON + run * (LEASE + timedelta(seconds=1))
    event.listen(Engine, "before_cursor_execute", die)
    carry_on(office.register)
    os._exit(0)


@pytest.mark.slow
def test_a_batch_is_issued_once_wherever_its_process_is_killed(lite: Office) -> None:
    who = clerk(lite)
    identity = prepared(who, 1, 3, 2)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"{resident_id(5)}.jpg", photo(5))
    Sender(who, identity).send("照片.zip", archive.getvalue())
    start_issuing(lite.register, who.principal, identity, ORDER)
    url, folder = lite.settings.database_url, lite.settings.data
    lite.register.close()
    forked = multiprocessing.get_context("fork")
    ends: list[int | None] = []
    while 0 not in ends and len(ends) < 60:
        process = forked.Process(target=work, args=(folder, url, len(ends), EVERY * (len(ends) + 1)))
        process.start()
        process.join(60)
        ends.append(process.exitcode)
    assert set(ends[:-1]) == {-signal.SIGKILL}
    assert len(ends) > 5, "it was killed at several steps"

    lite.open()
    view = who.view(identity)
    assert (view.state, view.progress.done) == (DraftState.ISSUED, 3)
    found = find_batch(lite.register, identity, "centre")
    assert len(found.printable) == 2
    assert [batch.issued for batch in list_batches(lite.register, "centre")] == [2]
    assert view.rest is not None
    rest = who.view(view.rest)
    assert [one.row for one in rest.rows] == [4]
    assert sorted(len(file.rows) for file in rest.files) == [0, 1]  # the archive's goes on, too
    checked = audit(lite.register)
    assert (checked.faults, checked.cards) == ((), 2)
