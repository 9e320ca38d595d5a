from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from keys.sealing import KdfCost
from service.domain.access import PERMISSIONS, By, Permission, Role, term_of
from service.effects import Effects
from service.flows.errors import SignInRefused
from service.flows.people.accounts import TokenRequest, add_token, disable_user, revoke_token, set_password
from service.flows.people.sign_in import SignIn, find_sign_in, key_of, principal_of_token, sign_in, sign_out
from service.flows.people.sign_in_tries import KNOWN_FOR, OF_KNOWN_NETWORK, PER_NAME, PER_NETWORK, TooManyTries
from service.flows.register import open_register
from service.store import accounts
from service.store.tables import account, session, token
from tests.flows.office import ACTOR, Office
from tests.flows.people_at_work import ACCOUNTS, NETWORK, PASSWORD, enter, hire

DEARER = KdfCost(passes=2, memory_kib=16, lanes=1)
SECOND = timedelta(seconds=1)


def is_in(office: Office, found: SignIn) -> bool:
    return find_sign_in(office.register, found.secret) is not None


def refused(office: Office, name: str, password: str, network: str = NETWORK) -> None:
    with pytest.raises(SignInRefused):
        enter(office, name, password, network)


def hash_of(office: Office, name: str) -> str:
    with office.register.database.read() as connection:
        return accounts.get(connection, name).password


@pytest.mark.parametrize("name", ACCOUNTS)
def test_whoever_signs_in_is_known_with_all_that_the_role_may(office: Office, name: str) -> None:
    hire(office, name)
    made = enter(office, name)
    found = find_sign_in(office.register, made.secret)
    assert found is not None
    assert found.principal == made.principal
    assert found.principal.account == ACCOUNTS[name]
    assert found.principal.permissions == PERMISSIONS[ACCOUNTS[name].role]
    assert found.csrf == made.csrf
    assert found.secret == "", "only told when it is made"
    assert made.ends_at == found.ends_at == office.clock.now + term_of(ACCOUNTS[name].role).idle


def test_a_name_is_typed_as_people_type(lite: Office) -> None:
    hire(lite, "gate")
    assert enter(lite, " ＧＡＴＥ ").principal.account == ACCOUNTS["gate"]


def test_an_id_that_a_client_chose_never_becomes_a_sign_in(lite: Office) -> None:
    """Session fixation: each sign-in has a new id, whatever the browser brings along."""
    hire(lite, "gate")
    chosen = "A" * 43
    assert find_sign_in(lite.register, chosen) is None
    made = [enter(lite, "gate") for _ in range(3)]
    assert find_sign_in(lite.register, chosen) is None
    assert len({one.secret for one in made} | {one.csrf for one in made} | {chosen}) == 7
    assert all(len(one.secret) == 43 for one in made), "256 random bits"
    assert all(is_in(lite, one) for one in made)


def test_the_register_keeps_hashes_of_secrets_only(office: Office) -> None:
    hire(office, "centre")
    made = enter(office, "centre")
    key = add_token(office.register, TokenRequest("centre", "door", (Permission.CHECK,), 7), By(ACTOR))
    with office.register.database.read() as connection:
        rows = [connection.execute(select(table)).all() for table in (account, session, token)]
    for secret in (made.secret, key.secret, key.secret.removeprefix("zk_"), PASSWORD):
        assert secret not in repr(rows)
    assert key_of(made.secret) == rows[1][0].key


@pytest.mark.parametrize("name", ["gate", "centre"])
def test_a_sign_in_that_rests_too_long_is_over_to_the_second(lite: Office, name: str) -> None:
    hire(lite, name)
    idle = term_of(ACCOUNTS[name].role).idle
    made = enter(lite, name)
    lite.clock.now += idle - SECOND
    assert is_in(lite, made), "and this counts as a use of it"
    lite.clock.now += idle - SECOND
    assert is_in(lite, made)
    lite.clock.now += idle
    assert not is_in(lite, made)
    lite.clock.now -= SECOND
    assert is_in(lite, made)


