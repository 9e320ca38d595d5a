from __future__ import annotations

from datetime import date

import pytest

from service.domain.card import CardStatus
from tests.domain.applicants import (
    ELECTRICIAN,
    ISSUED_ON,
    application,
    electrician,
    known,
    planned,
    refused_for,
)
from tests.domain.sample_cards import WELDING, card


def test_renewal_opens_six_months_before_expiry_and_stays_open() -> None:
    """考§12: the configured six months, and any time after expiry."""
    for issued_on, codes in (
        (date(2024, 5, 3), ["renewal-too-early"]),
        (date(2024, 5, 2), []),
        (date(2023, 11, 2), []),
        (date(2020, 1, 6), []),
    ):
        old = electrician(f"{issued_on:%y}310020001", issued_on=issued_on)
        plan = planned(application("standard", certified_on=ISSUED_ON), of=known(old))
        assert [p.code for refusal in plan.refused for p in refusal.problems] == codes
        if not codes:
            assert plan.accepted[0].supersedes == ((old.number, frozenset({"occupation:电工"})),)
            assert plan.accepted[0].predecessor == old.number


@pytest.mark.parametrize(
    ("certified_on", "codes"),
    [
        (date(2023, 11, 20), ["certification-not-new"]),
        (date(2023, 11, 21), ["certification-before-window"]),  # three years ago
        (date(2026, 5, 19), ["certification-before-window"]),
        (date(2026, 5, 20), []),  # the first day of the window: six months before 2026-11-20
        (date(2026, 10, 10), []),
    ],
)
def test_the_certification_of_a_renewal_falls_into_the_window(certified_on: date, codes: list[str]) -> None:
    """督§10, 考§12: 有效期满后须重新认证; an older one is refused with the first day it could have been."""
    supervisor = card("R50230001", issued_on=date(2023, 11, 20), name="王小明")
    assessor = electrician("23310020001", issued_on=date(2023, 11, 20))
    for kind, old, article in (("external", supervisor, "督§10"), ("standard", assessor, "考§12")):
        applicant = application(kind, certified_on=certified_on, applied_on=certified_on, notice="某通知")
        problems = [p for refusal in planned(applicant, of=known(old)).refused for p in refusal.problems]
        assert [(p.code, p.article) for p in problems] == [(code, article) for code in codes]
        if codes == ["certification-before-window"]:
            assert "2026-05-20" in problems[0].zh
            assert f"{certified_on}" in problems[0].zh


def test_the_window_does_not_close() -> None:
    """督§10, 考§12: years after expiry too, on a certification of that time."""
    old = electrician("20310020001", issued_on=date(2020, 1, 6))
    assert refused_for(application("standard"), of=known(old)) == []


def test_a_promotion_needs_no_window() -> None:
    """考§12: another grade is no renewal, but its certification is new all the same."""
    old = electrician("24310020001", issued_on=date(2024, 1, 8))
    applicant = application("senior", certified_on=date(2026, 1, 10), applied_on=date(2026, 1, 9))
    assert refused_for(applicant, of=known(old)) == []


def test_one_certification_does_not_serve_twice() -> None:
    """考§12: neither after a renewal nor after a cancellation; a card voided by mistake is no use of it."""
    applicant = application("external", certified_on=date(2026, 3, 1), applied_on=date(2026, 2, 1))
    facts = {"issued_on": date(2026, 3, 2), "name": "王小明"}
    cancelled = card("R50260001", status=CardStatus.REVOKED, status_on=date(2026, 4, 1), **facts)
    voided = card("R50260001", status=CardStatus.VOIDED, status_on=date(2026, 4, 1), **facts)
    assert refused_for(applicant, of=known(cancelled)) == ["certification-not-new"]
    assert refused_for(applicant, of=known(voided)) == []


def test_the_same_roster_twice_is_refused_by_the_live_card() -> None:
    """督§10: no person has two live cards for one scope."""
    fresh = card("R50260001", issued_on=ISSUED_ON, name="王小明")
    assert refused_for(application("external"), of=known(fresh)) == ["certification-not-new", "renewal-too-early"]


def test_promotion_is_open_at_any_time_and_takes_only_its_job_types() -> None:
    """考§7(2)1, 考§12: the old card stays live for the other job type."""
    old = electrician("25310020001", occupations=(ELECTRICIAN, WELDING), issued_on=date(2025, 6, 2))
    plan = planned(application("senior"), of=known(old))
    assert plan.refused == ()
    assert plan.accepted[0].supersedes == ((old.number, frozenset({"occupation:电工"})),)


def test_a_scope_already_released_is_not_taken_twice() -> None:
    """考§12: the card that took it over is the live one."""
    half = electrician(
        "24310020001",
        occupations=(ELECTRICIAN, WELDING),
        issued_on=date(2024, 1, 8),
        released=frozenset({"occupation:电工"}),
    )
    assert planned(application("standard"), of=known(half)).accepted[0].supersedes == ()


def test_a_card_may_take_over_from_two() -> None:
    """考§12: one renewal for the job types of two cards; the latest is the predecessor."""
    first = electrician("23310020001", issued_on=date(2023, 11, 20))
    second = electrician("24310020002", issued_on=date(2024, 1, 8), occupations=(WELDING,))
    plan = planned(application("standard", occupations="电工、焊工"), of=known(first, second))
    assert plan.accepted[0].supersedes == (
        (second.number, frozenset({"occupation:焊工"})),
        (first.number, frozenset({"occupation:电工"})),
    )


def test_a_live_higher_grade_is_not_doubled_by_a_lower_one() -> None:
    """考§3: a senior assesses all that a standard assessor may; an expired one may start lower."""
    senior = electrician("25310010001", issued_on=date(2025, 6, 2))
    expired = electrician("22310010001", issued_on=date(2022, 6, 2))
    assert refused_for(application("standard"), of=known(senior)) == ["higher-grade-held"]
    assert refused_for(application("standard"), of=known(expired)) == []


def test_a_card_dated_later_stands_in_the_way() -> None:
    """督§10: a successor takes effect after its predecessor."""
    later = card("R50260009", issued_on=date(2026, 12, 1), name="王小明")
    assert refused_for(application("external"), of=known(later)) == ["certification-not-new", "live-card-later"]


def test_other_scopes_do_not_conflict() -> None:
    """督§9: person × institution for internal cards; external and assessor cards stand beside them."""
    others = known(
        card("S500456260001", name="王小明"),
        card("R50260001", name="王小明"),
        card("26310020001", name="王小明", occupations=(WELDING,)),
    )
    plan = planned(application("internal"), of=others)
    assert plan.refused == ()
    assert plan.accepted[0].supersedes == ()
