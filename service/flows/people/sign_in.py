"""Sign in, stay signed in, sign out; and the same for programs with a token.

A sign-in is a random id, made anew each time and told to the browser once; the register keeps its hash. What a client
brings along never becomes an id, so nobody can be made to sign in under one that another knows.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection

from keys.passwords import hash_password, is_cheaper, password_matches
from keys.sealing import SALT_SIZE, KdfCost
from service.domain.access import (
    MAX_PASSWORD,
    PERMISSIONS,
    Permission,
    Principal,
    Role,
    actor_of,
    is_over,
    is_user_name,
    term_of,
    user_key,
)
from service.domain.access_record import Access, Act
from service.domain.event import Event
from service.flows.errors import SignInRefused
from service.flows.people.access_records import record_access
from service.flows.people.second_factor import (
    CodeRefused,
    begin_enrolment,
    confirm_enrolment,
    required_roles,
    take_code,
)
from service.flows.people.sign_in_tries import admit_try, mark_known
from service.flows.register import Register
from service.store import accounts, journal, second_factors
from service.store.accounts import From, StoredAccount
from service.store.limits import Tell, unheard

AT_ONCE: Final = 2
"""Passwords checked at the same time: each takes 64 MiB."""

WAITS_FOR: Final = timedelta(minutes=15)
"""How long a sign-in waits for the second factor."""

_TOUCH_AFTER: Final = timedelta(seconds=60)
_ID_BYTES: Final = 32
_LONGEST: Final = max(term_of(role).longest for role in Role)
checking = threading.BoundedSemaphore(AT_ONCE)


class Awaits(StrEnum):
    """What a sign-in still waits for after the password."""

    CODE = "code"
    ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in as its owner sees it; ``secret`` is the cookie's content, only known when it has just been made.

    One that ``awaits`` something opens nothing: its principal may do nothing.
    """

    principal: Principal
    csrf: str
    ends_at: datetime
    secret: str = ""
    awaits: Awaits | None = None

    def __repr__(self) -> str:
        return f"<SignIn {self.principal.account.name}>"


def sign_in(
    register: Register, name: str, password: str, network: str, cost: KdfCost | None = None, *, tell: Tell = unheard
) -> SignIn:
    """Open a sign-in. Raises SignInRefused, and TooManyTries for one try too many from a network or for a name.

    Whether the name exists cannot be told from the answer, nor from its time: a password is checked in either case.
    Where the account has a second factor, or must have one, the sign-in waits for it: only whoever has the password
    learns of that.
    """
    cost = cost or register.settings.password_cost
    key = user_key(name)
    admit_try(register, key, network, tell)
    with register.database.read() as connection:
        found = accounts.find(connection, key) if is_user_name(key) else None
    with checking:
        known = found is not None and found.disabled_at is None and len(password) <= MAX_PASSWORD
        matches = password_matches(found.password if found is not None else _decoy(cost), password[:MAX_PASSWORD])
        if found is None or not (known and matches):
            record_sign_in(register, found, Act.SIGN_IN_REFUSED, network)
            raise SignInRefused
        hashed = None
        if is_cheaper(found.password, cost):
            hashed = hash_password(password, register.effects.random_bytes(SALT_SIZE), cost)
    made = _open(register, found, hashed, network)
    if made.awaits is None:
        record_sign_in(register, found, Act.SIGN_IN, network, "password")
    elif made.awaits is Awaits.ENROLMENT:
        begin_enrolment(register, found)
    mark_known(register, key, network)
    return made


def record_sign_in(
    register: Register, whose: StoredAccount | None, act: Act, network: str = "", ground: str = ""
) -> None:
    """Record a sign-in; a name that is no account's is not written down, for passwords are typed there too."""
    actor = "" if whose is None else actor_of(whose.account.name)
    record_access(register, actor, Access(act=act, ground=ground, network=network))


def find_sign_in(register: Register, secret: str) -> SignIn | None:
    """Find the sign-in of a cookie, and note that it was used; None where it is over, or was never one."""
    key, now = key_of(secret), register.effects.now()
    with register.database.read() as connection:
        found = accounts.find_session(connection, key)
    if found is None or found.owner.disabled_at is not None or found.awaits is not None:
        return None
    role = found.owner.account.role
    if is_over(role, found.opened_at, found.seen_at, now):
        return None
    if now - found.seen_at >= _TOUCH_AFTER:
        with register.database.write() as connection:
            accounts.touch_session(connection, key, now)
    term = term_of(role)
    ends_at = min(found.opened_at + term.longest, now + term.idle)
    return SignIn(_principal(found.owner, PERMISSIONS[role]), found.csrf, ends_at)


def find_waiting(register: Register, secret: str) -> tuple[StoredAccount, SignIn] | None:
    """Find whose sign-in a cookie is that waits for a code or an enrolment; None where it is none, or is over."""
    with register.database.read() as connection:
        found = accounts.find_session(connection, key_of(secret))
    now = register.effects.now()
    if found is None or found.awaits is None or found.owner.disabled_at is not None:
        return None
    ends_at = found.opened_at + WAITS_FOR
    if now >= ends_at:
        return None
    return found.owner, SignIn(_principal(found.owner, frozenset()), found.csrf, ends_at, "", Awaits(found.awaits))


