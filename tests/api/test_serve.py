"""The server as it is started: a program of its own, asked over a socket, stopped by a signal."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.api.registers import World
from tests.flows.office import Office

pytestmark = pytest.mark.slow  # each test starts the service

PROGRAM: Final = """
import os
import time
if __name__ == "__mp_main__":  # a worker, on a machine as busy as this says
    time.sleep(float(os.environ["SLOW"]))
from service.app import serve
from service.settings import load

if __name__ == "__main__":
    metrics = int(os.environ["METRICS"])
    serve(
        load(os.environ),
        "127.0.0.1",
        int(os.environ["PORT"]),
        int(os.environ["WORKERS"]),
        metrics=("127.0.0.1", metrics) if metrics else None,
    )
"""
REPOSITORY: Final = Path(__file__).parents[2]
STARTED: Final = "Application startup complete"
LISTENING: Final = "Uvicorn running"


@dataclass(frozen=True, slots=True)
class Served:
    """A running server and where it is."""

    process: subprocess.Popen[str]
    address: str

    def stopped(self) -> str:
        """Stop it, and return what it wrote from here on."""
        self.process.send_signal(signal.SIGTERM)
        return self.rest_of_log()

    def rest_of_log(self) -> str:
        assert self.process.stderr is not None
        log = self.process.stderr.read()
        self.process.wait()
        return log


@contextmanager
def served(
    world: World | Office, folder: Path, *, workers: int = 1, slow: float = 0, proxies: str = "", metrics: int = 0
) -> Generator[Served]:
    program = folder / "program.py"
    program.write_text(PROGRAM)
    port = free_port()
    environ = {
        "PYTHONPATH": str(REPOSITORY),
        "ZHENGKA_DATA": str(world.settings.data),
        "ZHENGKA_DATABASE_URL": world.settings.database_url,
        "ZHENGKA_PASSPHRASE": (world.settings.passphrase or b"").decode(),
        "PORT": str(port),
        "WORKERS": str(workers),
        "SLOW": str(slow),
        "METRICS": str(metrics),
        "ZHENGKA_TRUSTED_PROXIES": proxies,
    }
    process = subprocess.Popen(
        [sys.executable, str(program)], env=environ, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    with process:
        try:
            yield Served(process, f"http://127.0.0.1:{port}")
        finally:
            process.kill()


def measured_when(address: str, part: str) -> str:
    """Return what is measured, once it holds a part: requests are counted a moment after they are answered."""
    until = time.monotonic() + 60
    while part not in (found := httpx.get(f"{address}/metrics").text):
        assert time.monotonic() < until, found
        time.sleep(0.1)
    return found


def requests_in(log: str) -> list[dict[str, Any]]:
    """Return the lines of requests; every line that the service writes is JSON."""
    lines = [json.loads(line) for line in log.splitlines()]
    return [line for line in lines if line["logger"] == "zhengka.requests"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_started(server: Served, times: int = 1) -> None:
    assert server.process.stderr is not None
    said = STARTED if times > 1 else LISTENING  # one process listens only after it has started
    for line in server.process.stderr:
        times -= said in line
        if times == 0:
            return
    pytest.fail("the server ended before it had started")


@pytest.mark.parametrize("workers", [1, 2])
def test_it_serves_and_stops_in_good_order(world: World, tmp_path: Path, workers: int) -> None:
    metrics = free_port()
    with served(world, tmp_path, workers=workers, metrics=metrics) as server:
        wait_until_started(server, times=workers)
        body = {"credential": world.texts["王芳"]}
        answer = httpx.post(f"{server.address}/api/v1/verifications", json=body)
        assert answer.status_code == 200
        assert answer.json()["card"]["name"] == "王芳"
        assert "server" not in answer.headers
        counted = measured_when(f"http://127.0.0.1:{metrics}", 'route="/api/v1/verifications",status="200"} 1.0')
        assert 'zhengka_verdicts_total{by="code",word="valid"} 1.0' in counted
        assert "zhengka_register_up 1.0" in counted
        assert httpx.get(f"{server.address}/metrics").status_code == 401
        log = server.stopped()
    assert server.process.returncode in {0, -signal.SIGTERM}  # one process ends by the signal, when it has cleaned up
    assert log.count("Application shutdown complete") == workers
    assert [(one["method"], one["status"]) for one in requests_in(log)] == [("POST", 200), ("GET", 401)]


def test_workers_that_take_long_to_import_are_left_alone(world: World, tmp_path: Path) -> None:
    with served(world, tmp_path, workers=2, slow=8) as server:
        wait_until_started(server, times=2)
        log = server.stopped()
    assert "died" not in log
    assert server.process.returncode == 0


def test_the_log_holds_neither_digits_nor_queries_nor_bodies(world: World, tmp_path: Path) -> None:
    with served(world, tmp_path) as server:
        wait_until_started(server)
        digits = world.texts["王芳"].partition("#")[2]
        with httpx.Client(base_url=server.address) as client:
            client.get(f"/1/{digits}")
            client.get("/%31/4711")
            client.get("/api/v1/lookups?name=geheim")
            client.post("/api/v1/lookups", json={"number": world.numbers["王芳"], "name": "geheim"})
            client.post("/api/v1/lookups", content=b'{"name": "geheim')
        log = server.stopped()
    assert digits[:20] not in log
    assert "4711" not in log
    assert "geheim" not in log
    assert world.numbers["王芳"] not in log
    asked = Counter((one["method"], one["route"]) for one in requests_in(log))
    assert asked == {
        ("GET", "/1/{digits}"): 2,
        ("GET", "unmatched"): 1,  # no such method there
        ("POST", "/api/v1/lookups"): 2,
    }


def test_x_forwarded_for_of_a_stranger_does_not_reach_the_log(world: World, tmp_path: Path) -> None:
    with served(world, tmp_path) as server:
        wait_until_started(server)
        httpx.get(f"{server.address}/healthz", headers={"x-forwarded-for": "203.0.113.7"})
        log = server.stopped()
    assert "203.0.113.7" not in log
    assert [one["client"] for one in requests_in(log)] == ["127.0.0.1"]


def test_a_trusted_proxy_names_the_client_in_the_log(world: World, tmp_path: Path) -> None:
    with served(world, tmp_path, proxies="127.0.0.1") as server:
        wait_until_started(server)
        httpx.get(f"{server.address}/healthz", headers={"x-forwarded-for": "198.51.100.9, 203.0.113.7"})
        log = server.stopped()
    assert [one["client"] for one in requests_in(log)] == ["203.0.113.7"]


def test_a_wrong_passphrase_is_told_before_anything_listens(world: World, tmp_path: Path) -> None:
    world.settings = replace(world.settings, passphrase=b"wrong")
    with served(world, tmp_path) as server:
        log = server.rest_of_log()
    assert "WrongPassphrase" in log
    assert "Uvicorn running" not in log
