from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import cbor2
import pytest

from keys import files
from keys.errors import (
    KeyHeldAlready,
    KeyNotHeld,
    VaultExists,
    VaultMalformed,
    VaultMissing,
    WrongPassphrase,
)
from keys.keyring import Purpose
from keys.sealing import KdfCost
from keys.vault import (
    Secret,
    Vault,
    change_root_passphrase,
    change_vault_passphrase,
    open_root,
    seal_root,
)
from tests.vectors import seeds

CHEAP = KdfCost(passes=1, memory_kib=8, lanes=1)
PASSPHRASE = "正确的口令".encode()


def counting_bytes() -> Callable[[int], bytes]:
    """Return different bytes at each call, the same in each test."""
    calls = 0

    def random_bytes(size: int) -> bytes:
        nonlocal calls
        calls += 1
        return (seeds.seed(f"bytes {calls}") * 2)[:size]

    return random_bytes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(path: Path) -> Vault:
    return Vault.create(path, PASSPHRASE, counting_bytes(), CHEAP)


def reopened(path: Path) -> Vault:
    return Vault.open(path, PASSPHRASE, counting_bytes())


def test_keys_and_secrets_are_there_after_opening_again(vault: Vault, path: Path) -> None:
    signer = vault.add(Purpose.CARD, seeds.seed("a"))
    again = reopened(path)
    assert again.signer(signer.public, Purpose.CARD).sign(b"message") == signer.sign(b"message")
    for name in Secret:
        assert again.secret(name) == vault.secret(name)
        assert len(vault.secret(name)) == 32
    assert vault.secret(Secret.FIELD_ENCRYPTION) != vault.secret(Secret.BLIND_INDEX)


def test_nothing_secret_stands_in_the_file_or_in_a_repr(vault: Vault, path: Path) -> None:
    private = seeds.seed("a")
    vault.add(Purpose.CARD, private)
    stored = path.read_bytes()
    for secret in (private, vault.secret(Secret.FIELD_ENCRYPTION), PASSPHRASE):
        assert secret not in stored
    assert repr(vault) == f"<Vault {path}>"
    assert repr(vault._seal) == "<Seal vault>"
    assert "keys=" not in repr(vault._content)


def test_the_file_is_its_owners_alone_and_leaves_no_scratch(vault: Vault, path: Path) -> None:
    vault.add(Purpose.CARD, seeds.seed("a"))
    assert {entry.name for entry in path.parent.iterdir()} == {"vault", "vault.lock"}
    for entry in path.parent.iterdir():
        assert stat.S_IMODE(entry.stat().st_mode) == 0o600


def test_a_wrong_passphrase_opens_nothing(vault: Vault, path: Path) -> None:
    assert vault.secret(Secret.BLIND_INDEX)
    with pytest.raises(WrongPassphrase, match="passphrase is wrong"):
        Vault.open(path, b"wrong", counting_bytes())


def test_an_empty_passphrase_seals_nothing(path: Path) -> None:
    with pytest.raises(WrongPassphrase, match="empty"):
        Vault.create(path, b"", counting_bytes(), CHEAP)
    assert not path.exists()


