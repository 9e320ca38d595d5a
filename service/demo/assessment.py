"""The demo's assessment: an assessment at the factory, its people called at the door, and the record of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

import msgspec

from service.demo.people import FACTORY
from service.domain.access import By
from service.domain.assessment import (
    Assessment,
    Composition,
    Declared,
    Job,
    NewAssessment,
    NewPerson,
    Outcome,
    Part,
    Role,
    Verdict,
)
from service.domain.card import Card, CardStatus
from service.domain.kinds import CardKind, SkillLevel
from service.domain.occupation import Occupation
from service.domain.validity import SHANGHAI
from service.flows.assessments.assessment_requests import AssessmentRequest, RecordRequest
from service.flows.assessments.desk import calls_at_desk
from service.flows.assessments.papers import draw_record
from service.flows.assessments.planning import plan_assessment
from service.flows.assessments.records import make_record, signed_record
from service.flows.assessments.roll_call import call_roll
from service.flows.assessments.view import read_assessment
from service.flows.cards.print_cards import card_text
from service.flows.people.dispatching import DispatchRequest, send
from service.flows.people.engagements import EngagementRequest, engage
from service.flows.register import Register
from service.store import cards

_PLAN: Final = "技能等级认定示例批次"
_HEAD, _INVIGILATOR = "何建国", "孙立春"
_AUTHORITY: Final = "重庆市九龙坡区人力资源和社会保障局"
_JOB: Final = Job(
    occupation=Occupation("电工", "6-31-01-03"),
    level=SkillLevel.THREE,
    parts=frozenset({Part.THEORY, Part.SKILL}),
    candidates=24,
    per_assessor=10,
)
_ARRIVES_BEFORE: Final = timedelta(minutes=40)
_VERDICTS: Final = {
    Verdict.COMPLETE: "人员齐备 complete",
    Verdict.SHORT: "人员不足 short",
    Verdict.UNKNOWN: "待核实 cannot be told",
}


def hold_assessment(register: Register, out: Path, actor: str) -> Iterator[str]:
    """Engage, send, plan, call the roll without and with the last to come, and record it, and report each step."""
    now = register.effects.now()
    assessors, internal, externals = _people(register)
    today = register.effects.today()
    for one in assessors:
        in_hand = card_text(register, one.number)
        contract = EngagementRequest(institution=FACTORY, first_day=today, credential=in_hand)
        engage(register, one.number, contract, By(actor))
    starts_at = min(now + _ARRIVES_BEFORE, datetime.combine(register.effects.today(), time(23, 59), SHANGHAI))
    assessment = Assessment(FACTORY, starts_at, (_JOB,))
    for one in externals:
        send(
            register,
            one.number,
            DispatchRequest(institution=FACTORY, on=assessment.on, plan=_PLAN),
            By(actor, _AUTHORITY),
        )
    clear = Declared.CLEAR
    leader, *others = assessors
    new = NewAssessment(
        assessment=assessment,
        plan=_PLAN,
        place="三号实训车间",
        people=(
            NewPerson(role=Role.LEADER, number=leader.number, declared=clear),
            *(NewPerson(role=Role.ASSESSOR, number=one.number, declared=clear) for one in others),
            NewPerson(role=Role.INTERNAL, number=internal.number, declared=clear),
            *(NewPerson(role=Role.EXTERNAL, number=one.number, declared=clear) for one in externals),
            NewPerson(role=Role.ON_SITE_HEAD, name=_HEAD),
            NewPerson(role=Role.INVIGILATOR, name=_INVIGILATOR),
        ),
    )
    identity = plan_assessment(register, AssessmentRequest.of(new), By(actor))
    view = read_assessment(register, identity)
    yield f"场次 assessment {identity}：{_JOB.zh}，{len(view.planned)} 人 people；{_told(view.plan_check)}"
    shown = (card_text(register, one.number) for one in (*assessors, internal, *externals))
    *first, last = (*shown, _HEAD, _INVIGILATOR)
    came_at = min(now, starts_at - _ARRIVES_BEFORE)  # in time in the day's last hour too
    for texts in (first, [last]):
        calls = calls_at_desk(register, view, texts, role=None, at=came_at)
        view = call_roll(register, identity, calls, By(actor))
        come = sum(one.came_at is not None for one in view.called)
        yield f"点名 roll-call：{come} 人到场 have come；{_told(view.roll_call)}"
    record = make_record(register, identity, RecordRequest(made_by=_HEAD), By(actor))
    (out / "record.json").write_bytes(msgspec.json.encode(signed_record(register, identity, record)))
    with (out / "record.pdf").open("wb") as file:
        draw_record(register, identity, record, file)
    yield f"{out / 'record.json'}，{out / 'record.pdf'}"


def _people(register: Register) -> tuple[list[Card], Card, list[Card]]:
    """Choose three electricians, the factory's internal supervisor and two external ones, all in force."""
    with register.database.read() as connection:
        held = [one for one in cards.every(connection) if one.status is CardStatus.VALID]
    today = register.effects.today()
    there = [one for one in held if one.issued_on <= today <= one.expires_on]
    electricians = [one for one in there if any(job.name == _JOB.occupation.name for job in one.occupations)]
    internal = next(one for one in there if one.kind is CardKind.INTERNAL and one.issuer == FACTORY)
    externals = [one for one in there if one.kind is CardKind.EXTERNAL]
    return electricians[:3], internal, externals[:2]


def _told(found: Composition) -> str:
    """Print a verdict, and the rules that are not met."""
    against = "；".join(f"{one.zh}（{one.article}）" for one in found.rulings if one.outcome is not Outcome.MET)
    return f"{_VERDICTS[found.verdict]}{'：' if against else ''}{against}"
