"""The assessors of an assessment: how many of which grade for which job, and who leads them. 考§3, §4, §6, §14–16."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from service.domain.assessment.attendee import Attendee, ShownCard, Standing, strongest, weakest
from service.domain.assessment.gathering import Count, Gathering, in_force, names_of
from service.domain.assessment.model import Job, Part, Role
from service.domain.assessment.ruling import Outcome, Ruling, listed
from service.domain.fitness import LEVEL_NAMES
from service.domain.kinds import CardKind
from service.domain.regulation import (
    MIN_ASSESSMENT_ASSESSORS,
    MIN_REVIEW_SENIORS,
    MIN_THEORY_MARKERS,
    UNRULED_LEVELS,
)

_OUTCOMES: Final = {Standing.YES: Outcome.MET, Standing.UNSURE: Outcome.UNKNOWN, Standing.NO: Outcome.SHORT}
_LED: Final = {
    Standing.YES: ("已有", "one does"),
    Standing.UNSURE: ("不能确认", "cannot be told"),
    Standing.NO: ("没有", "none does"),
}


def skill_assessors(gathering: Gathering) -> Iterator[Ruling]:
    """Require three assessors for each job type and level whose skills are assessed. 考§6.

    An assessor counts for each that the card covers.
    """
    for job in gathering.assessment.jobs:
        if Part.SKILL in job.parts:
            count = gathering.count(Role.ASSESSOR, partial(_covers, job))
            what = ("技能考核考评人员", "assessors for the skills")
            yield _enough("skill-assessors", "考§6", job, count, MIN_ASSESSMENT_ASSESSORS, what)


def review_group(gathering: Gathering) -> Iterator[Ruling]:
    """Require three senior assessors to review technicians, one of them leading. 考§14(4).

    The rule knows reviews of 技师 and 高级技师; for whom else there is one, it does not say.
    """
    for job in gathering.assessment.jobs:
        if Part.REVIEW not in job.parts:
            continue
        count = gathering.count(Role.ASSESSOR, partial(_is_senior_for, job))
        what = ("综合评审高级考评员", "senior assessors for the review")
        yield _enough("review-group", "考§14(4)", job, count, MIN_REVIEW_SENIORS, what)
        leading = strongest(_leads(one, job) for one in gathering.there if one.role is Role.LEADER)
        name_zh, name_en = _named(job)
        yield Ruling(
            "review-leader",
            "考§14(4)",
            _OUTCOMES[leading],
            f"{name_zh}综合评审由高级考评员任组长：{_LED[leading][0]}",
            f"{name_en}, a senior assessor leads the review: {_LED[leading][1]}",
        )


def theory_markers(gathering: Gathering) -> Iterator[Ruling]:
    """Require two assessors to mark the theory papers, unless a machine does.

    Marking is assessing: a card reaches no further here than the levels of its grade (考§2, 考§3). 考§14(5).
    """
    for job in gathering.assessment.jobs:
        if job.is_marked_by_hand:
            count = gathering.count(Role.ASSESSOR, partial(_covers, job))
            what = ("理论阅卷考评人员", "assessors to mark the theory")
            yield _enough("theory-markers", "考§14(5)", job, count, MIN_THEORY_MARKERS, what)


def leader(gathering: Gathering) -> Iterator[Ruling]:
    """Require one leader of the assessors, whom the institution names: not none, and not two. 考§15, 考§14(4)."""
    leaders = tuple(one for one in gathering.there if one.role is Role.LEADER)
    names, how_many = names_of(leaders), len({one.person for one in leaders})
    if how_many == 1:
        zh, en = f"考评组长：{listed(names)}", f"leader of the assessors: {listed(names)}"
    elif how_many == 0:
        zh, en = "没有考评组长，应由机构指定", "no leader of the assessors: the institution names one"
    else:
        zh = f"考评组长只能有 1 名，现有 {how_many} 名：{listed(names)}"
        en = f"one leads the assessors, not {how_many}: {listed(names)}"
    yield Ruling("leader", "考§15", Outcome.MET if how_many == 1 else Outcome.SHORT, zh, en, names)


def within_scope(gathering: Gathering) -> Iterator[Ruling]:
    """Refuse assessors whose card covers none of what the assessment assesses. 考§2, 考§3."""
    # Who has no card in force is another rule's to refuse.
    shown = [one for one in gathering.in_post(Role.ASSESSOR) if in_force(one) is not Standing.NO]
    fit = {one.person for one in shown if one.card is not None and _is_useful(one.card, gathering.assessment.jobs)}
    beyond = names_of(one for one in shown if one.person not in fit)
    if beyond:
        yield Ruling(
            "assessor-scope",
            "考§3",
            Outcome.SHORT,
            f"证卡的职业（工种）和等级不含本场次任何考评项目：{listed(beyond)}",
            f"the card covers none of the assessment's job types and levels: {listed(beyond)}",
            beyond,
        )


def engaged(gathering: Gathering) -> Iterator[Ruling]:
    """Require an engagement, or in-house staff: without a record of either nobody can tell. 考§4, 考§16."""
    without = gathering.unrecorded(Role.ASSESSOR)
    if without:
        yield Ruling(
            "engaged",
            "考§4",
            Outcome.UNKNOWN,
            f"没有受聘于本机构的记录，请核对聘用合同，在职职工请核对在职证明（考§16）：{listed(without)}",
            f"no engagement on record: check the contract, or that they are in-house staff (考§16): {listed(without)}",
            without,
        )


def assessors_a_candidate(gathering: Gathering) -> Iterator[Ruling]:
    """Warn of fewer assessors than the national standard of the job type asks for, where stated. 督附1(3)."""
    for job in gathering.assessment.jobs:
        if job.candidates is None or job.per_assessor is None:
            continue
        need = -(-job.candidates // job.per_assessor)
        have = gathering.count(Role.ASSESSOR, partial(_covers, job)).sure
        if have < need:
            zh, en = _named(job)
            yield Ruling(
                "assessor-ratio",
                "督附1",
                Outcome.WARNING,
                f"{zh}：考生 {job.candidates} 人，按 1:{job.per_assessor} 应有考评人员 {need} 名，现有 {have} 名",
                f"{en}: {job.candidates} candidates, {job.per_assessor} an assessor: "
                f"{need} assessors needed, have {have}",
            )


def _enough(rule: str, article: str, job: Job, count: Count, need: int, what: tuple[str, str]) -> Ruling:
    zh, en = _named(job)
    outcome = _OUTCOMES[count.standing(need)]
    unruled = job.level in UNRULED_LEVELS
    more_zh, more_en = "", ""
    if outcome is Outcome.UNKNOWN:
        more_zh = "（规程未规定此等级由谁考评）" if unruled else f"，另有 {count.unsure} 名证卡状态不明"
        more_en = (
            " (the regulation does not say who assesses this level)" if unruled else f", {count.unsure} more unsure"
        )
    return Ruling(
        rule,
        article,
        outcome,
        f"{zh}{what[0]} {count.sure} 名，应不少于 {need} 名{more_zh}",
        f"{en}, {what[1]}: {count.sure}, of {need} at least{more_en}",
    )


def _covers(job: Job, card: ShownCard) -> Standing:
    return card.covers(job)


def _is_senior_for(job: Job, card: ShownCard) -> Standing:
    return card.covers(job) if card.kind is CardKind.SENIOR else Standing.NO


def _named(job: Job) -> tuple[str, str]:
    level_zh, level_en = LEVEL_NAMES[job.level]
    return f"“{job.occupation.name}”{level_zh}", f"{job.occupation.name}, {level_en}"


def _leads(one: Attendee, job: Job) -> Standing:
    return Standing.NO if one.card is None else weakest(in_force(one), _is_senior_for(job, one.card))


def _is_useful(card: ShownCard, jobs: tuple[Job, ...]) -> bool:
    return any(card.covers(job) is not Standing.NO for job in jobs)
