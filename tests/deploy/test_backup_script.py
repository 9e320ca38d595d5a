"""The daily backup as its timer runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from keys.files import create
from service.flows.running.audit import read_head
from tests.api.registers import make_world, settings_of
from tests.api.test_serve import REPOSITORY

SCRIPT: Final = REPOSITORY / "deploy" / "backup.sh"
OLD: Final = ("zhengka-20260101T000000Z", "zhengka-20260102T000000Z")


@pytest.mark.slow
def test_a_backup_and_a_head_are_made_and_the_oldest_go(tmp_path: Path) -> None:
    world, kept = make_world(settings_of(tmp_path / "data")), tmp_path / "kept"
    kept.mkdir()
    for name in OLD:
        (kept / f"{name}.zip").write_bytes(b"")
        (kept / f"{name}.head.json").write_bytes(b"")
    (kept / "notes.zip").write_bytes(b"ours")
    program = tmp_path / "zhengka"
    create(program, f'#!/bin/sh\nexec "{sys.executable}" -c "from service.cli import main; main()" "$@"\n'.encode())
    program.chmod(0o700)
    environ = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(REPOSITORY),
        "ZHENGKA": str(program),
        "ZHENGKA_DATA": str(world.settings.data),
        "ZHENGKA_PASSPHRASE": (world.settings.passphrase or b"").decode(),
    }

    def back_up() -> int:
        return subprocess.run(["sh", SCRIPT, kept, "2"], env=environ, check=False, capture_output=True).returncode

    assert back_up() == 0
    archives, heads = sorted(kept.glob("zhengka-*.zip")), sorted(kept.glob("zhengka-*.json"))
    assert len(archives) == len(heads) == 2
    assert archives[0].name == f"{OLD[1]}.zip", "the oldest has gone"
    assert read_head(heads[1].read_bytes()).size > 0
    assert {one.stat().st_mode & 0o077 for one in (archives[1], heads[1])} == {0}
    assert (kept / "notes.zip").is_file()
    lists = sorted(kept.glob("zhengka-*.zip.photographs"))
    assert len(lists) == 1, "the old ones had none"
    needless = kept / "photographs" / "plain" / "00" / ("00" * 32)
    needless.parent.mkdir(parents=True, exist_ok=True)
    needless.write_bytes(b"of a backup that is not kept any more")

    assert back_up() == 0
    assert len(list(kept.glob("zhengka-*.zip.photographs"))) == 2
    assert not needless.exists()
    archives = sorted(kept.glob("zhengka-*.zip"))
    environ["ZHENGKA_PASSPHRASE"] = "wrong"  # noqa: S105 - of a register that lasts for one test
    assert back_up() != 0
    assert archives[0].is_file(), "where none could be made, none goes"
