"""First answers to requests, each under its actor's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from service.store.batches import key_reused
from service.store.statements import upsert
from service.store.tables import answer


@dataclass(frozen=True, slots=True)
class Keyed:
    """A request under a key: ``request_hash`` is the SHA-256 of what is asked, 32 bytes."""

    actor: str
    key: str
    request_hash: bytes


def find(connection: Connection, asked: Keyed) -> bytes | None:
    """Return the sealed answer that the same request got. Raises IdempotencyKeyReused for another one's key."""
    row = connection.execute(select(answer.c.request_hash, answer.c.sealed).where(_of(asked))).one_or_none()
    if row is None:
        return None
    if row.request_hash != asked.request_hash:
        raise key_reused(asked.key)
    sealed: bytes = row.sealed  # outside the transaction that makes it, a row has its answer
    return sealed


def claim(connection: Connection, asked: Keyed, now: datetime) -> bool:
    """Enter a request as the first step of its transaction; return False if one with its key was answered before.

    Where another transaction is at work on the same key, this waits for it. Raises Busy.
    """
    new = upsert(connection, answer).values(
        actor=asked.actor, key=asked.key, request_hash=asked.request_hash, created_at=now
    )
    return connection.execute(new.on_conflict_do_nothing().returning(answer.c.key)).first() is not None


def keep(connection: Connection, asked: Keyed, sealed: bytes) -> None:
    """Store the answer, in the transaction that has entered the request."""
    connection.execute(update(answer).where(_of(asked)).values(sealed=sealed))


def release(connection: Connection, asked: Keyed) -> None:
    """Take the request back, in the transaction that has entered it: it was refused, and may come again."""
    connection.execute(delete(answer).where(_of(asked)))


def is_any_before(connection: Connection, moment: datetime) -> bool:
    """Return True if there is an answer older than a moment."""
    return connection.execute(select(answer.c.key).where(answer.c.created_at < moment).limit(1)).first() is not None


def sweep(connection: Connection, moment: datetime) -> int:
    """Delete the answers older than a moment; return how many."""
    return connection.execute(delete(answer).where(answer.c.created_at < moment)).rowcount


def _of(asked: Keyed) -> ColumnElement[bool]:
    return and_(answer.c.actor == asked.actor, answer.c.key == asked.key)
