"""``engage``, ``engagement``, ``dispatch`` and ``staffing``."""

from __future__ import annotations

import json
import re

import openpyxl
import pytest

from service.domain.validity import add_years
from tests.cli.desk import FACTORY, SCHOOL, TODAY, Desk, resident_id

YY = f"{TODAY:%y}"
ASSESSOR = f"{YY}310020001"
EXTERNAL = f"R50{YY}0001"
INTERNAL = f"S500123{YY}0001"
TERM = ("--institution", FACTORY, "--from", f"{TODAY}")
TO_SCHOOL = ("--institution", SCHOOL, "--on", f"{TODAY}", "--by", "渝北区人社局")
LAST = add_years(TODAY, 3)


def shown(desk: Desk, number: str) -> tuple[str, str]:
    """What the holder shows: the card."""
    return "--credential", desk.texts[number]


def fit(desk: Desk, number: str, *duty: str) -> str:
    answer: str = desk.run("verify", desk.texts[number], *duty, "--json").json["fit_for_duty"]["answer"]
    return answer


def test_an_engagement_is_entered_listed_and_ended(desk: Desk) -> None:
    """考§4, 考§16."""
    made = desk.done("engage", ASSESSOR, *shown(desk, ASSESSOR), *TERM, "--document", "合同1号", "--json").json
    assert made == {"engagement": 1, "until": f"{LAST}", "warnings": []}
    (listed,) = desk.done("engagement", "list", "--institution", FACTORY, "--json").json
    assert (listed["number"], listed["since"], listed["document"]) == (ASSESSOR, f"{TODAY}", "合同1号")
    assert desk.done("engagement", "list", "--institution", SCHOOL, "--json").json == []
    assert ASSESSOR in desk.done("engagement", "list").out
    ended = desk.done("engagement", "end", "1", "--reason", "辞聘", "--json").json
    assert (ended["ended_on"], ended["end_reason"]) == (f"{TODAY}", "辞聘")


def test_a_dispatch_makes_the_supervisor_fit_and_is_withdrawn(desk: Desk) -> None:
    """督§3."""
    assert fit(desk, EXTERNAL, "--place", SCHOOL) == "unknown"
    assert desk.done("dispatch", "add", EXTERNAL, *TO_SCHOOL, "--plan", "一号计划", "--json").json["dispatch"] == 1
    assert fit(desk, EXTERNAL, "--place", SCHOOL) == "yes"
    (listed,) = desk.done("dispatch", "list", "--institution", SCHOOL, "--json").json
    assert (listed["number"], listed["on"], listed["plan"]) == (EXTERNAL, f"{TODAY}", "一号计划")
    assert "渝北区人社局" in desk.done("dispatch", "list").out
    assert desk.done("dispatch", "withdraw", "1", "--reason", "改期", "--json").json["withdrawal_reason"] == "改期"
    assert fit(desk, EXTERNAL, "--place", SCHOOL) == "unknown"


def test_what_should_be_looked_at_is_said_beside_the_answer(desk: Desk) -> None:
    """督§12(4): who is engaged there and sent there."""
    desk.done("engage", EXTERNAL, *shown(desk, EXTERNAL), *TERM, "--as-internal", "--document", "责任书1号")
    answer = desk.done("dispatch", "add", EXTERNAL, "--institution", FACTORY, "--on", f"{TODAY}", "--by", "市职鉴中心")
    assert "应当回避（督§12(4)）" in answer.err.replace("\n", "")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["engage", ASSESSOR, *TERM, "--until", f"{LAST.replace(year=LAST.year + 1)}"], "engagement-outside-card"),
        (["engage", EXTERNAL, *TERM], "engagement-external"),
        (["engage", EXTERNAL, *TERM, "--as-internal"], "engagement-document"),
        (["engage", INTERNAL, *TERM], "engagement-elsewhere"),
        (["engage", ASSESSOR, "--institution", "999999", "--from", f"{TODAY}"], "no-such-institution"),
        (["engagement", "end", "9", "--reason", "x"], "no-such-engagement"),
        (["dispatch", "add", ASSESSOR, *TO_SCHOOL], "dispatch-kind"),
        (["dispatch", "withdraw", "9", "--reason", "x"], "no-such-dispatch"),
    ],
)
def test_what_the_rules_forbid_is_refused_by_name(desk: Desk, words: list[str], code: str) -> None:
    more = shown(desk, words[1]) if words[0] == "engage" else ()
    assert desk.run(*words, *more).refusal == code


