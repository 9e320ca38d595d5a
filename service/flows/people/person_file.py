"""All that the register holds of a person, as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from service.domain.card_number import CardNumber
from service.domain.stated import Stated
from service.flows.people.search import FoundCard
from service.store.states import CopyState, ProposalState


@dataclass(frozen=True, slots=True)
class Cancelled:
    """How a qualification was lost; ``barred_until`` is the last day of an assessor's bar (考§21), None without one.

    The bar falls with a correction. ``document`` is its number, ``attachment`` the name of its file.
    """

    ground: str
    zh: str
    en: str
    body: str
    body_name: str
    decided_on: date
    decided_by: str
    reason: str
    document: str | None
    attachment: str | None
    barred_until: date | None
    corrected_on: date | None
    corrected_by: str | None
    correction_reason: str | None


@dataclass(frozen=True, slots=True)
class CopyMade:
    """A copy of a card: when it was made, and when another took its place."""

    issued_at: datetime
    state: CopyState
    replaced_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCard(FoundCard):
    """A card with all around it. ``batch`` and ``batch_row`` say where it came from, None for an import.

    ``record_told``: whoever asks reads the integrity record of this card.
    """

    scopes: tuple[str, ...]
    in_house: bool | None
    predecessor: CardNumber | None
    successors: tuple[CardNumber, ...]
    batch: int | None
    batch_row: int | None
    applied_on: date | None
    has_photo: bool
    copies: tuple[CopyMade, ...]
    stated: tuple[Stated, ...]
    cancelled: Cancelled | None
    record_told: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """An engagement; ``ended_on`` where it ended before its term."""

    id: int
    number: CardNumber
    institution: str
    institution_name: str
    since: date
    until: date
    as_internal: bool
    document: str | None
    ended_on: date | None
    end_reason: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A dispatch to an institution."""

    id: int
    number: CardNumber
    institution: str
    institution_name: str
    on: date
    authority: str
    plan: str
    withdrawn_on: date | None
    withdrawal_reason: str | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal to cancel, and what became of it."""

    id: int
    number: CardNumber
    ground: str
    zh: str
    en: str
    body: str
    body_name: str
    proposed_by: str
    reason: str
    document: str | None
    attachment: str | None
    entered_at: datetime
    state: ProposalState
    closed_on: date | None
    closed_by: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps the record of the holder of such a card."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A line of the integrity record; a sheet has the points of its rows and their sum."""

    on: date
    number: CardNumber
    what: str
    article: str
    outcome: str
    total: int | None
    points: tuple[int, ...] | None
    body: str
    body_name: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry of the journal on one of the cards; ``seq`` is its place there, ``by`` its actor as 王小明（wang）."""

    seq: int
    at: datetime
    actor: str
    by: str
    number: CardNumber
    event: str
    zh: str
    en: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """A person, of whose identity number the ends only are told; ``photo_of`` is the newest card with a photograph."""

    name: str
    resident_id: str
    photo_of: CardNumber | None
    cards: tuple[HeldCard, ...]
    contracts: tuple[Contract, ...]
    visits: tuple[Visit, ...]
    proposals: tuple[Proposed, ...]
    keepers: tuple[Keeper, ...]
    record: tuple[Recorded, ...]
    journal: tuple[Noted, ...]
