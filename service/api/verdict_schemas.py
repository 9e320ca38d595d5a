"""Answers of the interface that say how a card stands."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct

from service.domain.fitness import Answer
from service.domain.kinds import CardKind
from service.domain.verdict_checks import Outcome, Tone
from service.domain.verdict_words import Word


class SummaryBody(Struct, frozen=True):
    """One sentence in two languages."""

    zh: str
    en: str


class CheckBody(Struct, frozen=True):
    """One thing that was looked at; ``detail`` is a permanent code, or dates."""

    name: str
    outcome: Outcome
    detail: str


class OccupationBody(Struct, frozen=True):
    """A job type; the code is of the national catalogue, where it has one."""

    name: str
    code: str | None


class CardBody(Struct, frozen=True):
    """A card, as whoever holds its QR code may see it. Dates are civil dates in Asia/Shanghai."""

    number: str
    name: str
    kind: CardKind
    kind_zh: str
    kind_en: str
    occupations: tuple[OccupationBody, ...]
    released: tuple[str, ...]
    issuer: str
    issuer_name: str | None
    work_unit: str | None
    issued_on: date
    expires_on: date
    status_on: date | None


class ReasonBody(Struct, frozen=True):
    """Why, with the article of the regulation."""

    article: str
    zh: str
    en: str


class FitForDutyBody(Struct, frozen=True):
    """The answer whether the card is good for the work that was asked about."""

    answer: Answer
    reasons: tuple[ReasonBody, ...]


class VerdictBody(Struct, frozen=True):
    """The answer to a check. ``card`` and ``fit_for_duty`` are null where there is nothing to vouch for."""

    verdict: Word
    summary: SummaryBody
    as_of: datetime
    tone: Tone
    checks: tuple[CheckBody, ...]
    card: CardBody | None
    fit_for_duty: FitForDutyBody | None


class VerdictsBody(Struct, frozen=True):
    """The answers to checks, one for each text that was sent, in the same order."""

    verdicts: tuple[VerdictBody, ...]


class PublicCardBody(Struct, frozen=True):
    """What anyone may know of a card; the name is masked. Dates are civil dates in Asia/Shanghai."""

    number: str
    name: str
    kind: CardKind
    kind_zh: str
    kind_en: str
    occupations: tuple[OccupationBody, ...]
    issuer_name: str | None
    issued_on: date
    expires_on: date
    status_on: date | None


class PublicAnswerBody(Struct, frozen=True):
    """The answer to a lookup."""

    verdict: Word
    summary: SummaryBody
    as_of: datetime
    card: PublicCardBody
