"""What the routes about authorities and institutions answer with."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from service.domain.filing import Fact
from service.domain.kinds import SkillLevel


class AuthorityBody(Struct, frozen=True):
    """An HR authority, by its name."""

    name: str


class AuthoritiesBody(Struct, frozen=True):
    """The HR authorities, the centre first."""

    authorities: tuple[AuthorityBody, ...]


class FiledJobBody(Struct, frozen=True):
    """A job type that an institution may assess, and its levels."""

    occupation: str
    levels: tuple[SkillLevel, ...]


class ChangeBody(Struct, frozen=True):
    """What has changed of an institution: a fact, what it is from a day on, and why."""

    fact: Fact
    value: str | None
    on: date
    reason: str


class InstitutionBody(Struct, frozen=True):
    """An institution as it is filed today; ``closed_on`` is the first day on which it is one no more."""

    code: str
    letter: str
    name: str
    authority: str | None
    printing_unit: str | None
    area: str | None
    closed_on: date | None
    jobs: tuple[FiledJobBody, ...]
    changes: tuple[ChangeBody, ...]


class InstitutionsBody(Struct, frozen=True):
    """Institutions in the order of their codes, without what has changed."""

    institutions: tuple[InstitutionBody, ...]
