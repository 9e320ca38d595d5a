"""The parts of an xlsx package: found by their relationships, and written anew under names of our own.

Programs name the parts as they like (``xl/workbook2.xml``, ``xl/tables.xml``); what is what, relationships say (OPC
9.3, ECMA-376 part 1, 12.3). The strict form of the format (part 1, annex A) differs in its namespaces alone.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import quoteattr

from service.roster.sheet_xml import malformed, parse

PACKAGE_RELATIONSHIPS: Final = "_rels/.rels"
_USUAL_WORKBOOK: Final = "xl/workbook.xml"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>'


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet: its name on the tab, its part, and whether the workbook hides it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a workbook's worksheets, strings and styles are; ``uses_1904`` is its calendar (18.2.28)."""

    sheets: tuple[SheetPart, ...]
    strings: str | None
    styles: str | None
    uses_1904: bool


def relationships_of(part: str) -> str:
    """Name the part that holds the relationships of another one. OPC 9.3.3."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def workbook_part(package_relationships: bytes | None) -> str:
    """Return the name of the workbook's part; the usual one where the package does not say."""
    for kind, target in _targets(package_relationships or b"", "").values():
        if kind == "officeDocument":
            return target
    return _USUAL_WORKBOOK


def layout_of(workbook: bytes, relationships: bytes, part: str) -> Layout:
    """Read which worksheets there are, in the order of the tabs, and where the rest is. 18.2.19, 18.2.27.

    Chart sheets are left out. Two sheets of one name are refused.
    """
    targets = _targets(relationships, posixpath.dirname(part))
    sheets: dict[str, SheetPart] = {}
    calendar: list[str] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            calendar.append(attributes.get("date1904", ""))
        if name != "sheet":
            return
        title = attributes.get("name", "")
        if title in sheets:
            raise malformed("有重名的工作表", "two sheets have one name")
        identities = [value for key, value in attributes.items() if key.rpartition(":")[1:] == (":", "id")]
        kind, target = targets.get(identities[0] if identities else "", ("", ""))
        sheets[title] = SheetPart(
            title,
            target if kind == "worksheet" else "",
            is_hidden=attributes.get("state", "visible") != "visible",
        )

    parse(workbook, element)
    by_kind = dict(reversed(targets.values()))
    return Layout(
        tuple(sheet for sheet in sheets.values() if sheet.part),
        by_kind.get("sharedStrings"),
        by_kind.get("styles"),
        uses_1904=bool(calendar) and calendar[0] in {"1", "true"},
    )


def canonical_parts(layout: Layout) -> dict[str, bytes]:
    """Write the package's own parts for worksheets that are named ``1``, ``2`` … and stand in ``sheet_name``."""
    places = range(1, len(layout.sheets) + 1)
    calendar = '<workbookPr date1904="1"/>' if layout.uses_1904 else ""
    tabs = "".join(f'<sheet name="{place}" sheetId="{place}" r:id="rId{place}"/>' for place in places)
    related = [("worksheet", f"worksheets/sheet{place}.xml") for place in places]
    related += [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]
    return {
        PACKAGE_RELATIONSHIPS: _relationships([("officeDocument", _USUAL_WORKBOOK)]),
        relationships_of(_USUAL_WORKBOOK): _relationships(related),
        _USUAL_WORKBOOK: (
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{calendar}<sheets>{tabs}</sheets></workbook>'
        ).encode(),
    }


def sheet_name(place: int) -> str:
    """Name the part of the worksheet at a place from 1 in the package that is written."""
    return f"xl/worksheets/sheet{place}.xml"


def _relationships(related: list[tuple[str, str]]) -> bytes:
    lines = "".join(
        f'<Relationship Id="rId{place}" Type="{_OFFICE}/{kind}" Target={quoteattr(target)}/>'
        for place, (kind, target) in enumerate(related, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{lines}</Relationships>'.encode()


def _targets(relationships: bytes, folder: str) -> dict[str, tuple[str, str]]:
    """Map the identities of relationships to the kind and the part; what lies outside of the package is left out."""
    found: dict[str, tuple[str, str]] = {}

    def element(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

    if relationships:
        parse(relationships, element)
    return found
