"""Accounts, their sign-ins and their tokens. Secrets are kept as hashes only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from service.domain.access import Account, Permission, Role
from service.store.errors import NotFound
from service.store.facts import note
from service.store.tables import account, pairing, session, token

COLUMNS = (
    account.c.id,
    account.c.name,
    account.c.role,
    account.c.institution,
    account.c.district,
    account.c.password,
    account.c.created_at,
    account.c.disabled_at,
    account.c.person_name,
)
"""What an account is read from."""


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account as it stands; ``password`` is its Argon2id hash and not shown."""

    id: int
    account: Account
    password: str
    created_at: datetime
    disabled_at: datetime | None

    def __repr__(self) -> str:
        return f"<StoredAccount {self.account.name}>"


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in and whose it is; ``awaits`` a code or an enrolment, None: nothing more."""

    owner: StoredAccount
    csrf: str
    opened_at: datetime
    seen_at: datetime
    awaits: str | None = None
    key: bytes = b""
    network: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class From:
    """Where a sign-in is opened; ``device`` names a telephone that was let in with a code on a screen."""

    network: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A token and whose it is; good to the end of ``expires_on`` in Asia/Shanghai."""

    owner: StoredAccount
    label: str
    scopes: frozenset[Permission]
    created_at: datetime
    expires_on: date


@dataclass(frozen=True, slots=True)
class Dates:
    """From when and until when a token is good."""

    created_at: datetime
    expires_on: date


def add(connection: Connection, new: Account, password: str, now: datetime) -> None:
    """Enter an account. Raises UserTaken, ReferenceMissing."""
    connection.execute(
        account.insert(),
        {
            "name": new.name,
            "role": new.role.value,
            "institution": new.institution,
            "district": new.district,
            "person_name": new.person_name or None,
            "password": password,
            "created_at": now,
        },
    )
    note(connection, ("account", "account.password"), (new.name,), by="name")


def find(connection: Connection, name: str) -> StoredAccount | None:
    """Find an account by its name, disabled ones too."""
    row = connection.execute(select(*COLUMNS).where(account.c.name == name)).one_or_none()
    return None if row is None else stored(row)


def get(connection: Connection, name: str) -> StoredAccount:
    """Find an account by its name. Raises NotFound."""
    found = find(connection, name)
    if found is None:
        raise NotFound(f"没有用户“{name}”", f"there is no user {name!r}")
    return found


def get_by_id(connection: Connection, account_id: int) -> StoredAccount | None:
    """Find an account by its id, disabled ones too."""
    row = connection.execute(select(*COLUMNS).where(account.c.id == account_id)).one_or_none()
    return None if row is None else stored(row)


def all_of(connection: Connection) -> tuple[StoredAccount, ...]:
    """List every account in the order of the names."""
    return tuple(stored(row) for row in connection.execute(select(*COLUMNS).order_by(account.c.name)))


def keep_hash(connection: Connection, account_id: int, password: str) -> None:
    """Keep another hash of the same password."""
    connection.execute(update(account).where(account.c.id == account_id).values(password=password))
    note(connection, "account.password", (account_id,))


def set_password(connection: Connection, account_id: int, password: str) -> None:
    """Replace a password by its hash, and end every sign-in."""
    keep_hash(connection, account_id, password)
    close_sessions(connection, account_id)


def close_sessions(connection: Connection, account_id: int) -> int:
    """End every sign-in of an account, and the codes that would open one; return how many sign-ins there were."""
    connection.execute(delete(pairing).where(pairing.c.account_id == account_id))
    gone: int = connection.execute(delete(session).where(session.c.account_id == account_id)).rowcount
    return gone


def revoke_tokens(connection: Connection, account_id: int) -> int:
    """Take every token of an account away; return how many there were."""
    gone = connection.execute(delete(token).where(token.c.account_id == account_id).returning(token.c.key))
    keys = gone.scalars().all()
    note(connection, "token", keys)
    return len(keys)


def set_person_name(connection: Connection, account_id: int, person_name: str) -> None:
    """Write whose account it is."""
    connection.execute(update(account).where(account.c.id == account_id).values(person_name=person_name))
    note(connection, "account.password", (account_id,))


def disable(connection: Connection, account_id: int, now: datetime) -> None:
    """Close an account: no sign-in and no token of it works from now on."""
    connection.execute(update(account).where(account.c.id == account_id).values(disabled_at=now))
    note(connection, "account.password", (account_id,))
    close_sessions(connection, account_id)
    revoke_tokens(connection, account_id)


