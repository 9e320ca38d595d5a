"""What is due: to whom, by when, and by which article (督§5, §12(2), §14, §16; 考§6, §12, §16–§18).

Each rule is a pure function of what the register knows. That a feedback form (督附1) has come back stands in no record
of its own; the review of the job (督附2) marks it, so that it counts as due until the review is entered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from service.domain.event import Json
from service.domain.fitness import Engagement
from service.domain.kinds import CardKind
from service.domain.regulation import FEEDBACK_WORKING_DAYS
from service.domain.staffing import Requirement, Staffed
from service.domain.tidy import tidy_name
from service.domain.working_days import after_working_days

AHEAD_DAYS: Final = 60
"""How long before its day a duty is told."""


class DutyKind(StrEnum):
    """What is due."""

    FEEDBACK = "feedback"
    REVIEW = "review"
    ANNUAL_REVIEW = "annual-review"
    STAFFING = "staffing"
    RENEWAL = "renewal"
    ENGAGEMENT = "engagement"
    CASE = "case"
    PROPOSAL = "proposal"
    KEY = "key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One thing that is due.

    ``body`` has to see to it: ``centre``, an institution's code, an authority's name. ``due_on`` is its last day, None
    where the rules name none. ``number`` and ``name`` are of the card it is about. ``since`` is the day from which a
    decision has been waited for.
    """

    kind: DutyKind
    article: str
    body: str
    due_on: date | None
    zh: str
    en: str
    number: str = ""
    name: str = ""
    since: date | None = None

    def is_late(self, today: date) -> bool:
        """Return True from the day after its last one on."""
        return self.due_on is not None and self.due_on < today

    def as_json(self) -> dict[str, Json]:
        """Return the duty as programs get it."""
        return {
            "kind": self.kind.value,
            "article": self.article,
            "body": self.body,
            "due_on": None if self.due_on is None else self.due_on.isoformat(),
            "number": self.number or None,
            "name": self.name or None,
            "zh": self.zh,
            "en": self.en,
        }


