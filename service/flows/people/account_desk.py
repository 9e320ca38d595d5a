"""Keep accounts from a desk: an administrator those of everybody, an institution those of its site staff.

An account that is not one's to keep answers like one that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from msgspec import Struct
from sqlalchemy import Connection

from service.domain.access import Account, Permission, Principal, Role, is_over, user_key
from service.domain.account_keeping import keeps
from service.domain.event import Event
from service.domain.tidy import tidy_name
from service.flows.errors import Refused
from service.flows.people.accounts import (
    NewUser,
    add_user,
    disable_user,
    enable_user,
    name_person,
    set_password,
)
from service.flows.people.second_factor import reset_second_factor
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import MAX_PERSON, InstitutionCode, line
from service.store import accounts, journal, second_factors
from service.store.accounts import Session, StoredAccount


class UserRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An account to be made; institution or district where the role is of one."""

    name: Annotated[str, line("user", 32, min_length=1)]
    person_name: Annotated[str, line("person_name", MAX_PERSON, min_length=1)]
    role: Annotated[Role, described("account_role")]
    institution: InstitutionCode | None = None
    district: Annotated[str, line("authority", 60)] | None = None


class NamedRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose account it is."""

    person_name: Annotated[str, line("person_name", MAX_PERSON, min_length=1)]


class SessionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A sign-in, by its key."""

    session: Annotated[str, described("session_key", pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """An account as its keeper sees it; ``sign_ins`` are those that are open now."""

    stored: StoredAccount
    has_factor: bool
    sign_ins: tuple[Session, ...] = ()


def kept_accounts(register: Register, by: Principal) -> tuple[KeptAccount, ...]:
    """List the accounts that somebody keeps, in the order of their names."""
    with register.database.read() as connection:
        with_factor = second_factors.confirmed(connection)
        found = accounts.all_of(connection)
    return tuple(KeptAccount(one, one.id in with_factor) for one in found if keeps(by, one.account))


def kept_account(register: Register, by: Principal, account_id: int) -> KeptAccount:
    """Return one account with its open sign-ins. Raises Refused for one that is not there, or not one's to keep."""
    now = register.effects.now()
    with register.database.read() as connection:
        found = _kept(connection, by, account_id)
        role = found.account.role
        open_now = tuple(
            one
            for one in accounts.sessions_of(connection, found.id)
            if one.awaits is None and not is_over(role, one.opened_at, one.seen_at, now)
        )
        return KeptAccount(found, found.id in second_factors.confirmed(connection), open_now)


def open_account(register: Register, by: Principal, request: UserRequest) -> tuple[int, NewUser]:
    """Make an account under a random password, and return its id. Raises AccessInvalid, UserTaken, Refused.

    An institution makes those of its own site staff, whatever institution is stated.
    """
    institution = request.institution
    if not by.may(Permission.KEEP_ACCOUNTS):
        institution = by.account.institution
    new = Account(
        user_key(request.name),
        request.role,
        institution if request.role in {Role.INSTITUTION, Role.SITE_STAFF} else None,
        request.district if request.role is Role.DISTRICT else None,
        tidy_name(request.person_name),
    )
    if not keeps(by, new):
        raise Refused(
            "account-role-not-yours",
            "您只能为本机构的考点工作人员开设账户",
            "you may make accounts for the site staff of your own institution only",
        )
    made = add_user(register, new, None, by.actor)
    with register.database.read() as connection:
        return accounts.get(connection, new.name).id, made


def rename_person(register: Register, by: Principal, account_id: int, request: NamedRequest) -> Account:
    """Write whose account it is. Raises Refused, AccessInvalid."""
    return name_person(register, _name(register, by, account_id), request.person_name, by.actor)


def new_password(register: Register, by: Principal, account_id: int) -> NewUser:
    """Set a random password, which ends the account's sign-ins and tokens. Raises Refused."""
    _not_oneself(by, account_id)
    return set_password(register, _name(register, by, account_id), None, by.actor)


def drop_second_factor(register: Register, by: Principal, account_id: int) -> None:
    """Take the second factor away: its telephone is lost. Raises Refused."""
    _not_oneself(by, account_id)
    reset_second_factor(register, _name(register, by, account_id), by.actor)


def shut_account(register: Register, by: Principal, account_id: int) -> None:
    """Disable an account. Raises Refused for one's own and for the last administrator's."""
    _not_oneself(by, account_id)
    disable_user(register, _name(register, by, account_id), by.actor)


def reopen_account(register: Register, by: Principal, account_id: int) -> NewUser:
    """Open an account again under a new random password. Raises Refused."""
    return enable_user(register, _name(register, by, account_id), by.actor)


def end_sign_ins(register: Register, by: Principal, account_id: int, request: SessionRequest | None = None) -> int:
    """End one sign-in of an account, or all of them; return how many there were. Raises Refused."""
    with register.database.write() as connection:
        found = _kept(connection, by, account_id)
        if request is None:
            ended, device = accounts.close_sessions(connection, found.id), ""
        else:
            key = bytes.fromhex(request.session)
            one = accounts.find_session(connection, key)
            is_its = one is not None and one.owner.id == found.id
            if is_its:
                accounts.close_session(connection, key)
            ended, device = int(is_its), one.device if one is not None and is_its else ""
        if ended:
            data = {"ended": ended} | ({"device": device} if device else {})
            event = Event("sign-ins-ended", found.account.name, data)
            journal.append_many(connection, register.effects.now(), by.actor, (event,))
    return ended


def _kept(connection: Connection, by: Principal, account_id: int) -> StoredAccount:
    found = accounts.get_by_id(connection, account_id)
    if found is None or not keeps(by, found.account):
        raise Refused("no-such-account", "没有这个账户", "there is no such account")
    return found


def _name(register: Register, by: Principal, account_id: int) -> str:
    with register.database.read() as connection:
        return _kept(connection, by, account_id).account.name


def _not_oneself(by: Principal, account_id: int) -> None:
    if by.account_id == account_id:
        raise Refused(
            "account-own",
            "不能对自己的账户这样做；密码请在“我的账户”修改，其余请另一位管理员办理",
            "not with your own account: change your password under My account, ask another administrator for the rest",
        )
