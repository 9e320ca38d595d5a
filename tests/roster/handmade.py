"""Workbooks by hand-made XML: what spreadsheet programs other than ours write, and people edit."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from service.roster.sheet_xml import cell_name

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


@dataclass(frozen=True)
class Raw:
    """A cell as raw XML: the attributes of its element, and what stands inside."""

    attributes: str = ""
    inner: str = ""


Cell = Raw | str | float | None


def sheet_xml(
    rows: Sequence[Sequence[Cell]], tail: str = "", *, main: str = MAIN, prefix: str = "", references: bool = True
) -> str:
    """The XML of a worksheet; ``prefix`` is that of its elements, ``tail`` stands behind the data."""
    p = f"{prefix}:" if prefix else ""
    declared = f'xmlns:{prefix}="{main}"' if prefix else f'xmlns="{main}"'
    out = [f'{XML}<{p}worksheet {declared} xmlns:r="{OFFICE}"><{p}sheetData>']
    for r, row in enumerate(rows):
        out.append(f'<{p}row r="{r + 1}">' if references else f"<{p}row>")
        for c, value in enumerate(row):
            at = f' r="{cell_name((r, c))}"' if references else ""
            if isinstance(value, Raw):
                out.append(f"<{p}c{at} {value.attributes}>{value.inner}</{p}c>")
            elif isinstance(value, str) and value:
                text = escape(value)
                out.append(f'<{p}c{at} t="inlineStr"><{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is></{p}c>')
            elif isinstance(value, (int, float)):
                out.append(f"<{p}c{at}><{p}v>{value!r}</{p}v></{p}c>")
            elif not references:
                out.append(f"<{p}c/>")
        out.append(f"</{p}row>")
    return "".join(out) + f"</{p}sheetData>{tail}</{p}worksheet>"


def workbook(
    sheets: Mapping[str, str],
    *,
    states: Mapping[str, str] | None = None,
    properties: str = "",
    folder: str = "xl",
    name: str = "workbook.xml",
    sheet_folder: str = "worksheets",
    strings: str | None = None,
    strings_name: str = "sharedStrings.xml",
    styles: str | None = None,
    absolute: bool = False,
    main: str = MAIN,
    office: str = OFFICE,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """A package of worksheets by name, its parts called as asked."""
    out = io.BytesIO()
    base = f"/{folder}/" if absolute else ""
    places = range(1, len(sheets) + 1)
    related = [(f"rId{i}", "worksheet", f"{base}{sheet_folder}/sheet{i}.xml") for i in places]
    related += [("rId80", "styles", f"{base}styles.xml")] if styles else []
    related += [("rId90", "sharedStrings", base + strings_name)] if strings else []
    tabs = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{i}" r:id="rId{i}"'
        + (f' state="{(states or {})[title]}"/>' if title in (states or {}) else "/>")
        for i, title in enumerate(sheets, 1)
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", f"{XML}<Types/>")
        package.writestr("_rels/.rels", relationships([("rId1", "officeDocument", f"{folder}/{name}")], office))
        package.writestr(f"{folder}/_rels/{name}.rels", relationships(related, office))
        package.writestr(
            f"{folder}/{name}",
            f'{XML}<workbook xmlns="{main}" xmlns:r="{office}">{properties}<sheets>{tabs}</sheets></workbook>',
        )
        for i, xml in enumerate(sheets.values(), 1):
            package.writestr(f"{folder}/{sheet_folder}/sheet{i}.xml", xml)
        for part, content in (("styles.xml", styles), (strings_name, strings)):
            if content is not None:
                package.writestr(f"{folder}/{part}", content)
        for part, content in (more or {}).items():
            package.writestr(part, content)
    return out.getvalue()


def relationships(related: Sequence[tuple[str, str, str]], office: str = OFFICE) -> str:
    """The part that holds relationships: identity, kind, target."""
    lines = "".join(
        f'<Relationship Id="{identity}" Type="{office}/{kind}" Target="{target}"/>'
        for identity, kind, target in related
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}">{lines}</Relationships>'


def styles_of(*formats: int | str) -> str:
    """A style sheet whose styles 1, 2 … have these number formats, by number or by code."""
    codes = {164 + i: code for i, code in enumerate(formats) if isinstance(code, str)}
    numbers = {code: number for number, code in codes.items()}
    custom = "".join(f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' for number, code in codes.items())
    styles = "".join(f'<xf numFmtId="{numbers.get(one, one)}" applyNumberFormat="1"/>' for one in formats)  # type: ignore[call-overload]
    return (
        f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="{len(codes)}">{custom}</numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{1 + len(formats)}"><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>'
    )


def strings_of(*items: str) -> str:
    """A table of shared strings; items are raw XML of ``si``, or plain text."""
    texts = "".join(one if one.startswith("<si>") else f"<si><t>{escape(one)}</t></si>" for one in items)
    return f'{XML}<sst xmlns="{MAIN}" count="{len(items)}" uniqueCount="{len(items)}">{texts}</sst>'
