"""What the office compares after a restore: kept with the register, so that every desk reads it for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection

from service.flows.register import Register
from service.store import meta, restored

META_RESTORED: Final = "restored"

_TOLD_FOR: Final = timedelta(days=30)

PRINT_ROOM: Final = frozenset({"cards-printed", "cards-reprinted", "card-checked", "cards-handed-out"})
"""Kinds of entries whose work is done: it is compared with what lies there, and not done again."""


class RestoredSince(msgspec.Struct, frozen=True, kw_only=True):
    """A restore. What was done after ``backup_at`` is missing but for what ``is_replayed`` says the journal told.

    ``lost`` counts cards known by number alone, ``not_replayed`` later entries by kind whose rows are missing,
    ``unconfirmed`` the cards that wait to be confirmed today.
    """

    at: datetime
    backup_at: datetime
    is_replayed: bool
    lost: int
    not_replayed: Mapping[str, int]
    unconfirmed: int = 0


def note_restore(connection: Connection, note: RestoredSince) -> None:
    """Keep what a restore came to."""
    meta.put(connection, META_RESTORED, msgspec.json.encode(note).decode())


def restored_since(register: Register) -> RestoredSince | None:
    """Return the last restore for 30 days, and for as long as cards wait to be confirmed; else None."""
    with register.database.read() as connection:
        kept = meta.get(connection, META_RESTORED)
        if kept is None:
            return None
        note = msgspec.json.decode(kept, type=RestoredSince)
        unconfirmed = restored.count_unconfirmed(connection)
    if register.effects.now() - note.at > _TOLD_FOR and not unconfirmed:
        return None
    return msgspec.structs.replace(note, unconfirmed=unconfirmed)
