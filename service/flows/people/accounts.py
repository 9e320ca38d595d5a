"""Accounts and tokens: made, listed and taken away by whoever sits at the machine."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Final

from msgspec import Struct
from sqlalchemy import Connection

from keys.passwords import hash_password
from keys.sealing import SALT_SIZE
from service.domain.access import (
    AccessInvalid,
    Account,
    By,
    Permission,
    Role,
    check_password,
    check_person_name,
    permissions_of_token,
    user_key,
)
from service.domain.account_keeping import is_last_administrator
from service.domain.event import Event, Json
from service.domain.tidy import tidy_name
from service.effects import Effects
from service.flows.errors import Refused
from service.flows.people.authorities import listed_authority
from service.flows.people.sign_in import key_of
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import line
from service.store import accounts, institutions, journal
from service.store.accounts import Dates, StoredAccount, Token

TOKEN_PREFIX: Final = "zk_"  # noqa: S105 - by it a leaked token is recognised
MAX_TOKEN_DAYS: Final = 366
FIRST_USER: Final = "admin"
_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account that was made; ``password`` only where it was left to chance, to be told once."""

    account: Account
    password: str | None

    def __repr__(self) -> str:
        return f"<NewUser {self.account.name}>"


@dataclass(frozen=True, slots=True)
class FirstUser:
    """The administrator a register begins with."""

    account: Account
    password: str

    def __repr__(self) -> str:
        return f"<FirstUser {self.account.name}>"


def add_user(register: Register, new: Account, password: str | None, actor: str) -> NewUser:
    """Make an account; without a password a random one is made. Raises AccessInvalid, UserTaken, Refused.

    A district bureau's account is of one that is on the list, else AuthorityInvalid is raised.
    """
    check_person_name(new.person_name)
    made = password or random_password(register.effects)
    check_password(new.name, made)
    hashed = hash_password(made, register.effects.random_bytes(SALT_SIZE), register.settings.password_cost)
    now = register.effects.now()
    with register.database.write() as connection:
        if new.institution is not None and institutions.get(connection, new.institution) is None:
            raise Refused(
                "institution-unknown",
                f"没有登记机构 {new.institution}",
                f"institution {new.institution} is not entered",
            )
        if new.district is not None:
            new = replace(new, district=listed_authority(register, connection, new.district))
        accounts.add(connection, new, hashed, now)
        data = {"role": new.role.value, "name": new.person_name}
        data |= {} if new.institution is None else {"issuer": new.institution}
        journal.append_many(connection, now, actor, (Event("user-added", new.name, data),))
    return NewUser(new, None if password else made)


def first_user(effects: Effects, password: str | None) -> FirstUser:
    """Choose a register's first administrator, with a random password unless one is given. Raises AccessInvalid."""
    made = password or random_password(effects)
    check_password(FIRST_USER, made)
    return FirstUser(Account(FIRST_USER, Role.ADMINISTRATOR), made)


def list_users(register: Register) -> tuple[StoredAccount, ...]:
    """List every account in the order of the names."""
    with register.database.read() as connection:
        return accounts.all_of(connection)


def set_password(register: Register, name: str, password: str | None, actor: str) -> NewUser:
    """Set another password of an account, which ends its sign-ins and its tokens. Raises NotFound, AccessInvalid."""
    made = password or random_password(register.effects)
    check_password(user_key(name), made)
    hashed = hash_password(made, register.effects.random_bytes(SALT_SIZE), register.settings.password_cost)
    with register.database.write() as connection:
        found = _open_account(accounts.get(connection, user_key(name)))
        accounts.set_password(connection, found.id, hashed)
        data: dict[str, Json] = {"role": found.account.role.value}
        tokens = accounts.revoke_tokens(connection, found.id)
        event = Event("user-password-set", found.account.name, data | ({"tokens": tokens} if tokens else {}))
        journal.append_many(connection, register.effects.now(), actor, (event,))
    return NewUser(found.account, None if password else made)


def name_person(register: Register, name: str, person_name: str, actor: str) -> Account:
    """Write the real name of whoever uses an account; entries made before keep what they say.

    Raises NotFound, Refused, AccessInvalid.
    """
    tidied = tidy_name(person_name)
    check_person_name(tidied)
    with register.database.write() as connection:
        found = _open_account(accounts.get(connection, user_key(name)))
        accounts.set_person_name(connection, found.id, tidied)
        event = Event("user-named", found.account.name, {"name": tidied})
        journal.append_many(connection, register.effects.now(), actor, (event,))
    return replace(found.account, person_name=tidied)


