"""``review``, ``evaluate``, ``warn``, ``reward``, ``sanction``, ``cases`` and ``record``."""

from __future__ import annotations

import pytest

from tests.cli.desk import SCHOOL, TODAY, Desk

YY = f"{TODAY:%y}"
ASSESSOR = f"{YY}310020001"
EXTERNAL = f"R50{YY}0001"
ON = ("--on", f"{TODAY}", "--by", "张主任")
BY_SCHOOL = (*ON, "--body", SCHOOL)
POINTS = "4,3,3,10,10,18,17,8,8,8"
SHEET = ("--form", "督附2", "--plan", "第12号计划")


def test_a_sheet_is_entered_and_drawn(desk: Desk) -> None:
    """督附2."""
    answer = desk.done("review", EXTERNAL, *SHEET, "--points", POINTS, *ON, "--out", desk.path("a.pdf"), "--json")
    assert answer.json == {
        "entry": 1,
        "what": "review",
        "article": "督附2",
        "outcome": "合格",
        "total": 89,
        "case": False,
    }
    assert (desk.folder / "a.pdf").read_bytes().startswith(b"%PDF-")
    again = desk.run("review", EXTERNAL, *SHEET, "--points", POINTS, *ON, "--out", desk.path("a.pdf"))
    assert again.refusal == "file-exists"
    assert "合计 95 分，优秀" in desk.done("review", EXTERNAL, *SHEET, "--points", "4，3，3,10,10,20,20,8,8,9", *ON).out


def test_a_refused_sheet_leaves_no_file(desk: Desk) -> None:
    words = ("review", EXTERNAL, *SHEET, "--points", "5,3,3,10,10,18,17,8,8,8", *ON, "--out", desk.path("a.pdf"))
    assert desk.run(*words).refusal == "sheet-points"
    assert not (desk.folder / "a.pdf").exists()
    assert desk.done("record", EXTERNAL, "--json").json["entries"] == []


@pytest.mark.parametrize("points", ["", "4.5", "4,-1", "4,,3", "four"])
def test_points_are_whole_numbers(made: Desk, points: str) -> None:
    assert made.run("review", EXTERNAL, *SHEET, "--points", points, *ON).code == 2


def test_a_failed_sheet_says_that_a_case_is_open(desk: Desk) -> None:
    """督§16, 督§19(1)."""
    told = desk.done("review", EXTERNAL, *SHEET, "--points", "1,1,1,1,1,1,1,1,1,1", *ON).out
    assert "合计 10 分，不合格" in told
    assert "已列入待决定事项 1" in told


def test_a_failed_review_is_a_case_until_somebody_closes_it(desk: Desk) -> None:
    """考§18, 考§21(1)."""
    answer = desk.done("evaluate", ASSESSOR, "--result", "不合格", *BY_SCHOOL, "--note", "年度考核")
    assert "已列入待决定事项 1" in answer.out
    (case,) = desk.done("cases", "list", "--json").json
    assert (case["case"], case["number"], case["ground"], case["open"]) == (1, ASSESSOR, "考§21(1)", True)
    assert "待决定 open" in desk.done("cases", "list").out
    assert desk.run("cases", "close", "1", "--reason", "x", "--by", "y").refusal == "case-correction"
    desk.done("cases", "close", "1", "--result", "合格", "--reason", "复核后合格", "--by", "李主任")
    assert desk.done("cases", "list", "--json").json == []
    assert "已办结 closed" in desk.done("cases", "list", "--all").out
    assert desk.run("cases", "close", "1", "--reason", "x", "--by", "y").refusal == "case-decided"


def test_the_record_tells_everything_in_order_and_who_keeps_it(desk: Desk) -> None:
    """督§20, 考§19, 考§20."""
    desk.done("warn", ASSESSOR, "--ground", "考§20(2)", *BY_SCHOOL, "--reason", "未佩戴证卡")
    desk.done("reward", ASSESSOR, "--what", "优秀考评员", *BY_SCHOOL)
    desk.done("sanction", ASSESSOR, "--what", "通报批评", *BY_SCHOOL)
    desk.done("revoke", ASSESSOR, "--ground", "考§21(9)", "--reason", "被举报", "--decided-by", "李主任", "--json")
    told = desk.done("record", ASSESSOR, "--json").json
    assert [entry["article"] for entry in told["entries"]] == ["考§20(2)", "考§19", "考§19", "考§21(9)"]
    assert told["keepers"]["standard"]["zh"] == "聘用的鉴定评价机构（考§17）"
    plain = desk.done("record", ASSESSOR).out
    for line in ("考评员档案由聘用的鉴定评价机构（考§17）维护", "未佩戴证卡", "取消资格"):
        assert line in plain


def test_who_is_not_to_enter_it_is_refused(made: Desk) -> None:
    """考§18, 考§20."""
    assert made.run("evaluate", ASSESSOR, "--result", "合格", *ON).refusal == "record-body"
    assert made.run("evaluate", ASSESSOR, "--result", "优秀", *BY_SCHOOL).refusal == "evaluation-result"
    assert made.run("review", ASSESSOR, *SHEET, "--points", POINTS, *BY_SCHOOL).refusal == "form-of-others"
    assert made.run("warn", EXTERNAL, "--ground", "考§20(2)", *ON, "--reason", "x").refusal == "warning-kind"
    assert made.run("record", f"{YY}310020999").refusal == "no-such-card"
