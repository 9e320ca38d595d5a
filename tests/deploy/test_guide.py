"""The guide to two hosts, followed on one machine: its commands in its order, in a folder of its own for each host."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import make_url

from keys.files import create
from tests import databases
from tests.api.test_serve import REPOSITORY, free_port
from tests.cli.desk import assessor, write_photos, write_roster
from tests.deploy.fronting import wait_for
from tests.deploy.test_hosts import postgresql
from tests.flows.kill_campaign import MortalServer

GUIDES: Final = tuple(REPOSITORY / "docs" / language / "two-hosts.md" for language in ("en", "zh"))
NOT_RUN: Final = ("createuser", "useradd", "systemctl", "nginx")
BLOCK: Final = re.compile(r"^```sh\n# (?P<where>.*)\n(?P<lines>(?:.*\n)*?)```$", re.MULTILINE)
PLACE: Final = re.compile(r"/(?=(?:etc|var|opt|media)/)")
FOUND_BAD: Final = 2
"""What the doctor ends with where something is bad."""


class Machines:
    """The machines of the guide, as folders: ``/etc``, ``/var`` and ``/opt`` of each, and the same sticks for all."""

    def __init__(self, folder: Path, server: MortalServer) -> None:
        self.folder, self.server = folder, server
        binaries = databases.server_binaries()
        assert binaries is not None
        self._tools = (binaries / "postgres").resolve().parent
        self.program = folder / "bin" / "zhengka"
        self.program.parent.mkdir()
        text = f'#!/bin/sh\nexec "{sys.executable}" -c "from service.cli import main; main()" "$@"\n'
        create(self.program, text.encode())
        self.program.chmod(0o700)
        for stick in ("usb-1", "usb-2", "nas"):
            (folder / "media" / stick).mkdir(parents=True)

    def root(self, name: str) -> Path:
        """Return the root of a machine, which is made where it is not there."""
        root = self.folder / name.replace(" ", "-")
        if not root.exists():
            for made in ("etc/zhengka", "etc/systemd/system", "var/lib", "var/backups/zhengka", "opt/zhengka"):
                (root / made).mkdir(parents=True)
            (root / "opt" / "zhengka" / "deploy").symlink_to(REPOSITORY / "deploy")
            (root / "media").symlink_to(self.folder / "media")
        return root

    def environ(self, name: str) -> dict[str, str]:
        root, url = self.root(name), self.server.url
        secret = root / "etc" / "zhengka" / "passphrase"
        return {
            "PATH": f"{self.program.parent}:{self._tools}:{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "PGHOST": str(url.query["host"]),
            "PGUSER": str(url.username),
            "ZHENGKA": str(self.program),
            "ZHENGKA_DATA": str(root / "var" / "lib" / "zhengka"),
            "ZHENGKA_DATABASE_URL": self.database("zhengka_restored" if name == "restored" else "zhengka"),
            **({"ZHENGKA_PASSPHRASE_FILE": str(secret)} if secret.exists() else {}),
        }

    def database(self, name: str) -> str:
        return make_url(self.server.url).set(database=name).render_as_string(hide_password=False)

    def run(self, name: str, lines: str) -> None:
        """Run a block line by line, as whoever follows the guide types it."""
        root = self.root(name)
        for line in lines.splitlines():
            if line.startswith(NOT_RUN):
                continue
            done = subprocess.run(
                ["sh", "-c", PLACE.sub(f"{root}/", line)],
                env=self.environ(name),
                cwd=root,
                capture_output=True,
                text=True,
                check=False,
            )
            passed = done.returncode < FOUND_BAD if line.startswith("zhengka doctor") else done.returncode == 0
            assert passed, f"{name}$ {line}\n{done.stdout}\n{done.stderr}"

    def issue(self, name: str) -> None:
        """Issue a card with a photograph, so that there is something to be kept."""
        people = [assessor("欧阳娜", 1)]
        write_roster(self.folder / "roster.xlsx", people)
        write_photos(self.folder / "photos", people)
        roster, photos = self.folder / "roster.xlsx", self.folder / "photos"
        self.run(name, f"zhengka issue {roster} --photos {photos} --reviewed-by 李审核")

    def start(self, name: str, stack: ExitStack) -> subprocess.Popen[bytes]:
        """Start what the unit starts."""
        port = free_port()
        command = [self.program, "serve", "--host", "127.0.0.1", "--port", str(port)]
        with (self.folder / "serve.log").open("ab") as log:
            process = subprocess.Popen(command, env=self.environ(name), stdout=log, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.kill)
        wait_for(port, (self.folder / "serve.log").read_text)
        return process


def test_what_is_not_run_is_named() -> None:
    for guide in GUIDES:
        named = guide.read_text("utf-8").rpartition("\n## ")[2]
        assert [program for program in NOT_RUN if f"`{program}`" not in named] == []


@pytest.mark.slow
def test_the_guide_is_followed() -> None:
    english, chinese = ([found.groupdict() for found in BLOCK.finditer(guide.read_text("utf-8"))] for guide in GUIDES)
    assert english == chinese
    with tempfile.TemporaryDirectory(prefix="zhengka-guide-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the server's user passes through it
        machines = Machines(folder, stack.enter_context(postgresql(folder)))
        blocks = [(one["where"], one["lines"]) for one in english]
        lost = next(place for place, (_, lines) in enumerate(blocks) if lines.startswith("cp /var/lib/zhengka/vault"))
        for where, lines in blocks[:lost]:
            if "/deploy/backup.sh" in lines:
                machines.issue(where)
            machines.run(where, lines)
        first, second = machines.start("host a", stack), machines.start("host b", stack)
        first.kill()
        first.wait()
        shutil.rmtree(machines.root("host a"))
        for where, lines in blocks[lost : lost + 2]:
            machines.run(where, lines)
        machines.start("host a", stack)
        assert second.poll() is None, "the other went on"
        ((where, lines),) = blocks[lost + 2 :]
        machines.run(where, lines)
        machines.start(where, stack)
