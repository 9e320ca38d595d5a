"""An xlsx workbook from a stranger, opened within limits and reduced to what is read of it.

1. The bytes are a zip archive within the limits, without macros and without a password.
2. The parts that are needed are inflated and their XML is streamed once: no document type, no other encoding.
3. A new archive of these parts alone, written here, is what the spreadsheet library gets to see.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import partial
from typing import Final, TypeVar

from python_calamine import CalamineWorkbook

from service.roster.archive import MEBIBYTE, Archive, Limits
from service.roster.errors import RosterError, WorkbookRefused
from service.roster.sheet_xml import SheetFacts, inspect_sheet, malformed, parse, sheet_parts

_T = TypeVar("_T")
Value = str | float | bool | date | time | timedelta
"""A cell as the spreadsheet library gives it; an empty cell is ``""``."""

MAX_FILE_BYTES: Final = 64 * MEBIBYTE
MAX_ROWS: Final = 20_001  # the heading row and 20,000 people
MAX_COLUMNS: Final = 256
_LIMITS: Final = Limits(entries=2_000, entry_bytes=128 * MEBIBYTE, total_bytes=256 * MEBIBYTE)
_OLE2: Final = bytes.fromhex("d0cf11e0a1b11ae1")  # [MS-CFB] 2.2: xls, and xlsx with a password
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4.4
_WORKBOOK: Final = "xl/workbook.xml"
_WORKBOOK_RELATIONSHIPS: Final = "xl/_rels/workbook.xml.rels"
_OPTIONAL_PARTS: Final = ("xl/sharedStrings.xml", "xl/styles.xml")
_PACKAGE_RELATIONSHIPS: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="xl/workbook.xml"/></Relationships>'
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, its values by row from A1, and what the values do not show."""

    name: str
    rows: list[list[Value]]
    facts: SheetFacts


class Workbook:
    """An opened workbook. Raises WorkbookRefused with what is wrong with the file."""

    def __init__(self, data: bytes) -> None:
        parts = _needed_parts(data)
        self._sheets = sheet_parts(parts[_WORKBOOK], parts[_WORKBOOK_RELATIONSHIPS])
        self._parts = parts
        lacking = [name for name, part in self._sheets.items() if part not in parts]
        self._sheets = {name: part for name, part in self._sheets.items() if name not in lacking}  # chart sheets
        for part in (p for p in _OPTIONAL_PARTS if p in parts):
            parse(parts[part], None)
        self._library = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(_rebuilt(parts))))

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Names of the worksheets, in the workbook's order."""
        return tuple(self._sheets)

    def sheets(self) -> Iterator[Sheet]:
        """Read the worksheets one after another; one beyond the limits is refused before it is laid out in memory."""
        for name, part in self._sheets.items():
            facts = inspect_sheet(self._parts[part])
            if facts.last_row >= MAX_ROWS or facts.last_column >= MAX_COLUMNS:
                raise WorkbookRefused(
                    "roster-too-large",
                    f"工作表“{name}”超过 {MAX_ROWS - 1} 人或 {MAX_COLUMNS} 列，请分批提交",
                    f"sheet {name!r} has more than {MAX_ROWS - 1} people or {MAX_COLUMNS} columns: split it",
                )
            yield Sheet(name, _guarded(partial(self._values, name)), facts)

    def _values(self, name: str) -> list[list[Value]]:
        return self._library.get_sheet_by_name(name).to_python(skip_empty_area=False)


def _needed_parts(data: bytes) -> dict[str, bytes]:
    if len(data) > MAX_FILE_BYTES:
        raise WorkbookRefused(
            "roster-too-large",
            f"文件有 {len(data) // MEBIBYTE} MiB，最多 {MAX_FILE_BYTES // MEBIBYTE} MiB",
            f"the file has {len(data) // MEBIBYTE} MiB, at most {MAX_FILE_BYTES // MEBIBYTE} are taken",
        )
    if data.startswith(_OLE2):
        raise _ole2(data)
    archive = Archive(io.BytesIO(data), _LIMITS, _refusal)
    names = {entry.filename.replace("\\", "/").lower(): entry for entry in archive.entries}
    if len(names) != len(archive.entries):
        raise malformed("压缩包内有重名的部件", "two parts of the package have one name")
    _check_format(names)
    wanted = (_WORKBOOK, _WORKBOOK_RELATIONSHIPS, *_OPTIONAL_PARTS)
    parts = {part: archive.read(names[part.lower()]) for part in wanted if part.lower() in names}
    if _WORKBOOK_RELATIONSHIPS not in parts:
        raise malformed("缺少工作簿关系部件", "the workbook's relationships are missing")
    for part in sheet_parts(parts[_WORKBOOK], parts[_WORKBOOK_RELATIONSHIPS]).values():
        if part.lower() in names and part.lower().startswith("xl/worksheets/"):
            parts[part] = archive.read(names[part.lower()])
    return parts


def _check_format(names: dict[str, zipfile.ZipInfo]) -> None:
    """Refuse by name what is zipped like an xlsx file but is none."""
    if "xl/vbaproject.bin" in names:
        raise WorkbookRefused(
            "roster-macros",
            "文件含有宏（xlsm），请另存为 xlsx 后提交",
            "the workbook holds macros (xlsm): save it as xlsx",
        )
    if _WORKBOOK not in names:
        kinds = {"xl/workbook.bin": "xlsb", "content.xml": "ods", "word/document.xml": "docx"}
        found = next((kind for part, kind in kinds.items() if part in names), None)
        raise WorkbookRefused(
            "roster-not-xlsx",
            f"不是 xlsx 工作簿{f'（{found}）' if found else ''}，请用 Excel 或 WPS 另存为 xlsx",
            f"is no xlsx workbook{f' but {found}' if found else ''}: save it as xlsx",
        )


def _ole2(data: bytes) -> WorkbookRefused:
    if _ENCRYPTED_STREAM in data:
        return WorkbookRefused(
            "roster-encrypted", "文件有打开密码，请去掉密码后提交", "the workbook has a password: remove it"
        )
    return WorkbookRefused("roster-xls", "是旧版 xls 文件，请另存为 xlsx 后提交", "is an old xls file: save it as xlsx")


def _refusal(suffix: str, zh: str, en: str) -> RosterError:
    if suffix == "not-zip":
        return WorkbookRefused(
            "roster-not-xlsx", "不是 xlsx 工作簿，请用 Excel 或 WPS 另存为 xlsx", "is no xlsx workbook: save it as xlsx"
        )
    return WorkbookRefused(f"roster-{suffix}", zh, en)


def _rebuilt(parts: dict[str, bytes]) -> bytes:
    """Write a fresh archive of the parts that were inspected, and of nothing else."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        package.writestr("_rels/.rels", _PACKAGE_RELATIONSHIPS)
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


def _guarded(read: Callable[[], _T]) -> _T:
    """Call the spreadsheet library; whatever it makes of a damaged file is one refusal."""
    try:
        return read()
    except BaseException as error:
        # A panic in the library's Rust code is no Exception; interrupts and exits are not ours to keep.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise malformed("内容无法读取", f"its content cannot be read ({error})") from error
        raise
