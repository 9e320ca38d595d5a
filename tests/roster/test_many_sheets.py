"""Spreadsheets as offices make them, in one table: each is read right, or refused with a reason that helps."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table
from PIL import Image
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.domain.application import Application, Cell, RawRow, parse_row
from service.domain.application.headings import HEADING_OF
from service.roster.errors import RosterError
from service.roster.reader import Roster, read_roster
from tests.domain.applicants import CATALOGUE, ROWS, resident_id
from tests.roster import handmade as xml
from tests.roster.books import HEADINGS, Draw, book, edited, packed, parts, person
from tests.roster.handmade import Raw

LIBRE_OFFICE = Path(__file__).parent / "libreoffice"
A, B = person(), person(name="赵六", resident_id=str(resident_id(order=125)))
SERIAL = 46305  # 2026-10-10 in the calendar of 1900
BOTH = ((2, "王小明"), (3, "赵六"))
READ = object()
"""The expectation of most: both people, in rows 2 and 3, and nothing to tell."""


@dataclass(frozen=True)
class Made:
    """A file, and what is to come of it.

    ``people``: row and name of each that is read as typed; ``problems``: codes by row; ``refused``: the file's code;
    ``told``: codes of the notes.
    """

    data: Callable[[], bytes]
    people: Sequence[tuple[int, str]] = BOTH
    problems: dict[int, list[str]] | None = None
    refused: str | None = None
    told: Sequence[str] = ()
    sheet: str | None = None
    says: str = ""


def titled(*above: Sequence[Cell], below: Sequence[Sequence[Cell]] = (), also: Draw | None = None) -> bytes:
    return book(*above[1:], HEADINGS, A, B, *below, headings=above[0], also=also)


def sheets(*named: tuple[str, Sequence[Sequence[Cell]], str]) -> bytes:
    """Several worksheets: name, rows, and ``hidden``, ``very_hidden`` or nothing."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows, state in named:
            sheet = made.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(r, c, cell, day)  # type: ignore[arg-type]
                    elif cell is not None:
                        sheet.write(r, c, cell)
            if state:
                getattr(sheet, "hide" if state == "hidden" else state)()
        made.worksheets()[-1 if named[0][2] else 0].activate()
        if named[0][2]:
            made.worksheets()[-1].set_first_sheet()
    return out.getvalue()


LIST = (HEADINGS, A, B)
OLD = (HEADINGS, person(name="去年人"))


def by_openpyxl(change: Callable[[openpyxl.Workbook], None]) -> bytes:
    made = openpyxl.load_workbook(io.BytesIO(book(A, B)))
    change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def append(*rows: Sequence[Cell]) -> Callable[[openpyxl.Workbook], None]:
    def change(made: openpyxl.Workbook) -> None:
        for row in rows:
            made.worksheets[0].append(list(row))

    return change


def as_table(made: openpyxl.Workbook) -> None:
    made.worksheets[0].add_table(Table(displayName="名册", ref="A1:G3"))


def grouped(made: openpyxl.Workbook) -> None:
    made.worksheets[0].column_dimensions.group("C", "E", hidden=True)
    made.worksheets[0].print_title_rows = "1:1"
    made.defined_names["People"] = DefinedName("People", attr_text="名单!$A$2:$A$3")


def written_only() -> bytes:
    made = openpyxl.Workbook(write_only=True)
    sheet = made.create_sheet("Sheet1")
    for row in LIST:
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_changed(field: str, value: Cell | Raw, *, calendar: str = "", styles: str | None = None) -> bytes:
    """Both people by hand-made XML, one cell of the first given as raw XML."""
    rows = [list(HEADINGS), *(list(map(_plain, row)) for row in (A, B))]
    index = [
        HEADING_OF[f].zh for f in ("name", "resident_id", "kind", "work_unit", "certified_on", "score", "reviewed_by")
    ]
    rows[1][index.index(HEADING_OF[field].zh)] = value  # type: ignore[call-overload]
    return xml.workbook({"名单": xml.sheet_xml(rows)}, properties=calendar, styles=styles)  # type: ignore[arg-type]


def _plain(cell: Cell) -> str | float | None:
    return cell.isoformat() if isinstance(cell, date) else cell  # type: ignore[return-value]


PLAIN = [list(HEADINGS), *([_plain(cell) for cell in row] for row in (A, B))]


def hand(**how: object) -> bytes:
    return xml.workbook({"名单": xml.sheet_xml(PLAIN)}, **how)  # type: ignore[arg-type]


