"""Return all that the register holds of a person, to whoever answers for them (督§4, 考§5, 考§19).

What another body does is left out: an institution reads of its own contracts, a proposal is between whoever makes it
and whoever decides, the integrity record is for its keepers (督§4, 考§17). The centre reads everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.access_record import Access, Act
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.event import Json
from service.domain.event_words import OF_THE_CARD, event_words
from service.domain.issuer import CENTRE
from service.domain.journal import Entry
from service.domain.kinds import CardKind
from service.domain.masking import mask_id
from service.domain.people import ResidentId
from service.domain.regulation import BAR_YEARS
from service.domain.sight import CENTRE_SIGHT, Place, Sight, Ties, ground_of, reaches, sees, sight_of
from service.domain.stated import Stated, stated_in
from service.domain.validity import first_application_on
from service.flows.cards.stored_photos import read_photo
from service.flows.errors import Refused, no_such_card
from service.flows.issue.issuing import ID_CONTEXT
from service.flows.people.access_records import record_access
from service.flows.people.record import RecordLine, may_read_of, person_record
from service.flows.people.search import FoundCard, Names, names_of, shown
from service.flows.register import Register
from service.store import blobs, cancellations, cards, dossiers, engagements, people
from service.store.cards import CardRecord
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


_DETAILS: Final = ("on", "what", "ground", "outcome", "institution", "authority", "plan", "reason", "by", "decided_by")
_WHAT: Final = {
    "review": "工作评议表",
    "evaluation": "评议/年度考核结果",
    "warning": "劝告",
    "reward": "奖励",
    "sanction": "处分",
}


def person_of(register: Register, number: CardNumber, by: Principal) -> PersonFile:
    """Return all of whoever holds a card, over the cards that one sees, the newest first.

    Raises Refused, as for a number that nobody has, where one does not see that card.
    """
    try:
        told, ground = _person_of(register, number, by.body, sight_of(by.account))
    except Refused as refused:
        record_access(
            register, by.actor, Access(act=Act.REFUSED, number=number, ground=Act.PERSON, outcome=refused.code)
        )
        raise
    record_access(register, by.actor, Access(act=Act.PERSON, number=number, ground=ground))
    return told


def whole_person_of(register: Register, number: CardNumber, actor: str) -> PersonFile:
    """Return all of whoever holds a card to whoever sits at the machine. Raises Refused for a number nobody has."""
    told, _ = _person_of(register, number, CENTRE, CENTRE_SIGHT)
    record_access(register, actor, Access(act=Act.PERSON, number=number, ground="machine"))
    return told


def ground_to_see(register: Register, number: CardNumber, by: Principal) -> str:
    """Return on what ground somebody sees a card, as ``domain.sight`` names it; empty where there is none."""
    today = register.effects.today()
    with register.database.read() as connection:
        asked = cards.get(connection, number)
        if asked is None:
            return ground_of(sight_of(by.account), Ties(), today)
        names = names_of(register, connection)
        engaged_at = _engaging(connection, asked.card.person, names)
        return ground_of(sight_of(by.account), _ties(asked, engaged_at, names), today)


def photo_of_person(register: Register, told: PersonFile) -> bytes | None:
    """Read the newest photograph of a person whom one sees; None where there is none."""
    if told.photo_of is None:
        return None
    with register.database.read() as connection:
        found = cards.get(connection, told.photo_of)
        return None if found is None or found.photo is None else read_photo(connection, found.photo)


def _engaging(connection: Connection, person: int, names: Names) -> tuple[Place, ...]:
    contracts = engagements.of_person(connection, person)
    return tuple(names.place(one.term.institution, one.term.until) for one in contracts)


def _person_of(register: Register, number: CardNumber, body: str, sight: Sight) -> tuple[PersonFile, str]:
    today = register.effects.today()
    with register.database.read() as connection:
        asked = cards.get(connection, number)
        if asked is None:
            raise no_such_card(number)
        person = people.get(connection, asked.card.person)
        assert person is not None  # the card refers to it
        names = names_of(register, connection)
        contracts = engagements.of_person(connection, asked.card.person)
        sent = dossiers.dispatches_of(connection, asked.card.person)
        engaged_at = tuple(names.place(one.term.institution, one.term.until) for one in contracts)
        held = tuple(
            one
            for one in dossiers.records_of(connection, asked.card.person)
            if sees(sight, _ties(one, engaged_at, names), today)
        )
        numbers = [one.card.number for one in held]
        if number not in numbers:
            raise no_such_card(number)
        ground = ground_of(sight, _ties(asked, engaged_at, names), today)
        read = frozenset(one.card.number for one in held if may_read_of(connection, one.card, body, today))
        proposed = tuple(
            one
            for one in dossiers.proposals_of(connection, numbers)
            if sight.is_unrestricted or body in {one.issuer, one.proposal.body}
        )
        entries = dossiers.entries_on(connection, numbers)
        stored = blobs.present(connection, (one.photo for one in held if one.photo is not None))
        shown_cards = tuple(
            _held(
                connection,
                one,
                held,
                names,
                today,
                told=one.card.number in read,
                has_photo=one.photo in stored,
            )
            for one in held
        )
    contracts = tuple(one for one in contracts if _within(sight, one.engagement.institution, names))
    visits = tuple(
        one for one in sent if _within(sight, one.institution, names) or one.authority in sight.district_names
    )
    told = person_record(register, min(read), body=body) if read else None
    about = {
        "engagement": {one.id for one in contracts},
        "dispatch": {one.id for one in visits},
        "proposal": {one.id for one in proposed},
    }
    photographed = (one.card.number for one in held if one.photo in stored)
    file = PersonFile(
        name=person.name,
        resident_id=mask_id(ResidentId(register.cipher.open(person.id_sealed, ID_CONTEXT + person.blind_index))),
        photo_of=next(photographed, None),
        cards=shown_cards,
        contracts=tuple(
            Contract(
                one.id,
                one.number,
                one.engagement.institution,
                names.of_body(one.engagement.institution),
                one.engagement.since,
                one.engagement.until,
                one.engagement.as_internal,
                one.engagement.document,
                one.ended_on,
                one.end_reason,
            )
            for one in contracts
        ),
        visits=tuple(
            Visit(
                one.id,
                one.number,
                one.institution,
                names.of_body(one.institution),
                one.on,
                one.authority,
                one.plan,
                one.withdrawn_on,
                one.withdrawal_reason,
            )
            for one in visits
        ),
        proposals=tuple(
            Proposed(
                one.id,
                one.number,
                str(one.proposal.ground),
                one.proposal.ground.zh,
                one.proposal.ground.en,
                one.proposal.body,
                names.of_body(one.proposal.body),
                one.proposal.proposed_by,
                one.proposal.reason,
                one.proposal.document,
                None if one.proposal.attachment is None else one.proposal.attachment.name,
                one.entered_at,
                one.state,
                one.closed_on,
                one.closed_by,
                one.answer,
            )
            for one in proposed
        ),
        keepers=() if told is None else tuple(Keeper(zh, en) for _, (zh, en) in told.keepers),
        record=() if told is None else tuple(_recorded(line, names) for line in told.lines if line.number in read),
        journal=tuple(_noted(entry, names) for entry in entries if _is_for(entry, sight, about, read)),
    )
    return file, ground


def _ties(record: CardRecord, engaged_at: tuple[Place, ...], names: Names) -> Ties:
    card = record.card
    stated = (record.application or {}).get("recommended_by")
    is_own = card.kind is CardKind.INTERNAL
    return Ties(
        issued_by=names.place(card.institution) if card.institution is not None and is_own else None,
        named=names.place(card.institution, card.expires_on) if card.institution is not None and not is_own else None,
        work_unit=card.work_unit,
        recommended_by=stated if isinstance(stated, str) else None,
        engaged_at=engaged_at,
    )


def _within(sight: Sight, institution: str, names: Names) -> bool:
    return reaches(sight, institution, names.authority_of(institution))


def _held(
    connection: Connection,
    record: CardRecord,
    all_held: Sequence[CardRecord],
    names: Names,
    today: date,
    *,
    told: bool,
    has_photo: bool,
) -> HeldCard:
    card = record.card
    base = shown(card, names, today)
    return HeldCard(
        **{field.name: getattr(base, field.name) for field in fields(base)},
        scopes=tuple(sorted(card.scopes)),
        in_house=card.in_house,
        predecessor=card.predecessor,
        successors=tuple(one.card.number for one in all_held if one.card.predecessor == card.number),
        batch=record.batch_id,
        batch_row=record.batch_row,
        applied_on=record.applied_on,
        has_photo=has_photo,
        copies=tuple(
            CopyMade(one.issued_at, one.state, one.replaced_on) for one in dossiers.copies_of(connection, card.number)
        ),
        stated=stated_in(record.application),
        cancelled=_cancelled(connection, card, names),
        record_told=told,
    )


def _cancelled(connection: Connection, card: Card, names: Names) -> Cancelled | None:
    decision = cancellations.get(connection, card.number)
    if decision is None:
        return None
    correction = cancellations.get_correction(connection, card.number)
    return Cancelled(
        ground=str(decision.ground),
        zh=decision.ground.zh,
        en=decision.ground.en,
        body=decision.body,
        body_name=names.of_body(decision.body),
        decided_on=decision.decided_on,
        decided_by=decision.decided_by,
        reason=decision.reason,
        document=decision.document,
        attachment=None if decision.attachment is None else decision.attachment.name,
        barred_until=None if correction is not None else last_barred_day(card),
        corrected_on=None if correction is None else correction.corrected_on,
        corrected_by=None if correction is None else correction.decided_by,
        correction_reason=None if correction is None else correction.reason,
    )


def last_barred_day(card: Card) -> date | None:
    """Return the last day on which a cancelled assessor may not apply; supervisors are barred from nothing. 考§21."""
    if not card.kind.is_assessor or card.status is not CardStatus.REVOKED or card.status_on is None:
        return None
    return first_application_on(card.status_on, BAR_YEARS) - timedelta(days=1)


def _recorded(line: RecordLine, names: Names) -> Recorded:
    return Recorded(
        line.on,
        line.number,
        line.what,
        line.article,
        line.outcome,
        line.total,
        line.points,
        line.body,
        names.of_body(line.body),
        line.by,
        line.note,
    )


def _is_for(entry: Entry, sight: Sight, about: dict[str, set[int]], read: frozenset[str]) -> bool:
    """Return whether an entry on a card that one sees is about something that one sees."""
    event = entry.event
    if sight.is_unrestricted or event.kind in OF_THE_CARD:
        return True
    if event.kind in {"integrity-recorded", "case-closed"}:
        return event.subject in read
    return any(event.data.get(key) in known for key, known in about.items() if key in event.data)


def _noted(entry: Entry, names: Names) -> Noted:
    event = entry.event
    zh, en = event_words(event.kind)
    details = (_detail(key, event.data[key], names) for key in _DETAILS if key in event.data)
    number = CardNumber(str(event.subject))
    return Noted(
        entry.seq, entry.at, entry.actor, entry.by, number, event.kind, zh, en, " · ".join(filter(None, details))
    )


def _detail(key: str, value: Json, names: Names) -> str:
    if not isinstance(value, str):
        return ""
    if key == "institution":
        return names.of_body(value)
    return _WHAT.get(value, value) if key == "what" else value
