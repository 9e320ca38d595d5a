"""Who is at an assessment, as planned or as come, with the card each has shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from service.domain.assessment.model import Declared, Job, Role, instant_text
from service.domain.card_number import CardNumber
from service.domain.event import Json
from service.domain.kinds import CardKind
from service.domain.occupation import Occupation
from service.domain.regulation import LEVELS_OF_GRADE, UNRULED_LEVELS
from service.domain.verdict_words import Word


class Standing(StrEnum):
    """Something holds, does not, or cannot be told from what is known."""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


_WEAKEST_FIRST: Final = (Standing.NO, Standing.UNSURE, Standing.YES)


def weakest(*standings: Standing) -> Standing:
    """Return what holds where all of these have to."""
    return min(standings, key=_WEAKEST_FIRST.index)


def strongest(standings: Iterable[Standing]) -> Standing:
    """Return what holds where any one of these will do; none will not."""
    return max(standings, key=_WEAKEST_FIRST.index, default=Standing.NO)


_UNSURE: Final = frozenset({Word.STATUS_UNKNOWN, Word.UNKNOWN_KEY})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """A card and what its check has answered, for the assessment's day.

    ``occupations`` are those it still counts for. ``is_holder`` is what whoever compared the face has said, None
    where nobody was asked.
    """

    number: CardNumber
    kind: CardKind
    issuer: str
    occupations: tuple[Occupation, ...]
    verdict: Word
    is_holder: bool | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the card as programs get it."""
        return {
            "number": str(self.number),
            "kind": self.kind.value,
            "issuer": self.issuer,
            "occupations": [{"name": one.name, "code": one.code} for one in self.occupations],
            "verdict": self.verdict.value,
            "is_holder": self.is_holder,
        }

    @property
    def is_in_force(self) -> Standing:
        """Return whether it is a valid card of whoever shows it (督§12(1), 考§14(1))."""
        if self.is_holder is False:
            return Standing.NO
        if self.verdict is Word.VALID:
            return Standing.YES
        return Standing.UNSURE if self.verdict in _UNSURE else Standing.NO

    def is_of(self, job: Job) -> bool:
        """Return whether it counts for the job type, whatever the level: by the exact name, or the code. 考§2."""
        return any(
            held.name == job.occupation.name or (held.code is not None and held.code == job.occupation.code)
            for held in self.occupations
        )

    def covers(self, job: Job) -> Standing:
        """Return whether it lets its holder assess this; of 特级 and 首席技师 the rule says nothing. 考§2, 考§3."""
        if not self.kind.is_assessor or not self.is_of(job):
            return Standing.NO
        if job.level in UNRULED_LEVELS:
            return Standing.UNSURE
        return Standing.YES if job.level in LEVELS_OF_GRADE[self.kind] else Standing.NO


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Somebody in a role at an assessment, as planned or as come; who shows two cards stands there twice.

    ``person`` is the same text for the same person; ``is_known`` says that it is certain, by the register or an
    identity number, and not by a name alone. ``came_at`` is None for who has not come. ``is_on_record``: the
    engagement or dispatch that the role needs stands in the register (考§4, 督§3). Of external supervisors:
    ``running``, how many times running they visit this institution with this one (督§15), and ``is_employed_here``.
    """

    person: str
    name: str
    role: Role
    is_known: bool = True
    card: ShownCard | None = None
    is_planned: bool = True
    came_at: datetime | None = None
    is_on_record: bool = False
    running: int = 1
    is_employed_here: bool = False
    declared: Declared | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the attendee as programs get it; instants in RFC 3339, UTC."""
        return {
            "person": self.person,
            "name": self.name,
            "role": self.role.value,
            "is_known": self.is_known,
            "card": None if self.card is None else self.card.as_json(),
            "is_planned": self.is_planned,
            "came_at": None if self.came_at is None else instant_text(self.came_at),
            "is_on_record": self.is_on_record,
            "running": self.running,
            "is_employed_here": self.is_employed_here,
            "declared": None if self.declared is None else self.declared.value,
        }
