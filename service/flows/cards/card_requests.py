"""What is asked of a card: to cancel it, to propose, decline and correct that; to renew, replace and void it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from service.domain.card import ReplacementReason
from service.domain.visible import LINE_PATTERN
from service.flows.cards.documents import DocumentBody
from service.flows.requests.fields import described
from service.flows.requests.types import MAX_PERSON, DecidedBy, DocumentNumber, Reason, line

GroundCitation = Annotated[str, line("ground", 40, examples=["考§21(7)"])]


class RevocationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A decision to cancel a qualification, by the body the account is of."""

    ground: GroundCitation
    reason: Reason
    decided_by: DecidedBy
    decided_on: Annotated[date, described("decided_on")] | None = None
    document: DocumentNumber | None = None
    document_file: DocumentBody | None = None


class ProposalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A proposal to cancel a qualification, by the body the account is of."""

    ground: GroundCitation
    reason: Reason
    proposed_by: Annotated[str, line("proposed_by", MAX_PERSON, min_length=1)]
    document: DocumentNumber | None = None
    document_file: DocumentBody | None = None


class DeclineRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a proposal is declined, and by whom."""

    reason: Reason
    decided_by: DecidedBy


class CorrectionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a cancellation was a mistake, and who says so."""

    reason: Reason
    decided_by: DecidedBy
    document: DocumentNumber | None = None
    document_file: DocumentBody | None = None


class ReplacementRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a new copy is made."""

    reason: Annotated[ReplacementReason, described("replacement_reason")]
    without_portrait: Annotated[bool, described("without_portrait")] = False


class VoidRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a number will not be used."""

    reason: Reason


class FoundRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Who brings a lost card back."""

    reported_by: Annotated[str, line("reported_by", MAX_PERSON, min_length=1)]


class RenewalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The new application and certification; all else is what the register knows, unless it is among the facts.

    The application date is mandatory at a renewal (督§10, 考§12); it may stand among the facts.
    """

    certified_on: Annotated[date, described("certified_on")]
    facts: Annotated[dict[str, Annotated[str, Meta(pattern=LINE_PATTERN)]], described("facts", max_length=40)]
    reviewed_by: Annotated[str, line("reviewed_by", MAX_PERSON, min_length=1)]
    applied_on: Annotated[date, described("applied_on")] | None = None
    photo: Annotated[bytes, described("photo")] | None = None
