"""What signed-in staff may do beside everybody: check by number alone, and hand in the log of their scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Final

from sqlalchemy import Connection

from service.counters import count_verdict
from service.domain.access import Principal
from service.domain.access_record import Access, Act
from service.domain.card_number import CardNumber
from service.domain.check_facts import Doubt, Record
from service.domain.fitness import Duty
from service.domain.issuer import CENTRE
from service.domain.verdict import NO_DUTY, Verdict, judge_number
from service.domain.verdict_words import Word
from service.flows.checking.standings import Standings
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.people.access_records import record_access
from service.flows.people.engagements import places_of
from service.flows.register import Register
from service.store import cards, institutions, limits, restored, scans
from service.store.limits import Claim, Limit, LimitReached, Tell, unheard
from service.store.scans import LoggedScan, Scan

_SCANS: Final = ListOrder[LoggedScan]("scans", (datetime, bytes), lambda one: (one.taken_at, one.scan.nonce))


def check_number(register: Register, number: CardNumber, duty: Duty = NO_DUTY, at: datetime | None = None) -> Verdict:
    """Return the verdict on a card number; ``unknown`` where no card has it. ``at`` stands in for the clock."""
    with register.database.read() as connection:
        record = _record(register, connection, number)
        lost = restored.find_lost(connection, number) if record is None else None
    verdict = judge_number(record, at or register.effects.now(), duty, lost)
    count_verdict(verdict.verdict, "number")
    return verdict


TYPED: Final = (Limit(60, timedelta(minutes=10)), Limit(400, timedelta(hours=24)))
"""Numbers that one account may type: a queue at a gate has its cards scanned, which is not counted."""


class TooManyNumbers(LimitReached):
    """One typed number too many, of an account; scanning is not counted."""

    def __init__(self, retry_after: int, limit: Limit) -> None:
        super().__init__(retry_after, limit)
        self.zh = f"凭编号查询过于频繁，请在 {retry_after} 秒后重试；扫描证卡二维码不受限"
        self.en = f"too many numbers; try again in {retry_after} seconds. Scanning the code on a card is not limited"


def check_typed_number(
    register: Register, number: CardNumber, duty: Duty, by: Principal, tell: Tell = unheard
) -> Verdict:
    """Return the verdict on a number that somebody has typed, recorded. Raises TooManyNumbers. 个人信息保护法§51."""
    count_typed_number(register, by, tell)
    verdict = check_number(register, number, duty)
    outcome = verdict.verdict.value
    record_access(register, by.actor, Access(act=Act.CHECK, number=number, ground="typed-number", outcome=outcome))
    return verdict


def count_typed_number(register: Register, by: Principal, tell: Tell) -> None:
    """Count a number that an account has typed, and tell what is left. Raises TooManyNumbers; nothing is counted then.

    Of two limits the one with less left is told.
    """
    now = register.effects.now()
    claims = [Claim(register.blind.of(f"typed {limit.requests} {by.account_id}"), limit) for limit in TYPED]
    try:
        with register.database.counters.read() as connection:
            wait, limit = max(zip(limits.waits(connection, claims, now), TYPED, strict=True), key=itemgetter(0))
        if wait:
            raise TooManyNumbers(wait, limit)
        with register.database.counters.write() as connection:
            left = limits.take(connection, claims, now)
    except LimitReached as refusal:
        raise TooManyNumbers(refusal.retry_after, refusal.limit) from None
    tell(min(left, key=attrgetter("remaining")))


def take_scans(register: Register, by: Principal, handed_in: Sequence[Scan]) -> tuple[tuple[Scan, bool], ...]:
    """Keep scans, each once; return each as kept, with what the register says of it now, and whether it was new."""
    now = register.effects.now()
    told = [replace(one, verdict_now=_word_now(register, one)) for one in handed_in]
    with register.database.write() as connection:
        new = scans.take(connection, told, by.account_id, by.account.institution, now)
    return tuple(zip(told, new, strict=True))


def read_scans(register: Register, by: Principal, since: datetime, asked: PageRequest) -> Page[LoggedScan]:
    """Read a part of the scans handed in from a moment on: an institution sees those of its own staff. Raises Refused.

    They are not counted.
    """
    part = part_of(register, asked, _SCANS)
    with register.database.read() as connection:
        found = scans.since(connection, since, by.sees_institution, part)
    return page_of(register, _SCANS, part, found)


def all_scans(register: Register, since: datetime) -> tuple[LoggedScan, ...]:
    """List the scans of all staff, for whoever sits at the machine."""
    with register.database.read() as connection:
        return scans.since(connection, since, None)


def _record(register: Register, connection: Connection, number: CardNumber) -> Record | None:
    found = cards.get(connection, number)
    if found is None:
        return None
    institution = institutions.get(connection, found.card.issuer)
    issuer_name = None if institution is None else institution.name
    if found.card.issuer == CENTRE:
        issuer_name = register.jurisdiction.centre.zh
    engaged, sent = places_of(connection, found.card)
    return Record(
        found.card,
        issuer_name,
        copy_is_live=True,
        claims_match=True,
        engagements=engaged,
        dispatches=sent,
        doubt=Doubt.UNCONFIRMED if restored.is_unconfirmed(connection, number) else None,
    )


def word_on(register: Register, number: CardNumber, copy: bytes | None, at: datetime | None = None) -> Word:
    """Return what the register holds of the very copy, or else of the card; ``at`` stands in for the clock."""
    with register.database.read() as connection:
        standings = Standings(register, connection)
        standings.read((number,), () if copy is None else (copy,))
        return standings.word(number, copy, at or register.effects.now())


def _word_now(register: Register, one: Scan) -> str | None:
    """Return what a scan's card is worth now; None where it names none."""
    return None if one.number is None else word_on(register, CardNumber(one.number), one.copy).value
