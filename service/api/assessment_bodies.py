"""Assessments as they travel: plans and roll-calls to us, assessments and records from us."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct

from service.domain.assessment import Declared, Outcome, Part, Role, Verdict
from service.domain.kinds import CardKind, SkillLevel
from service.domain.verdict_words import Word


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
