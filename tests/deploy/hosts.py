"""Hosts of one register in PostgreSQL: each with its own data folder, copy of the vault, and process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from service import effects
from service.flows.register import VAULT_FILE
from service.flows.running.set_up import ROOT_FILE
from service.store.schema import migrate
from tests import databases
from tests.api.test_serve import REPOSITORY, free_port
from tests.deploy.fronting import wait_for
from tests.flows.office import Clock, Office, make_office
from tests.flows.people_at_work import hire

KEEPER_PAUSE_S: Final = 1.0
PROGRAM: Final = f"""
import os
from service.app import serve
from service.settings import load

serve(load(os.environ), "127.0.0.1", int(os.environ["PORT"]), keeper_pause_s={KEEPER_PAUSE_S})
"""


@dataclass(frozen=True, slots=True)
class Host:
    """A host: its process, and its folder with data and log."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def upstream(self) -> str:
        return f"127.0.0.1:{self.port}"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=f"http://{self.upstream}", timeout=60)

    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")


def office_at_work(folder: Path, url: str) -> Office:
    """Return an office with its staff on an empty PostgreSQL database, by today's clock, for hosts to serve."""
    with databases.opened(url) as database:
        migrate(database)
    office = make_office(folder, url)
    hire(office)
    office.register.close()
    today_at(office)
    office.open()
    return office


def today_at(office: Office) -> None:
    """Set an office's clock to this machine's, by which the hosts go."""
    office.clock = Clock(effects.real().now())


@contextmanager
def running(office: Office, folder: Path, program: Path = REPOSITORY) -> Generator[Host]:
    """Run a host with the packages of a folder, with a copy of the vault as it is now and without the root key."""
    data = folder / "data"
    data.mkdir(parents=True)
    shutil.copyfile(office.settings.data / VAULT_FILE, data / VAULT_FILE)
    assert not (data / ROOT_FILE).exists()
    port = free_port()
    environ = {
        "PYTHONPATH": str(program),
        "ZHENGKA_DATA": str(data),
        "ZHENGKA_DATABASE_URL": office.settings.database_url,
        "ZHENGKA_PASSPHRASE": (office.settings.passphrase or b"").decode(),
        "ZHENGKA_TRUSTED_PROXIES": "127.0.0.1",
        "PORT": str(port),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", PROGRAM], env=environ, cwd=folder, stdout=log, stderr=log)
    try:
        yield Host(process, port, folder)
    finally:
        process.kill()
        process.wait()


def wait_until_all_listen(*hosts: Host) -> None:
    for host in hosts:
        wait_for(host.port, host.log)
