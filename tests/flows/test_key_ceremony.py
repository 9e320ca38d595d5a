from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from keys.errors import IllegalRotation, KeyNotHeld, KeysError, RootNotPinned, SealedFieldInvalid, WrongPassphrase
from keys.keyring import KeyRecord, KeyState, Purpose
from keys.vault import Vault, change_vault_passphrase, seal_root
from service.domain.verdict_words import Word
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.errors import NoRegister, Refused
from service.flows.keys.key_ceremony import (
    Promotion,
    compromise_key,
    introduce_key,
    list_keys,
    promote_key,
    retire_key,
    unlock_root,
)
from service.flows.keys.shared_keys import keep_keys
from service.flows.publishing.publish import bundle, keep_current
from service.flows.register import VAULT_FILE, open_register
from service.flows.running.audit import audit
from service.flows.running.set_up import ROOT_FILE, set_up
from service.flows.shipped import shipped_jurisdiction
from service.flows.words import zh_of
from service.settings import Settings
from service.store import key_records
from tests.flows.office import ACTOR, CHEAP, PASSPHRASE, ROOT_PASSPHRASE, Office, applicant, words_of


def states(office: Office, purpose: Purpose = Purpose.CARD) -> list[KeyState]:
    return [record.state for record in list_keys(office.register) if record.purpose is purpose]


def version(office: Office) -> int:
    return office.register.trusted_keys().document.version


def active_kid(office: Office, purpose: Purpose = Purpose.CARD) -> str:
    return office.register.signer(purpose).kid.hex()


def test_rotation_publishes_waits_and_promotes(office: Office) -> None:
    """CONTRACT: the next key is published before it signs; a private half is deleted when its key retires."""
    first = office.issue_one(applicant("external", 1))
    old = active_kid(office)
    root = office.root()
    new = introduce_key(office.register, Purpose.CARD, root, ACTOR)
    assert (version(office), active_kid(office)) == (2, old)
    assert sorted(states(office)) == [KeyState.ACTIVE, KeyState.NEXT]
    office.clock.advance(hours=23, minutes=59)
    with pytest.raises(Refused) as refused:
        promote_key(office.register, Promotion(Purpose.CARD), root, ACTOR)
    assert refused.value.code == "key-too-new"
    assert (version(office), active_kid(office)) == (2, old)
    office.clock.advance(minutes=1)
    promote_key(office.register, Promotion(Purpose.CARD), root, ACTOR)
    assert (version(office), active_kid(office)) == (3, new.kid.hex())
    assert sorted(states(office)) == [KeyState.ACTIVE, KeyState.RETIRED]
    (retired,) = (record for record in list_keys(office.register) if record.state is KeyState.RETIRED)
    with pytest.raises(KeyNotHeld):
        office.register.vault.signer(retired.public, Purpose.CARD)
    second = office.issue_one(applicant("external", 2))
    assert words_of(office, (first, second)) == [Word.VALID, Word.VALID]
    kinds = [event.kind for event in office.events() if event.kind.startswith("key-")]
    assert kinds == ["key-introduced", "key-promoted"]
    assert audit(office.register).faults == ()


def test_keys_introduced_together_are_promoted_together(lite: Office) -> None:
    """The day of waiting is each key's own, whatever else has been published since."""
    root = lite.root()
    for purpose in Purpose:
        introduce_key(lite.register, purpose, root, ACTOR)
        lite.clock.advance(hours=1)
    lite.clock.advance(hours=22)
    for purpose in Purpose:
        promote_key(lite.register, Promotion(purpose), root, ACTOR)
        lite.clock.advance(hours=1)
    assert version(lite) == 1 + 2 * len(Purpose)
    late = introduce_key(lite.register, Purpose.CARD, root, ACTOR)
    lite.clock.advance(hours=3)
    with pytest.raises(Refused, match=r"public for 3\.0 h"):
        promote_key(lite.register, Promotion(Purpose.CARD), root, ACTOR)
    assert late.kid.hex() != active_kid(lite)


def test_promotion_at_once_is_for_thefts(lite: Office) -> None:
    root = lite.root()
    new = introduce_key(lite.register, Purpose.CARD, root, ACTOR)
    promote_key(lite.register, Promotion(Purpose.CARD, at_once=True), root, ACTOR)
    assert active_kid(lite) == new.kid.hex()


