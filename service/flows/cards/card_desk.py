"""Return how a card stands, for whoever is about to do something with it: its issuer, or who keeps the record."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.access_record import Access, Act
from service.domain.cancellation import Correction, Decision
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.errors import DomainError
from service.domain.issuer import CENTRE
from service.domain.review import EntryKind, check_body
from service.domain.verdict_words import Word
from service.flows.checking.staff import check_number
from service.flows.errors import Refused, no_such_card
from service.flows.people.access_records import record_access
from service.flows.people.record import has_engaged, may_read_of
from service.flows.register import Register
from service.store import cancellations, cards, copies, proposals
from service.store.proposals import StoredProposal


@dataclass(frozen=True, slots=True)
class Standing:
    """A card as it stands today, in the verdict's ``word``; ``dead_copies`` are those that have been replaced.

    ``decision`` and ``correction`` tell of a cancellation, ``lost_with`` names the cards it took beside this one;
    ``would_lose`` are those that a cancellation would take, this one among them. ``named_otherwise`` are the holder's
    other cards in force that bear another name: those of the body, and for the centre everybody's.
    ``entries`` are what the body may enter in the record, ``decides`` whether it is the card's issuer.
    """

    card: Card
    issuer_name: str
    word: Word
    dead_copies: int
    proposals: tuple[StoredProposal, ...]
    decision: Decision | None
    correction: Correction | None
    lost_with: tuple[CardNumber, ...]
    would_lose: tuple[CardNumber, ...]
    named_otherwise: tuple[Card, ...]
    entries: frozenset[EntryKind]
    decides: bool

    @property
    def in_force(self) -> bool:
        """Return whether nothing has ended the card but, perhaps, its date."""
        return self.card.status is CardStatus.VALID


def card_standing(register: Register, number: CardNumber, by: Principal) -> Standing:
    """Find a card for a body: its issuer, or one that keeps the holder's record, recorded. Raises Refused for others.

    It is refused as if there were no such card. 督§4, 考§17.
    """
    try:
        standing = _standing(register, number, by.body)
    except Refused as refused:
        record_access(register, by.actor, Access(act=Act.REFUSED, number=number, ground=Act.CARD, outcome=refused.code))
        raise
    record_access(register, by.actor, Access(act=Act.CARD, number=number, ground="decides-or-keeps"))
    return standing


def cards_named_otherwise(register: Register, number: CardNumber) -> tuple[Card, ...]:
    """Return the other cards in force of a card's holder that bear another name. Raises Refused."""
    with register.database.read() as connection:
        record = cards.get(connection, number)
        if record is None:
            raise no_such_card(number)
        return _named_otherwise(connection, record.card)


def _standing(register: Register, number: CardNumber, body: str) -> Standing:
    with register.database.read() as connection:
        record = cards.get(connection, number)
        if record is None or not may_read_of(connection, record.card, body, register.effects.today()):
            raise no_such_card(number)
        card = record.card
        decision = cancellations.get(connection, number)
        correction = cancellations.get_correction(connection, number)
        lost_with = () if decision is None else _lost_with(connection, card, decision)
        would_lose = _would_lose(connection, card)
        others = tuple(one for one in _named_otherwise(connection, card) if body in {one.issuer, CENTRE})
        dead = copies.replaced(connection, number)
        engaged = has_engaged(connection, card, body)
        proposed = tuple(
            one
            for one in proposals.open_for(connection, (number,))
            if body in {one.issuer, one.proposal.body}  # as in the list of proposals
        )
    return Standing(
        card=card,
        issuer_name=register.issuer_name(card.issuer),
        word=check_number(register, number).verdict,
        dead_copies=len(dead),
        proposals=proposed,
        decision=decision,
        correction=correction,
        lost_with=lost_with,
        would_lose=would_lose,
        named_otherwise=others,
        entries=frozenset(kind for kind in EntryKind if _may_enter(kind, card, body, engaged=engaged)),
        decides=body == card.issuer,
    )


def _named_otherwise(connection: Connection, card: Card) -> tuple[Card, ...]:
    return tuple(
        one
        for one in cards.of_person(connection, card.person)
        if one.status is CardStatus.VALID and one.number != card.number and one.name != card.name
    )


def _lost_with(connection: Connection, card: Card, decision: Decision) -> tuple[CardNumber, ...]:
    return tuple(
        one.number
        for one in cards.of_person(connection, card.person)
        if one.number != card.number and cancellations.get(connection, one.number) == decision
    )


def _would_lose(connection: Connection, card: Card) -> tuple[CardNumber, ...]:
    """List the person's cards that a cancellation of this one takes: 考§21 all of an assessor, 督§19 the issuer's."""
    return tuple(
        one.number
        for one in cards.of_person(connection, card.person)
        if one.status in {CardStatus.VALID, CardStatus.SUPERSEDED}
        and one.kind.is_assessor is card.kind.is_assessor
        and (one.kind.is_assessor or one.issuer == card.issuer)
    )


def _may_enter(kind: EntryKind, card: Card, body: str, *, engaged: bool) -> bool:
    if kind is EntryKind.WARNING and not card.kind.is_assessor:
        return False  # 考§20 knows assessors only
    try:
        check_body(kind, card.kind, card.issuer, body, engaged_as_internal=engaged)
    except DomainError:
        return False
    return True
