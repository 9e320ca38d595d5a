"""Signing keys on several hosts: a new one lies sealed in the database until each host has it in its own vault.

What seals it is the vault's own secret, so a host needs a copy of the vault, made once, and no newer one after a
rotation. A key that has retired or was stolen goes from the database at once, and from every vault within a minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection

from keys.errors import KeyNotHeld, TokenError
from keys.keyring import KeyRecord, KeyState
from service.flows.register import Register
from service.store import key_records

_AT_WORK: Final = frozenset({KeyState.NEXT, KeyState.ACTIVE})


def share_keys(register: Register, connection: Connection, records: Iterable[KeyRecord]) -> None:
    """Leave for the other hosts what this one holds of the keys that sign now or next, and none of any other key."""
    records = tuple(records)
    lying = key_records.shared(connection)
    for record in records:
        if record.state in _AT_WORK and record.public not in lying:
            try:
                sealed = register.vault.share(record.public)
            except KeyNotHeld:  # another host holds it
                continue
            key_records.share(connection, record.public, sealed)
    key_records.unshare(connection, (record.public for record in records if record.state not in _AT_WORK))


def keep_keys(register: Register) -> None:
    """Take into this host's vault the keys that others have left, and destroy in it those that sign no more.

    Raises SealedFieldInvalid where the vault is no copy of that in which a key was made.
    """
    with register.database.read() as connection:
        records = key_records.all_of(connection)
        lying = key_records.shared(connection)
    held = register.vault.held()
    for record in records:
        if record.state in _AT_WORK:
            if record.public not in held and record.public in lying:
                register.vault.take(record.public, record.purpose, lying[record.public])
        elif record.public in held:
            destroy_key(register, record)


def destroy_key(register: Register, record: KeyRecord) -> None:
    """Destroy the private half of a key in this host's vault, or on its token, where it is there."""
    with suppress(KeyNotHeld, TokenError):  # destroyed before, never on this machine, or on a token that is away
        register.places.delete(record.public)
