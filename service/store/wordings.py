"""The words that are printed on cards: what was set, and from when it holds."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from service.domain.card_text import CardText, Wording
from service.store.facts import note
from service.store.print_lines import shown_names
from service.store.tables import card_wording


def add(connection: Connection, new: Wording, now: datetime) -> None:
    """Enter words. Raises WordingTaken where others of their number were entered first."""
    connection.execute(
        card_wording.insert(),
        {
            "number": new.number,
            "texts": msgspec.json.encode(new.text).decode(),
            "on_day": new.on,
            "reason": new.reason,
            "entered_by": new.by,
            "entered_at": now,
        },
    )
    note(connection, "card_wording", (new.number,))


def entered(connection: Connection, until: datetime | None = None) -> tuple[Wording, ...]:
    """List what was set, in the order of entry; with an instant only what was known then."""
    known = () if until is None else (card_wording.c.entered_at <= until,)
    return tuple(
        Wording(
            number=row.number,
            text=msgspec.json.decode(row.texts, type=CardText),
            on=row.on_day,
            reason=row.reason,
            by=row.entered_by,
            entered_at=row.entered_at,
        )
        for row in connection.execute(select(card_wording).where(*known).order_by(card_wording.c.number))
    )


def setters(connection: Connection) -> dict[int, str]:
    """Return who set each, by the real name if it is known."""
    rows = connection.execute(select(card_wording.c.number, card_wording.c.entered_by)).all()
    names = shown_names(connection, {row.entered_by for row in rows})
    return {number: names[actor] for number, actor in rows}
