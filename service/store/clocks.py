"""The clock of the database itself, where it has one."""

from __future__ import annotations

from sqlalchemy import Connection, text


def database_time(connection: Connection) -> float | None:
    """Return the database server's clock in seconds since 1970-01-01 UTC; None for SQLite, which has only ours."""
    if connection.dialect.name != "postgresql":
        return None
    return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
