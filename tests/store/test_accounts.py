from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import delete, func, insert, select, update

from service.domain.access import Account, Permission, Role
from service.domain.issuer import Institution
from service.store import accounts, institutions
from service.store.accounts import Dates, StoredAccount
from service.store.engine import Database
from service.store.errors import (
    AppendOnly,
    ConstraintBroken,
    NotFound,
    ReferenceMissing,
    TokenTaken,
    UserTaken,
)
from service.store.tables import account, session, token
from tests.store.issuing import NOW

SCHOOL = Institution("500123", "S", "重庆市某某职业技能培训学校")
GATE = Account("gate", Role.SITE_STAFF, "500123")
CENTRE = Account("李主任", Role.CENTRE)
LATER = NOW + timedelta(minutes=5)
TERM = Dates(NOW, date(2023, 4, 1))
HASHED = "$argon2id$v=19$m=8,t=1,p=1$AAEC$AAEC"


def key(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def add(database: Database, *new: Account) -> tuple[StoredAccount, ...]:
    with database.write() as connection:
        if institutions.get(connection, SCHOOL.code) is None:
            institutions.add(connection, SCHOOL, NOW)
        for one in new:
            accounts.add(connection, one, HASHED, NOW)
        return tuple(accounts.get(connection, one.name) for one in new)


def in_use(database: Database, owner: StoredAccount, secret: str) -> None:
    """Let an account have a sign-in and a token under keys of this secret."""
    with database.write() as connection:
        accounts.open_session(connection, key(secret), owner.id, "csrf", NOW)
        accounts.add_token(connection, key(secret), owner.id, "door", [Permission.CHECK], TERM)


def rows(database: Database) -> tuple[int, int]:
    """Count the sign-ins and the tokens there are."""
    with database.read() as connection:
        sessions, tokens = (
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (session, token)
        )
    return sessions, tokens


def test_an_account_is_found_as_it_was_entered(database: Database) -> None:
    gate, centre = add(database, GATE, CENTRE)
    with database.read() as connection:
        assert accounts.find(connection, "gate") == gate
        assert accounts.all_of(connection) == (gate, centre)
        assert accounts.find(connection, "nobody") is None
        with pytest.raises(NotFound):
            accounts.get(connection, "nobody")
    assert gate == StoredAccount(gate.id, GATE, HASHED, NOW, None)


def test_no_hash_of_a_password_is_shown(database: Database) -> None:
    (gate,) = add(database, GATE)
    in_use(database, gate, "s")
    with database.read() as connection:
        shown = repr((gate, accounts.find_session(connection, key("s")), accounts.tokens_of(connection)))
    assert "argon2" not in shown
    assert "gate" in shown


def test_a_user_name_is_given_once_also_after_its_account_was_closed(database: Database) -> None:
    (gate,) = add(database, GATE)
    with database.write() as connection:
        accounts.disable(connection, gate.id, LATER)
    with pytest.raises(UserTaken):
        add(database, Account("gate", Role.CENTRE))


def test_an_account_of_an_institution_that_nobody_knows_is_refused(database: Database) -> None:
    with pytest.raises(ReferenceMissing):
        add(database, Account("other", Role.INSTITUTION, "500999"))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"role": "root"}, "ck_account_role"),
        ({"role": "institution"}, "ck_account_institution"),
        ({"role": "site-staff"}, "ck_account_institution"),
        ({"institution": "500123"}, "ck_account_institution"),
        ({"password": None}, "password"),
    ],
)
def test_an_account_that_contradicts_itself_is_refused(
    database: Database, changes: dict[str, object], rule: str
) -> None:
    add(database, GATE)
    row = {"name": "centre", "role": "centre", "password": HASHED, "created_at": NOW}
    with pytest.raises(ConstraintBroken, match=rule), database.write() as connection:
        connection.execute(insert(account), row | changes)
    with database.write() as connection:
        connection.execute(insert(account), row)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "other"},
        {"role": "centre", "institution": None},
        {"role": "institution"},
        {"institution": "500777"},
        {"district": "渝北区人力资源和社会保障局"},
        {"created_at": LATER},
    ],
)
def test_who_an_account_is_never_changes(database: Database, changes: dict[str, object]) -> None:
    (gate,) = add(database, GATE)
    with database.write() as connection:
        institutions.add(connection, Institution("500777", "Y", "重庆市某某机械有限公司"), NOW)
    with pytest.raises(AppendOnly), database.write() as connection:
        connection.execute(update(account).where(account.c.id == gate.id).values(changes))
    with pytest.raises(AppendOnly), database.write() as connection:
        connection.execute(delete(account).where(account.c.id == gate.id))


@pytest.mark.parametrize("again", [None, LATER + timedelta(days=1), NOW])
def test_a_closed_account_stays_so_under_its_password(database: Database, again: datetime | None) -> None:
    (gate,) = add(database, GATE)
    with database.write() as connection:
        accounts.disable(connection, gate.id, LATER)
    with pytest.raises(AppendOnly), database.write() as connection:
        connection.execute(update(account).where(account.c.id == gate.id).values(disabled_at=again))
    with database.write() as connection:
        accounts.keep_hash(connection, gate.id, "dearer hash")
    with database.read() as connection:
        assert accounts.get(connection, "gate").disabled_at == LATER
    with database.write() as connection:
        accounts.enable(connection, gate.id, "another hash")
    with database.read() as connection:
        assert accounts.get(connection, "gate").disabled_at is None


