"""An xlsx workbook from a stranger, opened within limits and reduced to what is read of it.

1. The bytes are a zip archive within the limits, without macros and without a password.
2. The parts that are needed are inflated and their XML is streamed once: no document type, no other encoding.
3. A new archive of these parts alone, written here, is what the spreadsheet library gets to see.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from functools import partial
from typing import Final, TypeVar

from python_calamine import CalamineWorkbook

from service.roster.archive import MEBIBYTE, Archive, Limits
from service.roster.errors import RosterError, WorkbookRefused
from service.roster.package import (
    PACKAGE_RELATIONSHIPS,
    Layout,
    canonical_parts,
    layout_of,
    relationships_of,
    sheet_name,
    workbook_part,
)
from service.roster.sheet_xml import SheetFacts, inspect_sheet, malformed, parse, without_empty_cells

_T = TypeVar("_T")
Value = str | float | bool | date | time | timedelta
"""A cell as the spreadsheet library gives it; an empty cell is ``""``."""

MAX_FILE_BYTES: Final = 64 * MEBIBYTE
MAX_ROWS: Final = 20_001  # the heading row and 20,000 people
MAX_COLUMNS: Final = 256
_LIMITS: Final = Limits(entries=2_000, entry_bytes=128 * MEBIBYTE, total_bytes=256 * MEBIBYTE)
_OLE2: Final = bytes.fromhex("d0cf11e0a1b11ae1")  # [MS-CFB] 2.2: xls, and xlsx with a password
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4.4
_OTHER_KINDS: Final = {"xl/workbook.bin": "xlsb", "content.xml": "ods", "word/document.xml": "docx"}
_STRINGS: Final = "xl/sharedStrings.xml"
_STYLES: Final = "xl/styles.xml"
_EMPTY_SHEET: Final = b"<worksheet><sheetData/></worksheet>"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, its values by row from A1, and what the values do not show."""

    name: str
    rows: list[list[Value]]
    facts: SheetFacts


class Workbook:
    """An opened workbook. Raises WorkbookRefused with what is wrong with the file."""

    def __init__(self, data: bytes) -> None:
        layout, self._parts = _needed_parts(data)
        self._sheets = {sheet.name: place for place, sheet in enumerate(layout.sheets, 1)}
        self._hidden = frozenset(sheet.name for sheet in layout.sheets if sheet.is_hidden)
        self._facts = {name: self._inspect(name) for name in self.sheet_names}
        written = canonical_parts(layout) | self._parts
        self._library = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(_rebuilt(written))))

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """Names of the worksheets that are to be seen, in the order of their tabs."""
        return tuple(name for name in self._sheets if name not in self._hidden)

    @property
    def hidden_names(self) -> tuple[str, ...]:
        """Names of the worksheets that the workbook hides; they are never read."""
        return tuple(name for name in self._sheets if name in self._hidden)

    def sheets(self) -> Iterator[Sheet]:
        """Read the worksheets one after another; one beyond the limits is refused before it is laid out in memory."""
        for name, facts in self._facts.items():
            if facts.last_row >= MAX_ROWS or facts.last_column >= MAX_COLUMNS:
                raise WorkbookRefused(
                    "roster-too-large",
                    f"工作表“{name}”超过 {MAX_ROWS - 1} 人或 {MAX_COLUMNS} 列，请分批提交",
                    f"sheet {name!r} has more than {MAX_ROWS - 1} people or {MAX_COLUMNS} columns: split it",
                )
            yield Sheet(name, _guarded(partial(self._values, name)), facts)

    def _inspect(self, name: str) -> SheetFacts:
        part = sheet_name(self._sheets[name])
        self._parts[part] = without_empty_cells(self._parts[part])
        return inspect_sheet(self._parts[part])

    def _values(self, name: str) -> list[list[Value]]:
        return self._library.get_sheet_by_name(str(self._sheets[name])).to_python(skip_empty_area=False)


def _needed_parts(data: bytes) -> tuple[Layout, dict[str, bytes]]:
    """Inflate what is read of a workbook; return where it was, and the parts under the names they are written with."""
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

    def part(name: str) -> bytes | None:
        return archive.read(names[name.lower()]) if name.lower() in names else None

    main = workbook_part(part(PACKAGE_RELATIONSHIPS))
    _check_format(names, main)
    relationships = part(relationships_of(main))
    if relationships is None:
        raise malformed("缺少工作簿关系部件", "the workbook's relationships are missing")
    found = layout_of(part(main) or b"", relationships, main)
    # What a relationship names and the package lacks is left out: a chart, a sheet that was removed.
    layout = replace(found, sheets=tuple(sheet for sheet in found.sheets if sheet.part.lower() in names))
    parts: dict[str, bytes] = {}
    for place, sheet in enumerate(layout.sheets, 1):
        parts[sheet_name(place)] = _EMPTY_SHEET if sheet.is_hidden else part(sheet.part) or b""
    for name, wanted in ((_STRINGS, layout.strings), (_STYLES, layout.styles)):
        if wanted is not None and (content := part(wanted)) is not None:
            parse(content, None)
            parts[name] = content
    return layout, parts


def _check_format(names: dict[str, zipfile.ZipInfo], main: str) -> None:
    """Refuse by name what is zipped like an xlsx file but is none."""
    if any(name.endswith("vbaproject.bin") for name in names):
        raise WorkbookRefused(
            "roster-macros",
            "文件含有宏（xlsm），请另存为 xlsx 后提交",
            "the workbook holds macros (xlsm): save it as xlsx",
        )
    if main.lower() not in names or not main.lower().endswith(".xml") or main.lower() in _OTHER_KINDS:
        found = next((kind for part, kind in _OTHER_KINDS.items() if part in names), None)
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
