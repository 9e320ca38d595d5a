"""Batches, each under its actor's idempotency key: a retry finds the answer and issues nothing again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from service.domain.draft_state import DraftState
from service.domain.issuer import CENTRE
from service.store import drafts
from service.store.errors import IdempotencyKeyReused
from service.store.facts import note, pass_over
from service.store.statements import upsert
from service.store.tables import batch, card

_COLUMNS: Final = (
    batch.c.id,
    batch.c.actor,
    batch.c.key,
    batch.c.request_hash,
    batch.c.created_at,
    batch.c.issued_on,
    batch.c.issuer,
    batch.c.reviewed_by,
    batch.c.result,
)


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch. ``request_hash`` is the SHA-256 of what was asked; ``result`` the answer, as JSON values.

    ``result`` is None only inside the transaction that begins the batch.
    """

    id: int
    actor: str
    key: str
    request_hash: bytes
    created_at: datetime
    issued_on: date
    issuer: str | None
    reviewed_by: str | None
    result: Any


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch in a list: ``issued`` counts its cards, ``refused`` its rows that got none."""

    id: int
    created_at: datetime
    issued_on: date
    issuer: str | None
    reviewed_by: str | None
    issued: int
    refused: int


def begin(  # noqa: PLR0913 - one argument a column
    connection: Connection,
    *,
    actor: str,
    key: str,
    request_hash: bytes,
    now: datetime,
    issued_on: date,
    commitment_key: bytes,
    issuer: str | None = None,
    reviewed_by: str | None = None,
    draft: int | None = None,
) -> Batch:
    """Enter a batch as the first step of its transaction, or find the one the same request made before.

    It has the id of its ``draft``; one without gets a draft of its own. ``result`` is None for a new batch, which
    ``finish`` completes, and the answer for an earlier one. Where another process is at work on the same key, this
    waits for it. Raises IdempotencyKeyReused for a key that came with another request.
    """
    if find(connection, actor=actor, key=key) is None:
        with connection.begin_nested() as own:
            identity = draft or drafts.begin(
                connection,
                body=issuer or CENTRE,
                holder=actor,
                name="",
                now=now,
                state=DraftState.ISSUED,
                issued_on=issued_on,
                reviewed_by=reviewed_by,
            )
            new = upsert(connection, batch).values(
                id=identity,
                actor=actor,
                key=key,
                request_hash=request_hash,
                created_at=now,
                issued_on=issued_on,
                issuer=issuer,
                reviewed_by=reviewed_by,
                commitment_key=commitment_key,
            )
            entered = new.on_conflict_do_nothing(index_elements=[batch.c.actor, batch.c.key])
            if not connection.execute(entered).rowcount:  # another process was first: nothing is left of the draft
                own.rollback()
    stored = find(connection, actor=actor, key=key)
    assert stored is not None, "a batch is never deleted"
    if stored.request_hash != request_hash:
        raise key_reused(key)
    if stored.result is None:
        note(connection, "batch", (stored.id,))
    else:
        pass_over(connection, "batch")  # nothing was entered, whatever a statement that waited for another counts
    return stored


def finish(connection: Connection, batch_id: int, result: object) -> None:
    """Store the answer, JSON values, in the transaction that began the batch."""
    connection.execute(update(batch).where(batch.c.id == batch_id).values(result=result))
    note(connection, "batch", (batch_id,))


def find(connection: Connection, *, actor: str, key: str) -> Batch | None:
    """Find the batch of an actor's key."""
    return _find(connection, batch.c.actor == actor, batch.c.key == key)


def get(connection: Connection, batch_id: int) -> Batch | None:
    """Find a batch by its id."""
    return _find(connection, batch.c.id == batch_id)


def newest(
    connection: Connection, issuer: str, *, or_without: bool, before: int | None, most: int
) -> tuple[BatchLine, ...]:
    """List an issuer's batches, the newest first, of those with an id under ``before``.

    ``or_without`` takes in those that name no issuer, which may hold every kind of card.
    """
    cards = select(func.count()).where(card.c.batch_id == batch.c.id).scalar_subquery()
    refused = func.coalesce(func.json_array_length(batch.c.result["refused"]), 0)
    of_issuer = batch.c.issuer == issuer
    found = (
        select(
            batch.c.id,
            batch.c.created_at,
            batch.c.issued_on,
            batch.c.issuer,
            batch.c.reviewed_by,
            cards,
            refused,
        )
        .where(or_(of_issuer, batch.c.issuer.is_(None)) if or_without else of_issuer)
        .order_by(batch.c.id.desc())
        .limit(most)
    )
    if before is not None:
        found = found.where(batch.c.id < before)
    return tuple(BatchLine(*row) for row in connection.execute(found))


def lines(connection: Connection, identities: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return by batch how many cards it has, and how many rows got none."""
    cards = select(func.count()).where(card.c.batch_id == batch.c.id).scalar_subquery()
    refused = func.coalesce(func.json_array_length(batch.c.result["refused"]), 0)
    found = select(batch.c.id, cards, refused).where(batch.c.id.in_(list(identities)))
    return {row[0]: (row[1], row[2]) for row in connection.execute(found)}


def key_reused(key: str) -> IdempotencyKeyReused:
    """Report that a key came before with another request."""
    return IdempotencyKeyReused(
        f"幂等键“{key}”此前用于另一个请求；内容不同时请换用新键",
        f"idempotency key {key!r} came before with another request; use a new key for other content",
    )


def _find(connection: Connection, *conditions: ColumnElement[bool]) -> Batch | None:
    row = connection.execute(select(*_COLUMNS).where(*conditions)).one_or_none()
    return None if row is None else Batch(*row)
