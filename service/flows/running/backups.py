"""When the register was last backed up from this data folder.

It stands in a file beside the sealed keys and not in the journal: an entry after each backup would make every backup
older than a head that is signed next.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from service.flows.register import Register

_FILE: Final = "last-backup"


def note_backup(register: Register) -> None:
    """Write down that a backup has just been made."""
    (register.folder / _FILE).write_text(register.effects.now().isoformat(), "ascii")


def last_backup(register: Register) -> datetime | None:
    """Return when the last backup was made; None where none is known."""
    try:
        found = datetime.fromisoformat((register.folder / _FILE).read_text("ascii"))
    except (OSError, ValueError):
        return None
    return found if found.tzinfo is not None else None