def test_a_refusal_says_the_way_out_in_commands(desk: Desk) -> None:
    external = desk.run("engage", EXTERNAL, *TERM, *shown(desk, EXTERNAL))
    assert "say zhengka engage --as-internal" in external.err.replace("\n", " ")
    unknown = desk.run("engage", EXTERNAL, *TERM, *shown(desk, EXTERNAL), "--institution", "999999", "--json")
    told = json.loads(unknown.err)["error"]
    assert told["code"] == "no-such-institution"
    assert told["en"].endswith("; an institution is entered with zhengka institution add")
    assert not re.search("`|/api/|勾选", external.err + unknown.err)


def test_a_number_alone_engages_nobody(desk: Desk) -> None:
    """考§16, 个人信息保护法§13: the holder has shown the card, or the identity card."""
    assert desk.run("engage", ASSESSOR, *TERM).refusal == "holder-not-shown"
    assert desk.run("engage", ASSESSOR, *TERM, "--resident-id", resident_id(103)).refusal == "holder-mismatch"
    assert desk.run("engage", ASSESSOR, *TERM, *shown(desk, EXTERNAL)).refusal == "holder-mismatch"
    assert desk.done("engagement", "list", "--json").json == []
    answer = desk.run("engage", ASSESSOR, *TERM, "--resident-id", "-", "--json", stdin=resident_id(101) + "\n")
    assert answer.code == 0, answer
    assert resident_id(101) not in answer.out + answer.err


def test_what_is_short_is_listed_and_written_as_a_spreadsheet(desk: Desk) -> None:
    """督§5, 考§6."""
    desk.done("engage", ASSESSOR, *shown(desk, ASSESSOR), *TERM)
    rows = desk.done("staffing", "--institution", FACTORY, "--json").json
    assert [(row["article"], row["have"], row["need"], row["outcome"]) for row in rows] == [
        ("督§5", 0, 3, "short"),
        ("督§5", 0, 1, "short"),
        ("考§6", 1, 3, "short"),
    ]
    assert "不足 short" in desk.done("staffing", "--authority", "渝北区人社局", "--out", desk.path("short.xlsx")).out
    sheet = openpyxl.load_workbook(desk.path("short.xlsx")).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(values_only=True)][1:] == [SCHOOL, SCHOOL, SCHOOL, "渝北区人社局"]
    assert desk.run("staffing", "--out", desk.path("short.xlsx")).refusal == "file-exists"


def test_an_authority_is_entered_listed_and_then_it_sends(desk: Desk) -> None:
    """督§4: one that is not on the list is refused, with the nearest name and what to do."""
    by = ("--institution", SCHOOL, "--on", f"{TODAY}", "--by", "巴南区人社局")
    refused = desk.run("dispatch", "add", EXTERNAL, *by)
    assert refused.code == 1
    assert "渝北区人社局" in refused.err
    assert "zhengka authority add" in refused.err
    assert desk.done("authority", "add", "巴南区 人社局", "--json").json == {"name": "巴南区人社局"}
    assert desk.run("authority", "add", "巴南区人社局", "--json").code == 1
    assert desk.done("authority", "list", "--json").json == [
        "重庆市职业技能鉴定指导中心",
        "巴南区人社局",
        "渝北区人社局",
    ]
    assert desk.done("dispatch", "add", EXTERNAL, *by, "--json").json["dispatch"] == 1


def test_what_is_due_is_listed_and_written_as_a_spreadsheet(desk: Desk) -> None:
    """督§5, 督§12(2), 督§16: of one institution, or of all."""
    desk.done("dispatch", "add", EXTERNAL, *TO_SCHOOL, "--plan", "一号计划")
    every = desk.done("duties", "--json").json
    assert {"督§12(2)", "督§16"} <= {one["article"] for one in every if one["body"] == "渝北区人社局"}
    own = desk.done("duties", "--institution", SCHOOL, "--json").json
    assert {(one["body"], one["kind"], one["article"]) for one in own} == {
        (SCHOOL, "staffing", "督§5"),
        (SCHOOL, "staffing", "考§6"),
    }
    assert "内部质量督导员" in desk.done("duties", "--institution", SCHOOL, "--out", desk.path("due.xlsx")).out
    sheet = openpyxl.load_workbook(desk.path("due.xlsx")).active
    assert sheet is not None
    assert len(list(sheet.iter_rows())) == 1 + len(own)
    assert desk.run("duties", "--institution", "999999").refusal == "no-such-institution"
