"""A school's door: the people of its assessments, and who works there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Final

from service.domain.access import Account, By, Role
from service.domain.assessment import Assessment, Declared, NewAssessment, NewPerson
from service.domain.assessment import Role as Part
from service.domain.card_number import CardNumber
from service.domain.validity import SHANGHAI, civil_date
from service.flows.assessments.assessment_requests import AssessmentRequest
from service.flows.assessments.planning import plan_assessment
from service.flows.assessments.view import AssessmentView, read_assessment
from service.flows.people.accounts import add_user
from tests.browser.office import PASSWORD, BrowserOffice
from tests.flows.assessment_day import PLACE, SKILLS
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL, applicant, name_of

NO_CARD: Final = {Part.ON_SITE_HEAD: "何负责", Part.INVIGILATOR: "孙监考"}
MARGIN: Final = timedelta(minutes=40)


@dataclass
class Door:
    """The people of the school's assessments: the text of each card, by name, and who works at its door."""

    office: BrowserOffice
    texts: dict[str, str]
    people: tuple[NewPerson, ...]
    ahead: timedelta
    _users: Iterator[int] = field(default_factory=count)
    _plans: Iterator[int] = field(default_factory=count)

    def now(self) -> datetime:
        """Return the time by the door's clock."""
        return datetime.now(UTC) + self.ahead

    def user(self) -> str:
        """Add somebody of the site's staff: nobody may sign in too often."""
        name = f"door-{next(self._users)}"
        with self.office.office.open() as register:
            add_user(register, Account(name, Role.SITE_STAFF, SCHOOL.code, person_name="张三"), PASSWORD, ACTOR)
        return name

    def plan(self) -> tuple[int, str]:
        """Plan an assessment that starts in forty minutes; return its id and the name of its plan."""
        start = self.now().replace(microsecond=0) + MARGIN
        name = f"技能等级认定 {next(self._plans)} 号"
        assessment = Assessment(SCHOOL.code, start, (replace(SKILLS, candidates=None),))
        with self.office.office.open() as register:
            new = NewAssessment(assessment=assessment, plan=name, place=PLACE, people=self.people)
            return plan_assessment(register, AssessmentRequest.of(new), By(ACTOR)), name

    def read(self, identity: int) -> AssessmentView:
        """Read an assessment as the register has it."""
        with self.office.office.open() as register:
            return read_assessment(register, identity)


def morning(now: datetime) -> datetime:
    """Return ten o'clock in Shanghai on a day: an assessment that is soon to start is still held on that day."""
    return datetime.combine(civil_date(now), time(10), SHANGHAI).astimezone(UTC)


def make_door(office: BrowserOffice, ahead: timedelta) -> Door:
    """Let the school have three assessors, engaged, and an internal supervisor.

    ``ahead``: of the door's clock, and of the service's, to the machine's.
    """
    inner = office.office
    inner.clock.now = datetime.now(UTC) + ahead
    since = inner.today - timedelta(days=20)
    kinds = {201: "standard", 202: "standard", 203: "standard", 211: "internal"}
    roles = dict(zip(kinds, (Part.LEADER, Part.ASSESSOR, Part.ASSESSOR, Part.INTERNAL), strict=True))
    numbers: dict[int, CardNumber] = {}
    with inner.open() as register:
        for person, kind in kinds.items():
            institution = SCHOOL.code if kind == "internal" else None
            row = applicant(kind, person, certified_on=since, applied_on=since, institution=institution)
            numbers[person] = inner.issue_one(row)
            if kind == "standard":
                engage(register, numbers[person], SCHOOL.code, since=inner.today, until=None, actor=ACTOR)
        texts = {name_of(person): inner.text(number) for person, number in numbers.items()}
    clear = Declared.CLEAR
    carded = (NewPerson(role=roles[person], number=number, declared=clear) for person, number in numbers.items())
    without = (NewPerson(role=role, name=name) for role, name in NO_CARD.items())
    return Door(office, texts, (*carded, *without), ahead)
