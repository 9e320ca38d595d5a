from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.domain.application import Cell
from service.domain.card import Card, CardStatus
from service.domain.occupation import Occupation
from tests.domain.applicants import (
    ISSUED_ON,
    ROWS,
    application,
    known,
    planned,
    policy,
    refused_for,
    resident_id,
    warned_of,
)
from tests.domain.sample_cards import MILLING, SCHOOL, WELDING, card, jurisdiction

ELECTRICIAN = Occupation("电工", "6-31-01-03")
OTHER_SCHOOL = replace(SCHOOL, code="500456", name="重庆市另一培训学校")


def electrician(number: str, **changes: object) -> Card:
    return card(number, **({"occupations": (ELECTRICIAN,), "name": "王小明"} | changes))


def revoked(number: str, on: date, **changes: object) -> Card:
    return card(number, name="王小明", status=CardStatus.REVOKED, status_on=on, **changes)


@pytest.mark.parametrize("kind", ROWS)
def test_a_good_application_of_each_kind_is_accepted(kind: str) -> None:
    plan = planned(application(kind))
    assert plan.refused == ()
    assert plan.accepted[0].expires_on == date(2029, 11, 2)


# Age


@pytest.mark.parametrize("kind", ["standard", "external", "internal"])
@pytest.mark.parametrize(
    ("birth_on", "order", "codes"),
    [
        (date(1960, 9, 2), 1, []),  # a man, 66 on the day after applying
        (date(1960, 9, 1), 1, ["age-over-limit"]),
        (date(1965, 9, 2), 2, []),  # a woman, 61 on the day after applying
        (date(1965, 9, 1), 2, ["age-over-limit"]),
        (date(1961, 9, 1), 1, []),  # a man of 65 exactly
        (date(1966, 9, 1), 2, []),  # a woman of 60 exactly
    ],
)
def test_age_on_the_application_date(kind: str, birth_on: date, order: int, codes: list[str]) -> None:
    """督§6(4), 考§7(1)4: at most 65 full years (men), 60 (women), on the application date."""
    applicant = application(kind, resident_id=str(resident_id(birth_on, order)))
    plan = planned(applicant)
    problems = [p for refusal in plan.refused for p in refusal.problems]
    assert [p.code for p in problems] == codes
    assert {p.article for p in problems} <= {"考§7(1)4" if kind == "standard" else "督§6(4)"}


def test_without_an_application_date_age_counts_on_the_certification_date() -> None:
    """督§6(4): 申报日期; where absent, the certification date."""
    born = str(resident_id(date(1960, 9, 2), 1))
    assert refused_for(application("external", resident_id=born, applied_on=None)) == ["age-over-limit"]
    assert refused_for(application("external", resident_id=born, applied_on="2026-09-01")) == []


def test_the_limit_of_age_holds_at_renewal_too() -> None:
    """督§6(4): and nothing lapses in mid-term, so it is asked when the card is renewed."""
    old = str(resident_id(date(1960, 9, 1), 1))
    live = card("R50230001", issued_on=date(2023, 11, 20), name="王小明")
    assert refused_for(application("external", resident_id=old), of=known(live)) == ["age-over-limit"]


# Scores


@pytest.mark.parametrize(
    ("kind", "score", "codes"),
    [
        ("external", 60, []),
        ("external", "59.5", ["score-below-pass"]),
        ("internal", 60, []),
        ("internal", 59, ["score-below-pass"]),
        ("external", None, ["cell-missing"]),
        ("internal", None, ["cell-missing"]),
    ],
)
def test_a_supervisor_needs_sixty(kind: str, score: Cell, codes: list[str]) -> None:
    """督§8: 60 of 100, and our reading is the same for internal supervisors."""
    assert refused_for(application(kind, score=score)) == codes


@pytest.mark.parametrize("field", ["theory_score", "skill_score", "review_score"])
def test_an_assessor_needs_sixty_in_each_subject(field: str) -> None:
    """考§11: 各科目成绩均达到 60 分."""
    assert refused_for(application("senior", **{field: 60})) == []
    refusal = planned(application("senior", **{field: "59.99"})).refused[0]
    assert [(p.field, p.code, p.article) for p in refusal.problems] == [(field, "score-below-pass", "考§11")]


def test_each_job_type_has_its_own_score() -> None:
    """考§11: in the order of the job types."""
    refusal = planned(application("standard", occupations="电工、焊工", skill_score="90;55")).refused[0]
    assert [p.code for p in refusal.problems] == ["score-below-pass"]
    assert "焊工 55" in refusal.problems[0].zh


