"""What was handed in to be checked, kept for a short time: rows, so that another host issues what this one checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, delete, func, or_, select, update

from service.store.tables import upload, upload_piece


@dataclass(frozen=True, slots=True)
class Upload:
    """A check that is kept, sealed. ``size`` and ``roster`` are None once the files are deleted."""

    key: str
    owner: bytes
    made_at: datetime
    batch: int | None
    size: int | None
    roster: bytes | None
    found: bytes
    report: bytes


_COLUMNS: Final[tuple[ColumnElement[Any], ...]] = (
    *(upload.c.key, upload.c.owner, upload.c.made_at, upload.c.batch),
    *(upload.c.size, upload.c.roster, upload.c.found, upload.c.report),
)


def begin(connection: Connection, key: str, owner: bytes, now: datetime) -> None:
    """Enter an upload whose files are written next; nobody finds it before ``finish``."""
    connection.execute(upload.insert().values(key=key, owner=owner, made_at=now))


def add_pieces(connection: Connection, key: str, first: int, bodies: Sequence[bytes]) -> None:
    """Write some pieces of the archive, numbered on from ``first``."""
    if bodies:
        connection.execute(
            upload_piece.insert(),
            [{"key": key, "place": place, "body": body} for place, body in enumerate(bodies, first)],
        )


def finish(connection: Connection, key: str, *, size: int, roster: bytes, found: bytes, report: bytes) -> None:
    """Complete an upload; the owner's earlier ones are deleted."""
    owner = select(upload.c.owner).where(upload.c.key == key).scalar_subquery()
    values = {"size": size, "roster": roster, "found": found, "report": report}
    connection.execute(update(upload).where(upload.c.key == key).values(values))
    _delete(connection, upload.c.owner == owner, upload.c.key != key)


def settle(connection: Connection, key: str, *, batch: int, found: bytes, report: bytes) -> None:
    """Note what was issued from an upload, and delete its files."""
    values = {"batch": batch, "found": found, "report": report, "size": None, "roster": None}
    connection.execute(update(upload).where(upload.c.key == key).values(values))
    connection.execute(delete(upload_piece).where(upload_piece.c.key == key))


def find(connection: Connection, key: str, owner: bytes) -> Upload | None:
    """Find a complete upload of an owner."""
    return _find(connection, upload.c.key == key, upload.c.owner == owner)


def behind(connection: Connection, batch: int, owner: bytes) -> Upload | None:
    """Find the upload of an owner from which a batch was issued."""
    return _find(connection, upload.c.batch == batch, upload.c.owner == owner)


def count_of_others(connection: Connection, owner: bytes) -> int:
    """Count the uploads of everybody else, unfinished ones too."""
    return connection.execute(select(func.count()).where(upload.c.owner != owner)).scalar_one()


def piece(connection: Connection, key: str, place: int) -> bytes | None:
    """Read one piece of an archive."""
    found = select(upload_piece.c.body).where(upload_piece.c.key == key, upload_piece.c.place == place)
    body: bytes | None = connection.execute(found).scalar_one_or_none()
    return body


def drop(connection: Connection, key: str) -> None:
    """Delete an upload with all its pieces."""
    _delete(connection, upload.c.key == key)


def sweep(connection: Connection, now: datetime, kept_for: timedelta) -> None:
    """Delete what was kept for its time; a clock that was set back keeps nothing longer."""
    _delete(connection, or_(upload.c.made_at <= now - kept_for, upload.c.made_at >= now + kept_for))


def any_over(connection: Connection, now: datetime, kept_for: timedelta) -> bool:
    """Return True if ``sweep`` has something to delete."""
    over = or_(upload.c.made_at <= now - kept_for, upload.c.made_at >= now + kept_for)
    return connection.execute(select(upload.c.key).where(over).limit(1)).first() is not None


def _find(connection: Connection, *conditions: ColumnElement[bool]) -> Upload | None:
    row = connection.execute(select(*_COLUMNS).where(*conditions, upload.c.found.is_not(None))).one_or_none()
    return None if row is None else Upload(*row)


def _delete(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    keys = list(connection.execute(select(upload.c.key).where(*conditions)).scalars())
    if keys:
        connection.execute(delete(upload_piece).where(upload_piece.c.key.in_(keys)))
        connection.execute(delete(upload).where(upload.c.key.in_(keys)))
