"""The second factor of an account: a code of six digits from a telephone (TOTP, RFC 6238), and recovery codes.

The secret is sealed with the vault's field cipher. A code is taken once, and from one step of 30 seconds before or
after the present one; recovery codes are taken once each. Tries are counted by account, right or wrong.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pyotp.totp import TOTP
from sqlalchemy import Connection

from keys.fields import NONCE_SIZE
from service.domain.access import SECOND_FACTOR_ROLES, Role, user_key
from service.domain.event import Event
from service.flows.errors import Refused, SignInRefused
from service.flows.register import Register
from service.store import accounts, journal, limits, meta, second_factors
from service.store.accounts import StoredAccount
from service.store.limits import Claim, Limit, LimitReached, Tell, unheard

TRIES: Final = Limit(6, timedelta(minutes=10))
"""Codes that may be tried with one account; guessing one in a million so takes years."""

STEP_S: Final = 30
RECOVERY_CODES: Final = 10
ISSUER: Final = "zhengka"
_SECRET_BYTES: Final = 20  # RFC 4226 4 R6
_CODE_LETTERS: Final = 10  # base32: 50 bits
_REQUIRED: Final = "second_factor_required"
_CONTEXT: Final = b"second_factor.secret:"


class CodeRefused(SignInRefused):
    """The code is wrong, or was used before."""

    code = "code-refused"
    zh = "验证码不对，或已经用过；请等下一个验证码"
    en = "the code is wrong or was used before; wait for the next one"


class TooManyCodes(LimitReached):
    """One code too many, with an account."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a telephone is to know; the secret in base32, and the address that a QR code says to it."""

    secret: str
    uri: str

    def __repr__(self) -> str:
        return "<Enrolment>"


@dataclass(frozen=True, slots=True)
class FactorState:
    """How an account stands: has it a second factor, must it have one, and how many recovery codes are left."""

    is_set: bool
    is_required: bool
    codes_left: int


def required_roles(connection: Connection) -> frozenset[Role]:
    """Read for which roles a second factor is required; until it is said otherwise, the centre and administrators."""
    stored = meta.get(connection, _REQUIRED)
    return SECOND_FACTOR_ROLES if stored is None else frozenset(map(Role, filter(None, stored.split(","))))


def roles_with_factor(register: Register) -> frozenset[Role]:
    """Return for which roles a second factor is required."""
    with register.database.read() as connection:
        return required_roles(connection)


def require_second_factor(register: Register, roles: Iterable[Role], actor: str) -> tuple[Role, ...]:
    """Require it of these roles, and of no others, from the next sign-in on."""
    wanted = tuple(sorted(set(roles)))
    with register.database.write() as connection:
        meta.put(connection, _REQUIRED, ",".join(wanted))
        event = Event("second-factor-required", "accounts", {"roles": " ".join(wanted)})
        journal.append_many(connection, register.effects.now(), actor, (event,))
    return wanted


def state_of(register: Register, owner: int, role: Role) -> FactorState:
    """Return how an account stands."""
    with register.database.read() as connection:
        found = second_factors.find(connection, owner)
        left = second_factors.codes_left(connection, owner)
        return FactorState(
            found is not None and found.confirmed_at is not None, role in required_roles(connection), left
        )


def begin_enrolment(register: Register, owner: StoredAccount) -> Enrolment:
    """Make a secret that counts once a code of it has been given. Raises Refused where one counts already."""
    secret = base64.b32encode(register.effects.random_bytes(_SECRET_BYTES)).decode()
    sealed = register.cipher.seal(secret, _context(owner), register.effects.random_bytes(NONCE_SIZE))
    with register.database.write() as connection:
        found = second_factors.find(connection, owner.id)
        if found is not None and found.confirmed_at is not None:
            raise Refused(
                "second-factor-set",
                "已设置两步验证；换手机请先由管理员重置",
                "there is a second factor already; an administrator takes it away before another telephone gets one",
            )
        now = register.effects.now()
        second_factors.begin(connection, owner.id, sealed, now)
        event = Event("second-factor-begun", owner.account.name, {"role": owner.account.role.value})
        journal.append_many(connection, now, f"user:{owner.account.name}", (event,))
    return _enrolment(owner, secret)


def enrolment_of(register: Register, owner: StoredAccount) -> Enrolment | None:
    """Return what was begun and not confirmed; None where nothing was."""
    with register.database.read() as connection:
        found = second_factors.find(connection, owner.id)
    if found is None or found.confirmed_at is not None:
        return None
    return _enrolment(owner, register.cipher.open(found.secret, _context(owner)))


