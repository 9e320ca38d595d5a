"""Roster rows and people that the tests of applications, eligibility and batches share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from service.domain.application import Application, Cell, MalformedRow, RawRow, parse_row
from service.domain.batch import Plan, plan
from service.domain.card import Card, CardStatus
from service.domain.eligibility import Known, KnownCard, Policy
from service.domain.occupation import Catalogue, Occupation
from service.domain.people import ResidentId, check_digit
from tests.domain.sample_cards import SCHOOL, card, jurisdiction

CATALOGUE = Catalogue({"6-31-01-03": "电工", "6-18-02-04": "焊工", "6-18-01-01": "车工", "4-03-02-01": "中式烹调师"})
ISSUED_ON = date(2026, 11, 2)
CHONGQING = jurisdiction("chongqing")


def resident_id(birth_on: date = date(1985, 5, 17), order: int = 123) -> ResidentId:
    """An identity number; an odd ``order`` is a man's, an even one a woman's."""
    first17 = f"500101{birth_on:%Y%m%d}{order:03d}"
    return ResidentId(first17 + check_digit(first17))


COMMON: Mapping[str, Cell] = {
    "name": "王小明",
    "resident_id": str(resident_id()),
    "work_unit": "重庆市某某机械有限公司",
    "certified_on": date(2026, 10, 10),
    "applied_on": date(2026, 9, 1),
    "reviewed_by": "李审核",
}
ASSESSOR: Mapping[str, Cell] = {
    **COMMON,
    "occupations": "电工",
    "theory_score": 80,
    "skill_score": 85,
    "hr_staff": "否",
    "occupation_years": 8,
}
ROWS: Mapping[str, Mapping[str, Cell]] = {
    "senior": {
        **ASSESSOR,
        "kind": "高级考评员",
        "review_score": 78,
        "qualification_level": "1",
        "standard_card": "24310020007",
        "assessor_years": 2,
        "assessments_done": 5,
    },
    "standard": {**ASSESSOR, "kind": "考评员", "qualification_level": 3},
    "special_skill": {
        **ASSESSOR,
        "kind": "专项职业能力考核考评员",
        "qualification_level": 3,
        "qualification_years": 1,
        "occupation_years": 2,
    },
    "external": {**COMMON, "kind": "外督", "score": 88},
    "internal": {**COMMON, "kind": "内督", "score": 75, "institution": "500123"},
}


EXCEPTION: Mapping[str, Cell] = {
    "exception_article": "考§7(2)4",
    "exception": "渝人社发〔2026〕12号",
    "exception_kind": "乡村特色",
    "exception_adjusts": "证书、年限、考评次数",
}
"""A document that adjusts every condition that one may adjust."""

ELECTRICIAN = Occupation("电工", "6-31-01-03")


def electrician(number: str, **changes: object) -> Card:
    """An assessor's card of 王小明 for electricians."""
    return card(number, **({"occupations": (ELECTRICIAN,), "name": "王小明"} | changes))


def revoked(number: str, on: date, **changes: object) -> Card:
    """A cancelled card of 王小明."""
    return card(number, name="王小明", status=CardStatus.REVOKED, status_on=on, **changes)


def certified_for(changes: Mapping[str, Cell]) -> Mapping[str, Cell]:
    """The certificates that two job types need (考§7(2)), where nothing else is said."""
    occupations = changes.get("occupations")
    several = isinstance(occupations, str) and "、" in occupations
    return {"qualification_occupation": occupations, **changes} if several else changes


def raw(kind: str, /, row: int = 2, **changes: Cell) -> RawRow:
    """A good row of a kind with some cells changed; ``None`` empties a cell."""
    return RawRow(row, {**ROWS[kind], **certified_for(changes)})


def application(kind: str, /, row: int = 2, **changes: Cell) -> Application:
    """A good application of a kind with some cells changed."""
    read = parse_row(raw(kind, row=row, **changes), CATALOGUE)
    assert isinstance(read, Application), read
    return read


def malformed(kind: str, /, row: int = 2, **changes: Cell) -> MalformedRow:
    """A row that cannot be read."""
    read = parse_row(raw(kind, row=row, **changes), CATALOGUE)
    assert isinstance(read, MalformedRow), read
    return read


def problems(kind: str, /, **changes: Cell) -> list[tuple[str, str]]:
    """Fields and codes of what a row is refused for when it is read."""
    return [(problem.field, problem.code) for problem in malformed(kind, **changes).problems]


def policy(**changes: object) -> Policy:
    """Chongqing, one registered school, issuing on 2 November 2026."""
    facts: dict[str, object] = {
        "jurisdiction": CHONGQING,
        "institutions": {SCHOOL.code: SCHOOL},
        "issued_on": ISSUED_ON,
    }
    return Policy(**(facts | changes))  # type: ignore[arg-type]


def known(
    *cards: Card, applied_on: date | None = None, assessments: Mapping[str, Iterable[date]] | None = None
) -> Known:
    """What the register knows: these cards, and the days of recorded assessments by job type."""
    done = {f"occupation:{name}": tuple(days) for name, days in (assessments or {}).items()}
    return Known(tuple(KnownCard(card, applied_on) for card in cards), done)


def planned(*rows: Application | MalformedRow, of: Known | None = None, under: Policy | None = None) -> Plan:
    """Plan a batch in which the register knows ``of`` of every applicant."""
    people: Iterable[ResidentId] = (row.resident_id for row in rows if row.resident_id is not None)
    return plan(rows, {} if of is None else dict.fromkeys(people, of), under or policy())


def refused_for(*rows: Application | MalformedRow, of: Known | None = None, under: Policy | None = None) -> list[str]:
    """Codes of all refusals of a batch, in order."""
    return [problem.code for refusal in planned(*rows, of=of, under=under).refused for problem in refusal.problems]


def warned_of(*rows: Application, of: Known | None = None, under: Policy | None = None) -> list[str]:
    """Codes of all warnings of a batch, in order."""
    return [problem.code for warned in planned(*rows, of=of, under=under).warnings for problem in warned.problems]
