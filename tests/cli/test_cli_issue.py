"""``roster-template``, ``issue`` and ``import-cards``, as a clerk uses them."""

from __future__ import annotations

import json
import zipfile
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from tests.cli.desk import (
    REVIEWED,
    TODAY,
    Cell,
    Desk,
    assessor,
    internal,
    resident_id,
    supervisor,
    write_photos,
    write_roster,
)

YY = f"{TODAY:%y}"


def test_the_answer_in_json_names_every_row(made: Desk) -> None:
    answer = json.loads((made.folder / "issued.json").read_text("utf-8"))
    assert answer["batch"] == 1
    assert answer["issued"] == [
        {"row": 2, "number": f"{YY}310020001", "name": "张伟"},
        {"row": 3, "number": f"{YY}310020002", "name": "王䶮"},
        {"row": 4, "number": f"R50{YY}0001", "name": "迪丽热巴·迪力木拉提"},
        {"row": 5, "number": f"S500123{YY}0001", "name": "李四"},
        {"row": 6, "number": f"S500888{YY}0001", "name": "冯十"},
    ]
    (refused,) = answer["refused"]
    assert refused["row"] == 7
    (problem,) = refused["problems"]
    assert set(problem) == {"field", "code", "article", "zh", "en"}
    assert (problem["field"], problem["code"], problem["article"]) == ("theory_score", "score-below-pass", "考§11")


def test_a_line_printed_narrower_is_told(made: Desk) -> None:
    """督附5: 12 pt; a line that is too long is squeezed to 90 % at most, and that is recorded."""
    answer = json.loads((made.folder / "issued.json").read_text("utf-8"))
    told = {(row["row"], problem["code"]) for row in answer["warned"] for problem in row["problems"]}
    assert {row for row, code in told if code == "text-narrowed"} == {6}
    assert {code for _, code in told} == {"text-narrowed", "photo-face-none"}, "their photographs are slopes of colour"
    report = openpyxl.load_workbook(answer["report"]).worksheets[0]
    told = {row[0].value: str(row[-1].value) for row in report.iter_rows()}
    assert "字宽印制" in told["冯十"]


def test_a_template_is_filled_in_and_issued(desk: Desk) -> None:
    desk.done("roster-template", desk.path("new.xlsx"))
    book = openpyxl.load_workbook(desk.path("new.xlsx"))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    people = (assessor("孙七", 201), internal("周八", 202))
    for row, person in enumerate(people, 2):
        for heading, value in person.items():
            sheet.cell(row, columns[heading], value)
    book.save(desk.path("new.xlsx"))
    write_photos(desk.folder / "photos", people)
    answer = desk.done("issue", desk.path("new.xlsx"), "--photos", desk.path("photos"), *REVIEWED)
    assert f"{YY}310020003" in answer.out
    assert "核发 2 张，不予核发 0 行" in answer.out
    assert "原因" not in answer.out, "no table of refusals where nothing is refused"


def test_of_several_lists_one_is_named(desk: Desk) -> None:
    people = (assessor("孙七", 201), supervisor("周八", 202))
    desk.issue(*people, words=["--dry-run"])
    book = openpyxl.load_workbook(desk.path("roster.xlsx"))
    book.copy_worksheet(book.worksheets[0]).title = "下一批"
    book.save(desk.path("two.xlsx"))
    words = ["issue", desk.path("two.xlsx"), "--photos", desk.path("photos"), *REVIEWED, "--json", "--dry-run"]
    refused = desk.run(*words)
    assert (refused.code, "roster-several-lists" in refused.err) == (1, True)
    assert "zhengka issue --sheet" in refused.err
    assert len(desk.run(*words, "--sheet", "下一批").json["issued"]) == 2


def test_a_new_job_type_is_confirmed_by_its_name(desk: Desk) -> None:
    person = assessor("孙七", 201, 职业工种="电二")
    asked = desk.issue(person)
    assert asked.json["new_job_types"] == ["电二"]
    (problem,) = asked.json["refused"][0]["problems"]
    assert (problem["code"], problem["article"]) == ("occupation-new", "考§9")
    assert "zhengka issue --new-job-type" in problem["zh"]
    assert desk.issue(person, words=["--new-job-type", "电二"]).json["issued"][0]["number"] == f"{YY}310020003"


def test_a_dry_run_says_the_same_and_spends_no_number(desk: Desk) -> None:
    person = assessor("孙七", 201)
    dry = desk.issue(person, assessor("吴九", 203, 技能成绩=10), words=["--dry-run"])
    assert dry.json["batch"] is None
    assert dry.json["issued"] == [{"row": 2, "number": None, "name": "孙七"}]
    assert [row["row"] for row in dry.json["refused"]] == [3]
    assert desk.issue(person).json["issued"][0]["number"] == f"{YY}310020003"