@pytest.mark.parametrize("name", ["gate", "centre"])
def test_a_sign_in_that_is_used_all_the_time_is_over_one_day_too(lite: Office, name: str) -> None:
    hire(lite, name)
    made = enter(lite, name)
    end = lite.clock.now + term_of(ACCOUNTS[name].role).longest
    while lite.clock.now < end - timedelta(minutes=20):
        lite.clock.advance(minutes=20)
        found = find_sign_in(lite.register, made.secret)
        if lite.clock.now < end:
            assert found is not None
            assert found.ends_at <= end
    lite.clock.now = end - SECOND
    assert is_in(lite, made)
    lite.clock.now = end
    assert not is_in(lite, made)


def test_a_busy_sign_in_is_not_written_down_at_every_question(lite: Office) -> None:
    hire(lite, "gate")
    made = enter(lite, "gate")

    def seen_after(seconds: int) -> int:
        lite.clock.advance(seconds=seconds)
        assert is_in(lite, made)
        with lite.register.database.read() as connection:
            found = accounts.find_session(connection, key_of(made.secret))
        assert found is not None
        return (found.seen_at - found.opened_at).seconds

    assert [seen_after(59), seen_after(1), seen_after(30)] == [0, 60, 60]


def test_signing_out_ends_this_sign_in_and_no_other(lite: Office) -> None:
    hire(lite, "gate")
    one, other = enter(lite, "gate"), enter(lite, "gate")
    for _ in range(2):
        sign_out(lite.register, one.secret)
    sign_out(lite.register, "never one")
    assert not is_in(lite, one)
    assert is_in(lite, other)


def test_a_closed_account_is_out_at_once_and_stays_out(office: Office) -> None:
    hire(office, "gate", "centre")
    made, other = enter(office, "gate"), enter(office, "centre")
    key = add_token(office.register, TokenRequest("gate", "door", (Permission.CHECK,), 7), By(ACTOR))
    disable_user(office.register, "gate", ACTOR)
    assert not is_in(office, made)
    assert principal_of_token(office.register, key.secret) is None
    refused(office, "gate", PASSWORD)
    assert is_in(office, other)


def test_a_closed_account_is_out_whatever_was_left_behind(lite: Office) -> None:
    hire(lite, "gate")
    made = enter(lite, "gate")
    key = add_token(lite.register, TokenRequest("gate", "door", (Permission.CHECK,), 7), By(ACTOR))
    lite.register.database.needs_entries = False  # past the use cases
    with lite.register.database.write() as connection:
        connection.execute(update(account).values(disabled_at=lite.clock.now))
    assert not is_in(lite, made)
    assert principal_of_token(lite.register, key.secret) is None


def test_another_password_ends_what_the_old_one_opened(lite: Office) -> None:
    hire(lite, "gate")
    made = enter(lite, "gate")
    set_password(lite.register, "gate", "another long one", ACTOR)
    assert not is_in(lite, made)
    refused(lite, "gate", PASSWORD)
    assert is_in(lite, enter(lite, "gate", "another long one"))


def test_a_password_that_is_replaced_while_it_is_checked_opens_nothing(lite: Office) -> None:
    """Who gives the password away and changes it in time must be safe: the old one may not come in behind it."""
    hire(lite, "gate")
    changed: list[str] = []

    def random_bytes(size: int) -> bytes:
        if not changed:
            changed.append("another long one")
            with open_register(replace(lite.settings, password_cost=DEARER), lite.effects) as dear:
                set_password(dear, "gate", changed[0], ACTOR)
        return lite.random.randbytes(size)

    effects = Effects(lambda: lite.clock.now, random_bytes)
    with open_register(lite.settings, effects) as slow, pytest.raises(SignInRefused):
        sign_in(slow, "gate", PASSWORD, NETWORK, DEARER)
    refused(lite, "gate", PASSWORD)
    assert is_in(lite, enter(lite, "gate", "another long one"))
    with lite.register.database.read() as connection:
        assert len(connection.execute(select(session)).all()) == 1