def test_illegal_steps_change_nothing(office: Office) -> None:
    root = office.root()
    with pytest.raises(Refused) as refused:
        promote_key(office.register, Promotion(Purpose.CARD), root, ACTOR)
    assert refused.value.code == "no-next-key"
    introduce_key(office.register, Purpose.CARD, root, ACTOR)
    before = list_keys(office.register), version(office), office.events()
    vault = (office.settings.data / "vault.sealed").read_bytes()
    with pytest.raises(IllegalRotation) as illegal:
        introduce_key(office.register, Purpose.CARD, root, ACTOR)
    assert zh_of(illegal.value)
    (waiting,) = (record for record in before[0] if record.state is KeyState.NEXT)
    with pytest.raises(IllegalRotation):
        retire_key(office.register, waiting.public.hex(), root, ACTOR)
    for kid in ("00000000", ""):
        with pytest.raises(Refused) as unknown:
            retire_key(office.register, kid, root, ACTOR)
        assert unknown.value.code == "key-not-found"
    assert (list_keys(office.register), version(office), office.events()) == before
    assert _keys_in_vault(office, before[0]) == 4
    assert len((office.settings.data / "vault.sealed").read_bytes()) == len(vault), "no key of nobody's is kept"


def _keys_in_vault(office: Office, records: tuple[KeyRecord, ...]) -> int:
    held = 0
    for record in records:
        office.register.vault.signer(record.public, record.purpose)
        held += 1
    return held


def test_retired_key_signs_no_more_and_its_cards_stay_valid(office: Office) -> None:
    number = office.issue_one(applicant("external", 1))
    kid = active_kid(office)
    assert retire_key(office.register, kid.upper(), office.root(), ACTOR).kid.hex() == kid
    assert states(office) == [KeyState.RETIRED]
    with pytest.raises(IllegalRotation, match="rotate the keys"):
        office.register.signer(Purpose.CARD)
    assert office.check(number) is Word.VALID


def test_stolen_key_is_reported_and_replaced(office: Office) -> None:
    first = office.issue_one(applicant("external", 1))
    compromise_key(office.register, active_kid(office), office.root(), ACTOR)
    assert states(office) == [KeyState.COMPROMISED]
    office.rotate(Purpose.CARD)
    second = office.issue_one(applicant("external", 2))
    assert words_of(office, (first, second)) == [Word.VALID, Word.VALID]
    checker = open_bundle(bundle(office.register).body, Memory(), office.clock.now)
    offline = [checker.verify(office.text(number), office.clock.now).verdict for number in (first, second)]
    assert offline == [Word.SUSPECT, Word.VALID], "offline no register vouches for the stolen key's cards"


def test_another_root_signs_nothing_here(lite: Office, tmp_path: Path) -> None:
    with pytest.raises(WrongPassphrase):
        unlock_root(lite.register, lite.settings.data / ROOT_FILE, b"wrong")
    seal_root(tmp_path / "other.sealed", ROOT_PASSPHRASE, bytes(range(32)), lite.random.randbytes, CHEAP)
    with pytest.raises(RootNotPinned) as refused:
        unlock_root(lite.register, tmp_path / "other.sealed", ROOT_PASSPHRASE)
    assert zh_of(refused.value)
    with pytest.raises(KeysError):
        unlock_root(lite.register, lite.settings.data / "vault.sealed", ROOT_PASSPHRASE)


def test_another_process_sees_the_new_keys(lite: Office) -> None:
    with open_register(lite.settings, lite.effects) as other:
        before = other.signer(Purpose.CARD).kid
        lite.rotate(Purpose.CARD)
        assert other.signer(Purpose.CARD).kid.hex() == active_kid(lite) != before.hex()


def test_another_host_signs_with_the_new_key_and_destroys_the_old_one(office: Office, tmp_path: Path) -> None:
    """Each host has a vault of its own, copied once; the passphrase of one may be another by now."""
    folder = tmp_path / "host-b"
    folder.mkdir()
    shutil.copyfile(office.settings.data / VAULT_FILE, folder / VAULT_FILE)
    random_bytes = office.random.randbytes
    change_vault_passphrase(folder / VAULT_FILE, PASSPHRASE, b"of host b alone", random_bytes)
    settings = replace(office.settings, data=folder, passphrase=b"of host b alone")
    with open_register(settings, office.effects) as other:
        old = other.signer(Purpose.CARD)
        introduce_key(office.register, Purpose.CARD, office.root(), ACTOR)
        keep_keys(other)
        assert len(other.vault.held()) == 4, "the next one is there before it signs"
        promote_key(office.register, Promotion(Purpose.CARD, at_once=True), office.root(), ACTOR)
        assert other.signer(Purpose.CARD).kid.hex() == active_kid(office) != old.kid.hex()
        office.rotate(Purpose.STATUS)  # which it first hears of when it signs
        assert other.signer(Purpose.STATUS).kid.hex() == active_kid(office, Purpose.STATUS)
        keep_keys(other)
        assert other.vault.held() == office.register.vault.held()
        assert old.public not in other.vault.held()
        keep_current(other)
    with office.register.database.read() as connection:
        assert key_records.shared(connection).keys() <= office.register.vault.held(), "nothing lies of what has ended"


