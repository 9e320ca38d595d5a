from __future__ import annotations

from datetime import date

import pytest

from service.domain.application import Cell
from service.domain.card import CardStatus
from tests.domain.applicants import (
    application,
    electrician,
    known,
    planned,
    refused_for,
    resident_id,
    warned_of,
)
from tests.domain.sample_cards import MILLING, card


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"qualification_level": 1}, []),
        ({"qualification_level": "特级"}, []),
        ({"qualification_level": "首席"}, []),
        ({"qualification_level": None, "title": "副高"}, []),
        ({"qualification_level": 2, "title": "正高"}, []),
        ({"qualification_level": 2}, ["qualification-too-low"]),
        ({"qualification_level": 2, "title": "中级"}, ["qualification-too-low"]),
        ({"qualification_level": None}, ["qualification-missing"]),
        ({"occupation_years": None}, ["cell-missing"]),
        ({"occupation_years": 0}, ["cell-missing"]),
        ({"occupation_years": "1个月"}, []),
        ({"assessor_years": 1}, []),
        ({"assessor_years": "11个月"}, ["years-too-few"]),
        ({"assessor_years": None}, ["cell-missing"]),
        ({"assessments_done": 3}, []),
        ({"assessments_done": 2}, ["assessments-too-few"]),
        ({"assessments_done": None}, ["cell-missing"]),
        ({"standard_card": None}, ["cell-missing"]),
        ({"standard_card": "24310030007"}, ["standard-card-wrong"]),  # special skill does not count
        ({"standard_card": "24310010007"}, ["standard-card-wrong"]),
        ({"qualification_occupation": "焊工"}, ["related-basis-missing"]),
        ({"qualification_occupation": "焊工", "related_basis": "同属机电类"}, []),
        ({"qualification_occupation": "6-31-01-03 电工"}, []),
    ],
)
def test_conditions_of_a_senior_assessor(changes: dict[str, Cell], codes: list[str]) -> None:
    """考§7(2)1: level 1 or a senior title, the work, a year as standard assessor, three assessments."""
    plan = planned(application("senior", **changes))
    problems = [p for refusal in plan.refused for p in refusal.problems]
    assert [p.code for p in problems] == codes
    assert {p.article for p in problems} <= {"考§7(2)1"}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"qualification_level": 3, "occupation_years": 5}, []),
        ({"qualification_level": "特级"}, []),
        ({"qualification_level": None, "title": "中级"}, []),
        ({"qualification_level": 4, "title": "高级"}, []),
        ({"qualification_level": 4}, ["qualification-too-low"]),
        ({"qualification_level": 4, "title": "助理"}, ["qualification-too-low"]),
        ({"qualification_level": None, "title": None}, ["qualification-missing"]),
        ({"occupation_years": "4年11个月"}, ["years-too-few"]),
        ({"occupation_years": None}, ["cell-missing"]),
        ({"qualification_occupation": "车工"}, ["related-basis-missing"]),
    ],
)
def test_conditions_of_a_standard_assessor(changes: dict[str, Cell], codes: list[str]) -> None:
    """考§7(2)2: level 3 or a middle title or above, and five years in the work."""
    assert refused_for(application("standard", **changes)) == codes


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"qualification_years": 1, "occupation_years": 2}, []),
        ({"qualification_years": "11个月"}, ["years-too-few"]),
        ({"occupation_years": "23个月"}, ["years-too-few"]),
        ({"qualification_level": 4}, ["qualification-too-low"]),
        ({"qualification_level": None}, ["qualification-missing"]),
        ({"qualification_years": None}, ["cell-missing"]),
        ({"qualification_level": None, "occupation_years": 5, "artisan": "区级非遗传承人"}, []),
        ({"qualification_level": None, "occupation_years": 5}, ["qualification-missing"]),
        ({"qualification_level": None, "occupation_years": "59个月", "artisan": "区级非遗传承人"}, ["years-too-few"]),
        (
            {"qualification_level": None, "occupation_years": 5, "artisan": "传承人", "related_basis": "同类"},
            ["artisan-related-occupation"],
        ),
        (
            {"artisan": "传承人", "related_basis": "同类", "qualification_occupation": "焊工"},
            [],
        ),  # certified all the same
    ],
)
def test_conditions_of_a_special_skill_assessor(changes: dict[str, Cell], codes: list[str]) -> None:
    """考§7(2)3: a certificate held a year and two years in the work, or five years as 能工巧匠."""
    assert refused_for(application("special_skill", **changes)) == codes


