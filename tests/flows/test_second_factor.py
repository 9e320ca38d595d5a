"""Signing in with a second factor: enrolled, asked for, taken once, limited, reset; and what a password reset ends."""

from __future__ import annotations

import pyotp
import pytest

from service.domain.access import AccessInvalid, By, Permission, Role
from service.domain.access_record import Act
from service.flows.errors import Refused, SignInRefused
from service.flows.people.access_records import seek_accesses
from service.flows.people.accounts import TokenRequest, add_token, disable_user, set_password
from service.flows.people.own_account import change_password, owner_of, sign_out_everywhere
from service.flows.people.second_factor import (
    RECOVERY_CODES,
    CodeRefused,
    TooManyCodes,
    begin_enrolment,
    confirm_enrolment,
    enrolment_of,
    require_second_factor,
    reset_second_factor,
    state_of,
)
from service.flows.people.sign_in import (
    Awaits,
    SignIn,
    find_sign_in,
    find_waiting,
    finish_enrolment,
    give_code,
    principal_of_token,
)
from service.flows.people.sign_in_requests import PasswordRequest
from service.store import meta, second_factors
from tests.flows.office import ACTOR, CHEAP, Office
from tests.flows.people_at_work import NETWORK, PASSWORD, enter, hire

NEW = "eleven tigers asleep"