def test_another_form_of_certification_still_passes_what_was_held() -> None:
    """考§11: 特殊情形下可适当调整认证方式."""
    excepted = {"exception_article": "考§11", "exception": "市中心批复"}
    assert refused_for(application("standard", skill_score=None, **excepted)) == []
    assert refused_for(application("standard", skill_score=None, theory_score=50, **excepted)) == ["score-below-pass"]
    assert refused_for(application("standard", skill_score=None, theory_score=None, **excepted)) == ["scores-missing"]


def test_a_holder_of_an_external_card_becomes_internal_without_a_score() -> None:
    """督§14: an internal card is still needed, issued without a new score."""
    unscored = application("internal", score=None)
    live = card("R50250001", issued_on=date(2025, 3, 1), name="王小明")
    assert refused_for(unscored, of=known(live)) == []
    expired = card("R50230001", issued_on=date(2023, 3, 1), name="王小明")
    later = card("R50260001", issued_on=date(2026, 12, 1), name="王小明")
    for lapsed in (expired, later, revoked("R50250001", date(2026, 1, 1), issued_on=date(2025, 3, 1))):
        assert "cell-missing" in refused_for(unscored, of=known(lapsed))
    assert refused_for(application("internal", score=40), of=known(live)) == ["score-below-pass"]
    assert refused_for(
        application("external", score=None), of=known(electrician("25310020001", issued_on=date(2025, 3, 1)))
    )


# Who may not apply


def test_serving_hr_staff_may_not_apply() -> None:
    """考§7: nothing waives it."""
    excepted = {"exception_article": "考§7(2)4", "exception": "市中心批复"}
    assert refused_for(application("standard", hr_staff="是")) == ["hr-staff"]
    assert refused_for(application("standard", hr_staff="是", **excepted)) == ["hr-staff"]


@pytest.mark.parametrize(
    ("cancelled_on", "applied_on", "codes"),
    [
        (date(2023, 9, 1), date(2026, 9, 2), []),
        (date(2023, 9, 1), date(2026, 9, 1), ["barred"]),
        (date(2024, 2, 29), date(2027, 2, 28), ["barred"]),
        (date(2024, 2, 29), date(2027, 3, 1), []),
        (date(2026, 9, 5), date(2026, 9, 1), ["barred"]),  # applied before, cancelled since
    ],
)
def test_a_cancelled_assessor_is_barred_for_three_years(cancelled_on: date, applied_on: date, codes: list[str]) -> None:
    """考§21: until the day after the corresponding day three years later."""
    record = known(revoked("22310020001", cancelled_on, issued_on=date(2022, 9, 1)))
    under = policy(issued_on=date(2027, 4, 1))
    applicant = application("standard", applied_on=applied_on, certified_on=date(2027, 3, 20))
    assert refused_for(applicant, of=record, under=under) == codes


def test_the_bar_is_for_assessors_cancelled_as_assessors() -> None:
    """考§21, 督§6(4): a supervisor's cancellation is a matter of record, and bars nobody."""
    as_supervisor = known(revoked("R50260009", date(2026, 8, 1)))
    as_assessor = known(revoked("26310020001", date(2026, 8, 1)))
    assert refused_for(application("standard"), of=as_supervisor) == []
    assert refused_for(application("external"), of=as_assessor) == []
    assert refused_for(application("external"), of=as_supervisor) == []
    assert warned_of(application("external"), of=as_supervisor) == ["record-cancelled-card"]


# The conditions of each grade


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


# Reviewer, dates, issuer, institution, number


def test_somebody_named_confirms_what_no_spreadsheet_shows() -> None:
    """督§6, 考§7(1), 考§8: a reviewer for the row or for the batch."""
    for kind, article in (("external", "督§6"), ("standard", "考§7(1)、考§8")):
        unreviewed = application(kind, reviewed_by=None)
        refusal = planned(unreviewed).refused[0]
        assert [(p.code, p.article) for p in refusal.problems] == [("reviewer-missing", article)]
        assert planned(unreviewed, under=policy(reviewer="陈主任")).accepted[0].reviewed_by == "陈主任"
    assert planned(application("external"), under=policy(reviewer="陈主任")).accepted[0].reviewed_by == "李审核"


@pytest.mark.parametrize("field", ["certified_on", "applied_on"])
def test_nothing_is_certified_in_the_future(field: str) -> None:
    """督§9, 考§12: a card goes to who has passed."""
    assert "date-after-issue" in refused_for(application("external", **{field: date(2026, 11, 3)}))
    assert "date-after-issue" not in refused_for(application("external", **{field: ISSUED_ON}))


