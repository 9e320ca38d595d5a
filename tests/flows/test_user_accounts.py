from __future__ import annotations

import logging
import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from sqlalchemy import text

from service.domain.access import AccessInvalid, Account, By, Permission, Role
from service.domain.event import Event
from service.domain.journal import parse_entry
from service.flows.checking.staff import take_scans
from service.flows.errors import Refused, SignInRefused
from service.flows.people.accounts import (
    MAX_TOKEN_DAYS,
    TokenRequest,
    add_token,
    add_user,
    disable_user,
    enable_user,
    list_tokens,
    list_users,
    name_person,
    random_password,
    revoke_token,
    set_password,
)
from service.flows.people.own_account import asks_password_again, check_password_again
from service.flows.people.sign_in import find_sign_in, principal_of_token
from service.flows.people.sign_in_tries import AGAIN, TooManyTries
from service.flows.running.audit import audit, export_journal, signed_head
from service.flows.running.back_up import back_up
from service.flows.running.read_journal import Filter, seek
from service.store import journal
from service.store.errors import NotFound, TokenTaken, UserTaken
from tests.flows.office import ACTOR, SCHOOL, Office
from tests.flows.people_at_work import ACCOUNTS, PASSWORD, enter, hire
from tests.flows.test_backup import empty_database, restored
from tests.flows.test_staff import scan_of


@pytest.mark.parametrize(("name", "asked"), [("centre", True), ("school", False)])
def test_the_centre_states_its_password_again_before_a_step(lite: Office, name: str, *, asked: bool) -> None:
    hire(lite, name)
    by = enter(lite, name).principal
    check_password_again(lite.register, by, PASSWORD)
    assert asks_password_again(by) is asked
    for password, code in (("", "password-again-missing"), ("another", "password-again-wrong")) if asked else ():
        with pytest.raises(Refused) as refused:
            check_password_again(lite.register, by, password)
        assert refused.value.code == code
    with pytest.raises(TooManyTries) if asked else nullcontext():
        for _ in range(AGAIN.requests + 1):
            check_password_again(lite.register, by, PASSWORD)
    assert enter(lite, name).principal == by, "it bars no sign-in"


def refusal_of(what: Callable[..., object], /, *args: object) -> str:
    try:
        what(*args)
    except (Refused, AccessInvalid) as refused:
        return refused.code
    pytest.fail("not refused")


def test_accounts_are_listed_by_name_with_all_that_happened_in_the_journal(office: Office) -> None:
    before = len(office.events())
    hire(office)
    set_password(office.register, "Gate", "another long one", ACTOR)
    add_token(office.register, TokenRequest("school", "door", (Permission.CHECK,), 7), By(ACTOR))
    revoke_token(office.register, "school", "door", ACTOR)
    disable_user(office.register, "yubei", ACTOR)
    users = list_users(office.register)
    assert [user.account for user in users] == [Account("admin", Role.ADMINISTRATOR), *ACCOUNTS.values()]
    assert [user.account.name for user in users if user.disabled_at is not None] == ["yubei"]
    told = [(event.kind, event.subject) for event in office.events()[before:] if event.subject != "accounts"]
    assert told == [
        *(("user-added", name) for name in ACCOUNTS),
        ("user-password-set", "gate"),
        ("token-added", "school"),
        ("token-revoked", "school"),
        ("user-disabled", "yubei"),
    ]
    assert audit(office.register).faults == ()


def test_an_account_names_an_institution_that_is_entered(lite: Office) -> None:
    code = refusal_of(
        add_user, lite.register, Account("x.y", Role.INSTITUTION, "500999", person_name="张三"), PASSWORD, ACTOR
    )
    assert code == "institution-unknown"
    assert [user.account.name for user in list_users(lite.register)] == ["admin"]


def test_a_new_account_says_whose_it_is(lite: Office) -> None:
    for person_name in ("", "1234", " 王小明", "王" * 61):
        with pytest.raises(AccessInvalid) as refused:
            add_user(lite.register, Account("wang", Role.CENTRE, person_name=person_name), PASSWORD, ACTOR)
        assert refused.value.code == "user-person-name"
    assert [user.account.name for user in list_users(lite.register)] == ["admin"]