def code_now(office: Office, secret: str, ahead: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(int(office.clock.now.timestamp()) // 30 + ahead)


def enrolled(office: Office, name: str = "school") -> tuple[str, tuple[str, ...], SignIn]:
    """Hire somebody and set a second factor up: the secret, the recovery codes, and the sign-in it was done in."""
    hire(office, name)
    made = enter(office, name)
    owner = owner_of(office.register, made.principal)
    secret = begin_enrolment(office.register, owner).secret
    codes = confirm_enrolment(office.register, owner, code_now(office, secret))
    office.clock.advance(minutes=11)
    return secret, codes, made


def give(office: Office, waiting: SignIn, code: str) -> SignIn:
    return give_code(office.register, waiting.secret, code, NETWORK)


def test_a_password_alone_opens_nothing_where_a_second_factor_is_set(office: Office) -> None:
    secret, _, _ = enrolled(office)
    waiting = enter(office, "school")
    assert (waiting.awaits, waiting.principal.permissions) == (Awaits.CODE, frozenset())
    assert find_sign_in(office.register, waiting.secret) is None
    made = give(office, waiting, code_now(office, secret))
    assert made.secret != waiting.secret, "the id is a new one at each step"
    assert made.principal.may(Permission.ISSUE)
    assert find_sign_in(office.register, made.secret) is not None
    assert find_waiting(office.register, waiting.secret) is None
    with pytest.raises(SignInRefused):
        give(office, waiting, code_now(office, secret))


def test_whoever_lacks_the_password_does_not_learn_of_a_second_factor(lite: Office) -> None:
    enrolled(lite)
    hire(lite, "gate")
    for name in ("school", "gate", "nobody"):
        with pytest.raises(SignInRefused) as refused:
            enter(lite, name, "a wrong password")
        assert (refused.value.code, type(refused.value)) == ("sign-in-refused", SignInRefused)


def test_a_code_is_taken_once_and_from_the_steps_beside_now(office: Office) -> None:
    """RFC 6238 5.2."""
    secret, _, _ = enrolled(office)
    code = code_now(office, secret)
    assert give(office, enter(office, "school"), code)
    again = enter(office, "school")
    with pytest.raises(CodeRefused):
        give(office, again, code)
    with pytest.raises(CodeRefused):
        give(office, again, code_now(office, secret, -1))
    with pytest.raises(CodeRefused):
        give(office, again, code_now(office, secret, 2))
    assert give(office, again, " ".join(code_now(office, secret, 1)))


def test_codes_are_not_tried_out(lite: Office) -> None:
    secret, codes, _ = enrolled(lite)
    waiting = enter(lite, "school")
    for place in range(6):
        with pytest.raises(CodeRefused):
            give(lite, waiting, f"{place:06}")
    for right in (code_now(lite, secret), codes[0]):
        with pytest.raises(TooManyCodes) as refused:
            give(lite, enter(lite, "school"), right)
        assert 0 < refused.value.retry_after <= 600


def test_each_recovery_code_signs_in_once(office: Office) -> None:
    _, codes, _ = enrolled(office)
    assert len(set(codes)) == RECOVERY_CODES
    made = give(office, enter(office, "school"), codes[3].upper().replace("-", " "))
    assert state_of(office.register, made.principal.account_id, Role.INSTITUTION).codes_left == RECOVERY_CODES - 1
    waiting = enter(office, "school")
    with pytest.raises(CodeRefused):
        give(office, waiting, codes[3])
    assert give(office, waiting, codes[4])
    assert [event.data["left"] for event in office.events() if event.kind == "recovery-code-used"] == [9, 8]
    with office.register.database.read() as connection:
        stored = second_factors.find(connection, made.principal.account_id)
    assert stored is not None


def test_the_secret_is_sealed_and_codes_are_hashes(lite: Office) -> None:
    secret, codes, made = enrolled(lite)
    lite.register.close()
    file = (lite.settings.data / "register.db").read_bytes()
    for told in (secret, *codes):
        assert told.encode() not in file
    lite.open()
    assert enrolment_of(lite.register, owner_of(lite.register, made.principal)) is None, "told once"


def test_the_centre_and_administrators_need_one_until_it_is_said_otherwise(lite: Office) -> None:
    register = lite.register
    hire(lite, "centre", "school", "boss")
    register.database.needs_entries = False  # past the use cases
    with register.database.write() as connection:
        meta.forget(connection, "second_factor_required")
    assert enter(lite, "school").awaits is None
    for name in ("centre", "boss"):
        waiting = enter(lite, name)
        assert (waiting.awaits, find_sign_in(register, waiting.secret)) == (Awaits.ENROLMENT, None)
        with pytest.raises(SignInRefused):
            give(lite, waiting, "123456")
        found = find_waiting(register, waiting.secret)
        assert found is not None
        shown = enrolment_of(register, found[0])
        assert shown is not None
        with pytest.raises(CodeRefused):
            finish_enrolment(register, waiting.secret, "000000", NETWORK)
        made, codes = finish_enrolment(register, waiting.secret, code_now(lite, shown.secret), NETWORK)
        assert len(codes) == RECOVERY_CODES
        assert find_sign_in(register, made.secret) is not None
        assert find_waiting(register, waiting.secret) is None
        assert enter(lite, name).awaits is Awaits.CODE
    assert require_second_factor(register, [Role.INSTITUTION], ACTOR) == (Role.INSTITUTION,)
    assert enter(lite, "school").awaits is Awaits.ENROLMENT
    assert require_second_factor(register, [], ACTOR) == ()
    assert enter(lite, "school").awaits is None


def test_a_step_that_waits_is_over_after_a_quarter_of_an_hour(lite: Office) -> None:
    secret, _, _ = enrolled(lite)
    waiting = enter(lite, "school")
    lite.clock.advance(minutes=15)
    assert find_waiting(lite.register, waiting.secret) is None
    with pytest.raises(SignInRefused):
        give(lite, waiting, code_now(lite, secret))


def test_an_administrator_resets_a_lost_telephone(lite: Office) -> None:
    secret, _, made = enrolled(lite)
    with pytest.raises(Refused) as refused:
        begin_enrolment(lite.register, owner_of(lite.register, made.principal))
    assert refused.value.code == "second-factor-set"
    reset_second_factor(lite.register, "School", ACTOR)
    assert find_sign_in(lite.register, made.secret) is None
    assert enter(lite, "school").awaits is None
    kinds = [event.kind for event in lite.events() if event.kind.startswith("second-factor")]
    assert kinds[1:] == ["second-factor-begun", "second-factor-set", "second-factor-reset"]
    with pytest.raises(Refused):
        reset_second_factor(lite.register, "school", ACTOR)
    assert secret


def test_a_password_reset_and_a_closed_account_end_tokens(office: Office) -> None:
    hire(office, "school", "gate")
    tokens = [
        add_token(office.register, TokenRequest(name, label, (Permission.CHECK,), 30), By(ACTOR)).secret
        for name, label in (("school", "door"), ("school", "bus"), ("gate", "door"))
    ]
    signed_in = enter(office, "school")
    set_password(office.register, "school", NEW, ACTOR)
    assert [principal_of_token(office.register, token) is None for token in tokens] == [True, True, False]
    assert find_sign_in(office.register, signed_in.secret) is None
    assert office.events()[-1].data["tokens"] == 2
    disable_user(office.register, "gate", ACTOR)
    assert principal_of_token(office.register, tokens[2]) is None


def test_everybody_changes_the_own_password(office: Office) -> None:
    hire(office, "gate")
    here, there = enter(office, "gate"), enter(office, "gate")

    def change(old: str, new: str) -> SignIn:
        return change_password(office.register, here.principal, PasswordRequest(old=old, new=new), NETWORK, CHEAP)

    with pytest.raises(Refused) as refused:
        change("not the old one", NEW)
    assert refused.value.code == "old-password-wrong"
    with pytest.raises(AccessInvalid):
        change(PASSWORD, "short")
    assert find_sign_in(office.register, there.secret) is not None
    made = change(PASSWORD, NEW)
    assert [find_sign_in(office.register, one.secret) is None for one in (here, there, made)] == [True, True, False]
    with pytest.raises(SignInRefused):
        enter(office, "gate")
    assert enter(office, "gate", NEW)
    entry = office.events()[-1]
    assert (entry.kind, entry.subject) == ("user-password-set", "gate")


def test_signing_out_everywhere_ends_every_sign_in_of_the_account(office: Office) -> None:
    hire(office, "gate", "school")
    mine, other = [enter(office, "gate") for _ in range(3)], enter(office, "school")
    assert sign_out_everywhere(office.register, mine[0].principal) == 3
    assert [find_sign_in(office.register, one.secret) for one in mine] == [None] * 3
    assert find_sign_in(office.register, other.secret) is not None
    assert seek_accesses(office.register, act=Act.SIGN_OUT_EVERYWHERE).lines[0].access.outcome == "3"
