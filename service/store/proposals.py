"""Proposals to cancel a qualification: entered once, closed once (督§19, 考§21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select, update

from service.domain.cancellation import Proposal, parse_ground
from service.domain.card_number import CardNumber
from service.store.cancellations import attachment_of, attachment_values
from service.store.facts import note
from service.store.parts import Part, count_rows
from service.store.statements import chunks
from service.store.states import ProposalState
from service.store.tables import card, proposal


@dataclass(frozen=True, slots=True)
class StoredProposal:
    """A proposal and what became of it; ``issuer`` of the card decides on it. ``answer`` says why it was declined."""

    id: int
    number: CardNumber
    issuer: str
    proposal: Proposal
    entered_at: datetime
    state: ProposalState
    closed_on: date | None
    closed_by: str | None
    answer: str | None
    name: str = ""
    """The holder's; empty for who has proposed and does not see the holder otherwise."""


def add(connection: Connection, number: CardNumber, new: Proposal, now: datetime, identity: int | None = None) -> int:
    """Enter a proposal and give its id, which a restore states. Raises ReferenceMissing."""
    result = connection.execute(
        proposal.insert().returning(proposal.c.id),
        {
            **({} if identity is None else {"id": identity}),
            "number": str(number),
            "ground": str(new.ground),
            "body": new.body,
            "proposed_by": new.proposed_by,
            "reason": new.reason,
            "document": new.document,
            "entered_at": now,
            "state": ProposalState.PROPOSED.value,
            **attachment_values(new.attachment),
        },
    )
    given: int = result.scalar_one()
    note(connection, ("proposal", "proposal.state"), (given,))
    return given


def get(connection: Connection, identity: int) -> StoredProposal | None:
    """Find a proposal by its id."""
    row = connection.execute(_select().where(proposal.c.id == identity)).one_or_none()
    return None if row is None else _stored(row)


def all_of(connection: Connection, body: str | None = None) -> tuple[StoredProposal, ...]:
    """List the proposals that a body made or decides on, or every one, the oldest first."""
    return tuple(map(_stored, connection.execute(_of(body))))


def page(connection: Connection, body: str, part: Part) -> tuple[tuple[StoredProposal, ...], int]:
    """Read a part of the proposals that a body made or decides on, the oldest first, and count all of them."""
    rows = connection.execute(part.of(_of(body), proposal.c.id))
    return tuple(map(_stored, rows)), count_rows(connection, _of(body))


def open_ones(connection: Connection, issuer: str | None = None) -> tuple[StoredProposal, ...]:
    """List the proposals that nobody has answered, on an issuer's cards or on all, the oldest first."""
    wanted = _select().where(proposal.c.state == ProposalState.PROPOSED.value)
    rows = connection.execute(wanted if issuer is None else wanted.where(card.c.issuer == issuer))
    return tuple(map(_stored, rows))


def next_of(connection: Connection, body: str, *, only_open: bool, after: int, most: int) -> tuple[StoredProposal, ...]:
    """Read the next proposals that a body made or decides on by id, all or those that nobody has answered."""
    wanted = _of(body).where(proposal.c.id > after).limit(most)
    if only_open:
        wanted = wanted.where(proposal.c.state == ProposalState.PROPOSED.value)
    return tuple(map(_stored, connection.execute(wanted)))


def open_for(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[StoredProposal, ...]:
    """List the proposals on these cards that nobody has answered."""
    return tuple(
        _stored(row)
        for chunk in chunks(sorted(map(str, numbers)))
        for row in connection.execute(
            _select().where(proposal.c.number.in_(chunk), proposal.c.state == ProposalState.PROPOSED.value)
        )
    )


def count_open(connection: Connection, issuer: str) -> int:
    """Count the proposals that an issuer has not answered."""
    unanswered = (card.c.issuer == issuer, proposal.c.state == ProposalState.PROPOSED.value)
    counted = select(func.count()).select_from(proposal).join(card, card.c.number == proposal.c.number)
    return connection.execute(counted.where(*unanswered)).scalar_one()


def close(
    connection: Connection, identity: int, state: ProposalState, on: date, by: str, answer: str | None = None
) -> None:
    """Close a proposal. Raises AppendOnly for one that is closed."""
    connection.execute(
        update(proposal)
        .where(proposal.c.id == identity)
        .values(state=state.value, closed_on=on, closed_by=by, answer=answer)
    )
    note(connection, "proposal.state", (identity,))


def _of(body: str | None) -> Select[*tuple[Any, ...]]:
    return _select() if body is None else _select().where(or_(card.c.issuer == body, proposal.c.body == body))


def _select() -> Select[*tuple[Any, ...]]:
    return (
        select(proposal, card.c.issuer, card.c.name)
        .join(card, card.c.number == proposal.c.number)
        .order_by(proposal.c.id)
    )


def _stored(row: Row[*tuple[Any, ...]]) -> StoredProposal:
    return StoredProposal(
        row.id,
        CardNumber(row.number),
        row.issuer,
        Proposal(
            parse_ground(row.ground),
            row.body,
            row.proposed_by,
            row.reason,
            row.document,
            attachment_of(row.attachment, row.attachment_digest),
        ),
        row.entered_at,
        ProposalState(row.state),
        row.closed_on,
        row.closed_by,
        row.answer,
        row.name,
    )
