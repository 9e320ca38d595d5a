"""The supervisors of an assessment: internal ones in time, external ones in turn. 督§3, §9, §12–15, 督附1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from service.domain.assessment.attendee import Attendee, ShownCard, Standing
from service.domain.assessment.gathering import Gathering, in_force, names_of
from service.domain.assessment.model import Role, Stage
from service.domain.assessment.ruling import Outcome, Ruling, listed
from service.domain.regulation import (
    INTERNAL_ARRIVES_MINUTES,
    MAX_VISITS_RUNNING,
    MIN_ASSESSMENT_EXTERNALS,
    MIN_ASSESSMENT_INTERNALS,
)
from service.domain.validity import SHANGHAI

_OUTCOMES: Final = {Standing.YES: Outcome.MET, Standing.UNSURE: Outcome.UNKNOWN, Standing.NO: Outcome.SHORT}


def internal_supervisor(gathering: Gathering) -> Iterator[Ruling]:
    """Require an internal supervisor with a valid card of the institution itself. 督附1(1), 督附1(7), 督§9."""
    count = gathering.count(Role.INTERNAL, lambda card: _own(card, gathering.assessment.institution))
    outcome = _OUTCOMES[count.standing(MIN_ASSESSMENT_INTERNALS)]
    more_zh, more_en = "", ""
    if outcome is Outcome.UNKNOWN:
        more_zh, more_en = f"，另有 {count.unsure} 名证卡状态不明", f", {count.unsure} more unsure"
    yield Ruling(
        "internal-supervisor",
        "督附1",
        outcome,
        f"持本机构有效证卡的内督 {count.sure} 名，应不少于 {MIN_ASSESSMENT_INTERNALS} 名{more_zh}",
        "internal supervisors with a valid card of the institution:"
        f" {count.sure}, of {MIN_ASSESSMENT_INTERNALS} at least{more_en}",
    )


def internal_in_time(gathering: Gathering) -> Iterator[Ruling]:
    """Require that an internal supervisor is there half an hour before the start. 督附1(1)."""
    assessment = gathering.assessment
    arrivals = [
        one.came_at
        for one in gathering.in_post(Role.INTERNAL)
        if one.came_at is not None and _may_supervise(one, assessment.institution)
    ]
    if gathering.stage is Stage.PLAN or not arrivals:
        return
    latest = assessment.starts_at - timedelta(minutes=INTERNAL_ARRIVES_MINUTES)
    first = min(arrivals)
    came, due = (moment.astimezone(SHANGHAI).strftime("%H:%M") for moment in (first, latest))
    yield Ruling(
        "internal-in-time",
        "督附1",
        Outcome.MET if first <= latest else Outcome.SHORT,
        f"内督应于考前 {INTERNAL_ARRIVES_MINUTES} 分钟（{due}）到场，最早 {came} 到场",
        f"an internal supervisor is there {INTERNAL_ARRIVES_MINUTES} minutes before the start, at {due}; the first "
        f"came at {came}",
    )


def internal_elsewhere(gathering: Gathering) -> Iterator[Ruling]:
    """Refuse internal cards of other institutions. 督§9."""
    foreign = names_of(
        one
        for one in gathering.in_post(Role.INTERNAL)
        if in_force(one) is not Standing.NO and not _may_supervise(one, gathering.assessment.institution)
    )
    if foreign:
        yield Ruling(
            "internal-elsewhere",
            "督§9",
            Outcome.SHORT,
            f"内督证卡仅限颁发机构内部使用，不是本机构颁发：{listed(foreign)}",
            f"an internal card counts only inside its issuer, which is another institution: {listed(foreign)}",
            foreign,
        )


def dispatched(gathering: Gathering) -> Iterator[Ruling]:
    """Require the dispatch of each external supervisor to the institution on the day. 督§3."""
    without = gathering.unrecorded(Role.EXTERNAL)
    if without:
        yield Ruling(
            "dispatched",
            "督§3",
            Outcome.UNKNOWN,
            f"没有当日到本机构的委派记录，请核对委派文件：{listed(without)}",
            f"no dispatch on record: check the order of {listed(without)}",
            without,
        )


def externals_together(gathering: Gathering) -> Iterator[Ruling]:
    """Warn of fewer than two external supervisors where any are sent (原则上由2名及以上外督组成). 督§15."""
    if not any(one.role is Role.EXTERNAL for one in gathering.people):
        return
    have = len({one.person for one in gathering.in_post(Role.EXTERNAL)})
    yield Ruling(
        "externals-together",
        "督§15",
        Outcome.MET if have >= MIN_ASSESSMENT_EXTERNALS else Outcome.WARNING,
        f"外督 {have} 名，同一场次原则上由 {MIN_ASSESSMENT_EXTERNALS} 名及以上组成",
        f"external supervisors: {have}; normally an assessment has {MIN_ASSESSMENT_EXTERNALS} or more",
    )


def rotation(gathering: Gathering) -> Iterator[Ruling]:
    """Refuse an external supervisor who visits the institution a third time running. 督§15."""
    again = names_of(one for one in gathering.in_post(Role.EXTERNAL) if one.running > MAX_VISITS_RUNNING)
    if again:
        yield Ruling(
            "third-visit-running",
            "督§15",
            Outcome.SHORT,
            f"同一名外督不得连续 3 次督导同一机构：{listed(again)}",
            f"nobody visits an institution three times running: {listed(again)}",
            again,
        )


def avoidance(gathering: Gathering) -> Iterator[Ruling]:
    """Warn of an external supervisor whom the institution employs or engages (回避). 督§12(4)."""
    own = names_of(one for one in gathering.in_post(Role.EXTERNAL) if one.is_employed_here)
    if own:
        yield Ruling(
            "avoidance",
            "督§12(4)",
            Outcome.WARNING,
            f"在本机构任职或受聘，应当回避：{listed(own)}",
            f"they work for the institution and should stand aside: {listed(own)}",
            own,
        )


def _own(card: ShownCard, institution: str) -> Standing:
    return Standing.YES if card.issuer == institution else Standing.NO


def _may_supervise(one: Attendee, institution: str) -> bool:
    return in_force(one) is not Standing.NO and one.card is not None and one.card.issuer == institution
