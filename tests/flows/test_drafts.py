"""Batches at work: begun, read from a spreadsheet, judged and edited in place, by whoever of the body is at work."""

from __future__ import annotations

import pytest
from msgspec import structs

from service.domain.draft_state import DraftState
from service.flows.drafts.desk import (
    change_settings,
    colleagues,
    create_draft,
    draft_of,
    drop_draft,
    hand_over,
    list_drafts,
    row_of,
)
from service.flows.drafts.draft_requests import Columns, DraftSettings, Filling, NewDraft, RosterFile, RowEdit
from service.flows.drafts.rosters import map_columns, mapping_of, read_roster_into, take_rows
from service.flows.drafts.rows import add_row, edit_row, fill_rows, put_back, remove_rows
from service.flows.drafts.views import RowState
from service.flows.errors import Refused
from service.roster.survey import How
from service.store import batches
from tests.flows.drafts_at_work import NAME, book_of, clerk, clerk_of, sheet_of
from tests.flows.office import Office, applicant, name_of, resident_id
from tests.flows.people_at_work import hire


def test_a_draft_is_its_bodys_and_nobody_elses(lite: Office) -> None:
    hire(lite, "centre", "school", "factory")
    centre, school = clerk_of(lite, "centre"), clerk_of(lite, "school")
    own = centre.begin()
    (line,) = list_drafts(lite.register, centre.principal)
    assert (line.id, line.name, line.state, line.holder, line.is_mine) == (
        own,
        NAME,
        DraftState.OPEN,
        "王小明（centre）",
        True,
    )
    assert list_drafts(lite.register, school.principal) == ()
    for identity in (own, own + 1):
        with pytest.raises(Refused) as refused:
            draft_of(lite.register, school.principal, identity)
        assert refused.value.code == "no-such-batch"
    drop_draft(lite.register, centre.principal, own)
    assert list_drafts(lite.register, centre.principal) == ()
    with pytest.raises(Refused, match="no batch"):
        centre.view(own)


def test_drafts_and_batches_share_one_series_of_ids(office: Office) -> None:
    """A draft gets the id that its batch will have, and a batch from elsewhere never gets it."""
    who = clerk(office)
    first = who.begin()
    issued = office.issue(applicant("external", 1), key="one").batch
    second = who.begin()
    assert len({first, issued, second}) == 3
    assert office.issue(applicant("external", 1), key="one").batch == issued
    with office.register.database.read() as connection:
        assert batches.get(connection, first) is None
    lines = list_drafts(office.register, who.principal)
    assert [(line.id, line.state) for line in lines] == [
        (second, DraftState.OPEN),
        (issued, DraftState.ISSUED),
        (first, DraftState.OPEN),
    ]


def test_a_batch_is_handed_to_a_colleague_of_the_same_body_only(lite: Office) -> None:
    hire(lite, "centre", "school")
    centre = clerk_of(lite, "centre")
    own = centre.begin()
    assert colleagues(lite.register, centre.principal) == ()
    with pytest.raises(Refused) as refused:
        hand_over(lite.register, centre.principal, own, "school")
    assert refused.value.code == "hand-over-account"
    hand_over(lite.register, centre.principal, own, "centre")
    assert centre.view(own).holder == "王小明（centre）"


def test_a_sloppy_spreadsheet_is_mapped_once_and_remembered(lite: Office) -> None:
    """Titles stand above, a sheet is hidden, headings are called otherwise: what nobody knows is asked about once."""
    who = clerk(lite)
    row = applicant("external", 1)
    headings = ["序号", "姓名", "身份证号码", "申报类别", "单位", "认证成绩", "认证日期"]
    cells = [1, *(row.cells[field] for field in ("name", "resident_id", "kind", "work_unit", "score", "certified_on"))]
    book = sheet_of(["报名汇总表", "2026 年第二批"], headings, [cells], hidden="旧数据")
    identity = who.begin()
    view = read_roster_into(lite.register, who.principal, identity, RosterFile("C:\\fakepath\\名单.xlsx", book))
    assert (view.file_name, view.sheet, view.people, view.hidden) == ("名单.xlsx", "报名表", 1, ("旧数据",))
    assert [(column.letter, column.field, column.how) for column in view.columns] == [
        ("A", None, How.IGNORED),
        ("B", "name", How.SAME),
        ("C", "resident_id", How.ALIAS),
        ("D", None, How.UNKNOWN),
        ("E", None, How.UNKNOWN),
        ("F", "score", How.SAME),
        ("G", "certified_on", How.SAME),
    ]
    assert view.columns[2].first == (f"{resident_id(1)[:3]}***********{resident_id(1)[-4:]}",)
    assert [field.field for field in view.missing] == ["kind", "work_unit", "applied_on"]
    columns = Columns(
        fields={3: "kind", 4: "work_unit"},
        filled={"applied_on": "2026-09-01"},
        remember=frozenset({3, 4}),
    )
    chosen = map_columns(lite.register, who.principal, identity, columns)
    assert [column.how for column in chosen.columns][3:5] == [How.CHOSEN, How.CHOSEN]
    assert [field.field for field in chosen.missing] == ["applied_on"]
    take_rows(lite.register, who.principal, identity)
    assert who.codes(identity) == {4: ["photo-missing"]}

    again = who.begin()
    view = read_roster_into(lite.register, who.principal, again, RosterFile("b.xlsx", book))
    assert [column.how for column in view.columns][3:5] == [How.REMEMBERED, How.REMEMBERED]
    assert mapping_of(lite.register, who.principal, again).columns[3].field == "kind"


