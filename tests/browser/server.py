"""The service as it is started, a program of its own at an address that browsers hold to be secure."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from service.settings import Settings

_PROGRAM: Final = """
import os
from dataclasses import replace
from datetime import timedelta
from service.app import serve
from service.effects import real
from service.settings import load
from keys.sealing import KdfCost

def effects():
    machine, ahead = real(), timedelta(seconds=float(os.environ["AHEAD_S"]))
    return replace(machine, now=lambda: machine.now() + ahead)

if __name__ == "__main__":
    settings = replace(load(os.environ), password_cost=KdfCost(1, 8, 1))
    serve(settings, "127.0.0.1", int(os.environ["PORT"]), effects=effects)
"""
_REPOSITORY: Final = Path(__file__).parents[2]
_START_S: Final = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """The service of one register, on one port; it may be killed and started again. ``log`` is what it writes.

    Its clock is ``ahead`` of the machine's, or behind it where that is negative.
    """

    settings: Settings
    port: int
    log: Path
    ahead: timedelta = timedelta(0)
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        environ = {
            "PYTHONPATH": str(_REPOSITORY),
            "ZHENGKA_DATA": str(self.settings.data),
            "ZHENGKA_PASSPHRASE": (self.settings.passphrase or b"").decode(),
            "PORT": str(self.port),
            "AHEAD_S": str(self.ahead.total_seconds()),
        }
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM], env=environ, stdout=subprocess.DEVNULL, stderr=log
            )
        until = time.monotonic() + _START_S
        while not self._answers():
            assert self.process.poll() is None, self.log.read_text("utf-8")
            assert time.monotonic() < until, "the service does not start"
            time.sleep(0.1)

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        # Not by httpx, which reads the certificates of all authorities for each question.
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            try:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == HTTPStatus.OK
            except (OSError, HTTPException):
                return False
