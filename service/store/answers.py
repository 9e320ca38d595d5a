"""First answers to requests, each under its actor's key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, select, tuple_, update

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


def same(connection: Connection, asked: Keyed, since: datetime) -> tuple[str, bytes] | None:
    """Return key and sealed answer of the actor's last request with the same content under another key."""
    found = (
        select(answer.c.key, answer.c.sealed)
        .where(
            answer.c.actor == asked.actor,
            answer.c.request_hash == asked.request_hash,
            answer.c.key != asked.key,
            answer.c.created_at >= since,
            answer.c.sealed.is_not(None),
        )
        .order_by(answer.c.created_at.desc())
        .limit(1)
    )
    row = connection.execute(found).one_or_none()
    return None if row is None else (row.key, row.sealed)


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


def sweep(connection: Connection, moment: datetime, most: int) -> int:
    """Delete answers older than a moment, ``most`` of them at most; return how many."""
    own = tuple_(answer.c.actor, answer.c.key)
    old = select(answer.c.actor, answer.c.key).where(answer.c.created_at < moment).limit(most)
    old = old.with_for_update(skip_locked=True)  # another process has a keeper too; SQLite has one writer at a time
    return connection.execute(delete(answer).where(own.in_(old))).rowcount


def _of(asked: Keyed) -> ColumnElement[bool]:
    return and_(answer.c.actor == asked.actor, answer.c.key == asked.key)
