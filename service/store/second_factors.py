"""Second factors of accounts: a sealed secret, the last step it was used for, and recovery codes as keyed hashes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, or_, select, update

from service.store.facts import note, pass_over
from service.store.statements import upsert
from service.store.tables import recovery_code, second_factor

_CODE: Final = ("recovery_code", "recovery_code.used_at")


@dataclass(frozen=True, slots=True)
class StoredFactor:
    """A sealed secret; it counts from ``confirmed_at`` on, None while it is being enrolled."""

    secret: bytes
    confirmed_at: datetime | None


def find(connection: Connection, account_id: int) -> StoredFactor | None:
    """Find an account's second factor, confirmed or not."""
    row = connection.execute(
        select(second_factor.c.secret, second_factor.c.confirmed_at).where(second_factor.c.account_id == account_id)
    ).one_or_none()
    return None if row is None else StoredFactor(row.secret, row.confirmed_at)


def confirmed(connection: Connection) -> frozenset[int]:
    """List the accounts that have one."""
    found = select(second_factor.c.account_id).where(second_factor.c.confirmed_at.is_not(None))
    return frozenset(connection.execute(found).scalars())


def begin(connection: Connection, account_id: int, secret: bytes, now: datetime) -> None:
    """Keep a secret that is to be confirmed, in place of one that never was."""
    row = {"secret": secret, "created_at": now, "confirmed_at": None, "last_step": None}
    connection.execute(
        upsert(connection, second_factor)
        .values(account_id=account_id, **row)
        .on_conflict_do_update(
            index_elements=[second_factor.c.account_id], set_=row, where=second_factor.c.confirmed_at.is_(None)
        )
    )
    note(connection, ("second_factor", "second_factor.confirmed_at"), (account_id,))


def confirm(connection: Connection, account_id: int, codes: Iterable[bytes], now: datetime) -> None:
    """Let the secret count from now on, with these recovery codes."""
    connection.execute(update(second_factor).where(second_factor.c.account_id == account_id).values(confirmed_at=now))
    note(connection, "second_factor.confirmed_at", (account_id,))
    _forget_codes(connection, account_id)
    rows = [{"key": key, "account_id": account_id} for key in codes]
    connection.execute(recovery_code.insert(), rows)
    note(connection, _CODE, [row["key"] for row in rows])


def take_step(connection: Connection, account_id: int, step: int) -> bool:
    """Use a time step up; return whether it and all later ones were unused."""
    unused = or_(second_factor.c.last_step.is_(None), second_factor.c.last_step < step)
    taken = update(second_factor).where(second_factor.c.account_id == account_id, unused).values(last_step=step)
    pass_over(connection, "second_factor")
    return connection.execute(taken.returning(second_factor.c.account_id)).first() is not None


def take_recovery_code(connection: Connection, account_id: int, key: bytes, now: datetime) -> bool:
    """Use a recovery code up; return whether it was there, unused."""
    taken = (
        update(recovery_code)
        .where(recovery_code.c.account_id == account_id, recovery_code.c.key == key, recovery_code.c.used_at.is_(None))
        .values(used_at=now)
    )
    keys = connection.execute(taken.returning(recovery_code.c.key)).scalars().all()
    note(connection, "recovery_code.used_at", keys)
    return bool(keys)


def codes_left(connection: Connection, account_id: int) -> int:
    """Count the recovery codes that are unused."""
    left = select(func.count()).where(recovery_code.c.account_id == account_id, recovery_code.c.used_at.is_(None))
    return connection.execute(left).scalar_one()


def remove(connection: Connection, account_id: int) -> bool:
    """Take a second factor away with its recovery codes; return whether there was one."""
    _forget_codes(connection, account_id)
    gone = delete(second_factor).where(second_factor.c.account_id == account_id)
    found = connection.execute(gone.returning(second_factor.c.account_id)).scalars().all()
    note(connection, ("second_factor", "second_factor.confirmed_at"), found)
    return bool(found)


def _forget_codes(connection: Connection, account_id: int) -> None:
    gone = delete(recovery_code).where(recovery_code.c.account_id == account_id).returning(recovery_code.c.key)
    note(connection, _CODE, connection.execute(gone).scalars().all())