def test_an_account_of_a_district_stays_in_it(database: Database) -> None:
    (yubei,) = add(database, Account("yubei", Role.DISTRICT, district="渝北区人力资源和社会保障局"))
    for district in (None, "江北区人力资源和社会保障局"):
        with pytest.raises(AppendOnly), database.write() as connection:
            connection.execute(update(account).where(account.c.id == yubei.id).values(district=district))


def test_another_password_ends_the_sign_ins_of_its_account_and_no_token(database: Database) -> None:
    gate, centre = add(database, GATE, CENTRE)
    in_use(database, gate, "gate")
    in_use(database, centre, "centre")
    with database.write() as connection:
        accounts.set_password(connection, gate.id, "another hash")
    with database.read() as connection:
        assert accounts.find_session(connection, key("gate")) is None
        assert accounts.find_session(connection, key("centre")) is not None
        assert accounts.get(connection, "gate").password == "another hash"  # noqa: S105 - no password
    assert rows(database) == (1, 2)


def test_another_hash_of_the_same_password_ends_nothing(database: Database) -> None:
    (gate,) = add(database, GATE)
    in_use(database, gate, "gate")
    with database.write() as connection:
        accounts.keep_hash(connection, gate.id, "dearer hash")
    assert rows(database) == (1, 1)


def test_a_closed_account_loses_its_sign_ins_and_its_tokens_and_nobody_elses(database: Database) -> None:
    gate, centre = add(database, GATE, CENTRE)
    in_use(database, gate, "gate")
    in_use(database, centre, "centre")
    with database.write() as connection:
        accounts.disable(connection, gate.id, LATER)
    with database.read() as connection:
        assert accounts.get(connection, "gate").disabled_at == LATER
        assert accounts.find_session(connection, key("gate")) is None
        assert accounts.find_token(connection, key("gate")) is None
        assert accounts.find_session(connection, key("centre")) is not None
        assert accounts.find_token(connection, key("centre")) is not None


def test_a_sign_in_is_noted_used_ended_and_swept_away(database: Database) -> None:
    (gate,) = add(database, GATE)
    in_use(database, gate, "old")
    with database.write() as connection:
        accounts.open_session(connection, key("new"), gate.id, "csrf", LATER)
        accounts.touch_session(connection, key("old"), LATER)
        found = accounts.find_session(connection, key("old"))
        assert found is not None
        assert (found.owner, found.csrf, found.opened_at, found.seen_at) == (gate, "csrf", NOW, LATER)
        accounts.forget_sessions(connection, NOW)
        assert accounts.find_session(connection, key("old")) is not None
        accounts.forget_sessions(connection, LATER)
        assert accounts.find_session(connection, key("old")) is None
        accounts.close_session(connection, key("new"))
        accounts.close_session(connection, key("new"))
    assert rows(database) == (0, 1)


def test_a_token_has_a_name_of_its_own_within_its_account(database: Database) -> None:
    gate, centre = add(database, GATE, CENTRE)
    in_use(database, gate, "gate")
    in_use(database, centre, "centre")
    with pytest.raises(TokenTaken), database.write() as connection:
        accounts.add_token(connection, key("third"), gate.id, "door", [Permission.CHECK], TERM)
    with database.write() as connection:
        assert accounts.revoke_token(connection, gate.id, "door")
        assert not accounts.revoke_token(connection, gate.id, "door")
        assert accounts.find_token(connection, key("gate")) is None
        assert [one.owner for one in accounts.tokens_of(connection)] == [centre]
        assert accounts.tokens_of(connection, gate.id) == ()


def test_a_token_is_found_as_it_was_entered(database: Database) -> None:
    (centre,) = add(database, CENTRE)
    with database.write() as connection:
        scopes = [Permission.READ_SCANS, Permission.CHECK]
        accounts.add_token(connection, key("t"), centre.id, "报表", scopes, TERM)
        found = accounts.find_token(connection, key("t"))
    assert found is not None
    assert (found.owner, found.label, found.scopes) == (centre, "报表", frozenset(scopes))
    assert (found.created_at, found.expires_on) == (TERM.created_at, TERM.expires_on)


def test_a_token_that_may_plan_sessions_may_plan_assessments(database: Database) -> None:
    """Tokens of before version 1.0 name their scope so."""
    (centre,) = add(database, CENTRE)
    with database.write() as connection:
        accounts.add_token(connection, key("t"), centre.id, "报表", [cast("Permission", "plan-sessions")], TERM)
        found = accounts.find_token(connection, key("t"))
    assert found is not None
    assert found.scopes == {Permission.PLAN_ASSESSMENTS}


def test_no_secret_is_kept_that_is_not_hashed(database: Database) -> None:
    (gate,) = add(database, GATE)
    with pytest.raises(ConstraintBroken, match="key"), database.write() as connection:
        accounts.open_session(connection, b"the secret itself", gate.id, "csrf", NOW)
    with pytest.raises(ConstraintBroken, match="key"), database.write() as connection:
        accounts.add_token(connection, b"the secret itself", gate.id, "door", [Permission.CHECK], TERM)
