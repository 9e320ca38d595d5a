"""What travels to us: the bodies of requests, which refuse fields they do not know."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from msgspec import Meta, Struct

from service.domain.card_number import CardNumber
from service.domain.kinds import SkillLevel
from service.domain.verdict_words import Word
from service.domain.visible import LINE_PATTERN
from service.flows.requests.fields import described


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
