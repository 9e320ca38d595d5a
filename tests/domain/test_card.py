from __future__ import annotations

from dataclasses import replace as changed
from datetime import date, timedelta

import pytest

from service.domain.cancellation import Decision, parse_ground
from service.domain.card import Card, CardStatus, ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.card_steps import (
    adopt,
    check_decided_after_issue,
    issue,
    replace,
    revoke,
    revoke_all,
    supersede,
    void,
)
from service.domain.errors import CardInvalid, DecisionRefused, GroundInvalid, IllegalTransition
from service.domain.issuer import CENTRE
from tests.domain.sample_cards import ALL_KINDS, ISSUED_ON, MILLING, WELDING, card

ON = date(2026, 5, 6)
NEXT = CardNumber("29310020001")
BOTH = card(occupations=(MILLING, WELDING))


def decision(ground: str = "考§21(3)", body: str = CENTRE, decided_on: date = ON) -> Decision:
    return Decision(parse_ground(ground), body, decided_on, "张主任", "现场核查属实", "渝职鉴〔2026〕8号")


def in_state(status: CardStatus) -> Card:
    match status:
        case CardStatus.VALID:
            return card()
        case CardStatus.REVOKED:
            return revoke(card(), decision(), ON)[0]
        case CardStatus.VOIDED:
            return void(card(), "印错", ON)[0]
        case CardStatus.SUPERSEDED:
            return supersede(card(), card().scopes, NEXT, ON)[0]


@pytest.mark.parametrize("number", ALL_KINDS.values())
def test_every_kind_can_be_issued(number: str) -> None:
    """督§9, 考§12: the card and the event that records it; no name in the journal."""
    issued, event = issue(card(number))
    assert (issued.status, event.kind, event.subject) == (CardStatus.VALID, "card-issued", number)
    assert "欧阳娜娜" not in str(event)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("card-kind", {"number": CardNumber("26310010001")}),
        ("card-year", {"issued_on": date(2025, 12, 31), "expires_on": date(2028, 12, 31)}),
        ("card-issuer", {"issuer": "500123"}),
        ("card-term", {"expires_on": date(2029, 3, 3)}),
        ("card-term", {"expires_on": ISSUED_ON - timedelta(1)}),
        ("card-occupations", {"occupations": ()}),
        ("card-occupations", {"occupations": (MILLING, MILLING)}),
        ("card-occupations", {"occupations": (MILLING, WELDING, changed(WELDING, name="钳工"))}),
        ("card-copy", {"copy_id": bytes(7)}),
        ("card-status", {"status_on": ON}),
        ("card-status", {"status": CardStatus.REVOKED}),
        ("card-released", {"released": frozenset({"occupation:焊工"})}),
        ("card-released", {"released": frozenset({"occupation:铣工"})}),
    ],
)
def test_a_card_does_not_contradict_itself(code: str, changes: dict[str, object]) -> None:
    """督附3, 考附2, 督§10, 考§9, 考§12: number, year, issuer, term and job types belong together."""
    with pytest.raises(CardInvalid) as refused:
        changed(card(), **changes)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "changes"), [("card-institution", {"institution": None}), ("card-issuer", {"issuer": CENTRE})]
)
def test_an_internal_card_belongs_to_its_institution(code: str, changes: dict[str, object]) -> None:
    """督§9: 内督由鉴定评价机构编码并颁发证卡."""
    with pytest.raises(CardInvalid) as refused:
        changed(card("S500123260001"), **changes)
    assert refused.value.code == code


@pytest.mark.parametrize("number", ["R50260001", "S500123260001"])
def test_a_supervisor_has_no_job_types(number: str) -> None:
    """督附3: a supervisor's card is not bound to an occupation."""
    with pytest.raises(CardInvalid):
        card(number, occupations=(MILLING,))


def test_scopes() -> None:
    """考§9, 督§9: person × job type, person, person × institution."""
    assert BOTH.scopes == {"occupation:铣工", "occupation:焊工"}
    assert card("R50260001").scopes == {"external"}
    assert card("S500123260001").scopes == {"internal:500123"}