def disable_user(register: Register, name: str, actor: str) -> None:
    """Close an account, with its sign-ins and tokens. Raises NotFound, Refused."""
    now = register.effects.now()
    with register.database.write() as connection:
        journal.head(connection, lock=True)  # two administrators do not disable each other at the same moment
        found = _open_account(accounts.get(connection, user_key(name)))
        if is_last_administrator(found.account, (one.account for one in _enabled(connection))):
            raise Refused(
                "last-administrator",
                f"“{found.account.name}”是唯一启用的系统管理员；请先新增一位",
                f"{found.account.name!r} is the only administrator who may sign in; make another one first",
            )
        accounts.disable(connection, found.id, now)
        event = Event("user-disabled", found.account.name, {"role": found.account.role.value})
        journal.append_many(connection, now, actor, (event,))


def enable_user(register: Register, name: str, actor: str) -> NewUser:
    """Open an account again under a new random password; its sign-ins and tokens stay ended. Raises NotFound, Refused.

    A second factor that it had is still asked for.
    """
    made = random_password(register.effects)
    hashed = hash_password(made, register.effects.random_bytes(SALT_SIZE), register.settings.password_cost)
    now = register.effects.now()
    with register.database.write() as connection:
        found = accounts.get(connection, user_key(name))
        if found.disabled_at is None:
            raise Refused("user-enabled", f"账户“{found.account.name}”没有停用", f"{found.account.name!r} is enabled")
        accounts.enable(connection, found.id, hashed)
        event = Event("user-enabled", found.account.name, {"role": found.account.role.value})
        journal.append_many(connection, now, actor, (event,))
    return NewUser(found.account, made)


@dataclass(frozen=True, slots=True)
class NewToken:
    """What is told once: the token itself is kept nowhere."""

    secret: str
    label: str
    expires_on: str

    def __repr__(self) -> str:
        return f"<NewToken {self.label}>"


class TokenRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A token of an account, for a program: what it is called, what it may do, for how many days."""

    name: Annotated[str, line("user", 64, min_length=1)]
    label: Annotated[str, line("label", 60, min_length=1)]
    scopes: Annotated[tuple[Permission, ...], described("scopes", min_length=1)]
    days: Annotated[int, described("days")]


class TokenRevocation(Struct, frozen=True, forbid_unknown_fields=True):
    """A token that is to be taken away: whose it is and what it is called."""

    name: Annotated[str, line("user", 64, min_length=1)]
    label: Annotated[str, line("label", 60, min_length=1)]


def add_token(register: Register, request: TokenRequest, by: By) -> NewToken:
    """Make a token. Raises NotFound, AccessInvalid, TokenTaken, Refused."""
    label, days = request.label, request.days
    if not 1 <= days <= MAX_TOKEN_DAYS or not label.strip():
        raise AccessInvalid(
            f"令牌须有名称，有效期 1—{MAX_TOKEN_DAYS} 天",
            f"a token has a name and is good for 1-{MAX_TOKEN_DAYS} days",
            code="token-scope",
        )
    effects = register.effects
    secret = TOKEN_PREFIX + base64.urlsafe_b64encode(effects.random_bytes(_SECRET_BYTES)).decode().rstrip("=")
    now, expires_on = effects.now(), effects.today() + timedelta(days=days)
    with register.database.write() as connection:
        found = _open_account(accounts.get(connection, user_key(request.name)))
        wanted = permissions_of_token(found.account.role, frozenset(request.scopes))
        accounts.add_token(connection, key_of(secret), found.id, label, sorted(wanted), Dates(now, expires_on))
        data = {"label": label, "scopes": " ".join(sorted(wanted)), "expires_on": expires_on.isoformat()}
        journal.append_many(connection, now, by.actor, (Event("token-added", found.account.name, data),))
    return NewToken(secret, label, expires_on.isoformat())


def list_tokens(register: Register) -> tuple[Token, ...]:
    """List the tokens of all accounts."""
    with register.database.read() as connection:
        return accounts.tokens_of(connection)


def revoke_token(register: Register, name: str, label: str, actor: str) -> None:
    """Take a token away. Raises NotFound, Refused."""
    with register.database.write() as connection:
        found = accounts.get(connection, user_key(name))
        if not accounts.revoke_token(connection, found.id, label):
            raise Refused("token-unknown", f"该账户没有令牌“{label}”", f"the account has no token {label!r}")
        event = Event("token-revoked", found.account.name, {"label": label})
        journal.append_many(connection, register.effects.now(), actor, (event,))


def random_password(effects: Effects) -> str:
    """Make a password that can be read out: 20 letters and digits in groups of five, 100 bits."""
    letters = base64.b32encode(effects.random_bytes(13)).decode().lower()[:20]
    return "-".join(letters[at : at + 5] for at in range(0, len(letters), 5))


def _enabled(connection: Connection) -> Iterator[StoredAccount]:
    return (one for one in accounts.all_of(connection) if one.disabled_at is None)


def _open_account(found: StoredAccount) -> StoredAccount:
    if found.disabled_at is not None:
        raise Refused(
            "user-disabled", f"账户“{found.account.name}”已停用", f"the account {found.account.name!r} is disabled"
        )
    return found
