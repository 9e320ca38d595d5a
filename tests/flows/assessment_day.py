"""An assessment that is to be held: the school's people with their cards, engaged and sent, and a plan of the day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from service.domain.access import By
from service.domain.assessment import Assessment, Attendee, Declared, Job, NewAssessment, NewPerson, Part, Role
from service.domain.card_number import CardNumber
from service.domain.kinds import SkillLevel
from service.domain.occupation import Occupation
from service.domain.validity import SHANGHAI
from service.domain.verdict_words import Word
from service.flows.assessments.assessment_requests import AssessmentRequest
from service.flows.assessments.planning import plan_assessment
from service.flows.assessments.roll_call import Call, call_roll
from service.flows.assessments.view import AssessmentView, read_assessment
from service.flows.people.dispatching import DispatchRequest, send
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL, Office, applicant

PLAN: Final = "2026 年第三批技能等级认定"
PLACE: Final = "实训楼一层"
ELECTRICIAN: Final = Occupation("电工", "6-31-01-03")
SKILLS: Final = Job(
    occupation=ELECTRICIAN, level=SkillLevel.THREE, parts=frozenset({Part.THEORY, Part.SKILL}), candidates=24
)
AUTHORITY: Final = "渝北区人力资源和社会保障局"


@dataclass(frozen=True)
class Day:
    """The people of an assessment by number, all of the school, and when it starts."""

    assessors: tuple[CardNumber, ...]
    internal: CardNumber
    externals: tuple[CardNumber, ...]
    starts_at: datetime

    @property
    def people(self) -> tuple[NewPerson, ...]:
        """All who are to be there."""
        clear = Declared.CLEAR
        first, *others = self.assessors
        return (
            NewPerson(role=Role.LEADER, number=first, declared=clear),
            *(NewPerson(role=Role.ASSESSOR, number=number, declared=clear) for number in others),
            NewPerson(role=Role.INTERNAL, number=self.internal, declared=clear),
            *(NewPerson(role=Role.EXTERNAL, number=number, declared=clear) for number in self.externals),
            NewPerson(role=Role.ON_SITE_HEAD, name="何负责"),
            NewPerson(role=Role.INVIGILATOR, name="孙监考"),
        )

    def new(self, *people: NewPerson, jobs: tuple[Job, ...] = (SKILLS,), **changes: object) -> NewAssessment:
        """The assessment to be entered."""
        new = NewAssessment(
            assessment=Assessment(SCHOOL.code, self.starts_at, jobs),
            plan=PLAN,
            place=PLACE,
            people=people or self.people,
        )
        return replace(new, **changes)  # type: ignore[arg-type]


def assessment_day(office: Office) -> Day:
    """Issue the cards, engage the assessors, send the supervisors; the assessment is tomorrow at nine."""
    on = office.today + timedelta(days=1)
    rows = [
        *(applicant("standard", person) for person in (101, 102, 103)),
        applicant("internal", 111),
        *(applicant("external", person) for person in (121, 122)),
    ]
    outcome = office.issue(*rows)
    assert not outcome.refused, outcome.refused
    numbers = [CardNumber(one.number or "") for one in outcome.issued]
    for number in numbers[:3]:
        engage(office.register, number, SCHOOL.code, since=office.today, until=None, actor=ACTOR)
    for number in numbers[4:]:
        send(office.register, number, DispatchRequest(institution=SCHOOL.code, on=on, plan=PLAN), By(ACTOR, AUTHORITY))
    starts_at = datetime(on.year, on.month, on.day, 9, tzinfo=SHANGHAI)
    return Day(tuple(numbers[:3]), numbers[3], tuple(numbers[4:]), starts_at)


def planned_day(office: Office) -> tuple[Day, int]:
    """Prepare the day and enter its plan; it is then half past eight on it, less ten minutes."""
    day = assessment_day(office)
    identity = plan_assessment(office.register, AssessmentRequest.of(day.new()), By(ACTOR))
    office.clock.now = day.starts_at - timedelta(minutes=40)
    return day, identity


def calls_of(office: Office, people: Iterable[Attendee], at: datetime) -> list[Call]:
    """Call people of a plan, each with the card of the plan."""
    return [
        Call(
            nonce=office.random.randbytes(16),
            role=one.role,
            came_at=at,
            person=one.person,
            number=None if one.card is None else one.card.number,
            verdict=None if one.card is None else Word.VALID,
            is_holder=None if one.card is None else True,
        )
        for one in people
    ]


def call_everybody(office: Office, identity: int) -> AssessmentView:
    """Let everybody of the plan come now."""
    view = read_assessment(office.register, identity)
    return call_roll(office.register, identity, calls_of(office, view.planned, office.clock.now), By(ACTOR))
