from __future__ import annotations

from datetime import date

import pytest
from msgspec import structs

from service.domain.access import By
from service.domain.card import CardStatus, ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.errors import DecisionRefused, DomainError, GroundInvalid, IllegalTransition
from service.domain.issuer import CENTRE, Institution
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.errors import Refused
from service.flows.issue.number_series import ReservationRequest, list_series, reserve_numbers
from service.flows.people.institutions import add_institution, list_institutions
from service.flows.running.audit import audit
from service.store import cancellations
from service.store.errors import InstitutionTaken, NotFound, NumberStep
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant, numbers_of, words_of

NEXT = {"applied_on": date(2026, 9, 2), "certified_on": date(2026, 10, 11)}

AT_THE_MACHINE = By(ACTOR)


def revoke(
    office: Office, number: CardNumber, ground: str, by: By = AT_THE_MACHINE, **changes: object
) -> tuple[CardNumber, ...]:
    decision = RevocationRequest(ground=ground, reason="经核实", decided_by="王主任")
    return revoke_card(office.register, number, structs.replace(decision, **changes), by)


def test_assessor_loses_every_assessor_card(office: Office) -> None:
    """考§21 is about the person; the supervisor's cards are 督§19's business."""
    standard = office.issue_one(applicant("standard", 1))
    special = office.issue_one(applicant("special_skill", 1, occupations="焊工", **NEXT))
    external = office.issue_one(applicant("external", 1))
    other = office.issue_one(applicant("standard", 2))
    office.move_to(date(2026, 12, 1))
    lost = revoke(office, standard, "考§21（4）", document="渝职鉴〔2026〕18号", decided_on=date(2026, 11, 30))
    assert lost == (standard, special)
    assert words_of(office, (standard, special, external, other)) == [Word.REVOKED] * 2 + [Word.VALID] * 2
    with office.register.database.read() as connection:
        decision = cancellations.get(connection, special)
    assert decision is not None
    assert (str(decision.ground), decision.body, decision.decided_by) == ("考§21(4)", CENTRE, "王主任")
    assert (decision.decided_on, decision.document) == (date(2026, 11, 30), "渝职鉴〔2026〕18号")
    assert [event.subject for event in office.events() if event.kind == "card-revoked"] == [standard, special]
    assert audit(office.register).faults == ()


def test_superseded_cards_of_the_person_are_lost_too(lite: Office) -> None:
    former = lite.issue_one(applicant("standard", 1))
    lite.move_to(date(2029, 6, 1))
    new = lite.issue_one(applicant("standard", 1, certified_on=date(2029, 5, 20), applied_on=date(2029, 5, 2)))
    assert revoke(lite, new, "考§21(1)") == (former, new)
    assert words_of(lite, (former, new)) == [Word.REVOKED, Word.REVOKED]
    assert audit(lite.register).faults == ()


def test_supervisor_loses_the_cards_of_the_issuer_that_decides(office: Office) -> None:
    """督§19: "由颁发机构取消其资格"."""
    external = office.issue_one(applicant("external", 1))
    at_school = office.issue_one(applicant("internal", 1))
    at_factory = office.issue_one(applicant("internal", 1, institution=FACTORY.code))
    assert revoke(office, at_school, "督§19(2)") == (at_school,)
    assert words_of(office, (external, at_school, at_factory)) == [Word.VALID, Word.REVOKED, Word.VALID]
    with office.register.database.read() as connection:
        decision = cancellations.get(connection, at_school)
    assert decision is not None
    assert decision.body == SCHOOL.code
    assert revoke(office, external, "督§19(1)") == (external,)


@pytest.mark.parametrize(
    ("kind", "ground", "changes", "error", "code"),
    [
        ("standard", "督§19(4)", {}, GroundInvalid, "ground-other-rule"),
        ("external", "考§21(4)", {}, GroundInvalid, "ground-other-rule"),
        ("internal", "考§21(4)", {}, DecisionRefused, "decision-body"),
        ("standard", "考§21(11)", {}, GroundInvalid, "ground-unknown"),
        ("standard", "很差", {}, GroundInvalid, "ground-unknown"),
        ("standard", "考§21(4)", {"reason": " "}, DecisionRefused, "decision-reason"),
        ("standard", "考§21(4)", {"decided_by": ""}, DecisionRefused, "decision-person"),
        ("standard", "考§21(4)", {"decided_on": date(2026, 11, 3)}, IllegalTransition, "date-before-decision"),
    ],
)
def test_cancellation_needs_its_ground_and_its_decision(
    lite: Office, kind: str, ground: str, changes: dict[str, object], error: type[DomainError], code: str
) -> None:
    number = lite.issue_one(applicant(kind, 1))
    before = lite.events()
    with pytest.raises(error) as refused:
        revoke(lite, number, ground, **changes)
    assert refused.value.code == code
    assert refused.value.zh
    assert lite.check(number) is Word.VALID
    assert lite.events() == before


def test_card_is_revoked_once(office: Office) -> None:
    number = office.issue_one(applicant("standard", 1))
    revoke(office, number, "考§21(4)")
    before = office.events()
    with pytest.raises(IllegalTransition) as refused:
        revoke(office, number, "考§21(5)")
    assert refused.value.code == "card-is-revoked"
    assert office.events() == before


