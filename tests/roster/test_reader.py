from __future__ import annotations

from datetime import date

import pytest
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from service.domain.application import Application, Cell, parse_row
from service.domain.application.headings import HEADINGS as ALL
from service.domain.application.headings import canonical_heading, field_of_heading, fields_by_heading
from service.roster.errors import HeadingsRefused, RosterError
from service.roster.heading_row import nearest_field
from service.roster.reader import Roster, read_roster
from tests.domain.applicants import CATALOGUE, ROWS
from tests.roster.books import FIELDS, HEADINGS, SHEET, book, edited, packed, parts, person


def refusal(data: bytes) -> str:
    with pytest.raises(RosterError) as refused:
        read_roster(data)
    assert refused.value.zh
    assert refused.value.en
    return refused.value.code


def row_problems(roster: Roster) -> dict[int, list[tuple[str, str]]]:
    return {row.raw.row: [(p.field, p.code) for p in row.raw.problems] for row in roster.rows if row.raw.problems}


def notes(roster: Roster) -> list[str]:
    return [note.code for note in roster.notes]


def test_a_good_roster_is_read_and_parsed() -> None:
    roster = read_roster(book(person(), person(name="赵六")))
    assert [row.row for row in roster.open_rows] == [2, 3]
    assert roster.notes == ()
    read = [parse_row(row, CATALOGUE) for row in roster.open_rows]
    assert [row.name for row in read if isinstance(row, Application)] == ["王小明", "赵六"]


@pytest.mark.parametrize("kind", ROWS)
def test_every_column_keeps_its_type(kind: str) -> None:
    fields = [heading.field for heading in ALL]
    cells = [ROWS[kind].get(field) for field in fields]
    roster = read_roster(book(cells, headings=[heading.zh for heading in ALL]))
    assert roster.open_rows[0].cells == dict(zip(fields, cells, strict=True))


@pytest.mark.parametrize(
    "headings",
    [
        FIELDS,
        [field.upper() for field in FIELDS],
        ["姓 名", " 身份证号 ", "类别*", "work_unit", "认证日期\n", "Score", "审核人"],
        ["姓名", "公民身份号码", "类别", "工作单位", "认证日期", "认证成绩", "审核人"],
    ],
)
def test_headings_in_either_language_are_understood(headings: list[str]) -> None:
    assert read_roster(book(person(), headings=headings)).open_rows[0].cells["name"] == "王小明"


def test_empty_rows_are_skipped_and_rows_keep_their_numbers() -> None:
    roster = read_roster(book(person(), [], [None] * 7, person(name="赵六")))
    assert [row.row for row in roster.open_rows] == [2, 5]


def test_what_nobody_asked_for_is_reported_and_not_used() -> None:
    def second_sheet(workbook: Workbook, _sheet: Worksheet) -> None:
        workbook.add_worksheet("旧名单").write_string(0, 0, "姓名")
        workbook.add_worksheet("填表说明").write_string(0, 0, "说明")

    headings = [*HEADINGS, "备注", None]
    roster = read_roster(book([*person(), "x", "y"], headings=headings, also=second_sheet))
    assert notes(roster) == ["heading-unknown", "heading-empty", "sheet-unread"]
    assert "备注" in roster.notes[0].zh
    assert "H 列" in roster.notes[0].zh
    assert "旧名单" in roster.notes[2].zh
    assert "备注" not in roster.open_rows[0].cells


def test_the_first_sheet_with_headings_is_the_roster() -> None:
    def instructions_first(workbook: Workbook, _sheet: Worksheet) -> None:
        workbook.add_worksheet("封面").write_string(0, 0, "重庆市某某职业技能培训学校")

    data = book(person(), also=instructions_first)
    content = parts(data)
    swapped = content | {
        "xl/worksheets/sheet1.xml": content["xl/worksheets/sheet2.xml"],
        "xl/worksheets/sheet2.xml": content["xl/worksheets/sheet1.xml"],
    }
    roster = read_roster(packed(swapped))
    assert roster.sheet == "封面"
    assert roster.open_rows[0].row == 2


def test_hidden_rows_are_read_and_told() -> None:
    roster = read_roster(
        book(person(), person(name="赵六"), also=lambda _w, s: s.set_row(2, None, None, {"hidden": True}))
    )
    assert len(roster.open_rows) == 2
    assert notes(roster) == ["rows-hidden"]


