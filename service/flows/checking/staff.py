"""What signed-in staff may do beside everybody: check by number alone, and hand in the log of their scans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.access_record import Access, Act
from service.domain.card_number import CardNumber
from service.domain.check_facts import Doubt, Lost, Record
from service.domain.fitness import Duty
from service.domain.issuer import CENTRE
from service.domain.verdict import NO_DUTY, Verdict, judge_number
from service.domain.verdict_words import Word
from service.flows.people.access_records import record_access
from service.flows.people.engagements import places_of
from service.flows.register import Register
from service.store import cards, copies, institutions, limits, restored, scans
from service.store.limits import Claim, Limit, LimitReached
from service.store.scans import LoggedScan, Scan
from service.store.states import CopyState


def check_number(register: Register, number: CardNumber, duty: Duty = NO_DUTY, at: datetime | None = None) -> Verdict:
    """Return the verdict on a card number; ``unknown`` where no card has it. ``at`` stands in for the clock."""
    with register.database.read() as connection:
        record = _record(register, connection, number)
        lost = restored.find_lost(connection, number) if record is None else None
    return judge_number(record, at or register.effects.now(), duty, lost)


TYPED: Final = (Limit(60, timedelta(minutes=10)), Limit(400, timedelta(hours=24)))
"""Numbers that one account may type: a queue at a gate has its cards scanned, which is not counted."""


class TooManyNumbers(LimitReached):
    """One typed number too many, of an account; scanning is not counted."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.zh = f"凭编号查询过于频繁，请在 {retry_after} 秒后重试；扫描证卡二维码不受限"
        self.en = f"too many numbers; try again in {retry_after} seconds. Scanning the code on a card is not limited"


def check_typed_number(register: Register, number: CardNumber, duty: Duty, by: Principal) -> Verdict:
    """Return the verdict on a number that somebody has typed, recorded. Raises TooManyNumbers. 个人信息保护法§51."""
    count_typed_number(register, by)
    verdict = check_number(register, number, duty)
    outcome = verdict.verdict.value
    record_access(register, by.actor, Access(act=Act.CHECK, number=number, ground="typed-number", outcome=outcome))
    return verdict


def count_typed_number(register: Register, by: Principal) -> None:
    """Count a number that an account has typed. Raises TooManyNumbers; nothing is counted then."""
    now = register.effects.now()
    claims = [Claim(register.blind.of(f"typed {limit.requests} {by.account_id}"), limit) for limit in TYPED]
    try:
        with register.database.counters.read() as connection:
            wait = max(limits.waits(connection, claims, now))
        if wait:
            raise TooManyNumbers(wait)
        with register.database.counters.write() as connection:
            limits.take(connection, claims, now)
    except LimitReached as refusal:
        raise TooManyNumbers(refusal.retry_after) from None


def take_scans(register: Register, by: Principal, handed_in: Sequence[Scan]) -> tuple[tuple[Scan, bool], ...]:
    """Keep scans, each once; return each as kept, with what the register says of it now, and whether it was new."""
    now = register.effects.now()
    told = [replace(one, verdict_now=_word_now(register, one)) for one in handed_in]
    with register.database.write() as connection:
        new = scans.take(connection, told, by.account_id, by.account.institution, now)
    return tuple(zip(told, new, strict=True))


def read_scans(register: Register, by: Principal, since: datetime) -> tuple[LoggedScan, ...]:
    """List scans handed in from a moment on: an institution sees those of its own staff."""
    with register.database.read() as connection:
        return scans.since(connection, since, by.sees_institution)


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
    word = check_number(register, number, at=at).verdict
    if word is Word.UNKNOWN:
        return Word.UNREGISTERED
    if copy is None or word not in _SPEAKS_OF_COPY:
        return word
    with register.database.read() as connection:
        found = copies.find(connection, copy)
        lost = _lost_copy(connection, number, copy) if found is None else None
    if lost is not None:
        return Word.REPLACED if not lost.copy_is_live else Word.STATUS_UNKNOWN if word is Word.VALID else word
    if found is None or found.card.number != number:
        return Word.UNREGISTERED
    return word if found.copy.state is CopyState.LIVE else Word.REPLACED


_SPEAKS_OF_COPY: Final = frozenset({Word.VALID, Word.EXPIRED, Word.NOT_YET_VALID, Word.SUPERSEDED, Word.STATUS_UNKNOWN})
"""Words that leave open whether the very copy still counts."""


def _lost_copy(connection: Connection, number: CardNumber, copy: bytes) -> Lost | None:
    """Find what is known of a copy that may have been made after the backup from which the register was restored."""
    found = restored.find_lost_copy(connection, copy)
    if found is not None:
        return found[1] if found[0] == number else None
    return Lost() if restored.has_lost_places(connection) else None


def _word_now(register: Register, one: Scan) -> str | None:
    """Return what a scan's card is worth now; None where it names none."""
    return None if one.number is None else word_on(register, CardNumber(one.number), one.copy).value
