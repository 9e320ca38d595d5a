"""PostgreSQL as the recipe sets it up: a base backup and the archived log bring back what was committed after it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tests import databases, needs

RECIPE: Final = Path(__file__).parents[2] / "deploy" / "postgresql"
ARCHIVE: Final = "/var/backups/zhengka-wal"
SCRIPT: Final = "/etc/postgresql/zhengka-archive.sh"


class Host:
    """A machine's PostgreSQL: binaries, folder, and whose they are."""

    def __init__(self, folder: Path) -> None:
        found = databases.server_binaries()
        binaries = None if found is None else (found / "postgres").resolve().parent
        if binaries is None or not (binaries / "pg_basebackup").is_file():
            needs.missing("PostgreSQL", install="apt-get install postgresql")
        self.folder, self.user = folder, databases.unprivileged_user()
        self.binaries: Path = binaries
        if self.user is not None:
            shutil.chown(folder, self.user)
        self.archive = folder / "archive"
        self.run("mkdir", self.archive)
        for name in ("zhengka-archive.sh", "base-backup.sh", "recover.sh"):
            shutil.copy(RECIPE / name, folder / name)
        recipe = (RECIPE / "zhengka.conf").read_text("utf-8")
        assert recipe.count(ARCHIVE) == recipe.count(SCRIPT) == 1
        self.settings = folder / "zhengka.conf"
        self.settings.write_text(
            recipe.replace(ARCHIVE, str(self.archive)).replace(SCRIPT, str(folder / "zhengka-archive.sh"))
        )

    @property
    def environment(self) -> Mapping[str, str]:
        return {"PATH": f"{self.binaries}:{os.environ['PATH']}", "PGHOST": str(self.folder), "PGUSER": "zhengka"}

    def run(self, *words: str | Path) -> str:
        done = subprocess.run(
            words,
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment,
            **({"user": self.user, "extra_groups": []} if self.user else {}),  # type: ignore[call-overload]
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @contextmanager
    def serving(self, data: Path, *, kill: bool = False) -> Generator[psycopg.Connection]:
        """Run the server with the recipe, which is killed at the end, or stopped."""
        own = f"listen_addresses=,unix_socket_directories={self.folder}".split(",")
        with (self.folder / "log").open("ab") as log:
            server = subprocess.Popen(
                [self.binaries / "postgres", "-D", data, *(word for one in own for word in ("-c", one))],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **({"user": self.user, "extra_groups": []} if self.user else {}),
            )
        try:
            with self._connected() as connection:
                yield connection
        finally:
            server.send_signal(signal.SIGKILL if kill else signal.SIGINT)
            server.wait()

    def _connected(self) -> psycopg.Connection:
        for _ in range(200):
            try:
                connection = psycopg.connect(host=str(self.folder), user="zhengka", dbname="postgres", autocommit=True)
            except psycopg.OperationalError:
                time.sleep(0.05)
                continue
            if connection.execute("SELECT NOT pg_is_in_recovery()").fetchone() == (True,):
                return connection
            connection.close()
            time.sleep(0.05)
        pytest.fail((self.folder / "log").read_text("utf-8"))


@pytest.mark.slow
def test_what_was_committed_after_the_base_backup_comes_back() -> None:
    with tempfile.TemporaryDirectory(prefix="zhengka-wal-") as name:
        host = Host(Path(name))
        data = host.folder / "data"
        host.run("initdb", "-D", data, "-U", "zhengka", "-A", "trust", "-E", "UTF8", "--locale=C", "-k")
        with (data / "postgresql.conf").open("a") as conf:
            conf.write(f"include '{host.settings}'\nshared_buffers = 16MB\n")
        with host.serving(data, kill=True) as connection:
            connection.execute("CREATE TABLE card (number text PRIMARY KEY)")
            connection.execute("INSERT INTO card VALUES ('before')")
            base = Path(host.run("sh", host.folder / "base-backup.sh", host.folder))
            connection.execute("INSERT INTO card VALUES ('after')")
            (moment,) = connection.execute("SELECT clock_timestamp()::text").fetchone() or ("",)
            time.sleep(0.01)
            connection.execute("INSERT INTO card VALUES ('mistaken')")
            segment = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone()
            assert segment is not None
            for _ in range(200):
                if (host.archive / segment[0]).is_file():
                    break
                time.sleep(0.05)
        shutil.rmtree(data)  # the host is lost
        whole, earlier = host.folder / "whole", host.folder / "earlier"
        host.run("sh", host.folder / "recover.sh", base, host.archive, whole)
        with host.serving(whole) as connection:
            assert connection.execute("SELECT count(*) FROM card").fetchone() == (3,)
        host.run("sh", host.folder / "recover.sh", base, host.archive, earlier, moment)
        with host.serving(earlier) as connection:
            found = connection.execute("SELECT number FROM card ORDER BY number").fetchall()
            assert found == [("after",), ("before",)], "up to the moment named"
        with pytest.raises(AssertionError, match="not overwritten"):
            host.run("sh", host.folder / "recover.sh", base, host.archive, whole)


def test_no_segment_takes_anothers_place(tmp_path: Path) -> None:
    script = RECIPE / "zhengka-archive.sh"
    segment, target = tmp_path / "segment", tmp_path / "archive" / "000000010000000000000001"
    target.parent.mkdir()
    segment.write_bytes(b"one")

    def archive() -> int:
        return subprocess.run(["sh", script, segment, target], check=False, capture_output=True).returncode

    assert archive() == 0
    assert archive() == 0, "the same again"
    segment.write_bytes(b"another")
    assert archive() != 0
    assert target.read_bytes() == b"one"
    assert [path.name for path in target.parent.iterdir()] == [target.name]