@pytest.mark.parametrize(
    ("headings", "codes"),
    [
        (HEADINGS[1:] + HEADINGS[5:6], {"heading-missing", "heading-doubled"}),
        (("姓名", "身份证号"), {"heading-missing"}),
        ((*HEADINGS[:6], "审核 人", "reviewed_by"), {"heading-doubled"}),
        ((*HEADINGS, "综合评审成积"), {"heading-misspelt"}),
        ((*HEADINGS, "证卡号"), {"heading-misspelt"}),
    ],
)
def test_a_heading_row_is_refused_with_all_that_is_wrong(headings: tuple[str, ...], codes: set[str]) -> None:
    with pytest.raises(HeadingsRefused) as refused:
        read_roster(book(person(), headings=headings))
    assert {problem.code for problem in refused.value.problems} == codes
    assert all(problem.zh in refused.value.zh for problem in refused.value.problems)


def test_every_missing_heading_is_named() -> None:
    with pytest.raises(HeadingsRefused) as refused:
        read_roster(book(["王小明", "x"], headings=["姓名", "备注", "电话"]))
    assert [p.field for p in refused.value.problems] == ["resident_id", "kind", "work_unit", "certified_on"]


def test_a_sheet_without_headings_is_no_roster() -> None:
    assert refusal(book(person(), headings=["2026 年督导员名单"])) == "roster-no-headings"
    assert refusal(book(headings=[])) == "roster-no-headings"


def test_a_roster_without_people_is_refused() -> None:
    assert refusal(book()) == "roster-empty"


def test_merged_headings_are_refused() -> None:
    with pytest.raises(HeadingsRefused) as refused:
        read_roster(book(person(), headings=HEADINGS, also=lambda _w, s: s.merge_range("G1:H1", "审核人")))
    assert [p.code for p in refused.value.problems] == ["heading-merged"]
    assert "G1:H1" in refused.value.zh


def test_a_formula_is_refused_by_its_cell_whatever_its_last_result() -> None:
    def formulas(_workbook: Workbook, sheet: Worksheet) -> None:
        sheet.write_formula("F2", "=40+40", None, 80)
        sheet.write_formula("A3", "=A2", None, "王小明")
        sheet.write_formula("H4", "=1", None, 1)

    roster = read_roster(book(person(), person(), person(), headings=[*HEADINGS, "备注"], also=formulas))
    assert row_problems(roster) == {2: [("score", "cell-formula")], 3: [("name", "cell-formula")]}
    assert "F2" in roster.rows[0].raw.problems[0].zh
    assert "score" not in roster.rows[0].raw.cells


def test_a_row_of_nothing_but_a_formula_is_not_skipped() -> None:
    def formula(_workbook: Workbook, sheet: Worksheet) -> None:
        sheet.write_formula("A3", '=""', None, "")

    roster = read_roster(book(person(), also=formula))
    assert row_problems(roster) == {3: [("name", "cell-formula")]}


def test_the_cells_an_array_formula_fills_are_refused_too() -> None:
    def formula(_workbook: Workbook, sheet: Worksheet) -> None:
        sheet.write_array_formula("F2:F3", "{=40+40}", None, 80)
        sheet.write_number("F3", 80)

    roster = read_roster(book(person(), person(), also=formula))
    assert row_problems(roster) == {2: [("score", "cell-formula")], 3: [("score", "cell-formula")]}


def test_error_values_and_their_texts_are_refused() -> None:
    data = book(person(score="#N/A"), person(name="#公式"), person(score=77))
    data = edited(data, SHEET, b"<v>77</v>", b"<v>#REF!</v>")
    data = edited(data, SHEET, b'<c r="F4"', b'<c r="F4" t="e"')
    assert row_problems(read_roster(data)) == {
        2: [("score", "cell-error")],
        3: [("name", "cell-error")],
        4: [("score", "cell-error")],
    }


def test_merged_cells_refuse_every_row_they_touch() -> None:
    roster = read_roster(
        book(person(), person(), person(), also=lambda _w, s: s.merge_range("D2:D3", "重庆市某某机械有限公司"))
    )
    assert row_problems(roster) == {2: [("work_unit", "cell-merged")], 3: [("work_unit", "cell-merged")]}
    assert "D2:D3" in roster.rows[0].raw.problems[0].zh


