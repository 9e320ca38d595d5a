"""``assessment``: what an office does from the plan to the record."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from pdfminer.high_level import extract_text

from tests.cli.desk import SCHOOL, TODAY, Answer, Desk

YY = f"{TODAY:%y}"
ASSESSOR = f"{YY}310020001"
EXTERNAL = f"R50{YY}0001"
INTERNAL = f"S500123{YY}0001"
JOB = "电工/3/theory,skill/candidates=24"
WHEN = f"{TODAY} 23:59"  # roll-call is on the assessment's day, whatever hour the test runs at


def plan(desk: Desk, *more: str) -> Answer:
    return desk.run(
        *("assessment", "plan", "--institution", SCHOOL, "--starts-at", WHEN, "--plan", "第三批", "--place", "实训楼"),
        *("--job", JOB, *more),
    )


def planned(desk: Desk) -> str:
    people = (f"leader={ASSESSOR}", f"internal={INTERNAL}", "现场负责人=何负责", "staff=钱考务")
    answer = plan(desk, *(word for one in people for word in ("--person", one)), "--json")
    assert answer.code == 0, answer
    return str(answer.json["assessment"])


def test_a_plan_says_at_once_what_it_lacks(desk: Desk) -> None:
    """考§6, 考§14(5): one assessor is neither three nor two."""
    answer = plan(desk, "--person", f"leader={ASSESSOR}", "--person", f"internal={INTERNAL}")
    assert answer.code == 0
    assert "人员不足 short" in answer.out
    assert "现场负责人" in answer.out
    told = plan(desk, "--person", f"leader={ASSESSOR}", "--json").json["plan_check"]
    short = {one["rule"]: one["article"] for one in told["rulings"] if one["outcome"] == "short"}
    assert short == {
        "skill-assessors": "考§6",
        "theory-markers": "考§14(5)",
        "on-site-head": "督附1",
        "internal-supervisor": "督附1",
    }


def test_an_assessment_is_listed_checked_called_and_cancelled(desk: Desk) -> None:
    identity = planned(desk)
    (listed,) = desk.done("assessment", "list", "--institution", SCHOOL, "--on", f"{TODAY}", "--json").json
    assert (listed["plan"], listed["on"]) == ("第三批", f"{TODAY}")
    assert "第三批" in desk.done("assessment", "list").out
    assert desk.done("assessment", "list", "--on", "2020-01-01", "--json").json == []
    assert "何负责" in desk.done("assessment", "check", identity).out
    called = desk.done("assessment", "roll-call", identity, desk.texts[ASSESSOR], "何负责", "--json").json
    came = {one["name"]: one["came_at"] is not None for one in called["people"]}
    assert sorted(came.values()) == [False, False, True, True]
    by_lines = desk.done("assessment", "roll-call", identity, "-", "--json", stdin=f"{INTERNAL}\n\n钱考务\n").json
    assert all(one["came_at"] for one in by_lines["people"])
    short = {one["rule"] for one in by_lines["roll_call"]["rulings"] if one["outcome"] == "short"}
    assert short - {"internal-in-time"} == {"skill-assessors", "theory-markers"}, "late only in the day's last hour"
    assert "钱考务" in desk.done("assessment", "roll-call", identity).out, "without names it tells who has come"
    assert desk.done("assessment", "cancel", identity, "--reason", "停电", "--json").json["cancelled_on"] == f"{TODAY}"
    assert desk.run("assessment", "roll-call", identity, "何负责").refusal == "assessment-cancelled"


def test_somebody_unplanned_is_called_with_a_role(desk: Desk) -> None:
    identity = planned(desk)
    assert desk.run("assessment", "roll-call", identity, EXTERNAL).refusal == "assessment-person"
    told = desk.done("assessment", "roll-call", identity, EXTERNAL, "--as", "external", "--json").json
    assert (told["people"][-1]["role"], told["people"][-1]["is_planned"]) == ("external", False)
    assert desk.run("assessment", "roll-call", identity, "陌生人").refusal == "assessment-person"
    assert desk.run("assessment", "roll-call", identity, "https://evil.example/1#123").refusal == "assessment-person"


def test_people_come_from_a_spreadsheet_and_its_faults_are_told_at_once(desk: Desk) -> None:
    template = desk.path("people.xlsx")
    desk.done("assessment", "people-template", template)
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["岗位", "证卡编号", "姓名", "身份证号", "回避声明"]
    sheet.delete_rows(2, sheet.max_row)
    sheet.append(["考评组长", ASSESSOR, None, None, "无"])
    sheet.append(["内督", INTERNAL, None, None, "有"])
    sheet.append(["监考人员", None, "孙监考", None, None])
    book.save(template)
    told = plan(desk, "--people", template, "--json").json["plan_check"]
    assert {one["rule"] for one in told["rulings"] if one["outcome"] == "short"} >= {"declared-ties"}
    sheet.append(["厨师", None, "周厨师", None, None])
    sheet.append(["考务人员", None, "吴考务", 110101199003070003, None])
    sheet.append(["考务人员", None, "郑考务", "110101199003070000", "也许"])
    book.save(template)
    answer = plan(desk, "--people", template)
    assert answer.refusal == "assessment-plan"
    assert all(f"第 {row} 行" in answer.err for row in (5, 6, 7))
    assert "110101199003070000" not in answer.err + answer.out


def test_forms_are_drawn_for_the_people_of_an_assessment(desk: Desk) -> None:
    identity = planned(desk)
    told = desk.done("form", "考附3", "--assessment", identity, "--out", desk.path("forms.pdf"), "--json").json
    assert told["forms"] == 1
    assert ASSESSOR in extract_text(io.BytesIO(Path(desk.path("forms.pdf")).read_bytes()))
    assert desk.run("form", "考附3", "--assessment", identity, "--plan", "x", "--out", desk.path("b.pdf")).code == 2


def test_the_record_is_written_and_checked(desk: Desk) -> None:
    identity = planned(desk)
    assert desk.run("assessment", "record", identity, "--by", "何负责").refusal == "record-empty"
    desk.done("assessment", "roll-call", identity, desk.texts[ASSESSOR], "何负责")
    record, paper = desk.path("record.json"), desk.path("record.pdf")
    told = desk.done("assessment", "record", identity, "--by", "何负责", "--out", record, "--pdf", paper, "--json").json
    assert told["verdict"] == "short"
    assert "人员不足" in extract_text(io.BytesIO(Path(paper).read_bytes()))
    assert "记录无误" in desk.done("assessment", "verify", record).out
    assert desk.run("assessment", "record", identity, "--out", record).refusal == "file-exists"
    altered = json.loads(Path(record).read_text("utf-8"))
    altered["record"]["made_by"] = "别人"
    Path(record).write_text(json.dumps(altered), "utf-8")
    assert desk.run("assessment", "verify", record).refusal == "record-altered"
    Path(record).write_text("nothing", "utf-8")
    assert desk.run("assessment", "verify", record).refusal == "record-malformed"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--job", "电工/9/skill"), "assessment-job"),
        (("--job", "电工/3"), "assessment-job"),
        (("--job", "电工/3/skill/candidates=0"), "assessment-job"),
        (("--job", "电工/3/review"), "assessment-plan"),
        (("--person", "chef=张三"), "assessment-person"),
        (("--person", "assessor=26310029999"), "assessment-plan"),
        (("--replaces", "99"), "no-such-assessment"),
    ],
)
def test_what_cannot_be_planned_is_refused_by_name(desk: Desk, words: tuple[str, ...], code: str) -> None:
    assert plan(desk, *words).refusal == code
    assert desk.done("assessment", "list", "--json").json == []