def test_entries_bear_the_real_name_their_account_has_when_they_are_made(office: Office) -> None:
    hire(office, "centre")
    by = enter(office, "centre").principal
    with office.register.database.write() as connection:
        connection.execute(text("UPDATE account SET person_name = NULL WHERE name = 'centre'"))
    voided = Event("number-voided", "R50230009", {"reason": "试打"})
    for _ in range(2):
        with office.register.database.write() as connection:
            journal.append_many(connection, office.effects.now(), by.actor, (voided,))
        assert name_person(office.register, "Centre", " 王 小明", ACTOR).shown == "王小明（centre）"
    told = [entry for entry in map(parse_entry, export_journal(office.register)) if entry.event.kind == "number-voided"]
    assert [(entry.actor, entry.name, entry.by) for entry in told] == [
        ("user:centre", "", "user:centre"),
        ("user:centre", "王小明", "王小明（centre）"),
    ]
    assert [one.by for one in seek(office.register, Filter(kind="number-voided")).entries] == [
        "王小明（centre）",
        "user:centre",
    ]
    assert audit(office.register).faults == ()


def test_a_user_name_is_given_once(lite: Office) -> None:
    hire(lite, "gate")
    disable_user(lite.register, "gate", ACTOR)
    with pytest.raises(UserTaken):
        hire(lite, "gate")


def test_a_bad_password_makes_no_account_and_changes_none(lite: Office) -> None:
    assert refusal_of(add_user, lite.register, ACCOUNTS["centre"], "short", ACTOR) == "password-short"
    assert [user.account.name for user in list_users(lite.register)] == ["admin"]
    hire(lite, "centre")
    assert refusal_of(set_password, lite.register, "centre", "the-Centre-2026", ACTOR) == "password-name"
    assert enter(lite, "centre")


def test_a_password_left_to_chance_is_told_once_and_works(lite: Office) -> None:
    made = add_user(lite.register, ACCOUNTS["centre"], None, ACTOR)
    assert made.password is not None
    assert re.fullmatch("([a-z2-7]{5}-){3}[a-z2-7]{5}", made.password)
    assert made.password not in repr(made)
    assert enter(lite, "centre", made.password)
    again = set_password(lite.register, "centre", None, ACTOR)
    assert again.password is not None
    assert again.password not in {made.password, random_password(lite.effects)}
    with pytest.raises(SignInRefused):
        enter(lite, "centre", made.password)
    assert enter(lite, "centre", again.password)
    assert set_password(lite.register, "centre", PASSWORD, ACTOR).password is None


def test_a_closed_account_is_not_opened_again_by_any_way(lite: Office) -> None:
    hire(lite, "gate")
    disable_user(lite.register, "gate", ACTOR)
    assert refusal_of(set_password, lite.register, "gate", PASSWORD, ACTOR) == "user-disabled"
    assert (
        refusal_of(add_token, lite.register, TokenRequest("gate", "door", (Permission.CHECK,), 7), By(ACTOR))
        == "user-disabled"
    )
    assert refusal_of(disable_user, lite.register, "gate", ACTOR) == "user-disabled"


def test_nobody_is_not_found(lite: Office) -> None:
    with pytest.raises(NotFound):
        disable_user(lite.register, "nobody", ACTOR)
    with pytest.raises(NotFound):
        set_password(lite.register, "nobody", PASSWORD, ACTOR)
    with pytest.raises(NotFound):
        revoke_token(lite.register, "nobody", "door", ACTOR)


@pytest.mark.parametrize("days", [-1, 0, MAX_TOKEN_DAYS + 1])
def test_a_token_has_an_end_within_a_year(lite: Office, days: int) -> None:
    hire(lite, "centre")
    assert (
        refusal_of(add_token, lite.register, TokenRequest("centre", "door", (Permission.CHECK,), days), By(ACTOR))
        == "token-scope"
    )
    add_token(lite.register, TokenRequest("centre", "door", (Permission.CHECK,), MAX_TOKEN_DAYS), By(ACTOR))


