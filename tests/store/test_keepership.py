"""One process at a time does what one does for all."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psycopg

from service.store.keepership import LOCK, NAME, keepership
from tests.databases import Copies

HOLDING = """
import sys
from service.store.keepership import keepership
part = keepership(sys.argv[1])
print(part.is_held(), flush=True)
sys.stdin.read()
"""


def test_one_has_the_part_and_another_takes_it_over(database_url: str) -> None:
    first, second = keepership(database_url), keepership(database_url)
    try:
        assert (first.is_held(), second.is_held()) == (True, False)
        assert (first.is_held(), second.is_held()) == (True, False), "asked again"
        first.close()
        assert (second.is_held(), first.is_held()) == (True, False)
    finally:
        second.close()
        first.close()


def test_a_killed_process_leaves_it_to_others(database_url: str) -> None:
    command = [sys.executable, "-c", HOLDING, database_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        other = keepership(database_url)
        assert not other.is_held()
        process.send_signal(signal.SIGKILL)
        process.wait()
        for _ in range(1_000):
            if other.is_held():
                break
        else:
            raise AssertionError("the part is never free")
        other.close()


def test_a_session_that_the_server_has_ended_is_no_longer_believed(copies_in_postgresql: Copies) -> None:
    with copies_in_postgresql(None) as url, psycopg.connect(url, autocommit=True) as administrator:
        part, other = keepership(url), keepership(url)
        assert part.is_held()
        ended = administrator.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND objid = %s AND application_name LIKE %s",
            (LOCK, f"{NAME} %"),
        ).fetchall()
        assert ended == [(True,)]
        assert other.is_held()
        assert not part.is_held()
        assert not part.is_held()
        other.close()
        assert part.is_held()
        part.close()


def test_every_process_does_what_it_can_on_a_disk_that_takes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'away' / 'register.db'}"
    assert keepership(url).is_held()
    assert keepership(url).is_held(), "there is no file to lock"