class Part(StrEnum):
    """As what somebody has worked."""

    EXTERNAL = "external"
    INTERNAL = "internal"
    ASSESSOR = "assessor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A job that somebody (register's id) has done at an institution; of a plan its last day counts.

    ``body`` has sent or engaged them: it gets the feedback, and reviews.
    """

    part: Part
    person: int
    number: str
    name: str
    institution: str
    plan: str
    on: date
    body: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review sheet in the record: whose, of which day, plan and institution."""

    person: int
    on: date
    plan: str
    institution: str | None


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A periodic or annual result in the record: whose, of which day, by whom."""

    person: int
    on: date
    body: str


@dataclass(frozen=True, slots=True)
class Engaged:
    """An assessor (register's id) with the terms of an engagement at an institution."""

    person: int
    number: str
    name: str
    term: Engagement


def jobs_of(works: Iterable[Work]) -> tuple[Work, ...]:
    """Make one job of the days of one plan; without a plan each day is one."""
    found: dict[tuple[object, ...], Work] = {}
    for one in sorted(works, key=lambda work: work.on):
        plan = tidy_name(one.plan)
        found[one.part, one.person, one.institution, one.body, plan or one.on] = one
    return tuple(found.values())


def feedback_due(
    jobs: Iterable[Work], reviewed: Iterable[Reviewed], today: date, holidays: Collection[date]
) -> Iterator[Duty]:
    """Name whose feedback form (督附1) is due: an external supervisor's in 2 working days, an internal one's that day.

    督§12(2).
    """
    for one in _without_review(jobs, reviewed, today):
        if one.part is not Part.ASSESSOR:
            external = one.part is Part.EXTERNAL
            due_on = after_working_days(one.on, FEEDBACK_WORKING_DAYS, holidays) if external else one.on
            yield _of_work(one, DutyKind.FEEDBACK, "督§12(2)", due_on, ("督导情况反馈表", "feedback form"))


def reviews_due(jobs: Iterable[Work], reviewed: Iterable[Reviewed], today: date) -> Iterator[Duty]:
    """Name whose work is to be reviewed after the job; the rules name no last day. 督§16, 考§17."""
    for one in _without_review(jobs, reviewed, today):
        assessor = one.part is Part.ASSESSOR
        article, sheet = ("考§17", "考附1") if assessor else ("督§16", "督附2")
        yield _of_work(one, DutyKind.REVIEW, article, None, (f"工作评议（{sheet}）", f"review ({sheet})"))


def annual_reviews_due(engaged: Iterable[Engaged], evaluated: Iterable[Evaluated], today: date) -> Iterator[Duty]:
    """Name the assessors whose annual review is due: one for each year in which an institution engages them. 考§18.

    A result of the year counts for it, or one of the first three months of the next, each for one year.
    """
    results: dict[tuple[int, str], list[date]] = {}
    for result in sorted(evaluated, key=lambda one: one.on):
        results.setdefault((result.person, result.body), []).append(result.on)
    terms: dict[tuple[int, str], list[Engaged]] = {}
    for one in engaged:
        terms.setdefault((one.person, one.term.institution), []).append(one)
    for (person, institution), contracts in sorted(terms.items()):
        left = results.get((person, institution), [])
        first = min(one.term.since.year for one in contracts)
        for year in range(first, today.year + 1):
            there = [one for one in contracts if _touches(one.term, year, today)]
            done = next((on for on in left if date(year, 1, 1) <= on <= date(year + 1, 3, 31)), None)
            if done is not None:
                left.remove(done)
            elif there and (date(year, 12, 31) - today).days <= AHEAD_DAYS:
                last = there[-1]
                yield Duty(
                    kind=DutyKind.ANNUAL_REVIEW,
                    article="考§18",
                    body=institution,
                    due_on=date(year, 12, 31),
                    number=last.number,
                    name=last.name,
                    zh=f"{last.name} {year} 年度考核",
                    en=f"annual review of {last.name} for {year}",
                )


def staffing_due(requirements: Iterable[Requirement]) -> Iterator[Duty]:
    """Name where people are short. 督§5, 考§6."""
    for one in requirements:
        if one.outcome is Staffed.SHORT:
            yield Duty(kind=DutyKind.STAFFING, article=one.article, body=one.subject, due_on=None, zh=one.zh, en=one.en)


def renewal_due(kind: CardKind, body: str, number: str, name: str, expires_on: date) -> Duty:
    """Name a card that is to be renewed before its last day. 督§10, 考§12."""
    return Duty(
        kind=DutyKind.RENEWAL,
        article="考§12" if kind.is_assessor else "督§10",
        body=body,
        due_on=expires_on,
        number=number,
        name=name,
        zh=f"{name} 的{kind.zh}证到期，换发须重新认证",
        en=f"the card of {name} expires; a renewal needs a new certification",
    )


def engagement_due(one: Engaged, *, as_internal: bool) -> Duty:
    """Name an engagement that ends. 督§14, 考§16."""
    return Duty(
        kind=DutyKind.ENGAGEMENT,
        article="督§14" if as_internal else "考§16",
        body=one.term.institution,
        due_on=one.term.until,
        number=one.number,
        name=one.name,
        zh=f"{one.name} 的聘期届满",
        en=f"the engagement of {one.name} ends",
    )


def decision_due(kind: DutyKind, ground: str, body: str, number: str, name: str, since: date) -> Duty:
    """Name a case, or a proposal, that waits for its body's decision. 督§19, 考§21."""
    zh, en = ("不合格结果待决定", "a failed result") if kind is DutyKind.CASE else ("取消资格建议待决定", "a proposal")
    return Duty(
        kind=kind,
        article=ground,
        body=body,
        due_on=None,
        number=number,
        name=name,
        since=since,
        zh=f"{name}：{zh}（自 {since}）",
        en=f"{name}: {en} waits for a decision since {since}",
    )


def key_due(body: str, purpose: str, signs_until: date) -> Duty:
    """Name a signing key that is to be rotated before its last day."""
    return Duty(
        kind=DutyKind.KEY,
        article="",
        body=body,
        due_on=signs_until,
        zh=f"签发密钥（{purpose}）到期，须更换",
        en=f"the {purpose} key signs until then: rotate it",
    )


def in_order(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Return what is due, the first to be done first, what has no last day after that."""
    return tuple(sorted(duties, key=place_of))


def place_of(duty: Duty) -> tuple[date, str, str, str]:
    """Return by what a duty has its place: its last day, whose it is, its kind, the card."""
    return duty.due_on or date.max, duty.body, duty.kind.value, duty.number


def _without_review(jobs: Iterable[Work], reviewed: Iterable[Reviewed], today: date) -> Iterator[Work]:
    sheets: dict[int, list[Reviewed]] = {}
    for sheet in reviewed:
        sheets.setdefault(sheet.person, []).append(sheet)
    for one in jobs:
        if one.on <= today and not any(_is_of(sheet, one) for sheet in sheets.get(one.person, ())):
            yield one


def _is_of(sheet: Reviewed, job: Work) -> bool:
    if sheet.on < job.on or sheet.institution not in {None, job.institution}:
        return False
    return tidy_name(sheet.plan) == tidy_name(job.plan) if job.plan.strip() else sheet.on == job.on


def _touches(term: Engagement, year: int, today: date) -> bool:
    last = term.until or date.max
    return term.since <= min(date(year, 12, 31), today) and last >= date(year, 1, 1)


def _of_work(one: Work, kind: DutyKind, article: str, due_on: date | None, what: tuple[str, str]) -> Duty:
    plan = f"“{one.plan}”" if one.plan.strip() else ""
    return Duty(
        kind=kind,
        article=article,
        body=one.body,
        due_on=due_on,
        number=one.number,
        name=one.name,
        zh=f"{one.name} {one.on} 在机构 {one.institution}{plan}的{what[0]}",
        en=f"{what[1]} of {one.name} for {one.on} at {one.institution}",
    )
