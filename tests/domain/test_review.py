"""督§16, 督§17, 督§20, 督附2; 考§17, 考§18, 考§19, 考§20, 考附1: sheets, results, warnings, who enters them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.domain.forms import FormName, ReviewForm
from service.domain.issuer import CENTRE
from service.domain.kinds import ASSESSOR_KINDS, CardKind
from service.domain.review import (
    Entry,
    EntryKind,
    Grade,
    RecordRefused,
    case_ground,
    check_body,
    check_evaluation,
    check_points,
    check_warning,
    evaluation_article,
    grade_of,
    items_of,
    keepers_of,
    opens_case,
    sheet_of,
    steps_of,
)
from service.flows.shipped import shipped_forms

SUPERVISOR = shipped_forms().supervisor_review
ASSESSOR = shipped_forms().assessor_review
FULL = tuple(item.points for item in items_of(ASSESSOR))
SCHOOL = "500123"
DISTRICT = "渝北区人力资源和社会保障局"


def entry(
    kind: EntryKind = EntryKind.EVALUATION,
    outcome: Grade | None = Grade.FAILED,
    *,
    by: str = "张主任",
    note: str = "现场核查",
) -> Entry:
    return Entry(kind=kind, article="督§17", on=date(2026, 5, 6), body=CENTRE, by=by, note=note, outcome=outcome)


def code_of(*points: int) -> str:
    with pytest.raises(RecordRefused) as refused:
        check_points(ASSESSOR, points)
    return refused.value.code


@pytest.mark.parametrize("form", [SUPERVISOR, ASSESSOR], ids=lambda form: form.annex)
def test_a_full_sheet_and_an_empty_one_are_taken(form: ReviewForm) -> None:
    """督附2, 考附1: whole points from nothing to each item's most."""
    items = items_of(form)
    check_points(form, [item.points for item in items])
    check_points(form, [0] * len(items))


def test_only_two_items_have_steps() -> None:
    """考附1: the steps stand in the two items' own text."""
    assert [steps_of(item) for item in items_of(ASSESSOR)[-2:]] == [(20, 10, 5, 0), (10, 5, 2, 0)]
    assert not any(map(steps_of, (*items_of(ASSESSOR)[:-2], *items_of(SUPERVISOR))))


@pytest.mark.parametrize(("place", "points"), [(-2, 19), (-2, 15), (-2, 2), (-1, 9), (-1, 4), (0, 5), (0, -1)])
def test_points_between_the_steps_or_above_the_most_are_refused(place: int, points: int) -> None:
    """考附1: 20/10/5/0 and 10/5/2/0 only, and never more than the item's most."""
    given = list(FULL)
    given[place] = points
    assert code_of(*given) == "sheet-points"


def test_everything_wrong_with_a_sheet_is_told_at_once() -> None:
    """考附1: one refusal names all items."""
    with pytest.raises(RecordRefused) as refused:
        check_points(ASSESSOR, (5, 4, *FULL[2:-1], 3))
    assert refused.value.zh == "第 1 项 5 分，应为 0–4；第 2 项 4 分，应为 0–3；第 17 项 3 分，应为 10/5/2/0"


def test_a_sheet_has_points_for_every_item() -> None:
    """督附2, 考附1: none left out, none too many."""
    assert code_of(*FULL[:-1]) == code_of(*FULL, 0) == "sheet-items"


@pytest.mark.parametrize(
    ("total", "supervisor", "assessor"),
    [
        (100, Grade.EXCELLENT, Grade.PASSED),
        (90, Grade.EXCELLENT, Grade.PASSED),
        (89, Grade.PASSED, Grade.PASSED),
        (60, Grade.PASSED, Grade.PASSED),
        (59, Grade.FAILED, Grade.FAILED),
        (0, Grade.FAILED, Grade.FAILED),
    ],
)
def test_grades_of_both_sheets(total: int, supervisor: Grade, assessor: Grade) -> None:
    """督附2: 100–90, 89–60, 59 and below; 考附1: 60 and above, else not."""
    assert grade_of(FormName.SUPERVISOR_REVIEW, total) is supervisor
    assert grade_of(FormName.ASSESSOR_REVIEW, total) is assessor


