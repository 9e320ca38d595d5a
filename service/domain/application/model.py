"""An application for a card: the roster row as typed, the row once read, and the row that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TypeAlias

from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind, SkillLevel
from service.domain.occupation import Occupation
from service.domain.people import ResidentId
from service.domain.problem import Problem

Cell: TypeAlias = str | int | float | bool | date | None
"""A cell's typed value; ``None`` is an empty cell. A date with a time of day is a ``datetime``, which is a ``date``."""


class Title(Enum):
    """Professional title (职称), lowest first: 正高 and 副高 count as senior, 助理 and 员 as junior."""

    JUNIOR = 1
    MIDDLE = 2
    SENIOR = 3


class ExceptionArticle(StrEnum):
    """The two clauses that allow an exception."""

    CONDITIONS = "考§7(2)4"  # adjusts conditions of 考§7(2)1–3
    FORM = "考§11"  # another form of certification


class ExceptionKind(StrEnum):
    """For which job types the conditions may be adjusted, in the order of the article. 考§7(2)4."""

    NEW = "new"
    SCARCE = "scarce"
    LOCAL = "local"
    RURAL = "rural"
    HERITAGE = "heritage"
    CRAFT = "craft"


class Condition(StrEnum):
    """A condition of 考§7(2)1–3 that a document may adjust; all others hold. 考§7(2)4."""

    QUALIFICATION = "qualification"  # 证书: the certificate or title, and what it is for
    YEARS = "years"  # 年限: of work, of holding the certificate, as standard assessor
    ASSESSMENTS = "assessments"  # 考评次数


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a roster: cells by English heading, and what was already found wrong with them.

    ``row`` is the number the spreadsheet shows. ``problems`` come from the reader (a formula, an error value);
    their fields have no cell and are not reported as missing once more.
    """

    row: int
    cells: Mapping[str, Cell] = field(repr=False)  # identity numbers stay out of logs
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an assessor's row states towards 考§7(2) and 考§11; empty for supervisors.

    Scores hold one value per job type, in order, or nothing where the cell was empty. Durations are in whole
    months, rounded down. ``assessments_done`` are those from before the system. ``None`` is "not stated".
    """

    hr_staff: bool | None = None
    theory_scores: tuple[Decimal, ...] = ()
    skill_scores: tuple[Decimal, ...] = ()
    review_scores: tuple[Decimal, ...] = ()
    level: SkillLevel | None = None
    title: Title | None = None
    qualification_occupations: tuple[Occupation, ...] = ()
    related_basis: str | None = None
    qualification_months: int | None = None
    occupation_months: int | None = None
    artisan: str | None = None
    standard_card: CardNumber | None = None
    assessor_months: int | None = None
    assessments_done: int | None = None
    exceptions: frozenset[ExceptionArticle] = frozenset()
    exception_basis: str | None = None
    exception_kind: ExceptionKind | None = None
    exception_adjusts: frozenset[Condition] = frozenset()

    def adjusts(self, condition: Condition) -> bool:
        """Return True if a document adjusts a condition: the row names article, document, kind and condition. 考§7(2)4.

        Whatever it does not name holds.
        """
        return (
            ExceptionArticle.CONDITIONS in self.exceptions
            and self.exception_basis is not None
            and self.exception_kind is not None
            and condition in self.exception_adjusts
        )


@dataclass(frozen=True, slots=True)
class Application:
    """One person's application for one card, read and complete in form; nothing is decided yet.

    ``institution`` is the issuer of an internal card, for others the hiring institution. ``notice`` is the notice of
    the certification (认证通知) that allows older dates. ``score`` is a supervisor's (督§8). ``number`` is assigned by
    hand. ``portrait_consent``: the holder lets the code on the card show a small portrait; silence is no consent.
    ``notices`` do not hinder the card; ``new_job_types``
    are names that nobody knows yet, to be confirmed before a number is spent.
    """

    row: int
    name: str
    resident_id: ResidentId
    kind: CardKind
    occupations: tuple[Occupation, ...]
    work_unit: str
    institution: str | None
    certified_on: date
    applied_on: date | None = None
    notice: str | None = None
    score: Decimal | None = None
    evidence: Evidence = Evidence()
    in_house: bool | None = None
    recommended_by: str | None = None
    reviewed_by: str | None = None
    number: CardNumber | None = None
    number_reason: str | None = None
    phone: str | None = field(default=None, repr=False)
    photo: str | None = None
    portrait_consent: bool = False
    notices: tuple[Problem, ...] = ()
    new_job_types: tuple[str, ...] = ()

    @property
    def application_on(self) -> date:
        """The date the conditions are judged on: 申报日期, where absent the certification date."""
        return self.applied_on or self.certified_on

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the card would cover: job types, ``external``, or ``internal:<institution>``."""
        return scopes_of(self.kind, self.occupations, self.institution)


@dataclass(frozen=True, slots=True)
class MalformedRow:
    """A row that is refused as it stands, with all its problems, and what of it could be read.

    What was read still counts for doubles within the batch and for the limit of 考§9. Without its certification date
    it is taken for part of any application of the person in the batch.
    """

    row: int
    name: str
    problems: tuple[Problem, ...]
    resident_id: ResidentId | None = None
    kind: CardKind | None = None
    occupations: tuple[Occupation, ...] = ()
    institution: str | None = None
    certified_on: date | None = None
    applied_on: date | None = None

    @property
    def scopes(self) -> tuple[str, ...]:
        """What the card would have covered, as far as the row says."""
        if self.kind is None or (self.kind is CardKind.INTERNAL and self.institution is None):
            return ()
        return scopes_of(self.kind, self.occupations, self.institution)


def scopes_of(kind: CardKind, occupations: tuple[Occupation, ...], institution: str | None) -> tuple[str, ...]:
    """Name the scopes: person × job type, person, or person × institution."""
    if kind.is_assessor:
        return tuple(occupation.scope for occupation in occupations)
    return ("external",) if kind is CardKind.EXTERNAL else (f"internal:{institution}",)
