"""``renew``, ``found``, ``expiring``, and what is around ``revoke``."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.cli.desk import TODAY, Desk
from tests.cli.test_cli_cards import ASSESSOR, INTERNAL, OTHER, REVOKE, word

PROPOSE = ("--ground", "考§21(7)", "--reason", "收礼", "--body", "渝北区人社局", "--by", "王科长")
RENEW = ("--certified-on", TODAY.isoformat(), "--theory-score", "80", "--skill-score", "81", "--reviewed-by", "李审核")


def test_a_proposal_is_listed_declined_or_decided(desk: Desk) -> None:
    """考§21."""
    document = desk.folder / "report.pdf"
    document.write_bytes(b"%PDF-1.4 x")
    first = desk.done("propose", ASSESSOR, *PROPOSE, "--document-file", str(document), "--json").json["proposal"]
    second = desk.done("propose", ASSESSOR, *PROPOSE, "--json").json["proposal"]
    assert word(desk, ASSESSOR) == "valid"
    assert [one["proposal"] for one in desk.done("proposals", "--json").json] == [first, second]
    answer = ("--reason", "查无实据", "--decided-by", "李主任")
    assert desk.run("decline", str(second), *answer, "--body", "500123").refusal == "decision-body"
    assert desk.done("decline", str(second), *answer, "--json").json["state"] == "declined"
    assert desk.run("decline", "99", *answer).refusal == "no-such-proposal"
    assert desk.run("revoke", ASSESSOR, "--ground", "考§21(7)", *REVOKE, "--body", "500123").refusal == "decision-body"
    desk.done("revoke", ASSESSOR, "--ground", "考§21(7)", *REVOKE, "--document-file", str(document))
    for words in (("proposal", "1"), ("revocation", ASSESSOR)):
        out = desk.path(f"{words[0]}.pdf")
        told = desk.done("document", *words, "--out", out, "--json").json
        assert (told["name"], Path(out).read_bytes()) == (document.name, document.read_bytes())
        assert desk.run("document", *words, "--out", out).refusal == "file-exists"
    assert desk.run("document", "correction", ASSESSOR, "--out", desk.path("none")).refusal == "no-document"
    assert desk.run("document", "proposal", "one", "--out", desk.path("none")).code == 2
    assert not Path(desk.path("none")).exists()
    assert desk.done("proposals", "--json").json == []
    assert [one["state"] for one in desk.done("proposals", "--all", "--json").json] == ["decided", "declined"]
    assert desk.done("correct", ASSESSOR, *answer, "--json").json == {"corrected": [ASSESSOR]}
    assert desk.run("correct", ASSESSOR, *answer).refusal == "already-corrected"
    assert desk.run("correct", OTHER, *answer).refusal == "card-is-not-revoked"


def test_a_card_found_again_is_noted(desk: Desk) -> None:
    assert desk.run("found", INTERNAL, "--reported-by", "王芳").refusal == "no-replaced-copy"
    desk.done("replace", INTERNAL, "--reason", "lost")
    found = desk.done("found", INTERNAL, "--reported-by", "王芳", "--json").json
    assert found == {"found": INTERNAL, "replaced_copies": 1}
    assert word(desk, INTERNAL) == "replaced"


def test_a_fact_is_put_right_under_the_same_number(desk: Desk) -> None:
    told = desk.done("amend", INTERNAL, "--set", "work_unit=重庆市某某厂", "--reason", "录入错误", "--json").json
    assert told == {"amended": INTERNAL, "facts": ["work_unit"], "other_cards_to_amend": []}
    assert word(desk, INTERNAL) == "replaced"
    again = desk.run("amend", INTERNAL, "--set", "work_unit=重庆市某某厂", "--reason", "录入错误")
    assert again.refusal == "amend-nothing"
    assert desk.run("amend", INTERNAL, "--set", "kind=内督", "--reason", "录入错误").code == 2


def test_what_expires_is_listed_and_written(desk: Desk) -> None:
    assert desk.done("expiring", "--json").json == []
    listed = desk.done("expiring", "--months", "36", "--issuer", "500123", "--out", desk.path("e.xlsx"), "--json").json
    assert [one["number"] for one in listed] == [INTERNAL]
    sheet = openpyxl.load_workbook(desk.path("e.xlsx")).active
    assert sheet is not None
    assert [row[1] for row in sheet.iter_rows(values_only=True)] == ["证卡编号", INTERNAL]
    assert desk.run("expiring", "--out", desk.path("e.xlsx")).refusal == "file-exists"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), "application-date-missing"),
        (("--applied-on", str(TODAY)), "certification-not-new"),
        (("--set", "resident_id=1"), "renewal-field"),
    ],
)
def test_a_renewal_obeys_the_rules_of_issuing(desk: Desk, words: tuple[str, ...], code: str) -> None:
    """考§12."""
    assert desk.run("renew", ASSESSOR, *RENEW, *words).refusal == code
    assert desk.run("renew", ASSESSOR, *RENEW, "--set", "x").code == 2
    assert word(desk, ASSESSOR) == "valid"