def test_one_and_the_same_refusal_for_nobody_for_a_wrong_password_and_for_a_closed_account(lite: Office) -> None:
    hire(lite, "gate", "centre")
    disable_user(lite.register, "centre", ACTOR)
    told: list[str] = []
    for name, password in (("gate", "wrong"), ("nobody", PASSWORD), ("centre", PASSWORD), ("centre", "wrong")):
        with pytest.raises(SignInRefused) as refusal:
            enter(lite, name, password)
        told.append(f"{refusal.value!r} {refusal.value.zh} {refusal.value.en}")
    assert len(set(told)) == 1


@pytest.mark.parametrize("name", ["", "x" * 5_000, "a\0b", "gate\0", "' OR 1=1 --", "\U0001f409", "%", "gate\n\n x"])
def test_a_name_that_nobody_can_have_is_refused_like_any_other(office: Office, name: str) -> None:
    hire(office, "gate")
    refused(office, name, PASSWORD)


@pytest.mark.parametrize("password", ["", PASSWORD + "\0", PASSWORD * 20, "\ud800"])
def test_a_password_that_nobody_can_have_is_refused_like_any_other(lite: Office, password: str) -> None:
    hire(lite, "gate")
    refused(lite, "gate", password)


def test_tries_for_one_name_are_limited_wherever_they_come_from(lite: Office) -> None:
    hire(lite, "gate", "centre")
    for network in range(PER_NAME.requests):
        refused(lite, ("gate", " GATE")[network % 2], "wrong", f"192.0.2.{network}")
    with pytest.raises(TooManyTries) as limited:
        enter(lite, "gate", network="192.0.2.250")
    assert 0 < limited.value.retry_after <= 60
    assert is_in(lite, enter(lite, "centre", network="192.0.2.250")), "others come in"
    lite.clock.advance(seconds=limited.value.retry_after)
    assert is_in(lite, enter(lite, "gate", network="192.0.2.250"))


def lock(office: Office, name: str) -> None:
    """Try a name as a stranger does, from everywhere, until it is locked."""
    for network in range(PER_NAME.requests):
        refused(office, name, "wrong", f"198.51.100.{network}")
    with pytest.raises(TooManyTries):
        enter(office, name, network="198.51.100.250")


def test_a_stranger_who_tries_a_name_does_not_lock_its_owner_out_where_he_has_signed_in(office: Office) -> None:
    hire(office, "gate", "centre")
    enter(office, "gate")
    enter(office, "centre", network="192.0.2.9")
    office.clock.now += KNOWN_FOR - SECOND
    lock(office, "gate")
    lock(office, "centre")
    assert is_in(office, enter(office, "gate"))
    assert is_in(office, enter(office, "centre", network="192.0.2.9"))
    for name, network in (("gate", "192.0.2.9"), ("centre", NETWORK)):  # known, but for the other name
        with pytest.raises(TooManyTries):
            enter(office, name, network=network)


def test_a_known_network_has_a_few_tries_of_its_own_and_no_more(lite: Office) -> None:
    hire(lite, "gate")
    enter(lite, "gate")
    lite.clock.advance(hours=1)
    lock(lite, "gate")
    for _ in range(OF_KNOWN_NETWORK.requests):
        refused(lite, "gate", "wrong")
    with pytest.raises(TooManyTries) as limited:
        enter(lite, "gate")
    assert 0 < limited.value.retry_after <= OF_KNOWN_NETWORK.period.seconds // OF_KNOWN_NETWORK.requests
    lite.clock.advance(seconds=limited.value.retry_after)
    assert is_in(lite, enter(lite, "gate"))


def test_the_tries_of_its_own_count_for_the_network_too(lite: Office) -> None:
    hire(lite, "gate")
    enter(lite, "gate")
    lite.clock.advance(hours=1)
    lock(lite, "gate")
    for place in range(PER_NETWORK.requests):
        refused(lite, f"nobody{place}", "wrong")
    with pytest.raises(TooManyTries):
        enter(lite, "gate")


def test_a_network_is_forgotten_a_month_after_the_last_sign_in_and_a_wrong_try_makes_none_known(lite: Office) -> None:
    hire(lite, "gate")
    enter(lite, "gate")
    lite.clock.now += KNOWN_FOR
    refused(lite, "gate", "wrong")
    lite.clock.advance(hours=1)
    lock(lite, "gate")
    with pytest.raises(TooManyTries):
        enter(lite, "gate")


