"""Zip archives from strangers: listed and inflated within limits, never unpacked to disk.

What was checked is what is used: names, sizes and bytes all come from this one reading, and no second zip
library sees the original file.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, Final

from service.roster.errors import RosterError

Refuse = Callable[[str, str, str], RosterError]
"""Makes the caller's error from code suffix, Chinese and English."""

MEBIBYTE: Final = 1 << 20
RATIO_LIMIT: Final = 200  # inflated to stored; XML of a spreadsheet reaches 20 to 60, deflate itself 1032
RATIO_FREE_BYTES: Final = 10 * MEBIBYTE  # below this size no ratio can hurt
_ENCRYPTED: Final = 0x1  # APPNOTE 4.4.4, bit 0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may hold: number of entries, inflated bytes of one and of all."""

    entries: int
    entry_bytes: int
    total_bytes: int


class Archive:
    """A zip archive opened for reading; entries are inflated one at a time and only when asked for."""

    def __init__(self, file: BinaryIO, limits: Limits, refuse: Refuse) -> None:
        self._limits = limits
        self._refuse = refuse
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except Exception as error:  # on damaged files zipfile lets many kinds of error through
            raise refuse("not-zip", "不是完好的压缩包", "is no intact zip archive") from error
        self.entries = tuple(info for info in self._zip.infolist() if not info.filename.endswith("/"))
        self._check_declared()

    def close(self) -> None:
        """Close the archive and the file, which zipfile leaves open."""
        self._zip.close()
        self._file.close()

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """Inflate one entry; a size or checksum other than declared is refused."""
        try:
            # ZipExtFile stops at the declared size, which is within the limits, and checks the CRC there.
            data = self._zip.read(entry)
        except Exception as error:  # as above
            raise self._refuse("damaged", "压缩包内有损坏的文件", "the archive holds a damaged file") from error
        if len(data) != entry.file_size:
            raise self._refuse("damaged", "压缩包内有损坏的文件", "the archive holds a damaged file")
        return data

    def _check_declared(self) -> None:
        limits = self._limits
        if len(self.entries) > limits.entries:
            raise self._refuse(
                "zip-bomb",
                f"压缩包内有 {len(self.entries)} 个文件，最多 {limits.entries} 个",
                f"the archive holds {len(self.entries)} files, at most {limits.entries} are taken",
            )
        for entry in self.entries:
            self._check_entry(entry)
        total = sum(entry.file_size for entry in self.entries)
        if total > limits.total_bytes:
            raise self._bomb(total, limits.total_bytes)

    def _check_entry(self, entry: zipfile.ZipInfo) -> None:
        if entry.flag_bits & _ENCRYPTED:
            raise self._refuse(
                "encrypted", "压缩包已加密，请去掉密码后重新提交", "the archive is encrypted: remove the password"
            )
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise self._refuse("symlink", "压缩包内有符号链接", "the archive holds a symbolic link")
        # bzip2 and LZMA cannot be inflated in bounded steps here, and no spreadsheet program writes them.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._refuse("compression", "压缩包使用了不支持的压缩方法", "the archive uses an unusual compression")
        if entry.file_size > self._limits.entry_bytes:
            raise self._bomb(entry.file_size, self._limits.entry_bytes)
        if entry.file_size > RATIO_FREE_BYTES and entry.file_size > RATIO_LIMIT * entry.compress_size:
            raise self._refuse(
                "zip-bomb",
                f"压缩包内有压缩比超过 {RATIO_LIMIT} 的文件，拒绝解压",
                f"the archive holds a file compressed more than {RATIO_LIMIT} times",
            )

    def _bomb(self, size: int, limit: int) -> RosterError:
        return self._refuse(
            "zip-bomb",
            f"解压后有 {size // MEBIBYTE} MiB，最多 {limit // MEBIBYTE} MiB",
            f"inflates to {size // MEBIBYTE} MiB, at most {limit // MEBIBYTE} MiB are taken",
        )