def test_applying_after_the_certification_is_asked_about() -> None:
    """督§7, 考§8: one applies first."""
    assert warned_of(application("standard", applied_on=date(2026, 10, 11))) == ["applied-after-certification"]


@pytest.mark.parametrize(
    ("issuer", "kind", "codes"),
    [
        (None, "internal", []),
        (None, "senior", []),
        ("centre", "senior", []),
        ("centre", "external", []),
        ("centre", "internal", ["issuer-other-kind"]),
        ("500123", "internal", []),
        ("500123", "external", ["issuer-other-kind"]),
        ("500123", "standard", ["issuer-other-kind"]),
        ("500456", "internal", ["issuer-other-institution"]),
    ],
)
def test_an_issuer_gives_its_own_cards(issuer: str | None, kind: str, codes: list[str]) -> None:
    """督§9, 考§12: institutions their internal cards, the centre all others."""
    under = policy(issuer=issuer, institutions={i.code: i for i in (SCHOOL, OTHER_SCHOOL)})
    assert refused_for(application(kind), under=under) == codes


def test_an_institution_has_to_be_registered() -> None:
    """督附3: its letter is in its record and cannot be guessed."""
    assert refused_for(application("internal", institution="500999")) == ["institution-unknown"]
    assert refused_for(application("standard", institution="500999")) == ["institution-unknown"]
    assert refused_for(application("standard", institution="500123")) == []


def test_a_province_without_a_code_for_a_kind_cannot_number_it() -> None:
    """考附2: Jiangxi ships with its supervisor scheme only."""
    under = policy(jurisdiction=jurisdiction("jiangxi"))
    assert refused_for(application("standard"), under=under) == ["scheme-missing"]
    assert planned(application("external"), under=under).accepted[0].prefix == "R3626"


@pytest.mark.parametrize(
    ("kind", "changes", "codes"),
    [
        ("external", {"number": "R50260888", "number_reason": "届次统筹"}, []),
        ("internal", {"number": "S500123260888", "number_reason": "届次统筹"}, []),
        ("external", {"number": "R50260888"}, ["hand-number-reason"]),
        ("external", {"number_reason": "届次统筹"}, ["hand-number-missing"]),
        ("external", {"number": "R50250888", "number_reason": "届次统筹"}, ["hand-number-outside-series"]),
        ("external", {"number": "S500123260888", "number_reason": "x"}, ["hand-number-outside-series"]),
        ("internal", {"number": "S500456260888", "number_reason": "x"}, ["hand-number-outside-series"]),
        ("standard", {"number": "26310020888", "number_reason": "x"}, ["hand-number-assessor"]),
    ],
)
def test_a_number_assigned_by_hand(kind: str, changes: dict[str, Cell], codes: list[str]) -> None:
    """督附3, 考附2: supervisors' issuers may assign one of their own series with a reason, assessors' may not."""
    assert refused_for(application(kind, **changes)) == codes


# Renewal, promotion, one live card a scope


def test_renewal_opens_six_months_before_expiry_and_stays_open() -> None:
    """考§12: the configured six months, and any time after expiry."""
    for issued_on, codes in (
        (date(2024, 5, 3), ["renewal-too-early"]),
        (date(2024, 5, 2), []),
        (date(2023, 11, 2), []),
        (date(2020, 1, 6), []),
    ):
        old = electrician(f"{issued_on:%y}310020001", issued_on=issued_on)
        plan = planned(application("standard"), of=known(old))
        assert [p.code for refusal in plan.refused for p in refusal.problems] == codes
        if not codes:
            assert plan.accepted[0].supersedes == ((old.number, frozenset({"occupation:电工"})),)
            assert plan.accepted[0].predecessor == old.number


@pytest.mark.parametrize(
    ("certified_on", "codes"), [(date(2023, 11, 20), ["certification-not-new"]), (date(2023, 11, 21), [])]
)
def test_a_new_card_needs_a_new_certification(certified_on: date, codes: list[str]) -> None:
    """督§10: 有效期满后须重新参加培训认证."""
    old = card("R50230001", issued_on=date(2023, 11, 20), name="王小明")
    applicant = application("external", certified_on=certified_on, applied_on=None)
    assert refused_for(applicant, of=known(old)) == codes


