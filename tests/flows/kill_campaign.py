"""Kill issuing desks, and PostgreSQL itself with fsync on, while they do mixed work with photographs.

``python -m tests.flows.kill_campaign --kills 300 --server-kills 30`` runs it at length on a server of its own; the
suite runs a few. Desks issue batches with a photograph for every card, replace and revoke cards, and void one. A desk
that loses its server asks again until it is back, as a person would. At the end the register must hold what was
acknowledged and nothing else: no number missing or doubled, no card without its photograph, no revoked card valid.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import psycopg
from sqlalchemy import URL

from service.domain.access import By
from service.domain.card import CardStatus, ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.errors import IllegalTransition
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest
from service.flows.cards.lifecycle import replace_card, revoke_card
from service.flows.cards.stored_photos import read_photo
from service.flows.running.audit import audit
from service.store import cards
from service.store.errors import Busy
from service.store.schema import migrate
from tests import databases
from tests.flows.desks import KIND_OF, Desk
from tests.flows.office import ACTOR, Office, make_office
from tests.store import killing
from tests.store.killing import Job

RESTART_S: Final = 60
_PAUSE_S: Final = 0.05
_ASKS: Final = 2_000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class BusyDeskAt:
    """Opens, in a worker, a desk that does mixed work and waits for a server that is away."""

    folder: Path

    def __call__(self, url: str) -> BusyDesk:
        return BusyDesk(self.folder, url)


class BusyDesk:
    """A desk that, of every batch, gives the first card a new copy and takes the qualification of the second."""

    def __init__(self, folder: Path, url: str) -> None:
        self._desk = until_answered(lambda: Desk(folder, url))

    def issue(self, key: str, wanted: Mapping[str, int]) -> tuple[str, ...]:
        """Issue the batch of a key, then change its cards; each step may have been done before and died unanswered."""
        numbers = until_answered(lambda: self._desk.issue(key, wanted))
        register = self._desk.office.register
        until_answered(
            lambda: replace_card(
                register, CardNumber(numbers[0]), ReplacementRequest(reason=ReplacementReason.DAMAGED), By(ACTOR)
            )
        )
        for number in numbers[1:2]:
            with suppress(IllegalTransition):  # revoked by the run that was killed
                until_answered(lambda number=number: self._revoke(CardNumber(number)))
        return numbers

    def _revoke(self, number: CardNumber) -> None:
        ground = "督§19(4)" if number[0].isalpha() else "考§21(4)"
        revoke_card(
            self._desk.office.register,
            number,
            RevocationRequest(ground=ground, reason="演练", decided_by="王主任"),
            By(ACTOR),
        )

    def close(self) -> None:
        self._desk.close()


def until_answered(ask: Callable[[], Result]) -> Result:
    """Try again while the database is away or busy; nothing was stored then, or the key says what was."""
    for _ in range(_ASKS):
        try:
            return ask()
        except Busy:
            time.sleep(_PAUSE_S)
    raise AssertionError("the database never came back")


def check_all(office: Office, plan: Sequence[Sequence[Job]], folder: Path) -> int:
    """Hold the register to what the desks were answered; return the number of its cards."""
    answers: dict[str, tuple[str, ...]] = {}
    for worker in range(len(plan)):
        answers |= killing.read_answers(killing.answers_of(folder, worker))
    jobs = [job for worker in plan for job in worker]
    assert answers.keys() == {job.key for job in jobs}
    acknowledged = sorted(CardNumber(number) for given in answers.values() for number in given)
    wanted = sum((Counter(job.wanted) for job in jobs), Counter[str]())
    assert acknowledged == sorted(
        CardNumber.compose(prefix, sequence) for prefix, count in wanted.items() for sequence in range(1, count + 1)
    )
    register = office.register
    with register.database.read() as connection:
        held = {card.number: card for card in cards.every(connection)}
        photos = {number: cards.get(connection, number) for number in held}
    assert sorted(held) == acknowledged
    revoked = {given[1] for given in answers.values() if len(given) > 1}
    assert {number for number, card in held.items() if card.status is CardStatus.REVOKED} == revoked
    for number in held:
        assert office.check(number) is (Word.REVOKED if number in revoked else Word.VALID)
        record = photos[number]
        assert record is not None
        assert record.photo is not None
        with register.database.read() as connection:
            assert hashlib.sha256(read_photo(connection, record.photo)).digest() == record.photo
    found = audit(register)
    assert (found.faults, found.cards) == ((), len(acknowledged))
    return len(acknowledged)


class MortalServer:
    """PostgreSQL that writes to disk before it answers (fsync on), and can be killed at any moment."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._folder = folder
        self._user = databases.unprivileged_user()
        self._binaries = binaries if self._user is None else databases.readable_binaries(binaries, folder)
        self._home = folder / "pg"
        self._home.mkdir()
        if self._user is not None:
            shutil.chown(self._home, self._user)
        self._log = (folder / "pg.log").open("ab")
        self._run(
            self._binaries / "initdb", "-D", self._data, "-U", "zhengka", "-A", "trust", "-E", "UTF8", "--locale=C"
        )
        self.url = URL.create("postgresql", username="zhengka", database="postgres", query={"host": str(self._home)})
        self.kills = 0
        self._start()

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def kill(self) -> None:
        """Kill every process of the server, the parent first so that it mends nothing, and start it again."""
        self._signal_all(signal.SIGKILL)
        self._process.wait()
        self.kills += 1
        self._start()

    def freeze(self) -> None:
        """Stop every process of the server where it stands: its sockets stay open, and nothing is answered."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let all of them go on."""
        self._signal_all(signal.SIGCONT)

    def close(self) -> None:
        """Stop it for good."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(RESTART_S)
        self._log.close()

    def _signal_all(self, number: int) -> None:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text("ascii").split()
        for process in (self._process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def _start(self) -> None:
        options = ("fsync=on", "max_connections=60", "listen_addresses=", f"unix_socket_directories={self._home}")
        words = [word for option in options for word in ("-c", option)]
        self._process = subprocess.Popen(
            [self._binaries / "postgres", "-D", self._data, *words],
            stdout=self._log,
            stderr=self._log,
            cwd=self._home,
            **self._as_user(),
        )
        for _ in range(int(RESTART_S / _PAUSE_S)):
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url.render_as_string(hide_password=False)).close()
                return
            time.sleep(_PAUSE_S)
        raise AssertionError("PostgreSQL did not come back")

    def _run(self, *command: object) -> None:
        subprocess.run(
            [str(word) for word in command],
            check=True,
            stdout=self._log,
            stderr=self._log,
            cwd=self._home,
            **self._as_user(),
        )

    def _as_user(self) -> dict[str, object]:
        return {} if self._user is None else {"user": self._user, "extra_groups": []}


@contextmanager
def killed_now_and_then(server: MortalServer, kills: int, seed: int) -> Generator[None]:
    """Kill the server while the block runs, so many times at the most."""
    over = threading.Event()

    def strike() -> None:
        chance = random.Random(seed)
        while server.kills < kills and not over.wait(chance.uniform(0.3, 2.5)):
            server.kill()

    striker = threading.Thread(target=strike)
    striker.start()
    try:
        yield
    finally:
        over.set()
        striker.join()


def run(kills: int, server_kills: int, *, jobs: int, folder: Path, seed: int) -> str:
    """Run a campaign on a PostgreSQL of its own; return what was done, for a person."""
    binaries = databases.server_binaries()
    assert binaries is not None, "install PostgreSQL"
    server = MortalServer(binaries, folder)
    try:
        url = server.url.render_as_string(hide_password=False)
        with databases.opened(url) as database:
            migrate(database)
        office = make_office(folder / "data", url)
        plan = tuple(worker[:jobs] for worker in killing.make_plan(seed, tuple(KIND_OF)))
        office.register.close()
        with killed_now_and_then(server, server_kills, seed):
            done = killing.run_and_kill(BusyDeskAt(office.settings.data), url, plan, folder, seed, kills=kills)
        office.open()
        held = check_all(office, plan, folder)
        office.register.close()
    finally:
        server.close()
    return (
        f"seed {seed}: {done.outside + done.inside} desks killed, the server {server.kills} times with fsync on; "
        f"{held} cards, every one acknowledged, numbered without gap or double, with its photograph; audit clean"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Kill desks and PostgreSQL while they work.")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--server-kills", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=killing.JOBS, help="of each of the 16 desks")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhengka-kills-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        print(run(chosen.kills, chosen.server_kills, jobs=chosen.jobs, folder=folder, seed=killing.new_seed()))


if __name__ == "__main__":
    sys.exit(main())