@pytest.mark.usefixtures("vault")
def test_an_existing_vault_is_never_overwritten(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(VaultExists):
        Vault.create(path, PASSPHRASE, counting_bytes(), CHEAP)
    assert path.read_bytes() == before
    assert {entry.name for entry in path.parent.iterdir()} == {"vault"}


def test_a_vault_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(VaultMissing, match="vault"):
        Vault.open(path, PASSPHRASE, counting_bytes())


def test_a_deleted_key_is_gone_for_good(vault: Vault, path: Path) -> None:
    kept = vault.add(Purpose.CARD, seeds.seed("a"))
    gone = vault.add(Purpose.CARD, seeds.seed("b"))
    vault.delete(gone.public)
    for each in (vault, reopened(path)):
        assert each.signer(kept.public, Purpose.CARD).kid == kept.kid
        with pytest.raises(KeyNotHeld):
            each.signer(gone.public, Purpose.CARD)
    with pytest.raises(KeyNotHeld):
        vault.delete(gone.public)


def test_a_key_is_for_one_purpose(vault: Vault) -> None:
    signer = vault.add(Purpose.CARD, seeds.seed("a"))
    with pytest.raises(KeyNotHeld, match="not for status"):
        vault.signer(signer.public, Purpose.STATUS)
    with pytest.raises(KeyHeldAlready):
        vault.add(Purpose.STATUS, seeds.seed("a"))


def test_two_processes_do_not_lose_each_others_keys(vault: Vault, path: Path) -> None:
    other = reopened(path)
    first = vault.add(Purpose.CARD, seeds.seed("a"))
    second = other.add(Purpose.CARD, seeds.seed("b"))
    for each in (vault, other, reopened(path)):
        assert each.signer(first.public, Purpose.CARD).kid == first.kid
        assert each.signer(second.public, Purpose.CARD).kid == second.kid


def test_each_writing_uses_another_nonce(vault: Vault, path: Path) -> None:
    nonces = {cbor2.loads(path.read_bytes())[6]}
    for name in ("a", "b", "c"):
        vault.add(Purpose.CARD, seeds.seed(name))
        nonces.add(cbor2.loads(path.read_bytes())[6])
    assert len(nonces) == 4


@pytest.mark.usefixtures("vault")
def test_an_altered_file_does_not_open(path: Path) -> None:
    head = cbor2.loads(path.read_bytes())
    for place, value in [(2, 2), (5, bytes(16)), (6, bytes(12)), (7, head[7][:-1] + bytes([head[7][-1] ^ 1]))]:
        path.write_bytes(cbor2.dumps([*head[:place], value, *head[place + 1 :]]))
        with pytest.raises(WrongPassphrase):
            reopened(path)


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "zhengka-sealed/2"), (1, "root"), (2, 10**6), (3, 2**40), (4, 0), (5, b"short"), (6, b"short"), (7, "text")],
)
@pytest.mark.usefixtures("vault")
def test_a_file_of_another_form_is_malformed(path: Path, place: int, value: object) -> None:
    head = cbor2.loads(path.read_bytes())
    path.write_bytes(cbor2.dumps([*head[:place], value, *head[place + 1 :]]))
    with pytest.raises(VaultMalformed):
        reopened(path)


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x80", b"\x01", b"not a vault at all"])
def test_arbitrary_bytes_are_malformed(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    with pytest.raises(VaultMalformed):
        reopened(path)


def test_a_vault_replaced_under_another_passphrase_is_not_overwritten(vault: Vault, path: Path) -> None:
    path.unlink()
    Vault.create(path, b"another", bytes, CHEAP)
    before = path.read_bytes()
    with pytest.raises(VaultMalformed, match="sealed anew"):
        vault.add(Purpose.CARD, seeds.seed("a"))
    assert path.read_bytes() == before


def test_the_root_key_has_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "root"
    signer = seal_root(path, PASSPHRASE, seeds.seed(seeds.ROOT), counting_bytes(), CHEAP)
    assert open_root(path, PASSPHRASE).sign(b"message") == signer.sign(b"message")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(WrongPassphrase):
        open_root(path, b"wrong")
    with pytest.raises(VaultExists):
        seal_root(path, PASSPHRASE, seeds.seed("another"), counting_bytes(), CHEAP)
    with pytest.raises(VaultMalformed, match="kind 'vault'"):
        Vault.open(path, PASSPHRASE, counting_bytes())


def test_a_scratch_file_left_by_a_crash_is_no_obstacle(vault: Vault, path: Path) -> None:
    scratch = files._write_scratch(path, b"half")
    assert scratch.exists()
    vault.add(Purpose.CARD, seeds.seed("a"))
    assert not scratch.exists()


def test_the_default_cost_is_that_of_rfc_9106() -> None:
    assert KdfCost() == KdfCost(passes=3, memory_kib=65_536, lanes=4)


@pytest.mark.parametrize(
    ("passes", "memory_kib", "lanes"),
    [(0, 64, 1), (65, 64, 1), (1, 7, 1), (1, 15, 2), (1, 64, 0), (1, 1024, 65), (1, 2**20 + 1, 1), (5, 2**18, 4)],
)
def test_a_cost_that_would_take_the_machine_down_is_refused(passes: int, memory_kib: int, lanes: int) -> None:
    """The cost stands in the file: a damaged one must not ask for minutes or gigabytes."""
    with pytest.raises(VaultMalformed, match="cost"):
        KdfCost(passes, memory_kib, lanes)
    assert KdfCost(4, 2**18, 4)


@pytest.mark.parametrize("kind", ["vault", "root"])
def test_a_sealed_file_is_sealed_anew_under_another_passphrase(tmp_path: Path, kind: str) -> None:
    path, new = tmp_path / "sealed", b"another one"
    if kind == "vault":
        public = Vault.create(path, PASSPHRASE, counting_bytes(), CHEAP).add(Purpose.CARD, seeds.seed("card")).public
        change_vault_passphrase(path, PASSPHRASE, new, counting_bytes())
        assert Vault.open(path, new, counting_bytes()).signer(public, Purpose.CARD).public == public
    else:
        root = seal_root(path, PASSPHRASE, seeds.seed(seeds.ROOT), counting_bytes(), CHEAP)
        change_root_passphrase(path, PASSPHRASE, new, counting_bytes())
        assert open_root(path, new).public == root.public
    change = change_vault_passphrase if kind == "vault" else change_root_passphrase
    before = path.read_bytes()
    for old, chosen in ((PASSPHRASE, b"x"), (new, b"")):
        with pytest.raises(WrongPassphrase):
            change(path, old, chosen, counting_bytes())
    assert path.read_bytes() == before, "what is refused changes nothing"
    assert path.stat().st_mode & 0o777 == 0o600
