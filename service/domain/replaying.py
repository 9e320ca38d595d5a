"""Follow the journal's entries: what each does to a card, from the entry alone.

A restore replays with this what came after its backup. A card that the backup has changes as it did then; of one
that it lacks, what the entries tell is kept: a number, the copies made, and what has become of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date
from typing import Final, cast

from service.domain.card import COPY_ID_BYTES, Card, CardStatus
from service.domain.event import Event, Json

_NO_COPY: Final = bytes(COPY_ID_BYTES)  # of a card from before the system


@dataclass(frozen=True, slots=True)
class LostCard:
    """A card made after the backup; ``copies`` by copy id, each with the day on which it was replaced."""

    number: str
    issued_on: date
    expires_on: date
    status: CardStatus = CardStatus.VALID
    status_on: date | None = None
    copies: Mapping[bytes, date | None] = field(default_factory=dict[bytes, date | None])


def follow(card: Card, event: Event) -> Card:
    """Return a card after an event of its life; any other event leaves it as it is. Inverse of the steps' events."""
    match event.kind:
        case "card-superseded":
            released = card.released | frozenset(cast("list[str]", event.data["scopes"]))
            if not event.data["complete"]:
                return changed(card, released=released)
            return changed(card, released=released, status=CardStatus.SUPERSEDED, status_on=day(event, "on"))
        case _:
            status = _status_after(event)
            return card if status is None else changed(card, status=status, status_on=day(event, "on"))


def lost_card(event: Event) -> LostCard:
    """Return what ``card-issued`` or ``card-imported`` tells of a card."""
    copy = bytes.fromhex(str(event.data["copy"]))
    status = CardStatus(str(event.data.get("status", CardStatus.VALID)))
    return LostCard(
        str(event.subject),
        day(event, "issued_on"),
        day(event, "expires_on"),
        status,
        day(event, "status_on") if "status_on" in event.data else None,
        {} if copy == _NO_COPY else {copy: None},
    )


def follow_lost(card: LostCard, event: Event) -> LostCard:
    """Return a lost card after an event of its life; any other event leaves it as it is."""
    match event.kind:
        case "card-replaced" | "card-amended":
            former, copy = (bytes.fromhex(str(event.data[key])) for key in ("former_copy", "copy"))
            dead = {former: day(event, "on")} if former in card.copies else {}
            return changed(card, copies={**card.copies, **dead, copy: None})
        case "card-superseded":
            if not event.data["complete"]:
                return card
            return changed(card, status=CardStatus.SUPERSEDED, status_on=day(event, "on"))
        case _:
            status = _status_after(event)
            return card if status is None else changed(card, status=status, status_on=day(event, "on"))


def day(event: Event, key: str) -> date:
    """Return a date that an event holds."""
    return date.fromisoformat(str(event.data[key]))


def text_of(value: Json) -> str | None:
    """Return a text that an event may hold, None where it does not."""
    return value if isinstance(value, str) else None


def _status_after(event: Event) -> CardStatus | None:
    match event.kind:
        case "card-revoked":
            return CardStatus.REVOKED
        case "card-voided":
            return CardStatus.VOIDED
        case "card-status-taken":
            return CardStatus(str(event.data["status"]))
        case _:
            return None
