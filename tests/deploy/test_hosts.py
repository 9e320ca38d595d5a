"""Three hosts over one PostgreSQL, behind nginx as it is shipped: what one has done the others go on with."""

from __future__ import annotations

import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, Self

import httpx
import psycopg
import pytest

from keys.keyring import Purpose
from keys.vault import Vault
from service.store.keepership import LOCK
from tests import databases, needs
from tests.api.test_batches import photos_of, roster_of
from tests.cardlayout.reading import codes, picture
from tests.deploy.fronting import Front, fronted
from tests.deploy.hosts import Host, office_at_work, running, wait_until_all_listen
from tests.flows.kill_campaign import MortalServer
from tests.flows.office import Office, applicant
from tests.flows.people_at_work import PASSWORD
from tests.flows.test_key_ceremony import active_kid

PATIENCE_S: Final = 60
ASKING: Final = 4
"""Threads that ask at the same time."""
COOKIE: Final = "__Host-zhengka"
_KEEPER: Final = (
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND objid = %s AND granted"
)


def until(is_so: Callable[[], object], what: str) -> None:
    over = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < over, what
        time.sleep(0.1)


@contextmanager
def postgresql(folder: Path) -> Generator[MortalServer]:
    binaries = databases.server_binaries()
    if binaries is None:
        needs.missing("PostgreSQL", install="apt-get install postgresql")
    server = MortalServer(binaries, folder)
    try:
        yield server
    finally:
        server.close()


class Asking:
    """Verifies one card through nginx again and again, and counts what was answered."""

    def __init__(self, front: Front, text: str) -> None:
        self._front, self._text = front, text
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(ASKING)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def answered(self, what: str, times: int) -> None:
        """Wait for so many more answers of a kind."""
        before = self.answers[what]
        until(lambda: self.answers[what] >= before + times, f"{what}: {self.answers}")

    def _ask(self) -> None:
        with self._front.client() as client:
            while not self._over.is_set():
                try:
                    answer = client.post("/api/v1/verifications", json={"credential": self._text})
                except httpx.RemoteProtocolError:  # killed with half of its answer sent: that is no answer
                    self.answers["cut"] += 1
                    continue
                is_json = answer.headers["content-type"] in {"application/json", "application/problem+json"}
                if answer.status_code == 200 and answer.json()["verdict"] == "valid":
                    self.answers["valid"] += 1
                elif answer.status_code == 503 and is_json and answer.headers.get("retry-after"):
                    self.answers["away"] += 1
                    self._over.wait(0.05)
                else:
                    self.wrong.append(f"{answer.status_code} {answer.text}")


