"""HR authorities (人社部门): entered once, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from service.store.facts import note
from service.store.tables import authority


def add(connection: Connection, name: str, now: datetime) -> None:
    """Enter an authority. Raises AuthorityTaken."""
    connection.execute(authority.insert(), {"name": name, "entered_at": now})
    note(connection, "authority", (name,), by="name")


def all_of(connection: Connection) -> tuple[str, ...]:
    """List the names, in their order."""
    return tuple(connection.execute(select(authority.c.name).order_by(authority.c.name)).scalars())
