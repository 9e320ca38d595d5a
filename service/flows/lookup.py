"""Answer the public: is the card with this number, of this holder, valid.

Numbers run on, so a number alone is answered nothing: the name must fit. One and the same None stands for no such
card and for another name.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from typing import Final

from service.domain.card_number import CardNumber
from service.domain.card_view import CardView, view_of
from service.domain.check_facts import Record
from service.domain.errors import CardNumberMalformed
from service.domain.event import Json
from service.domain.tidy import tidy_name
from service.domain.verdict import Verdict, judge_number
from service.flows.register import Register
from service.store import cards

_NOBODY: Final = "\0"  # no name tidies to this


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """What the public is told: never more than the card's face, and the name masked."""

    verdict: Verdict
    card: CardView

    def as_json(self) -> dict[str, Json]:
        """Give the answer as programs get it."""
        card = self.card.as_json()
        return {
            "verdict": self.verdict.verdict.value,
            "summary": {"zh": self.verdict.summary.zh, "en": self.verdict.summary.en},
            "as_of": self.verdict.as_json()["as_of"],
            "card": {key: card[key] for key in _PUBLIC},
        }


_PUBLIC: Final = (
    "number",
    "name",
    "kind",
    "kind_zh",
    "kind_en",
    "occupations",
    "issuer_name",
    "issued_on",
    "expires_on",
    "status_on",
)


def lookup(register: Register, number: str, name: str) -> PublicAnswer | None:
    """Look up a card by number and holder's name; None for no such card and for another name alike.

    The same reads and the same comparison are made in both cases, so that the time tells nothing either.
    """
    try:
        wanted = CardNumber(unicodedata.normalize("NFKC", number).strip().upper())
    except CardNumberMalformed:
        wanted = None
    card = None
    if wanted is not None:
        with register.database.read() as connection:
            found = cards.get(connection, wanted)
        card = None if found is None else found.card
    held = card.name if card is not None else _NOBODY
    asked = tidy_name(name).encode("utf-8", "surrogatepass")  # half a character, from a terminal, is nobody's name
    if not hmac.compare_digest(asked, held.encode()) or card is None:
        return None
    issuer_name = register.issuer_name(card.issuer)
    verdict = judge_number(
        Record(card, issuer_name, copy_is_live=True, claims_match=True), register.effects.now()
    ).public()
    return PublicAnswer(verdict, view_of(card, issuer_name).public())