def test_nothing_is_issued_unless_all_rows_are_good(desk: Desk) -> None:
    people = (assessor("孙七", 201), assessor("吴九", 203, 技能成绩=10))
    answer = desk.issue(*people, words=["--all-or-nothing"])
    assert answer.code == 1
    assert answer.json["issued"] == []
    assert answer.json["batch"] is None
    told = desk.run("issue", desk.path("roster.xlsx"), "--photos", desk.path("photos"), *REVIEWED, "--all-or-nothing")
    assert "一张未发：1 行不合格" in told.out
    assert "None" not in told.out


def test_a_retry_with_its_key_gives_the_same_cards(desk: Desk) -> None:
    person = assessor("孙七", 201)
    first = desk.issue(person, words=["--key", "K1"])
    again = desk.issue(person, words=["--key", "K1"])
    assert first.json | {"report": ""} == again.json | {"report": ""}
    other = desk.issue(assessor("吴九", 203), words=["--key", "K1"])
    assert json.loads(other.err)["error"]["code"] == "idempotency-key-reused"


def test_the_report_is_corrected_and_given_again(desk: Desk) -> None:
    first = desk.issue(assessor("孙七", 201), assessor("吴九", 203, 技能成绩=10))
    report = Path(first.json["report"])
    assert report.name == "roster-report-2.xlsx", "the report of the first batch stays"
    book = openpyxl.load_workbook(report)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(3, columns["技能成绩"], 90)
    book.save(report)
    second = desk.done("issue", str(report), "--photos", desk.path("photos"), *REVIEWED, "--json")
    assert [row["row"] for row in second.json["issued"]] == [3]
    assert Path(second.json["report"]).name == "roster-report-3.xlsx"
    assert "1 rows have their card: skipped" in json.loads(second.err.splitlines()[0])["note"]["en"]


def test_a_report_never_replaces_the_roster(desk: Desk) -> None:
    before = (desk.folder / "roster.xlsx").read_bytes()
    answer = desk.run(
        "issue", desk.path("roster.xlsx"), "--photos", desk.path("photos"), "--report", desk.path("./roster.xlsx")
    )
    assert answer.refusal == "report-is-roster"
    assert (desk.folder / "roster.xlsx").read_bytes() == before


def test_no_number_is_spent_where_the_report_cannot_be_written(desk: Desk) -> None:
    person = assessor("孙七", 201)
    answer = desk.issue(person, words=["--report", desk.path("missing/report.xlsx")])
    assert answer.code == 1
    assert json.loads(answer.err)["error"]["zh"].endswith("没有这个文件或文件夹")
    assert desk.issue(person).json["issued"][0]["number"] == f"{YY}310020003"


def test_an_issuer_issues_its_own_kind_only(desk: Desk) -> None:
    """督§9: 内督 by the institution."""
    answer = desk.issue(internal("孙七", 201), assessor("吴九", 203), words=["--issuer", "500123"])
    assert [row["row"] for row in answer.json["issued"]] == [2]
    assert answer.json["refused"][0]["problems"][0]["field"] == "kind"


def test_cards_are_dated_as_asked(desk: Desk) -> None:
    day = TODAY - timedelta(days=5)
    number = desk.issue(assessor("孙七", 201), words=["--issued-on", day.isoformat()]).json["issued"][0]["number"]
    desk.done("print", number, "--out", desk.path("one.pdf"))
    card = desk.done("verify", desk.path("one.pdf"), "--json").json["card"]
    assert card["issued_on"] == day.isoformat()


