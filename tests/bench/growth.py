"""``python -m tests.bench.growth [SIZE…]``: how what an office does grows with its register, in CPU time.

The registers are made in ``zhengka-growth`` where temporary files go, or used as they are there; each card has a
photograph of its own of 30 KB. Bodies, accounts and batches at work are those of ``tests.bench.pages``, which opens
the desk's pages; audits are measured by ``tests.bench.auditing``. Printed is what each operation takes at each size,
the least of a few runs, and the factor from the smallest to the largest.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import select

from service.cli.public_files import data_files
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.search import Search
from service.domain.sight import Sight
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.cards.renew import list_expiring
from service.flows.checking.lookup import lookup
from service.flows.people.duties import list_duties
from service.flows.people.search import search
from service.flows.people.staffing import staffing
from service.flows.publishing.publish import keep_current
from service.flows.running.back_up import back_up
from service.store.tables import card
from tests.bench.growth_register import make
from tests.bench.large_register import LAST_DAY, Grown, issue_batch
from tests.flows.office import SCHOOL, Office, settings_of

HOME: Final = Path(tempfile.gettempdir()) / "zhengka-growth"  # made once and kept; nothing in it is secret
SIZES: Final = (1_000, 100_000)
_ISSUED: Final = 300
_NEW_PEOPLE: Final = 5_000_000  # beyond those of any register here

Operation = tuple[str, int, Callable[[], object]]


def operations(office: Office, scratch: Path) -> Iterator[Operation]:
    """Yield what is measured: its name, how often, and what is done."""
    register = office.register
    with register.database.read() as connection:
        numbers = connection.execute(select(card.c.number, card.c.name).where(card.c.status == "valid").limit(9)).all()
    number, name = CardNumber(numbers[-1].number), numbers[-1].name
    code = office.text(number)
    centre = Sight()
    yield "verify", 5, lambda: office.verdict(code)
    yield "lookup", 5, lambda: lookup(register, number, name)
    yield "search by number", 3, lambda: search(register, centre, Search(number=number))
    yield "search by a family name", 3, lambda: search(register, centre, Search(name="张"))
    yield "search by name, an institution", 3, lambda: search(register, Sight(SCHOOL.code), Search(name="张伟"))
    grown = Grown(office, people=_NEW_PEOPLE + office.random.randrange(1_000_000))
    yield f"issue {_ISSUED} cards", 1, lambda: issue_batch(grown, _ISSUED, SCHOOL.code)
    yield "sign the status list of a change", 1, lambda: _sign(office, CardNumber(numbers[0].number))
    yield "publish", 3, lambda: [*data_files(register)]
    yield "staffing", 1, lambda: staffing(register)
    yield "staffing of an institution", 3, lambda: staffing(register, institution=SCHOOL.code)
    yield "expiring", 1, lambda: list_expiring(register, 3)
    yield "duties", 1, lambda: list_duties(register)
    yield "duties of an institution", 3, lambda: list_duties(register, body=SCHOOL.code)
    yield "backup in one file", 1, lambda: back_up(register, scratch / "whole.zip")
    yield "backup, the first of a folder", 1, lambda: back_up(register, scratch / "1.zip", apart=True)
    yield "backup, the second of a folder", 1, lambda: back_up(register, scratch / "2.zip", apart=True)


def _sign(office: Office, number: CardNumber) -> None:
    ground = "督§19(4)" if number.kind.value in {"external", "internal"} else "考§21(4)"
    request = RevocationRequest(ground=ground, reason="查实", decided_by="王主任")
    revoke_card(office.register, number, request, By("user:centre"))
    keep_current(office.register)


def measure(size: int) -> Iterator[tuple[str, float]]:
    """Do everything in a copy of the register's rows, and yield what each took in seconds of CPU."""
    folder = HOME / str(size)
    make(folder, size)
    with tempfile.TemporaryDirectory(dir=HOME) as scratch:
        office = Office(settings_of(folder, f"sqlite:///{folder / 'register.db'}"))
        office.clock.set_to(LAST_DAY)
        office.random.seed(time.time_ns())
        with office.open():
            for name, runs, do in operations(office, Path(scratch)):
                took = min(_timed(do) for _ in range(runs))
                print(f"{size:>9,}  {took * 1000:12.1f} ms  {name}", flush=True)
                yield name, took
        shutil.rmtree(Path(scratch) / "photographs", ignore_errors=True)


def _timed(do: Callable[[], object]) -> float:
    start = time.process_time()
    do()
    return time.process_time() - start


def main(sizes: tuple[int, ...]) -> None:
    """Measure each size and print the table."""
    found = {size: dict(measure(size)) for size in sizes}
    few, many = found[sizes[0]], found[sizes[-1]]
    print(f"{'':32}" + "".join(f"{size:>14,}" for size in sizes) + "        factor")
    for name, least in few.items():
        times = "".join(f"{found[size][name] * 1000:11.1f} ms" for size in sizes)
        print(f"{name:<32}{times}  {many[name] / least:11.1f}")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
