"""A change of passphrase that breaks off: whatever was written by then, the register still opens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from keys.errors import WrongPassphrase
from keys.keyring import Purpose
from keys.vault import change_vault_passphrase
from service.flows.keys.passphrases import NewPassphrase, Sealed, change_passphrase, exposures
from service.flows.register import VAULT_FILE, open_register
from service.flows.running.set_up import ROOT_FILE
from service.settings import Settings
from service.settings import load as load_settings
from tests.flows.office import ACTOR, PASSPHRASE, ROOT_PASSPHRASE, Office

NEW = b"a third horse"


def settings_of(office: Office) -> Settings:
    """What the environment says where the passphrase lies in the file that init leaves."""
    (office.settings.data / "passphrase").write_bytes(PASSPHRASE + b"\n")
    return load_settings({"ZHENGKA_DATABASE_URL": office.settings.database_url}, office.settings.data)


def test_a_change_that_broke_off_leaves_a_passphrase_that_opens(lite: Office, tmp_path: Path) -> None:
    folder = lite.settings.data
    chosen = settings_of(lite)
    waiting = folder / "passphrase.new"

    def opens() -> bool:
        with open_register(settings_of(lite), lite.effects) as register:
            return bool(register.signer(Purpose.CARD))

    waiting.write_bytes(NEW + b"\n")  # broken off before the vault was sealed anew
    assert opens()
    shutil.copy(folder / VAULT_FILE, tmp_path / "kept")
    change_vault_passphrase(folder / VAULT_FILE, PASSPHRASE, NEW, lite.random.randbytes)  # and after
    assert opens()
    waiting.unlink()
    with pytest.raises(WrongPassphrase):
        opens()
    shutil.copy(tmp_path / "kept", folder / VAULT_FILE)
    with open_register(chosen, lite.effects) as register:
        changed = change_passphrase(register, NewPassphrase(Sealed.VAULT, folder / VAULT_FILE, PASSPHRASE, NEW), ACTOR)
    assert changed.written_to == folder / "passphrase"
    assert (folder / "passphrase").read_bytes() == NEW + b"\n"
    assert not waiting.exists()
    assert lite.events()[-1].kind == "passphrase-changed"


def test_a_wrong_passphrase_changes_nothing(lite: Office) -> None:
    folder = lite.settings.data
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    events = lite.events()
    for which, file in ((Sealed.VAULT, VAULT_FILE), (Sealed.ROOT, ROOT_FILE)):
        with pytest.raises(WrongPassphrase):
            change_passphrase(lite.register, NewPassphrase(which, folder / file, b"wrong", NEW), ACTOR)
        with pytest.raises(WrongPassphrase):
            change_passphrase(lite.register, NewPassphrase(which, folder / file, PASSPHRASE, b""), ACTOR)
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.suffix != ".lock"}
    assert {name: after[name] for name in (VAULT_FILE, ROOT_FILE)} == {n: before[n] for n in (VAULT_FILE, ROOT_FILE)}
    assert not [name for name in after if name.endswith(".new")]
    assert lite.events() == events


def test_what_lies_beside_the_vault_is_told(lite: Office) -> None:
    (told,) = exposures(lite.register)
    assert (told.code, "beside the vault" in told.en) == ("root-beside-vault", True)
    (lite.settings.data / ROOT_FILE).unlink()
    assert list(exposures(lite.register)) == []
    assert ROOT_PASSPHRASE != PASSPHRASE