def enable(connection: Connection, account_id: int, password: str) -> None:
    """Open an account again, under the hash of another password; its sign-ins and tokens are gone."""
    opened = {"disabled_at": None, "password": password}
    connection.execute(update(account).where(account.c.id == account_id).values(opened))
    note(connection, "account.password", (account_id,))


def open_session(
    connection: Connection,
    key: bytes,
    account_id: int,
    csrf: str,
    now: datetime,
    awaits: str | None = None,
    came: From | None = None,
) -> None:
    """Enter a sign-in under the hash of its secret; with ``awaits`` it opens nothing yet."""
    place = came or From()
    row = {"key": key, "account_id": account_id, "csrf": csrf, "opened_at": now, "seen_at": now, "awaits": awaits}
    where = {"network": place.network or None, "device": place.device or None}
    connection.execute(session.insert(), row | where)


def find_session(connection: Connection, key: bytes) -> Session | None:
    """Find a sign-in, ended ones that have not been swept away too."""
    row = connection.execute(_SESSIONS.where(session.c.key == key)).one_or_none()
    return None if row is None else _session(row)


def sessions_of(connection: Connection, account_id: int | None = None) -> tuple[Session, ...]:
    """List the sign-ins of an account, or those of all telephones; the one that was used last comes first."""
    wanted = session.c.device.is_not(None) if account_id is None else session.c.account_id == account_id
    found = connection.execute(_SESSIONS.where(wanted).order_by(session.c.seen_at.desc(), session.c.key))
    return tuple(map(_session, found))


def touch_session(connection: Connection, key: bytes, now: datetime) -> None:
    """Note that a sign-in was used."""
    connection.execute(update(session).where(session.c.key == key).values(seen_at=now))


def close_session(connection: Connection, key: bytes) -> None:
    """End a sign-in."""
    connection.execute(delete(session).where(session.c.key == key))


def forget_sessions(connection: Connection, opened_before: datetime) -> None:
    """Sweep away sign-ins that are over whatever their role."""
    connection.execute(delete(session).where(session.c.opened_at < opened_before))


def add_token(
    connection: Connection, key: bytes, account_id: int, label: str, scopes: Sequence[Permission], dates: Dates
) -> None:
    """Enter a token under the hash of its secret. Raises TokenTaken."""
    connection.execute(
        token.insert(),
        {
            "key": key,
            "account_id": account_id,
            "label": label,
            "scopes": " ".join(sorted(scopes)),
            "created_at": dates.created_at,
            "expires_on": dates.expires_on,
        },
    )
    note(connection, "token", (key,))


def find_token(connection: Connection, key: bytes) -> Token | None:
    """Find a token by the hash of its secret."""
    return next(iter(_tokens(connection, token.c.key == key)), None)


def tokens_of(connection: Connection, account_id: int | None = None) -> tuple[Token, ...]:
    """List the tokens of one account, or all."""
    return _tokens(connection, token.c.account_id == account_id if account_id is not None else token.c.label != "")


def revoke_token(connection: Connection, account_id: int, label: str) -> bool:
    """Take a token away; return whether there was one."""
    gone = delete(token).where(token.c.account_id == account_id, token.c.label == label).returning(token.c.key)
    keys = connection.execute(gone).scalars().all()
    note(connection, "token", keys)
    return bool(keys)


def _tokens(connection: Connection, condition: ColumnElement[bool]) -> tuple[Token, ...]:
    rows = connection.execute(
        select(*COLUMNS, token.c.label, token.c.scopes, token.c.created_at.label("made_at"), token.c.expires_on)
        .join(token, token.c.account_id == account.c.id)
        .where(condition)
        .order_by(account.c.name, token.c.label)
    )
    return tuple(
        Token(stored(row), row.label, frozenset(map(Permission, row.scopes.split(" "))), row.made_at, row.expires_on)
        for row in rows
    )


_SESSIONS = select(
    *COLUMNS,
    session.c.key,
    session.c.csrf,
    session.c.opened_at,
    session.c.seen_at,
    session.c.awaits,
    session.c.network,
    session.c.device,
).join(session, session.c.account_id == account.c.id)


def _session(row: Row[*tuple[Any, ...]]) -> Session:
    opened = (row.opened_at, row.seen_at, row.awaits, row.key)
    return Session(stored(row), row.csrf, *opened, row.network or "", row.device or "")


def stored(row: Row[*tuple[Any, ...]]) -> StoredAccount:
    """Read an account from a row that holds ``COLUMNS``."""
    return StoredAccount(
        row.id,
        Account(row.name, Role(row.role), row.institution, row.district, row.person_name or ""),
        row.password,
        row.created_at,
        row.disabled_at,
    )
