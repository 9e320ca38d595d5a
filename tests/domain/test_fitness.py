from __future__ import annotations

from datetime import date

import pytest

from service.domain.card_view import CardView, view_of
from service.domain.fitness import Answer, Dispatch, Duty, Engagement, FitForDuty, fit_for_duty
from service.domain.kinds import CardKind, SkillLevel
from tests.domain.sample_cards import ALL_KINDS, MILLING, WELDING, card

ON = date(2026, 6, 1)
PLACE = "500123"
ENGAGED = Engagement(PLACE, date(2026, 4, 1), date(2027, 3, 31))

YES = {
    CardKind.SPECIAL_SKILL: {SkillLevel.SPECIAL},
    CardKind.STANDARD: {SkillLevel.SPECIAL, SkillLevel.FIVE, SkillLevel.FOUR, SkillLevel.THREE},
    CardKind.SENIOR: set(SkillLevel) - {SkillLevel.TE, SkillLevel.SHOUXI},
}


def view(kind: CardKind, **changes: object) -> CardView:
    return view_of(card(ALL_KINDS[kind], **changes), None)


def ask(of: CardView, duty: Duty) -> FitForDuty:
    return fit_for_duty(of, duty, ON, engagements=[ENGAGED])


def articles(fit: FitForDuty) -> list[str]:
    return [reason.article for reason in fit.reasons]


@pytest.mark.parametrize("kind", YES)
@pytest.mark.parametrize("level", SkillLevel)
def test_what_each_grade_may_assess(kind: CardKind, level: SkillLevel) -> None:
    """考§3: 专项 only; 专项 and levels 5, 4, 3; all. 特级 and 首席技师 are not ruled, so never yes."""
    fit = ask(view(kind), Duty(PLACE, "铣工", level))
    if level in {SkillLevel.TE, SkillLevel.SHOUXI}:
        assert fit.answer is Answer.UNKNOWN
        assert "规程未规定" in fit.reasons[0].zh
    else:
        assert fit.answer is (Answer.YES if level in YES[kind] else Answer.NO)
    assert "考§3" in articles(fit)


@pytest.mark.parametrize("asked", ["铣工", " 铣工 ", "6-18-01-02"])
def test_the_cards_own_job_types_count(asked: str) -> None:
    """考§2: 在规定职业（工种）及其资格级别范围内, by name or code."""
    assert ask(view(CardKind.STANDARD), Duty(PLACE, asked, SkillLevel.FOUR)).answer is Answer.YES


@pytest.mark.parametrize("asked", ["焊工", "铣", "6-18-01-03", "数控铣工", ""])
def test_a_related_occupation_is_for_a_person_to_judge(asked: str) -> None:
    """考§2: not the card's job type, so no."""
    fit = ask(view(CardKind.STANDARD), Duty(PLACE, asked, SkillLevel.FOUR))
    assert (fit.answer, articles(fit)) == (Answer.NO, ["考§2"])


def test_a_job_type_taken_over_by_a_later_card_counts_there() -> None:
    """考§12: on renewal of one of two job types the old card no longer counts for it."""
    old = view(CardKind.STANDARD, occupations=(MILLING, WELDING), released=frozenset({"occupation:铣工"}))
    assert ask(old, Duty(PLACE, "铣工", SkillLevel.FOUR)).answer is Answer.NO
    assert ask(old, Duty(PLACE, "焊工", SkillLevel.FOUR)).answer is Answer.YES


@pytest.mark.parametrize(
    "engagement",
    [
        Engagement("500124", date(2026, 4, 1), None),
        Engagement(PLACE, date(2026, 6, 2), None),
        Engagement(PLACE, date(2025, 4, 1), date(2026, 5, 31)),
    ],
)
def test_without_a_contract_in_force_it_cannot_be_told(engagement: Engagement) -> None:
    """考§4: 受聘于鉴定评价机构; no record is unknown, not no. 考§16: the contract has a term."""
    duty = Duty(PLACE, "铣工", SkillLevel.FOUR)
    fit = fit_for_duty(view(CardKind.STANDARD), duty, ON, engagements=[engagement])
    assert (fit.answer, articles(fit)) == (Answer.UNKNOWN, ["考§4"])


def test_in_house_staff_need_no_contract() -> None:
    """考§16: 在职职工的，双方可不再签订聘用合同 — in their own institution."""
    duty = Duty(PLACE, "铣工", SkillLevel.FOUR)
    staff = view(CardKind.STANDARD, institution=PLACE, in_house=True)
    fit = fit_for_duty(staff, duty, ON)
    assert (fit.answer, articles(fit)) == (Answer.YES, ["考§2", "考§3", "考§16"])
    elsewhere = view(CardKind.STANDARD, institution="500124", in_house=True)
    assert fit_for_duty(elsewhere, duty, ON).answer is Answer.UNKNOWN
    outside = view(CardKind.STANDARD, institution=PLACE, in_house=False)
    assert fit_for_duty(outside, duty, ON).answer is Answer.UNKNOWN
    assert "考§16" not in fit_for_duty(outside, duty, ON).reasons[0].zh


