"""The journal's mirror as files: the entries in a folder elsewhere, whole after every crash.

``entries/FIRST-LAST.jsonl``
    The entries from one place to another, both in twelve digits: each its canonical bytes and a line feed. A file
    appears whole, under its name, and is never changed. Two writers that do not see each other's lock write files
    that overlap and agree. Of each thousand entries the small files become one.
``position.json``
    How far the mirror has come, and the leaf hash of its last entry: its presence marks the folder as a mirror. A
    crash leaves it behind the files, never ahead of them.
``heads/SIZE-KID.json``
    Signed heads of the journal, as they were made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from keys import files
from service.domain.errors import JournalInvalid
from service.domain.journal import parse_entry
from service.domain.merkle import leaf_hash
from service.flows.errors import Refused

BLOCK: Final = 1000
"""Entries that end up in one file; no file crosses from one block into the next."""

_POSITION: Final = "position.json"
_ENTRIES: Final = "entries"
_HEADS: Final = "heads"
_NAME: Final = re.compile(r"(?P<first>[0-9]{12})-(?P<last>[0-9]{12})\.jsonl", re.ASCII)


class Position(msgspec.Struct, frozen=True):
    """How far a mirror has come: its number of entries, and the leaf hash of the last, hex; empty for none."""

    size: int
    last: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One file of entries, by the places its name states."""

    first: int
    last: int
    path: Path


def position(folder: Path) -> Position | None:
    """Return how far the mirror has come; None where the folder is no mirror, or is not there.

    Raises Refused for a position that cannot be read, and OSError.
    """
    try:
        return msgspec.json.decode((folder / _POSITION).read_bytes(), type=Position)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise damaged(folder / _POSITION, "无法读取", "it cannot be read") from error


def begin(folder: Path) -> Position:
    """Make a folder a mirror, and return how far its entries go. Raises Refused for a damaged one, and OSError."""
    for part in (folder / _ENTRIES, folder / _HEADS):
        part.mkdir(parents=True, exist_ok=True, mode=0o700)
    with files.locked(folder / _POSITION):
        size, last = 0, ""
        for entry in read(folder):
            size, last = size + 1, leaf_hash(entry).hex()
        return _moved(folder, Position(size, last))


def append(folder: Path, first: int, entries: Sequence[bytes]) -> None:
    """Add entries of one block; the caller holds the lock. Raises OSError.

    ``first`` is the place of the first of them, at or before the end of the mirror.
    """
    last = first + len(entries) - 1
    _write(folder, first, entries)
    _moved(folder, Position(last + 1, leaf_hash(entries[-1]).hex()))
    if (last + 1) % BLOCK == 0 and len(entries) < BLOCK:
        _join_block(folder, last + 1 - BLOCK)


def read(folder: Path) -> Iterator[bytes]:
    """Yield every entry in order. Raises Refused, naming the file and the place, where one is lacking or damaged."""
    following, last = 0, b""
    for piece in _pieces(folder):
        if piece.first > following:
            raise damaged(
                folder, f"缺少第 {following}—{piece.first - 1} 条", f"entries {following}-{piece.first - 1} are lacking"
            )
        for place, entry in enumerate(_lines(piece), piece.first):
            if place == following:
                following, last = following + 1, entry
                yield entry
            elif place == following - 1 and entry != last:
                raise damaged(piece.path, f"第 {place} 条与另一文件不同", f"entry {place} differs from another file's")


def heads(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Yield the signed heads that lie beside the entries, each with its file. Raises OSError."""
    for path in sorted((folder / _HEADS).glob("*.json")):
        yield path, path.read_bytes()


def newest_head(folder: Path) -> bytes | None:
    """Return the signed head of most entries that lies beside the entries; None where there is none. Raises OSError."""
    newest = max((folder / _HEADS).glob("*.json"), default=None)
    return None if newest is None else newest.read_bytes()


def write_head(folder: Path, size: int, kid: str, head: bytes) -> None:
    """Put a signed head beside the entries. Raises OSError."""
    files.replace(folder / _HEADS / f"{size:012d}-{kid}.json", head)


def lock_path(folder: Path) -> Path:
    """Return the file that writers lock (``keys.files.locked``)."""
    return folder / _POSITION


def damaged(path: Path, zh: str, en: str) -> Refused:
    """Return the refusal of a mirror that is not whole."""
    return Refused("mirror-damaged", f"日志镜像 {path} 已损坏：{zh}", f"the journal mirror {path} is damaged: {en}")


def _write(folder: Path, first: int, entries: Sequence[bytes]) -> Path:
    path = folder / _ENTRIES / f"{first:012d}-{first + len(entries) - 1:012d}.jsonl"
    files.replace(path, b"".join(entry + b"\n" for entry in entries))
    return path


def _moved(folder: Path, to: Position) -> Position:
    files.replace(folder / _POSITION, msgspec.json.encode(to))
    return to


def _pieces(folder: Path) -> list[_Piece]:
    """List the files of entries, by their first place and then the longest first."""
    found = (
        (_NAME.fullmatch(path.name), path)
        for path in (folder / _ENTRIES).iterdir()
        if not path.name.startswith(".")  # what a writer that was killed has left
    )
    pieces: list[_Piece] = []
    for match, path in found:
        if match is None:
            raise damaged(path, "不是镜像的文件", "it is no file of a mirror")
        pieces.append(_Piece(int(match["first"]), int(match["last"]), path))
    return sorted(pieces, key=lambda piece: (piece.first, -piece.last))


def _lines(piece: _Piece) -> Iterator[bytes]:
    content = piece.path.read_bytes()
    lines = content.split(b"\n")
    if lines.pop() or len(lines) != piece.last - piece.first + 1:
        raise damaged(piece.path, "不完整", "it is not whole")
    for place, line in enumerate(lines, piece.first):
        try:
            entry = parse_entry(line)
        except JournalInvalid as error:
            raise damaged(piece.path, f"第 {place} 条无法读取", f"entry {place} cannot be read") from error
        if entry.seq != place:
            raise damaged(piece.path, f"第 {place} 条处是第 {entry.seq} 条", f"entry {entry.seq} stands at {place}")
        yield line


def _join_block(folder: Path, first: int) -> None:
    """Write the files of a complete block as one, of what the mirror itself has, and drop the small ones."""
    small = [piece for piece in _pieces(folder) if first <= piece.first and piece.last < first + BLOCK]
    merged: dict[int, bytes] = {}
    for piece in small:
        merged.update(enumerate(_lines(piece), piece.first))
    if sorted(merged) != list(range(first, first + BLOCK)):
        return  # something is lacking: it is for a reader to say so
    whole = _write(folder, first, [merged[place] for place in range(first, first + BLOCK)])
    for piece in small:
        if piece.path != whole:
            with suppress(OSError):  # a share that forbids deleting only keeps more files
                piece.path.unlink()
