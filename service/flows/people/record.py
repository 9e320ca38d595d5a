"""The integrity record (诚信档案) of a person: who reads it, and what it says (督§20, 考§19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
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
from service.store import cancellations, card_lists, cards, dispatches, engagements, institutions, reviews
from service.store.engagements import StoredEngagement
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
        all_held = cards.of_person(connection, card.person)
        readable = readable_of(connection, all_held, body, register.effects.today())
        held = tuple(one for one in all_held if one.number in readable)
        if number not in {one.number for one in held}:
            return None
        stored = reviews.of_cards(connection, (one.number for one in held))
        cases = reviews.cases_of(connection, (one.number for one in held))
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
    return card.number in readable_of(connection, (card,), body, on)


def readable_of(connection: Connection, asked: Collection[Card], body: str, on: date) -> frozenset[CardNumber]:
    """Return those of the cards of whose holders a body reads on a day what is recorded. 督§4, 考§17."""
    others = [card for card in asked if body not in {CENTRE, card.issuer}]
    keepers = _keepers(connection, others, on) if others else {}
    return frozenset(
        card.number
        for card in asked
        if card.number not in keepers or may_read(card.kind, card.issuer, keepers[card.number], body)
    )


def has_engaged(connection: Connection, card: Card, institution: str) -> bool:
    """Return whether an institution has ever engaged a card's holder for work of the card's kind. 考§16, 督§14."""
    return any(
        one.term.institution == institution and one.kind.is_assessor is card.kind.is_assessor
        for one in engagements.of_person(connection, card.person)
    )


def _keepers(connection: Connection, asked: Collection[Card], on: date) -> dict[CardNumber, frozenset[str]]:
    """Find who keeps the records of cards' holders today. 督§4, 考§17."""
    people = {card.person for card in asked}
    contracts: defaultdict[int, list[StoredEngagement]] = defaultdict(list)
    for one in engagements.of_people(connection, people):
        if one.term.until is None or on <= one.term.until:
            contracts[one.person].append(one)
    externals = [card for card in asked if card.kind is CardKind.EXTERNAL]
    codes = {code for card in externals for code in _named_by(card, contracts[card.person])}
    filed = {one.code: one.authority for one in institutions.all_of(connection, *codes)} if codes else {}
    senders = dispatches.senders_of(connection, {card.person for card in externals}) if externals else {}
    recommended = card_lists.recommended_by(connection, [card.number for card in externals])
    found: dict[CardNumber, frozenset[str]] = {}
    for card in asked:
        own = contracts[card.person]
        if card.kind is not CardKind.EXTERNAL:
            found[card.number] = frozenset(one.term.institution for one in own)
            continue
        of_places = (filed.get(code) for code in _named_by(card, own))
        bureaus = (card.work_unit, recommended.get(card.number), *senders.get(card.person, ()), *of_places)
        as_internal = frozenset(one.term.institution for one in own if one.kind is CardKind.EXTERNAL)
        found[card.number] = as_internal | frozenset(tidy_name(one) for one in bureaus if one)
    return found


def _named_by(card: Card, contracts: Iterable[StoredEngagement]) -> frozenset[str]:
    """Return the institutions that a card and the contracts of its holder name."""
    return frozenset((*(one.term.institution for one in contracts), *filter(None, (card.institution,))))


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
