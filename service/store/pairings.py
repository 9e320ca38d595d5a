"""Codes on a screen that let a telephone sign in, kept as hashes for a few minutes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, select

from service.store import accounts
from service.store.accounts import StoredAccount
from service.store.tables import account, pairing


def add(connection: Connection, key: bytes, account_id: int, device: str, expires_at: datetime) -> None:
    """Enter a code that lets a telephone sign in, under the hash of what it holds."""
    row = {"key": key, "account_id": account_id, "device": device, "expires_at": expires_at}
    connection.execute(pairing.insert(), row)


def find(connection: Connection, key: bytes, now: datetime) -> tuple[StoredAccount, str] | None:
    """Find whose account a code opens, and for which telephone; None for one that is over or was taken."""
    row = connection.execute(
        select(*accounts.COLUMNS, pairing.c.device)
        .join(pairing, pairing.c.account_id == account.c.id)
        .where(pairing.c.key == key, pairing.c.expires_at > now)
    ).one_or_none()
    return None if row is None else (accounts.stored(row), row.device)


def take(connection: Connection, key: bytes, now: datetime) -> bool:
    """Use a code up; return whether it was there. Codes whose time is over are swept away."""
    connection.execute(delete(pairing).where(pairing.c.expires_at <= now))
    return connection.execute(delete(pairing).where(pairing.c.key == key)).rowcount == 1
