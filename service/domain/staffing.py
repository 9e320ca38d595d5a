"""Count whether an institution, or an authority, has the people the rules ask for. 督§5, 考§6."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from math import ceil
from types import MappingProxyType

from service.domain.card import Card, CardStatus
from service.domain.event import Json
from service.domain.fitness import Engagement
from service.domain.issuer import Institution
from service.domain.kinds import CardKind
from service.domain.regulation import (
    INSTITUTIONS_AN_EXTERNAL,
    MIN_ASSESSORS,
    MIN_IN_HOUSE_INTERNAL,
    MIN_INTERNAL,
)
from service.domain.tidy import tidy_name


class Staffed(StrEnum):
    """A requirement is met or not; unknown where what is on record does not tell."""

    MET = "met"
    SHORT = "short"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement of one subject, an institution (code) or an authority: how many there are, how many it needs."""

    subject: str
    article: str
    have: int
    need: int
    outcome: Staffed
    zh: str
    en: str

    def as_json(self) -> dict[str, Json]:
        """Return the row as programs get it."""
        return {
            "subject": self.subject,
            "article": self.article,
            "have": self.have,
            "need": self.need,
            "outcome": self.outcome.value,
            "zh": self.zh,
            "en": self.en,
        }


@dataclass(frozen=True, slots=True)
class Holder:
    """A card with the terms at which its holder is engaged, and who recommended and sent them (names)."""

    card: Card
    terms: tuple[Engagement, ...] = ()
    of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many people of each sort an institution has: each person once, whatever cards they hold.

    ``unstated`` are internal supervisors of whom it is not on record whether they are in-house staff. ``assessors``
    are by the job type their cards still count for; ``has_assessors`` where there is any, whatever their cards are for.
    """

    internal: int = 0
    in_house: int = 0
    unstated: int = 0
    assessors: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    has_assessors: bool = False


def of_institution(
    institution: Institution, holders: Iterable[Holder], on: date, filed: Collection[str] = ()
) -> tuple[Requirement, ...]:
    """Count an institution's internal supervisors, those of them in-house, and its assessors by job type.

    ``filed`` are the job types that the institution has filed: they are counted, also those with nobody, beside those
    its assessors have. An institution without either has one row that says so. 督§5, 考§6.
    """
    return requirements_of(institution.code, count_people(institution.code, holders, on), filed)


def count_people(code: str, holders: Iterable[Holder], on: date) -> Counted:
    """Count the people of an institution, by its code; people count, not cards.

    Internal supervisors are those with a card of its own in force (督§9), and those engaged as such on the day who
    hold an external one (督§14), who are nobody's in-house staff; assessors those engaged on the day, and in-house
    staff, who need no contract (考§16).
    """
    held = [one for one in holders if _in_force(one.card, on)]
    own = [one.card for one in held if one.card.kind is CardKind.INTERNAL and one.card.issuer == code]
    engaged = [one.card for one in held if one.card.kind is CardKind.EXTERNAL and _works_at(one, code, on)]
    assessors = [one.card for one in held if one.card.kind.is_assessor and _works_at(one, code, on)]
    able: dict[str, set[int]] = {}
    for one in assessors:
        for name in _occupations(one):
            able.setdefault(name, set()).add(one.person)
    return Counted(
        len({one.person for one in (*own, *engaged)}),
        len({one.person for one in own if one.in_house is True}),
        len({one.person for one in own if one.in_house is None}),
        {name: len(people) for name, people in able.items()},
        bool(assessors),
    )


def requirements_of(code: str, has: Counted, filed: Collection[str] = ()) -> tuple[Requirement, ...]:
    """Return what an institution, by its code, needs against the people it has. 督§5, 考§6."""
    return (
        _row(code, "督§5", has.internal, MIN_INTERNAL, ("内部质量督导员", "internal supervisors")),
        _in_house(code, has),
        *(
            _row(code, "考§6", has.assessors.get(name, 0), MIN_ASSESSORS, (f"“{name}”考评人员", f"assessors of {name}"))
            for name in sorted({*filed, *has.assessors})
        ),
        *(() if has.has_assessors or filed else (_row(code, "考§6", 0, MIN_ASSESSORS, ("考评人员", "assessors")),)),
    )


def of_authority(
    authority: str, institutions: int, holders: Iterable[Holder], authorities: Iterable[str], on: date
) -> Requirement:
    """Count an authority's external supervisors against a third of the institutions it keeps on file. 督§5.

    Its own are those who work for it, whom it recommended, or whom it has sent (督§4). ``authorities`` are all that
    keep institutions.
    """
    (found,) = of_authorities({authority: institutions}, holders, authorities, on)
    return found


def of_authorities(
    asked: Mapping[str, int], holders: Iterable[Holder], authorities: Iterable[str], on: date
) -> Iterator[Requirement]:
    """Count as ``of_authority`` does for each of several, by how many institutions it keeps: people are read once."""
    known = {tidy_name(one) for one in authorities}
    people_of: dict[str, set[int]] = {}
    nobodys: set[int] = set()
    for one in holders:
        if one.card.kind is CardKind.EXTERNAL and _in_force(one.card, on):
            of = {tidy_name(name) for name in one.of}
            for name in of:
                people_of.setdefault(name, set()).add(one.card.person)
            if not of & known:
                nobodys.add(one.card.person)
    for authority, institutions in asked.items():
        have = len(people_of.get(tidy_name(authority), ()))
        yield requirement_of_authority(authority, institutions, have, len(nobodys))


def requirement_of_authority(authority: str, institutions: int, have: int, nobodys: int) -> Requirement:
    """Return what an authority needs for the institutions it keeps, against the external supervisors it has. 督§5.

    Where they are too few and others (``nobodys``) are of no known authority, who may be its own, the answer is
    unknown.
    """
    need = supervisors_needed(institutions)
    outcome = Staffed.MET if have >= need else Staffed.UNKNOWN if have + nobodys >= need else Staffed.SHORT
    zh = f"备案机构 {institutions} 家，外督应不少于 {need} 名，已知 {have} 名"
    en = f"institutions on file: {institutions}; external supervisors: {have} known, of {need} at least"
    if outcome is Staffed.UNKNOWN:
        zh += f"；另有 {nobodys} 名外督归属不明"
        en += f"; of no known authority: {nobodys}"
    return Requirement(authority, "督§5", have, need, outcome, zh, en)


def supervisors_needed(institutions: int) -> int:
    """Return how many external supervisors so many institutions need. 督§5."""
    return ceil(institutions / INSTITUTIONS_AN_EXTERNAL)


def _in_house(code: str, has: Counted) -> Requirement:
    met = has.in_house >= MIN_IN_HOUSE_INTERNAL
    outcome = Staffed.MET if met else Staffed.UNKNOWN if has.unstated else Staffed.SHORT
    zh = f"内督中的本机构在职人员 {has.in_house} 名，应不少于 {MIN_IN_HOUSE_INTERNAL} 名"
    en = f"in-house internal supervisors: {has.in_house}, of {MIN_IN_HOUSE_INTERNAL} at least"
    if outcome is Staffed.UNKNOWN:
        zh += f"；另有 {has.unstated} 名未注明是否在职"
        en += f"; not stated of {has.unstated}"
    return Requirement(code, "督§5", has.in_house, MIN_IN_HOUSE_INTERNAL, outcome, zh, en)


def _row(code: str, article: str, have: int, need: int, what: tuple[str, str]) -> Requirement:
    outcome = Staffed.MET if have >= need else Staffed.SHORT
    zh, en = what
    return Requirement(
        code, article, have, need, outcome, f"{zh} {have} 名，应不少于 {need} 名", f"{en}: {have}, of {need} at least"
    )


def _occupations(card: Card) -> frozenset[str]:
    """Name the job types the card still counts for."""
    return frozenset(one.name for one in card.occupations if one.scope in card.live_scopes)


def _works_at(holder: Holder, code: str, on: date) -> bool:
    in_house = holder.card.kind.is_assessor and holder.card.in_house is True and holder.card.institution == code
    return in_house or any(term.covers(code, on) for term in holder.terms)


def _in_force(card: Card, on: date) -> bool:
    return card.status_at(on) is CardStatus.VALID and card.issued_on <= on <= card.expires_on
