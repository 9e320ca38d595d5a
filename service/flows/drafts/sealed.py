"""What lies sealed in a batch at work: each value for its place, so that none can be moved to another."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeAlias, TypeVar

import msgspec
from msgspec import Struct

from keys.fields import NONCE_SIZE
from service.domain.application import Cell, RawRow
from service.domain.problem import Problem
from service.flows.register import Register

T = TypeVar("T")
_DATE, _MOMENT = "d", "t"


class RowContent(Struct, frozen=True):
    """A row as it was read and edited: cells by field, and what the reader found wrong with cells it could not read."""

    cells: Mapping[str, Cell]
    faults: tuple[Problem, ...] = ()

    def raw(self, row: int) -> RawRow:
        """Return the row as the rules take it."""
        return RawRow(row, self.cells, self.faults)


class Judgement(Struct, frozen=True):
    """What was found of a row; it can be issued where there are no problems."""

    name: str
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    new_job_types: tuple[str, ...] = ()
    lacks_reviewer: bool = False


class Reading(Struct, frozen=True, kw_only=True):
    """How a spreadsheet is read: by sheet and column the field that was chosen, by field what is filled in for all."""

    file_name: str
    sheet: str | None = None
    chosen: Mapping[str, Mapping[int, str]] = {}
    filled: Mapping[str, str] = {}
    is_taken: bool = False


_Stored: TypeAlias = tuple[str, str] | str | int | float | bool | None


class _StoredRow(Struct, frozen=True):
    cells: Mapping[str, _Stored]
    faults: tuple[Problem, ...]


def seal(register: Register, place: str, body: bytes) -> bytes:
    """Encrypt what belongs to one place of a draft."""
    return register.cipher.seal_bytes(body, _context(place), register.effects.random_bytes(NONCE_SIZE))


def unseal(register: Register, place: str, sealed: bytes) -> bytes:
    """Decrypt what ``seal`` made for the same place. Raises SealedFieldInvalid."""
    return register.cipher.open_bytes(sealed, _context(place))


def seal_value(register: Register, place: str, value: object) -> bytes:
    """Encrypt a value that msgspec can write as JSON."""
    return seal(register, place, msgspec.json.encode(value))


def unseal_value(register: Register, place: str, sealed: bytes, kind: type[T]) -> T:
    """Decrypt what ``seal_value`` made."""
    return msgspec.json.decode(unseal(register, place, sealed), type=kind)


def seal_row(register: Register, draft: int, row: int, content: RowContent) -> bytes:
    """Encrypt a row; dates stay dates."""
    cells = {field: _tagged(cell) for field, cell in content.cells.items()}
    return seal_value(register, row_place(draft, row), _StoredRow(cells, content.faults))


def unseal_row(register: Register, draft: int, row: int, sealed: bytes) -> RowContent:
    """Decrypt a row."""
    found = unseal_value(register, row_place(draft, row), sealed, _StoredRow)
    return RowContent({field: _untagged(cell) for field, cell in found.cells.items()}, found.faults)


def row_place(draft: int, row: int) -> str:
    """Return the place of a row's cells."""
    return f"{draft}/row/{row}"


def judgement_place(draft: int, row: int) -> str:
    """Return the place of what was found of a row."""
    return f"{draft}/judged/{row}"


def portrait_place(draft: int, row: int) -> str:
    """Return the place of a row's own portrait."""
    return f"{draft}/portrait/{row}"


def reading_place(draft: int) -> str:
    """Return the place of how a spreadsheet is read."""
    return f"{draft}/reading"


def roster_place(draft: int) -> str:
    """Return the place of a spreadsheet."""
    return f"{draft}/roster"


def file_place(sha256: str, what: str) -> str:
    """Return the place of a part of a file, whichever draft it is in: it goes over to the one with its row."""
    return f"file/{sha256}/{what}"


def _tagged(cell: Cell) -> _Stored:
    if isinstance(cell, datetime):
        return _MOMENT, cell.isoformat()
    if isinstance(cell, date):
        return _DATE, cell.isoformat()
    return cell


def _untagged(stored: _Stored) -> Cell:
    match stored:
        case (tag, text):
            return datetime.fromisoformat(text) if tag == _MOMENT else date.fromisoformat(text)
        case _:
            return stored


def _context(place: str) -> bytes:
    return b"draft/" + place.encode()
