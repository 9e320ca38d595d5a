"""Count whether an institution, or an authority, has the people the rules ask for. 督§5, 考§6."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil

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


def of_institution(
    institution: Institution, holders: Iterable[Holder], on: date, filed: Collection[str] = ()
) -> tuple[Requirement, ...]:
    """Count an institution's internal supervisors, those of them in-house, and its assessors by job type.

    Internal supervisors are those with a card of its own in force (督§9), and those engaged as such on the day who
    hold an external one (督§14), who are nobody's in-house staff; assessors those engaged on the day, and in-house
    staff, who need no contract (考§16). ``filed`` are the job types that the institution has filed: they are counted,
    also those with nobody, beside those its assessors have. An institution without either has one row that says so.
    People count, not cards. 督§5, 考§6.
    """
    held = [one for one in holders if _in_force(one.card, on)]
    own = [one.card for one in held if one.card.kind is CardKind.INTERNAL and one.card.issuer == institution.code]
    engaged = [one.card for one in held if one.card.kind is CardKind.EXTERNAL and _works_at(one, institution.code, on)]
    assessors = [one.card for one in held if one.card.kind.is_assessor and _works_at(one, institution.code, on)]
    return (
        _row(institution.code, "督§5", (*own, *engaged), MIN_INTERNAL, ("内部质量督导员", "internal supervisors")),
        _in_house(institution.code, own),
        *(_of_job_type(institution.code, name, assessors) for name in _job_types(assessors, filed)),
        *(
            ()
            if assessors or filed
            else (_row(institution.code, "考§6", (), MIN_ASSESSORS, ("考评人员", "assessors")),)
        ),
    )


def of_authority(
    authority: str, institutions: int, holders: Iterable[Holder], authorities: Iterable[str], on: date
) -> Requirement:
    """Count an authority's external supervisors against a third of the institutions it keeps on file. 督§5.

    Its own are those who work for it, whom it recommended, or whom it has sent (督§4). Where they are too few and
    others are of no known authority, who may be its own, the answer is unknown. ``authorities`` are all that keep
    institutions.
    """
    known = {tidy_name(one) for one in authorities}
    external = [
        (one.card.person, {tidy_name(name) for name in one.of})
        for one in holders
        if one.card.kind is CardKind.EXTERNAL and _in_force(one.card, on)
    ]
    have = len({person for person, of in external if tidy_name(authority) in of})
    nobodys = len({person for person, of in external if not of & known})
    need = ceil(institutions / INSTITUTIONS_AN_EXTERNAL)
    outcome = Staffed.MET if have >= need else Staffed.UNKNOWN if have + nobodys >= need else Staffed.SHORT
    zh = f"备案机构 {institutions} 家，外督应不少于 {need} 名，已知 {have} 名"
    en = f"institutions on file: {institutions}; external supervisors: {have} known, of {need} at least"
    if outcome is Staffed.UNKNOWN:
        zh += f"；另有 {nobodys} 名外督归属不明"
        en += f"; of no known authority: {nobodys}"
    return Requirement(authority, "督§5", have, need, outcome, zh, en)


def _in_house(code: str, internal: Iterable[Card]) -> Requirement:
    cards = tuple(internal)
    have = len({one.person for one in cards if one.in_house is True})
    unstated = len({one.person for one in cards if one.in_house is None})
    met = have >= MIN_IN_HOUSE_INTERNAL
    outcome = Staffed.MET if met else Staffed.UNKNOWN if unstated else Staffed.SHORT
    zh = f"内督中的本机构在职人员 {have} 名，应不少于 {MIN_IN_HOUSE_INTERNAL} 名"
    en = f"in-house internal supervisors: {have}, of {MIN_IN_HOUSE_INTERNAL} at least"
    if outcome is Staffed.UNKNOWN:
        zh += f"；另有 {unstated} 名未注明是否在职"
        en += f"; not stated of {unstated}"
    return Requirement(code, "督§5", have, MIN_IN_HOUSE_INTERNAL, outcome, zh, en)


def _of_job_type(code: str, name: str, assessors: Iterable[Card]) -> Requirement:
    able = [one for one in assessors if name in _occupations(one)]
    return _row(code, "考§6", able, MIN_ASSESSORS, (f"“{name}”考评人员", f"assessors of {name}"))


def _row(code: str, article: str, cards: Iterable[Card], need: int, what: tuple[str, str]) -> Requirement:
    have = len({one.person for one in cards})
    outcome = Staffed.MET if have >= need else Staffed.SHORT
    zh, en = what
    return Requirement(
        code, article, have, need, outcome, f"{zh} {have} 名，应不少于 {need} 名", f"{en}: {have}, of {need} at least"
    )


def _job_types(assessors: Iterable[Card], filed: Iterable[str]) -> list[str]:
    return sorted({*filed, *(name for one in assessors for name in _occupations(one))})


def _occupations(card: Card) -> frozenset[str]:
    """Name the job types the card still counts for."""
    return frozenset(one.name for one in card.occupations if one.scope in card.live_scopes)


def _works_at(holder: Holder, code: str, on: date) -> bool:
    in_house = holder.card.kind.is_assessor and holder.card.in_house is True and holder.card.institution == code
    return in_house or any(term.covers(code, on) for term in holder.terms)


def _in_force(card: Card, on: date) -> bool:
    return card.status_at(on) is CardStatus.VALID and card.issued_on <= on <= card.expires_on
