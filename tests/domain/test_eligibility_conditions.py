from __future__ import annotations

from datetime import date

import pytest

from service.domain.application import Cell
from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from tests.domain.applicants import (
    EXCEPTION,
    application,
    electrician,
    known,
    planned,
    policy,
    problems,
    refused_for,
    resident_id,
    revoked,
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
    """考§7(2)1: from the register where it knows."""
    since = electrician("25310020001", issued_on=date(2025, 9, 1))
    assert refused_for(application("senior", assessor_years=None, standard_card=None), of=known(since)) == []
    late = electrician("25310020001", issued_on=date(2025, 9, 2))
    unstated = application("senior", standard_card=None, assessor_years=9)
    assert refused_for(unstated, of=known(late)) == ["assessor-years-too-few"]
    its_own = application("senior", standard_card="25310020001", assessor_years=9)
    assert refused_for(its_own, of=known(late)) == ["assessor-years-too-few"], "the register knows when it was issued"


def test_an_earlier_card_proves_the_year_beside_a_later_one_of_the_register() -> None:
    """考§7(2)1: 具有本职业考评员资格 1 年以上, and the later card is a renewal of it."""
    late = electrician("26310020001", issued_on=date(2026, 3, 2))
    stated = application("senior", standard_card="22310020007", assessor_years=4)
    assert refused_for(stated, of=known(late)) == []
    assert warned_of(stated, of=known(late)) == ["standard-card-not-in-register"]
    short = application("senior", standard_card="25310020007", assessor_years="11个月")
    assert refused_for(short, of=known(late)) == ["years-too-few"]
    special = application("senior", standard_card="22310030007", assessor_years=4)
    assert refused_for(special, of=known(late)) == ["standard-card-wrong"]


def test_a_stated_card_that_the_register_has_is_its_holders() -> None:
    """考§7(2)1: somebody else's card proves nothing."""
    stated = application("senior", standard_card="22310020007", assessor_years=4)
    assert refused_for(stated, under=policy(registered={CardNumber("22310020007")})) == ["standard-card-wrong"]
    assert refused_for(stated, under=policy(registered={CardNumber("22310020008")})) == []


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


@pytest.mark.parametrize(
    ("stated", "recorded", "codes"),
    [
        (None, {}, ["cell-missing"]),
        (2, {}, ["assessments-too-few"]),
        (3, {}, []),
        (None, {"电工": [date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)]}, []),
        (None, {"电工": [date(2026, 1, 5), date(2026, 2, 5)]}, ["assessments-too-few"]),
        (1, {"电工": [date(2026, 1, 5), date(2026, 2, 5)]}, []),  # added up
        (1, {"电工": [date(2026, 1, 5), date(2026, 9, 2)]}, ["assessments-too-few"]),  # after applying
        (1, {"电工": [date(2026, 1, 5), date(2026, 9, 1)]}, []),
        (2, {"焊工": [date(2026, 1, 5)]}, ["assessments-too-few"]),
    ],
)
def test_assessments_on_record_are_added_to_those_from_before(
    stated: int | None, recorded: dict[str, list[date]], codes: list[str]
) -> None:
    """考§7(2)1: 完成 3 次以上考核评价工作任务, in this job type, up to the application."""
    applicant = application("senior", assessments_done=stated)
    assert refused_for(applicant, of=known(assessments=recorded)) == codes


def test_every_job_type_of_a_senior_needs_its_own_year() -> None:
    """考§7(2)1: 本职业考评员资格, for each."""
    one = electrician("24310020001", issued_on=date(2024, 1, 8))
    applicant = application("senior", occupations="电工、焊工", standard_card=None, assessor_years=None)
    assert refused_for(applicant, of=known(one)) == ["cell-missing", "cell-missing"]


def test_two_job_types_need_two_certificates() -> None:
    """考§7(2): one certificate does not serve two job types."""
    for kind in ("standard", "special_skill", "senior"):
        for stated, codes in (
            (None, ["qualification-occupation-missing"]),
            ("电工", ["related-basis-missing"]),
            ("车工、电工", ["related-basis-missing"]),
            ("焊工、电工", []),
            ("电工、焊工、车工", []),
        ):
            two = {"occupations": "电工、焊工", "qualification_occupation": stated}
            assert refused_for(application(kind, **two)) == codes, (kind, stated)
            assert refused_for(application(kind, **two, related_basis="同属机电类，渝人社〔2025〕3号")) == []
        assert refused_for(application(kind)) == [], "with one job type a blank means that one"
        assert refused_for(application(kind, qualification_occupation="焊工、电工")) == []
    ((problem,),) = [
        refusal.problems
        for refusal in planned(application("standard", occupations="电工、焊工", qualification_occupation=None)).refused
    ]
    assert (problem.field, problem.article) == ("qualification_occupation", "考§7(2)2")
    assert "电工、焊工" in problem.zh


