from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.access import (
    PERMISSIONS,
    AccessInvalid,
    Account,
    Permission,
    Principal,
    Role,
    check_password,
    is_over,
    permissions_of_token,
    user_key,
)

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OF_AN_INSTITUTION = (Role.INSTITUTION, Role.SITE_STAFF)


def refusal_of(name: str, role: Role, **places: str | None) -> str:
    with pytest.raises(AccessInvalid) as refused:
        Account(name, role, **places)
    assert refused.value.zh
    return refused.value.code


def account_of(role: Role) -> Account:
    institution = "500123" if role in OF_AN_INSTITUTION else None
    return Account("some.body", role, institution, "渝北区人社局" if role is Role.DISTRICT else None)


def test_each_role_may_do_this_and_nothing_else() -> None:
    check, issue, change, propose, engage, dispatch, people, review, bodies, plan, *reading = Permission
    scans, journal, metrics, accounts, gates, machine, hooks = reading
    expected = {
        Role.CENTRE: {check, issue, change, propose, engage, dispatch, people, review, bodies, plan, scans, hooks},
        Role.INSTITUTION: {check, issue, change, propose, engage, people, review, plan, scans, gates, hooks},
        Role.DISTRICT: {check, propose, dispatch, people, review},
        Role.SITE_STAFF: {check},
        Role.AUDITOR: {scans, journal},
        Role.ADMINISTRATOR: {metrics, accounts, gates, machine, hooks},
    }
    assert expected == PERMISSIONS


@pytest.mark.parametrize("role", Role)
def test_an_account_names_an_institution_exactly_where_its_role_is_of_one(role: Role) -> None:
    district = "渝北区人社局" if role is Role.DISTRICT else None
    if role in OF_AN_INSTITUTION:
        assert Account("li.lei", role, "500123").institution == "500123"
        for code in (None, "", "50012", "5001234", "五〇〇一二三", "５００１２３"):
            assert refusal_of("li.lei", role, institution=code) == "user-institution"
    else:
        assert Account("li.lei", role, None, district).institution is None
        for code in ("500123", "", "50012", "x"):
            assert refusal_of("li.lei", role, institution=code, district=district) == "user-institution"


@pytest.mark.parametrize("role", Role)
def test_an_account_names_a_bureau_exactly_where_its_role_is_of_one(role: Role) -> None:
    institution = "500123" if role in OF_AN_INSTITUTION else None
    if role is Role.DISTRICT:
        assert refusal_of("li.lei", role) == "user-district"
        assert refusal_of("li.lei", role, district="") == "user-district"
    else:
        assert refusal_of("li.lei", role, institution=institution, district="渝北区人社局") == "user-district"


@pytest.mark.parametrize("name", ["admin", "li.lei", "a1", "张三", "gate-2_east", "a" * 32])
def test_a_user_name_of_small_letters_han_characters_and_digits_is_good(name: str) -> None:
    assert Account(name, Role.CENTRE).name == name


@pytest.mark.parametrize(
    "name",
    ["", "a", "a" * 33, "Admin", "li lei", " admin", "admin\n", ".admin", "-admin", "a/b", "ａｄｍｉｎ", "a'b", "a\0b"],
)
def test_any_other_user_name_is_refused(name: str) -> None:
    assert refusal_of(name, Role.CENTRE) == "user-name"


def test_a_long_name_is_quoted_in_part() -> None:
    with pytest.raises(AccessInvalid) as refused:
        Account("x" * 5_000, Role.CENTRE)
    assert len(refused.value.zh) < 120


def test_a_name_is_found_however_it_is_typed() -> None:
    assert user_key(" Ａdmin ") == "admin"
    assert user_key("LI.LEI") == "li.lei"


@given(st.text(max_size=40))
def test_no_name_is_kept_in_a_form_in_which_it_is_not_found(name: str) -> None:
    try:
        kept = Account(name, Role.CENTRE).name
    except AccessInvalid:
        return
    assert user_key(kept) == kept


@pytest.mark.parametrize(
    ("role", "idle", "longest"),
    [(role, timedelta(minutes=30), timedelta(hours=12)) for role in Role if role is not Role.SITE_STAFF]
    + [(Role.SITE_STAFF, timedelta(hours=12), timedelta(hours=72))],
)
def test_a_sign_in_ends_to_the_second(role: Role, idle: timedelta, longest: timedelta) -> None:
    assert not is_over(role, NINE, NINE, NINE + idle - SECOND)
    assert is_over(role, NINE, NINE, NINE + idle)
    last = NINE + longest - SECOND
    assert not is_over(role, NINE, last, last)
    assert is_over(role, NINE, last, last + SECOND), "however busy it is"


@pytest.mark.parametrize("password", ["correct horse", "一二三四五六七八九十十一", "x1y2z3" * 42 + "abcd"])
def test_a_long_password_is_good(password: str) -> None:
    check_password("admin", password)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password-short"),
        ("elevenchars", "password-short"),
        ("abcde" * 52, "password-short"),
        ("my-ADMIN-word-1", "password-name"),
        ("aaaaaaaaaaaaaa", "password-name"),
        ("121212121212", "password-name"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused_and_not_quoted(password: str, code: str) -> None:
    with pytest.raises(AccessInvalid) as refused:
        check_password("admin", password)
    assert refused.value.code == code
    assert not password or password not in refused.value.zh + refused.value.en + repr(refused.value)


@pytest.mark.parametrize("role", Role)
def test_a_token_may_no_more_than_its_account(role: Role) -> None:
    assert permissions_of_token(role, PERMISSIONS[role]) == PERMISSIONS[role]
    for permission in set(Permission) - PERMISSIONS[role]:
        with pytest.raises(AccessInvalid) as refused:
            permissions_of_token(role, PERMISSIONS[role] | {permission})
        assert refused.value.code == "token-scope"


def test_a_token_that_may_nothing_is_refused() -> None:
    with pytest.raises(AccessInvalid):
        permissions_of_token(Role.CENTRE, frozenset())


@pytest.mark.parametrize("role", Role)
def test_whose_data_somebody_sees_is_that_of_the_institution_or_all(role: Role) -> None:
    principal = Principal(1, account_of(role), PERMISSIONS[role])
    assert principal.sees_institution == ("500123" if role in OF_AN_INSTITUTION else None)
    assert principal.actor == "user:some.body"
    assert [permission for permission in Permission if principal.may(permission)] == [
        permission for permission in Permission if permission in PERMISSIONS[role]
    ]