def shared(*, phonetic: bool = False, rich: bool = False) -> bytes:
    """Texts in a table of shared strings, as Excel writes them; the table is called otherwise."""
    texts: list[str] = []
    rows: list[list[xml.Cell]] = []
    for row in PLAIN:
        rows.append([])
        for cell in row:
            if isinstance(cell, str):
                item = cell
                if cell == "王小明" and phonetic:
                    item = (
                        '<si><t>王小明</t><rPh sb="0" eb="3"><t>wáng xiǎo míng</t></rPh><phoneticPr fontId="1"/></si>'
                    )
                if cell == "王小明" and rich:
                    item = "<si><r><t>王</t></r><r><rPr><b/></rPr><t>小明</t></r></si>"
                texts.append(item)
                rows[-1].append(Raw('t="s"', f"<v>{len(texts) - 1}</v>"))
            else:
                rows[-1].append(cell)
    return xml.workbook({"名单": xml.sheet_xml(rows)}, strings=xml.strings_of(*texts), strings_name="sst2.xml")


def backslashes() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts(book(A, B)).items():
            info = zipfile.ZipInfo(name)
            info.filename = name.replace("/", "\\")
            package.writestr(info, content)
    return out.getvalue()


def decoys() -> bytes:
    """Last year's list in the parts with the usual names; this year's where the relationships point."""
    made = parts(xml.workbook({"名单": xml.sheet_xml(PLAIN)}, name="book2.xml", sheet_folder="tables"))
    old = xml.sheet_xml([list(HEADINGS), [_plain(cell) for cell in person(name="去年人")]])
    usual = parts(xml.workbook({"名单": old}))
    return packed({**usual, **made})


def swapped_parts() -> bytes:
    """``sheet1.xml`` is the hidden sheet: the identities of the relationships decide, not the numbers of the parts."""
    old = xml.sheet_xml([list(HEADINGS), [_plain(cell) for cell in person(name="去年人")]])
    data = xml.workbook({"名单": old, "旧": xml.sheet_xml(PLAIN)}, states={"旧": "hidden"})
    content = parts(data)
    related = content["xl/_rels/workbook.xml.rels"]
    related = related.replace(b"sheet1.xml", b"sheetX.xml").replace(b"sheet2.xml", b"sheet1.xml")
    return packed(content | {"xl/_rels/workbook.xml.rels": related.replace(b"sheetX.xml", b"sheet2.xml")})


def formatted_columns() -> bytes:
    """A style in 30 columns of 20,000 rows, as when a whole sheet is given borders."""
    content = parts(book(A, B))
    part = "xl/worksheets/sheet1.xml"
    names = [xml.cell_name((0, column)).rstrip("1") for column in range(30)]
    empty = b"".join(
        f'<row r="{r}">'.encode() + b"".join(f'<c r="{n}{r}" s="1"/>'.encode() for n in names) + b"</row>"
        for r in range(4, 20_001)
    )
    return packed(content | {part: content[part].replace(b"</sheetData>", empty + b"</sheetData>")})


def picture(_book: Workbook, sheet: Worksheet) -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 42), "red").save(out, "PNG")
    sheet.insert_image("J2", "face.png", {"image_data": out})


def comments(_book: Workbook, sheet: Worksheet) -> None:
    sheet.write_comment("A2", "已核对")
    sheet.autofilter("A1:G3")
    sheet.freeze_panes(1, 0)
    sheet.conditional_format("F2:F9", {"type": "cell", "criteria": "<", "value": 60})
    sheet.protect()


def filtered(_book: Workbook, sheet: Worksheet) -> None:
    sheet.autofilter("A1:G3")
    sheet.filter_column("A", "x == 王小明")
    sheet.set_row(2, options={"hidden": True})


def cells(*written: tuple[str, str, object]) -> Draw:
    """Write cells by the methods of XlsxWriter: method, place, value."""

    def also(_book: Workbook, sheet: Worksheet) -> None:
        for method, place, value in written:
            getattr(sheet, method)(place, value)

    return also


def merged(area: str, text: str = "") -> Draw:
    return lambda _book, sheet: sheet.merge_range(area, text) and None


ASSESSOR_FIELDS = tuple(ROWS["standard"])
ASSESSOR = [ROWS["standard"][field] for field in ASSESSOR_FIELDS]


def assessor(**headings: str) -> Callable[[], bytes]:
    """One assessor under the usual headings, some written as people write them."""
    return lambda: book(ASSESSOR, headings=[headings.get(field, HEADING_OF[field].zh) for field in ASSESSOR_FIELDS])


