"""What is asked at a gate and by the public: the verdict on a card, its photograph, and that scans be kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from service.domain.card_number import CardNumber
from service.domain.fitness import Duty
from service.domain.kinds import SkillLevel
from service.domain.verdict_words import Word
from service.domain.visible import LINE_PATTERN
from service.flows.requests.fields import described
from service.flows.requests.types import CopyId, Instant, Nonce, OccupationName, Place, is_instant


class VerificationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A check: what the QR code says, and the work the card is to be good for, as far as it is known."""

    credential: Annotated[str, described("credential", examples=["https://zk.example.cn/1#0123456789"])]
    place: Place | None = None
    occupation: OccupationName | None = None
    level: Annotated[SkillLevel, described("level")] | None = None

    @property
    def duty(self) -> Duty:
        """The work the card is to be good for."""
        return Duty(self.place, self.occupation, self.level)


class BulkVerificationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Checks of many cards at once, for the same work: one verdict for each text, in the same order."""

    credentials: Annotated[
        tuple[str, ...],
        described("credentials", min_length=1, max_length=100, examples=[["https://zk.example.cn/1#0123456789"]]),
    ]
    place: Place | None = None
    occupation: OccupationName | None = None
    level: Annotated[SkillLevel, described("level")] | None = None

    @property
    def duty(self) -> Duty:
        """The work the cards are to be good for."""
        return Duty(self.place, self.occupation, self.level)


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
    place: Place | None = None
    occupation: OccupationName | None = None
    level: Annotated[SkillLevel, described("level")] | None = None

    @property
    def duty(self) -> Duty:
        """The work the card is to be good for."""
        return Duty(self.place, self.occupation, self.level)


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
