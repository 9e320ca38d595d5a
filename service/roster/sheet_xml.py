"""The XML of a workbook, streamed for what its values do not show: extent, formulas, error cells, merged cells.

Expat reads the bytes; a document type is refused, so that no entity is ever expanded, and so is every encoding
but UTF-8. Clauses are those of ECMA-376 part 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from service.roster.errors import WorkbookRefused

_REFERENCE: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})", re.ASCII)
MAX_COUNT: Final = 8_000_000  # more than the cells of the largest sheet that is read
_EMPTY_CELLS: Final = re.compile(
    rb'(?:<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]{1,9}")?(?: ?/>|></c>))+'  # with a style, and nothing inside
)
_DISPIMG: Final = "DISPIMG("
_OTHER_ENCODINGS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")

Position = tuple[int, int]
"""Row and column, both from 0."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both corners inside."""

    first: Position
    last: Position

    def __str__(self) -> str:
        first, last = cell_name(self.first), cell_name(self.last)
        return first if first == last else f"{first}:{last}"


@dataclass(slots=True)
class SheetFacts:
    """What the XML of one sheet shows: where it ends, formulas, error values, merged areas, hidden rows.

    ``pictures`` are cells that hold one: a rich value (Excel), or a call of DISPIMG (WPS).
    """

    last_row: int = -1
    last_column: int = -1
    formulas: set[Position] = field(default_factory=set[Position])
    formula_areas: list[Area] = field(default_factory=list[Area])
    errors: set[Position] = field(default_factory=set[Position])
    merged: list[Area] = field(default_factory=list[Area])
    hidden_rows: set[int] = field(default_factory=set[int])
    pictures: set[Position] = field(default_factory=set[Position])
    has_drawing: bool = False


def cell_name(position: Position) -> str:
    """Name a cell as the spreadsheet does: (0, 0) is ``A1``."""
    row, column = position
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """Name a column: 0 is ``A``, 26 is ``AA``."""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def inspect_sheet(data: bytes) -> SheetFacts:
    """Stream one sheet and note what its values do not show. ECMA-376 18.3.1."""
    inspector = _Inspector()
    parse(data, inspector.element, inspector.text if b"DISPIMG" in data else None)
    return inspector.facts


def without_empty_cells(data: bytes) -> bytes:
    """Return the XML of a sheet without the cells that have a style and no value: offices format whole columns.

    A sheet in which a cell has no reference, or in which there are comments or CDATA, stays as it is.
    """
    if b"<!" in data or data.count(b"<c ") != data.count(b'<c r="') or b"<c>" in data or b"<c/>" in data:
        return data
    return _EMPTY_CELLS.sub(b"", data)