def test_an_exception_waives_what_its_document_adjusts_and_nothing_else() -> None:
    """考§7(2)4: 可适当调整申报条件; what is not adjusted, age, scores, 考§9 and the bar stand."""
    bare: dict[str, Cell] = {
        "qualification_level": None,
        "occupation_years": "1个月",
        "qualification_years": None,
        "assessor_years": None,
        "assessments_done": None,
    }
    certificate, years, assessments = "qualification-missing", "years-too-few", "cell-missing"
    for kind, adjusts, codes in (
        ("standard", "证书", [years]),
        ("standard", "年限", [certificate]),
        ("standard", "证书、年限", []),
        ("standard", "考评次数", [certificate, years]),
        ("special_skill", "年限", [certificate]),
        ("special_skill", "证书", ["cell-missing", years]),
        ("senior", "证书", ["cell-missing", assessments]),
        ("senior", "证书、年限", [assessments]),
        ("senior", "证书；考评次数", ["cell-missing"]),
        ("senior", "证书、年限、考评次数", []),
    ):
        applicant = application(kind, **{**bare, **EXCEPTION, "exception_adjusts": adjusts})
        assert refused_for(applicant) == codes, (kind, adjusts)
    unheld = application("senior", **{**bare, **EXCEPTION, "standard_card": None})
    assert refused_for(unheld) == ["cell-missing"], "the qualification as standard assessor is no matter of years"
    old = str(resident_id(date(1955, 1, 1)))
    assert refused_for(application("standard", **{**bare, **EXCEPTION}, resident_id=old, theory_score=50)) == [
        "age-over-limit",
        "score-below-pass",
    ]
    three = application("standard", **{**bare, **EXCEPTION}, occupations="电工、焊工、车工")
    assert refused_for(three) == ["too-many-occupations"]
    barred = known(revoked("24310020001", date(2025, 6, 1), issued_on=date(2024, 1, 8)))
    assert refused_for(application("standard", **{**bare, **EXCEPTION}), of=barred) == ["barred"]


def test_another_form_of_certification_adjusts_no_condition() -> None:
    """考§11: the form alone."""
    form: dict[str, Cell] = {"exception_article": "考§11", "exception": "市中心批复", "skill_score": None}
    assert refused_for(application("standard", **form, qualification_level=None, occupation_years=None)) == [
        "qualification-missing",
        "cell-missing",
    ]
    adjusting = {**form, "exception_kind": "新职业", "exception_adjusts": "证书、年限"}
    assert refused_for(application("standard", **adjusting, qualification_level=None)) == ["qualification-missing"]


@pytest.mark.parametrize(
    ("changes", "problems_"),
    [
        ({"exception": "领导同意"}, ["exception-no-document"]),
        ({"exception": None}, ["cell-missing"]),
        ({"exception_kind": None}, ["cell-missing"]),
        ({"exception_kind": "特殊人才"}, ["exception-kind-unknown"]),
        ({"exception_adjusts": None}, ["cell-missing"]),
        ({"exception_adjusts": "全部"}, ["exception-adjusts-unknown"]),
        ({"exception_kind": None, "exception_adjusts": None, "exception": "领导同意"}, 3),
    ],
)
def test_an_exception_names_its_kind_its_document_and_what_it_adjusts(
    changes: dict[str, Cell], problems_: list[str] | int
) -> None:
    """考§7(2)4: somebody's consent is none of them."""
    found = problems("standard", **{**EXCEPTION, **changes})
    assert (len(found) if isinstance(problems_, int) else [code for _, code in found]) == problems_


def test_consent_alone_waives_nothing() -> None:
    """考§7(2)4: without the article a basis is not even looked at."""
    bare: dict[str, Cell] = {"qualification_level": None, "occupation_years": 1, "exception": None}
    wanted = refused_for(application("standard", **bare))
    assert wanted == ["qualification-missing", "years-too-few"]
    assert refused_for(application("standard", **{**bare, "exception": "渝人社发〔2026〕12号"})) == wanted
    assert problems("standard", **{**bare, "exception": "领导同意"}) == [("exception", "exception-no-document")]