def test_two_columns_are_not_read_as_one_field(lite: Office) -> None:
    who = clerk(lite)
    identity = who.begin()
    book = book_of([applicant("external", 1)])
    view = read_roster_into(lite.register, who.principal, identity, RosterFile("a.xlsx", book))
    unit = next(column.index for column in view.columns if column.field == "work_unit")
    doubled = map_columns(lite.register, who.principal, identity, Columns(fields={unit: "name"}))
    assert [problem.code for problem in doubled.problems] == ["heading-doubled"]
    with pytest.raises(Refused) as refused:
        take_rows(lite.register, who.principal, identity)
    assert refused.value.code == "heading-doubled"


def test_a_row_is_judged_again_with_those_it_touches(lite: Office) -> None:
    """The same person twice: mended in one row, the other is good at once; nobody else is looked at."""
    who = clerk(lite)
    identity = who.begin(applicant("external", 1, 2), applicant("external", 1, 3), applicant("external", 4, 4))
    assert who.codes(identity) == {2: ["photo-missing"], 3: ["photo-missing", "row-doubled"], 4: ["photo-missing"]}
    version = who.row(identity, 2).version
    typed = {"resident_id": resident_id(9), "name": name_of(9)}
    edit_row(lite.register, who.principal, identity, RowEdit(2, typed, version))
    assert who.codes(identity) == {2: ["photo-missing"], 3: ["photo-missing"], 4: ["photo-missing"]}
    with pytest.raises(Refused) as refused:
        edit_row(lite.register, who.principal, identity, RowEdit(2, typed, version))
    assert refused.value.code == "draft-changed"

    typed = {"resident_id": resident_id(1), "name": name_of(1)}
    edit_row(lite.register, who.principal, identity, RowEdit(2, typed, who.row(identity, 2).version))
    assert "row-doubled" in who.codes(identity)[3]
    remove_rows(lite.register, who.principal, identity, [2])
    assert who.codes(identity)[3] == ["photo-missing"]
    put_back(lite.register, who.principal, identity, [2])
    assert "row-doubled" in who.codes(identity)[3]
    assert [row.state for row in who.view(identity).rows] == [RowState.PROBLEM] * 3


def test_one_person_needs_no_spreadsheet(lite: Office) -> None:
    who = clerk(lite)
    identity = who.begin()
    cells = {field: str(cell) for field, cell in applicant("external", 1).cells.items()}
    row = add_row(lite.register, who.principal, identity, {**cells, "score": "59"})
    assert len(who.codes(identity)[row]) == 2
    fill_rows(lite.register, who.principal, identity, Filling([row], "score", "88"))
    assert who.codes(identity) == {row: ["photo-missing"]}
    shown = who.row(identity, row)
    masked = f"{resident_id(1)[:3]}***********{resident_id(1)[-4:]}"
    assert (shown.name, shown.resident_id) == (name_of(1), masked)
    view = row_of(lite.register, who.principal, identity, row)
    cells_shown = {cell.field: cell for cell in view.cells}
    assert (cells_shown["resident_id"].value, cells_shown["resident_id"].is_masked) == (masked, True)
    assert [problem.code for problem in cells_shown["photo"].problems] == ["photo-missing"]
    assert (cells_shown["score"].value, cells_shown["theory_score"].concerns) == ("88", False)
    assert view.derived == "男，申报时 51 周岁"


def test_a_reviewer_is_asked_for_once_for_the_batch(lite: Office) -> None:
    who = clerk(lite)
    identity = who.begin(applicant("external", 1), applicant("external", 2))
    assert who.view(identity).needs_reviewer
    settings = DraftSettings(name="新名称", reviewed_by="李审核")
    change_settings(
        lite.register, who.principal, identity, structs.replace(settings, version=who.view(identity).version)
    )
    view = who.view(identity)
    assert (view.name, view.reviewed_by, view.needs_reviewer) == ("新名称", "李审核", False)
    with pytest.raises(Refused, match="just changed"):
        change_settings(lite.register, who.principal, identity, structs.replace(settings, version=1))
    assert create_draft(lite.register, who.principal, NewDraft("x")) > identity
