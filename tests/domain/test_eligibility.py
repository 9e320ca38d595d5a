from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from service.domain.application import Cell
from service.domain.card import CardStatus
from service.domain.eligibility.case import Known, KnownCard
from tests.domain.applicants import (
    CHONGQING,
    EXCEPTION,
    ISSUED_ON,
    ROWS,
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
from tests.domain.sample_cards import SCHOOL, card, jurisdiction

OTHER_SCHOOL = replace(SCHOOL, code="500456", name="重庆市另一培训学校")


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


def test_the_application_date_is_mandatory_where_the_age_is_near_the_limit() -> None:
    """督§6(4), 考§7(1)4: the age counts on 申报日期, and the certification date stands in only far from the limit."""
    for order, (far, near, over) in {1: (1962, 1961, 1960), 2: (1967, 1966, 1965)}.items():
        for year, codes in (
            (far, []),
            (near, ["application-date-missing"]),
            (over, ["age-over-limit", "application-date-missing"]),
        ):
            born = str(resident_id(date(year, 10, 1) if year != far else date(year, 10, 11), order))
            for kind in ("external", "standard"):
                assert refused_for(application(kind, resident_id=born, applied_on=None)) == codes, (born, kind)
    dated = application("external", resident_id=str(resident_id(date(1960, 9, 2), 1)), applied_on="2026-09-01")
    assert refused_for(dated) == []


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
    assert refused_for(application("standard", hr_staff="是")) == ["hr-staff"]
    assert refused_for(application("standard", hr_staff="是", **EXCEPTION)) == ["hr-staff"]


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


def test_the_bar_runs_from_the_day_of_the_decision() -> None:
    """考§21: 资格被取消之日起, however late the decision was entered."""
    entered = revoked("22310020001", date(2026, 8, 1), issued_on=date(2022, 9, 1))
    record = Known((KnownCard(entered, decided_on=date(2023, 6, 1)),))
    assert refused_for(application("standard"), of=record) == []
    assert refused_for(application("standard"), of=Known((KnownCard(entered),))) == ["barred"]
    warned = planned(application("standard"), of=record).warnings[0].problems[0]
    assert warned.code == "record-cancelled-card"
    assert "2023-06-01" in warned.zh


def test_only_the_cancellation_of_a_card_bars() -> None:
    """考§21(2): who falsifies before a card exists is refused, and may apply again; a voided card bars nobody."""
    voided = electrician(
        "26310020001", issued_on=date(2026, 8, 1), status=CardStatus.VOIDED, status_on=date(2026, 8, 2)
    )
    superseded = electrician(
        "22310020001",
        issued_on=date(2022, 8, 1),
        status=CardStatus.SUPERSEDED,
        status_on=date(2026, 8, 2),
        released=frozenset({"occupation:电工"}),
    )
    for record in (Known(), known(voided), known(superseded)):
        assert "barred" not in refused_for(application("standard", occupations="焊工"), of=record)
    cancelled = revoked("26310020001", date(2026, 8, 2), issued_on=date(2026, 8, 1))
    assert refused_for(application("standard", occupations="焊工"), of=known(cancelled)) == ["barred"]


def test_the_bar_is_for_assessors_cancelled_as_assessors() -> None:
    """考§21, 督§6(4): a supervisor's cancellation is a matter of record, and bars nobody."""
    as_supervisor = known(revoked("R50260009", date(2026, 8, 1)))
    as_assessor = known(revoked("26310020001", date(2026, 8, 1)))
    assert refused_for(application("standard"), of=as_supervisor) == []
    assert refused_for(application("external"), of=as_assessor) == []
    assert refused_for(application("external"), of=as_supervisor) == []
    assert warned_of(application("external"), of=as_supervisor) == ["record-cancelled-card"]


# Reviewer, dates, issuer, institution, number


def test_somebody_named_confirms_what_no_spreadsheet_shows() -> None:
    """督§6, 考§7(1), 考§8: a reviewer for the row or for the batch."""
    for kind, article in (("external", "督§6"), ("standard", "考§7(1)、考§8")):
        unreviewed = application(kind, reviewed_by=None)
        refusal = planned(unreviewed).refused[0]
        assert [(p.code, p.article) for p in refusal.problems] == [("reviewer-missing", article)]
        assert planned(unreviewed, under=policy(reviewer="陈主任")).accepted[0].reviewed_by == "陈主任"
    assert planned(application("external"), under=policy(reviewer="陈主任")).accepted[0].reviewed_by == "李审核"


@pytest.mark.parametrize("kind", ROWS)
def test_only_who_has_been_certified_gets_a_card(kind: str) -> None:
    """督§9, 考§12: 认证合格 — certified, passed in every subject, and before the card."""
    assert problems(kind, certified_on=None) == [("certified_on", "cell-missing")]
    assert "date-after-issue" in refused_for(application(kind, certified_on=date(2026, 11, 3)))
    subjects = [field for field in ("score", "theory_score", "skill_score", "review_score") if field in ROWS[kind]]
    assert subjects
    for subject in subjects:
        assert "score-below-pass" in refused_for(application(kind, **{subject: "59.99"}))


@pytest.mark.parametrize("field", ["certified_on", "applied_on"])
def test_nothing_is_certified_in_the_future(field: str) -> None:
    """督§7, 考§8: nor applied for after the card."""
    assert "date-after-issue" in refused_for(application("external", **{field: date(2026, 11, 3)}))
    assert "date-after-issue" not in refused_for(application("external", **{field: ISSUED_ON}))


def told(kind: str, of: Known | None = None, /, **changes: Cell) -> list[tuple[str, str, str]]:
    """Code, article and Chinese of every refusal of one application."""
    plan = planned(application(kind, **changes), of=of)
    return [(p.code, p.article, p.zh) for refusal in plan.refused for p in refusal.problems]


def test_applying_after_the_certification_is_refused() -> None:
    """督§7, 考§8: one applies first."""
    for kind, article in (("external", "督§7"), ("standard", "考§8")):
        ((code, cited, zh),) = told(kind, applied_on=date(2026, 10, 11))
        assert (code, cited) == ("applied-after-certification", article)
        assert "2026-10-11" in zh
        assert "2026-10-10" in zh
        assert told(kind, applied_on=date(2026, 10, 10)) == []


@pytest.mark.parametrize(
    ("changes", "code", "dates"),
    [
        ({"certified_on": date(2025, 11, 2), "applied_on": None}, None, ()),  # twelve months to the day
        (
            {"certified_on": date(2025, 11, 1), "applied_on": None},
            "certification-too-old",
            ("2025-11-01", "2026-11-02"),
        ),
        ({"certified_on": date(2013, 6, 1), "applied_on": None}, "certification-too-old", ("2013-06-01", "2026-11-02")),
        ({"applied_on": date(2025, 10, 10)}, None, ()),
        ({"applied_on": date(2025, 10, 9)}, "application-too-old", ("2025-10-09", "2026-10-10")),
        ({"applied_on": date(2015, 3, 1)}, "application-too-old", ("2015-03-01", "2026-10-10")),
    ],
)
def test_application_certification_and_issue_lie_within_a_year(
    changes: dict[str, Cell], code: str | None, dates: tuple[str, ...]
) -> None:
    """督§7, 督§9, 考§8, 考§12: or a notice of the certification, named in the row or for the batch, allows it."""
    for kind in ("external", "standard"):
        found = told(kind, **changes)
        assert [one for one, _, _ in found] == ([] if code is None else [code])
        for _, article, zh in found:
            assert article in ({"督§9", "督§7"} if kind == "external" else {"考§12", "考§8"})
            assert all(one in zh for one in dates)
        assert told(kind, **changes, notice="渝职鉴发〔2026〕12号") == []
        assert refused_for(application(kind, **changes), under=policy(notice="渝职鉴发〔2026〕12号")) == []


def test_how_long_a_certification_counts_is_the_jurisdictions() -> None:
    """督§9, 考§12."""
    under = policy(jurisdiction=structs.replace(CHONGQING, certification_months=24, application_months=1))
    old = application("external", certified_on=date(2025, 1, 5), applied_on=date(2024, 12, 5))
    assert refused_for(old, under=under) == []
    early = application("external", certified_on=date(2025, 1, 5), applied_on=date(2024, 12, 4))
    assert refused_for(early, under=under) == ["application-too-old"]


@pytest.mark.parametrize(
    ("born_on", "code"),
    [
        (date(2035, 1, 1), "born-after-application"),
        (date(2026, 9, 1), "born-after-application"),  # on the day itself
        (date(2026, 8, 31), "age-under-limit"),
        (date(2010, 9, 2), "age-under-limit"),
        (date(2010, 9, 1), None),
    ],
)
def test_applicants_are_born_and_sixteen(born_on: date, code: str | None) -> None:
    """督§6(4), 考§7(1)4: who applied on 2026-09-01."""
    for kind, article in (("external", "督§6(4)"), ("standard", "考§7(1)4")):
        years: dict[str, Cell] = {"occupation_years": None} if kind == "standard" else {}
        found = told(kind, resident_id=str(resident_id(born_on)), **years)
        found = [one for one in found if one[0] != "cell-missing"]
        assert [one[:2] for one in found] == ([] if code is None else [(code, article)])
        for _, _, zh in found:
            assert f"{born_on}" in zh
            assert "2026-09-01" in zh


@pytest.mark.parametrize("field", ["occupation_years", "qualification_years", "assessor_years"])
def test_nobody_has_worked_longer_than_since_the_sixteenth_birthday(field: str) -> None:
    """考§7(2)1–3: years of work, of a certificate and of a card, inclusive."""
    born = str(resident_id(date(2000, 9, 1)))  # 16 on 2016-09-01, ten years before applying
    longest: dict[str, Cell] = {"resident_id": born, field: "10年"}
    assert told("senior", **longest) == []
    ((code, article, zh),) = told("senior", **{**longest, field: "10年1个月"})
    assert (code, article) == ("years-impossible", "考§7(2)1")
    assert "2016-09-01" in zh
    assert "2026-09-01" in zh


def test_a_renewal_states_its_application_date() -> None:
    """督§10, 考§12: it is an application of its own, not the certification again."""
    old = card("R50230001", issued_on=date(2023, 11, 20), name="王小明")
    ((code, article, zh),) = told("external", known(old), applied_on=None)
    assert (code, article) == ("application-date-missing", "督§10")
    assert "2026-11-20" in zh
    assert "2026-10-10" in zh
    assert told("external", known(old)) == []
    standard = electrician("23310020001", issued_on=date(2023, 11, 20))
    assert [one[:2] for one in told("standard", known(standard), applied_on=None)] == [
        ("application-date-missing", "考§12")
    ]
    assert told("senior", known(standard), applied_on=None) == [], "a promotion is no renewal"


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
    assert len({p.code for p in problems}) == 10
    for problem in problems:
        assert problem.zh
        assert problem.en
        assert problem.article in problem.zh
        assert "19500101" not in problem.zh + problem.en
