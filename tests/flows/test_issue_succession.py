from __future__ import annotations

from datetime import date, timedelta

import pytest

from service.domain.access import By
from service.domain.card import CardStatus
from service.domain.fitness import Answer, Duty
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import revoke_card, void_number
from service.flows.checking.verify import verify_text
from service.flows.running.audit import audit
from tests.flows.office import FACTORY, Office, applicant, codes_of, words_of

RENEWED = {"certified_on": date(2029, 5, 20), "applied_on": date(2029, 5, 2)}
IN_TIME = date(2029, 6, 1)  # cards of 2026-11-02 expire on 2029-11-02; renewal opens on 2029-05-02
BOTH = "电工、焊工"


@pytest.mark.parametrize("kind", ["external", "internal", "standard"])
def test_renewal_supersedes_the_former_card(office: Office, kind: str) -> None:
    """督§10, 考§12: a new certification, a new number; the former card answers superseded at once."""
    former = office.issue_one(applicant(kind, 1))
    office.move_to(date(2029, 5, 1))
    early = applicant(kind, 1, certified_on=date(2029, 4, 20), applied_on=date(2029, 4, 2))
    assert codes_of(office.issue(early)) == {2: ["renewal-too-early"]}
    office.clock.set_to(IN_TIME)
    assert codes_of(office.issue(applicant(kind, 1))) == {2: ["certification-too-old", "certification-not-new"]}
    assert office.check(former) is Word.VALID

    new = office.issue_one(applicant(kind, 1, **RENEWED))
    assert new[: -len("0001")] != former[: -len("0001")]
    assert words_of(office, (former, new)) == [Word.SUPERSEDED, Word.VALID]
    assert office.card(new).predecessor == former
    assert (office.card(former).status, office.card(former).status_on) == (CardStatus.SUPERSEDED, IN_TIME)
    assert audit(office.register).faults == ()


def test_renewal_after_expiry_supersedes_the_expired_card(lite: Office) -> None:
    former = lite.issue_one(applicant("external", 1))
    lite.move_to(date(2030, 3, 1))
    assert lite.check(former) is Word.EXPIRED
    new = lite.issue_one(applicant("external", 1, certified_on=date(2030, 2, 1), applied_on=date(2030, 1, 5)))
    assert words_of(lite, (former, new)) == [Word.SUPERSEDED, Word.VALID]


def test_renewal_dated_ahead_keeps_the_former_card_until_then(office: Office) -> None:
    former = office.issue_one(applicant("external", 1))
    office.move_to(IN_TIME)
    new = office.issue_one(applicant("external", 1, **RENEWED), issued_on=IN_TIME + timedelta(days=10))
    office.clock.advance(days=9)
    assert words_of(office, (former, new)) == [Word.VALID, Word.NOT_YET_VALID]
    office.clock.advance(days=1)
    assert words_of(office, (former, new)) == [Word.SUPERSEDED, Word.VALID]


def test_person_cannot_hold_two_live_cards_for_one_scope(office: Office) -> None:
    office.issue_one(applicant("internal", 1))
    assert codes_of(office.issue(applicant("internal", 1, certified_on=date(2026, 11, 1)))) == {
        2: ["renewal-too-early", "certification-not-new"][::-1]
    }
    other = office.issue_one(applicant("internal", 1, institution=FACTORY.code))  # another institution, another scope
    assert other == "Y500777260001"


def test_promotion_of_one_job_type_leaves_the_other(office: Office) -> None:
    """考§12: the former card no longer counts for the promoted type and stays valid for the other."""
    former = office.issue_one(applicant("standard", 1, occupations=BOTH, theory_score="80;81", skill_score="85;86"))
    office.move_to(date(2028, 1, 10))
    again = {"certified_on": date(2028, 1, 5), "applied_on": date(2027, 12, 1)}
    promoted = applicant("senior", 1, occupations="电工", standard_card=None, assessor_years=None, **again)
    new = office.issue_one(promoted)
    assert words_of(office, (former, new)) == [Word.VALID, Word.VALID]
    assert office.card(former).released == {"occupation:电工"}
    assert office.card(new).predecessor == former

    text = office.text(former)
    fit = {
        job: verify_text(office.register, text, Duty(occupation=job)).checks[-2].outcome.value
        for job in ("电工", "焊工")
    }
    assert fit["电工"] == "failed"
    assert fit["焊工"] != "failed"
    shown = verify_text(office.register, text).card
    assert shown is not None
    assert ([o.name for o in shown.occupations], shown.released) == (["焊工"], ("电工",))

    rest = office.issue_one(
        applicant(
            "senior",
            1,
            occupations="焊工",
            standard_card=None,
            assessor_years=None,
            certified_on=date(2028, 1, 6),
            applied_on=date(2028, 1, 2),
        )
    )
    assert words_of(office, (former, new, rest)) == [Word.SUPERSEDED, Word.VALID, Word.VALID]
    assert audit(office.register).faults == ()


def test_two_cards_are_superseded_by_one(office: Office) -> None:
    first = office.issue_one(applicant("standard", 1, occupations="电工"))
    second = office.issue_one(
        applicant("standard", 1, occupations="焊工", applied_on=date(2026, 9, 2), certified_on=date(2026, 10, 11))
    )
    office.move_to(IN_TIME)
    new = office.issue_one(
        applicant("standard", 1, occupations=BOTH, theory_score="80;81", skill_score="85;86", **RENEWED)
    )
    assert words_of(office, (first, second, new)) == [Word.SUPERSEDED, Word.SUPERSEDED, Word.VALID]
    assert office.card(new).predecessor == second
    assert audit(office.register).faults == ()