def test_unknown_number_is_neither_revoked_nor_replaced(lite: Office) -> None:
    number = CardNumber("26310020001")
    with pytest.raises(Refused, match="no card 26310020001"):
        revoke(lite, number, "考§21(4)")
    with pytest.raises(Refused, match="no card 26310020001"):
        replace_card(lite.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))


def test_replacement_keeps_number_and_dates(office: Office) -> None:
    """督§10, 考§12: 补发, same number, same expiry, a new copy; the lost one stays replaced for good."""
    number = office.issue_one(applicant("standard", 1))
    texts, before = [office.text(number)], office.card(number)
    for day, reason in enumerate((ReplacementReason.LOST, ReplacementReason.DAMAGED, ReplacementReason.CORRECTED), 1):
        office.clock.advance(days=day)
        replace_card(office.register, number, ReplacementRequest(reason=reason), By(ACTOR))
        texts.append(office.text(number))
    assert [office.verdict(text).verdict for text in texts] == [Word.REPLACED] * 3 + [Word.VALID]
    after = office.card(number)
    assert (after.number, after.issued_on, after.expires_on) == (before.number, before.issued_on, before.expires_on)
    assert after.copy_id != before.copy_id
    events = [event for event in office.events() if event.kind == "card-replaced"]
    assert [event.data["reason"] for event in events] == ["lost", "damaged", "corrected"]
    assert events[-1].data["copy"] == after.copy_id.hex()
    assert audit(office.register).faults == ()


def test_replacement_signed_with_a_later_key_is_valid(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    lite.move_to(date(2029, 3, 1))
    replace_card(lite.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert lite.check(number) is Word.VALID


def test_expired_card_is_renewed_and_not_replaced(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    lite.move_to(date(2029, 11, 3))
    with pytest.raises(IllegalTransition) as refused:
        replace_card(lite.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert refused.value.code == "card-is-expired"


def test_card_out_of_force_is_neither_replaced_nor_voided(office: Office) -> None:
    revoked, voided = office.issue_one(applicant("standard", 1)), office.issue_one(applicant("standard", 2))
    revoke(office, revoked, "考§21(4)")
    void_number(office.register, voided, VoidRequest(reason="印错"), By(ACTOR))
    before = office.events()
    for number in (revoked, voided):
        with pytest.raises(IllegalTransition):
            replace_card(office.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
        with pytest.raises(IllegalTransition):
            void_number(office.register, number, VoidRequest(reason="再次"), By(ACTOR))
    with pytest.raises(IllegalTransition) as refused:
        revoke(office, voided, "考§21(4)")
    assert refused.value.code == "card-is-voided"
    assert office.events() == before
    assert audit(office.register).faults == ()


def test_voided_number_is_never_used_again(office: Office) -> None:
    """督附3, 考附2: a number that will not be used is voided with a reason."""
    first = office.issue_one(applicant("external", 1))
    reserve_numbers(office.register, ReservationRequest("R5026", 2, 3, "预留"), By(ACTOR))
    void_number(office.register, first, VoidRequest(reason="姓名打错"), By(ACTOR))
    void_number(office.register, CardNumber("R50260002"), VoidRequest(reason="不再需要"), By(ACTOR))
    assert office.check(first) is Word.VOIDED
    assert office.card(first).status is CardStatus.VOIDED
    assert numbers_of(office.issue(applicant("external", 2))) == ["R50260004"]
    (series,) = list_series(office.register)
    assert (series.issued, series.voided, series.reserved) == (1, 2, 1)
    kinds = {event.kind: event.subject for event in office.events()}
    assert (kinds["card-voided"], kinds["number-voided"]) == (first, "R50260002")
    assert audit(office.register).faults == ()


def test_only_numbers_of_the_ledger_are_voided_and_only_once(office: Office) -> None:
    reserve_numbers(office.register, ReservationRequest("R5026", 1, 1, "预留"), By(ACTOR))
    with pytest.raises(Refused, match="needs a stated reason"):
        void_number(office.register, CardNumber("R50260001"), VoidRequest(reason=" "), By(ACTOR))
    void_number(office.register, CardNumber("R50260001"), VoidRequest(reason="不再需要"), By(ACTOR))
    before = office.events()
    with pytest.raises(NumberStep):
        void_number(office.register, CardNumber("R50260001"), VoidRequest(reason="再次"), By(ACTOR))
    with pytest.raises(NotFound):
        void_number(office.register, CardNumber("R50260002"), VoidRequest(reason="没有的号"), By(ACTOR))
    with pytest.raises(IllegalTransition) as refused:
        void_number(office.register, office.issue_one(applicant("external", 1)), VoidRequest(reason=" "), By(ACTOR))
    assert refused.value.code == "void-reason"
    assert [event.kind for event in office.events()[len(before) :]] == ["card-issued", "batch-issued"]


def test_institution_is_entered_once(office: Office) -> None:
    assert list_institutions(office.register) == (SCHOOL, FACTORY)
    with pytest.raises(InstitutionTaken):
        add_institution(office.register, Institution(SCHOOL.code, "H", "另一个"), ACTOR)
    assert list_institutions(office.register) == (SCHOOL, FACTORY)
    added = [event.subject for event in office.events() if event.kind == "institution-added"]
    assert added == [SCHOOL.code, FACTORY.code]
