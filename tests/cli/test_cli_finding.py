"""``search`` and ``person``."""

from __future__ import annotations

import openpyxl
import pytest

from tests.cli.desk import FACTORY, SCHOOL, TODAY, Desk, resident_id

YY = f"{TODAY:%y}"
ASSESSORS = [f"{YY}310020001", f"{YY}310020002"]
EXTERNAL = f"R50{YY}0001"
INTERNAL = f"S500123{YY}0001"


def engage(desk: Desk, number: str) -> None:
    term = ("--institution", FACTORY, "--from", f"{TODAY}")
    desk.done("engage", number, *term, "--credential", desk.texts[number])


def numbers(desk: Desk, *words: str, stdin: str | None = None) -> list[str]:
    answer = desk.done("search", *words, "--json", stdin=stdin).json
    found = [card["number"] for card in answer["cards"]]
    assert answer["total"] == len(found)
    return found


def test_cards_are_found_by_number_name_and_identity_number(desk: Desk) -> None:
    assert numbers(desk, ASSESSORS[0]) == ASSESSORS[:1]
    assert numbers(desk, YY) == ASSESSORS
    assert numbers(desk, "热巴") == [EXTERNAL]
    assert numbers(desk, "--name", "李") == [INTERNAL]
    assert numbers(desk, resident_id(101)) == ASSESSORS[:1]
    assert numbers(desk, "-", stdin=resident_id(101) + "\n") == ASSESSORS[:1]
    assert numbers(desk, resident_id(555)) == []
    assert len(numbers(desk)) == 5


def test_cards_are_found_by_institution_job_type_kind_state_and_expiry(desk: Desk) -> None:
    assert numbers(desk, "--institution", SCHOOL) == [INTERNAL]
    assert numbers(desk, "--institution", FACTORY) == []
    engage(desk, ASSESSORS[1])
    assert numbers(desk, "--institution", FACTORY) == [ASSESSORS[1]]
    assert numbers(desk, "--occupation", "电") == ASSESSORS
    assert numbers(desk, "--kind", "external") == [EXTERNAL]
    desk.done("void", ASSESSORS[0], "--reason", "姓名有误")
    assert numbers(desk, "--state", "voided") == ASSESSORS[:1]
    assert numbers(desk, "--occupation", "电工", "--state", "valid") == ASSESSORS[1:]
    assert numbers(desk, "--expiring", "1") == []
    assert numbers(desk, "--expiring", "36", "--kind", "standard") == ASSESSORS[1:]


def test_the_list_is_shown_and_saved(desk: Desk) -> None:
    out = desk.path("list.xlsx")
    shown = desk.done("search", "--limit", "2", "--out", out)
    assert "共 5 张 5 in all" in shown.out
    assert "前 2 张" in shown.err
    (sheet,) = openpyxl.load_workbook(out).worksheets
    assert len(list(sheet.iter_rows(min_row=2))) == 5
    assert desk.run("search", "--out", out).refusal == "file-exists"


@pytest.mark.parametrize("text", ["50990119850312101", "509901198503121010", "5099011985031210100"])
def test_a_wrong_identity_number_is_refused_and_not_quoted(desk: Desk, text: str) -> None:
    """GB 11643."""
    answer = desk.run("search", text)
    assert answer.refusal.startswith("resident-id-")
    assert text not in answer.out + answer.err


def test_a_person_is_told_whole(desk: Desk) -> None:
    """考§19."""
    engage(desk, ASSESSORS[0])
    desk.done("evaluate", ASSESSORS[0], "--result", "不合格", "--on", f"{TODAY}", "--by", "周主任", "--body", FACTORY)
    ground = ("--ground", "考§21(1)", "--reason", "年度考核不合格", "--decided-by", "王主任")
    desk.done("revoke", ASSESSORS[0], *ground, "--document", "渝职鉴〔2026〕8 号")
    told = desk.done("person", ASSESSORS[0], "--json").json
    assert (told["name"], told["resident_id"]) == ("张伟", resident_id(101)[:3] + "*" * 11 + resident_id(101)[-4:])
    (card,) = told["cards"]
    assert (card["state"], card["cancelled"]["document"]) == ("revoked", "渝职鉴〔2026〕8 号")
    assert [one["event"] for one in told["journal"]] == [
        *("card-issued", "engagement-made", "integrity-recorded", "card-revoked"),
    ]
    shown = desk.done("person", ASSESSORS[0]).out
    for word in ("张伟", "渝职鉴〔2026〕8 号", "理论成绩", "81", "李审核", "重庆市某某机械有限公司", "不合格", "聘用"):
        assert word in shown, word
    assert resident_id(101) not in shown


def test_a_number_nobody_has_is_refused(desk: Desk) -> None:
    assert desk.run("person", "R50990009").refusal == "no-such-card"
    assert desk.run("person", "R5").refusal == "card-number-malformed"
