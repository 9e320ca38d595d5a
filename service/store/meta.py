"""Settings that belong to the register and not to the machine: jurisdiction, host, and the like."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from service.store.facts import note
from service.store.statements import chunks, upsert
from service.store.tables import meta


def get(connection: Connection, key: str) -> str | None:
    """Read one setting, None where it was never put."""
    return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar_one_or_none()


def get_many(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Read some settings; those that were never put are left out."""
    return {
        row.key: row.value
        for chunk in chunks(keys)
        for row in connection.execute(select(meta.c.key, meta.c.value).where(meta.c.key.in_(chunk)))
    }


def put(connection: Connection, key: str, value: str) -> None:
    """Write one setting, over the one before."""
    statement = upsert(connection, meta).values(key=key, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=[meta.c.key], set_={"value": value}))
    note(connection, "meta", (key,))


def forget(connection: Connection, key: str) -> None:
    """Take one setting away, so that it was never put."""
    connection.execute(delete(meta).where(meta.c.key == key))
    note(connection, "meta", (key,))
