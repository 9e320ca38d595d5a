"""Which rows and earlier cards of a person are one application, and how many job types it has. 考§9.

"每人每次申报的工种不得超过 2 个": one application is neither a row nor a batch. Rows with the same certification date
(认证日期) or the same application date (申报日期) are one, in one batch or in two, and so is what the register
granted on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from service.domain.application import Application, MalformedRow
from service.domain.card import CardStatus
from service.domain.eligibility.case import Known


@dataclass(frozen=True, slots=True)
class Part:
    """A row, or an earlier card, for which ``row`` is None. A row without a date it should have may be any's."""

    row: int | None
    job_types: frozenset[str]
    certified_on: date | None
    applied_on: date | None

    def is_with(self, other: Part) -> bool:
        """Return True if two parts share a date, or if both are rows and one of them tells no date."""
        if None not in {self.row, other.row} and None in {self.certified_on, other.certified_on}:
            return True
        return (self.certified_on is not None and self.certified_on == other.certified_on) or (
            self.applied_on is not None and self.applied_on == other.applied_on
        )


def parts_of(rows: Iterable[Application | MalformedRow], known: Known) -> tuple[Part, ...]:
    """List the assessor rows of one person, and the assessor cards that were not issued by mistake."""
    return (
        *(
            Part(
                row.row,
                frozenset(occupation.name for occupation in row.occupations),
                row.certified_on,
                row.applied_on or row.certified_on,
            )
            for row in rows
            if row.occupations
        ),
        *(
            Part(
                None,
                frozenset(occupation.name for occupation in known.card.occupations),
                known.certified_on,
                known.applied_on,
            )
            for known in known.cards
            if known.card.kind.is_assessor and known.card.status is not CardStatus.VOIDED
        ),
    )


def application_of(row: int, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts of the application that a row belongs to, through whatever other part they hang together."""
    found = [part for part in parts if part.row == row]
    rest = [part for part in parts if part.row != row]
    for part in found:  # grows meanwhile
        found += (joined := [other for other in rest if part.is_with(other)])
        rest = [other for other in rest if other not in joined]
    return tuple(found)
