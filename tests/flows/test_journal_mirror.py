"""The journal's mirror: every entry elsewhere as it is committed, by every process, through every interruption."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.issue.number_series import ReservationRequest, reserve_numbers
from service.flows.register import open_register
from service.flows.running import journal_mirror, mirror_files
from service.flows.running.audit import export_journal, signed_head
from service.flows.running.journal_mirror import mirror_state, set_mirror, unset_mirror
from service.flows.running.mirror_faults import mirror_faults
from service.store import journal
from tests.flows.office import ACTOR, Office, one_of_each
from tests.flows.test_audit import tamper

R = "R5026"


def mirror_to(office: Office, folder: Path) -> None:
    set_mirror(office.register.database, office.register.effects, office.register.mirror, folder, ACTOR)


def mirrored(folder: Path) -> list[bytes]:
    return list(mirror_files.read(folder))


def held(office: Office) -> list[bytes]:
    return list(export_journal(office.register))


def faults(office: Office, folder: Path) -> list[str]:
    return [fault.en for fault in mirror_faults(office.register.database, folder)]


def reserve(office: Office, number: int) -> None:
    reserve_numbers(office.register, ReservationRequest(R, number, number, "预留"), By(ACTOR))


def test_every_entry_is_elsewhere_when_the_work_is_done(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    office.issue(*one_of_each())
    mirror_to(office, folder)
    assert mirrored(folder) == held(office), "what was before it is there too"
    revoke_card(
        office.register,
        CardNumber("R50260001"),
        RevocationRequest(ground="督§19(4)", reason="查实", decided_by="王"),
        By(ACTOR),
    )
    assert mirrored(folder) == held(office)
    with open_register(office.settings, office.effects) as other:
        reserve_numbers(other, ReservationRequest(R, 90, 95, "预留"), By(ACTOR))
    assert faults(office, folder) == []
    assert mirrored(folder) == held(office), "by another process, which nobody told of it"
    head = signed_head(office.register)
    assert [path.name for path, _ in mirror_files.heads(folder)] == [f"{head.size:012d}-{head.kid}.json"]
    assert faults(office, folder) == []
    unset_mirror(office.register.database, office.register.effects, ACTOR)
    size = len(held(office))
    reserve(office, 120)
    assert (len(mirrored(folder)), mirror_state(office.register.database).folder) == (size - 1, None)
    mirror_to(office, folder)
    assert mirrored(folder) == held(office), "set again it goes on where it ended"


def test_a_share_that_is_away_holds_nothing_up_and_is_caught_up(
    lite: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, away = tmp_path / "share", tmp_path / "away"
    mirror_to(lite, folder)
    folder.rename(away)
    folder.mkdir()  # the empty folder on which it is mounted
    with caplog.at_level(logging.WARNING, "zhengka.journal"):
        for number in range(10, 14):
            reserve(lite, number)
    assert [record.name for record in caplog.records] == ["zhengka.journal"], "reported once, not at each commit"
    assert list(folder.iterdir()) == [], "nothing is written below the place of a share"
    state = mirror_state(lite.register.database)
    assert (state.mirrored, state.is_behind) == (None, True)
    folder.rmdir()
    away.rename(folder)
    lite.register.mirror.follow()  # as the running service does every minute
    assert mirrored(folder) == held(lite)
    assert not mirror_state(lite.register.database).is_behind


def test_a_share_that_hangs_holds_one_commit_up_and_for_seconds_only(lite: Office, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror_to(lite, folder)
    position = folder / "position.json"
    content = position.read_bytes()
    position.unlink()
    os.mkfifo(position)  # whoever opens it to read waits for somebody who writes
    begun = time.monotonic()
    reserve(lite, 10)
    first = time.monotonic() - begun
    begun = time.monotonic()
    for number in range(11, 15):
        reserve(lite, number)
    assert first < journal_mirror.WAIT_S + 5
    assert time.monotonic() - begun < journal_mirror.WAIT_S, "no commit waits after the first"
    assert lite.register.mirror.last.is_behind
    fifo = os.open(position, os.O_WRONLY)
    scratch = folder / "position.new"
    scratch.write_bytes(content)
    scratch.replace(position)
    os.write(fifo, content)
    os.close(fifo)
    until = time.monotonic() + 20
    while mirrored(folder) != held(lite) and time.monotonic() < until:
        time.sleep(0.05)
    assert mirrored(folder) == held(lite), "and once it answers, it is caught up"


def test_many_entries_lie_in_few_files(lite: Office, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror_to(lite, folder)
    with lite.register.database.write() as connection:  # up to just before the block is full
        missing = mirror_files.BLOCK - 3 - journal.head(connection).size
        event = lite.events()[-1]
        journal.append_many(connection, lite.effects.now(), ACTOR, [event] * missing)
    for number in range(10, 16):
        reserve(lite, number)
    names = sorted(path.name for path in (folder / "entries").glob("*.jsonl"))
    assert names[0] == f"{0:012d}-{mirror_files.BLOCK - 1:012d}.jsonl"
    assert len(names) == 4, "the block, and one for each commit since"
    assert mirrored(folder) == held(lite)


@pytest.mark.parametrize("what", ["altered", "torn", "lacking", "swapped"])
def test_a_mirror_that_is_not_whole_says_where(lite: Office, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "mirror"
    mirror_to(lite, folder)
    for number in range(10, 14):
        reserve(lite, number)
    file, other = sorted((folder / "entries").glob("*.jsonl"))[2:4]
    match what:
        case "altered":
            file.write_bytes(file.read_bytes().replace(b"R5026", b"R5025"))
            expected = f"entry {int(file.name[:12])} differs"
        case "torn":
            file.write_bytes(file.read_bytes()[:-20])
            expected = "it is not whole"
        case "lacking":
            file.unlink()
            expected = f"entries {int(file.name[:12])}-{int(file.name[:12])} are lacking"
        case _:
            file.write_bytes(other.read_bytes())
            expected = f"stands at {int(file.name[:12])}"
    (found,) = faults(lite, folder)
    assert expected in found


def test_a_register_set_back_is_found_by_its_mirror(lite: Office, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror_to(lite, folder)
    reserve(lite, 10)
    database = lite.settings.data / "register.db"
    lite.register.close()
    shutil.copyfile(database, tmp_path / "kept.db")
    lite.open()
    reserve(lite, 11)
    lite.register.close()
    (database.with_name("register.db-wal")).unlink(missing_ok=True)
    shutil.copyfile(tmp_path / "kept.db", database)
    lite.open()
    whole = mirrored(folder)
    (found,) = faults(lite, folder)
    assert "the register was set back" in found
    reserve(lite, 12)  # the very place of the lost entry
    (found,) = faults(lite, folder)
    assert f"entry {len(whole) - 1} differs" in found
    assert mirrored(folder) == whole, "and the mirror is left as it is"
    with pytest.raises(Refused) as refused:
        mirror_to(lite, folder)
    assert refused.value.code == "mirror-not-ours"


def test_an_entry_altered_in_the_register_is_found_by_the_mirror(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "mirror"
    mirror_to(office, folder)
    reserve(office, 10)
    entry = held(office)[1]
    altered = entry.replace(b'"actor":"', b'"actor":"x')
    tamper(office, "UPDATE journal SET entry = :new WHERE entry = :old", new=altered, old=entry)
    assert faults(office, folder) == ["entry 1 differs between journal and mirror: one of them was altered"]


_WORK = """
import sys
from pathlib import Path
from service import effects, settings
from service.domain.access import By
from service.flows.issue.number_series import ReservationRequest, reserve_numbers
from service.flows.register import open_register
folder, url, first = sys.argv[1:]
with open_register(settings.load({"ZHENGKA_DATABASE_URL": url}, Path(folder)), effects.real()) as register:
    for number in range(int(first), int(first) + 200):
        reserve_numbers(register, ReservationRequest("R5026", number, number, "预留"), By("worker"))
        print(number, flush=True)
"""


@pytest.mark.slow
def test_writers_that_are_killed_leave_whole_entries(lite: Office, tmp_path: Path) -> None:
    """Two processes at a time write and are killed anywhere; what is mirrored is whole and true, and is caught up."""
    folder = tmp_path / "mirror"
    mirror_to(lite, folder)
    arguments = [str(lite.settings.data), lite.settings.database_url]
    for kill in range(2):
        workers = [
            subprocess.Popen([sys.executable, "-c", _WORK, *arguments, first], stdout=subprocess.PIPE)
            for first in (str(1000 + 400 * kill), str(5000 + 400 * kill))
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline(), "a worker has begun"
        time.sleep(0.15 * (kill + 1))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            worker.communicate()
        got = mirrored(folder)
        assert got == held(lite)[: len(got)]
    lite.register.mirror.follow()
    assert mirrored(folder) == held(lite)
    assert list((folder / "entries").iterdir())
