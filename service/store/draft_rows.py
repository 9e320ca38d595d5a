"""Rows of batches at work, sealed: their cells, their photograph, and what speaks against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from service.store.tables import draft_row

_COLUMNS: Final = (
    draft_row.c.row,
    draft_row.c.version,
    draft_row.c.cells,
    draft_row.c.judged,
    draft_row.c.is_good,
    draft_row.c.is_removed,
    draft_row.c.is_seen,
    draft_row.c.file_id,
    draft_row.c.is_claimed,
    draft_row.c.crop,
    draft_row.c.portrait.is_not(None),
)


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row. ``cells`` and ``judged`` are sealed; the portrait is read by ``portraits``."""

    row: int
    version: int
    cells: bytes
    judged: bytes | None
    is_good: bool
    is_removed: bool
    is_seen: bool
    file_id: int | None
    is_claimed: bool
    crop: Mapping[str, Any] | None
    has_portrait: bool


def of(connection: Connection, draft: int) -> tuple[DraftRow, ...]:
    """Return the rows of a draft, in their order."""
    found = select(*_COLUMNS).where(draft_row.c.draft_id == draft).order_by(draft_row.c.row)
    return tuple(DraftRow(*row) for row in connection.execute(found))


def find(connection: Connection, draft: int, row: int) -> DraftRow | None:
    """Find a row of a draft."""
    found = select(*_COLUMNS).where(draft_row.c.draft_id == draft, draft_row.c.row == row)
    one = connection.execute(found).one_or_none()
    return None if one is None else DraftRow(*one)


def with_same_photo(connection: Connection, draft: int, row: int) -> tuple[DraftRow, ...]:
    """Return a row of a draft and those that have the same photograph, in their order; none where it is not there."""
    file = select(draft_row.c.file_id).where(draft_row.c.draft_id == draft, draft_row.c.row == row).scalar_subquery()
    found = select(*_COLUMNS).where(
        draft_row.c.draft_id == draft, or_(draft_row.c.row == row, draft_row.c.file_id == file)
    )
    return tuple(DraftRow(*one) for one in connection.execute(found.order_by(draft_row.c.row)))


def of_file(connection: Connection, draft: int, file: int) -> tuple[int, ...]:
    """Return the numbers of the rows that have a photograph and were not taken out, in their order."""
    found = select(draft_row.c.row).where(
        draft_row.c.draft_id == draft, draft_row.c.file_id == file, draft_row.c.is_removed.is_(False)
    )
    return tuple(connection.execute(found.order_by(draft_row.c.row)).scalars())


def portraits(connection: Connection, draft: int, rows: Iterable[int] | None = None) -> Mapping[int, bytes]:
    """Return the sealed portraits of the rows, or of all."""
    found = select(draft_row.c.row, draft_row.c.portrait).where(
        draft_row.c.draft_id == draft, draft_row.c.portrait.is_not(None)
    )
    if rows is not None:
        found = found.where(draft_row.c.row.in_(list(rows)))
    return {row.row: row.portrait for row in connection.execute(found)}


def put(connection: Connection, draft: int, new: Sequence[tuple[int, bytes]]) -> None:
    """Enter rows, each its number and its sealed cells, not judged yet."""
    if new:
        connection.execute(
            draft_row.insert(),
            [
                {
                    "draft_id": draft,
                    "row": row,
                    "version": 1,
                    "cells": cells,
                    "is_good": False,
                    "is_removed": False,
                    "is_seen": False,
                    "is_claimed": False,
                }
                for row, cells in new
            ],
        )


def change(connection: Connection, draft: int, row: int, **values: Any) -> None:  # noqa: ANN401 - columns
    """Change a row; its version goes up."""
    changed = update(draft_row).where(draft_row.c.draft_id == draft, draft_row.c.row == row)
    connection.execute(changed.values({**values, "version": draft_row.c.version + 1}))


def judge(connection: Connection, draft: int, judged: Sequence[tuple[int, bytes, bool]]) -> None:
    """Note what speaks against rows: each its number, the sealed judgement, and whether it is good."""
    if judged:
        connection.execute(
            update(draft_row)
            .where(draft_row.c.draft_id == draft, draft_row.c.row == bindparam("of_row"))
            .values(judged=bindparam("found"), is_good=bindparam("good")),
            [{"of_row": row, "found": found, "good": good} for row, found, good in judged],
        )


def take_photos(connection: Connection, draft: int, taken: Sequence[tuple[int, int | None, bytes | None]]) -> None:
    """Note the photographs found for rows by their names: each its number, the file, the sealed portrait."""
    if taken:
        connection.execute(
            update(draft_row)
            .where(draft_row.c.draft_id == draft, draft_row.c.row == bindparam("of_row"))
            .values(file_id=bindparam("file"), portrait=bindparam("of_file"), crop=None),
            [{"of_row": row, "file": file, "of_file": portrait} for row, file, portrait in taken],
        )


def clear(connection: Connection, draft: int) -> None:
    """Delete the rows of a draft."""
    connection.execute(delete(draft_row).where(draft_row.c.draft_id == draft))


def remove(connection: Connection, draft: int, rows: Iterable[int]) -> None:
    """Delete some rows of a draft, which go on in another one."""
    connection.execute(delete(draft_row).where(draft_row.c.draft_id == draft, draft_row.c.row.in_(list(rows))))
