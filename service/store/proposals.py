"""Proposals to cancel a qualification: entered once, closed once (督§19, 考§21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, update

from service.domain.cancellation import Proposal, parse_ground
from service.domain.card_number import CardNumber
from service.store.cancellations import attachment_of, attachment_values
from service.store.facts import note
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


def all_of(connection: Connection) -> tuple[StoredProposal, ...]:
    """List every proposal, the oldest first."""
    return tuple(map(_stored, connection.execute(_select())))


def open_for(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[StoredProposal, ...]:
    """List the proposals on these cards that nobody has answered."""
    return tuple(
        _stored(row)
        for chunk in chunks(sorted(map(str, numbers)))
        for row in connection.execute(
            _select().where(proposal.c.number.in_(chunk), proposal.c.state == ProposalState.PROPOSED.value)
        )
    )


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


def _select() -> Select[*tuple[Any, ...]]:
    return select(proposal, card.c.issuer).join(card, card.c.number == proposal.c.number).order_by(proposal.c.id)


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
    )