def test_who_is_in_house_staff_is_known_to_the_register_only() -> None:
    """考§16: without the register the card may be a staff member's, so it is unknown and both papers are named."""
    fit = fit_for_duty(view(CardKind.STANDARD, institution=PLACE), Duty(PLACE, "铣工", SkillLevel.FOUR), ON)
    assert (fit.answer, articles(fit)) == (Answer.UNKNOWN, ["考§4"])
    assert "聘用合同；本机构在职职工无需合同" in fit.reasons[0].zh


def test_an_external_supervisor_is_sent() -> None:
    """督§3: 外督实行委派制 — to this place on this day; no record is unknown."""
    of = view(CardKind.EXTERNAL)
    assert fit_for_duty(of, Duty(PLACE), ON, dispatches=[Dispatch(PLACE, ON)]).answer is Answer.YES
    for other in (Dispatch("500124", ON), Dispatch(PLACE, date(2026, 6, 2))):
        fit = fit_for_duty(of, Duty(PLACE), ON, dispatches=[other])
        assert (fit.answer, articles(fit)) == (Answer.UNKNOWN, ["督§3", "督§14"])
    nowhere = fit_for_duty(of, Duty(), ON, dispatches=[Dispatch(PLACE, ON)])
    assert (nowhere.answer, articles(nowhere)) == (Answer.UNKNOWN, ["督§3"])


def test_an_external_supervisor_engaged_as_internal_one_works_inside_with_the_external_card() -> None:
    """督§14: by a 责任书; without one on record it is unknown, and said which paper to look at."""
    of = view(CardKind.EXTERNAL)
    engaged = fit_for_duty(of, Duty(PLACE), ON, engagements=[ENGAGED])
    assert (engaged.answer, articles(engaged)) == (Answer.YES, ["督§14"])
    elsewhere = fit_for_duty(of, Duty("500124"), ON, engagements=[ENGAGED])
    assert (elsewhere.answer, articles(elsewhere)) == (Answer.UNKNOWN, ["督§3", "督§14"])
    assert "请核对工作责任书" in elsewhere.reasons[1].zh
    assert not elsewhere.reasons[1].is_about_scope
    sent = fit_for_duty(of, Duty(PLACE), ON, engagements=[ENGAGED], dispatches=[Dispatch(PLACE, ON)])
    assert (sent.answer, articles(sent)) == (Answer.YES, ["督§3"])


@pytest.mark.parametrize(("place", "answer"), [(PLACE, Answer.YES), ("500124", Answer.NO), (None, Answer.UNKNOWN)])
def test_an_internal_card_counts_inside_its_issuer(place: str | None, answer: Answer) -> None:
    """督§9: 内督证卡仅限颁证鉴定评价机构内部使用; an engagement elsewhere changes nothing."""
    elsewhere = Engagement("500124", date(2026, 1, 1), None)
    fit = fit_for_duty(view(CardKind.INTERNAL), Duty(place), ON, engagements=[elsewhere])
    assert (fit.answer, articles(fit)) == (answer, ["督§9"])


@pytest.mark.parametrize(
    ("duty", "cited"),
    [
        (Duty(None, "铣工", SkillLevel.FOUR), ["考§4"]),
        (Duty(PLACE, None, SkillLevel.FOUR), ["考§2"]),
        (Duty(PLACE, "铣工", None), ["考§3"]),
        (Duty(), ["考§2", "考§3", "考§4"]),
    ],
)
def test_what_was_not_asked_cannot_be_answered(duty: Duty, cited: list[str]) -> None:
    """考§2, 考§3, 考§4: all three must hold for a yes."""
    fit = ask(view(CardKind.STANDARD), duty)
    assert (fit.answer, articles(fit)) == (Answer.UNKNOWN, cited)


def test_a_no_outweighs_what_is_not_known() -> None:
    """考§2, 考§3: one rule broken is enough."""
    fit = ask(view(CardKind.SPECIAL_SKILL), Duty(None, "铣工", SkillLevel.ONE))
    assert (fit.answer, articles(fit)) == (Answer.NO, ["考§3", "考§4"])


def test_json_gives_the_articles() -> None:
    """考§3: every reason with its article."""
    fit = ask(view(CardKind.STANDARD), Duty(PLACE, "铣工", SkillLevel.ONE)).as_json()
    assert fit["answer"] == "no"
    assert fit["reasons"] == [
        {
            "article": "考§3",
            "zh": "考评员不得考评一级/高级技师",
            "en": "level 1 (senior technician) is beyond the grade: assessor",
        }
    ]
