"""Who may have a card, as a clerk decides it with the regulation and the readings of the domain at hand.

Written from 渝职鉴发〔2022〕34号 and from how the project reads it where it is silent; it imports nothing of the
program. A decision is the set of reasons why somebody is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

ASSESSORS: Final = ("special_skill", "standard", "senior")  # 考§3, the lowest first
PASS: Final = 60  # 督§8, 考§11
RENEWAL_MONTHS: Final = 6
LIMIT_MONTHS: Final = 12


def months_on(day: date, months: int) -> date:
    """民法典 202: the corresponding day, or the last one of the month."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))


def years_on(day: date, years: int) -> date:
    """民法典 202."""
    return months_on(day, 12 * years)


def full_years(born: date, day: date) -> int:
    """周岁."""
    years = day.year - born.year
    return years if (day.month, day.day) >= (born.month, born.day) else years - 1


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A card that somebody has or had. ``given_up``: job types that a later card has taken over."""

    number: str
    kind: str
    types: frozenset[str]
    issued: date
    expires: date
    state: str = "valid"
    ended: date | None = None
    decided: date | None = None
    corrected: bool = False
    given_up: frozenset[str] = frozenset()
    applied: date | None = None
    certified: date | None = None

    @property
    def counts_for(self) -> frozenset[str]:
        """What it still covers."""
        return self.types - self.given_up if self.state == "valid" else frozenset()


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one row of a roster says. ``types`` are job types, or the scope of a supervisor's card."""

    kind: str
    types: tuple[str, ...]
    certified: date
    applied: date | None
    notice: bool = False
    reviewer: bool = True
    registered_place: bool = True
    hr_staff: bool | None = False
    score: float | None = None
    theory: tuple[float, ...] | None = None
    skill: tuple[float, ...] | None = None
    review: tuple[float, ...] | None = None
    level: str | None = None
    title: str | None = None
    certificates: tuple[str, ...] = ()
    related: bool = False
    held_months: int | None = None
    work_months: int | None = None
    artisan: bool = False
    standard_card: str | None = None
    assessor_months: int | None = None
    assessments: int | None = None
    articles: frozenset[str] = frozenset()
    document: bool = False
    special_kind: bool = False
    adjusts: frozenset[str] = frozenset()

    @property
    def application(self) -> date:
        """The day on which age and conditions count: 申报日期, else 认证日期."""
        return self.applied or self.certified

    @property
    def is_assessor(self) -> bool:
        return self.kind in ASSESSORS


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """A person, all that the office holds of them, and the rows of one batch, in order."""

    born: date
    is_man: bool
    rows: tuple[Row, ...]
    issue: date
    cards: tuple[Earlier, ...] = ()
    recorded: dict[str, tuple[date, ...]] = field(default_factory=dict)
    cards_of_others: frozenset[str] = frozenset()
    notice: bool = False


def decide(who: Applicant) -> list[set[str]]:
    """Return for each row why it is refused; nothing is a card."""
    return [
        {
            *_person(who, row),
            *_dates(who, row),
            *_scores(who, row),
            *_exception(row),
            *_conditions(who, row),
            *_cards(who, row),
            *_batch(who, place),
        }
        for place, row in enumerate(who.rows)
    ]


def _person(who: Applicant, row: Row) -> Iterator[str]:
    """督§6, 考§7, 考§21."""
    limit = 65 if who.is_man else 60
    if full_years(who.born, row.application) > limit:
        yield "age"
    if not row.reviewer:
        yield "reviewer"
    if not row.registered_place:
        yield "institution"
    if not row.is_assessor:
        return
    if row.hr_staff is not False:  # a blank cell is never a 否
        yield "hr"
    for card in who.cards:
        if card.kind in ASSESSORS and card.state == "revoked" and not card.corrected:
            decided = card.decided or card.ended
            assert decided is not None
            if row.application < years_on(decided, 3) + timedelta(days=1):
                yield "bar"


def _dates(who: Applicant, row: Row) -> Iterator[str]:
    """Dates hang together."""
    if who.born >= row.application or full_years(who.born, row.application) < 16:
        yield "youth"
    if row.application > row.certified or row.certified > who.issue or row.application > who.issue:
        yield "order"
    if not (row.notice or who.notice) and (
        months_on(row.certified, LIMIT_MONTHS) < who.issue or months_on(row.application, LIMIT_MONTHS) < row.certified
    ):
        yield "distance"
    if row.applied is None and (
        _renewed(who, row) or full_years(who.born, row.certified) >= (65 if who.is_man else 60) - 1
    ):
        yield "application date"
    sixteen = years_on(who.born, 16)
    if row.is_assessor and sixteen <= row.application:
        for stated in (row.work_months, row.held_months, row.assessor_months if row.kind == "senior" else None):
            if stated is not None and months_on(sixteen, stated) > row.application:
                yield "years"


def _renewed(who: Applicant, row: Row) -> list[Earlier]:
    return [card for card in who.cards if card.kind == row.kind and card.counts_for & set(row.types)]


