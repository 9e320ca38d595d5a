"""What the register holds of many cards, and of the copies that were shown, read in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.check_facts import Doubt, Lost, Record
from service.domain.fitness import Dispatch, Engagement
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.verdict import NO_DUTY, judge_number
from service.domain.verdict_words import Word
from service.flows.register import Register
from service.store import card_lists, copies, dispatches, engagements, institutions, restored
from service.store.engagements import StoredEngagement
from service.store.states import CopyState

_SPEAKS_OF_COPY: Final = frozenset({Word.VALID, Word.EXPIRED, Word.NOT_YET_VALID, Word.SUPERSEDED, Word.STATUS_UNKNOWN})
"""Words that leave open whether the very copy still counts."""


class Standings:
    """Cards by number, and the copies that were shown, with what the verdict on them is made from.

    What ``read`` has not read is not there.
    """

    def __init__(self, register: Register, connection: Connection) -> None:
        self._register = register
        self._connection = connection
        self._cards: dict[CardNumber, Card] = {}
        self._lost: dict[CardNumber, Lost] = {}
        self._unconfirmed: set[CardNumber] = set()
        self._copies: dict[bytes, tuple[CardNumber, CopyState]] = {}
        self._contracts: defaultdict[int, list[StoredEngagement]] = defaultdict(list)
        self._sent: defaultdict[int, list[Dispatch]] = defaultdict(list)
        self._names: dict[str, str] = {CENTRE: register.jurisdiction.centre.zh}

    def read(self, numbers: Iterable[CardNumber], shown: Iterable[bytes] = ()) -> None:
        """Read cards that were not read yet, with their holders' contracts and dispatches, and copies."""
        connection, wanted = self._connection, set(numbers) - self._cards.keys()
        if not wanted and not shown:
            return
        new = card_lists.of_numbers(connection, wanted)
        people = {card.person for card in new.values()}
        known = {card.person for card in self._cards.values()}
        for contract in engagements.of_people(connection, people - known):
            self._contracts[contract.person].append(contract)
        for person, sent in dispatches.of_people(connection, people - known):
            self._sent[person].append(sent)
        self._unconfirmed |= restored.unconfirmed_of(connection, new)
        issuers = {card.issuer for card in new.values()} - self._names.keys()
        if issuers:
            self._names |= {one.code: one.name for one in institutions.all_of(connection, *issuers)}
        for number in wanted - new.keys():
            if (lost := restored.find_lost(connection, number)) is not None:
                self._lost[number] = lost
        self._cards |= new
        self._copies |= copies.states_of(connection, shown)

    def card(self, number: CardNumber) -> Card | None:
        """Return a card that was read; None for a number that none has."""
        return self._cards.get(number)

    def contracts_of(self, person: int) -> list[StoredEngagement]:
        """Return the contracts of somebody whose card was read, on whatever card."""
        return self._contracts[person]

    def places_of(self, card: Card) -> tuple[tuple[Engagement, ...], tuple[Dispatch, ...]]:
        """Return where a card's holder is engaged and sent, as ``people.engagements.places_of`` does."""
        if card.kind is CardKind.INTERNAL:
            return (), ()
        kinds = {kind for kind in CardKind if kind.is_assessor} if card.kind.is_assessor else {card.kind}
        engaged = tuple(one.term for one in self._contracts[card.person] if one.kind in kinds)
        return engaged, tuple(self._sent[card.person]) if card.kind is CardKind.EXTERNAL else ()

    def word(self, number: CardNumber, copy: bytes | None, at: datetime) -> Word:
        """Return what the register holds of the very copy, or else of the card, at a moment."""
        card = self._cards.get(number)
        word = judge_number(None if card is None else self._record(card), at, NO_DUTY, self._lost.get(number)).verdict
        if word is Word.UNKNOWN:
            return Word.UNREGISTERED
        if copy is None or word not in _SPEAKS_OF_COPY:
            return word
        found = self._copies.get(copy)
        if found is not None:
            if found[0] != number:
                return Word.UNREGISTERED
            return word if found[1] is CopyState.LIVE else Word.REPLACED
        lost = _lost_copy(self._connection, number, copy)
        if lost is None:
            return Word.UNREGISTERED
        return Word.REPLACED if not lost.copy_is_live else Word.STATUS_UNKNOWN if word is Word.VALID else word

    def _record(self, card: Card) -> Record:
        engaged, sent = self.places_of(card)
        return Record(
            card,
            self._names.get(card.issuer),
            copy_is_live=True,
            claims_match=True,
            engagements=engaged,
            dispatches=sent,
            doubt=Doubt.UNCONFIRMED if card.number in self._unconfirmed else None,
        )


def _lost_copy(connection: Connection, number: CardNumber, copy: bytes) -> Lost | None:
    """Find what is known of a copy that may have been made after the backup from which the register was restored."""
    found = restored.find_lost_copy(connection, copy)
    if found is not None:
        return found[1] if found[0] == number else None
    return Lost() if restored.has_lost_places(connection) else None