def test_partial_take_over_is_not_dated_ahead(office: Office) -> None:
    """考§12: what is released counts at once, so for ten days nobody would hold the promoted job type."""
    former = office.issue_one(applicant("standard", 1, occupations=BOTH, theory_score="80;81", skill_score="85;86"))
    office.move_to(date(2028, 1, 10))
    again = {"certified_on": date(2028, 1, 5), "applied_on": date(2027, 12, 1)}
    promoted = applicant("senior", 1, occupations="电工", standard_card=None, assessor_years=None, **again)
    ahead = office.today + timedelta(days=1)
    for dry_run in (True, False):
        outcome = office.issue(promoted, applicant("external", 2, **again), issued_on=ahead, dry_run=dry_run)
        assert codes_of(outcome) == {2: ["issue-date-ahead"]}
        assert [row.row for row in outcome.issued] == [3]
    (problem,) = outcome.refused[0].problems
    assert problem.article == "考§12"
    assert former in problem.zh
    assert former in problem.en
    assert office.card(former).released == frozenset()
    for issued_on in (office.today - timedelta(days=1), office.today):
        assert not office.issue(promoted, issued_on=issued_on, dry_run=True).refused
    both = applicant(
        "senior", 1, occupations=BOTH, standard_card=None, assessor_years=None,
        theory_score="80;81", skill_score="85;86", review_score="70;71", **again,
    )  # fmt: skip
    assert not office.issue(both, issued_on=ahead, dry_run=True).refused, "a card taken over whole stays valid"
    office.issue_one(promoted)
    again["applied_on"] = date(2028, 1, 2)
    rest = applicant("senior", 1, occupations="焊工", standard_card=None, assessor_years=None, **again)
    assert not office.issue(rest, issued_on=ahead, dry_run=True).refused, "nothing else is left on the former card"


def test_assessor_is_barred_for_three_years_after_a_cancellation(office: Office) -> None:
    """考§21: no application until the day after the corresponding day three years later."""
    card = office.issue_one(applicant("standard", 1))
    office.move_to(date(2027, 2, 1))
    revoke_card(
        office.register,
        card,
        RevocationRequest(ground="考§21(4)", reason="未按评分标准阅卷", decided_by="王主任"),
        By("office"),
    )
    assert office.check(card) is Word.REVOKED
    office.move_to(date(2030, 3, 1))
    again = {"occupations": "车工", "certified_on": date(2030, 2, 20)}
    outcome = office.issue(applicant("standard", 1, applied_on=date(2030, 2, 1), **again))
    assert codes_of(outcome) == {2: ["barred"]}
    assert "2030-02-02" in outcome.refused[0].problems[0].zh
    assert not office.issue(applicant("external", 1, **RENEWED)).refused, "督 has no such bar"
    new = office.issue(applicant("standard", 1, applied_on=date(2030, 2, 2), **again))
    assert not new.refused
    told = [problem.code for problem in new.warned[0].problems]
    assert [code for code in told if not code.startswith("photo-")] == ["record-cancelled-card"]


def test_voided_card_leaves_its_scope_free(lite: Office) -> None:
    first = lite.issue_one(applicant("external", 1))
    void_number(lite.register, first, VoidRequest(reason="姓名打错"), By("office"))
    second = lite.issue_one(applicant("external", 1))
    assert (first, second) == ("R50260001", "R50260002")
    assert lite.card(second).predecessor is None
    assert lite.check(first) is Word.VOIDED


def test_register_knows_a_promoted_assessor(lite: Office) -> None:
    """考§7(2)1: what the register knows goes before what the row states."""
    lite.issue_one(applicant("standard", 1))
    lite.clock.set_to(date(2027, 8, 1))
    again = {"certified_on": date(2027, 7, 20), "applied_on": date(2027, 7, 1), "standard_card": None}
    outcome = lite.issue(applicant("senior", 1, **again, assessor_years=9))
    assert codes_of(outcome) == {2: ["assessor-years-too-few"]}


def test_predecessor_dated_out_ahead_still_covers_its_job_types(lite: Office) -> None:
    """督§10, 考§12: until the renewal takes effect the former card is valid, with all it was issued for."""
    former = lite.issue_one(applicant("standard", 1))
    lite.move_to(IN_TIME)
    lite.issue_one(applicant("standard", 1, **RENEWED), issued_on=IN_TIME + timedelta(days=10))
    verdict = verify_text(lite.register, lite.text(former), Duty(occupation="电工"))
    assert verdict.verdict is Word.VALID
    assert verdict.fit_for_duty is not None
    assert verdict.fit_for_duty.answer is not Answer.NO


def test_two_batches_of_one_certification_are_one_application(office: Office) -> None:
    """考§9: two job types, in however many batches; another certification and application is another one."""
    office.issue_one(applicant("standard", 1, occupations="电工"))
    office.issue_one(applicant("standard", 1, occupations="焊工", applied_on=date(2026, 9, 20)))
    third = applicant("standard", 1, occupations="车工", applied_on=date(2026, 8, 1))
    for dry_run in (True, False):
        outcome = office.issue(third, dry_run=dry_run)
        assert codes_of(outcome) == {2: ["too-many-occupations"]}
    assert "已发证的焊工、电工" in outcome.refused[0].problems[0].zh
    other = applicant("standard", 1, occupations="车工", applied_on=date(2026, 8, 1), certified_on=date(2026, 10, 20))
    assert office.issue_one(other) == "26310020003"
