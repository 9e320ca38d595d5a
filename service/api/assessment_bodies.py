"""Assessments as they travel: plans and roll-calls to us, assessments and records from us."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from service.domain.assessment import Declared, Outcome, Part, Role, Verdict
from service.domain.assessment.planning import MAX_CANDIDATES, MAX_JOBS, MAX_PEOPLE, MAX_TEXT
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind, SkillLevel
from service.domain.verdict_words import Word
from service.domain.visible import LINE_PATTERN, TEXT_PATTERN
from service.flows.requests.fields import described
from service.flows.requests.types import CopyId, Instant, InstitutionCode, Nonce, is_instant

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


class PlannedRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody in a role: by card number, or by name where the role asks for no card."""

    role: Annotated[Role, described("role")]
    number: CardNumber | None = None
    name: _Text = ""
    resident_id: Annotated[str, described("resident_id", max_length=40, pattern=LINE_PATTERN)] | None = None
    declared: Declared | None = None

    def __repr__(self) -> str:
        return "<PlannedRequest>"


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


class CancelRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an assessment is not held."""

    reason: Annotated[str, described("reason", min_length=1, max_length=2000, pattern=TEXT_PATTERN)]


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


class RollCallRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Who has come."""

    entries: Annotated[tuple[CallItem, ...], described("entries", min_length=1, max_length=200)]


class RecordRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Who answers for the record."""

    made_by: Annotated[str, described("made_by", min_length=1, max_length=60, pattern=LINE_PATTERN)]


class JobBody(Struct, frozen=True):
    """A job of an assessment."""

    occupation: str
    code: str | None
    level: SkillLevel
    parts: tuple[Part, ...]
    machine_marked: bool
    candidates: int | None
    per_assessor: int | None
    per_invigilator: int | None


class AssessmentSummaryBody(Struct, frozen=True):
    """An assessment without its people."""

    assessment: int
    institution: str
    institution_name: str
    plan: str
    place: str
    on: date
    starts_at: datetime
    state: Literal["planned", "cancelled"]
    cancelled_on: date | None
    cancel_reason: str | None
    jobs: tuple[JobBody, ...]


class AssessmentsBody(Struct, frozen=True):
    """Assessments, the latest first."""

    assessments: tuple[AssessmentSummaryBody, ...]


class HeldBody(Struct, frozen=True):
    """A job type that a card counts for."""

    name: str
    code: str | None


class ShownCardBody(Struct, frozen=True):
    """A card, and what its check has answered for the assessment's day."""

    number: str
    kind: CardKind
    issuer: str
    occupations: tuple[HeldBody, ...]
    verdict: Word
    is_holder: bool | None


class AttendeeBody(Struct, frozen=True):
    """Somebody of the plan, or who has come beside it; ``person`` is the same for the same person."""

    person: str
    name: str
    role: Role
    is_known: bool
    card: ShownCardBody | None
    is_planned: bool
    came_at: datetime | None
    is_on_record: bool
    running: int
    is_employed_here: bool
    declared: Declared | None


class RulingBody(Struct, frozen=True):
    """What one rule says of an assessment's people."""

    rule: str
    article: str
    outcome: Outcome
    zh: str
    en: str
    people: tuple[str, ...]


class CompositionBody(Struct, frozen=True):
    """The answer whether an assessment's people are those the rules ask for."""

    verdict: Verdict
    rulings: tuple[RulingBody, ...]


class AssessmentBody(AssessmentSummaryBody, frozen=True, kw_only=True):
    """An assessment with its people, and what the rules say of its plan and of who has come."""

    people: tuple[AttendeeBody, ...]
    plan_check: CompositionBody
    roll_call: CompositionBody


class MadeRecordBody(Struct, frozen=True):
    """A record that was made."""

    record: int


class InclusionBody(Struct, frozen=True):
    """The proof that an entry is in the journal (RFC 9162 2.1.3); hashes in hex."""

    size: int
    root: str
    seq: int
    leaf: str
    path: tuple[str, ...]


class HeadBody(Struct, frozen=True):
    """The journal's signed head."""

    size: int
    root: str
    at: str
    host: str
    kid: str
    signature: str


class SignedRecordBody(Struct, frozen=True):
    """A record of a roll-call with what proves it; ``entry`` is the journal entry's own text."""

    record: dict[str, Any]
    entry: str
    proof: InclusionBody
    head: HeadBody
