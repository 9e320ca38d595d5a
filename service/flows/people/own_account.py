"""What everybody does with the own account: another password, and signing out everywhere."""

from __future__ import annotations

from keys.passwords import hash_password, password_matches
from keys.sealing import SALT_SIZE, KdfCost
from service.domain.access import MAX_PASSWORD, Principal, Role, check_password
from service.domain.access_record import Access, Act
from service.domain.event import Event
from service.flows.errors import Refused
from service.flows.people.access_records import record_access
from service.flows.people.sign_in import SignIn, checking, enter, record_sign_in
from service.flows.people.sign_in_requests import PasswordRequest
from service.flows.people.sign_in_tries import admit_again, admit_try
from service.flows.register import Register
from service.store import accounts, journal
from service.store.accounts import From, StoredAccount
from service.store.limits import Tell, unheard


def confirm_password(register: Register, by: Principal, password: str, network: str) -> StoredAccount:
    """Return the own account where its password was given again. Raises Refused, TooManyTries; tries are counted."""
    admit_try(register, by.account.name, network, unheard)
    with register.database.read() as connection:
        owner = accounts.get(connection, by.account.name)
    with checking:
        if not password or len(password) > MAX_PASSWORD or not password_matches(owner.password, password):
            record_sign_in(register, owner, Act.SIGN_IN_REFUSED, network, "password")
            raise Refused("own-password-wrong", "您的密码不对", "that is not your password")
    return owner


def change_password(
    register: Register,
    by: Principal,
    request: PasswordRequest,
    network: str,
    cost: KdfCost | None = None,
    *,
    tell: Tell = unheard,
) -> SignIn:
    """Set another password of one's own account: all its sign-ins end, and this one goes on under a new id.

    Raises Refused for another password than the present one, TooManyTries, AccessInvalid.
    """
    admit_try(register, by.account.name, network, tell)
    with register.database.read() as connection:
        owner = accounts.get(connection, by.account.name)
    with checking:
        if len(request.old) > MAX_PASSWORD or not password_matches(owner.password, request.old):
            record_sign_in(register, owner, Act.SIGN_IN_REFUSED, network, "password")
            raise _wrong_password()
        check_password(owner.account.name, request.new)
        salt = register.effects.random_bytes(SALT_SIZE)
        hashed = hash_password(request.new, salt, cost or register.settings.password_cost)
    with register.database.write() as connection:
        if accounts.get(connection, by.account.name).password != owner.password:
            raise _wrong_password()  # changed meanwhile
        accounts.set_password(connection, owner.id, hashed)
        event = Event("user-password-set", owner.account.name, {"role": owner.account.role.value})
        journal.append_many(connection, register.effects.now(), by.actor, (event,))
    return enter(register, owner, From(network))


def asks_password_again(by: Principal) -> bool:
    """Return whether an account states its password again before it issues or changes cards: the centre's do."""
    return by.account.role is Role.CENTRE


def check_password_again(register: Register, by: Principal, password: str) -> None:
    """Check the password that somebody signed in states again before a step that cannot be taken back.

    Accounts that need not state it pass. Raises Refused for another password than the present one, TooManyTries.
    """
    if not asks_password_again(by):
        return
    if not password:
        raise Refused("password-again-missing", "请再输入一次您的登录密码", "state your password again")
    admit_again(register, by.account.name)
    with register.database.read() as connection:
        owner = accounts.get(connection, by.account.name)
    with checking:
        if len(password) > MAX_PASSWORD or not password_matches(owner.password, password):
            raise Refused("password-again-wrong", "登录密码不对，没有办理", "not your password: nothing was done")


def sign_out_everywhere(register: Register, by: Principal) -> int:
    """End every sign-in of one's own account, this one too; return how many there were."""
    with register.database.write() as connection:
        ended = accounts.close_sessions(connection, by.account_id)
    record_access(register, by.actor, Access(act=Act.SIGN_OUT_EVERYWHERE, outcome=str(ended)))
    return ended


def owner_of(register: Register, by: Principal) -> StoredAccount:
    """Return the account of whoever is signed in. Raises NotFound."""
    with register.database.read() as connection:
        return accounts.get(connection, by.account.name)


def _wrong_password() -> Refused:
    return Refused("old-password-wrong", "原密码不对", "that is not the present password")