class _Inspector:
    """Follows the elements of one sheet; an element without a position stands behind the one before it."""

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self._row = -1
        self._column = -1
        self._holds_error = False
        self._in_formula = False
        self._handlers: Final[dict[str, Callable[[dict[str, str]], None]]] = {
            "row": self._on_row,
            "c": self._on_cell,
            "v": self._on_value,
            "is": self._on_value,
            "f": self._on_formula,
            "mergeCell": self._on_merged,
            "drawing": self._on_drawing,
        }

    def element(self, name: str, attributes: dict[str, str]) -> None:
        self._in_formula = name == "f"
        handler = self._handlers.get(name)
        if handler is not None:
            handler(attributes)

    def text(self, text: str) -> None:
        if self._in_formula and _DISPIMG in text:
            self.facts.pictures.add((self._row, self._column))

    def _on_drawing(self, _attributes: dict[str, str]) -> None:  # 18.3.1.36
        self.facts.has_drawing = True

    def _on_row(self, attributes: dict[str, str]) -> None:  # 18.3.1.73
        self._row = self._row + 1 if "r" not in attributes else _row_index(attributes["r"])
        self._column = -1
        if attributes.get("hidden") in {"1", "true"}:
            self.facts.hidden_rows.add(self._row)

    def _on_cell(self, attributes: dict[str, str]) -> None:  # 18.3.1.4
        reference = attributes.get("r")
        row, self._column = (self._row, self._column + 1) if reference is None else position_of(reference)
        if row != self._row:  # readers differ on which of the two counts
            raise malformed(f"单元格 {reference} 不在其所在行内", f"cell {reference} stands in another row")
        self._holds_error = attributes.get("t") == "e"
        if self._holds_error and "vm" in attributes:
            self.facts.pictures.add((self._row, self._column))

    def _on_value(self, _attributes: dict[str, str]) -> None:  # 18.3.1.96, 18.3.1.53
        self.facts.last_row = max(self.facts.last_row, self._row)
        self.facts.last_column = max(self.facts.last_column, self._column)
        if self._holds_error:
            self.facts.errors.add((self._row, self._column))

    def _on_formula(self, attributes: dict[str, str]) -> None:  # 18.3.1.40
        self._on_value(attributes)
        self.facts.formulas.add((self._row, self._column))
        # An array formula fills its range with values that have no <f> of their own.
        if "ref" in attributes and attributes.get("t") != "shared":
            self.facts.formula_areas.append(area_of(attributes["ref"]))

    def _on_merged(self, attributes: dict[str, str]) -> None:  # 18.3.1.54
        self.facts.merged.append(area_of(attributes.get("ref", "")))


def parse(
    data: bytes,
    on_element: Callable[[str, dict[str, str]], None] | None,
    on_text: Callable[[str], None] | None = None,
) -> None:
    """Stream XML, giving each element's local name and attributes; refuse document types and other encodings.

    Without ``on_element`` it is only checked. A declared count beyond all that can be there is refused: the
    spreadsheet library reserves memory for it before it reads on, and what it cannot get ends the process.
    """
    if data.startswith(_OTHER_ENCODINGS):
        raise malformed("XML 编码不是 UTF-8", "the XML is not UTF-8")
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        if "count" in attributes or "uniqueCount" in attributes:
            _check_count(attributes)
        if on_element is not None:
            on_element(name.rpartition(":")[2], attributes)

    def doctype(*_: object) -> None:
        raise malformed("含有 XML 文档类型声明（DOCTYPE）", "the XML declares a document type")

    def declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in {"utf-8", "us-ascii"}:
            raise malformed("XML 编码不是 UTF-8", "the XML is not UTF-8")

    parser.StartElementHandler = start
    if on_text is not None:
        parser.CharacterDataHandler = on_text
    parser.StartDoctypeDeclHandler = doctype
    parser.XmlDeclHandler = declaration
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes "final" by position only
    except expat.ExpatError as error:
        raise malformed("XML 已损坏", f"damaged XML ({error})") from error


def position_of(reference: str) -> Position:
    """Read a cell reference: ``A1`` is (0, 0)."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise malformed(f"单元格引用“{reference[:20]}”无效", f"bad cell reference {reference[:20]!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def area_of(reference: str) -> Area:
    """Read a range reference: ``A1:B2`` or ``A1``."""
    first, _, last = reference.partition(":")
    return Area(position_of(first), position_of(last or first))


def malformed(zh: str, en: str) -> WorkbookRefused:
    """Make the error for a workbook that is damaged inside."""
    return WorkbookRefused("roster-damaged", f"xlsx 文件已损坏或不规范：{zh}", f"the xlsx file is damaged: {en}")


def _check_count(attributes: dict[str, str]) -> None:
    for key in ("count", "uniqueCount"):
        text = attributes.get(key, "0")
        if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) <= MAX_COUNT):
            raise malformed(f"声明的数量“{text[:20]}”无效", f"bad count {text[:20]!r}")


def _row_index(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and int(text)):
        raise malformed(f"行号“{text[:20]}”无效", f"bad row number {text[:20]!r}")
    return int(text) - 1
