"""Proposals, corrections, documents, and the bar of three years."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import pytest
from msgspec import structs

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.errors import DecisionRefused, GroundInvalid, IllegalTransition
from service.domain.verdict_words import Word
from service.flows.cards.cancellations import (
    correct_cancellation,
    decline_proposal,
    find_proposal,
    list_proposals,
    propose_revocation,
)
from service.flows.cards.card_requests import (
    CorrectionRequest,
    DeclineRequest,
    ProposalRequest,
    RevocationRequest,
    VoidRequest,
)
from service.flows.cards.documents import DocumentBody
from service.flows.cards.lifecycle import revoke_card, void_number
from service.flows.errors import Refused
from service.flows.running.audit import audit
from service.flows.running.back_up import back_up
from service.store.errors import AlreadyCorrected
from service.store.states import ProposalState
from tests.flows.damage import stored_blobs
from tests.flows.office import ACTOR, FACTORY, Office, applicant, codes_of

BUREAU = "渝北区人力资源和社会保障局"
MISTAKE = CorrectionRequest(reason="经核实", decided_by="王主任")
PDF = DocumentBody("../决定.pdf", b"%PDF-1.4 x")


def decided(ground: str = "考§21(4)", document_file: DocumentBody | None = None) -> RevocationRequest:
    return RevocationRequest(ground=ground, reason="经核实", decided_by="王主任", document_file=document_file)


def proposed(
    ground: str = "考§21(4)",
    *,
    proposed_by: str = "王科长",
    reason: str = "举报",
    document_file: DocumentBody | None = None,
) -> ProposalRequest:
    return ProposalRequest(ground=ground, reason=reason, proposed_by=proposed_by, document_file=document_file)


def apply_on(office: Office, person: int, on: date) -> list[str]:
    """Codes of what an application with this date is refused for; it comes with a new certification."""
    office.move_to(on + timedelta(days=40))
    row = applicant("standard", person, applied_on=on, certified_on=on + timedelta(days=30))
    outcome = office.issue(row)
    return [code for codes in codes_of(outcome).values() for code in codes]


@pytest.mark.parametrize(
    ("cancelled", "last_barred"),
    [
        (date(2026, 11, 2), date(2029, 11, 2)),
        (date(2028, 2, 28), date(2031, 2, 28)),
        (date(2028, 2, 29), date(2031, 2, 28)),  # there is no 29 February 2031
        (date(2029, 2, 28), date(2032, 2, 28)),  # and not the 29th of the leap year
    ],
)
def test_application_is_refused_on_the_last_barred_day_and_taken_the_day_after(
    lite: Office, cancelled: date, last_barred: date
) -> None:
    """考§21."""
    number = lite.issue_one(applicant("standard", 1))
    lite.move_to(cancelled)
    revoke_card(lite.register, number, decided("考§21(4)"), By(ACTOR))
    assert apply_on(lite, 1, last_barred) == ["barred"]
    assert apply_on(lite, 1, last_barred + timedelta(days=1)) == []


def test_a_late_entry_of_a_decision_does_not_lengthen_the_bar(lite: Office) -> None:
    """考§21: three years from the day of the decision, not of its entry; the decision is not before the issue."""
    number = lite.issue_one(applicant("standard", 1))
    lite.move_to(date(2027, 6, 30))
    early = structs.replace(decided("考§21(4)"), decided_on=lite.today.replace(year=2026, month=1))
    with pytest.raises(IllegalTransition) as refused:
        revoke_card(lite.register, number, early, By(ACTOR))
    assert refused.value.code == "decision-before-issue"
    revoke_card(lite.register, number, structs.replace(early, decided_on=date(2027, 3, 1)), By(ACTOR))
    assert apply_on(lite, 1, date(2030, 3, 1)) == ["barred"]
    assert apply_on(lite, 1, date(2030, 3, 2)) == []


def test_correction_lifts_the_bar_and_leaves_the_card_revoked(office: Office) -> None:
    """考§21: a mistaken cancellation is corrected by a new entry."""
    number = office.issue_one(applicant("standard", 1))
    other = office.issue_one(
        applicant("special_skill", 1, occupations="焊工", applied_on=date(2026, 9, 2), certified_on=date(2026, 10, 11))
    )
    revoke_card(office.register, number, decided("考§21(4)"), By(ACTOR))
    office.move_to(date(2027, 3, 1))
    assert apply_on(office, 1, date(2027, 1, 10)) == ["barred"]
    assert correct_cancellation(office.register, other, MISTAKE, By(ACTOR)) == (number, other)
    with pytest.raises(AlreadyCorrected):
        correct_cancellation(office.register, number, MISTAKE, By(ACTOR))
    assert apply_on(office, 1, date(2027, 1, 10)) == []
    assert (office.check(number), office.check(other)) == (Word.REVOKED, Word.REVOKED)
    kinds = [event.kind for event in office.events() if event.subject == number]
    assert kinds == ["card-issued", "card-revoked", "cancellation-corrected"]
    assert audit(office.register).faults == ()


def test_two_mistakes_of_one_day_are_corrected_one_by_one(office: Office) -> None:
    """督§19: the second decision is worded like the first, which stands corrected already."""
    first = office.issue_one(applicant("external", 1))
    office.clock.set_to(date(2026, 12, 1))
    revoke_card(office.register, first, decided("督§19(4)"), By(ACTOR))
    assert correct_cancellation(office.register, first, MISTAKE, By(ACTOR)) == (first,)
    second = office.issue_one(applicant("external", 1, certified_on=date(2026, 11, 20)))
    revoke_card(office.register, second, decided("督§19(4)"), By(ACTOR))
    assert correct_cancellation(office.register, second, MISTAKE, By(ACTOR)) == (second,)
    with pytest.raises(AlreadyCorrected):
        correct_cancellation(office.register, first, MISTAKE, By(ACTOR))


def test_only_a_revoked_card_is_corrected_and_only_by_who_decided(lite: Office) -> None:
    number = lite.issue_one(applicant("internal", 1))
    with pytest.raises(IllegalTransition) as refused:
        correct_cancellation(lite.register, number, MISTAKE, By(ACTOR))
    assert refused.value.code == "card-is-not-revoked"
    revoke_card(lite.register, number, decided("督§19(4)"), By(ACTOR))
    with pytest.raises(DecisionRefused):
        correct_cancellation(lite.register, number, MISTAKE, By(ACTOR, FACTORY.code))
    assert lite.events()[-1].kind == "decision-refused"


def test_proposal_changes_no_card_and_is_decided_with_it(office: Office) -> None:
    """督§19, 考§21."""
    number = office.issue_one(applicant("standard", 1))
    first = propose_revocation(office.register, number, proposed(document_file=PDF), By(ACTOR, BUREAU))
    second = propose_revocation(office.register, number, proposed("考§21(7)"), By(ACTOR, FACTORY.code))
    assert office.check(number) is Word.VALID
    declined = decline_proposal(
        office.register, second, DeclineRequest(reason="查无实据", decided_by="王主任"), By(ACTOR)
    )
    assert (declined.state, declined.answer, declined.closed_on) == (ProposalState.DECLINED, "查无实据", office.today)
    revoke_card(office.register, number, decided("考§21(4)"), By(ACTOR))
    assert find_proposal(office.register, first).state is ProposalState.DECIDED
    assert [one.id for one in list_proposals(office.register, body=BUREAU)] == [first]
    for identity in (first, second):
        with pytest.raises(Refused, match="answered already"):
            decline_proposal(office.register, identity, DeclineRequest(reason="再次", decided_by="王主任"), By(ACTOR))
    kinds = [event.kind for event in office.events() if event.subject == number]
    assert kinds == [
        "card-issued",
        "revocation-proposed",
        "revocation-proposed",
        "revocation-proposal-declined",
        "card-revoked",
        "revocation-proposal-decided",
    ]


def test_proposal_needs_a_ground_of_its_rule_and_a_card_to_lose(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    with pytest.raises(GroundInvalid):
        propose_revocation(lite.register, number, proposed("督§19(4)"), By(ACTOR, BUREAU))
    with pytest.raises(DecisionRefused):
        propose_revocation(lite.register, number, proposed(reason=" "), By(ACTOR, BUREAU))
    with pytest.raises(DecisionRefused):
        propose_revocation(lite.register, number, proposed(proposed_by=""), By(ACTOR, BUREAU))
    void_number(lite.register, number, VoidRequest(reason="误发"), By(ACTOR))
    with pytest.raises(IllegalTransition):
        propose_revocation(lite.register, number, proposed(), By(ACTOR, BUREAU))
    with pytest.raises(Refused, match="no card"):
        propose_revocation(lite.register, CardNumber("26310020009"), proposed(), By(ACTOR, BUREAU))
    assert list_proposals(lite.register) == ()


def test_document_is_kept_by_its_digest_and_goes_into_the_backup(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    with pytest.raises(Refused, match="PDF"):
        revoke_card(lite.register, number, decided("考§21(4)", document_file=DocumentBody("a.exe", b"MZ")), By(ACTOR))
    assert lite.check(number) is Word.VALID
    revoke_card(lite.register, number, decided("考§21(4)", document_file=PDF), By(ACTOR))
    digest = hashlib.sha256(PDF.content).hexdigest()
    assert stored_blobs(lite.register.database)[bytes.fromhex(digest)] == PDF.content
    (event,) = (event for event in lite.events() if event.kind == "card-revoked")
    assert event.data["attachment"] == {"name": "决定.pdf", "sha256": digest}
    back_up(lite.register, lite.settings.data.parent / "b.zip")
    assert PDF.content in (lite.settings.data.parent / "b.zip").read_bytes()
