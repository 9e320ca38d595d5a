"""Renewal of one card from what the register knows, cards found again, and cards that will expire."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec import structs

from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.errors import DecisionRefused, IllegalTransition
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import FoundRequest, RenewalRequest, ReplacementRequest, RevocationRequest
from service.flows.cards.lifecycle import record_found, replace_card, revoke_card
from service.flows.cards.renew import list_expiring, renew_card
from service.flows.errors import Refused
from service.flows.running.audit import audit
from tests.flows.office import ACTOR, KINDS, SCHOOL, Office, applicant, one_of_each, photo

LATER = date(2029, 9, 1)
CERTIFIED = date(2029, 8, 20)


def renewal(kind: str, /, on: date = CERTIFIED, **facts: str) -> RenewalRequest:
    scores = {"theory_score": "80", "skill_score": "81"} if kind not in {"external", "internal"} else {"score": "90"}
    review = {"review_score": "75"} if kind == "senior" else {}
    return RenewalRequest(
        certified_on=on,
        facts={**scores, **review, **facts},
        reviewed_by="李审核",
        applied_on=on - timedelta(days=20),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_renewal_takes_what_the_register_knows(office: Office, kind: str) -> None:
    """督§10, 考§12."""
    former = office.issue_one(applicant(kind, 1))
    office.move_to(LATER)
    new = renew_card(office.register, former, renewal(kind), By(ACTOR))
    before, after = office.card(former), office.card(new)
    assert (office.check(former), office.check(new)) == (Word.SUPERSEDED, Word.VALID)
    assert (after.predecessor, after.issued_on, after.expires_on) == (former, LATER, date(2032, 9, 1))
    same = ("person", "name", "kind", "issuer", "institution", "work_unit", "occupations", "in_house")
    assert [getattr(after, fact) for fact in same] == [getattr(before, fact) for fact in same]
    assert audit(office.register).faults == ()


def test_renewal_obeys_every_rule_of_issuing(lite: Office) -> None:
    """考§11, 考§12: no second path of rules."""
    number = lite.issue_one(applicant("standard", 1))
    for on, stated, code in (
        (date(2027, 1, 5), renewal("standard", on=date(2027, 1, 2)), "renewal-too-early"),
        (LATER, renewal("standard", skill_score="59"), "score-below-pass"),
        (LATER, renewal("standard", on=date(2026, 11, 1)), "certification-too-old"),
        (LATER, renewal("standard", on=date(2029, 5, 1)), "certification-before-window"),
        (LATER, structs.replace(renewal("standard"), applied_on=None), "application-date-missing"),
        (LATER, renewal("standard", hr_staff="是"), "hr-staff"),
        (LATER, renewal("standard", resident_id="1"), "renewal-field"),
    ):
        lite.move_to(on)
        with pytest.raises(Refused) as refused:
            renew_card(lite.register, number, stated, By(ACTOR))
        assert refused.value.code == code
    assert lite.check(number) is Word.VALID


def test_promotion_of_one_of_two_job_types_leaves_the_card_for_the_other(office: Office) -> None:
    """考§12, 考§3."""
    number = office.issue_one(applicant("standard", 1, occupations="电工、焊工"))
    office.move_to(date(2028, 1, 10))
    facts = {
        "kind": "高级考评员",
        "occupations": "电工",
        "qualification_level": "1",
        "assessments_done": "4",
        "review_score": "80",
    }
    senior = renew_card(office.register, number, renewal("standard", date(2028, 1, 5), **facts), By(ACTOR))
    former, new = office.card(number), office.card(senior)
    assert (new.kind, [one.name for one in new.occupations]) == (CardKind.SENIOR, ["电工"])
    assert (office.check(number), sorted(former.live_scopes)) == (Word.VALID, ["occupation:焊工"])
    office.move_to(date(2029, 10, 1))
    rest = renew_card(office.register, number, renewal("standard"), By(ACTOR))
    assert [one.name for one in office.card(rest).occupations] == ["焊工"]
    assert (office.check(number), office.check(senior)) == (Word.SUPERSEDED, Word.VALID)


def test_renewal_prints_a_new_photograph_where_one_is_given(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    lite.move_to(LATER)
    stated = structs.replace(renewal("external"), photo=photo(9))
    assert lite.check(renew_card(lite.register, number, stated, By(ACTOR))) is Word.VALID


def test_card_that_has_ended_is_not_renewed_and_nobody_renews_another_issuers(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    lite.move_to(LATER)
    with pytest.raises(DecisionRefused) as refused:
        renew_card(lite.register, number, renewal("standard"), By(ACTOR, SCHOOL.code))
    assert refused.value.code == "decision-issuer"
    assert lite.events()[-1].data == {"act": "renew", "body": SCHOOL.code}
    revoke_card(lite.register, number, RevocationRequest(ground="考§21(4)", reason="x", decided_by="y"), By(ACTOR))
    with pytest.raises(IllegalTransition) as ended:
        renew_card(lite.register, number, renewal("standard"), By(ACTOR))
    assert ended.value.code == "card-is-revoked"
    with pytest.raises(Refused, match="no card"):
        renew_card(lite.register, CardNumber("26310020009"), renewal("standard"), By(ACTOR))


def test_card_found_again_stays_replaced(office: Office) -> None:
    """督§10, 考§12."""
    number = office.issue_one(applicant("external", 1))
    with pytest.raises(Refused, match="never replaced"):
        record_found(office.register, number, FoundRequest(reported_by="王芳"), By(ACTOR))
    lost = office.text(number)
    replace_card(office.register, number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert record_found(office.register, number, FoundRequest(reported_by="王芳"), By(ACTOR)) == 1
    assert (office.verdict(lost).verdict, office.check(number)) == (Word.REPLACED, Word.VALID)
    assert office.events()[-1].kind == "copy-found"
    with pytest.raises(Refused, match="who brings it back"):
        record_found(office.register, number, FoundRequest(reported_by=" "), By(ACTOR))


def test_cards_to_expire_are_listed_by_issuer_with_the_day_renewal_opens(office: Office) -> None:
    """督§10, 考§12."""
    office.issue(*one_of_each())
    office.clock.set_to(date(2029, 9, 1))
    assert [one.card.number for one in list_expiring(office.register, 3, SCHOOL.code)] == ["S500123260001"]
    listed = list_expiring(office.register, 3)
    assert len(listed) == len(KINDS)
    assert {(one.card.expires_on, one.renewal_opens_on) for one in listed} == {(date(2029, 11, 2), date(2029, 5, 2))}
    assert list_expiring(office.register, 1) == ()
    office.clock.set_to(date(2029, 10, 2))
    assert len(list_expiring(office.register, 1, CENTRE)) == 4
    office.clock.set_to(date(2029, 11, 3))
    assert list_expiring(office.register, 1) == ()
    with pytest.raises(Refused):
        list_expiring(office.register, 0)
