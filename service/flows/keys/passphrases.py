"""The passphrases of vault and root key: changed one by one, and what is to be said of where they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from keys.errors import KeysError, WrongPassphrase
from keys.files import create as create_file
from keys.files import replace as replace_file
from keys.sealing import RandomBytes
from keys.vault import Vault, change_root_passphrase, change_vault_passphrase, open_root
from service.domain.event import Event
from service.flows.errors import Refused
from service.flows.keys.key_ceremony import unlock_root
from service.flows.register import VAULT_FILE, WAITING, Register
from service.flows.running.set_up import ROOT_FILE, random_passphrase, same_passphrase
from service.settings import PASSPHRASE_NAME, ROOT_PASSPHRASE_NAME
from service.store import journal


class Exposure(NamedTuple):
    """Where a key or a passphrase lies that should not: a permanent code and a sentence in two languages."""

    code: str
    zh: str
    en: str


class Sealed(StrEnum):
    """The two sealed files of a register."""

    VAULT = "vault"
    ROOT = "root"


_CHANGE: Final[dict[Sealed, Callable[[Path, bytes, bytes, RandomBytes], None]]] = {
    Sealed.VAULT: change_vault_passphrase,
    Sealed.ROOT: change_root_passphrase,
}


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a passphrase: the file that holds the new one, None where nothing holds it."""

    sealed: Path
    written_to: Path | None


@dataclass(frozen=True, slots=True)
class NewPassphrase:
    """The file that is sealed anew, the passphrase it has, and the one it is to have; None: a random one."""

    which: Sealed
    file: Path
    old: bytes
    new: bytes | None

    def __repr__(self) -> str:
        return f"<NewPassphrase {self.which}>"


def change_passphrase(register: Register, change: NewPassphrase, actor: str) -> Changed:
    """Seal one of the two files under another passphrase, the one stated or a random one.

    The file that held the old passphrase holds the new one from then on; a random one is written to the data folder.
    The new passphrase is on the disk, as ``….new``, before the sealed file is replaced: after a crash one of the two
    opens it. Raises Refused for a passphrase that opens the other file, and what opening the file raises.
    """
    settings = register.settings
    which, file, old, new = change.which, change.file, change.old, change.new
    if which is Sealed.VAULT:
        held, left = settings.passphrase_file, settings.data / PASSPHRASE_NAME
    else:
        held, left = settings.root_passphrase_file, settings.data / ROOT_PASSPHRASE_NAME
    chosen = random_passphrase(register.effects) if new is None else new
    target = left if held is None and new is None else held
    if not chosen:
        raise WrongPassphrase("an empty passphrase protects nothing")
    if _opens_the_other(register, which, chosen):
        raise same_passphrase()
    if target is None:
        _CHANGE[which](file, old, chosen, register.effects.random_bytes)
    else:
        if held is None and target.exists():
            raise Refused("file-exists", f"{target} 已存在，不会覆盖", f"{target} exists and is not overwritten")
        waiting = target.with_name(target.name + WAITING)
        waiting.unlink(missing_ok=True)
        create_file(waiting, chosen + b"\n")
        try:
            _CHANGE[which](file, old, chosen, register.effects.random_bytes)
        except KeysError:
            waiting.unlink()
            raise
        replace_file(target, chosen + b"\n")
        waiting.unlink()
    with register.database.write() as connection:
        event = Event("passphrase-changed", which.value, {})
        journal.append_many(connection, register.effects.now(), actor, (event,))
    return Changed(file, target)


def _opens_the_other(register: Register, which: Sealed, passphrase: bytes) -> bool:
    """Return whether a passphrase opens the file it is not for, where that lies in the data folder."""
    if which is Sealed.VAULT:
        return opens(register.folder / ROOT_FILE, passphrase)
    try:
        opening_vault(register, passphrase)
    except KeysError:
        return False
    return True


def opens(file: Path, passphrase: bytes) -> bool:
    """Return whether a passphrase opens the root key's file."""
    try:
        open_root(file, passphrase)
    except KeysError:
        return False
    return True


def opening_root(register: Register, file: Path, passphrase: bytes) -> bytes:
    """Return the passphrase once it has opened this register's root key. Raises what opening it raises."""
    unlock_root(register, file, passphrase)
    return passphrase


def opening_vault(register: Register, passphrase: bytes) -> bytes:
    """Return the passphrase once it has opened the vault. Raises what opening it raises."""
    Vault.open(register.folder / VAULT_FILE, passphrase, register.effects.random_bytes)
    return passphrase


def exposures(register: Register) -> Iterator[Exposure]:
    """Yield what is wrong with where root key and passphrases lie, and what to do; nothing where all is well."""
    root = register.folder / ROOT_FILE
    if not root.exists():
        return
    lies_here = f"根密钥 {root} 还在本机，与密钥库放在一起：谁拿到这个目录，谁就能换掉全部密钥；请移到离线介质"
    lies_here_en = (
        f"the root key {root} still lies beside the vault, and whoever gets this folder can replace every key: "
        "move it to media off this machine"
    )
    yield Exposure("root-beside-vault", lies_here, lies_here_en)
    held = register.settings.root_passphrase_file
    if held is not None and held.exists():
        yield Exposure(
            "root-passphrase-here",
            f"根密钥的口令 {held} 也在本机：请另存他处，不要与根密钥放在一起",
            f"its passphrase {held} is here too: keep it elsewhere, and not with the root key",
        )
    shared = register.settings.passphrase
    if shared is not None and opens(root, shared):
        yield Exposure(
            "root-passphrase-shared",
            "根密钥与密钥库共用一个口令：请给根密钥换上自己的口令",
            "root key and vault share one passphrase: give the root its own",
        )