def test_a_merge_down_the_whole_sheet_makes_no_rows() -> None:
    data = edited(
        book(person(), also=lambda _w, s: s.merge_range("D2:D3", "x")), SHEET, b'ref="D2:D3"', b'ref="D2:D1048576"'
    )
    assert [row.row for row in read_roster(data).open_rows] == [2]


def test_a_time_of_day_is_refused() -> None:
    def time_of_day(workbook: Workbook, sheet: Worksheet) -> None:
        sheet.write_number("E2", 0.5, workbook.add_format({"num_format": "hh:mm"}))

    assert row_problems(read_roster(book(person(), also=time_of_day))) == {2: [("certified_on", "cell-time")]}


@pytest.mark.parametrize(("value", "code"), [(b"NaN", "cell-error"), (b"inf", "cell-error")])
def test_numbers_without_a_value_are_refused(value: bytes, code: str) -> None:
    data = edited(book(person(score=77)), SHEET, b"<v>77</v>", b"<v>" + value + b"</v>")
    assert row_problems(read_roster(data)) == {2: [("score", code)]}


def test_an_identity_number_stored_as_a_number_is_refused_with_its_row() -> None:
    roster = read_roster(book(person(resident_id=500101198505171230)))
    read = parse_row(roster.open_rows[0], CATALOGUE)
    assert not isinstance(read, Application)
    assert [(read.row, p.field, p.code) for p in read.problems] == [(2, "resident_id", "resident-id-number-cell")]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("已发证", True),
        ("未通过", False),
        (None, False),
    ],
)
def test_a_row_that_has_its_card_is_not_issued_again(cell: Cell, *, read: bool) -> None:
    headings = [*HEADINGS, "处理结果", "已发证卡编号", "问题说明"]
    roster = read_roster(book([*person(), cell, "R50260001", "x"], headings=headings))
    assert [row.issued_number for row in roster.done_rows] == (["R50260001"] if read else [])
    assert len(roster.open_rows) == (0 if read else 1)
    assert roster.rows[0].issued_number == ("R50260001" if read else None)
    assert roster.notes == ()
    assert all(field not in row.raw.cells for row in roster.rows for field in ("result", "issued_number", "problems"))


def test_dates_of_the_1904_calendar_are_read() -> None:
    data = book(person(certified_on=date(2026, 10, 10)))
    content = parts(data)
    workbook = content["xl/workbook.xml"].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    read = read_roster(packed(content | {"xl/workbook.xml": workbook})).open_rows[0].cells["certified_on"]
    assert read == date(2030, 10, 11)  # 1,462 days later: the file says so


@pytest.mark.parametrize(
    ("field", "headings"),
    [
        ("skill_score", ["实操", "实操（60%）", "实操成绩", "实操考核得分", "技能操作成绩", "操作技能", "应会"]),
        ("theory_score", ["理论", "理论分数", "理论 (百分制)", "理论知识考试成绩", "应知", "应知成绩"]),
        ("review_score", ["综合评审", "评审成绩"]),
        ("resident_id", ["身份证", "居民身份证号码"]),
        ("occupations", ["职业/工种", "职业(工种)"]),
        ("phone", ["手机号码", "联系方式"]),
        ("photo", ["相片", "照片文件名"]),
        (None, ["成绩", "单位", "技能", "推荐日期"]),
    ],
)
def test_headings_in_the_words_of_offices_are_understood(field: str | None, headings: list[str]) -> None:
    assert [field_of_heading(text, fields_by_heading(ALL)) for text in headings] == [field] * len(headings)


def test_no_heading_means_two_things() -> None:
    meant = {(canonical_heading(text), one.field) for one in ALL for text in (one.field, one.zh, *one.aliases)}
    assert len(meant) == len(dict(meant))


def test_of_two_headings_as_near_the_mandatory_one_is_meant() -> None:
    assert nearest_field("单位", ALL) == "work_unit"
    assert nearest_field("推荐的单位", ALL) == "recommended_by"
    assert nearest_field("籍贯", ALL) is None
