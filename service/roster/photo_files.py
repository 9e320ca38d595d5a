"""Where photos come from: a folder or a zip archive, listed within limits and read only when asked for.

Nothing is unpacked to disk. Names that lead out of the folder or the archive refuse the whole of it: no camera
and no office writes them.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Final, Self

from service.roster.archive import MEBIBYTE, Archive, Limits
from service.roster.errors import PhotosRefused

ACCEPTED: Final = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic", ".heif")
EXTENSIONS: Final = frozenset({*ACCEPTED, ".bmp", ".gif", ".tif", ".tiff", ".avif"})
"""What counts as a photo. One of another format is found and refused for it: that says more than that it is missing."""

MAX_PHOTO_BYTES: Final = 20 * MEBIBYTE
MAX_FILES: Final = 50_000
MAX_DEPTH: Final = 8  # folders inside folders
_LIMITS: Final = Limits(entries=MAX_FILES, entry_bytes=MAX_PHOTO_BYTES, total_bytes=16 * 1024 * MEBIBYTE)
_SYSTEM_NAMES: Final = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})  # left behind by Windows and macOS
_UTF8_NAME: Final = 0x800  # APPNOTE 4.4.4, bit 11
_HAN: Final = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One photo: its path inside the folder or archive, with ``/``, and how to read its bytes.

    ``read`` raises PhotosRefused for a file that is damaged or too large.
    """

    path: str
    read: Callable[[], bytes] = field(repr=False)

    @property
    def name(self) -> str:
        """File name with its extension, composed (NFC): macOS stores names decomposed."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class PhotoFiles:
    """All photos of a batch, and the paths of what is no photo. A context manager: closes the archive.

    ``contents`` are an archive's files as it lists them: name, size in bytes, CRC-32. Packed again they are the same.
    """

    photos: tuple[PhotoFile, ...] = ()
    others: tuple[str, ...] = ()
    close: Callable[[], None] = lambda: None
    contents: tuple[tuple[str, int, int], ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_photos(path: Path) -> PhotoFiles:
    """Open a folder of photos, or a zip archive of them. Raises PhotosRefused."""
    if path.is_dir():
        return open_folder(path)
    try:
        file = path.open("rb")
    except OSError as error:
        raise PhotosRefused("photos-missing", f"找不到照片：{path}", f"no photos at {path}") from error
    try:
        return open_archive(file)
    except PhotosRefused:
        file.close()
        raise


def open_folder(folder: Path) -> PhotoFiles:
    """List a folder and the folders in it; a symbolic link out of it is refused, linked folders are not entered."""
    root = folder.resolve()
    files = sorted(_walk(root, root, 0), key=lambda path: path.as_posix())
    if len(files) > MAX_FILES:
        raise _too_many(len(files))
    return _sorted_out([(path.relative_to(root).as_posix(), partial(_read_file, path)) for path in files], lambda: None)


def open_archive(file: BinaryIO | bytes) -> PhotoFiles:
    """List a zip archive, with file names in UTF-8 or, as Chinese Windows writes them, in GBK."""
    archive = Archive(io.BytesIO(file) if isinstance(file, bytes) else file, _LIMITS, _refusal)
    names = _names(archive.entries)
    found = [(_safe(name), partial(archive.read, entry)) for name, entry in zip(names, archive.entries, strict=True)]
    contents = sorted((name, entry.file_size, entry.CRC) for name, entry in zip(names, archive.entries, strict=True))
    return replace(_sorted_out(found, archive.close), contents=tuple(contents))


def _sorted_out(found: Sequence[tuple[str, Callable[[], bytes]]], close: Callable[[], None]) -> PhotoFiles:
    photos: list[PhotoFile] = []
    others: list[str] = []
    for raw, read in found:
        path = unicodedata.normalize("NFC", raw)
        name = path.rpartition("/")[2]
        if "__MACOSX" in path.split("/") or name.startswith("._") or name.lower() in _SYSTEM_NAMES:
            continue
        if PurePosixPath(name).suffix.lower() in EXTENSIONS:
            photos.append(PhotoFile(path, read))
        else:
            others.append(path)
    return PhotoFiles(tuple(photos), tuple(others), close)


def _walk(root: Path, folder: Path, depth: int) -> Iterator[Path]:
    if depth > MAX_DEPTH:
        raise PhotosRefused("photos-too-deep", f"照片文件夹超过 {MAX_DEPTH} 层", f"more than {MAX_DEPTH} folders deep")
    for path in folder.iterdir():
        if path.is_symlink():
            if not path.resolve().is_relative_to(root):
                raise PhotosRefused(
                    "photos-symlink",
                    f"照片文件夹内的符号链接“{path.name}”指向文件夹之外",
                    f"the symbolic link {path.name!r} leads out of the folder of photos",
                )
            if path.is_file():
                yield path
        elif path.is_dir():
            yield from _walk(root, path, depth + 1)
        elif path.is_file():
            yield path


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PHOTO_BYTES + 1)
    except OSError as error:
        raise PhotosRefused("photos-unreadable", "照片文件无法读取", "a photo cannot be read") from error
    if len(data) > MAX_PHOTO_BYTES:
        raise PhotosRefused(
            "photos-too-large",
            f"照片超过 {MAX_PHOTO_BYTES // MEBIBYTE} MiB",
            f"a photo has more than {MAX_PHOTO_BYTES // MEBIBYTE} MiB",
        )
    return data


def _names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Decode the names of an archive.

    Flagged ones are UTF-8. The others are all in one encoding: UTF-8 (macOS), or GBK (Chinese Windows), or the
    code page 437 of the format; the first that can be, and for UTF-8 only if it makes Chinese where there is more
    than ASCII, since a few GBK names happen to be valid UTF-8 of other scripts.
    """
    unflagged = b"\n".join(_raw_name(entry) for entry in entries if not entry.flag_bits & _UTF8_NAME)
    encoding = next((e for e in ("utf-8", "gb18030") if _fits(unflagged, e)), "cp437")
    return [
        entry.orig_filename if entry.flag_bits & _UTF8_NAME else _raw_name(entry).decode(encoding) for entry in entries
    ]


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return text.isascii() or encoding != "utf-8" or bool(_HAN.search(text))


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("cp437")  # as zipfile decoded it; every byte survives the round trip


def _safe(name: str) -> str:
    """Return the path with ``/``; refuse one that would lead out of the archive."""
    path = name.replace("\\", "/")
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or re.match("[A-Za-z]:", path) or "\0" in path:
        raise PhotosRefused(
            "photos-path",
            f"照片压缩包内的路径“{path[:60]!r}”指向压缩包之外",
            f"the path {path[:60]!r} leads out of the archive of photos",
        )
    return "/".join(part for part in parts if part not in {"", "."})


def _refusal(suffix: str, zh: str, en: str) -> PhotosRefused:
    return PhotosRefused(f"photos-{suffix}", f"照片压缩包：{zh}", f"archive of photos: {en}")


def _too_many(count: int) -> PhotosRefused:
    return PhotosRefused(
        "photos-too-many", f"照片文件夹内有 {count} 个文件，最多 {MAX_FILES} 个", f"{count} files, at most {MAX_FILES}"
    )
