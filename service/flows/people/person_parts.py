"""What stands in a person's file, one part each, and who may read of it (督§4, 考§17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.event import Json
from service.domain.event_words import OF_THE_CARD, event_words
from service.domain.journal import Entry
from service.domain.kinds import CardKind
from service.domain.regulation import BAR_YEARS
from service.domain.sight import Place, Sight, Ties, reaches
from service.domain.stated import stated_in
from service.domain.validity import first_application_on
from service.flows.people.person_file import Cancelled, Contract, CopyMade, HeldCard, Noted, Proposed, Recorded, Visit
from service.flows.people.record import RecordLine
from service.flows.people.search import Names, shown
from service.store import cancellations, dossiers
from service.store.cards import CardRecord
from service.store.dossiers import Sent
from service.store.engagements import StoredEngagement
from service.store.proposals import StoredProposal

_DETAILS: Final = ("on", "what", "ground", "outcome", "institution", "authority", "plan", "reason", "by", "decided_by")
_WHAT: Final = {
    "review": "工作评议表",
    "evaluation": "评议/年度考核结果",
    "warning": "劝告",
    "reward": "奖励",
    "sanction": "处分",
}


def contract(one: StoredEngagement, names: Names) -> Contract:
    """Return a contract as the person's page tells it."""
    return Contract(
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


def visit(one: Sent, names: Names) -> Visit:
    """Return a dispatch as the person's page tells it."""
    return Visit(
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


def proposal(one: StoredProposal, names: Names) -> Proposed:
    """Return a proposal as the person's page tells it."""
    return Proposed(
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


def ties(record: CardRecord, engaged_at: tuple[Place, ...], names: Names) -> Ties:
    """Return what ties bodies to a card and its holder."""
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


def within(sight: Sight, institution: str, names: Names) -> bool:
    """Return whether an institution lies within a sight."""
    return reaches(sight, institution, names.authority_of(institution))


def held_card(
    connection: Connection,
    record: CardRecord,
    all_held: Sequence[CardRecord],
    names: Names,
    today: date,
    *,
    told: bool,
    has_photo: bool,
) -> HeldCard:
    """Return a card with all around it."""
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
        barred_until=None if correction is not None else last_barred_day(card, decision.decided_on),
        corrected_on=None if correction is None else correction.corrected_on,
        corrected_by=None if correction is None else correction.decided_by,
        correction_reason=None if correction is None else correction.reason,
    )


def last_barred_day(card: Card, decided_on: date) -> date | None:
    """Return the last day on which a cancelled assessor may not apply; supervisors are barred from nothing. 考§21."""
    if not card.kind.is_assessor or card.status is not CardStatus.REVOKED:
        return None
    return first_application_on(decided_on, BAR_YEARS) - timedelta(days=1)


def recorded(line: RecordLine, names: Names) -> Recorded:
    """Return a line of the integrity record, with its body named."""
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


def is_for(entry: Entry, sight: Sight, about: dict[str, set[int]], read: frozenset[str]) -> bool:
    """Return whether an entry on a card that one sees is about something that one sees."""
    event = entry.event
    if sight.is_unrestricted or event.kind in OF_THE_CARD:
        return True
    if event.kind in {"integrity-recorded", "case-closed"}:
        return event.subject in read
    return any(event.data.get(key) in known for key, known in about.items() if key in event.data)


def noted(entry: Entry, names: Names) -> Noted:
    """Return an entry of the journal in words."""
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