def test_photos_may_come_in_a_zip_and_what_is_not_used_is_told_masked(desk: Desk) -> None:
    write_roster(desk.folder / "zipped.xlsx", [assessor("孙七", 201)])
    write_photos(desk.folder / "more", [assessor("孙七", 201), *(assessor("x", n) for n in range(301, 325, 2))])
    with zipfile.ZipFile(desk.folder / "photos.zip", "w") as archive:
        for path in (desk.folder / "more").iterdir():
            archive.write(path, path.name)
    answer = desk.done("issue", desk.path("zipped.xlsx"), "--photos", desk.path("photos.zip"), *REVIEWED)
    assert answer.err.count("照片未用到") == 10
    assert "另有 2 个文件未用到" in answer.err
    assert resident_id(301) not in answer.err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--issuer", "999999"], "issuer-unknown"),
        (["--issued-on", (TODAY + timedelta(days=1500)).isoformat()], "issued-on-after-key"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(desk: Desk, words: list[str], code: str) -> None:
    answer = desk.run("issue", desk.path("roster.xlsx"), "--photos", desk.path("photos"), *REVIEWED, *words)
    assert answer.refusal == code


def test_a_roster_that_is_none_is_refused_by_name(desk: Desk) -> None:
    for name, content in {"empty.xlsx": b"", "text.xlsx": b"name\n"}.items():
        (desk.folder / name).write_bytes(content)
        answer = desk.run("issue", desk.path(name), "--photos", desk.path("photos"))
        assert answer.refusal == "roster-not-xlsx"
        assert name in answer.err.splitlines()[0]
    assert list(desk.folder.glob("*.part")) == []


def test_photos_that_are_none_are_refused(desk: Desk) -> None:
    (desk.folder / "photos.zip").write_bytes(b"PK no zip")
    answer = desk.run("issue", desk.path("roster.xlsx"), "--photos", desk.path("photos.zip"))
    assert answer.refusal == "photos-not-zip"


@pytest.mark.parametrize(
    "words",
    [
        ["issue", "nothing.xlsx", "--photos", "."],
        ["issue", ".", "--photos", "."],
        ["issue", "roster.xlsx", "--photos", "nowhere"],
        ["issue", "roster.xlsx"],
        ["issue", "roster.xlsx", "--photos", ".", "--issued-on", "2026-13-01"],
        ["import-cards", "nothing.xlsx"],
    ],
)
def test_wrong_words_are_told_with_exit_2(desk: Desk, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    answer = desk.run(*words)
    assert answer.code == 2
    assert "Error" in answer.err


def test_a_template_overwrites_nothing(desk: Desk) -> None:
    assert desk.run("roster-template", desk.path("roster.xlsx")).refusal == "file-exists"
    assert desk.run("roster-template", desk.path("missing/new.xlsx")).refusal == "file-error"
    assert desk.done("roster-template", desk.path("new.xlsx"), "--json").json == {"file": desk.path("new.xlsx")}


def earlier(name: str, sequence: int, number: str, **cells: Cell) -> dict[str, Cell]:
    return {
        "姓名": name,
        "身份证号": resident_id(sequence),
        "类别": "考评员",
        "职业工种": "电工",
        "工作单位": "某厂",
        "证卡编号": number,
        "核发日期": date(TODAY.year - 1, 3, 4),
        **cells,
    }


def test_cards_from_before_the_system_come_in_all_or_none(desk: Desk) -> None:
    year = f"{TODAY.year - 1}"[2:]
    first, second = f"{year}310020007", f"{year}310020009"
    path = desk.folder / "earlier.xlsx"
    write_roster(path, [earlier("周一", 301, first), earlier("周二", 303, first)])
    refused = desk.run("import-cards", str(path), "--json")
    assert refused.json["imported"] == []
    assert [row["row"] for row in refused.json["refused"]] == [3]
    assert json.loads(refused.err)["error"]["code"] == "nothing-imported"
    write_roster(path, [earlier("周一", 301, first), earlier("周二", 303, second)])
    assert desk.done("import-cards", str(path), "--json").json == {"imported": [first, second], "refused": []}
    series = {one["prefix"]: one for one in desk.done("numbers", "list", "--json").json}
    assert series[f"{year}31002"]["last"] == 9
    assert desk.run("import-cards", desk.path("roster.xlsx")).refusal == "heading-missing"


def test_a_mistyped_number_is_confirmed_by_its_prefix(desk: Desk) -> None:
    """考附2, 督附3."""
    year = f"{TODAY.year - 1}"[2:]
    path = desk.folder / "mistyped.xlsx"
    write_roster(path, [earlier("周三", 305, f"{year}310029990")])
    refused = desk.run("import-cards", str(path))
    assert refused.refusal == "import-passes-numbers"
    assert f"--confirm-prefix {year}31002" in refused.err
    assert desk.done("import-cards", str(path), "--confirm-prefix", f"{year}31002", "--json").json["imported"]


def test_a_unit_too_long_for_the_code_is_printed_and_left_out_of_it(desk: Desk) -> None:
    answer = desk.issue(supervisor("孙七", 201, 工作单位="重庆市" + "某" * 30 + "公司"))
    (issued,) = answer.json["issued"]
    assert answer.json["warned"][0]["problems"][0]["code"] == "work-unit-not-in-code"
    desk.done("print", issued["number"], "--out", desk.path("one.pdf"))
    assert desk.done("verify", desk.path("one.pdf"), "--json").json["verdict"] == "valid"


def test_a_unit_that_fits_no_card_is_refused_before_a_number_is_spent(desk: Desk) -> None:
    answer = desk.issue(supervisor("孙七", 201, 工作单位="重" * 90))
    assert answer.code == 1
    assert answer.json["refused"][0]["problems"][0]["field"] == "work_unit"
    assert answer.json["warned"] == []  # it is not said to be printed, either


def test_forgotten_reviewers_are_one_error_about_the_batch(desk: Desk) -> None:
    """督§6, 考§7(1)."""
    people = [supervisor("孙七", 201), *(assessor("周八", 202 + person) for person in range(13))]
    desk.issue(*people, words=["--dry-run"])
    answer = desk.run("issue", desk.path("roster.xlsx"), "--photos", desk.path("photos"))
    assert answer.refusal == "reviewer-missing"
    assert answer.err.count("审核人") < 5
    assert "14 行（第 2、3、4、5、6……" in answer.err
