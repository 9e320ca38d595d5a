"""The archive of an upload, in sealed pieces: written a few at a time, read back from any place."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, BinaryIO, Final

from sqlalchemy import Connection

from keys.fields import NONCE_SIZE
from service.flows.register import Register
from service.store import uploads
from service.store.statements import chunks

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE: Final = 1024 * 1024
"""Bytes a row."""

_AT_ONCE: Final = 8
"""Pieces a transaction: whoever issues meanwhile waits for no more."""


def write_pieces(register: Register, key: str, file: IO[bytes]) -> int:
    """Write a file in pieces, each sealed for its place, and return its size in bytes."""
    size, first = 0, 0
    for some in chunks(_pieces(file), _AT_ONCE):
        size += sum(map(len, some))
        sealed = [seal(register, f"{key}/{place}", body) for place, body in enumerate(some, first)]
        with register.database.write() as connection:
            uploads.add_pieces(connection, key, first, sealed)
        first += len(some)
    return size


def seal(register: Register, place: str, body: bytes) -> bytes:
    """Encrypt what belongs to one place of an upload."""
    return register.cipher.seal_bytes(body, _context(place), register.effects.random_bytes(NONCE_SIZE))


def unseal(register: Register, place: str, sealed: bytes) -> bytes:
    """Decrypt what ``seal`` made for the same place. Raises SealedFieldInvalid."""
    return register.cipher.open_bytes(sealed, _context(place))


class PieceReader(io.RawIOBase):
    """A file read from its pieces; ``connection`` is a reading transaction, in which they stay whatever others do."""

    def __init__(self, register: Register, connection: Connection, key: str, size: int) -> None:
        super().__init__()
        self._register, self._connection, self._key, self._size = register, connection, key, size
        self._at = 0
        self._last: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place and return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"place {base + offset} is before the file's beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read into a buffer up to the end of the piece and return the number of bytes, 0 at the file's end."""
        target = memoryview(buffer).cast("B")
        if self._at >= self._size:
            return 0
        body = self._piece(self._at // PIECE)[self._at % PIECE :][: len(target)]
        target[: len(body)] = body
        self._at += len(body)
        return len(body)

    def _piece(self, place: int) -> bytes:
        if self._last[0] != place:
            sealed = uploads.piece(self._connection, self._key, place)
            assert sealed is not None, "all pieces of an upload are written before it is complete"
            self._last = (place, unseal(self._register, f"{self._key}/{place}", sealed))
        return self._last[1]


class Borrowed(io.RawIOBase):
    """A file that stays open when its reader is closed: what was checked is kept afterwards."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place and return it."""
        return self._file.seek(offset, whence)

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read into a buffer and return the number of bytes, 0 at the file's end."""
        target = memoryview(buffer).cast("B")
        body = self._file.read(len(target))
        target[: len(body)] = body
        return len(body)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while body := file.read(PIECE):
        while len(body) < PIECE and (more := file.read(PIECE - len(body))):
            body += more
        yield body


def _context(place: str) -> bytes:
    return b"upload/" + place.encode()
