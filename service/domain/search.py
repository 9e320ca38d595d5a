"""What a search of the register asks for, and how what somebody types is understood."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.people import ResidentId
from service.domain.tidy import number_typed, tidy_name, tidy_occupation

MAX_MONTHS: Final = 36
"""Nothing expires later: a card holds three years at most (督§10, 考§12)."""

_NUMBER: Final = re.compile(r"[RHYS]?[0-9]{1,13}", re.ASCII)
_LONGEST_NUMBER: Final = 13
_MANY_DIGITS: Final = 12


class CardState(StrEnum):
    """What a card is on a day, its dates and its status taken together."""

    VALID = "valid"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    VOIDED = "voided"

    @property
    def zh(self) -> str:
        """The state in Chinese."""
        return _WORDS[self][0]

    @property
    def en(self) -> str:
        """The state in English."""
        return _WORDS[self][1]


_WORDS: Final = {
    CardState.VALID: ("有效", "valid"),
    CardState.NOT_YET_VALID: ("尚未生效", "not yet valid"),
    CardState.EXPIRED: ("已过期", "expired"),
    CardState.SUPERSEDED: ("已换发", "superseded"),
    CardState.REVOKED: ("已取消资格", "revoked"),
    CardState.VOIDED: ("已作废", "voided"),
}


class Sort(StrEnum):
    """By what a list is sorted."""

    NUMBER = "number"
    NAME = "name"
    ISSUED_ON = "issued_on"
    EXPIRES_ON = "expires_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What cards are sought by; whatever is empty restricts nothing.

    ``number`` is the beginning of a number, ``name`` and ``occupation`` a part of one; ``holder`` means all cards of
    whoever holds that one. ``institution`` has issued a card, is named by it, or engages its holder or did.
    ``expiring_months``: valid, and the last day lies within so many months.
    """

    number: str = ""
    name: str = ""
    resident_id: ResidentId | None = field(default=None, repr=False)
    holder: CardNumber | None = None
    institution: str | None = None
    occupation: str = ""
    kind: CardKind | None = None
    state: CardState | None = None
    expiring_months: int | None = None
    sort: Sort = Sort.NUMBER
    descending: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _storable(tidy_name(self.name)))
        object.__setattr__(self, "occupation", _storable(tidy_occupation(self.occupation)))


def with_text(search: Search, text: str) -> Search:
    """Add what somebody has typed: an identity number, the beginning of a card's number, or a part of a name.

    Raises ResidentIdInvalid, which does not quote it, for what was meant as an identity number and cannot be one.
    """
    typed = number_typed(text)
    if not typed:
        return search
    if is_secret(typed):
        return replace(search, resident_id=ResidentId.parse(typed))
    number = "".join(typed.split()).upper()
    return replace(search, number=number) if _NUMBER.fullmatch(number) else replace(search, name=typed)


def is_secret(text: str) -> bool:
    """Return whether a text was meant as an identity number, right or wrong: it is then shown to nobody again."""
    characters = [c for c in unicodedata.normalize("NFKC", text) if c.isalnum()]
    return len(characters) > _LONGEST_NUMBER and sum(c.isdigit() for c in characters) >= _MANY_DIGITS


def _storable(text: str) -> str:
    """Put marks that stand in no name where a database would stumble: at NUL, and at halves of characters."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def state_of(card: Card, on: date) -> CardState:
    """Return what a card is on a day; a decision goes before a date, and its last day still counts. 督§10, 考§12."""
    status = card.status_at(on)
    if status is not CardStatus.VALID:
        return CardState(status.value)
    if on < card.issued_on:
        return CardState.NOT_YET_VALID
    return CardState.EXPIRED if on > card.expires_on else CardState.VALID
