"""How far a batch at work has come, and the files that were handed in for it."""

from __future__ import annotations

from enum import StrEnum


class DraftState(StrEnum):
    """How far a batch has come. ``ISSUING`` is worked on under a lease, by whichever process holds it."""

    OPEN = "open"
    ISSUING = "issuing"
    ISSUED = "issued"
    DROPPED = "dropped"


class FileKind(StrEnum):
    """What a file that is handed in holds."""

    PHOTO = "photo"
    ARCHIVE = "archive"


class FileState(StrEnum):
    """How far a file has come: ``WAITING`` is whole and not looked at yet, ``REFUSED`` cannot be used."""

    COMING = "coming"
    WAITING = "waiting"
    KEPT = "kept"
    REFUSED = "refused"
