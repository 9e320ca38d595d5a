"""Call the roll of an assessment at the door (督§13, 督附1; 考§15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.domain.access import By, Principal
from service.domain.assessment import (
    AssessmentRefused,
    Declared,
)
from service.domain.assessment import Role as AssessmentRole
from service.domain.card_number import CardNumber
from service.domain.event import Event, Json
from service.domain.tidy import tidy_name
from service.domain.validity import SHANGHAI, civil_date
from service.domain.verdict_words import Word
from service.flows.assessments.people import People
from service.flows.assessments.view import AssessmentView, read_assessment, subject_of
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.store import assessments, journal
from service.store.assessments import Arrival, StoredAssessment

CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""By how much a device at the door may be ahead of the service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody called at the door: one of the plan by ``Attendee.person``, or the number of a card, or a name.

    The rest is as in ``Arrival``.
    """

    nonce: bytes
    role: AssessmentRole
    came_at: datetime
    person: str | None = None
    number: CardNumber | None = None
    copy: bytes | None = None
    name: str = ""
    verdict: Word | None = None
    is_holder: bool | None = None
    declared: Declared | None = None
    offline: bool = False


def call_roll(register: Register, identity: int, calls: Sequence[Call], by: Principal | By) -> AssessmentView:
    """Take down who has come, each once by its nonce, and judge those there.

    Raises Refused for an assessment that is not there or not one's own, AssessmentRefused for one that is cancelled, an
    arrival on another day, in the future, or of nobody: then none is taken.
    """
    principal = by if isinstance(by, Principal) else None
    held = read_assessment(register, identity, principal).held
    now = register.effects.now()
    if held.cancelled_on is not None:
        raise AssessmentRefused(
            f"场次 {identity} 已于 {held.cancelled_on} 取消：{held.cancel_reason}",
            f"assessment {identity} has been cancelled on {held.cancelled_on}: {held.cancel_reason}",
            code="assessment-cancelled",
        )
    with register.database.write() as connection:
        who = People(register, connection, held, registered_institution(connection, held.assessment.institution))
        arrivals = [_arrival(held, who, one, now) for one in calls]
        account = None if principal is None else principal.account_id
        new = assessments.take(connection, identity, arrivals, account, now)
        if new:
            data: dict[str, Json] = {
                "came": len(new),
                "numbers": [one.number for one in new if one.number is not None],
            }
            journal.append_many(
                connection, now, by.actor, (Event("assessment-roll-called", subject_of(identity), data),)
            )
    return read_assessment(register, identity, principal)


def _arrival(held: StoredAssessment, who: People, call: Call, now: datetime) -> Arrival:
    if call.came_at > now + CLOCKS_DIFFER:
        raise AssessmentRefused(
            "到场时间晚于现在，请核对设备时钟",
            "somebody is said to have come later than now: check the device's clock",
            code="assessment-future",
        )
    if civil_date(call.came_at) != held.assessment.on:
        came = call.came_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        raise AssessmentRefused(
            f"到场时间 {came} 不在场次当日（{held.assessment.on}）",
            f"somebody came at {came}, which is not on the assessment's day, {held.assessment.on}",
            code="assessment-day",
        )
    planned = None if call.person is None else who.find(call.person, call.role, call.number)
    if call.person is not None and planned is None:
        raise AssessmentRefused(
            f"场次 {held.id} 的计划中没有此人（{call.person}，{call.role.zh}）",
            f"assessment {held.id} plans nobody {call.person} as {call.role.en}",
            code="assessment-person",
        )
    if planned is None and call.number is None and not tidy_name(call.name):
        raise AssessmentRefused(
            "点名须有计划人员、证卡编号或姓名",
            "say who has come: somebody of the plan, a card number, or a name",
            code="assessment-person",
        )
    return Arrival(
        nonce=call.nonce,
        role=call.role,
        planned=planned,
        number=call.number,
        copy=call.copy,
        name=tidy_name(call.name),
        verdict=None if call.verdict is None else call.verdict.value,
        is_holder=call.is_holder,
        declared=call.declared,
        offline=call.offline,
        came_at=call.came_at,
    )
