"""What became of the rows of a batch."""

from __future__ import annotations

import msgspec

from service.domain.problem import Problem


class IssuedRow(msgspec.Struct, frozen=True):
    """A row that got its card; ``number`` is None in a dry run, which spends none."""

    row: int
    number: str | None
    name: str


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that got none, and every reason."""

    row: int
    name: str
    problems: tuple[Problem, ...]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a batch, the same for every retry with its key. ``batch`` is None where nothing was stored.

    ``new_job_types`` are those that nobody knew and nobody confirmed.
    """

    batch: int | None
    issued: tuple[IssuedRow, ...]
    refused: tuple[RefusedRow, ...]
    warned: tuple[RefusedRow, ...]
    nearly_full: tuple[str, ...] = ()
    unused_photos: tuple[str, ...] = ()
    new_job_types: tuple[str, ...] = ()


class NotKept(Exception):
    """Ends a transaction, or a batch's part of a longer one, whose changes are not kept."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome
