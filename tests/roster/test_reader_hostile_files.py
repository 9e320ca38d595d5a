"""What a stranger may send as a roster: every file is read or refused by name, whatever is in it."""

from __future__ import annotations

import io
import random
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.roster.errors import RosterError
from service.roster.reader import read_roster
from service.roster.workbook import MAX_ROWS
from tests.roster.books import SHEET, book, edited, packed, parts, person

GOOD = book(person(), person(name="赵六"))
OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")


def refusal(data: bytes) -> str:
    with pytest.raises(RosterError) as refused:
        read_roster(data)
    assert refused.value.zh
    assert refused.value.en
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "roster-not-xlsx"),
        ("姓名,身份证号\n".encode("gbk"), "roster-not-xlsx"),
        (b"<html><table></table></html>", "roster-not-xlsx"),
        (GOOD[:-30], "roster-not-xlsx"),
        (OLE2 + bytes(600), "roster-xls"),
        (OLE2 + "EncryptedPackage".encode("utf-16-le"), "roster-encrypted"),
        (
            packed({"content.xml": b"", "mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
            "roster-not-xlsx",
        ),
        (packed({"xl/workbook.bin": b""}), "roster-not-xlsx"),
        (packed({"a.jpg": b""}), "roster-not-xlsx"),
        (packed(parts(GOOD) | {"xl/vbaProject.bin": b"x"}), "roster-macros"),
        (packed({k: v for k, v in parts(GOOD).items() if "workbook.xml.rels" not in k}), "roster-damaged"),
    ],
)
def test_files_that_are_no_rosters_are_named(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_password_on_the_zip_is_named() -> None:
    data = bytearray(GOOD)
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1  # APPNOTE 4.4.4: bit 0 of the general purpose flags
    assert refusal(bytes(data)) == "roster-encrypted"


def test_a_bomb_is_refused_by_its_ratio() -> None:
    bomb = parts(GOOD) | {"xl/theme/theme9.xml": bytes(30 << 20)}
    assert refusal(packed(bomb)) == "roster-zip-bomb"


def test_a_bomb_is_refused_by_its_size() -> None:
    head = zipfile.ZipInfo("xl/x.xml")
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(head, b"x")
    data = bytearray(out.getvalue())
    at = data.rfind(b"PK\x01\x02")
    data[at + 20 : at + 28] = struct.pack("<II", 100 << 20, 1 << 30)  # 100 MiB that inflate to 1 GiB
    assert refusal(bytes(data)) == "roster-zip-bomb"


def test_a_bomb_is_refused_by_its_number_of_files() -> None:
    assert refusal(packed({f"xl/{i}.xml": b"" for i in range(2_100)})) == "roster-zip-bomb"


def test_a_size_that_lies_is_refused() -> None:
    data = bytearray(packed(parts(GOOD), zipfile.ZIP_DEFLATED))
    at = data.find(b"PK\x01\x02")
    while data[at + 46 :].find(SHEET.encode()) != 0:
        at = data.find(b"PK\x01\x02", at + 4)
    data[at + 24 : at + 28] = struct.pack("<I", 10)  # the declared inflated size
    assert refusal(bytes(data)) == "roster-damaged"


def test_a_part_without_a_name_is_nothing_to_stumble_over() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr("x", b"")
    data = bytearray(out.getvalue())
    at = data.rfind(b"PK\x01\x02")
    data[at + 28 : at + 30] = b"\0\0"  # the name's length
    data[at + 30 : at + 32] = b"\1\0"  # its one byte becomes an extra field
    is_read_or_refused(bytes(data))


def test_other_compressions_are_refused() -> None:
    assert refusal(packed(parts(GOOD), zipfile.ZIP_LZMA)) == "roster-compression"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as package:
        package.writestr(SHEET, parts(GOOD)[SHEET])
    assert refusal(out.getvalue()) == "roster-damaged"


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
)
def test_no_part_may_declare_a_document_type(part: str) -> None:
    entity = b'?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    data = edited(GOOD, part, b"?>", entity)
    with pytest.raises(RosterError, match="document type"):
        read_roster(data)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_xml_in_another_encoding_is_refused(encoding: str) -> None:
    content = parts(GOOD)
    text = content[SHEET].decode().replace('encoding="UTF-8"', f'encoding="{encoding}"')
    assert refusal(packed(content | {SHEET: text.encode(encoding)})) == "roster-damaged"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="A1"', b'r="XFD1048576"'),  # another row than its row element: laid out densely it would fill the memory
        (b'r="A1"', b'r="a1"'),
        (b'r="A1"', b'r="A0"'),
        (b'r="A1"', b'r=""'),
        (b'<row r="1"', b'<row r="0"'),
        (b'<row r="1"', b'<row r="-1"'),
        (b'<row r="1"', b'<row r="9999999999"'),
        (b'<row r="2"', b'<row r="3"'),
        (b'r="A1" t="s"', b'r="A1" t="zz"'),
        (b"<v>0</v>", b"<v>99999</v>"),
        (b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:"/></mergeCells>'),
        (b"</sheetData>", b"</sheetData><mergeCells><mergeCell/></mergeCells>"),
    ],
)
def test_a_sheet_whose_cells_contradict_each_other_is_refused(old: bytes, new: bytes) -> None:
    assert refusal(edited(GOOD, SHEET, old, new)) == "roster-damaged"


@pytest.mark.parametrize(
    ("row", "cell"), [(1_048_576, "A1048576"), (MAX_ROWS + 1, f"B{MAX_ROWS + 1}"), (9, "XFD9"), (9, "JA9")]
)
def test_a_cell_far_away_is_refused_before_the_sheet_is_laid_out(row: int, cell: str) -> None:
    far = f'<row r="{row}"><c r="{cell}"><v>1</v></c></row></sheetData>'.encode()
    assert refusal(edited(GOOD, SHEET, b"</sheetData>", far)) == "roster-too-large"


@pytest.mark.parametrize(
    ("part", "attribute"),
    [("xl/sharedStrings.xml", b'uniqueCount="'), ("xl/sharedStrings.xml", b' count="'), ("xl/styles.xml", b'count="')],
)
def test_a_declared_count_reserves_no_memory(part: str, attribute: bytes) -> None:
    """The spreadsheet library would ask for terabytes and end the process."""
    with pytest.raises(RosterError, match="bad count"):
        read_roster(edited(GOOD, part, attribute, attribute + b"9999999999"))


def test_too_many_merged_cells_are_refused() -> None:
    merges = b"".join(b'<mergeCell ref="A2:IV20000"/>' for _ in range(20))
    far = b'<row r="20000"><c r="IV20000"><v>1</v></c></row></sheetData><mergeCells>' + merges + b"</mergeCells>"
    assert refusal(edited(GOOD, SHEET, b"</sheetData>", far)) == "roster-merged-cells"


@pytest.mark.parametrize("target", ["../../etc/passwd", "/etc/passwd", "", "worksheets/sheet9.xml", "styles.xml"])
def test_a_sheet_is_looked_for_in_its_folder_only(target: str) -> None:
    data = edited(GOOD, "xl/_rels/workbook.xml.rels", b"worksheets/sheet1.xml", target.encode())
    assert refusal(data) in {"roster-no-headings", "roster-damaged"}


def test_two_sheets_of_one_name_are_refused() -> None:
    data = book(person(), also=lambda workbook, _sheet: workbook.add_worksheet("名单2"))
    assert refusal(edited(data, "xl/workbook.xml", "名单2".encode(), "名单".encode())) == "roster-damaged"


def test_a_part_that_is_not_read_may_be_anything() -> None:
    assert read_roster(packed(parts(GOOD) | {"xl/theme/theme1.xml": b"<broken"})).rows


def is_read_or_refused(data: bytes) -> None:
    try:
        read_roster(data)
    except RosterError:
        return


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    is_read_or_refused(data)
    is_read_or_refused(b"PK\x03\x04" + data)


def test_any_damage_to_the_file_is_read_or_refused() -> None:
    rng = random.Random(20260302)
    for _ in range(600):
        data = bytearray(GOOD)
        for _ in range(rng.choice((1, 1, 2, 8))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        is_read_or_refused(bytes(data))


def test_any_damage_to_a_part_is_read_or_refused() -> None:
    rng = random.Random(20260303)
    content = parts(GOOD)
    names = [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"]
    snippets = [
        b"<",
        b">",
        b'"',
        b"/>",
        b"<f>1</f>",
        b't="e"',
        b"\xff",
        b"\x00",
        b"-",
        b"999999999999",
        b"<c><v>",
        b"s",
        b"&x;",
    ]
    for _ in range(900):
        name = rng.choice(names)
        data = bytearray(content[name])
        for _ in range(rng.choice((1, 1, 3))):
            at = rng.randrange(len(data))
            if rng.random() < 0.5:
                data[at : at + rng.choice((0, 1, 5))] = rng.choice(snippets)
            else:
                data[at] = rng.randrange(256)
        is_read_or_refused(packed(content | {name: bytes(data)}, zipfile.ZIP_STORED))
