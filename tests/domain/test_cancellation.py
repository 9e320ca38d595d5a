from __future__ import annotations

from datetime import date

import pytest

from service.domain.cancellation import (
    GROUNDS,
    Decision,
    check_decision,
    check_entitled,
    check_issuer,
    parse_ground,
    takes,
)
from service.domain.errors import DecisionRefused, GroundInvalid
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind


def decision(ground: str = "督§19(4)", body: str = CENTRE, **changes: str) -> Decision:
    facts = {"decided_by": "张主任", "reason": "现场核查属实"} | changes
    return Decision(parse_ground(ground), body, date(2026, 5, 6), **facts)


def test_the_grounds_are_the_two_lists() -> None:
    """督§19(1)–(10), 考§21(1)–(10): ten each, first and last as printed."""
    assert list(GROUNDS) == [f"{rule}({i})" for rule in ("督§19", "考§21") for i in range(1, 11)]
    assert GROUNDS["督§19(1)"].zh == "工作评议不合格的"
    assert GROUNDS["督§19(10)"].zh == "其它妨碍工作正常进行，并造成恶劣影响的"
    assert GROUNDS["考§21(2)"].zh == "考评资格申报者本人对申报信息作假"
    assert GROUNDS["考§21(10)"].zh == "其他违反考评人员管理有关规定的情况，造成恶劣影响的"
    assert all(ground.en for ground in GROUNDS.values())


@pytest.mark.parametrize("text", ["督§19(4)", "督§19（4）", " 督 §19 (4) "])
def test_reads_a_ground_as_people_type_it(text: str) -> None:
    """督§19: one spelling inside, several outside."""
    assert str(parse_ground(text)) == "督§19(4)"


@pytest.mark.parametrize("text", ["", "督§19", "督§19(0)", "督§19(11)", "督§20(1)", "考§19(1)", "19(4)", "督§19(04)"])
def test_refuses_what_is_no_ground(text: str) -> None:
    """督§19, 考§21: closed lists."""
    with pytest.raises(GroundInvalid) as refused:
        parse_ground(text)
    assert refused.value.code == "ground-unknown"


@pytest.mark.parametrize("missing", ["decided_by", "reason"])
def test_a_decision_names_a_person_and_a_reason(missing: str) -> None:
    """督§19, 考§21: beside the ground, who and what."""
    with pytest.raises(DecisionRefused):
        decision(**{missing: "  "})


@pytest.mark.parametrize("kind", CardKind)
def test_each_rule_takes_its_own_kinds(kind: CardKind) -> None:
    """督§19 is for supervisors, 考§21 for assessors."""
    own, other = ("考§21(3)", "督§19(3)") if kind.is_assessor else ("督§19(3)", "考§21(3)")
    check_decision(decision(own), kind, CENTRE)
    with pytest.raises(GroundInvalid) as refused:
        check_decision(decision(other), kind, CENTRE)
    assert refused.value.code == "ground-other-rule"


def test_the_issuer_decides() -> None:
    """督§19: 由颁发机构取消其资格 — the institution for its internal supervisors, the centre for external ones."""
    check_decision(decision(body="500123"), CardKind.INTERNAL, "500123")
    for body, kind, issuer in (
        (CENTRE, CardKind.INTERNAL, "500123"),
        ("500124", CardKind.INTERNAL, "500123"),
        ("500123", CardKind.EXTERNAL, CENTRE),
    ):
        with pytest.raises(DecisionRefused) as refused:
            check_decision(decision(body=body), kind, issuer)
        assert refused.value.code == "decision-body"


@pytest.mark.parametrize("kind", CardKind)
def test_a_refusal_cites_the_rule_of_its_holder(kind: CardKind) -> None:
    """督§19 and 督§9 are of supervisors, 考§21 and 考§12 of assessors: no refusal cites the other rule."""
    issuer = "500123" if kind is CardKind.INTERNAL else CENTRE
    for check, supervisors, assessors in ((check_entitled, "督§19", "考§21"), (check_issuer, "督§9", "考§12")):
        with pytest.raises(DecisionRefused) as refused:
            check("500777", issuer, kind)
        own, other = (assessors, "督§") if kind.is_assessor else (supervisors, "考§")
        for text in (refused.value.zh, str(refused.value)):
            assert own in text
            assert other not in text


def test_only_the_centre_cancels_assessors() -> None:
    """考§21: 市职鉴中心予以取消其资格."""
    with pytest.raises(DecisionRefused) as refused:
        decision("考§21(1)", body="500123")
    assert refused.value.code == "decision-body"


@pytest.mark.parametrize(
    ("ground", "body", "taken"),
    [
        ("考§21(3)", CENTRE, {"assessor"}),
        ("督§19(3)", CENTRE, {"external"}),
        ("督§19(3)", "500123", {"internal 500123"}),
    ],
)
def test_which_cards_a_decision_takes(ground: str, body: str, taken: set[str]) -> None:
    """考§21: all the person's assessor cards; 督§19: those of the issuer that decides."""
    held = {
        "assessor": (CardKind.STANDARD, CENTRE),
        "external": (CardKind.EXTERNAL, CENTRE),
        "internal 500123": (CardKind.INTERNAL, "500123"),
        "internal 500124": (CardKind.INTERNAL, "500124"),
    }
    assert {name for name, card in held.items() if takes(decision(ground, body), *card)} == taken
