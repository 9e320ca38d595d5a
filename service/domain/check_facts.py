"""What is found out about a card before it is judged: the reading, the signature, the register or the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeAlias

from service.domain.card import Card, CardStatus
from service.domain.card_view import CardView
from service.domain.fitness import Dispatch, Engagement
from service.domain.status_list import StatusListPayload


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No credential of this system: ``code`` of the refusal that the parser gave."""

    code: str


@dataclass(frozen=True, slots=True)
class Forged:
    """A credential with a bad signature, or good digits under an address that is not ours."""

    code: str


@dataclass(frozen=True, slots=True)
class UnknownKey:
    """A credential signed with a key that the checker does not know."""


@dataclass(frozen=True, slots=True)
class Genuine:
    """A credential whose signature holds.

    ``claims`` shows the card as its credential states it; ``key_compromised`` and ``signs_until`` are of the key that
    made the signature.
    """

    claims: CardView
    status_index: int
    key_compromised: bool
    signs_until: date


Scan: TypeAlias = Unreadable | Forged | UnknownKey | Genuine


class Doubt(StrEnum):
    """Why a register that was restored from a backup cannot say how a card stands."""

    UNCONFIRMED = "restored-unconfirmed"
    """The backup has the card; whether it was cancelled since, nothing tells until the office has confirmed it."""

    LOST = "lost-in-restore"
    """The card or copy was made after the backup; the register knows at most its number and copy id."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A copy made after the backup from which the register was restored, as far as anything tells of it.

    ``status`` and ``status_on`` are the card's as the journal's mirror told them.
    """

    status: CardStatus = CardStatus.VALID
    status_on: date | None = None
    copy_is_live: bool = True

    def status_at(self, on: date) -> CardStatus:
        """Return the status on a day, as ``Card.status_at``."""
        is_ahead = self.status is CardStatus.SUPERSEDED and self.status_on is not None and on < self.status_on
        return CardStatus.VALID if is_ahead else self.status


@dataclass(frozen=True, slots=True)
class Record:
    """What the register has on the very copy that was scanned."""

    card: Card
    issuer_name: str | None
    copy_is_live: bool
    claims_match: bool
    engagements: tuple[Engagement, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """The register's answer; ``record`` None: no such card or copy, unless it is one that a restore has ``lost``."""

    record: Record | None
    lost: Lost | None = None


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What a checker without the register has in hand.

    ``status_list`` is the newest accepted version of the list the credential names (``check_succession``), None if
    there is none; ``document_version`` and ``document_valid_until`` are of the key document.
    """

    status_list: StatusListPayload | None
    document_version: int
    document_valid_until: datetime


Source: TypeAlias = RegisterAnswer | ListAnswer


def offline_now(clock: datetime, highest_issued_at: int | None) -> datetime:
    """Return the time a checker without network goes by: its clock, but never before the newest list it has seen.

    ``highest_issued_at`` is the highest iat of any accepted list, in seconds since 1970-01-01 UTC. A clock set
    back does not bring an expired card to life.
    """
    if highest_issued_at is None:
        return clock
    return max(clock, datetime.fromtimestamp(highest_issued_at, UTC))