def test_only_a_new_card_is_issued() -> None:
    """督附3: a card with a history is imported, not issued."""
    for old in (in_state(CardStatus.REVOKED), supersede(BOTH, frozenset({"occupation:铣工"}), NEXT, ON)[0]):
        with pytest.raises(IllegalTransition) as refused:
            issue(old)
        assert refused.value.code == "card-is-not-new"
        assert adopt(old)[1].data["status"] == old.status


def test_a_number_assigned_by_hand_says_why() -> None:
    """督附3: 由证卡颁发机构统筹研究确定并赋码 — with its reason."""
    assert issue(card("R50268888"), number_reason="专家组统一编号")[1].data["number_reason"] == "专家组统一编号"
    assert "number_reason" not in issue(card("R50260001"))[1].data


def test_revoking_records_ground_person_date_and_document() -> None:
    """考§21, 督§19: the decision goes into the event."""
    revoked, event = revoke(card(), decision(), ON + timedelta(1))
    assert (revoked.status, revoked.status_on) == (CardStatus.REVOKED, date(2026, 5, 7))
    assert event.data == {
        "on": "2026-05-07",
        "ground": "考§21(3)",
        "body": "centre",
        "decided_on": "2026-05-06",
        "decided_by": "张主任",
        "reason": "现场核查属实",
        "document": "渝职鉴〔2026〕8号",
    }


def test_revoking_follows_the_rules_of_cancellation() -> None:
    """督§19, 考§21: the right ground, the right body, not before the decision."""
    with pytest.raises(GroundInvalid):
        revoke(card(), decision("督§19(3)"), ON)
    with pytest.raises(DecisionRefused):
        revoke(card("S500123260001"), decision("督§19(3)"), ON)
    with pytest.raises(IllegalTransition) as refused:
        revoke(card(), decision(), ON - timedelta(1))
    assert refused.value.code == "date-before-decision"


def test_a_decision_is_not_before_the_issue_of_its_card() -> None:
    """督§19, 考§21."""
    issued_on, day = card().issued_on, timedelta(1)
    check_decided_after_issue(card(), decision(decided_on=issued_on), ON)
    with pytest.raises(IllegalTransition) as refused:
        check_decided_after_issue(card(), decision(decided_on=issued_on - day), ON)
    assert refused.value.code == "decision-before-issue"
    check_decided_after_issue(card(), decision(decided_on=issued_on - day), issued_on - day)  # it is dated later


def test_a_superseded_card_can_still_be_revoked() -> None:
    """考§21: the qualification is cancelled, not one piece of plastic."""
    assert revoke(in_state(CardStatus.SUPERSEDED), decision(), ON)[0].status is CardStatus.REVOKED


def test_an_assessor_loses_all_assessor_cards() -> None:
    """考§21: and none but those; what is voided or revoked already stays as it is."""
    held = [
        card("26310010001"),
        card("26310020001"),
        supersede(card("26310020002"), card().scopes, NEXT, ON)[0],
        void(card("26310020003"), "印错", ON)[0],
        revoke(card("26310020004"), decision(), ON)[0],
        card("R50260001"),
        card("S500123260001"),
    ]
    gone = revoke_all(held, decision(), ON)
    assert [c.number for c, _ in gone] == ["26310010001", "26310020001", "26310020002"]
    assert {event.kind for _, event in gone} == {"card-revoked"}


def test_a_supervisor_loses_the_cards_of_the_issuer_that_decides() -> None:
    """督§19: 由颁发机构取消其资格."""
    held = [card("R50260001"), card("S500123260001"), card("S500124260001"), card()]
    assert [c.number for c, _ in revoke_all(held, decision("督§19(4)"), ON)] == ["R50260001"]
    assert [c.number for c, _ in revoke_all(held, decision("督§19(4)", "500123"), ON)] == ["S500123260001"]


def test_replacing_keeps_number_and_expiry() -> None:
    """督§10, 考§12: 补发 is no renewal; the old copy's id is kept in the event."""
    again, event = replace(card(), b"anothers", ReplacementReason.LOST, card().expires_on)
    assert again == changed(card(), copy_id=b"anothers")
    assert event.data["former_copy"] == "0001020304050607"


