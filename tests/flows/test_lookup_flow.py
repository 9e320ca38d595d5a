from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import Engine, event

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.search import Search
from service.domain.sight import CENTRE_SIGHT
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.checking.lookup import lookup
from service.flows.checking.verify import verify_text
from service.flows.people.search import search
from service.store import cards
from tests.flows.office import ACTOR, SCHOOL, Office, applicant, codes_of, name_of, resident_id

UYGHUR = "阿卜杜热合曼·买买提依明"
PHONE = "13912345678"


def test_public_learns_what_the_face_says_with_the_name_masked(office: Office) -> None:
    """Never the identity number, the telephone, the photograph or the work unit (cf. 督§12(3))."""
    number = office.issue_one(applicant("standard", 1, name="欧阳娜娜", phone=PHONE, institution=SCHOOL.code))
    answer = lookup(office.register, number, "欧阳娜娜")
    assert answer is not None
    told = answer.as_json()
    assert told["verdict"] == "valid"
    assert told["card"] == {
        "number": "26310020001",
        "name": "欧**娜",
        "kind": "standard",
        "kind_zh": "考评员",
        "kind_en": answer.card.kind.en,
        "occupations": [{"name": "电工", "code": "6-31-01-03"}],
        "issuer_name": "重庆市职业技能鉴定指导中心",
        "issued_on": "2026-11-02",
        "expires_on": "2029-11-02",
        "status_on": None,
    }
    everything = json.dumps(told, ensure_ascii=False) + repr(answer)
    for secret in (resident_id(1), PHONE, "欧阳娜娜", "重庆市某某机械有限公司", SCHOOL.code):
        assert secret not in everything


def test_wrong_name_and_no_such_card_are_one_answer(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    right = name_of(1)
    assert lookup(lite.register, number, right) is not None
    wrong = (
        (number, name_of(2)),
        (number, ""),
        (number, right[:-1]),
        (number, right + "\0"),
        (number, "\0"),
        (number, "\ud800"),
        ("R50260002", right),
        ("R50260002", "\0"),
        ("26310020001", right),
        ("not a number", right),
        ("", right),
        ("\ud800", right),
        ("９" * 10_000, right),
    )
    assert [lookup(lite.register, asked, name) for asked, name in wrong] == [None] * len(wrong)


def test_the_same_is_read_for_no_such_card_and_for_every_wrong_name(office: Office) -> None:
    """The time tells nothing: whatever the register knows of the number, it is asked the same."""
    valid = office.issue_one(applicant("external", 1))
    revoked = office.issue_one(applicant("external", 2))
    revoke_card(
        office.register, revoked, RevocationRequest(ground="督§19(4)", reason="泄密", decided_by="王主任"), By(ACTOR)
    )
    misses = (
        (valid, name_of(3)),
        (valid, "长" * 20),
        (revoked, name_of(1)),
        (CardNumber("R50260003"), name_of(1)),
        (CardNumber("R50269999"), name_of(1)),
        (CardNumber("S500123260001"), name_of(1)),
    )
    reads = {reads_of(office, number, name) for number, name in misses}
    assert len(reads) == 1
    assert reads != {reads_of(office, valid, name_of(1))}
    with office.register.database.read() as connection:
        for number, _ in misses:
            assert cards.holder_at_or_below(connection, number) is not None, "a row is read every time"


def reads_of(office: Office, number: CardNumber, name: str) -> tuple[str, ...]:
    """List the statements of a lookup."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        lookup(office.register, number, name)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return tuple(statements)


@pytest.mark.parametrize("typed", ["r50260001", " R50260001 ", "Ｒ５０２６０００１", "ｒ50260001"])
def test_number_is_taken_as_people_type_it(lite: Office, typed: str) -> None:
    lite.issue_one(applicant("external", 1))
    assert lookup(lite.register, typed, name_of(1)) is not None


@pytest.mark.parametrize("dot", "·・•‧･∙⋅")
def test_name_is_taken_with_any_dot_and_with_spaces(lite: Office, dot: str) -> None:
    number = lite.issue_one(applicant("external", 1, name=UYGHUR))
    for typed in (UYGHUR.replace("·", dot), UYGHUR.replace("·", f" {dot} "), f"\u3000{UYGHUR}\n"):
        assert lookup(lite.register, number, typed) is not None
    assert lookup(lite.register, number, UYGHUR.replace("·", "")) is not None


def test_answer_is_the_card_as_it_is_now(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    revoke_card(
        lite.register, number, RevocationRequest(ground="考§21(7)", reason="收受礼金", decided_by="王主任"), By(ACTOR)
    )
    answer = lookup(lite.register, number, name_of(1))
    assert answer is not None
    assert answer.verdict.verdict is Word.REVOKED
    assert answer.as_json()["card"]["status_on"] == "2026-11-02"  # type: ignore[call-overload,index]
    lite.clock.set_to(date(2027, 1, 1))
    other = lite.issue_one(applicant("external", 2), issued_on=date(2026, 12, 31))
    answer = lookup(lite.register, other, name_of(2))
    assert answer is not None
    assert answer.verdict.verdict is Word.VALID
    assert [check.name for check in answer.verdict.checks if check.outcome.value == "not_checked"] == ["signature"]


def test_holder_of_the_code_sees_the_full_name(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    card = verify_text(lite.register, lite.text(number)).card
    assert card is not None
    assert card.name == name_of(1)


def test_a_name_is_kept_with_one_dot_and_found_with_any_or_none(lite: Office) -> None:
    for person, dot in enumerate((".", "．", "●", "·", "ㆍ", " · "), 1):
        number = lite.issue_one(applicant("external", person, name=f"阿力木{dot}买买提"))
        assert lite.card(number).name == "阿力木·买买提"
    for dot in ("·", ".", "．", "●", " ", "", "。", "\u200b"):
        assert lookup(lite.register, number, f"阿力木{dot}买买提") is not None, ascii(dot)
        assert search(lite.register, CENTRE_SIGHT, Search(name=f"力木{dot}买")).total == 6, ascii(dot)
    assert lookup(lite.register, number, "阿力木买提") is None


def test_a_name_in_another_script_is_one_problem_of_its_row(lite: Office) -> None:
    outcome = lite.issue(applicant("external", 1, name="ئابلىمىت ئابلەت"))
    assert codes_of(outcome) == {2: ["glyph-missing"]}
