"""A register whose keys are on a token: made so, moved to it, with the token away, backed up and restored."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from litestar.testing import TestClient

from keys.document import sign_document
from keys.errors import IllegalRotation, KeyNotHeld
from keys.keyring import KeyState, Purpose
from keys.token_address import parse_token_address
from keys.token_library import library_of
from service.app import create_app
from service.domain.check_up import Standing
from service.domain.verdict_words import Word
from service.flows.errors import KeyAway, NoPin, Refused
from service.flows.keys.key_ceremony import (
    Promotion,
    RootCopy,
    compromise_key,
    copy_root_to,
    destroy_left,
    introduce_key,
    is_left,
    list_keys,
    promote_key,
    root_on_token,
)
from service.flows.publishing.publish import keep_current
from service.flows.running.audit import audit, signed_head
from service.flows.running.back_up import back_up
from service.flows.running.restore import restore
from service.flows.running.restore_evidence import Later
from service.flows.running.set_up import ROOT_FILE, set_up
from service.flows.running.token_state import token_findings
from service.flows.shipped import shipped_jurisdiction
from tests.flows.office import ACTOR, CHEAP, ROOT_PASSPHRASE, Office, applicant, enter_bodies, settings_of
from tests.tokens.softhsm import PIN, Stick, Sticks


def on(stick: Stick, office: Office) -> Office:
    """The same register, opened with the token."""
    return Office(replace(office.settings, token=stick.address, token_pin=PIN.encode()), office.clock, office.random)


@pytest.fixture
def moved(lite: Office, stick: Stick) -> Office:
    """A register that was made without a token and has rotated all its keys on to one."""
    office = on(stick, lite)
    office.open()
    office.rotate(*Purpose)
    return office


def held_by(office: Office) -> set[bytes]:
    assert office.register.token is not None
    return {public for _, public in office.register.token.state().keys}


def active(office: Office) -> set[bytes]:
    return {one.public for one in list_keys(office.register) if one.state is KeyState.ACTIVE}


def test_a_register_is_made_with_its_keys_on_the_token(tmp_path: Path, stick: Stick) -> None:
    settings = settings_of(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'register.db'}")
    office = on(stick, Office(settings))
    set_up(
        office.settings,
        office.effects,
        jurisdiction_text=shipped_jurisdiction("chongqing"),
        cost=CHEAP,
        token=stick.token(),
    )
    enter_bodies(office.open())
    assert held_by(office) == active(office)
    assert office.register.vault.held() == frozenset()
    assert office.check(office.issue_one(applicant("senior", 1))) is Word.VALID
    keep_current(office.register)
    signed_head(office.register)
    assert audit(office.register).faults == ()


def test_keys_move_on_to_the_token_and_off_it_by_rotating(moved: Office, lite: Office) -> None:
    first = moved.issue_one(applicant("senior", 1))
    assert held_by(moved) == active(moved)
    assert moved.register.vault.held() == frozenset()
    moved.rotate(Purpose.CARD)
    assert held_by(moved) == active(moved), "the key before it was destroyed on the token"
    assert moved.check(first) is Word.VALID
    back = Office(lite.settings, moved.clock, moved.random)
    back.open()
    back.rotate(*Purpose)
    assert back.register.vault.held() == active(back)
    assert back.check(back.issue_one(applicant("external", 2))) is Word.VALID


def test_while_the_token_is_away_cards_are_checked_and_none_is_issued(moved: Office, stick: Stick) -> None:
    number = moved.issue_one(applicant("senior", 1))
    before = moved.events()
    with stick.pulled():
        with pytest.raises(KeyAway, match="not at hand: no token") as refused:
            moved.issue_one(applicant("external", 2))
        assert refused.value.code == "token-absent"
        assert "令牌" in refused.value.zh
        assert moved.check(number) is Word.VALID
        assert moved.events() == before
        (found,) = token_findings(moved.register)
        assert (found.standing, found.remedy) == (Standing.BAD, "token-absent")
        with TestClient(create_app(moved.settings, moved.effects)) as client:
            answer = client.get("/readyz")
            assert (answer.status_code, answer.json()["code"]) == (503, "token-absent")
            assert client.get("/healthz").status_code == 200
    assert moved.check(moved.issue_one(applicant("external", 2))) is Word.VALID
    (found,) = token_findings(moved.register)
    assert found.standing is Standing.OK
    assert "3 of 3 keys" in found.en


def test_a_stolen_tokens_key_is_reported_without_it_and_destroyed_when_it_is_back(moved: Office, stick: Stick) -> None:
    (stolen,) = (r for r in list_keys(moved.register) if r.purpose is Purpose.CARD and r.state is KeyState.ACTIVE)
    with stick.pulled():
        after = compromise_key(moved.register, stolen.kid.hex(), moved.root(), ACTOR)
        assert is_left(moved.register, after)
    assert is_left(moved.register, after), "it is back, and holds the key still"
    destroy_left(moved.register, stolen.kid.hex())
    assert not is_left(moved.register, after)
    with pytest.raises(KeyNotHeld):
        destroy_left(moved.register, stolen.kid.hex())
    with pytest.raises(Refused) as refused:
        destroy_left(moved.register, next(iter(active(moved))).hex())
    assert refused.value.code == "key-in-use"


def test_a_key_that_cannot_be_published_is_not_left_on_the_token(moved: Office) -> None:
    root = moved.root()
    introduce_key(moved.register, Purpose.CARD, root, ACTOR)
    before = held_by(moved)
    with pytest.raises(IllegalRotation):
        introduce_key(moved.register, Purpose.CARD, root, ACTOR)
    assert held_by(moved) == before


def test_the_root_key_on_two_tokens_signs_what_its_file_signs(lite: Office, sticks: Sticks) -> None:
    file = lite.settings.data / ROOT_FILE
    both = sticks(), sticks()
    for stick in (*both, both[0]):
        copy_root_to(lite.register, RootCopy(file, ROOT_PASSPHRASE, stick.token()), ACTOR)
    assert {str(e.data["token"]) for e in lite.events() if e.kind == "root-copied"} == {stick.label for stick in both}
    roots = [root_on_token(lite.register, stick.token()) for stick in both]
    document = lite.register.trusted_keys().document
    assert {sign_document(document, root) for root in (lite.root(), *roots)} == {lite.register.trusted_keys().body}
    file.unlink()
    introduce_key(lite.register, Purpose.CARD, roots[0], ACTOR)
    promote_key(lite.register, Promotion(Purpose.CARD, at_once=True), roots[1], ACTOR)
    assert lite.check(lite.issue_one(applicant("senior", 1))) is Word.VALID
    assert audit(lite.register).faults == ()


def test_a_token_without_the_root_key_is_told(lite: Office, stick: Stick) -> None:
    with pytest.raises(KeyNotHeld, match=stick.label):
        root_on_token(lite.register, stick.token())


def test_a_backup_holds_no_key_of_the_token_and_is_restored_with_it_or_by_the_root(
    moved: Office, tmp_path: Path
) -> None:
    number = moved.issue_one(applicant("senior", 1))
    file = tmp_path / "backup.zip"
    back_up(moved.register, file)
    head = signed_head(moved.register)
    without = Office(
        settings_of(tmp_path / "restored", f"sqlite:///{tmp_path / 'restored' / 'register.db'}"),
        moved.clock,
        Random(5),
    )
    restore(without.settings, without.effects, file, Later(head=head), actor=ACTOR)
    without.open()
    assert without.check(number) is Word.VALID
    with pytest.raises(KeyAway) as refused:
        without.issue_one(applicant("external", 2))
    assert refused.value.code == "key-not-held"
    known = Office(
        replace(without.settings, token=moved.settings.token, token_pin=PIN.encode()), moved.clock, Random(6)
    )
    known.open()
    assert known.check(known.issue_one(applicant("external", 2))) is Word.VALID
    root = moved.root()
    for purpose in Purpose:
        introduce_key(without.register, purpose, root, ACTOR)
        promote_key(without.register, Promotion(purpose, at_once=True), root, ACTOR)
    assert without.check(without.issue_one(applicant("internal", 3))) is Word.VALID


def test_without_a_pin_it_is_said_what_is_missing(moved: Office) -> None:
    library_of(parse_token_address(str(moved.settings.token))).start_anew()
    blind = Office(replace(moved.settings, token_pin=None), moved.clock, moved.random)
    blind.open()
    with pytest.raises(NoPin, match=str(moved.settings.token).partition("?")[0]):
        blind.issue_one(applicant("senior", 1))
