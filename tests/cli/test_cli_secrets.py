"""No command prints an identity number, a passphrase or a credential, whatever it is asked."""

from __future__ import annotations

import re

import pytest

from tests.cli.desk import PASSPHRASE, REVIEWED, TODAY, Desk, assessor, write_photos, write_roster

YY = f"{TODAY:%y}"
ASSESSOR = f"{YY}310020001"
# A number that stands by itself: eighteen digits in a row occur within digests and signatures too.
IDENTITY_NUMBER = re.compile(r"(?<![0-9A-Za-z_+/-])\d{17}[\dXx](?![0-9A-Za-z_+/-])")


def sessions(desk: Desk) -> list[list[str]]:
    """What an office and a checker do in a day, right and wrong."""
    text = desk.texts[ASSESSOR]
    issue = ["issue", desk.path("day.xlsx"), "--photos", desk.path("photos"), *REVIEWED]
    return [
        ["institution", "list"],
        [*issue, "--dry-run"],
        [*issue, "--issuer", "500123"],
        [*issue, "--key", "K"],
        [*issue, "--key", "K", "--all-or-nothing"],
        issue,
        ["print", "--batch", "1", "--out", desk.path("a.pdf")],
        ["verify", text],
        ["verify", text, "--place", "500123", "--occupation", "电工", "--level", "3"],
        ["verify", text[:-1]],
        ["verify", text.replace("zk.", "zx.")],
        ["verify", text.partition("#")[2]],
        ["verify", f" {text}"],
        ["verify", desk.path("a.pdf")],
        ["bundle", "--out", desk.path("b")],
        ["verify", text, "--offline", desk.path("b")],
        ["lookup", ASSESSOR, "--name", "张伟"],
        ["lookup", ASSESSOR, "--name", "王芳"],
        ["numbers", "list"],
        ["keys", "list"],
        ["keys", "rotate", "head"],
        ["revoke", ASSESSOR, "--ground", "考§21(7)", "--reason", "收礼", "--decided-by", "李主任"],
        ["verify", text],
        ["audit", "verify"],
        ["backup", "--out", desk.path("backup.zip")],
        ["keys", "rotate", "status", "--promote"],
    ]


@pytest.mark.parametrize("as_json", [[], ["--json"]], ids=["text", "json"])
def test_what_is_printed_in_a_day_holds_no_secret(desk: Desk, as_json: list[str]) -> None:
    people = [
        assessor("孙七", 201),
        assessor("周八", 203, 技能成绩=3),
        assessor("孙七", 201),
        assessor("吴九", 205, 身份证号="50990119850312205X"),
        assessor("郑十", 207, 照片="509901198503122071.png"),
    ]
    write_roster(desk.folder / "day.xlsx", people)
    write_photos(desk.folder / "photos", [people[0], assessor("x", 333)])
    printed = ""
    for words in sessions(desk):
        answer = desk.run(*words, *as_json)
        assert answer.code in {0, 1}, answer
        printed += answer.out + answer.err
    assert "孙七" in printed
    assert IDENTITY_NUMBER.search(printed) is None
    assert not any(str(person["身份证号"]) in printed for person in people)
    assert PASSPHRASE not in printed
    for text in desk.texts.values():
        digits = text.partition("#")[2]
        assert not any(digits[place : place + 12] in printed for place in range(0, len(digits) - 12, 6))


def test_the_exported_journal_holds_none_either(desk: Desk) -> None:
    desk.done("audit", "export", "--out", desk.path("journal"))
    journal = (desk.folder / "journal").read_text("utf-8")
    assert ASSESSOR in journal
    assert IDENTITY_NUMBER.search(journal) is None
    assert "张伟" not in journal


def test_no_file_of_the_register_holds_an_identity_number_as_it_is(made: Desk) -> None:
    numbers = [assessor("", sequence)["身份证号"] for sequence in (101, 103, 104, 105, 107, 109)]
    for path in made.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(str(number).encode() in content for number in numbers), path
