"""``python -m tests.bench.auditing [CARDS] [FOLDER]``: what an audit of a large register costs.

A register on SQLite of, by default, 100,000 internal supervisors' cards of twenty institutions, issued through the
flows, each with a photograph of its own (a kilobyte, not a picture); one in a hundred revoked, one in a hundred
replaced; the status list published. Then, each in a process of its own: the full audit, and the incremental one from
the head of yesterday, with its time and the memory it takes beyond the program's own. ``FOLDER`` keeps the register, or
uses the one that is there.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from keys.sealing import KdfCost
from service import effects
from service.demo.people import AREA
from service.domain.access import By
from service.domain.application import RawRow, parse_row
from service.domain.batch import plan
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.eligibility import Policy
from service.domain.issuer import Institution
from service.domain.people import check_digit
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest
from service.flows.cards.lifecycle import replace_card, revoke_card
from service.flows.issue.issuing import PreparedCard, draft_of, issue_prepared
from service.flows.people.institutions import add_institution
from service.flows.publishing.publish import keep_current
from service.flows.register import Register, open_register
from service.flows.running.audit import audit, read_head, signed_head
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.store import batches
from tests.bench.crowd import names, settings_of

CARDS: Final = 100_000
INSTITUTIONS: Final = 20
PHOTO_BYTES: Final = 1_000
MOST_CPU_S: Final = 10.0
MOST_MB: Final = 100
"""What is promised of the incremental audit."""

_BATCH: Final = 1_000
_BIRTHDAYS: Final = 11_000
_HEAD: Final = "head.json"


def make_register(folder: Path, count: int) -> None:
    """Set a register up and let it issue ``count`` cards, and end some; leave the head of the time before the last."""
    real = effects.real()
    settings = settings_of(folder)
    cheap = KdfCost(passes=1, memory_kib=8, lanes=1)
    set_up(settings, real, jurisdiction_text=shipped_jurisdiction("chongqing"), cost=cheap)
    random, drawn = Random(2026), names(Random(2026))
    with open_register(settings, real) as register:
        for place in range(INSTITUTIONS):
            add_institution(register, Institution(f"5{place:05d}", "S", f"第{place + 1}职业技能培训学校"), "bench")
        issued: list[CardNumber] = []
        for first in range(0, count, _BATCH):
            code = f"5{first // _BATCH % INSTITUTIONS:05d}"
            issued += _issue(register, code, range(first, min(first + _BATCH, count)), drawn, random)
        for place, number in enumerate(random.sample(issued, count // 50)):
            if place % 2:
                replace_card(register, number, ReplacementRequest(reason=ReplacementReason.LOST), By("bench"))
            else:
                revoke_card(
                    register,
                    number,
                    RevocationRequest(ground="督§19(4)", reason="查实", decided_by="王主任"),
                    By("bench"),
                )
            if place == count // 60:
                (folder / _HEAD).write_bytes(msgspec.json.encode(signed_head(register)))
        keep_current(register)


def _issue(
    register: Register, code: str, places: range, drawn: Iterator[str], random: Random
) -> tuple[CardNumber, ...]:
    today = register.effects.today()
    rows = tuple(parse_row(_row(place, next(drawn), code, today), register.catalogue) for place in places)
    planned = plan(rows, {}, Policy(register.jurisdiction, register.institutions(), today, None, "李审核"))
    assert not planned.refused, planned.refused[0]
    prepared = [PreparedCard(card, draft_of(card), random.randbytes(PHOTO_BYTES)) for card in planned.accepted]
    with register.database.write() as connection:
        batch = batches.begin(
            connection,
            actor="bench",
            key=str(places.start),
            request_hash=bytes(32),
            now=register.effects.now(),
            issued_on=today,
            commitment_key=random.randbytes(32),
            issuer=None,
            reviewed_by="李审核",
        )
        done = issue_prepared(register, connection, batch.id, prepared, "bench")
    return tuple(number for _, number in done.issued)


def _row(place: int, name: str, code: str, today: date) -> RawRow:
    born = date(1970, 1, 1) + timedelta(days=place % _BIRTHDAYS)
    first17 = f"{AREA}{born:%Y%m%d}{place // _BIRTHDAYS:03d}"
    return RawRow(
        place + 2,
        {
            "name": name,
            "resident_id": first17 + check_digit(first17),
            "kind": "内部质量督导员",
            "institution": code,
            "work_unit": "重庆市渝北区职业技能鉴定指导中心",
            "certified_on": today - timedelta(days=20),
            "score": 88,
            "in_house": "是",
        },
    )


def measure(folder: Path, *, incremental: bool) -> None:
    """Audit, and print what was found, how long it took and what memory beyond the program's own."""
    with open_register(settings_of(folder), effects.real()) as register:
        head = read_head((folder / _HEAD).read_bytes()) if incremental else None
        before, start, cpu = _resident(), time.perf_counter(), time.process_time()
        found = audit(register, head)
        took, used = time.perf_counter() - start, time.process_time() - cpu
        whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert found.faults == (), found.faults[:3]
    own = (whole - before) / 1024
    print(
        f"{'incremental' if incremental else 'full'} audit: {found.cards:,} cards, {found.size:,} entries"
        f"{f' of which {head.size:,} covered' if head else ''}; "
        f"{took:.1f} s ({used:.1f} s of CPU), {own:.0f} MB ({whole / 1024:.0f} in all)"
    )
    if incremental and found.cards == CARDS:
        assert used < MOST_CPU_S, "slower than promised"
        assert own < MOST_MB, "more memory than promised"


def _resident() -> int:
    """Return the memory the process has now, in KiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1024


def _run(folder: Path, what: str) -> None:
    subprocess.run([sys.executable, "-m", "tests.bench.auditing", what, str(folder)], check=True)


def main(count: int, folder: Path) -> None:
    """Make the register, unless it is there, and measure."""
    if not (folder / _HEAD).exists():
        start = time.perf_counter()
        make_register(folder, count)
        print(f"{count:,} cards issued in {time.perf_counter() - start:.0f} s")
    for what in ("full", "incremental"):
        _run(folder, what)


if __name__ == "__main__":
    given = sys.argv[1:]
    if given and not given[0].isdecimal():
        measure(Path(given[1]), incremental=given[0] == "incremental")
    else:
        with tempfile.TemporaryDirectory() as scratch:
            main(int(given[0]) if given else CARDS, Path(given[1]) if len(given) > 1 else Path(scratch))