@pytest.mark.parametrize("kind", CardKind)
def test_an_annual_review_has_no_excellent(kind: CardKind) -> None:
    """督§17 has three results, 考§18 two."""
    assert evaluation_article(kind) == ("考§18" if kind.is_assessor else "督§17")
    check_evaluation(kind, Grade.FAILED)
    if kind.is_assessor:
        with pytest.raises(RecordRefused):
            check_evaluation(kind, Grade.EXCELLENT)
    else:
        check_evaluation(kind, Grade.EXCELLENT)


def test_a_failed_evaluation_and_a_failed_sheet_of_a_supervisor_open_a_case() -> None:
    """督§16, 督§17, 督§19(1), 考§18, 考§21(1): a person decides on it. 考附1 is not the annual review."""
    assert opens_case(entry())
    assert not opens_case(entry(outcome=Grade.PASSED))
    sheet = entry(EntryKind.REVIEW)
    assert opens_case(replace(sheet, article="督附2"))
    assert not opens_case(replace(sheet, article="考附1"))
    assert not opens_case(replace(sheet, article="督附2", outcome=Grade.PASSED))
    assert str(case_ground(CardKind.INTERNAL)) == "督§19(1)"
    assert str(case_ground(CardKind.SENIOR)) == "考§21(1)"


def test_warnings_have_five_grounds_and_are_for_assessors() -> None:
    """考§20(1)–(5)."""
    assert [check_warning(CardKind.STANDARD, f"考§20（{item}）") for item in range(1, 6)] == [
        f"考§20({item})" for item in range(1, 6)
    ]
    for kind, text in (
        (CardKind.STANDARD, "考§20(6)"),
        (CardKind.STANDARD, "考§21(1)"),
        (CardKind.EXTERNAL, "考§20(1)"),
    ):
        with pytest.raises(RecordRefused):
            check_warning(kind, text)


@pytest.mark.parametrize("kind", [EntryKind.WARNING, EntryKind.REWARD, EntryKind.SANCTION])
def test_a_warning_reward_or_sanction_says_who_and_what_for(kind: EntryKind) -> None:
    """督§20, 考§19, 考§20."""
    entry(kind, None)
    with pytest.raises(RecordRefused):
        entry(kind, None, by=" ")
    with pytest.raises(RecordRefused):
        entry(kind, None, note=" ")


@pytest.mark.parametrize("what", EntryKind)
def test_who_may_enter_what(what: EntryKind) -> None:
    """督§4, 督§20, 考§17–§20: authorities, issuing institutions, who engages; for rewards the centre too."""

    def may(kind: CardKind, issuer: str, body: str) -> bool:
        try:
            check_body(what, kind, issuer, body)
        except RecordRefused:
            return False
        return True

    assert may(CardKind.EXTERNAL, CENTRE, CENTRE)
    assert may(CardKind.EXTERNAL, CENTRE, DISTRICT)
    assert not may(CardKind.EXTERNAL, CENTRE, SCHOOL)
    check_body(what, CardKind.EXTERNAL, CENTRE, SCHOOL, engaged_as_internal=True)  # 督§14
    assert may(CardKind.INTERNAL, SCHOOL, SCHOOL)
    assert not may(CardKind.INTERNAL, SCHOOL, "500777")
    assert not may(CardKind.INTERNAL, SCHOOL, CENTRE)
    for kind in ASSESSOR_KINDS:
        assert may(kind, CENTRE, SCHOOL)
        assert not may(kind, CENTRE, DISTRICT)
        assert may(kind, CENTRE, CENTRE) is (what in {EntryKind.REWARD, EntryKind.SANCTION})


def test_the_work_of_each_holder_is_marked_on_the_sheet_of_its_rule() -> None:
    """督§16, 考§17: supervisors on 督附2, internal ones too, assessors on 考附1."""
    sheets = {kind: sheet_of(kind) for kind in CardKind}
    assert {kind for kind, sheet in sheets.items() if sheet is FormName.ASSESSOR_REVIEW} == set(ASSESSOR_KINDS)
    assert sheets[CardKind.EXTERNAL] is sheets[CardKind.INTERNAL] is FormName.SUPERVISOR_REVIEW


def test_who_keeps_the_record() -> None:
    """督§4, 考§17: authorities for external supervisors, the issuer for internal ones, who engages an assessor."""
    assert "市职鉴中心和区县" in keepers_of(CardKind.EXTERNAL)[0]
    assert "颁证的鉴定评价机构" in keepers_of(CardKind.INTERNAL)[0]
    assert {keepers_of(kind) for kind in ASSESSOR_KINDS} == {keepers_of(CardKind.SENIOR)}
