"""What travels to us: the bodies of requests, which refuse fields they do not know."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from service.domain.card_number import CardNumber
from service.domain.kinds import SkillLevel
from service.domain.review import Grade
from service.domain.verdict_words import Word
from service.domain.visible import LINE_PATTERN, TEXT_PATTERN
from service.flows.requests.fields import described
from service.web.visible_text import SEVERAL_LINES


def _text(field: str, most: int, **more: Any) -> Meta:  # noqa: ANN401 - what Meta takes
    pattern = TEXT_PATTERN if field in SEVERAL_LINES else LINE_PATTERN
    return described(field, max_length=most, pattern=pattern, **more)


class VerificationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A check: what the QR code says, and the work the card is to be good for, as far as it is known."""

    credential: Annotated[str, described("credential", examples=["https://zk.example.cn/1#0123456789"])]
    place: Annotated[str, described("place", pattern="^[0-9]{6}$", examples=["500123"])] | None = None
    occupation: (
        Annotated[str, described("occupation", max_length=60, pattern=LINE_PATTERN, examples=["电工"])] | None
    ) = None
    level: Annotated[SkillLevel, described("level")] | None = None


class LookupRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a lookup asks."""

    number: Annotated[CardNumber, described("number")]
    name: Annotated[str, described("name", min_length=1, max_length=60, pattern=LINE_PATTERN, examples=["欧阳娜娜"])]


class PhotoRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose photograph is asked for: the holder's of the card with this code."""

    credential: Annotated[str, described("credential", examples=["https://zk.example.cn/1#0123456789"])]


class NumberCheckRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A check by number alone, for signed-in staff."""

    number: Annotated[CardNumber, described("number")]
    place: Annotated[str, described("place", pattern="^[0-9]{6}$", examples=["500123"])] | None = None
    occupation: (
        Annotated[str, described("occupation", max_length=60, pattern=LINE_PATTERN, examples=["电工"])] | None
    ) = None
    level: Annotated[SkillLevel, described("level")] | None = None


class SignInRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Name and password."""

    name: Annotated[str, described("user", min_length=1, max_length=64, pattern=LINE_PATTERN)]
    password: Annotated[str, described("password", min_length=1, max_length=256)]

    def __repr__(self) -> str:
        return "<SignInRequest>"


_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)

_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)


def is_instant(moment: datetime) -> bool:
    """Return whether a moment has its time zone, and is one that every database can keep."""
    return moment.tzinfo is not None and _EARLIEST <= moment < _LATEST


Instant = Annotated[datetime, Meta(tz=True)]

Nonce = Annotated[str, described("nonce", pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])]

CopyId = Annotated[str, described("copy", pattern="^[0-9a-f]{16}$")]


class ScanItem(Struct, frozen=True, forbid_unknown_fields=True):
    """One scan at a gate; no name, no picture and not the credential."""

    nonce: Nonce
    scanned_at: Instant
    verdict: Annotated[Word, described("verdict")]
    offline: bool
    number: CardNumber | None = None
    copy: CopyId | None = None
    place: Annotated[str, described("place", pattern="^[0-9]{6}$")] | None = None
    occupation: Annotated[str, described("occupation", max_length=60, pattern=LINE_PATTERN)] | None = None
    level: SkillLevel | None = None
    same_person: bool | None = None
    as_of: Instant | None = None

    def __post_init__(self) -> None:
        if not all(is_instant(moment) for moment in (self.scanned_at, self.as_of) if moment is not None):
            raise ValueError("a moment beyond what can be kept")


class ScansRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Scans to be kept."""

    scans: Annotated[tuple[ScanItem, ...], described("scans", min_length=1, max_length=200)]


_Reason = Annotated[str, _text("reason", 2000, min_length=1)]

_Person = Annotated[str, _text("decided_by", 60, min_length=1)]

_By = Annotated[str, _text("by", 60, min_length=1)]

_Plan = Annotated[str, _text("plan", 120)]

_DocumentNumber = Annotated[str, _text("document", 120)]


InstitutionCode = Annotated[str, described("institution", pattern="^[0-9]{6}$", examples=["500123"])]


class EngagementRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A contract of a card's holder with an institution; ``document`` names it, or the 责任书.

    The holder has shown the card, whose code is ``credential``, or the identity card: exactly one of the two.
    """

    institution: InstitutionCode
    first_day: Annotated[date, described("first_day")]
    credential: Annotated[str, described("credential", max_length=4_000)] | None = None
    resident_id: Annotated[str, _text("resident_id", 40)] | None = None
    last_day: Annotated[date, described("last_day")] | None = None
    as_internal: Annotated[bool, described("as_internal")] = False
    document: _DocumentNumber | None = None


class DispatchRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an external supervisor is sent, on which day, and for which plan."""

    institution: InstitutionCode
    on: Annotated[date, described("on")]
    plan: _Plan | None = None


class EndRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an engagement ends before its term, and its last day; without one, today."""

    reason: _Reason
    on: Annotated[date, described("on")] | None = None


class WithdrawalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a dispatch is taken back."""

    reason: _Reason


class SheetRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A review sheet, 督附2 of a supervisor or 考附1 of an assessor: its points in the order of the rows."""

    points: Annotated[list[int], described("points", min_length=1, max_length=40)]
    on: Annotated[date, described("on")]
    by: _By
    plan: _Plan
    occupation: Annotated[str, _text("occupation", 60)] = ""
    institution: InstitutionCode | None = None


class EvaluationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A periodic or annual result."""

    result: Annotated[Grade, described("result")]
    on: Annotated[date, described("on")]
    by: _By
    note: Annotated[str, _text("note", 2000)] = ""


class WarningRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A warning: an item of 考§20, and what happened."""

    ground: Annotated[str, _text("ground", 40, examples=["考§20(2)"])]
    reason: _Reason
    on: Annotated[date, described("on")]
    by: _By


class RemarkRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A reward or a sanction: what for."""

    reason: _Reason
    on: Annotated[date, described("on")]
    by: _By


class CaseClosingRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a failed result does not lead to a cancellation, and who decides so."""

    reason: _Reason
    decided_by: _Person