def signed_in(front: Front) -> dict[str, str]:
    """Sign in through nginx, and return what a browser would send to any host behind it."""
    with front.client() as client:
        answer = client.post("/api/v1/session", json={"name": "centre", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}", "X-CSRF-Token": answer.json()["csrf"]}


def a_batch_goes_round(front: Front, a: Host, b: Host, c: Host) -> str:
    """Check a batch on one host, issue it on another, print it on the third; return what is printed in a code."""
    headers = signed_in(front)
    row = applicant("external", 1)
    files = {"roster": ("名单.xlsx", roster_of(row)), "photos": ("照片.zip", photos_of(row))}
    with a.client() as on_a, b.client() as on_b, c.client() as on_c:
        checked = on_a.post(
            "/api/v1/batches", files=files, data={"reviewed_by": "李审核", "dry_run": "true"}, headers=headers
        )
        assert (checked.status_code, checked.json()["refused"]) == (200, []), checked.text
        keyed = headers | {"Idempotency-Key": "round"}
        issued = on_b.post("/api/v1/batches", files=files, data={"reviewed_by": "李审核"}, headers=keyed)
        assert issued.status_code == 202, issued.text
        address = issued.headers["location"]
        again = on_a.post("/api/v1/batches", files=files, data={"reviewed_by": "李审核"}, headers=keyed)
        assert (again.status_code, again.headers["location"]) == (202, address), "sent again, by way of another host"
        until(lambda: on_a.get(address, headers=headers).json()["state"] == "issued", "it is never issued")
        printed = on_c.get(f"{address}/cards.pdf", headers=headers)
        assert printed.headers["content-type"] == "application/pdf", printed.text
        (code,) = {found.text for page in (0, 1) for found in codes(picture(printed.content, page))}
        for client in (on_a, on_b, on_c):
            answer = client.post("/api/v1/verifications", json={"credential": code})
            assert answer.json()["verdict"] == "valid", answer.text
        out = on_a.delete("/api/v1/session", headers=headers)
        assert out.status_code in {200, 204}, out.text
        assert on_b.get(address, headers=headers).status_code == 401, "signed out on one is signed out on all"
    return code


def list_key(host: Host) -> bytes:
    with host.client() as client:
        return client.get("/status-lists/1").content


@pytest.mark.slow
def test_three_hosts_are_one_service() -> None:
    with tempfile.TemporaryDirectory(prefix="zhengka-hosts-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the server's user passes through it
        server = stack.enter_context(postgresql(folder))
        url = server.url.render_as_string(hide_password=False)
        office = office_at_work(folder / "office", url)
        stack.callback(office.register.close)
        hosts = [stack.enter_context(running(office, folder / one)) for one in ("a", "b", "c")]
        a, b, c = hosts
        wait_until_all_listen(*hosts)
        nginx = folder / "nginx"
        nginx.mkdir()
        front = stack.enter_context(fronted(nginx, [host.upstream for host in hosts]))

        text = a_batch_goes_round(front, a, b, c)
        keys_rotate_everywhere(office, hosts)
        asking = stack.enter_context(Asking(front, text))
        asking.answered("valid", 20)
        killed = one_keeps_at_a_time(url, hosts)
        asking.answered("valid", 50)
        assert asking.wrong == [], "one host was killed under it"
        server.kill()  # with fsync on
        asking.answered("valid", 20)
        server.freeze()
        try:
            asking.answered("away", 5)
        finally:
            server.thaw()
        asking.answered("valid", 20)
        assert asking.wrong == [], "the database was killed, and frozen"
        left = [host for host in hosts if host is not killed]
        until(lambda: all(is_ready(host) for host in left), "no host came back by itself")
        for host in left:
            host.process.send_signal(signal.SIGKILL)
        asking.answered("away", 5)
        assert asking.wrong == [], "no host is left"
        assert asking.answers["cut"] <= len(hosts) * ASKING, asking.answers
        assert all("Traceback" not in host.log() for host in hosts)


def is_ready(host: Host) -> bool:
    with host.client() as client:
        return client.get("/readyz").status_code == 200


def keys_rotate_everywhere(office: Office, hosts: list[Host]) -> None:
    """Rotate with the root key on a machine of its own: no host is started anew, and no vault is copied."""
    old = office.register.vault.held()
    for purpose in (Purpose.CARD, Purpose.STATUS):
        office.rotate(purpose)
    kid = active_kid(office, Purpose.STATUS)
    for host in hosts:
        until(lambda host=host: bytes.fromhex(kid) in list_key(host), "a host signs with the former key")
    gone = old - office.register.vault.held()
    assert len(gone) == 2
    vaults = [office.settings.data, *(host.folder / "data" for host in hosts)]
    until(
        lambda: all(held_in(office, vault) == office.register.vault.held() for vault in vaults),
        "a former key is still in a vault, or the new one is not",
    )


def held_in(office: Office, folder: Path) -> frozenset[bytes]:
    vault = Vault.open(folder / "vault.sealed", office.settings.passphrase or b"", office.random.randbytes)
    return vault.held()


def one_keeps_at_a_time(url: str, hosts: list[Host]) -> Host:
    """Kill the host that does what one does for all, and wait until another does."""

    def keepers() -> list[int]:
        with psycopg.connect(url) as connection:
            found = connection.execute(_KEEPER, (LOCK,)).fetchall()
        return [int(row[0].split()[-1]) for row in found]

    (keeper,) = keepers()
    (host,) = (one for one in hosts if one.process.pid == keeper)
    host.process.send_signal(signal.SIGKILL)
    until(lambda: keepers() not in ([], [keeper]), "nobody took over")
    (after,) = keepers()
    assert after in {one.process.pid for one in hosts if one is not host}
    return host
