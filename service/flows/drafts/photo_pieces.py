"""A file of a batch, read back from the sealed pieces in which it came."""

from __future__ import annotations

import io
import os
from bisect import bisect_right
from typing import TYPE_CHECKING

from service.flows.drafts.sealed import file_place, unseal
from service.flows.register import Register
from service.store import draft_files
from service.store.draft_files import DraftFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class PieceFile(io.RawIOBase):
    """A file in pieces; each is read in a transaction of its own, so that a long archive holds up nobody."""

    def __init__(self, register: Register, draft: int, file: DraftFile) -> None:
        super().__init__()
        self._register, self._draft, self._file = register, draft, file
        with register.database.read() as connection:
            self._starts = [at for at, _ in draft_files.pieces(connection, file.id)]
        self._at = 0
        self._last: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a place and return it. Raises OSError for one before the file's beginning."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._file.size}[whence]
        if base + offset < 0:
            raise OSError("a place before the file's beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read into a buffer up to the end of the piece and return the number of bytes, 0 at the file's end."""
        target = memoryview(buffer).cast("B")
        place = bisect_right(self._starts, self._at) - 1
        if self._at >= self._file.size or place < 0:
            return 0
        start = self._starts[place]
        body = self._piece(start)[self._at - start :][: len(target)]
        target[: len(body)] = body
        self._at += len(body)
        return len(body)

    def _piece(self, start: int) -> bytes:
        if self._last[0] != start:
            with self._register.database.read() as connection:
                sealed = draft_files.piece(connection, self._file.id, start)
            if sealed is None:
                raise OSError("a piece of the file is gone")
            self._last = (
                start,
                unseal(self._register, file_place(self._file.digest.hex(), str(start)), sealed),
            )
        return self._last[1]