def test_an_expired_card_is_not_replaced() -> None:
    """督§10, 考§12: 有效期满后须重新参加培训和资格认证."""
    with pytest.raises(IllegalTransition) as refused:
        replace(card(), b"anothers", ReplacementReason.LOST, card().expires_on + timedelta(1))
    assert refused.value.code == "card-is-expired"


def test_a_new_copy_has_a_new_id() -> None:
    """考§12: else the lost copy would still be good."""
    with pytest.raises(IllegalTransition) as refused:
        replace(card(), card().copy_id, ReplacementReason.LOST, ON)
    assert refused.value.code == "copy-id-reused"


def test_voiding_needs_a_reason() -> None:
    """督附3, 考附2: the number is not given again, so its gap is explained."""
    with pytest.raises(IllegalTransition) as refused:
        void(card(), " ", ON)
    assert refused.value.code == "void-reason"


def test_a_card_for_two_job_types_stays_for_the_other() -> None:
    """考§12: renewed for one, it counts for the other; superseded when all are covered."""
    one, first = supersede(BOTH, frozenset({"occupation:铣工"}), NEXT, ON)
    assert (one.status, one.live_scopes, first.data["complete"]) == (CardStatus.VALID, {"occupation:焊工"}, False)
    with pytest.raises(IllegalTransition):
        supersede(one, frozenset({"occupation:铣工"}), NEXT, ON)
    none, second = supersede(one, frozenset({"occupation:焊工"}), NEXT, ON)
    assert (none.status, none.status_on, second.data["complete"]) == (CardStatus.SUPERSEDED, ON, True)


@pytest.mark.parametrize(
    ("scopes", "by", "on", "code"),
    [
        ({"occupation:铣工"}, "26310020001", ON, "scope-same-card"),
        ({"occupation:焊工"}, NEXT, ON, "scope-not-held"),
        ({"occupation:铣工", "occupation:焊工"}, NEXT, ON, "scope-not-held"),
        (set(), NEXT, ON, "scope-not-held"),
        ({"occupation:铣工"}, NEXT, ISSUED_ON - timedelta(1), "date-before-issue"),
    ],
)
def test_refuses_what_cannot_be_taken_over(scopes: set[str], by: str, on: date, code: str) -> None:
    """考§12: only what the card still counts for, by another card, not before it was issued."""
    with pytest.raises(IllegalTransition) as refused:
        supersede(card(), frozenset(scopes), CardNumber(by), on)
    assert refused.value.code == code


def test_a_card_renewed_ahead_is_valid_until_the_new_one_takes_effect() -> None:
    """考§12: no day without a card, and none with two."""
    old = in_state(CardStatus.SUPERSEDED)
    assert old.status_at(ON - timedelta(1)) is CardStatus.VALID
    assert old.status_at(ON) is CardStatus.SUPERSEDED
    assert in_state(CardStatus.REVOKED).status_at(ON - timedelta(1)) is CardStatus.REVOKED


STEPS = {
    "revoke": lambda c: revoke(c, decision(), ON),
    "void": lambda c: void(c, "印错", ON),
    "replace": lambda c: replace(c, b"anothers", ReplacementReason.DAMAGED, ON),
    "supersede": lambda c: supersede(c, frozenset({"occupation:铣工"}), NEXT, ON),
}
ALLOWED = {("revoke", CardStatus.SUPERSEDED), *((step, CardStatus.VALID) for step in STEPS)}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", CardStatus)
def test_every_step_from_every_state(step: str, status: CardStatus) -> None:
    """督§19, 考§21, 督§10, 考§12: what is revoked or voided stays so, and is told by name."""
    if (step, status) in ALLOWED:
        STEPS[step](in_state(status))
        return
    with pytest.raises(IllegalTransition) as refused:
        STEPS[step](in_state(status))
    assert refused.value.code == f"card-is-{status}"
    assert "26310020001" in refused.value.zh
