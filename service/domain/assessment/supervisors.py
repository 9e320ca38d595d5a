"""The supervisors of an assessment: internal ones in time, external ones in turn. 督§3, §9, §12–15, 督附1."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from service.domain.assessment.attendee import Attendee, Standing, weakest
from service.domain.assessment.gathering import Gathering, in_force, names_of
from service.domain.assessment.model import Role, Stage
from service.domain.assessment.ruling import Outcome, Ruling, listed
from service.domain.kinds import CardKind
from service.domain.regulation import (
    INTERNAL_ARRIVES_MINUTES,
    MAX_VISITS_RUNNING,
    MIN_ASSESSMENT_EXTERNALS,
    MIN_ASSESSMENT_INTERNALS,
)
from service.domain.validity import SHANGHAI

_OUTCOMES: Final = {Standing.YES: Outcome.MET, Standing.UNSURE: Outcome.UNKNOWN, Standing.NO: Outcome.SHORT}


def internal_supervisor(gathering: Gathering) -> Iterator[Ruling]:
    """Require an internal supervisor with a valid card of the institution itself (督§9).

    Who holds an external card and is engaged as internal supervisor counts with that card (督§14). 督附1(1), 督附1(7).
    """
    institution = gathering.assessment.institution
    count = gathering.tally(Role.INTERNAL, lambda one: _supervises(one, institution))
    outcome = _OUTCOMES[count.standing(MIN_ASSESSMENT_INTERNALS)]
    more_zh, more_en = "", ""
    if outcome is Outcome.UNKNOWN:
        more_zh, more_en = f"，另有 {count.unsure} 名待核对", f", {count.unsure} more unsure"
    yield Ruling(
        "internal-supervisor",
        "督附1",
        outcome,
        f"本机构持有效证卡的内督 {count.sure} 名，应不少于 {MIN_ASSESSMENT_INTERNALS} 名{more_zh}",
        f"internal supervisors of the institution with a valid card: {count.sure}, of "
        f"{MIN_ASSESSMENT_INTERNALS} at least{more_en}",
    )


def engaged_as_internal(gathering: Gathering) -> Iterator[Ruling]:
    """Name who supervises inside with an external card: by a 责任书, which is on record or to be looked at. 督§14."""
    shown = tuple(
        one
        for one in gathering.in_post(Role.INTERNAL)
        if one.card is not None and one.card.kind is CardKind.EXTERNAL and in_force(one) is not Standing.NO
    )
    engaged = names_of(one for one in shown if one.is_on_record)
    if engaged:
        yield Ruling(
            "engaged-as-internal",
            "督§14",
            Outcome.MET,
            f"已签订工作责任书，凭外督证卡任内督：{listed(engaged)}",
            f"engaged by a 责任书, internal supervisors with an external card: {listed(engaged)}",
            engaged,
        )
    without = names_of(one for one in shown if not one.is_on_record)
    if without:
        yield Ruling(
            "engaged-as-internal",
            "督§14",
            Outcome.UNKNOWN,
            f"没有受聘为本机构内督的记录，请核对工作责任书：{listed(without)}",
            f"not on record as engaged as internal supervisors: check the 责任书 of {listed(without)}",
            without,
        )


def internal_in_time(gathering: Gathering) -> Iterator[Ruling]:
    """Require that each internal supervisor is there half an hour before the start, and name who is late. 督附1(1)."""
    assessment = gathering.assessment
    arrivals: dict[str, tuple[str, datetime]] = {}
    for one in gathering.in_post(Role.INTERNAL):
        if one.came_at is not None and _supervises(one, assessment.institution) is not Standing.NO:
            _, earlier = arrivals.get(one.person, (one.name, one.came_at))
            arrivals[one.person] = (one.name, min(earlier, one.came_at))
    if gathering.stage is Stage.PLAN or not arrivals:
        return
    latest = assessment.starts_at - timedelta(minutes=INTERNAL_ARRIVES_MINUTES)
    late = tuple((name, came_at) for name, came_at in arrivals.values() if came_at > latest)
    due = _clock(latest)
    zh = f"内督应于考前 {INTERNAL_ARRIVES_MINUTES} 分钟（{due}）到场"
    en = f"internal supervisors are there {INTERNAL_ARRIVES_MINUTES} minutes before the start, at {due}"
    yield Ruling(
        "internal-in-time",
        "督附1",
        Outcome.SHORT if late else Outcome.MET,
        f"{zh}，迟到：{listed(f'{name}（{_clock(came_at)}）' for name, came_at in late)}"
        if late
        else f"{zh}，均已到场",
        f"{en}; late: {', '.join(f'{name} ({_clock(came_at)})' for name, came_at in late)}"
        if late
        else f"{en}; all were",
        tuple(name for name, _ in late),
    )


def internal_elsewhere(gathering: Gathering) -> Iterator[Ruling]:
    """Refuse internal cards of other institutions. 督§9."""
    foreign = names_of(
        one
        for one in gathering.in_post(Role.INTERNAL)
        if in_force(one) is not Standing.NO and _supervises(one, gathering.assessment.institution) is Standing.NO
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


def _supervises(one: Attendee, institution: str) -> Standing:
    """Return whether somebody supervises inside: by a card of the institution, or engaged with an external one."""
    if one.card is None:
        return Standing.NO
    if one.card.kind is CardKind.EXTERNAL:
        return weakest(in_force(one), Standing.YES if one.is_on_record else Standing.UNSURE)
    return in_force(one) if one.card.issuer == institution else Standing.NO


def _clock(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%H:%M")