def test_one_certification_does_not_serve_twice() -> None:
    """考§12: neither after a renewal nor after a cancellation; a card voided by mistake is no use of it."""
    applicant = application("external", certified_on=date(2026, 3, 1), applied_on=None)
    facts = {"issued_on": date(2026, 3, 2), "name": "王小明"}
    cancelled = card("R50260001", status=CardStatus.REVOKED, status_on=date(2026, 4, 1), **facts)
    voided = card("R50260001", status=CardStatus.VOIDED, status_on=date(2026, 4, 1), **facts)
    assert refused_for(applicant, of=known(cancelled)) == ["certification-not-new"]
    assert refused_for(applicant, of=known(voided)) == []


def test_the_same_roster_twice_is_refused_by_the_live_card() -> None:
    """督§10: no person has two live cards for one scope."""
    fresh = card("R50260001", issued_on=ISSUED_ON, name="王小明")
    assert refused_for(application("external"), of=known(fresh)) == ["certification-not-new", "renewal-too-early"]


def test_promotion_is_open_at_any_time_and_takes_only_its_job_types() -> None:
    """考§7(2)1, 考§12: the old card stays live for the other job type."""
    old = electrician("25310020001", occupations=(ELECTRICIAN, WELDING), issued_on=date(2025, 6, 2))
    plan = planned(application("senior"), of=known(old))
    assert plan.refused == ()
    assert plan.accepted[0].supersedes == ((old.number, frozenset({"occupation:电工"})),)


def test_a_scope_already_released_is_not_taken_twice() -> None:
    """考§12: the card that took it over is the live one."""
    half = electrician(
        "24310020001",
        occupations=(ELECTRICIAN, WELDING),
        issued_on=date(2024, 1, 8),
        released=frozenset({"occupation:电工"}),
    )
    assert planned(application("standard"), of=known(half)).accepted[0].supersedes == ()


def test_a_card_may_take_over_from_two() -> None:
    """考§12: one renewal for the job types of two cards; the latest is the predecessor."""
    first = electrician("23310020001", issued_on=date(2023, 11, 20))
    second = electrician("24310020002", issued_on=date(2024, 1, 8), occupations=(WELDING,))
    plan = planned(application("standard", occupations="电工、焊工"), of=known(first, second))
    assert plan.accepted[0].supersedes == (
        (second.number, frozenset({"occupation:焊工"})),
        (first.number, frozenset({"occupation:电工"})),
    )


def test_a_live_higher_grade_is_not_doubled_by_a_lower_one() -> None:
    """考§3: a senior assesses all that a standard assessor may; an expired one may start lower."""
    senior = electrician("25310010001", issued_on=date(2025, 6, 2))
    expired = electrician("22310010001", issued_on=date(2022, 6, 2))
    assert refused_for(application("standard"), of=known(senior)) == ["higher-grade-held"]
    assert refused_for(application("standard"), of=known(expired)) == []


def test_a_card_dated_later_stands_in_the_way() -> None:
    """督§10: a successor takes effect after its predecessor."""
    later = card("R50260009", issued_on=date(2026, 12, 1), name="王小明")
    assert refused_for(application("external"), of=known(later)) == ["certification-not-new", "live-card-later"]


def test_other_scopes_do_not_conflict() -> None:
    """督§9: person × institution for internal cards; external and assessor cards stand beside them."""
    others = known(
        card("S500456260001", name="王小明"),
        card("R50260001", name="王小明"),
        card("26310020001", name="王小明", occupations=(WELDING,)),
    )
    plan = planned(application("internal"), of=others)
    assert plan.refused == ()
    assert plan.accepted[0].supersedes == ()


def test_another_name_for_a_known_identity_number_is_asked_about() -> None:
    old = card("R50230001", issued_on=date(2023, 11, 20), name="王晓明")
    assert warned_of(application("external"), of=known(old)) == ["name-differs"]


def test_every_refusal_speaks_two_languages_and_hides_the_identity_number() -> None:
    hopeless = application(
        "senior",
        resident_id=str(resident_id(date(1950, 1, 1))),
        theory_score=10,
        hr_staff="是",
        qualification_level=5,
        reviewed_by=None,
        certified_on="2030-01-01",
        number="26310010001",
        institution="500999",
    )
    problems = planned(hopeless, of=known(revoked("26310020001", date(2026, 8, 1)))).refused[0].problems
    assert len({p.code for p in problems}) == 9
    for problem in problems:
        assert problem.zh
        assert problem.en
        assert problem.article in problem.zh
        assert "19500101" not in problem.zh + problem.en
