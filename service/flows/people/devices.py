"""Let a gate's telephone sign in with a code on the screen of whoever keeps its account.

The code holds 256 random bits, is good for five minutes and opens one sign-in; the register keeps its hash. Looking at
it uses nothing up, so no preview of a link does: the telephone's page asks first.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from msgspec import Struct

from service.domain.access import Account, Principal, Role, is_over
from service.domain.access_record import Act
from service.domain.account_keeping import keeps
from service.domain.event import Event
from service.flows.errors import Refused, SignInRefused
from service.flows.people.sign_in import SignIn, enter, key_of, record_sign_in
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import line
from service.store import accounts, journal, pairings
from service.store.accounts import From, Session

GOOD_FOR: Final = timedelta(minutes=5)
PATH: Final = "/join/"
_ID_BYTES: Final = 32


class DeviceRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a telephone is called, and the account, by its id, that it is to sign in with."""

    device: Annotated[str, line("device", 40, min_length=1)]
    account: Annotated[int, described("account_id", ge=1, le=2**31 - 1)]


@dataclass(frozen=True, slots=True)
class Invitation:
    """What stands on the screen: the address that the telephone opens, until when, and for which account."""

    address: str
    expires_at: datetime
    account: Account
    device: str

    def __repr__(self) -> str:
        return f"<Invitation {self.device}>"


def invite_device(register: Register, by: Principal, request: DeviceRequest) -> Invitation:
    """Make a code that lets one telephone sign in as site staff. Raises Refused for an account not one's to keep."""
    secret = base64.urlsafe_b64encode(register.effects.random_bytes(_ID_BYTES)).decode().rstrip("=")
    now = register.effects.now()
    expires_at = now + GOOD_FOR
    with register.database.write() as connection:
        found = accounts.get_by_id(connection, request.account)
        if found is None or not keeps(by, found.account):
            raise Refused("no-such-account", "没有这个账户", "there is no such account")
        if found.account.role is not Role.SITE_STAFF or found.disabled_at is not None:
            raise Refused(
                "device-account",
                "扫码登录只限启用的考点工作人员账户",
                "only an enabled account of site staff signs in with a code",
            )
        pairings.add(connection, key_of(secret), found.id, request.device, expires_at)
        event = Event("device-invited", found.account.name, {"device": request.device})
        journal.append_many(connection, now, by.actor, (event,))
    return Invitation(f"https://{register.host}{PATH}{secret}", expires_at, found.account, request.device)


def invited(register: Register, secret: str) -> tuple[Account, str] | None:
    """Return whose account a code opens and what the telephone will be called; None for one that is over."""
    with register.database.read() as connection:
        found = pairings.find(connection, key_of(secret), register.effects.now())
    if found is None or found[0].disabled_at is not None:
        return None
    return found[0].account, found[1]


def join(register: Register, secret: str, network: str) -> SignIn:
    """Use a code up and open its telephone's sign-in. Raises SignInRefused for a code that is over or was used."""
    now = register.effects.now()
    with register.database.write() as connection:
        found = pairings.find(connection, key_of(secret), now)
        taken = pairings.take(connection, key_of(secret), now)
        if found is None or not taken or found[0].disabled_at is not None:
            raise SignInRefused
    owner, device = found
    made = enter(register, owner, From(network, device))
    record_sign_in(register, owner, Act.SIGN_IN, network, "device")
    return made


def devices(register: Register, by: Principal) -> tuple[Session, ...]:
    """List the telephones that are signed in with the accounts that somebody keeps, the one used last first."""
    now = register.effects.now()
    with register.database.read() as connection:
        found = accounts.sessions_of(connection)
    return tuple(
        one
        for one in found
        if keeps(by, one.owner.account) and not is_over(one.owner.account.role, one.opened_at, one.seen_at, now)
    )