def test_the_register_knows_how_long_somebody_has_been_a_standard_assessor() -> None:
    """考§7(2)1: from the register where it knows, whatever the row states."""
    since = electrician("25310020001", issued_on=date(2025, 9, 1))
    assert refused_for(application("senior", assessor_years=None, standard_card=None), of=known(since)) == []
    late = electrician("25310020001", issued_on=date(2025, 9, 2))
    assert refused_for(application("senior", assessor_years=9), of=known(late)) == ["assessor-years-too-few"]


def test_only_a_standing_standard_card_of_this_occupation_counts() -> None:
    """考§7(2)1: 具有本职业考评员资格."""
    unstated = application("senior", assessor_years=None, standard_card=None)
    milling = card("24310020001", occupations=(MILLING,), issued_on=date(2024, 1, 8), name="王小明")
    special = electrician("24310030001", issued_on=date(2024, 1, 8))
    voided = electrician(
        "24310020001", issued_on=date(2024, 1, 8), status=CardStatus.VOIDED, status_on=date(2024, 2, 1)
    )
    for useless in (milling, special, voided):
        assert refused_for(unstated, of=known(useless)) == ["cell-missing", "cell-missing"]
    superseded = electrician(
        "22310020001",
        issued_on=date(2022, 1, 8),
        status=CardStatus.SUPERSEDED,
        status_on=date(2025, 1, 6),
        released=frozenset({"occupation:电工"}),
    )
    assert refused_for(unstated, of=known(superseded)) == []


def test_a_stated_standard_card_that_the_register_contradicts_is_refused() -> None:
    """考§7(2)1: the person's card with that number is for another occupation."""
    milling = card("24310020007", occupations=(MILLING,), issued_on=date(2024, 1, 8), name="王小明")
    assert refused_for(application("senior"), of=known(milling)) == ["standard-card-wrong"]
    assert warned_of(application("senior")) == ["standard-card-not-in-register"]


def test_the_register_knows_how_many_assessments_were_done() -> None:
    """考§7(2)1: three, in this occupation."""
    applicant = application("senior", assessments_done=9)
    assert refused_for(applicant, of=known(assessments={"电工": 3})) == []
    assert refused_for(applicant, of=known(assessments={"焊工": 3})) == ["assessments-too-few"]


def test_every_job_type_of_a_senior_needs_its_own_year() -> None:
    """考§7(2)1: 本职业考评员资格, for each."""
    one = electrician("24310020001", issued_on=date(2024, 1, 8))
    applicant = application("senior", occupations="电工、焊工", standard_card=None, assessor_years=None)
    assert refused_for(applicant, of=known(one)) == ["cell-missing", "cell-missing"]


def test_an_exception_waives_the_conditions_and_nothing_else() -> None:
    """考§7(2)4: 考§7(2)1–3 only; age, scores and the bar stand."""
    excepted = {"exception_article": "考§7(2)4", "exception": "乡村特色职业，区县人社局推荐"}
    bare = {"qualification_level": None, "occupation_years": None}
    for kind in ("senior", "standard", "special_skill"):
        assert refused_for(application(kind, **bare, **excepted)) == []
    old = str(resident_id(date(1955, 1, 1)))
    assert refused_for(application("standard", **bare, **excepted, resident_id=old, theory_score=50)) == [
        "age-over-limit",
        "score-below-pass",
    ]
    assert refused_for(application("standard", **bare, exception_article="考§11", exception="批复")) == [
        "qualification-missing",
        "cell-missing",
    ]
