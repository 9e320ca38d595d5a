"""nginx as it is shipped, with TLS, in front of services that run here."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests import needs
from tests.api.test_serve import free_port
from tests.certificates import certificate

DEPLOY: Final = Path(__file__).parents[2] / "deploy" / "nginx"
SHIPPED: Final = DEPLOY / "zhengka.conf"
_LISTEN_S: Final = 60
_SERVER: Final = re.compile(r"    server 127\.0\.0\.1:800\d (.*;)\n")


@dataclass(frozen=True, slots=True)
class Front:
    """A running nginx: its port with TLS and without, its folder, and where it logs."""

    port: int
    plain: int
    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "access.log"

    def context(self) -> ssl.SSLContext:
        """Return what knows its certificate."""
        return ssl.create_default_context(cafile=str(self.folder / "cert.pem"))

    def client(self, address: str = "127.0.0.1", timeout: float = 60) -> httpx.Client:
        return httpx.Client(
            base_url=f"https://localhost:{self.port}",
            transport=httpx.HTTPTransport(verify=self.context(), local_address=address, http2=False),
            timeout=timeout,
        )


@contextmanager
def fronted(folder: Path, upstreams: Sequence[str]) -> Generator[Front]:
    """Run nginx in front of services, each ``host:port``."""
    program = needs.tool("nginx", apt="nginx-light")
    certificate(folder, 60)
    port, plain = free_port(), free_port()
    shipped = SHIPPED.read_text("utf-8")
    found = _SERVER.findall(shipped)
    assert len(found) == 2, "two processes are shipped as an example"
    site = _SERVER.sub("", shipped, count=1)
    lines = "".join(f"    server {upstream} {found[0]}\n" for upstream in upstreams)
    site = _SERVER.sub(lambda _: lines, site)
    for known, ours in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/zhengka/tls/fullchain.pem", str(folder / "cert.pem")),
        ("/etc/zhengka/tls/privkey.pem", str(folder / "key.pem")),
        ("/var/cache/nginx/zhengka", str(folder / "cache")),
        ("/var/log/nginx/zhengka.log", str(folder / "access.log")),
    ):
        assert site.count(known) == 1, known
        site = site.replace(known, ours)
    assert site.count("zk.example.gov.cn") == 2
    (folder / "site.conf").write_text(site.replace("zk.example.gov.cn", "localhost"), "utf-8")
    temporary = "".join(
        f"{kind}_temp_path {folder / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "main.conf"
    main.write_text(
        f"daemon off; {user} worker_processes 1; pid {folder / 'pid'}; error_log stderr; events {{}}"
        f" http {{ {temporary} include {folder / 'site.conf'}; }}"
    )
    command = [program, "-p", folder, "-e", "stderr", "-c", main]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "[warn]" not in tried.stderr, tried.stderr
    with (folder / "error.log").open("wb") as errors:
        process = subprocess.Popen(command, stderr=errors)
    try:
        wait_for(port)
        yield Front(port, plain, folder)
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, log: Callable[[], str] = str) -> None:
    """Wait until something listens at a port of this machine."""
    until = time.monotonic() + _LISTEN_S
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nothing listens at {port}\n{log()}")
