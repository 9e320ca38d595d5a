"""A key pair for backups: files are encrypted to its public part, which a server may hold, and opened with the private.

The format is age's, version 1 (https://age-encryption.org/v1): X25519 and HKDF for the file's key, ChaCha20-Poly1305
over pieces of 64 KiB that cannot be left out, moved or cut off. The private part lies in a file of its own, sealed
under a passphrase.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

import pyrage

from keys import files
from keys.errors import BackupKeyInvalid, BackupUnreadable
from keys.sealing import NONCE_SIZE, SALT_SIZE, KdfCost, RandomBytes, Seal

if TYPE_CHECKING:
    from typing_extensions import Buffer

MAGIC: Final = b"age-encryption.org/v1\n"
"""How an encrypted file begins."""

_KIND: Final = "backup-key"
_UNREADABLE: Final = "the file was encrypted to another key, was altered, or is not whole"


def make_backup_key(path: Path, passphrase: bytes, random_bytes: RandomBytes, cost: KdfCost) -> str:
    """Write the private part, sealed, to a new file and return the public part, ``age1…``.

    Raises VaultExists, or WrongPassphrase if it is empty.
    """
    identity = pyrage.x25519.Identity.generate()
    seal = Seal(_KIND, passphrase, cost, random_bytes(SALT_SIZE))
    files.create(path, seal.seal(str(identity).encode(), random_bytes(NONCE_SIZE)))
    return str(identity.to_public())


def check_public(public: str) -> None:
    """Raise BackupKeyInvalid for what is no public part of a key for backups."""
    _recipient(public)


@contextmanager
def encrypting(out: BinaryIO, public: str) -> Generator[BinaryIO]:
    """Encrypt to ``out`` what is written to the file that is given, piece by piece.

    Raises BackupKeyInvalid, and what writing to ``out`` raises.
    """
    recipient = _recipient(public)
    failed: list[BaseException] = []
    target = _Target(out)
    read_end, write_end = os.pipe()

    def encrypt() -> None:
        with os.fdopen(read_end, "rb") as plain:
            try:
                pyrage.encrypt_io(plain, target, [recipient])
            except BaseException as error:  # noqa: BLE001 - raised again where the plain text is written
                failed.append(target.failed or error)

    worker = threading.Thread(target=encrypt, name="encrypting")
    worker.start()
    plain = os.fdopen(write_end, "wb")
    try:
        yield plain
    except BrokenPipeError:
        if not failed:
            raise
    finally:
        with suppress(BrokenPipeError):
            plain.close()
        worker.join()
    if failed:
        raise failed[0]


class BackupKey:
    """The private part of a key for backups, opened: it decrypts what was encrypted to the public part."""

    def __init__(self, key_file: Path, passphrase: bytes) -> None:
        """Open the key's file. Raises VaultMissing, VaultMalformed or WrongPassphrase."""
        data = files.read(key_file)
        self._identity = pyrage.x25519.Identity.from_str(Seal.of(_KIND, passphrase, data).open(data).decode())

    def decrypt(self, sealed: Path, out: BinaryIO) -> None:
        """Decrypt a file to ``out``, whole.

        Raises BackupUnreadable for a file that was encrypted to another key, was altered, or is not whole; ``out`` is
        then to be thrown away.
        """
        with sealed.open("rb") as source:
            target = _Target(out)
            try:
                pyrage.decrypt_io(source, target, [self._identity])
            except (pyrage.DecryptError, OSError) as error:
                if target.failed is not None:
                    raise target.failed from None
                raise BackupUnreadable(_UNREADABLE) from error

    def open(self, sealed: bytes) -> bytes:
        """Return what a few bytes hold. Raises BackupUnreadable."""
        try:
            return pyrage.decrypt(sealed, [self._identity])
        except pyrage.DecryptError as error:
            raise BackupUnreadable(_UNREADABLE) from error


def seal(plain: bytes, public: str) -> bytes:
    """Return a few bytes encrypted to a public key. Raises BackupKeyInvalid."""
    return pyrage.encrypt(plain, [_recipient(public)])


def decrypt(sealed: Path, key_file: Path, passphrase: bytes, out: BinaryIO) -> None:
    """Decrypt a file with the private part, to ``out``, whole. Raises what BackupKey and its ``decrypt`` raise."""
    BackupKey(key_file, passphrase).decrypt(sealed, out)


def is_encrypted(path: Path) -> bool:
    """Return True if the file begins as an encrypted one does."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class _Target(io.BufferedIOBase):
    """A file to write to which remembers why it could not: the library tells of it in words alone."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self.failed: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer, /) -> int:
        try:
            return self._file.write(data)
        except OSError as error:
            self.failed = error
            raise

    def flush(self) -> None:
        """Leave it to the file's owner, who also closes it."""


def _recipient(public: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(public)
    except pyrage.RecipientError as error:
        raise BackupKeyInvalid("a public key for backups begins with age1 and has 62 characters") from error
