"""What the register keeps around a person's cards: copies, successors, dispatches, proposals, journal entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from service.domain.card_number import CardNumber
from service.domain.journal import Entry, parse_entry
from service.store.card_rows import select_cards, to_cards
from service.store.cards import CardRecord
from service.store.proposals import StoredProposal
from service.store.proposals import get as proposal_of
from service.store.states import CopyState
from service.store.tables import card, copy, dispatch, journal, proposal


@dataclass(frozen=True, slots=True)
class PrintedCopy:
    """One copy of a card: when it was made, and when another took its place."""

    issued_at: datetime
    state: CopyState
    replaced_on: date | None


@dataclass(frozen=True, slots=True)
class Sent:
    """A dispatch of a card's holder; ``plan`` is empty where none is named."""

    id: int
    number: CardNumber
    institution: str
    on: date
    authority: str
    plan: str
    withdrawn_on: date | None
    withdrawal_reason: str | None


def records_of(connection: Connection, person_id: int) -> tuple[CardRecord, ...]:
    """Read every card of a person with what is kept beside it, the newest first."""
    extra = (card.c.applied_on, card.c.batch_id, card.c.batch_row, card.c.photo, card.c.application)
    rows = connection.execute(select_cards(*extra).where(card.c.person_id == person_id))
    found = [
        CardRecord(
            card=one,
            applied_on=row.applied_on,
            batch_id=row.batch_id,
            batch_row=row.batch_row,
            photo=row.photo,
            application=row.application,
        )
        for one, row in to_cards(rows)
    ]
    return tuple(sorted(found, key=lambda one: (one.card.issued_on, one.card.number), reverse=True))


def copies_of(connection: Connection, number: CardNumber) -> tuple[PrintedCopy, ...]:
    """List the copies of a card, the first one first."""
    rows = connection.execute(
        select(copy.c.issued_at, copy.c.state, copy.c.replaced_on)
        .where(copy.c.number == str(number))
        .order_by(copy.c.issued_at, copy.c.list_no, copy.c.list_index)
    )
    return tuple(PrintedCopy(row.issued_at, CopyState(row.state), row.replaced_on) for row in rows)


def dispatches_of(connection: Connection, person_id: int) -> tuple[Sent, ...]:
    """List where a person was sent, by day, also what was taken back."""
    rows = connection.execute(
        select(dispatch)
        .join(card, card.c.number == dispatch.c.number)
        .where(card.c.person_id == person_id)
        .order_by(dispatch.c.on_day, dispatch.c.id)
    )
    return tuple(
        Sent(
            row.id,
            CardNumber(row.number),
            row.institution,
            row.on_day,
            row.authority,
            row.plan,
            row.withdrawn_on,
            row.withdrawal_reason,
        )
        for row in rows
    )


def proposals_of(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[StoredProposal, ...]:
    """List the proposals on these cards, answered or not, the oldest first."""
    wanted = select(proposal.c.id).where(proposal.c.number.in_([str(number) for number in numbers]))
    found = (
        proposal_of(connection, identity) for identity in connection.execute(wanted.order_by(proposal.c.id)).scalars()
    )
    return tuple(one for one in found if one is not None)


def entries_on(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[Entry, ...]:
    """Read the journal's entries on these cards, the oldest first."""
    wanted = select(journal.c.entry).where(journal.c.subject.in_([str(number) for number in numbers]))
    return tuple(parse_entry(entry) for entry in connection.execute(wanted.order_by(journal.c.seq)).scalars())
