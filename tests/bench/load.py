"""Load the public side while the office works: ``python -m tests.bench.load --minutes 10``.

Debian's ``wrk`` asks every public route over 64 connections, through nginx as it is shipped, three hosts and one
PostgreSQL that syncs to disk. Meanwhile batches are issued, cards revoked and lists signed, keys rotated, and one host
is killed. It prints answers by status, 5xx that are no clean 503, wrong verdicts, and each host's
memory at start and end; it ends with 1 where there is any of the first two.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from keys.keyring import Purpose
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.pages.assets import shipped
from service.store.errors import Busy
from tests import databases, needs
from tests.deploy.fronting import fronted
from tests.deploy.hosts import Host, office_at_work, running, today_at, wait_until_all_listen
from tests.flows.kill_campaign import MortalServer
from tests.flows.office import ACTOR, Office, applicant, numbers_of

CONNECTIONS: Final = 64
CARDS: Final = 30
EVERY_S: Final = 2.0
ROTATED_EVERY: Final = 10
"""Of the office's rounds."""
SCRIPT: Final = Path(__file__).with_suffix(".lua")
PATHS: Final = (
    *("/", "/1", "/scan", "/lookup", "/sign-in", "/report", "/sw.js", "/manifest.webmanifest", "/healthz", "/readyz"),
    *("/.well-known/zhengka-keys", "/status-lists", "/status-lists/1", "/verifier-bundle", "/schema/openapi.json"),
)


def memory_mib(host: Host) -> float:
    """Return the resident memory of a host's process in MiB."""
    status = Path(f"/proc/{host.process.pid}/status").read_text("ascii")
    return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) / 1024


class Work:
    """What the office does while it is asked: a batch, a revocation, and now and then new keys."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.issued = self.revoked = self.rotated = 0
        self._person = 1000

    def go_on(self) -> None:
        rows = [applicant("external", self._person + place) for place in range(3)]
        self._person += len(rows)
        try:
            numbers = numbers_of(self._office.issue(*rows))
            self.issued += len(numbers)
            revoke(self._office, str(numbers[0]))
            self.revoked += 1
            if self.revoked % ROTATED_EVERY == 0:
                self._office.rotate(Purpose.CARD, Purpose.STATUS)
                self.rotated += 1
        except Busy as error:
            print(f"the office was told {error.code}")


def revoke(office: Office, number: str) -> None:
    """Revoke a card; it reads so from this moment."""
    request = RevocationRequest(ground="督§19(4)", reason="演练", decided_by="王主任")
    revoke_card(office.register, CardNumber(number), request, By(ACTOR))


def write_cards(office: Office, folder: Path) -> None:
    """Issue cards that stay as they are while they are asked for, a third of them revoked."""
    numbers = [str(office.issue_one(applicant("external", person))) for person in range(1, CARDS + 1)]
    lines = []
    for place, number in enumerate(numbers):
        text = office.text(CardNumber(number))
        if place % 3 == 0:
            revoke(office, number)
        lines.append(f"{number} {Word.REVOKED if place % 3 == 0 else Word.VALID} {text}\n")
    (folder / "cards.txt").write_text("".join(lines))
    assets = shipped()
    names = ("app/scan.js", max(assets.files, key=lambda name: len(assets.files[name].body)))
    (folder / "paths.txt").write_text("".join(f"{path}\n" for path in (*PATHS, *map(assets.url, names))))


def run(minutes: float) -> bool:
    """Run it; return whether all was well."""
    wrk, binaries = needs.tool("wrk", apt="wrk"), databases.server_binaries()
    assert binaries is not None, "install PostgreSQL"
    with tempfile.TemporaryDirectory(prefix="zhengka-load-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        server = MortalServer(binaries, folder)
        stack.callback(server.close)
        url = server.url.render_as_string(hide_password=False)
        office = office_at_work(folder / "office", url)
        stack.callback(office.register.close)
        write_cards(office, folder)
        hosts = [stack.enter_context(running(office, folder / one)) for one in ("a", "b", "c")]
        wait_until_all_listen(*hosts)
        (folder / "nginx").mkdir()
        front = stack.enter_context(fronted(folder / "nginx", [host.upstream for host in hosts]))
        warm = [wrk, "-t1", "-c8", "-d5s", "-s", SCRIPT, f"https://localhost:{front.port}", "--", folder]
        subprocess.run(warm, check=True, stdout=subprocess.DEVNULL)
        before = [memory_mib(host) for host in hosts]
        seconds = int(minutes * 60)
        command = [wrk, "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "-s", SCRIPT]
        began = time.monotonic()
        asking = subprocess.Popen(
            [*command, f"https://localhost:{front.port}", "--", folder], stdout=subprocess.PIPE, text=True
        )
        work = Work(office)
        killed = False
        while asking.poll() is None:
            time.sleep(EVERY_S)
            today_at(office)
            work.go_on()
            if not killed and time.monotonic() - began > seconds / 3:
                hosts[0].process.kill()
                killed = True
        said, _ = asking.communicate()
        print(said)
        print(f"issued {work.issued}, revoked {work.revoked}, keys rotated {work.rotated} times, one host killed")
        for host, start in zip(hosts[1:], before[1:], strict=True):
            end = memory_mib(host)
            print(f"memory of host {host.folder.name}: {start:.0f} MiB after warming up, {end:.0f} at the end")
        return "clean 503: 0\n" in said and "verdicts: 0\n" in said and asking.returncode == 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Load the public side while the office works.")
    parser.add_argument("--minutes", type=float, default=10)
    return 0 if run(parser.parse_args().minutes) else 1


if __name__ == "__main__":
    sys.exit(main())
