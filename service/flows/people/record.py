"""The integrity record (诚信档案) of a person: who reads it, and what it says (督§20, 考§19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.access_record import Access, Act
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.review import Entry, keepers_of, may_read
from service.domain.tidy import tidy_name
from service.flows.cards.lifecycle import registered
from service.flows.people.access_records import record_access
from service.flows.register import Register
from service.store import cancellations, cards, dossiers, engagements, institutions, reviews
from service.store.reviews import Case


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of a record. ``outcome`` is a grade or a word on what became of it; ``total`` a sheet's sum."""

    on: date
    number: CardNumber
    what: str
    article: str
    outcome: str
    body: str
    by: str
    note: str
    points: tuple[int, ...] | None = None

    @property
    def total(self) -> int | None:
        """Sum of a sheet's points."""
        return None if self.points is None else sum(self.points)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """The integrity record of a person: over all the cards, by day; ``keepers`` by kind of card."""

    name: str
    cards: tuple[Card, ...]
    keepers: tuple[tuple[CardKind, tuple[str, str]], ...]
    lines: tuple[RecordLine, ...]


def person_record(register: Register, number: CardNumber, *, body: str = CENTRE) -> PersonRecord | None:
    """Return the integrity record of whoever holds a card, over all the person's cards that ``body`` may read of.

    None if it may not read of this card. Raises Refused for a number that is not registered.
    """
    with register.database.read() as connection:
        card = registered(connection, number)
        today = register.effects.today()
        held = tuple(
            one for one in cards.of_person(connection, card.person) if may_read_of(connection, one, body, today)
        )
        if number not in {one.number for one in held}:
            return None
        stored = reviews.of_cards(connection, (one.number for one in held))
        cases = {case.id: case for case in reviews.cases(connection)}
        lines = [_line(one.number, one.entry, cases.get(one.id)) for one in stored]
        lines += [line for one in held for line in _cancellation_lines(connection, one.number)]
    keepers = dict.fromkeys(one.kind for one in held)
    return PersonRecord(
        held[-1].name,
        held,
        tuple((kind, keepers_of(kind)) for kind in keepers),
        tuple(sorted(lines, key=lambda line: line.on)),
    )


def record_for(register: Register, number: CardNumber, by: Principal) -> PersonRecord | None:
    """Return the integrity record to somebody signed in, as ``person_record`` does; that it was read is recorded."""
    told = person_record(register, number, body=by.body)
    if told is None:
        refused = Access(act=Act.REFUSED, number=number, ground=Act.RECORD, outcome="record-body")
        record_access(register, by.actor, refused)
    else:
        record_access(register, by.actor, Access(act=Act.RECORD, number=number, ground="keeps-the-record"))
    return told


def may_read_of(connection: Connection, card: Card, body: str, on: date) -> bool:
    """Return whether a body reads on a day what is recorded of a card's holder. 督§4, 考§17."""
    if body in {CENTRE, card.issuer}:
        return True
    return may_read(card.kind, card.issuer, _keepers(connection, card, on), body)


def has_engaged(connection: Connection, card: Card, institution: str) -> bool:
    """Return whether an institution has ever engaged a card's holder for work of the card's kind. 考§16, 督§14."""
    return any(
        one.term.institution == institution and one.kind.is_assessor is card.kind.is_assessor
        for one in engagements.of_person(connection, card.person)
    )


def _keepers(connection: Connection, card: Card, on: date) -> frozenset[str]:
    """Find who keeps the record of a card's holder today. 督§4, 考§17."""
    contracts = [
        one for one in engagements.of_person(connection, card.person) if one.term.until is None or on <= one.term.until
    ]
    engaging = {one.term.institution for one in contracts}
    if card.kind is not CardKind.EXTERNAL:
        return frozenset(engaging)
    sent = (one.authority for one in dossiers.dispatches_of(connection, card.person) if one.withdrawn_on is None)
    filed = (institutions.get(connection, code) for code in (*engaging, *filter(None, (card.institution,))))
    bureaus = (
        card.work_unit,
        cards.recommended_by(connection, card.number),
        *sent,
        *(one and one.authority for one in filed),
    )
    as_internal = {one.term.institution for one in contracts if one.kind is CardKind.EXTERNAL}
    return frozenset(as_internal) | frozenset(tidy_name(one) for one in bureaus if one)


def _line(number: CardNumber, entry: Entry, case: Case | None) -> RecordLine:
    outcome = "" if entry.outcome is None else entry.outcome.value
    note = "；".join(part for part in (entry.plan, entry.occupation, entry.note) if part)
    if case is not None and case.closing is not None:
        note = "；".join(part for part in (note, f"{case.closing.on} {case.closing.by}：{case.closing.reason}") if part)
    if case is not None and case.closing is not None and case.closing.corrected_to is not None:
        outcome += f"（更正为{case.closing.corrected_to}）"
    elif case is not None:
        outcome += "（待决定）" if case.is_open else "（已办结）"
    return RecordLine(entry.on, number, entry.kind.zh, entry.article, outcome, entry.body, entry.by, note, entry.points)


def _cancellation_lines(connection: Connection, number: CardNumber) -> list[RecordLine]:
    decision, correction = cancellations.get(connection, number), cancellations.get_correction(connection, number)
    lines: list[RecordLine] = []
    if decision is not None:
        lines.append(
            RecordLine(
                decision.decided_on,
                number,
                "取消资格",
                str(decision.ground),
                "",
                decision.body,
                decision.decided_by,
                decision.reason,
            )
        )
    if correction is not None and decision is not None:
        lines.append(
            RecordLine(
                correction.corrected_on,
                number,
                "更正",
                str(decision.ground),
                "",
                correction.body,
                correction.decided_by,
                correction.reason,
            )
        )
    return lines
