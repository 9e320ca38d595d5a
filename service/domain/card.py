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
        for code, fault in _contradictions(self).items():
            if fault is not None:
                raise CardInvalid(f"证卡 {self.number}：{fault[0]}", f"card {self.number}: {fault[1]}", code=code)

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


def _contradictions(card: Card) -> dict[str, tuple[str, str] | None]:
    """Name what is wrong with a card, by permanent code; None where all is well."""
    internal = card.kind is CardKind.INTERNAL
    types = range(1, MAX_OCCUPATIONS + 1) if card.kind.is_assessor else range(1)  # 考§9
    wrong: dict[str, tuple[bool, str, str]] = {
        "card-kind": (
            card.number.kind is not card.kind,
            f"编号属于{card.number.kind.zh}，不属于{card.kind.zh}",
            f"the number is a {card.number.kind.en}'s, not a {card.kind.en}'s",
        ),
        "card-year": (
            card.number.year != card.issued_on.year % 100,
            f"编号年份 {card.number.year:02d} 与核发日期 {card.issued_on} 不符",
            f"the number's year {card.number.year:02d} is not that of the issue date {card.issued_on}",
        ),
        "card-issuer": (
            card.issuer != (card.number.institution if internal else CENTRE),
            "颁发机构与编号不符",
            "the issuer is not the one in the number",
        ),
        "card-institution": (
            internal and card.institution != card.issuer,
            "内督的聘用机构应为颁发机构（督§9）",
            "an internal card belongs to its issuer (督§9)",
        ),
        "card-term": (
            not card.issued_on <= card.expires_on <= last_valid_day(card.issued_on),
            f"有效期应自 {card.issued_on} 起不超过 3 年，收到 {card.expires_on}",
            f"the term runs from {card.issued_on} for at most 3 years, got {card.expires_on}",
        ),
        "card-occupations": (
            len({o.name for o in card.occupations}) != len(card.occupations) or len(card.occupations) not in types,
            "考评人员证卡应有 1—2 个不同职业（工种），督导员证卡没有",
            "an assessor's card has one or two different job types, a supervisor's has none",
        ),
        "card-copy": (
            len(card.copy_id) != COPY_ID_BYTES,
            "副本号应为 8 字节",
            f"a copy id has {COPY_ID_BYTES} bytes, got {len(card.copy_id)}",
        ),
        "card-status": (
            (card.status is CardStatus.VALID) != (card.status_on is None),
            "状态与状态日期不符",
            "the status and its date contradict each other",
        ),
        "card-released": (
            not card.released <= card.scopes or (card.status is CardStatus.VALID and not card.live_scopes),
            "已转出的范围与状态不符",
            "the released scopes contradict the card",
        ),
    }
    return {code: (zh, en) if is_wrong else None for code, (is_wrong, zh, en) in wrong.items()}