def confirm_enrolment(register: Register, owner: StoredAccount, code: str, tell: Tell = unheard) -> tuple[str, ...]:
    """Let the secret count, since a code of it was given; return the recovery codes, which are told this once.

    Raises CodeRefused, TooManyCodes, and Refused where nothing was begun.
    """
    count_try(register, owner, tell)
    now = register.effects.now()
    codes = tuple(_recovery_code(register) for _ in range(RECOVERY_CODES))
    with register.database.write() as connection:
        found = second_factors.find(connection, owner.id)
        if found is None or found.confirmed_at is not None:
            raise Refused("second-factor-none", "请先开始设置两步验证", "begin to set a second factor up first")
        if not _takes_code(register, connection, owner, found.secret, code):
            raise CodeRefused
        second_factors.confirm(connection, owner.id, (_hash(register, owner, one) for one in codes), now)
        event = Event("second-factor-set", owner.account.name, {"role": owner.account.role.value})
        journal.append_many(connection, now, f"user:{owner.account.name}", (event,))
    return codes


def take_code(register: Register, owner: StoredAccount, code: str, tell: Tell = unheard) -> str:
    """Use a code up; return ``code`` or ``recovery-code`` for which it was. Raises CodeRefused, TooManyCodes."""
    count_try(register, owner, tell)
    now = register.effects.now()
    with register.database.write() as connection:
        found = second_factors.find(connection, owner.id)
        if found is None or found.confirmed_at is None:
            raise CodeRefused
        if _takes_code(register, connection, owner, found.secret, code):
            return "code"
        if second_factors.take_recovery_code(connection, owner.id, _hash(register, owner, code), now):
            left = second_factors.codes_left(connection, owner.id)
            event = Event("recovery-code-used", owner.account.name, {"left": left})
            journal.append_many(connection, now, f"user:{owner.account.name}", (event,))
            return "recovery-code"
    raise CodeRefused


def reset_second_factor(register: Register, name: str, actor: str) -> None:
    """Take an account's second factor away, and end its sign-ins: its telephone is lost. Raises NotFound, Refused."""
    with register.database.write() as connection:
        found = accounts.get(connection, user_key(name))
        if not second_factors.remove(connection, found.id):
            raise Refused("second-factor-none", "该账户没有设置两步验证", "the account has no second factor")
        accounts.close_sessions(connection, found.id)
        event = Event("second-factor-reset", found.account.name, {"role": found.account.role.value})
        journal.append_many(connection, register.effects.now(), actor, (event,))


def count_try(register: Register, owner: StoredAccount, tell: Tell) -> None:
    """Count a code before it is known whether it is right. Raises TooManyCodes; nothing is counted then."""
    claim = Claim(register.blind.of(f"second factor {owner.account.name}"), TRIES)
    try:
        with register.database.counters.write() as connection:
            (left,) = limits.take(connection, (claim,), register.effects.now())
    except LimitReached as refusal:
        raise TooManyCodes(refusal.retry_after, refusal.limit) from None
    tell(left)


def _takes_code(register: Register, connection: Connection, owner: StoredAccount, sealed: bytes, code: str) -> bool:
    totp = TOTP(register.cipher.open(sealed, _context(owner)))
    now = int(register.effects.now().timestamp()) // STEP_S
    given = "".join(code.split()).encode("utf-8", "surrogatepass")
    fits = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step).encode(), given)]
    return bool(fits) and second_factors.take_step(connection, owner.id, fits[-1])


def _enrolment(owner: StoredAccount, secret: str) -> Enrolment:
    return Enrolment(secret, TOTP(secret, name=owner.account.name, issuer=ISSUER).provisioning_uri())


def _recovery_code(register: Register) -> str:
    letters = base64.b32encode(register.effects.random_bytes(7)).decode().lower()[:_CODE_LETTERS]
    return f"{letters[:5]}-{letters[5:]}"


def _hash(register: Register, owner: StoredAccount, code: str) -> bytes:
    letters = "".join(one for one in code.casefold() if one.isalnum())
    return register.blind.of(f"recovery code {owner.account.name} {letters.encode('utf-8', 'replace').decode()}")


def _context(owner: StoredAccount) -> bytes:
    return _CONTEXT + owner.account.name.encode()
