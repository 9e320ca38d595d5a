from __future__ import annotations

from datetime import date

import pytest

from service.domain.card import CardStatus
from service.domain.fitness import Engagement
from service.domain.staffing import Holder, Requirement, Staffed, of_authorities, of_authority, of_institution
from tests.domain.sample_cards import ISSUED_ON, MILLING, SCHOOL, WELDING, card

ON = date(2026, 6, 1)
BUREAU = "渝北区人力资源和社会保障局"
OTHER_BUREAU = "九龙坡区人力资源和社会保障局"
ENGAGED = (Engagement(SCHOOL.code, date(2026, 4, 1), date(2027, 3, 31)),)
MET, SHORT, UNKNOWN = Staffed.MET, Staffed.SHORT, Staffed.UNKNOWN


def internal(person: int, *, in_house: bool | None = False, code: str = SCHOOL.code, **changes: object) -> Holder:
    return Holder(card(f"S{code}26{person:04}", person=person, in_house=in_house, **changes))


def assessor(person: int, *terms: Engagement, **changes: object) -> Holder:
    return Holder(card(f"2631002{person:04}", person=person, **changes), terms)


def external(person: int, *of: str, **changes: object) -> Holder:
    return Holder(card(f"R5026{person:04}", person=person, **changes), of=frozenset(of))


def counts(rows: tuple[Requirement, ...], article: str) -> list[tuple[int, int, Staffed]]:
    return [(row.have, row.need, row.outcome) for row in rows if row.article == article]


@pytest.mark.parametrize(
    ("in_house", "expected"),
    [
        ([False, False, True], [(3, 3, MET), (1, 1, MET)]),
        ([False, True], [(2, 3, SHORT), (1, 1, MET)]),
        ([False, False, False], [(3, 3, MET), (0, 1, SHORT)]),
        ([False, False, None], [(3, 3, MET), (0, 1, UNKNOWN)]),
        ([], [(0, 3, SHORT), (0, 1, SHORT)]),
    ],
)
def test_an_institution_has_three_internal_supervisors_one_of_them_in_house(
    in_house: list[bool | None], expected: list[tuple[int, int, Staffed]]
) -> None:
    """督§5: 3 名及以上内督，其中至少有 1 名是本机构的在职人员."""
    holders = [internal(person, in_house=one) for person, one in enumerate(in_house, 1)]
    assert counts(of_institution(SCHOOL, holders, ON), "督§5") == expected


@pytest.mark.parametrize(
    "third",
    [
        internal(2),  # the same person again
        internal(3, code="500777"),  # 督§9: counts inside its issuer only
        internal(3, status=CardStatus.REVOKED, status_on=ISSUED_ON),
        internal(3, issued_on=date(2026, 6, 2)),
        internal(3, expires_on=date(2026, 5, 31)),
    ],
)
def test_only_people_with_a_card_of_the_institution_in_force_count(third: Holder) -> None:
    """督§5, 督§9."""
    rows = of_institution(SCHOOL, [internal(1), internal(2), third], ON)
    assert counts(rows, "督§5")[0] == (2, 3, SHORT)


@pytest.mark.parametrize(("engaged_at", "have", "outcome"), [(SCHOOL.code, 3, MET), ("500777", 2, SHORT)])
def test_an_external_supervisor_engaged_as_internal_one_counts(engaged_at: str, have: int, outcome: Staffed) -> None:
    """督§14, 督§5: with the external card, at the institution of the 责任书; nobody's in-house staff."""
    term = Engagement(engaged_at, date(2026, 4, 1), date(2029, 3, 31))
    third = Holder(card("R50260003", person=3, in_house=None), (term,))
    rows = of_institution(SCHOOL, [internal(1), internal(2), third], ON)
    assert counts(rows, "督§5") == [(have, 3, outcome), (0, 1, SHORT)]


def test_an_institution_has_three_assessors_a_job_type() -> None:
    """考§6: 每个职业(工种)3名及以上; by person, in-house staff without a contract (考§16)."""
    holders = [
        assessor(1, *ENGAGED),
        assessor(2, *ENGAGED, occupations=(MILLING, WELDING)),
        assessor(3, in_house=True, institution=SCHOOL.code),
        assessor(4),  # engaged nowhere
        assessor(5, Engagement(SCHOOL.code, date(2025, 4, 1), date(2026, 5, 31))),
        assessor(6, in_house=True, institution="500777"),
        assessor(7, *ENGAGED, occupations=(MILLING, WELDING), released=frozenset({WELDING.scope})),
    ]
    rows = of_institution(SCHOOL, holders, ON)
    assert counts(rows, "考§6") == [(1, 3, SHORT), (4, 3, MET)]
    assert [WELDING.name in rows[2].zh, MILLING.name in rows[3].zh] == [True, True]
    assert counts(of_institution(SCHOOL, holders[3:6], ON), "考§6") == [(0, 3, SHORT)]


@pytest.mark.parametrize(("institutions", "need"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_an_authority_has_one_external_supervisor_for_three_institutions(institutions: int, need: int) -> None:
    """督§5: 不低于 1:3 的比例, counted up."""
    row = of_authority(BUREAU, institutions, (), [BUREAU], ON)
    assert (row.have, row.need, row.outcome) == (0, need, SHORT)


@pytest.mark.parametrize(
    ("second", "outcome"),
    [
        (external(2, f" {BUREAU}"), MET),
        (external(1, BUREAU), SHORT),
        (external(2, OTHER_BUREAU), SHORT),
        (external(2, OTHER_BUREAU, BUREAU), MET),
        (external(2, "渝北区职业技能鉴定指导中心"), UNKNOWN),
        (external(2, BUREAU, expires_on=date(2026, 5, 31)), SHORT),
    ],
)
def test_whose_external_supervisors_they_are(second: Holder, outcome: Staffed) -> None:
    """督§5, 督§4: of the authority that employs, recommended or sent them; of no known one, it cannot be told."""
    row = of_authority(BUREAU, 6, [external(1, BUREAU), second, internal(9)], [BUREAU, OTHER_BUREAU], ON)
    assert row.outcome is outcome


def test_each_row_says_so_in_two_languages() -> None:
    (row, *_) = of_institution(SCHOOL, [internal(1)], ON)
    assert row.as_json() == {
        "subject": SCHOOL.code,
        "article": "督§5",
        "have": 1,
        "need": 3,
        "outcome": "short",
        "zh": "内部质量督导员 1 名，应不少于 3 名",
        "en": "internal supervisors: 1, of 3 at least",
    }


def test_people_are_read_once_for_however_many_authorities() -> None:
    holders = [external(1, BUREAU), external(2, OTHER_BUREAU), external(3, "别处")]
    asked = {BUREAU: 3, OTHER_BUREAU: 9}
    assert list(of_authorities(asked, iter(holders), asked, ON)) == [
        of_authority(one, institutions, holders, asked, ON) for one, institutions in asked.items()
    ]
