"""Unpack the archives of photographs that have come whole: one after the other, behind the limits of all archives.

It takes a while, so it is done beside the requests, a few photographs a transaction; whoever goes on after a crash
skips those that are here.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from service.domain.draft_state import FileKind, FileState
from service.domain.problem import Problem
from service.flows.drafts.bench import change_in
from service.flows.drafts.looking import columns_of, look, take_in
from service.flows.drafts.photo_pieces import PieceFile
from service.flows.drafts.photo_requests import Announced
from service.flows.drafts.photos import MOST_FILES, PIECE, add_name, begin_file
from service.flows.drafts.sealed import file_place, seal_value
from service.flows.drafts.shown import masked
from service.flows.issue.normalising import in_turn
from service.flows.register import Register
from service.flows.remedies import Words
from service.roster.errors import RosterError
from service.roster.photo_files import PhotoFile, open_archive
from service.store import draft_files
from service.store.draft_files import DraftFile

_AT_ONCE: Final = 8
_MAX_PATH: Final = 200
_NAMED: Final = 5  # files that were not taken, told by name; of more only the count


@dataclass(frozen=True, slots=True)
class _Left:
    """A file of an archive that was not taken, and why, in Chinese and English."""

    path: str
    why: Words


def unpack_archives(register: Register, identity: int, still_mine: Callable[[], bool]) -> None:
    """Unpack the archives of a draft that wait; stop where ``still_mine`` says that another process is at it."""
    with register.database.read() as connection:
        files = draft_files.of(connection, identity)
    for file in files:
        if file.kind is FileKind.ARCHIVE and file.state is FileState.WAITING:
            _unpack(register, identity, file, still_mine)


def _unpack(register: Register, identity: int, file: DraftFile, still_mine: Callable[[], bool]) -> None:
    pieces = io.BufferedReader(PieceFile(register, identity, file), PIECE)
    left: list[_Left] = []
    try:
        with open_archive(cast("BinaryIO", pieces)) as source:
            for first in range(0, len(source.photos), _AT_ONCE):
                if not still_mine() or not _waits(register, identity, file):
                    return
                left += _take(register, identity, source.photos[first : first + _AT_ONCE])
            left += [_Left(name, ("不是照片", "no photograph")) for name in source.others]
            is_useless = len(left) == len(source.photos) + len(source.others)
    except RosterError as error:
        _settle(register, identity, file, FileState.REFUSED, Problem(error.code, "photo", "", error.zh, error.en))
        return
    state = FileState.REFUSED if is_useless else FileState.KEPT
    _settle(register, identity, file, state, _left_out(left, is_useless=is_useless))


def _waits(register: Register, identity: int, file: DraftFile) -> bool:
    """Return False for an archive that somebody has dropped meanwhile."""
    with register.database.read() as connection:
        found = draft_files.get(connection, identity, file.id)
    return found is not None and found.state is FileState.WAITING


def _take(register: Register, identity: int, photos: tuple[PhotoFile, ...]) -> list[_Left]:
    """Take some photographs: announced as if somebody sent them, looked at, and judged with their rows.

    Return those that cannot be taken.
    """
    contents: list[tuple[str, bytes, str]] = []
    left: list[_Left] = []
    for photo in photos:
        try:
            data = photo.read()
        except RosterError:
            data = b""
        if data:
            contents.append((photo.path[-_MAX_PATH:], data, hashlib.sha256(data).hexdigest()))
        else:
            left.append(_Left(photo.path, ("损坏或是空文件", "damaged or empty")))
    waiting: dict[int, tuple[str, bytes]] = {}
    with register.database.write() as connection:
        known = {one.digest.hex() for one in draft_files.of(connection, identity)}
        for path, data, sha256 in contents:
            if sha256 not in known:
                if len(known) >= MOST_FILES:
                    left.append(_Left(path, (f"超过一批 {MOST_FILES} 个文件", f"beyond {MOST_FILES} files of a batch")))
                    continue
                known.add(sha256)
                begin_file(register, connection, identity, Announced(sha256, path, len(data)))
            found = draft_files.find(connection, identity, bytes.fromhex(sha256))
            assert found is not None, "it is known"
            add_name(register, connection, found, path)
            if found.state is FileState.COMING:
                waiting[found.id] = (sha256, data)
    decoded = in_turn(look, ((one, data) for one, (_, data) in waiting.items()))
    looked_at = {one: columns_of(register, waiting[one][0], looked) for one, looked in decoded}
    change_in(register, identity, lambda bench: take_in(bench, looked_at))
    return left


def _left_out(left: Sequence[_Left], *, is_useless: bool) -> Problem | None:
    """Return what is said of files that were not taken, None where all were."""
    if is_useless:
        zh = "压缩包里没有能用的照片" + (f"：{_named(left, 0)}" if left else "；请把照片放进压缩包再传")
        en = "the archive holds no photograph" + (f": {_named(left, 1)}" if left else "; pack the photographs again")
        return Problem("archive-useless", "photo", "", zh, en)
    if not left:
        return None
    zh = f"压缩包里有 {len(left)} 个文件没有接收：{_named(left, 0)}；其余已收下"
    en = f"{len(left)} files of the archive were not taken: {_named(left, 1)}; the others are here"
    return Problem("archive-left-out", "photo", "", zh, en)


def _named(left: Sequence[_Left], language: int) -> str:
    opens, closes = ("（", "）") if language == 0 else (" (", ")")
    named = [f"{masked(one.path.rpartition('/')[2][-60:])}{opens}{one.why[language]}{closes}" for one in left[:_NAMED]]
    return ("、", ", ")[language].join(named) + ("……" if len(left) > _NAMED else "")


def _settle(register: Register, identity: int, file: DraftFile, state: FileState, problem: Problem | None) -> None:
    place = file_place(file.digest.hex(), "problem")
    sealed = None if problem is None else seal_value(register, place, problem)
    change_in(register, identity, lambda bench: bench.take_in({file.id: {"state": state.value, "problem": sealed}}))