ONE = ((2, "王小明"),)
MADE: dict[str, Made] = {
    # by XlsxWriter
    "plain": Made(lambda: book(A, B)),
    "a title above": Made(
        lambda: titled(["重庆市质量督导员名单"], also=merged("A1:G1", "督导员名单")), ((3, "王小明"), (4, "赵六"))
    ),
    "three titles and an empty row": Made(
        lambda: titled(["附件2"], ["质量督导员申报名册"], ["填报单位：某某学校", None, None, "2026年11月"], []),
        ((6, "王小明"), (7, "赵六")),
    ),
    "headings in the tenth row": Made(lambda: titled(*[["说明"]] * 9), ((11, "王小明"), (12, "赵六"))),
    "headings in the eleventh row": Made(
        lambda: titled(*[["说明"]] * 10), refused="roster-no-headings", says="前 10 行"
    ),
    "no headings": Made(lambda: book(B, headings=A), refused="roster-no-headings"),
    "a signature below": Made(
        lambda: titled(["名单"], below=[[], ["填表人：张三", None, "审核：李四", None, "2026年11月30日"]]),
        ((3, "王小明"), (4, "赵六")),
        told=["rows-not-people"],
    ),
    "a sum and a remark below": Made(
        lambda: book(A, B, ["合计", "2人"], ["备注：以上人员均已培训"], ["（盖章）"], ["  年  月  日"]),
        told=["rows-not-people"],
        says="4、5、6、7",
    ),
    "a sum counted under the identity numbers": Made(
        lambda: book(A, B, ["合计", 2], ["总人数", 2]), told=["rows-not-people"]
    ),
    "a sum by formula": Made(
        lambda: book(A, B, ["合计"], also=cells(("write_formula", "F4", "=SUM(F2:F3)"))), told=["rows-not-people"]
    ),
    "a merged signature": Made(
        lambda: book(A, B, also=merged("A5:G5", "单位负责人（签字）：          填表人：")), told=["rows-not-people"]
    ),
    "a sentence below": Made(lambda: book(A, B, ["以上人员品行端正，符合申报条件。"]), told=["rows-not-people"]),
    "a sum between the people": Made(
        lambda: book(A, ["小计", None, None, 1], B), ((2, "王小明"), (4, "赵六")), told=["rows-not-people"]
    ),
    "headings on every page": Made(
        lambda: book(A, HEADINGS, B), ((2, "王小明"), (4, "赵六")), told=["rows-not-people"]
    ),
    "numbers typed ahead": Made(
        lambda: book([1, *A], [2, *B], [3], [4], headings=["序号", *HEADINGS]),
        told=["heading-unknown", "rows-not-people"],
    ),
    "a person who is called so": Made(lambda: book(person(name="合计"), B), ((2, "合计"), (3, "赵六"))),
    "a person without a number": Made(
        lambda: book(A, person(name="钱八", resident_id=None)), ONE, problems={3: ["cell-missing"]}
    ),
    "a hidden first sheet": Made(lambda: sheets(("2025", OLD, "hidden"), ("名单", LIST, "")), told=["sheet-hidden"]),
    "a very hidden first sheet": Made(
        lambda: sheets(("2025", OLD, "very_hidden"), ("名单", LIST, "")), told=["sheet-hidden"]
    ),
    "a hidden sheet asked for": Made(
        lambda: sheets(("2025", OLD, "hidden"), ("名单", LIST, "")), sheet="2025", refused="roster-sheet-hidden"
    ),
    "the only list hidden": Made(
        lambda: sheets(("2025", OLD, "hidden"), ("封面", [["某某学校"]], "")), refused="roster-no-headings", says="2025"
    ),
    "two lists": Made(
        lambda: sheets(("外督", LIST, ""), ("内督", OLD, "")), refused="roster-several-lists", says="“外督”、“内督”"
    ),
    "two lists, one of them named": Made(
        lambda: sheets(("内督", OLD, ""), ("外督", LIST, "")), sheet=" 外督 ", told=["sheet-unread"]
    ),
    "a list there is not": Made(
        lambda: sheets(("内督", OLD, ""), ("外督", LIST, "")),
        sheet="考评员",
        refused="roster-sheet-unknown",
        says="“内督”",
    ),
    "an empty form beside the list": Made(
        lambda: sheets(("空表", [HEADINGS], ""), ("名单", LIST, "")), told=["sheet-unread"]
    ),
    "a list of telephones beside the list": Made(
        lambda: sheets(("通讯录", [["姓名", "电话"], ["王小明", "13900000000"]], ""), ("名单", LIST, "")),
        told=["sheet-unread"],
    ),
    "a cover before the list": Made(
        lambda: sheets(("封面", [["某某学校"]], ""), ("名单", LIST, "")), told=["sheet-unread"]
    ),
    "a filter": Made(lambda: book(A, B, also=filtered), told=["rows-hidden"]),
    "comments, protection, colours": Made(lambda: book(A, B, also=comments)),
    "an inserted picture": Made(lambda: book(A, B, also=picture), told=["sheet-pictures"]),
    "numbers as texts, of full width": Made(lambda: book(person(score="８８．０"), B)),
    "a score with its unit": Made(lambda: book(person(score="88分"), B)),
    "a date as text": Made(lambda: book(person(certified_on="2026.10.10"), B)),
    "a date as Chinese text": Made(lambda: book(person(certified_on="2026年10月10日"), B)),
    "a date with two digits of the year": Made(
        lambda: book(person(certified_on="26.10.10"), B), BOTH[1:], problems={2: ["date-two-digit-year"]}
    ),
    "an identity number as a number": Made(
        lambda: book(person(resident_id=500101198505171230), B), BOTH[1:], problems={2: ["resident-id-number-cell"]}
    ),
    "a formula": Made(
        lambda: book(A, B, also=cells(("write_formula", "F2", "=80+8"))), BOTH[1:], problems={2: ["cell-formula"]}
    ),
    "an error value": Made(lambda: book(person(score="#N/A"), B), BOTH[1:], problems={2: ["cell-error"]}),
    "a merged work unit": Made(
        lambda: book(A, B, also=merged("D2:D3", "重庆市某某机械有限公司")),
        (),
        problems={2: ["cell-merged"], 3: ["cell-merged"]},
    ),
    "headings of two rows": Made(
        lambda: book([None, None, None, None, None, "分"], A, headings=HEADINGS, also=merged("A1:A2", "姓名")),
        refused="heading-merged",
        says="A1:A2",
    ),
    "a heading twice": Made(lambda: book([*A, "x"], headings=[*HEADINGS, "审核人"]), refused="heading-doubled"),
    "a heading asked as a question": Made(assessor(hr_staff="是否在职人社"), ONE),
    "headings with remarks": Made(
        assessor(theory_score="理论成绩（百分制）", resident_id="身份证号\n（18位）", name="姓　名*"), ONE
    ),
    "an unknown heading": Made(
        lambda: book([*A, "x"], headings=[*HEADINGS, "工作单位全称"]),
        ONE,
        told=["heading-unknown"],
        says="最接近的标题是“工作单位”",
    ),
    "a misspelt heading": Made(
        lambda: book([*A, "x"], headings=[*HEADINGS, "综合评审成积"]), refused="heading-misspelt"
    ),
    # by openpyxl
    "by openpyxl": Made(lambda: by_openpyxl(append())),
    "by openpyxl, written row by row": Made(written_only),
    "a table": Made(lambda: by_openpyxl(as_table)),
    "grouped and hidden columns, a name, titles to print": Made(lambda: by_openpyxl(grouped)),
    "a footer by openpyxl": Made(lambda: by_openpyxl(append([], ["制表：王五"])), told=["rows-not-people"]),
    # by hand-made XML
    "inline texts": Made(hand),
    "other names of the parts": Made(lambda: hand(name="book1.xml", sheet_folder="tables", folder="office")),
    "absolute targets": Made(lambda: hand(absolute=True)),
    "strict OOXML": Made(
        lambda: xml.workbook(
            {"名单": xml.sheet_xml(PLAIN, main=xml.STRICT_MAIN)}, main=xml.STRICT_MAIN, office=xml.STRICT_OFFICE
        )
    ),
    "a prefix before every element": Made(lambda: xml.workbook({"名单": xml.sheet_xml(PLAIN, prefix="x")})),
    "cells without references": Made(lambda: xml.workbook({"名单": xml.sheet_xml(PLAIN, references=False)})),
    "decoys under the usual names": Made(decoys),
    "parts numbered otherwise than the tabs": Made(swapped_parts, told=["sheet-hidden"]),
    "backslashes in the archive": Made(backslashes),
    "shared texts with pinyin": Made(lambda: shared(phonetic=True)),
    "shared texts in two fonts": Made(lambda: shared(rich=True)),
    "the calendar of 1904": Made(
        lambda: with_changed(
            "certified_on",
            Raw('s="1"', f"<v>{SERIAL - 1462}</v>"),
            calendar='<workbookPr date1904="1"/>',
            styles=xml.styles_of(14),
        )
    ),
    "a date in the format of WPS": Made(
        lambda: with_changed("certified_on", Raw('s="1"', f"<v>{SERIAL}</v>"), styles=xml.styles_of(31))
    ),
    "a date in a Chinese format": Made(
        lambda: with_changed(
            "certified_on", Raw('s="1"', f"<v>{SERIAL}</v>"), styles=xml.styles_of('[$-804]yyyy"年"m"月"d"日";@')
        )
    ),
    "a date as ISO 8601": Made(lambda: with_changed("certified_on", Raw('t="d"', "<v>2026-10-10T00:00:00</v>"))),
    "a date without its format": Made(
        lambda: with_changed("certified_on", SERIAL), BOTH[1:], problems={2: ["date-unreadable"]}
    ),
    "a number as it is kept": Made(lambda: with_changed("score", Raw("", "<v>87.999999999999986</v>"))),
    "a number in scientific notation": Made(lambda: with_changed("score", Raw("", "<v>8.7999999999999986E1</v>"))),
    "a picture in a cell, by Excel": Made(
        lambda: with_changed("reviewed_by", Raw('t="e" vm="1"', "<v>#VALUE!</v>")),
        BOTH[1:],
        problems={2: ["cell-picture"]},
    ),
    "a picture in a cell, by WPS": Made(
        lambda: with_changed(
            "reviewed_by", Raw('t="str"', '<f>_xlfn.DISPIMG("ID_0A1B",1)</f><v>=DISPIMG("ID_0A1B",1)</v>')
        ),
        BOTH[1:],
        problems={2: ["cell-picture"]},
    ),
    "a comment in the XML": Made(
        lambda: edited(book(A, B), "xl/worksheets/sheet1.xml", b"<sheetData>", b"<!-- x --><sheetData>")
    ),
    "empty cells with a style": Made(formatted_columns),
    "characters of no width": Made(lambda: book(person(name="王\u200b小明", kind="外\ufeff督"), B)),
    "a radical": Made(lambda: book(person(work_unit="重庆市某某机械有限公司".replace("工", "⼯")), B)),
    "an old workbook": Made(
        lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), refused="roster-xls", says="另存为 xlsx"
    ),
    "a document": Made(lambda: packed({"word/document.xml": b"<document/>"}), refused="roster-not-xlsx", says="docx"),
    # by LibreOffice
    "LibreOffice, plain": Made((LIBRE_OFFICE / "plain.xlsx").read_bytes),
    "LibreOffice, resaved": Made((LIBRE_OFFICE / "resaved.xlsx").read_bytes),
    "LibreOffice, hidden sheet and Chinese dates": Made(
        (LIBRE_OFFICE / "hidden-and-chinese-dates.xlsx").read_bytes, told=["sheet-hidden"]
    ),
}


