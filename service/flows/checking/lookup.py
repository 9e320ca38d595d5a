"""Answer the public: is the card with this number, of this holder, valid.

Numbers run on, so a number alone is answered nothing: the name must fit. One and the same None stands for no such
card and for another name.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from service.counters import count_verdict
from service.domain.card_number import CardNumber
from service.domain.card_view import CardView, view_of
from service.domain.check_facts import Doubt, Record
from service.domain.errors import CardNumberMalformed
from service.domain.event import Json
from service.domain.tidy import name_key, number_typed
from service.domain.verdict import Verdict, judge_number
from service.flows.register import Register
from service.store import cards, restored


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """What the public is told: never more than the card's face, and the name masked."""

    verdict: Verdict
    card: CardView

    def as_json(self) -> dict[str, Json]:
        """Return the answer as programs get it."""
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

    In both cases the same is read and the same compared, so that the time tells nothing either; whatever else is
    read and reckoned, is so only for one who has the name.
    """
    try:
        wanted = CardNumber(number_typed(number).upper())
    except CardNumberMalformed:
        return None  # anybody can see that
    with register.database.read() as connection:
        held = cards.holder_at_or_below(connection, wanted) or ("", "")
        held_number, holder = held
        if not hmac.compare_digest(_digest(wanted, name_key(name)), _digest(held_number, name_key(holder))):
            return None
        found = cards.get(connection, wanted)
        doubt = Doubt.UNCONFIRMED if restored.is_unconfirmed(connection, wanted) else None
    assert found is not None  # the same snapshot
    card = found.card
    issuer_name = register.issuer_name(card.issuer)
    verdict = judge_number(
        Record(card, issuer_name, copy_is_live=True, claims_match=True, doubt=doubt), register.effects.now()
    ).public()
    count_verdict(verdict.verdict, "number")
    return PublicAnswer(verdict, view_of(card, issuer_name).public())


def _digest(number: str, name: str) -> bytes:
    """Make names of all lengths equally long to compare; half a character, from a terminal, is nobody's name."""
    return hashlib.sha256(f"{number}\0{name}".encode("utf-8", "surrogatepass")).digest()