def test_a_share_of_another_vault_or_key_is_taken_for_none(lite: Office, tmp_path: Path) -> None:
    vault = lite.register.vault
    public = lite.register.signer(Purpose.CARD).public
    shared = vault.share(public)
    with pytest.raises(SealedFieldInvalid):
        vault.take(public, Purpose.STATUS, shared)
    with pytest.raises(SealedFieldInvalid):
        vault.take(lite.register.signer(Purpose.STATUS).public, Purpose.CARD, shared)
    other = Vault.create(tmp_path / "other.sealed", PASSPHRASE, lite.random.randbytes, CHEAP)
    with pytest.raises(SealedFieldInvalid):
        other.take(public, Purpose.CARD, shared)
    assert other.held() == frozenset()
    assert vault.take(public, Purpose.CARD, shared).public == public, "taken twice is taken once"


def test_card_dated_ahead_outlives_the_rotation_of_its_key(lite: Office) -> None:
    """A key signs a card for its issue date: rotating it the day after must not make the card suspect offline."""
    number = lite.issue_one(applicant("external", 1), issued_on=date(2026, 11, 20))
    lite.move_to(date(2026, 11, 5))
    lite.clock.set_to(date(2026, 11, 21))
    assert lite.check(number) is Word.VALID
    checker = open_bundle(bundle(lite.register).body, Memory(), lite.clock.now)
    assert checker.verify(lite.text(number), lite.clock.now).verdict is Word.VALID


def test_register_is_set_up_once(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    office = Office(Settings(folder, f"sqlite:///{tmp_path}/new.db", passphrase=PASSPHRASE))
    chongqing = shipped_jurisdiction("chongqing")
    made = set_up(office.settings, office.effects, jurisdiction_text=chongqing, cost=CHEAP)
    assert made.passphrase_file is None
    with pytest.raises(Refused) as refused:
        set_up(office.settings, office.effects, jurisdiction_text=chongqing, cost=CHEAP)
    assert refused.value.code == "register-exists"
    elsewhere = Settings(tmp_path / "other", office.settings.database_url, passphrase=PASSPHRASE)
    with pytest.raises(Refused) as refused:
        set_up(elsewhere, office.effects, jurisdiction_text=chongqing, cost=CHEAP)
    assert refused.value.code == "register-exists"
    with pytest.raises(NoRegister):
        open_register(elsewhere, office.effects)
    with pytest.raises(Refused) as refused:
        shipped_jurisdiction("nowhere")
    assert refused.value.code == "jurisdiction-unknown"


def test_passphrase_is_made_where_none_is_given(tmp_path: Path) -> None:
    office = Office(Settings(tmp_path / "new", f"sqlite:///{tmp_path}/new.db"))
    made = set_up(office.settings, office.effects, jurisdiction_text=shipped_jurisdiction("chongqing"), cost=CHEAP)
    assert made.passphrase_file is not None
    assert made.passphrase_file.stat().st_mode & 0o777 == 0o600
    assert made.root_file.stat().st_mode & 0o777 == 0o600
    passphrase = made.passphrase_file.read_bytes().strip()
    with open_register(office.settings, office.effects) as register, pytest.raises(Refused, match="no passphrase"):
        register.signer(Purpose.CARD)
    with open_register(office.settings, office.effects, lambda: passphrase) as register:
        assert register.signer(Purpose.CARD)


@pytest.mark.parametrize("changes", [{"jurisdiction_text": "{}"}, {"host": "UPPER.example"}, {"catalogue_text": "[]"}])
def test_unusable_configuration_writes_nothing(tmp_path: Path, changes: dict[str, str]) -> None:
    office = Office(Settings(tmp_path / "new", f"sqlite:///{tmp_path}/new.db", passphrase=PASSPHRASE))
    with pytest.raises(ValueError):  # noqa: PT011 - whichever room refuses it
        set_up(
            office.settings,
            office.effects,
            cost=CHEAP,
            **{"jurisdiction_text": shipped_jurisdiction("chongqing"), **changes},  # type: ignore[arg-type]
        )
    assert list(tmp_path.iterdir()) == []