def give_code(register: Register, secret: str, code: str, network: str, tell: Tell = unheard) -> SignIn:
    """Finish a sign-in that waits for a code, under a new id.

    Raises SignInRefused where nothing waits, CodeRefused, TooManyCodes.
    """
    owner, waiting = _waiting(register, secret)
    if waiting.awaits is not Awaits.CODE:
        raise SignInRefused
    try:
        ground = take_code(register, owner, code, tell)
    except CodeRefused:
        record_sign_in(register, owner, Act.SIGN_IN_REFUSED, network, "code")
        raise
    return _finish(register, owner, secret, network, ground)


def finish_enrolment(
    register: Register, secret: str, code: str, network: str, tell: Tell = unheard
) -> tuple[SignIn, tuple[str, ...]]:
    """Finish a sign-in that waits for an enrolment, under a new id; with the recovery codes.

    Raises SignInRefused where nothing waits, CodeRefused, TooManyCodes, Refused.
    """
    owner, waiting = _waiting(register, secret)
    if waiting.awaits is not Awaits.ENROLMENT:
        raise SignInRefused
    codes = confirm_enrolment(register, owner, code, tell)
    return _finish(register, owner, secret, network, "code"), codes


def sign_out(register: Register, secret: str) -> None:
    """End the sign-in of a cookie, if it is one."""
    with register.database.write() as connection:
        found = accounts.find_session(connection, key_of(secret))
        accounts.close_session(connection, key_of(secret))
    if found is not None:
        record_sign_in(register, found.owner, Act.SIGN_OUT)


def principal_of_token(register: Register, secret: str) -> Principal | None:
    """Find whose a token is; None for one that is over, taken away, or was never one."""
    with register.database.read() as connection:
        found = accounts.find_token(connection, key_of(secret))
    if found is None or found.owner.disabled_at is not None or register.effects.today() > found.expires_on:
        return None
    return _principal(found.owner, found.scopes & PERMISSIONS[found.owner.account.role])


def key_of(secret: str) -> bytes:
    """Hash what a client holds. It has 256 random bits, so a plain hash is as good as any."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _waiting(register: Register, secret: str) -> tuple[StoredAccount, SignIn]:
    found = find_waiting(register, secret)
    if found is None:
        raise SignInRefused
    return found


def _finish(register: Register, owner: StoredAccount, secret: str, network: str, ground: str) -> SignIn:
    with register.database.write() as connection:
        if accounts.find_session(connection, key_of(secret)) is None:
            raise SignInRefused  # ended meanwhile
        accounts.close_session(connection, key_of(secret))
    made = enter(register, owner, From(network))
    record_sign_in(register, owner, Act.SIGN_IN, network, ground)
    return made


def enter(register: Register, owner: StoredAccount, came: From) -> SignIn:
    """Open a sign-in that waits for nothing more, under an id of its own."""
    secret, csrf = (_random_text(register) for _ in range(2))
    now = register.effects.now()
    with register.database.write() as connection:
        accounts.open_session(connection, key_of(secret), owner.id, csrf, now, came=came)
    role = owner.account.role
    return SignIn(_principal(owner, PERMISSIONS[role]), csrf, now + term_of(role).idle, secret)


def _awaits(connection: Connection, owner: StoredAccount) -> Awaits | None:
    found = second_factors.find(connection, owner.id)
    if found is not None and found.confirmed_at is not None:
        return Awaits.CODE
    return Awaits.ENROLMENT if owner.account.role in required_roles(connection) else None


def _open(register: Register, owner: StoredAccount, hashed: str | None, network: str) -> SignIn:
    secret, csrf = (_random_text(register) for _ in range(2))
    now = register.effects.now()
    with register.database.write() as connection:
        now_kept = accounts.get(connection, owner.account.name)
        if now_kept.password != owner.password or now_kept.disabled_at is not None:
            raise SignInRefused  # taken back while the password was being checked
        if hashed is not None:
            accounts.keep_hash(connection, owner.id, hashed)
            event = Event("user-password-rehashed", owner.account.name, {"role": owner.account.role.value})
            journal.append_many(connection, now, "system", (event,))
        awaits = _awaits(connection, owner)
        accounts.open_session(connection, key_of(secret), owner.id, csrf, now, awaits, From(network))
        accounts.forget_sessions(connection, now - _LONGEST)
    role = owner.account.role
    if awaits is not None:
        return SignIn(_principal(owner, frozenset()), csrf, now + WAITS_FOR, secret, awaits)
    return SignIn(_principal(owner, PERMISSIONS[role]), csrf, now + term_of(role).idle, secret)


def _random_text(register: Register) -> str:
    return base64.urlsafe_b64encode(register.effects.random_bytes(_ID_BYTES)).decode().rstrip("=")


def _principal(owner: StoredAccount, permissions: frozenset[Permission]) -> Principal:
    return Principal(owner.id, owner.account, permissions)


@lru_cache(maxsize=4)
def _decoy(cost: KdfCost) -> str:
    """Hash nobody's password, for names that nobody has."""
    return hash_password("nobody", bytes(SALT_SIZE), cost)
