"""Take the power away from a register in SQLite at each of its syncs, as the disk would have it then.

``python -m tests.flows.power_loss --batches 40`` issues batches under strace (``apt-get install strace``), and lays out
the files as they stand when only what was synced has reached the disk, and again with some of the rest, in any order
and torn within a sector. Each such copy must open, be whole, and hold every card that had been acknowledged by then.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.flows.desks import KIND_OF, Desk
from tests.flows.office import make_office

SECTOR: Final = 512
_TRACED: Final = "openat,pwrite64,fdatasync,fsync,ftruncate,write,close,unlink"
_PLAIN: Final = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
_OPENED: Final = re.compile(r'^\S+, "([^"]*)"')
_WRITTEN: Final = re.compile(r'^(\d+), "([^"]*)", (\d+)(?:, (\d+))?$')


@dataclass(slots=True)
class Disk:
    """One file: what has surely reached the disk, and the writes that may have."""

    synced: bytearray
    waiting: list[tuple[int, bytes]] = field(default_factory=list)

    def sync(self) -> None:
        self.synced = self.image(self.waiting)
        self.waiting = []

    def image(self, writes: list[tuple[int, bytes]]) -> bytearray:
        made = bytearray(self.synced)
        for at, data in writes:
            if at == -1:
                del made[int.from_bytes(data) :]
                continue
            made.extend(bytes(max(0, at + len(data) - len(made))))
            made[at : at + len(data)] = data
        return made

    def some(self, chance: random.Random) -> bytearray:
        """Lay out the file with any of the waiting writes, torn between sectors."""
        kept = [one for one in self.waiting if chance.random() < 0.5]
        return self.image([(at, data if at == -1 else data[: SECTOR * chance.randint(0, 8)]) for at, data in kept])


def work(folder: Path, url: str, batches: int) -> None:
    """Issue batches, and acknowledge each by a line."""
    desk = Desk(folder, url)
    for place in range(batches):
        prefix = list(KIND_OF)[place % len(KIND_OF)]
        numbers = desk.issue(f"1-0-{place}", {prefix: 1 + place % 3})
        os.write(1, f"ACK {' '.join(numbers)}\n".encode())
    os._exit(0)  # the last checkpoint is not made either


def moments(log: Path, files: dict[str, Disk]) -> Iterator[set[str]]:
    """Follow what was traced; stop before and after each sync and at the end, with the numbers acknowledged by then."""
    names: dict[int, str] = {}
    acknowledged: set[str] = set()
    for line in log.read_text("utf-8").splitlines():
        found = _PLAIN.match(line)
        if found is None or int(found[3]) < 0:
            continue
        call, given, result = found[1], found[2], int(found[3])
        if call == "openat" and (opened := _OPENED.match(given)):
            names[result] = bytes.fromhex(opened[1].replace("\\x", "")).decode()
            continue
        disk = files.get(names.get(int(given.split(",")[0]), "")) if given[:1].isdigit() else None
        if call == "close":
            names.pop(int(given), None)
        elif call in {"pwrite64", "write"} and (written := _WRITTEN.match(given)):
            data = bytes.fromhex(written[2].replace("\\x", ""))
            if disk is not None:
                disk.waiting.append((int(written[4]), data))
            elif written[1] == "1" and data.startswith(b"ACK "):
                acknowledged.update(data.decode().split()[1:])
        elif disk is not None and call == "ftruncate":
            disk.waiting.append((-1, int(given.split(", ")[1]).to_bytes(8)))
        elif disk is not None and call in {"fsync", "fdatasync"}:
            yield acknowledged
            disk.sync()
            yield acknowledged
    yield acknowledged


def check(folder: Path, images: dict[str, bytearray], acknowledged: set[str]) -> int:
    """Open a copy as the next start does; return how many cards it holds."""
    folder.mkdir()
    for name, image in images.items():
        (folder / Path(name).name).write_bytes(image)
    with closing(sqlite3.connect(folder / "register.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        held = {number for (number,) in copy.execute("SELECT number FROM card")}
        (entries,), (size,) = (
            copy.execute(asked).fetchone()
            for asked in ("SELECT count(*) FROM journal", "SELECT size FROM journal_head")
        )
    assert acknowledged <= held, f"lost: {sorted(acknowledged - held)}"
    assert entries == size, "a transaction is there in part"
    shutil.rmtree(folder)
    return len(held)


def run(batches: int, folder: Path, seed: int) -> str:
    """Run the work once, and take the power away at each sync of it."""
    url = f"sqlite:///{folder / 'register.db'}"
    make_office(folder / "data", url).register.close()
    paths = [str(folder / name) for name in ("register.db", "register.db-wal")]
    files = {path: Disk(bytearray(Path(path).read_bytes() if Path(path).exists() else b"")) for path in paths}
    log = folder / "traced"
    program = [sys.executable, "-m", __spec__.name, "--work", str(folder / "data"), url, "--batches", str(batches)]
    traced = ["strace", "-f", "-qq", "-xx", "-s", "10000000", "-e", f"trace={_TRACED}", "-o", str(log), *program]
    subprocess.run(traced, check=True, stdout=subprocess.DEVNULL)
    chance, cuts, known = random.Random(seed), 0, 0
    for acknowledged in moments(log, files):
        known = len(acknowledged)
        for images in (
            {path: disk.synced for path, disk in files.items()},
            *({path: disk.some(chance) for path, disk in files.items()} for _ in range(3)),
        ):
            check(folder / "copy", images, acknowledged)
            cuts += 1
    assert known, "nothing was acknowledged"
    return (
        f"seed {seed}: the power taken away {cuts} times; each copy whole, with all of up to {known} cards acknowledged"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Take the power away from a register in SQLite.")
    parser.add_argument("--batches", type=int, default=40)
    parser.add_argument("--work", nargs=2, help="what is traced: folder and address")
    chosen = parser.parse_args()
    if chosen.work:
        work(Path(chosen.work[0]), chosen.work[1], chosen.batches)
    with tempfile.TemporaryDirectory(prefix="zhengka-power-") as name:
        print(run(chosen.batches, Path(name), random.SystemRandom().randrange(2**32)))


if __name__ == "__main__":
    main()
