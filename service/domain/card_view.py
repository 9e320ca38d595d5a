"""A card as a check shows it: to whom holds the QR or works at the site, and to the public."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.event import Json
from service.domain.kinds import CardKind
from service.domain.masking import mask_name
from service.domain.occupation import Occupation


@dataclass(frozen=True, slots=True, kw_only=True)
class CardView:
    """What is shown of a card, from the register or from the credential alone.

    ``occupations`` are those the card still counts for; ``released`` the names of those a later card has taken
    over. ``issuer`` is ``centre`` or an institution's code, ``issuer_name`` its name where known. ``institution``
    and ``in_house`` are known to the register only. ``status_on`` dates the last change of status.
    """

    number: CardNumber
    name: str
    kind: CardKind
    occupations: tuple[Occupation, ...]
    issuer: str
    issuer_name: str | None
    issued_on: date
    expires_on: date
    work_unit: str | None = None
    released: tuple[str, ...] = ()
    institution: str | None = None
    in_house: bool | None = None
    status_on: date | None = None

    def public(self) -> CardView:
        """Drop what only the holder's own QR or signed-in staff may see (cf. 督§12(3))."""
        return replace(self, name=mask_name(self.name), work_unit=None, institution=None, in_house=None)

    def as_json(self) -> dict[str, Json]:
        """Return the view as programs get it; dates are ISO 8601 civil dates in Asia/Shanghai."""
        return {
            "number": str(self.number),
            "name": self.name,
            "kind": self.kind.value,
            "kind_zh": self.kind.zh,
            "kind_en": self.kind.en,
            "occupations": [{"name": o.name, "code": o.code} for o in self.occupations],
            "released": list(self.released),
            "issuer": self.issuer,
            "issuer_name": self.issuer_name,
            "work_unit": self.work_unit,
            "issued_on": self.issued_on.isoformat(),
            "expires_on": self.expires_on.isoformat(),
            "status_on": None if self.status_on is None else self.status_on.isoformat(),
        }


def view_of(card: Card, issuer_name: str | None) -> CardView:
    """Show a card of the register.

    One that is taken over whole counts for all of its job types until the day it is superseded; from then on the
    verdict says so.
    """
    live = card.scopes if card.status is CardStatus.SUPERSEDED else card.live_scopes
    return CardView(
        number=card.number,
        name=card.name,
        kind=card.kind,
        occupations=tuple(o for o in card.occupations if o.scope in live),
        released=tuple(o.name for o in card.occupations if o.scope not in live),
        issuer=card.issuer,
        issuer_name=issuer_name,
        work_unit=card.work_unit,
        institution=card.institution,
        in_house=card.in_house,
        issued_on=card.issued_on,
        expires_on=card.expires_on,
        status_on=card.status_on,
    )