@pytest.mark.parametrize("name", MADE)
def test_a_spreadsheet_is_read_right_or_refused_with_a_reason(name: str) -> None:
    made = MADE[name]
    if made.refused is not None:
        with pytest.raises(RosterError) as refused:
            read_roster(made.data(), sheet=made.sheet)
        assert (refused.value.code, made.says in refused.value.zh) == (made.refused, True), refused.value.zh
        return
    roster = read_roster(made.data(), sheet=made.sheet)
    read = {row.row: parse_row(row, CATALOGUE) for row in roster.open_rows}
    good = {row: one for row, one in read.items() if isinstance(one, Application)}
    assert {row: one.name for row, one in good.items()} == dict(made.people)
    assert {
        row: [problem.code for problem in one.problems] for row, one in read.items() if not isinstance(one, Application)
    } == (made.problems or {})
    assert [note.code for note in roster.notes] == list(made.told)
    assert made.says in "".join(note.zh for note in roster.notes)
    for row, one in good.items():
        assert one == expected(roster, row, one), "every cell as it was typed"


def expected(roster: Roster, row: int, one: Application) -> Application:
    """What the row was made from."""
    fields = {column.field for column in roster.columns}
    kind = "standard" if "theory_score" in fields else "external"
    typed = {**ROWS[kind], "name": one.name, "resident_id": one.resident_id}
    made = parse_row(RawRow(row, {field: cell for field, cell in typed.items() if field in fields}), CATALOGUE)
    assert isinstance(made, Application)
    assert one.resident_id in {A[1], B[1]}
    return made


def test_there_are_fifty_and_more() -> None:
    assert len(MADE) > 70
    assert sum(name.startswith("LibreOffice") for name in MADE) == 3