def _scores(who: Applicant, row: Row) -> Iterator[str]:
    """督§8, 督§14, 考§11."""
    if not row.is_assessor:
        if row.score is None:
            holder = row.kind == "internal" and any(
                card.kind == "external" and card.state == "valid" and card.issued <= who.issue <= card.expires
                for card in who.cards
            )
            if not holder:
                yield "scores"
        elif row.score < PASS:
            yield "scores"
        return
    wanted = [row.theory, row.skill, *([row.review] if row.kind == "senior" else [])]
    given = [subject for subject in wanted if subject is not None]
    if any(mark < PASS for subject in given for mark in subject):
        yield "scores"
    if len(given) < len(wanted) and not ("考§11" in row.articles and given):
        yield "scores"


def _exception(row: Row) -> Iterator[str]:
    """考§7(2)4 names a document, a kind and what is adjusted; 考§11 a document."""
    if not row.is_assessor or not row.articles:
        return
    if not row.document or ("考§7(2)4" in row.articles and not (row.special_kind and row.adjusts)):
        yield "exception"


def _conditions(who: Applicant, row: Row) -> Iterator[str]:
    """考§7(2)1–3, less what a document adjusts."""
    if not row.is_assessor:
        return
    adjusted = row.adjusts if "考§7(2)4" in row.articles and row.document and row.special_kind else frozenset()

    def years(stated: int | None, needed: int) -> bool:
        return "年限" in adjusted or (stated is not None and stated >= 12 * needed)

    if row.kind == "senior":
        good = (
            _certificate(row, ("1", "特级", "首席"), ("高级",), adjusted)
            and bool(row.work_months)
            and all(_standard_for_a_year(who, row, name, adjusted) for name in row.types)
            and all(_three_assessments(who, row, name, adjusted) for name in row.types)
        )
    else:
        certificate = _certificate(row, ("3", "2", "1", "特级", "首席"), ("中级", "高级"), adjusted)
        if row.kind == "standard":
            good = certificate and years(row.work_months, 5)
        else:
            certified = certificate and years(row.held_months, 1) and years(row.work_months, 2)
            good = certified or (row.artisan and not row.related and years(row.work_months, 5))
    if not good:
        yield "conditions"


def _certificate(row: Row, levels: Sequence[str], titles: Sequence[str], adjusted: frozenset[str]) -> bool:
    if "证书" in adjusted:
        return True
    if row.level not in levels and row.title not in titles:
        return False
    if row.related:
        return True
    return set(row.types) <= set(row.certificates) if row.certificates else len(row.types) == 1


def _standard_for_a_year(who: Applicant, row: Row, name: str, adjusted: frozenset[str]) -> bool:
    """具有本职业考评员资格 1 年以上: by a card of the register, or by one it does not have, as stated."""
    own = [
        card
        for card in who.cards
        if card.kind == "standard" and card.state in {"valid", "superseded"} and name in card.types
    ]
    if any("年限" in adjusted or years_on(card.issued, 1) <= row.application for card in own):
        return True
    number = row.standard_card
    if number is None or number[6:7] != "2" or number in who.cards_of_others:
        return False
    if any(card.number == number for card in who.cards):
        return False
    return "年限" in adjusted or (row.assessor_months is not None and row.assessor_months >= 12)


def _three_assessments(who: Applicant, row: Row, name: str, adjusted: frozenset[str]) -> bool:
    held = [day for day in who.recorded.get(name, ()) if day <= row.application]
    return "考评次数" in adjusted or len(held) + (row.assessments or 0) >= 3


def _cards(who: Applicant, row: Row) -> Iterator[str]:
    """督§10, 考§12, 考§3: a new certification for a new card, in its window; no two live cards for a scope."""
    wanted = set(row.types)
    for card in who.cards:
        if card.state != "voided" and card.types & wanted and row.certified <= card.issued:
            yield "renewal"
        if not card.counts_for & wanted:
            continue
        if card.issued > who.issue:
            yield "renewal"
        elif card.kind == row.kind:
            if min(row.certified, who.issue) < months_on(card.expires, -RENEWAL_MONTHS):
                yield "renewal"
        elif who.issue <= card.expires and ASSESSORS.index(card.kind) > ASSESSORS.index(row.kind):
            yield "grade"


def _batch(who: Applicant, place: int) -> Iterator[str]:
    """考§9 over rows and earlier batches; 督§10, 考§12 within one batch."""
    row = who.rows[place]
    if any(set(row.types) & set(other.types) for other in who.rows[:place]):
        yield "doubled"
    if not row.is_assessor:
        return
    parts = [(set(other.types), other.certified, other.application) for other in who.rows if other.is_assessor]
    parts += [
        (set(card.types), card.certified, card.applied)
        for card in who.cards
        if card.kind in ASSESSORS and card.state != "voided" and card.certified is not None
    ]
    types, certified, applied = set(row.types), {row.certified}, {row.application}
    for _ in parts:
        for of_part, its_certified, its_applied in parts:
            if its_certified in certified or its_applied in applied:
                types |= of_part
                certified.add(its_certified)
                applied.add(its_applied)
    if len(types) > 2:
        yield "types"
