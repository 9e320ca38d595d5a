"""Lose or alter stored bytes, as nothing but a hand in the database can: the register's triggers stand against it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy import Connection, select, text

from service.store.engine import Database
from service.store.migrations.rules import Rule, create, kept
from service.store.tables import blob, card

_RULES = (Rule("blob_fixed", "blob", "UPDATE"), kept("blob"))


def lose_blobs(database: Database, *digests: bytes) -> None:
    """Delete stored bytes: these, or all."""
    with _unguarded(database) as connection:
        wanted = blob.delete()
        connection.execute(wanted.where(blob.c.digest.in_(digests)) if digests else wanted)


def alter_blobs(database: Database, *digests: bytes) -> None:
    """Change the last byte of stored files: these, or all; their size stays."""
    with _unguarded(database) as connection:
        for row in connection.execute(select(blob.c.digest, blob.c.body)).all():
            if not digests or row.digest in digests:
                body = row.body[:-1] + bytes([row.body[-1] ^ 1])
                connection.execute(blob.update().where(blob.c.digest == row.digest).values(body=body))


def stored_blobs(database: Database) -> dict[bytes, bytes]:
    """Return all stored bytes by the digest they are stored under."""
    with database.read() as connection:
        return {row.digest: row.body for row in connection.execute(select(blob.c.digest, blob.c.body))}


def photo_digest(database: Database, number: str) -> bytes:
    """Return the digest of a card's photograph."""
    with database.read() as connection:
        digest: bytes = connection.execute(select(card.c.photo).where(card.c.number == number)).scalar_one()
    return digest


@contextmanager
def _unguarded(database: Database) -> Generator[Connection]:
    with database.write() as connection:
        for rule in _RULES:
            on = f" ON {rule.table}" if database.dialect == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER {rule.name}{on}"))
        yield connection
        create(connection, _RULES)
