"""What is asked about assessments: to plan one, to cancel it, to call its roll, to record that."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from service.domain.assessment import Assessment, Declared, Job, NewAssessment, NewPerson, Part, Role
from service.domain.assessment.planning import MAX_CANDIDATES, MAX_JOBS, MAX_PEOPLE, MAX_TEXT
from service.domain.card_number import CardNumber
from service.domain.kinds import SkillLevel
from service.domain.occupation import Catalogue, parse_occupation
from service.domain.people import ResidentId
from service.domain.tidy import tidy_name
from service.domain.verdict_words import Word
from service.domain.visible import LINE_PATTERN
from service.flows.assessments.roll_call import Call
from service.flows.requests.fields import described
from service.flows.requests.types import MAX_PERSON, CopyId, Instant, InstitutionCode, Nonce, Reason, is_instant, line

_Count = Annotated[int, Meta(ge=1, le=MAX_CANDIDATES)]
_Text = Annotated[str, Meta(max_length=MAX_TEXT, pattern=LINE_PATTERN)]


class JobRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A job type at a level, and the parts of it that are held."""

    occupation: Annotated[str, described("occupation", min_length=1, max_length=60, pattern=LINE_PATTERN)]
    level: Annotated[SkillLevel, described("level")]
    parts: Annotated[tuple[Part, ...], described("parts", min_length=1, max_length=3)]
    machine_marked: bool = False
    candidates: _Count | None = None
    per_assessor: _Count | None = None
    per_invigilator: _Count | None = None

    @classmethod
    def of(cls, job: Job) -> JobRequest:
        """Return the request for a job that has been read from text."""
        return cls(
            occupation=job.occupation.name,
            level=job.level,
            parts=tuple(sorted(job.parts)),
            machine_marked=job.machine_marked,
            candidates=job.candidates,
            per_assessor=job.per_assessor,
            per_invigilator=job.per_invigilator,
        )

    def job(self, catalogue: Catalogue) -> Job:
        """Return the job, with the occupation's code where the catalogue has it. Raises OccupationInvalid."""
        return Job(
            occupation=parse_occupation(self.occupation, catalogue),
            level=self.level,
            parts=frozenset(self.parts),
            machine_marked=self.machine_marked,
            candidates=self.candidates,
            per_assessor=self.per_assessor,
            per_invigilator=self.per_invigilator,
        )


class PlannedRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody in a role: by card number, or by name where the role asks for no card."""

    role: Annotated[Role, described("role")]
    number: CardNumber | None = None
    name: _Text = ""
    resident_id: Annotated[str, described("resident_id", max_length=40, pattern=LINE_PATTERN)] | None = None
    declared: Declared | None = None

    def __repr__(self) -> str:
        return "<PlannedRequest>"

    @classmethod
    def of(cls, one: NewPerson) -> PlannedRequest:
        """Return the request for somebody who has been read from text."""
        return cls(one.role, one.number, one.name, one.resident_id, one.declared)

    @property
    def person(self) -> NewPerson:
        """The person. Raises ResidentIdInvalid."""
        return NewPerson(
            role=self.role,
            number=self.number,
            name=tidy_name(self.name),
            resident_id=None if self.resident_id is None else ResidentId.parse(self.resident_id),
            declared=self.declared,
        )


class AssessmentRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An assessment to be entered; with ``replaces`` it takes the place of one that is cancelled with it."""

    institution: InstitutionCode
    starts_at: Annotated[Instant, described("starts_at")]
    plan: Annotated[_Text, described("plan")]
    place: Annotated[_Text, described("assessment_place")]
    jobs: Annotated[tuple[JobRequest, ...], described("jobs", min_length=1, max_length=MAX_JOBS)]
    people: Annotated[tuple[PlannedRequest, ...], described("people", max_length=MAX_PEOPLE)]
    replaces: Annotated[int, Meta(ge=1, lt=2**31)] | None = None

    def __post_init__(self) -> None:
        if not is_instant(self.starts_at):
            raise ValueError("a moment beyond what can be kept")

    @classmethod
    def of(cls, new: NewAssessment, replaces: int | None = None) -> AssessmentRequest:
        """Return the request for an assessment whose jobs and people have been read."""
        return cls(
            institution=new.assessment.institution,
            starts_at=new.assessment.starts_at,
            plan=new.plan,
            place=new.place,
            jobs=tuple(map(JobRequest.of, new.assessment.jobs)),
            people=tuple(map(PlannedRequest.of, new.people)),
            replaces=replaces,
        )

    def new(self, catalogue: Catalogue) -> NewAssessment:
        """Return the assessment. Raises OccupationInvalid, ResidentIdInvalid, AssessmentRefused."""
        jobs = tuple(job.job(catalogue) for job in self.jobs)
        return NewAssessment(
            assessment=Assessment(self.institution, self.starts_at, jobs),
            plan=self.plan,
            place=self.place,
            people=tuple(one.person for one in self.people),
        )


class CancelRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an assessment is not held."""

    reason: Reason


class CallItem(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody called at the door: one of the plan by ``person``, or the number of a card, or a name."""

    nonce: Nonce
    role: Annotated[Role, described("role")]
    came_at: Annotated[Instant, described("came_at")]
    person: Annotated[str, described("person", max_length=MAX_TEXT + 8, pattern=LINE_PATTERN)] | None = None
    number: CardNumber | None = None
    copy: CopyId | None = None
    name: _Text | None = None
    verdict: Annotated[Word, described("verdict")] | None = None
    is_holder: bool | None = None
    declared: Declared | None = None
    offline: bool = False

    def __post_init__(self) -> None:
        if not is_instant(self.came_at):
            raise ValueError("a moment beyond what can be kept")

    @property
    def call(self) -> Call:
        """Who came, as the roll-call takes it down."""
        return Call(
            nonce=bytes.fromhex(self.nonce),
            role=self.role,
            came_at=self.came_at,
            person=self.person,
            number=self.number,
            copy=None if self.copy is None else bytes.fromhex(self.copy),
            name=self.name or "",
            verdict=self.verdict,
            is_holder=self.is_holder,
            declared=self.declared,
            offline=self.offline,
        )


class RollCallRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Who has come."""

    entries: Annotated[tuple[CallItem, ...], described("entries", min_length=1, max_length=200)]


class RecordRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers for the record."""

    made_by: Annotated[str, line("made_by", MAX_PERSON, min_length=1)]