def test_a_token_has_a_name_and_a_scope_that_its_account_has(lite: Office) -> None:
    hire(lite, "centre", "boss")
    assert (
        refusal_of(add_token, lite.register, TokenRequest("centre", " ", (Permission.CHECK,), 7), By(ACTOR))
        == "token-scope"
    )
    for scopes in ([], [Permission.CHECK], [Permission.READ_METRICS, Permission.READ_SCANS]):
        assert (
            refusal_of(add_token, lite.register, TokenRequest("boss", "door", tuple(scopes), 7), By(ACTOR))
            == "token-scope"
        )
    add_token(lite.register, TokenRequest("centre", "door", (Permission.CHECK,), 7), By(ACTOR))
    with pytest.raises(TokenTaken):
        add_token(lite.register, TokenRequest("centre", "door", (Permission.READ_SCANS,), 7), By(ACTOR))
    assert refusal_of(revoke_token, lite.register, "centre", "gate", ACTOR) == "token-unknown"
    assert [(one.owner.account.name, one.label, one.scopes) for one in list_tokens(lite.register)] == [
        ("centre", "door", frozenset({Permission.CHECK}))
    ]


def test_no_secret_reaches_the_log_or_the_journal(
    lite: Office, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "sqlalchemy.engine")
    hire(lite, "centre")
    chosen = set_password(lite.register, "centre", None, ACTOR)
    assert chosen.password is not None
    made = enter(lite, "centre", chosen.password)
    key = add_token(lite.register, TokenRequest("centre", "door", (Permission.CHECK,), 7), By(ACTOR))
    assert find_sign_in(lite.register, made.secret)
    assert principal_of_token(lite.register, key.secret)
    with pytest.raises(SignInRefused):
        enter(lite, "geheim", "geheimes Wort")
    shown = caplog.text + "".join(capsys.readouterr()) + b"\n".join(export_journal(lite.register)).decode()
    secrets = (PASSWORD, chosen.password, made.secret, made.csrf, key.secret, "geheim", "argon2id")
    assert [secret for secret in secrets if secret in shown] == []


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_carries_accounts_tokens_and_scans_and_no_sign_in(
    office: Office, target: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    hire(office)
    disable_user(office.register, "yubei", ACTOR)
    made = enter(office, "gate")
    key = add_token(office.register, TokenRequest("gate", "door", (Permission.CHECK,), 7), By(ACTOR))
    take_scans(office.register, made.principal, [scan_of(1), scan_of(2)])
    manifest = back_up(office.register, tmp_path / "register.zip")
    assert "session" not in manifest.rows
    assert (manifest.rows["account"], manifest.rows["token"], manifest.rows["scan"]) == (1 + len(ACCOUNTS), 1, 2)
    head = signed_head(office.register)
    there = tmp_path / "there"
    with (
        empty_database(target, request, there) as url,
        restored(office, tmp_path / "register.zip", there / "data", url, head=head) as (other, _),
    ):
        assert list_users(other.register) == list_users(office.register)
        assert find_sign_in(other.register, made.secret) is None
        found = principal_of_token(other.register, key.secret)
        assert found is not None
        assert [new for _, new in take_scans(other.register, found, [scan_of(1), scan_of(3)])] == [False, True]
        assert find_sign_in(other.register, enter(other, "gate").secret) is not None
        add_user(other.register, Account("new", Role.SITE_STAFF, SCHOOL.code, person_name="张三"), PASSWORD, ACTOR)
        assert audit(other.register).faults == ()


def test_the_last_administrator_who_may_sign_in_is_not_disabled(lite: Office) -> None:
    assert refusal_of(disable_user, lite.register, "admin", ACTOR) == "last-administrator"
    hire(lite, "boss")
    disable_user(lite.register, "admin", ACTOR)
    assert refusal_of(disable_user, lite.register, "boss", ACTOR) == "last-administrator"
    enable_user(lite.register, "admin", ACTOR)
    disable_user(lite.register, "boss", ACTOR)