def test_tries_for_names_that_nobody_has_are_limited_alike(lite: Office) -> None:
    for network in range(PER_NAME.requests):
        refused(lite, "nobody", "wrong", f"192.0.2.{network}")
    with pytest.raises(TooManyTries):
        enter(lite, "nobody", network="192.0.2.250")


def test_tries_of_one_network_are_limited_whatever_the_names(lite: Office) -> None:
    hire(lite, "gate")
    for place in range(PER_NETWORK.requests):
        refused(lite, f"nobody{place}", "wrong")
    with pytest.raises(TooManyTries):
        enter(lite, "gate")
    assert is_in(lite, enter(lite, "gate", network="192.0.2.250"))


def test_a_hash_of_a_former_cost_is_made_anew_at_the_next_sign_in_which_ends_no_other(lite: Office) -> None:
    hire(lite, "gate")
    one, before = enter(lite, "gate"), hash_of(lite, "gate")
    enter(lite, "gate")
    assert hash_of(lite, "gate") == before
    sign_in(lite.register, "gate", PASSWORD, NETWORK, DEARER)
    assert hash_of(lite, "gate").startswith("$argon2id$v=19$m=16,t=2,p=1$")
    assert is_in(lite, one)
    assert is_in(lite, sign_in(lite.register, "gate", PASSWORD, NETWORK, DEARER))


def test_sign_ins_that_are_long_over_are_swept_away(lite: Office) -> None:
    hire(lite, "gate")
    enter(lite, "gate")
    lite.clock.advance(hours=73)
    made = enter(lite, "gate")
    with lite.register.database.read() as connection:
        assert [row.key for row in connection.execute(select(session))] == [key_of(made.secret)]


def test_a_token_may_what_it_was_made_for_and_nothing_else(office: Office) -> None:
    hire(office, "centre")
    key = add_token(office.register, TokenRequest("centre", "door", (Permission.CHECK,), 30), By(ACTOR))
    found = principal_of_token(office.register, key.secret)
    assert found is not None
    assert found.account == ACCOUNTS["centre"]
    assert found.permissions == {Permission.CHECK}
    for other in ("", key.secret[:-1], key.secret.removeprefix("zk_"), key.secret.lower(), key.label):
        assert principal_of_token(office.register, other) is None
    assert find_sign_in(office.register, key.secret) is None, "a token is no sign-in"


def test_a_sign_in_is_no_token(lite: Office) -> None:
    hire(lite, "centre")
    assert principal_of_token(lite.register, enter(lite, "centre").secret) is None


def test_a_token_is_good_to_the_end_of_its_last_day_in_shanghai(lite: Office) -> None:
    hire(lite, "centre")
    key = add_token(lite.register, TokenRequest("centre", "door", (Permission.CHECK,), 30), By(ACTOR))
    assert key.expires_on == "2026-12-02"
    lite.clock.set_to(date(2026, 12, 3), 0)
    assert principal_of_token(lite.register, key.secret) is None
    lite.clock.now -= SECOND
    assert principal_of_token(lite.register, key.secret) is not None


def test_a_token_that_was_taken_away_is_none(lite: Office) -> None:
    hire(lite, "centre")
    keys = [
        add_token(lite.register, TokenRequest("centre", label, (Permission.CHECK,), 30), By(ACTOR)) for label in "ab"
    ]
    revoke_token(lite.register, "centre", "a", ACTOR)
    assert [principal_of_token(lite.register, key.secret) is None for key in keys] == [True, False]


def test_no_sign_in_shows_its_secrets(lite: Office) -> None:
    hire(lite, "centre")
    made = enter(lite, "centre")
    key = add_token(lite.register, TokenRequest("centre", "door", (Permission.CHECK,), 7), By(ACTOR))
    shown = f"{made} {made!r} {key} {key!r}"
    assert [secret for secret in (made.secret, made.csrf, key.secret, PASSWORD) if secret in shown] == []
    assert made.principal.account.role is Role.CENTRE
