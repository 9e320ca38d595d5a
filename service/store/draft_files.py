"""Photographs and archives handed in for batches at work: by their SHA-256, in sealed pieces until they are whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, or_, select, update

from service.domain.draft_state import FileKind, FileState
from service.store.tables import draft_file, draft_piece

_RECEIVED: Final = (
    select(func.coalesce(func.sum(draft_piece.c.size), 0))
    .where(draft_piece.c.file_id == draft_file.c.id)
    .scalar_subquery()
)
_COLUMNS: Final = (
    draft_file.c.id,
    draft_file.c.digest,
    draft_file.c.kind,
    draft_file.c.state,
    draft_file.c.names,
    draft_file.c.size,
    _RECEIVED,
    draft_file.c.width,
    draft_file.c.height,
    draft_file.c.problem,
)


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file. ``names`` and ``problem`` are sealed; ``pieces`` counts the bytes that wait in pieces."""

    id: int
    digest: bytes
    kind: FileKind
    state: FileState
    names: bytes
    size: int
    pieces: int
    width: int | None
    height: int | None
    problem: bytes | None

    @property
    def received(self) -> int:
        """Bytes that have come: all of a file that was looked at, of another those that wait in pieces."""
        return self.size if self.state in {FileState.KEPT, FileState.REFUSED} else self.pieces


def of(connection: Connection, draft: int, *, only_unsettled: bool = False) -> tuple[DraftFile, ...]:
    """Return the files of a draft, in the order in which they were announced; or only what is no good photograph."""
    wanted = select(*_COLUMNS).where(draft_file.c.draft_id == draft).order_by(draft_file.c.id)
    if only_unsettled:
        wanted = wanted.where(or_(draft_file.c.state != FileState.KEPT.value, draft_file.c.problem.is_not(None)))
    return tuple(map(_file, connection.execute(wanted)))


def find(connection: Connection, draft: int, digest: bytes) -> DraftFile | None:
    """Find a file of a draft by its SHA-256."""
    found = select(*_COLUMNS).where(draft_file.c.draft_id == draft, draft_file.c.digest == digest)
    row = connection.execute(found).one_or_none()
    return None if row is None else _file(row)


def get(connection: Connection, draft: int, identity: int) -> DraftFile | None:
    """Find a file of a draft by its id."""
    found = select(*_COLUMNS).where(draft_file.c.draft_id == draft, draft_file.c.id == identity)
    row = connection.execute(found).one_or_none()
    return None if row is None else _file(row)


def begin(
    connection: Connection, draft: int, digest: bytes, kind: FileKind, names: bytes, size: int, now: datetime
) -> int:
    """Announce a file and return its id."""
    values = {
        "draft_id": draft,
        "digest": digest,
        "kind": kind.value,
        "state": FileState.COMING.value,
        "names": names,
        "size": size,
        "changed_at": now,
    }
    identity: int = connection.execute(draft_file.insert().values(values).returning(draft_file.c.id)).scalar_one()
    return identity


def change(connection: Connection, identity: int, now: datetime, **values: Any) -> None:  # noqa: ANN401 - columns
    """Change a file."""
    connection.execute(update(draft_file).where(draft_file.c.id == identity).values({**values, "changed_at": now}))


def add_piece(connection: Connection, identity: int, at: int, size: int, body: bytes) -> None:
    """Write a sealed piece that begins at a byte."""
    connection.execute(draft_piece.insert().values(file_id=identity, at=at, size=size, body=body))


def pieces(connection: Connection, identity: int) -> Sequence[tuple[int, int]]:
    """Return where the pieces of a file begin, and their sizes, in their order."""
    found = select(draft_piece.c.at, draft_piece.c.size).where(draft_piece.c.file_id == identity)
    return [(row.at, row.size) for row in connection.execute(found.order_by(draft_piece.c.at))]


def piece(connection: Connection, identity: int, at: int) -> bytes | None:
    """Return one sealed piece."""
    found = select(draft_piece.c.body).where(draft_piece.c.file_id == identity, draft_piece.c.at == at)
    body: bytes | None = connection.execute(found).scalar_one_or_none()
    return body


def drop_pieces(connection: Connection, identity: int) -> None:
    """Delete the pieces of a file: it is kept otherwise, or has to come again."""
    connection.execute(delete(draft_piece).where(draft_piece.c.file_id == identity))


def body(connection: Connection, identity: int) -> bytes | None:
    """Return the sealed working copy of a photograph."""
    found: bytes | None = connection.execute(
        select(draft_file.c.body).where(draft_file.c.id == identity)
    ).scalar_one_or_none()
    return found


def portraits(connection: Connection, files: Iterable[int]) -> dict[int, bytes]:
    """Return the sealed portraits of photographs that were made without a crop of their own."""
    found = select(draft_file.c.id, draft_file.c.portrait).where(
        draft_file.c.id.in_(list(files)), draft_file.c.portrait.is_not(None)
    )
    return {row.id: row.portrait for row in connection.execute(found)}


def move(connection: Connection, files: Iterable[int], draft: int) -> None:
    """Let files go over to another draft."""
    connection.execute(update(draft_file).where(draft_file.c.id.in_(list(files))).values(draft_id=draft))


def drop(connection: Connection, identity: int) -> None:
    """Delete a file and what has come of it."""
    drop_pieces(connection, identity)
    connection.execute(delete(draft_file).where(draft_file.c.id == identity))


def clear(connection: Connection, draft: int) -> None:
    """Delete the files of a draft."""
    own = select(draft_file.c.id).where(draft_file.c.draft_id == draft)
    connection.execute(delete(draft_piece).where(draft_piece.c.file_id.in_(own)))
    connection.execute(delete(draft_file).where(draft_file.c.draft_id == draft))


def _file(row: Any) -> DraftFile:  # noqa: ANN401 - a row of _COLUMNS
    identity, digest, kind, state, names, size, received, width, height, problem = row
    return DraftFile(identity, digest, FileKind(kind), FileState(state), names, size, received, width, height, problem)
