"""A folder of backups that share their photographs: which backup needs which, whether all are whole, and what may go.

Beside a backup ``FILE`` lies its list ``FILE.photographs``: a line of JSON, then the names of the photographs and
documents that it needs, 32 bytes each. A list tells nothing of anybody, and needs no key: the server that cannot open
its backups prunes by their lists. A restore does not need them.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec

from keys import files
from keys.backup_key import is_encrypted
from service.flows.errors import Refused
from service.flows.running.backup_file import MANIFEST, Manifest
from service.flows.running.photo_folder import FOLDER, NAME_SIZE, NEW, file_of, is_whole, locked
from service.store.blobs import Use

LIST_SUFFIX: Final = ".photographs"
_FORMAT: Final = 1
_NO_ZIP: Final = (zipfile.BadZipFile, EOFError, KeyError, OSError, RuntimeError, ValueError, zlib.error)
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_NAMED: Final = 20  # files and cards named in one refusal


class _ListHeader(msgspec.Struct, frozen=True):
    """``backup``: SHA-256 of the backup's file; ``names``: of the names that follow; ``key``: whose they are."""

    format: int
    backup: str
    names: str
    key: Annotated[str, msgspec.Meta(pattern=r"^(plain|age1[0-9a-z]{58})\Z")]


@dataclass(frozen=True, slots=True)
class _Listed:
    """A backup with its list."""

    file: Path
    header: _ListHeader
    names: bytes

    def needs(self) -> Iterator[bytes]:
        """Yield the names of the files it needs."""
        for start in range(0, len(self.names), NAME_SIZE):
            yield self.names[start : start + NAME_SIZE]


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that is missing, or altered, and the names of the backups that cannot be restored without it."""

    file: Path
    is_missing: bool
    backups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a folder's check found: ``unlisted`` backups were not looked into, ``photographs`` counts files."""

    backups: int
    photographs: int
    damages: tuple[Damage, ...]
    unlisted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, in files and bytes, and how many files stay.

    ``unlisted``: backups that may need any of them, because of which nothing was removed.
    """

    removed: int
    size: int
    kept: int
    unlisted: tuple[str, ...]


def write_list(out: Path, written: Path, key: str, names: bytes) -> None:
    """Write the list of a backup ``out``, which is ``written`` under another name until its list is there."""
    with written.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    header = _ListHeader(_FORMAT, digest, hashlib.sha256(names).hexdigest(), key)
    files.replace(_list_of(out), msgspec.json.encode(header) + b"\n" + names)


def check_folder(folder: Path) -> Checked:
    """Read every backup of a folder and every photograph that they need.

    Return what is missing or altered. No key is needed: digests are of what is encrypted. Raises Refused where the
    folder holds no backup with a list, as where a disk is not mounted there.
    """
    listed, unlisted = _backups(folder)
    _refuse_none(folder, listed)
    damages: list[Damage] = []
    for one in listed:
        with one.file.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != one.header.backup:
                damages.append(Damage(one.file, is_missing=False, backups=(one.file.name,)))
    needed = _needed(listed)
    lost: dict[Path, bool] = {}
    for key, names in needed.items():
        for name in sorted(names):
            path = file_of(folder / FOLDER / key, name)
            try:
                if not is_whole(path):
                    lost[path] = False
            except FileNotFoundError:
                lost[path] = True
    of_whom = _backups_of(folder, listed, lost)
    damages += [Damage(path, is_missing, tuple(of_whom[path])) for path, is_missing in lost.items()]
    return Checked(len(listed), sum(map(len, needed.values())), tuple(damages), unlisted)


def prune(folder: Path) -> Pruned:
    """Remove the photographs that no backup in a folder needs, and the lists of backups that are gone.

    While a backup is there of which nobody knows what it needs, nothing is removed. Raises Refused where the folder
    holds no backup with a list, and while another backup is at work in it.
    """
    with locked(folder) as photographs:
        listed, unlisted = _backups(folder)
        _refuse_none(folder, listed)
        needed = _needed(listed)
        removed, size, kept = 0, 0, 0
        for path, key, name in _files(photographs):
            if unlisted or name in needed.get(key, ()):
                kept += 1
                continue
            size += path.stat().st_size
            path.unlink()
            removed += 1
        if not unlisted:
            _clear(folder, photographs)
    return Pruned(removed, size, kept, unlisted)


def photographs_lost(folder: Path, lost: Mapping[bytes, Path], uses: Iterable[Use]) -> Refused:
    """Return the refusal of a backup beside which photographs are missing or altered."""
    numbers = sorted({use.number for use in uses if use.digest in lost})
    cards = ", ".join(numbers[:_NAMED]) + (" …" if len(numbers) > _NAMED else "")
    named = ", ".join(str(path.relative_to(folder)) for path in [*lost.values()][:_NAMED]) + (
        " …" if len(lost) > _NAMED else ""
    )
    return Refused(
        "backup-photographs-lost",
        f"{folder} 中缺少或有改动的照片、附件 {len(lost)} 个：{named}；涉及证卡 {cards}。未恢复任何数据",
        f"{len(lost)} photographs or documents are missing from {folder} or were altered: {named}; they are of the "
        f"cards {cards}. Nothing has been restored",
    )


def _refuse_none(folder: Path, listed: Sequence[_Listed]) -> None:
    if not listed:
        raise Refused(
            "backup-folder-empty",
            f"{folder} 中没有照片另存的备份",
            f"{folder} holds no backup with photographs beside it",
        )


def _list_of(backup: Path) -> Path:
    return backup.with_name(backup.name + LIST_SUFFIX)


def _backups(folder: Path) -> tuple[list[_Listed], tuple[str, ...]]:
    """Return the backups of a folder with their lists, and the names of those that may need what no list tells."""
    listed: list[_Listed] = []
    unlisted: list[str] = []
    for file in sorted(folder.iterdir()):
        if file.suffix in {LIST_SUFFIX, ".part"} or not file.is_file():
            continue
        found = _read_list(file)
        if found is not None:
            listed.append(found)
        elif _list_of(file).exists() or _may_need(file):
            unlisted.append(file.name)
    return listed, tuple(unlisted)


def _read_list(file: Path) -> _Listed | None:
    """Return a backup with its list; None where it has none, or one that was damaged."""
    try:
        line, _, names = _list_of(file).read_bytes().partition(b"\n")
        header = msgspec.json.decode(line, type=_ListHeader)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    is_whole_list = header.format == _FORMAT and hashlib.sha256(names).hexdigest() == header.names
    return _Listed(file, header, names) if is_whole_list and len(names) % NAME_SIZE == 0 else None


def _may_need(file: Path) -> bool:
    """Return whether a file without a list may be a backup with photographs beside it."""
    if is_encrypted(file):
        return True
    with suppress(*_NO_ZIP), zipfile.ZipFile(file) as archive:
        return msgspec.json.decode(archive.read(MANIFEST), type=Manifest).photographs is not None
    return False


def _needed(listed: Sequence[_Listed]) -> Mapping[str, set[bytes]]:
    needed: defaultdict[str, set[bytes]] = defaultdict(set)
    for one in listed:
        needed[one.header.key].update(one.needs())
    return needed


def _backups_of(folder: Path, listed: Sequence[_Listed], lost: Collection[Path]) -> Mapping[Path, list[str]]:
    """Return which backups need each of the files that are lost."""
    found: defaultdict[Path, list[str]] = defaultdict(list)
    if lost:
        for one in listed:
            for name in one.needs():
                if (path := file_of(folder / FOLDER / one.header.key, name)) in lost:
                    found[path].append(one.file.name)
    return found


def _files(photographs: Path) -> Iterator[tuple[Path, str, bytes]]:
    """Yield every photograph with whose folder it is in and its name; other files in there are not ours."""
    for part in sorted(photographs.glob("*/[0-9a-f][0-9a-f]")):
        for path in sorted(part.iterdir()):
            if _NAME.fullmatch(path.name):
                yield path, part.parent.name, bytes.fromhex(path.name)


def _clear(folder: Path, photographs: Path) -> None:
    """Remove lists without a backup, what a killed backup left without a name, and folders without a photograph."""
    for path in photographs.glob(f"*/{NEW}"):
        shutil.rmtree(path)
    for file in folder.glob(f"*{LIST_SUFFIX}"):
        if not file.with_suffix("").exists():
            file.unlink()
    for path in (*photographs.glob("*/*"), *photographs.glob("*")):
        if path.is_dir():
            with suppress(OSError):
                path.rmdir()
