"""Files encrypted to a public key: whole, to their key, as they were written; or not at all."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pyrage
import pytest

from keys.backup_key import check_public, decrypt, encrypting, is_encrypted, make_backup_key
from keys.errors import BackupKeyInvalid, BackupUnreadable, VaultExists, VaultMalformed, VaultMissing, WrongPassphrase
from keys.sealing import KdfCost

CHEAP = KdfCost(passes=1, memory_kib=8, lanes=1)
PASSPHRASE = b"nine dragons"
PIECE = 65_536 + 16  # an encrypted piece of the format


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, str]:
    file = tmp_path / "backup.key"
    return file, make_backup_key(file, PASSPHRASE, Random(1).randbytes, CHEAP)


def encrypted(public: str, plain: bytes) -> bytes:
    out = io.BytesIO()
    with encrypting(out, public) as file:
        for start in range(0, len(plain), 100_000):
            file.write(plain[start : start + 100_000])
    return out.getvalue()


def opened(folder: Path, data: bytes, key_file: Path, passphrase: bytes = PASSPHRASE) -> bytes:
    (folder / "sealed").write_bytes(data)
    out = io.BytesIO()
    decrypt(folder / "sealed", key_file, passphrase, out)
    return out.getvalue()


@pytest.mark.parametrize("size", [0, 1, 65_536, 300_000])
def test_what_is_encrypted_to_a_key_its_private_part_opens(tmp_path: Path, key: tuple[Path, str], size: int) -> None:
    file, public = key
    plain = os.urandom(size)
    data = encrypted(public, plain)
    assert size < 20 or plain[:20] not in data
    assert opened(tmp_path, data, file) == plain
    assert is_encrypted(tmp_path / "sealed")
    assert not is_encrypted(file)
    assert encrypted(public, plain) != data


def test_it_is_the_format_of_age(tmp_path: Path, key: tuple[Path, str]) -> None:
    file, public = key
    assert public.startswith("age1")
    by_age = pyrage.encrypt(b"by the program itself", [pyrage.x25519.Recipient.from_str(public)])
    assert opened(tmp_path, by_age, file) == b"by the program itself"


def test_whatever_is_cut_moved_or_altered_is_refused(tmp_path: Path, key: tuple[Path, str]) -> None:
    file, public = key
    plain = os.urandom(3 * 65_536 + 500)
    data = encrypted(public, plain)
    head = len(data) - 3 * PIECE - 516
    pieces = [data[head + PIECE * place : head + PIECE * (place + 1)] for place in range(4)]
    others = encrypted(public, plain)
    damaged = {
        "cut within a piece": data[:-1],
        "the last piece left out": data[: head + 3 * PIECE],
        "cut after the head": data[:head],
        "nothing": b"",
        "pieces in another order": data[:head] + pieces[1] + pieces[0] + pieces[2] + pieces[3],
        "a piece left out": data[:head] + pieces[0] + pieces[2] + pieces[3],
        "a piece twice": data[:head] + pieces[0] + pieces[0] + pieces[1] + pieces[2] + pieces[3],
        "a piece of another file": data[:head] + others[head : head + PIECE] + b"".join(pieces[1:]),
        "more behind it": data + b"x",
        "no such file": b"PK\x03\x04",
        **{
            f"byte {place}": data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :] for place in (30, 120, 190_000)
        },
    }
    for name, one in damaged.items():
        with pytest.raises(BackupUnreadable):
            pytest.fail(f"{name}: {len(opened(tmp_path, one, file))} bytes")


def test_another_key_or_passphrase_opens_nothing(tmp_path: Path, key: tuple[Path, str]) -> None:
    file, public = key
    data = encrypted(public, b"secret")
    other = tmp_path / "other.key"
    make_backup_key(other, PASSPHRASE, Random(2).randbytes, CHEAP)
    with pytest.raises(BackupUnreadable):
        opened(tmp_path, data, other)
    with pytest.raises(WrongPassphrase):
        opened(tmp_path, data, file, b"wrong")
    with pytest.raises(VaultMissing):
        opened(tmp_path, data, tmp_path / "none")
    other.write_bytes(b"no key")
    with pytest.raises(VaultMalformed):
        opened(tmp_path, data, other)
    with pytest.raises(VaultExists):
        make_backup_key(file, PASSPHRASE, Random(3).randbytes, CHEAP)
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"AGE-SECRET-KEY" not in file.read_bytes()


@pytest.mark.parametrize("public", ["", "age1", "ssh-ed25519 AAAA", "AGE-SECRET-KEY-1QQQ", "age1" + "q" * 58])
def test_what_is_no_public_key_is_refused(public: str) -> None:
    with pytest.raises(BackupKeyInvalid) as refused:
        check_public(public)
    assert len(public) < 5 or public not in str(refused.value)


class Full(io.BytesIO):
    """A disk on which there is no room."""

    def write(self, _data: object) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_said_as_such(tmp_path: Path, key: tuple[Path, str]) -> None:
    file, public = key
    with pytest.raises(OSError, match="No space") as failed, encrypting(Full(), public) as plain:
        plain.write(os.urandom(2_000_000))
    assert failed.value.errno == 28
    (tmp_path / "sealed").write_bytes(encrypted(public, os.urandom(200_000)))
    with pytest.raises(OSError, match="No space") as failed:
        decrypt(tmp_path / "sealed", file, PASSPHRASE, Full())
    assert failed.value.errno == 28


def test_what_fails_while_it_is_written_is_raised(key: tuple[Path, str]) -> None:
    with pytest.raises(ZeroDivisionError), encrypting(io.BytesIO(), key[1]) as plain:
        plain.write(b"some" * (1 // len(b"")))


_LARGE = """
import sys
from pathlib import Path
from keys.backup_key import decrypt, encrypting
folder = Path(sys.argv[1])
if sys.argv[2] == "encrypt":
    with (folder / "large").open("wb") as out, encrypting(out, sys.argv[3]) as plain:
        for _ in range(300):
            plain.write(bytes(1_000_000))
else:
    with (folder / "plain").open("wb") as out:
        decrypt(folder / "large", folder / "backup.key", b"nine dragons", out)
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.slow
def test_memory_stays_small_however_large_the_file(tmp_path: Path, key: tuple[Path, str]) -> None:
    for what in ("encrypt", "decrypt"):
        command = [sys.executable, "-c", _LARGE, str(tmp_path), what, key[1]]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert int(done.stdout) < 150_000, "KiB, of 300 MB"
    assert (tmp_path / "plain").stat().st_size == 300_000_000
