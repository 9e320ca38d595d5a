"""A card (证卡) as the register knows it; ``card_steps`` has the steps it can take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from service.domain.card_number import CardNumber
from service.domain.errors import CardInvalid
from service.domain.event import Json
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.occupation import Occupation
from service.domain.regulation import MAX_OCCUPATIONS
from service.domain.validity import last_valid_day

COPY_ID_BYTES: Final = 8


class CardStatus(StrEnum):
    """What has become of a card; ``expired`` is not among them."""

    VALID = "valid"
    REVOKED = "revoked"
    VOIDED = "voided"
    SUPERSEDED = "superseded"


class ReplacementReason(StrEnum):
    """Why a new copy is made (补发)."""

    LOST = "lost"
    DAMAGED = "damaged"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One card as the register knows it.

    ``person`` is the register's id of the holder; ``issuer`` is ``centre`` or an institution's code;
    ``institution`` the issuing institution (internal) or the one that engages the holder, if known;
    ``released`` the scopes a later card has taken over; ``copy_id`` the 8 random bytes of the live copy;
    ``in_house`` whether the holder is on the institution's staff, None where not stated. Raises CardInvalid.
    """

    number: CardNumber
    kind: CardKind
    person: int
    name: str
    issuer: str
    institution: str | None
    work_unit: str
    occupations: tuple[Occupation, ...]
    issued_on: date
    expires_on: date
    status: CardStatus
    status_on: date | None
    released: frozenset[str]
    predecessor: CardNumber | None
    copy_id: bytes
    in_house: bool | None

    def __post_init__(self) -> None:
        if (fault := _contradiction(self)) is not None:
            code, zh, en = fault
            raise CardInvalid(f"证卡 {self.number}：{zh}", f"card {self.number}: {en}", code=code)

    @property
    def scopes(self) -> frozenset[str]:
        """All that the card was issued for: person × job type, person, or person × institution."""
        if self.kind.is_assessor:
            return frozenset(occupation.scope for occupation in self.occupations)
        return frozenset({"external" if self.kind is CardKind.EXTERNAL else f"internal:{self.issuer}"})

    @property
    def live_scopes(self) -> frozenset[str]:
        """What the card still counts for, its status and dates aside."""
        return self.scopes - self.released

    def status_at(self, on: date) -> CardStatus:
        """Return the status on a day: a card superseded by one dated later is valid until that one takes effect."""
        if self.status is CardStatus.SUPERSEDED and self.status_on is not None and on < self.status_on:
            return CardStatus.VALID
        return self.status


def journaled(card: Card) -> dict[str, Json]:
    """List what the journal keeps of a card: no name, no work unit. All but ``copy`` stays as it is for good."""
    data: dict[str, Json] = {
        "person": card.person,
        "kind": card.kind.value,
        "issuer": card.issuer,
        "issued_on": card.issued_on.isoformat(),
        "expires_on": card.expires_on.isoformat(),
        "copy": card.copy_id.hex(),
        "scopes": sorted(card.scopes),
    }
    if card.predecessor is not None:
        data["predecessor"] = str(card.predecessor)
    return data


def _contradiction(card: Card) -> tuple[str, str, str] | None:  # noqa: PLR0911 - each return is one rule
    """Return the first thing that is wrong with a card: its permanent code, and the words; None where all is well."""
    kind, number = card.kind, card.number
    internal = kind is CardKind.INTERNAL
    if (of_number := number.kind) is not kind:
        words = f"编号属于{of_number.zh}，不属于{kind.zh}", f"the number is a {of_number.en}'s, not a {kind.en}'s"
        return "card-kind", *words
    if (year := number.year) != card.issued_on.year % 100:
        return (
            "card-year",
            f"编号年份 {year:02d} 与核发日期 {card.issued_on} 不符",
            f"the number's year {year:02d} is not that of the issue date {card.issued_on}",
        )
    if card.issuer != (number.institution if internal else CENTRE):
        return "card-issuer", "颁发机构与编号不符", "the issuer is not the one in the number"
    if internal and card.institution != card.issuer:
        words = "内督的聘用机构应为颁发机构（督§9）", "an internal card belongs to its issuer (督§9)"
        return "card-institution", *words
    if not card.issued_on <= card.expires_on <= last_valid_day(card.issued_on):
        return (
            "card-term",
            f"有效期应自 {card.issued_on} 起不超过 3 年，收到 {card.expires_on}",
            f"the term runs from {card.issued_on} for at most 3 years, got {card.expires_on}",
        )
    names = {occupation.name for occupation in card.occupations}
    types = range(1, MAX_OCCUPATIONS + 1) if kind.is_assessor else range(1)  # 考§9
    if len(names) != len(card.occupations) or len(names) not in types:
        return (
            "card-occupations",
            "考评人员证卡应有 1—2 个不同职业（工种），督导员证卡没有",
            "an assessor's card has one or two different job types, a supervisor's has none",
        )
    if len(card.copy_id) != COPY_ID_BYTES:
        words = "副本号应为 8 字节", f"a copy id has {COPY_ID_BYTES} bytes, got {len(card.copy_id)}"
        return "card-copy", *words
    if (card.status is CardStatus.VALID) != (card.status_on is None):
        return "card-status", "状态与状态日期不符", "the status and its date contradict each other"
    if not card.released <= (scopes := card.scopes) or (card.status is CardStatus.VALID and card.released >= scopes):
        return "card-released", "已转出的范围与状态不符", "the released scopes contradict the card"
    return None
