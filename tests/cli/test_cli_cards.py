"""``revoke``, ``replace``, ``void`` and ``numbers``."""

from __future__ import annotations

import pytest

from tests.cli.desk import REVIEWED, TODAY, Desk, supervisor, write_photos, write_roster

YY = f"{TODAY:%y}"
ASSESSOR = f"{YY}310020001"
OTHER = f"{YY}310020002"
INTERNAL = f"S500123{YY}0001"
REVOKE = ("--reason", "收受考生礼金", "--decided-by", "李主任")


def word(desk: Desk, number: str) -> str:
    verdict: str = desk.run("verify", desk.texts[number], "--json").json["verdict"]
    return verdict


def test_a_revoked_card_is_revoked_at_once(desk: Desk) -> None:
    """考§21."""
    answer = desk.done("revoke", ASSESSOR, "--ground", "考§21(7)", *REVOKE, "--document", "1号", "--json")
    assert answer.json == {"revoked": [ASSESSOR]}
    assert (word(desk, ASSESSOR), word(desk, OTHER)) == ("revoked", "valid")
    assert desk.run("revoke", ASSESSOR, "--ground", "考§21(7)", *REVOKE).refusal == "card-is-revoked"
    assert desk.run("replace", ASSESSOR, "--reason", "lost").refusal == "card-is-revoked"
    assert desk.run("void", ASSESSOR, "--reason", "x").refusal == "card-is-revoked"


def test_the_old_copy_of_a_replaced_card_is_dead_and_the_new_one_printed(desk: Desk) -> None:
    assert desk.done("replace", INTERNAL.lower(), "--reason", "lost", "--json").json == {"replaced": INTERNAL}
    assert word(desk, INTERNAL) == "replaced"
    desk.done("print", INTERNAL, "--out", desk.path("new.pdf"))
    assert desk.done("verify", desk.path("new.pdf"), "--json").json["verdict"] == "valid"


def test_a_voided_card_stays_so(desk: Desk) -> None:
    assert desk.done("void", OTHER, "--reason", "误发", "--json").json == {"voided": OTHER}
    assert word(desk, OTHER) == "voided"
    series = {one["prefix"]: one for one in desk.done("numbers", "list", "--json").json}
    assert (series[f"{YY}31002"]["voided"], series[f"{YY}31002"]["last"]) == (1, 2)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["revoke", ASSESSOR, "--ground", "督§19(4)", *REVOKE], "ground-other-rule"),
        (["revoke", ASSESSOR, "--ground", "x", *REVOKE], "ground-unknown"),
        (["revoke", "99310020001", "--ground", "考§21(7)", *REVOKE], "no-such-card"),
        (["revoke", "x", "--ground", "考§21(7)", *REVOKE], "card-number-malformed"),
        (
            ["revoke", ASSESSOR, "--ground", "考§21(7)", *REVOKE, "--decided-on", f"{TODAY.year + 1}-01-01"],
            "date-before-decision",
        ),
        (["revoke", ASSESSOR, "--ground", "考§21(7)", "--reason", " ", "--decided-by", "李"], "request-invalid"),
        (["replace", "99310020001", "--reason", "lost"], "no-such-card"),
        (["void", "99310020001", "--reason", "x"], "not-found"),
        (["void", ASSESSOR, "--reason", ""], "request-invalid"),
        (["numbers", "reserve", f"{YY}31002", "50", "59", "--reason", "x"], "hand-number-assessor"),
        (["numbers", "reserve", f"R50{YY}", "59", "50", "--reason", "x"], "reservation-range"),
        (["numbers", "reserve", f"R50{YY}", "1", "5", "--reason", "x"], "reservation-range"),
        (["numbers", "reserve", f"R50{YY}", "50", "59", "--reason", " "], "request-invalid"),
        (["numbers", "reserve", "ABC", "50", "59", "--reason", "x"], "card-number-malformed"),
    ],
)
def test_what_cannot_be_done_is_refused(desk: Desk, words: list[str], code: str) -> None:
    before = desk.done("audit", "verify", "--json").json
    assert desk.run(*words).refusal == code
    assert desk.done("audit", "verify", "--json").json == before, "a refusal changes nothing"


@pytest.mark.parametrize(
    "words",
    [
        ["revoke", ASSESSOR, "--ground", "考§21(7)", "--reason", "x"],
        ["revoke", ASSESSOR, "--ground", "考§21(7)", *REVOKE, "--decided-on", "yesterday"],
        ["replace", ASSESSOR, "--reason", "mislaid"],
        ["void", ASSESSOR],
        ["numbers", "reserve", f"R50{YY}", "0", "5", "--reason", "x"],
        ["numbers"],
    ],
)
def test_wrong_words_are_told_with_exit_2(made: Desk, words: list[str]) -> None:
    assert made.run(*words).code == 2


def test_every_option_that_cannot_be_read_is_named(made: Desk) -> None:
    answer = made.run("propose", ASSESSOR, "--ground", "", "--reason", "x" * 2001, "--body", "centre", "--by", " ")
    assert answer.code == 1
    assert "--ground：缺少此项：情形" in answer.err
    assert "--reason: expected what happened" in answer.err.replace("\n", " ")
    assert "--by：缺少此项：建议人" in answer.err.replace("\n", "")


def test_a_reserved_number_is_assigned_by_hand_or_voided(desk: Desk) -> None:
    """督附3: 或由证卡颁发机构统筹研究确定并赋码."""
    prefix = f"R50{YY}"
    answer = desk.done("numbers", "reserve", prefix, "50", "51", "--reason", "市里统筹", "--json")
    assert answer.json == {"prefix": prefix, "first": 50, "last": 51}
    assert desk.run("numbers", "reserve", prefix, "51", "60", "--reason", "x").refusal == "number-taken"
    issued = desk.issue(supervisor("孙七", 201, 证卡编号=f"{prefix}0050", 编号依据="市里统筹"))
    assert issued.json["issued"][0]["number"] == f"{prefix}0050"
    desk.done("void", f"{prefix}0051", "--reason", "不用")
    series = {one["prefix"]: one for one in desk.done("numbers", "list", "--json").json}
    assert {k: series[prefix][k] for k in ("issued", "reserved", "voided")} == {"issued": 2, "reserved": 0, "voided": 1}
    assert f"{prefix}" in desk.done("numbers", "list").out


def test_a_number_assigned_by_hand_needs_its_reason(desk: Desk) -> None:
    """督附3."""
    person = supervisor("孙七", 201, 证卡编号=f"R50{YY}0050")
    write_roster(desk.folder / "roster.xlsx", [person])
    write_photos(desk.folder / "photos", [person])
    answer = desk.run("issue", desk.path("roster.xlsx"), "--photos", desk.path("photos"), *REVIEWED)
    assert answer.code == 1
    assert "编号依据" in answer.out
