"""The same applicant before the program: rows as typed, what the register knows, and the plan of the batch."""

from __future__ import annotations

from typing import Final

from service.domain.application import Cell, MalformedRow, RawRow, parse_row
from service.domain.batch import plan
from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from service.domain.eligibility import Known, KnownCard, Policy
from service.domain.occupation import Occupation
from service.domain.people import ResidentId
from service.domain.problem import Problem
from tests.domain.applicants import CATALOGUE, CHONGQING, resident_id
from tests.domain.sample_cards import SCHOOL, card
from tests.oracle.applicants import NOWHERE, PLACE
from tests.oracle.regulation import Applicant, Earlier, Row

NOTICE: Final = "渝职鉴发〔2026〕12号"
KINDS: Final = {
    "senior": "高级考评员",
    "standard": "考评员",
    "special_skill": "专项职业能力考核考评员",
    "external": "外督",
    "internal": "内督",
}
REASONS: Final = {
    "age-over-limit": "age",
    "born-after-application": "youth",
    "age-under-limit": "youth",
    "date-after-issue": "order",
    "applied-after-certification": "order",
    "certification-too-old": "distance",
    "application-too-old": "distance",
    "application-date-missing": "application date",
    "years-impossible": "years",
    "reviewer-missing": "reviewer",
    "institution-unknown": "institution",
    "hr-staff": "hr",
    "barred": "bar",
    "score-below-pass": "scores",
    "scores-missing": "scores",
    "certification-not-new": "renewal",
    "certification-before-window": "renewal",
    "renewal-too-early": "renewal",
    "live-card-later": "renewal",
    "higher-grade-held": "grade",
    "row-doubled": "doubled",
    "too-many-occupations": "types",
    "exception-no-document": "exception",
    **dict.fromkeys(
        (
            "qualification-missing",
            "qualification-too-low",
            "qualification-occupation-missing",
            "related-basis-missing",
            "years-too-few",
            "assessor-years-too-few",
            "standard-card-wrong",
            "assessments-too-few",
            "artisan-related-occupation",
        ),
        "conditions",
    ),
}
MISSING: Final = {
    "hr_staff": "hr",
    **dict.fromkeys(("theory_score", "skill_score", "review_score", "score"), "scores"),
    **dict.fromkeys(("exception", "exception_kind", "exception_adjusts"), "exception"),
    **dict.fromkeys(
        ("occupation_years", "qualification_years", "assessor_years", "standard_card", "assessments_done"),
        "conditions",
    ),
}
"""What an empty cell stands for."""


def judge(who: Applicant) -> list[tuple[set[str], bool]]:
    """Return for each row why the program refuses it, and whether it was read at all."""
    identity = resident_id(who.born, 123 if who.is_man else 124)
    rows = tuple(parse_row(RawRow(place, _cells(row, identity)), CATALOGUE) for place, row in enumerate(who.rows, 2))
    policy = Policy(
        CHONGQING,
        {SCHOOL.code: SCHOOL},
        who.issue,
        notice=NOTICE if who.notice else None,
        registered={CardNumber(number) for number in (*who.cards_of_others, *(card.number for card in who.cards))},
    )
    planned = plan(rows, {identity: _known(who)}, policy)
    refused = {one.row: {_reason(problem) for problem in one.problems} for one in planned.refused}
    assert {one.application.row for one in planned.accepted} == {row.row for row in rows} - refused.keys()
    return [(refused.get(row.row, set()), not isinstance(row, MalformedRow)) for row in rows]


def _reason(problem: Problem) -> str:
    return MISSING[problem.field] if problem.code == "cell-missing" else REASONS[problem.code]


def _cells(row: Row, identity: ResidentId) -> dict[str, Cell]:
    cells: dict[str, Cell] = {
        "name": "王小明",
        "resident_id": str(identity),
        "kind": KINDS[row.kind],
        "work_unit": "重庆市某某机械有限公司",
        "certified_on": row.certified,
        "applied_on": row.applied,
        "notice": NOTICE if row.notice else None,
        "reviewed_by": "李审核" if row.reviewer else None,
    }
    if not row.is_assessor:
        place = PLACE if row.registered_place else NOWHERE
        return cells | {"score": row.score, "institution": place if row.kind == "internal" else None}
    return cells | {
        "occupations": "、".join(row.types),
        "hr_staff": {True: "是", False: "否", None: None}[row.hr_staff],
        "theory_score": _marks(row.theory),
        "skill_score": _marks(row.skill),
        "review_score": _marks(row.review),
        "qualification_level": row.level,
        "title": row.title,
        "qualification_occupation": "、".join(row.certificates) or None,
        "related_basis": "同属机电类" if row.related else None,
        "qualification_years": _months(row.held_months),
        "occupation_years": _months(row.work_months),
        "artisan": "区级非物质文化遗产代表性传承人证书" if row.artisan else None,
        "standard_card": row.standard_card,
        "assessor_years": _months(row.assessor_months),
        "assessments_done": row.assessments,
        "exception_article": "、".join(sorted(row.articles)) or None,
        "exception": (NOTICE if row.document else "领导同意") if row.articles else None,
        "exception_kind": "乡村特色" if row.special_kind else None,
        "exception_adjusts": "、".join(sorted(row.adjusts)) or None,
    }


def _marks(marks: tuple[float, ...] | None) -> str | None:
    return None if marks is None else ";".join(map(str, marks))


def _months(months: int | None) -> str | None:
    return None if months is None else f"{months}个月"


def _known(who: Applicant) -> Known:
    recorded = {f"occupation:{name}": days for name, days in who.recorded.items()}
    return Known(tuple(map(_known_card, who.cards)), recorded)


def _known_card(one: Earlier) -> KnownCard:
    is_assessor = one.kind not in {"external", "internal"}

    def scopes(types: frozenset[str]) -> frozenset[str]:
        return frozenset(f"occupation:{name}" for name in types) if is_assessor else types

    return KnownCard(
        card(
            one.number,
            name="王小明",
            occupations=tuple(Occupation(name) for name in sorted(one.types)) if is_assessor else (),
            issued_on=one.issued,
            status=CardStatus(one.state),
            status_on=one.ended,
            released=scopes(one.given_up),
        ),
        applied_on=one.applied,
        certified_on=one.certified,
        corrected=one.corrected,
        decided_on=one.decided,
    )
