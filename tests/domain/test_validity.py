from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import TermInvalid
from service.domain.kinds import CardKind
from service.domain.validity import (
    add_months,
    civil_date,
    expiry_for,
    first_application_on,
    last_valid_day,
    renewal_opens_on,
)

dates = st.dates(date(2000, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("issued_on", "last"),
    [
        (date(2026, 3, 2), date(2029, 3, 2)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(2025, 2, 28), date(2028, 2, 28)),  # not the 29th: the corresponding day exists
        (date(2023, 12, 31), date(2026, 12, 31)),
        (date(2023, 10, 1), date(2026, 10, 1)),  # a holiday is not moved: the printed date governs
    ],
)
def test_a_card_holds_three_years(issued_on: date, last: date) -> None:
    """督§10, 考§12: 有效期 3 年, to the same calendar day three years on."""
    assert last_valid_day(issued_on) == last


@given(dates)
def test_three_years_are_never_more_or_less_by_two_days(issued_on: date) -> None:
    """督§10, 考§12: 1,095 or 1,096 days."""
    assert last_valid_day(issued_on) - issued_on in {timedelta(1095), timedelta(1096)}


@given(dates, st.integers(-60, 60))
def test_a_month_ends_in_the_month_that_was_meant(on: date, months: int) -> None:
    """督§10, 考§12: counted by the calendar (民法典 202), never running over into the next month."""
    moved = add_months(on, months)
    assert (moved.year - on.year) * 12 + moved.month - on.month == months
    assert moved.day <= on.day


@pytest.mark.parametrize("kind", [kind for kind in CardKind if kind is not CardKind.INTERNAL])
def test_only_an_internal_term_may_differ(kind: CardKind) -> None:
    """督§10, 考§12: 3 years for assessors and external supervisors, no more and no less."""
    issued_on = date(2026, 3, 2)
    assert expiry_for(kind, issued_on, internal_term_months=12) == date(2029, 3, 2)
    assert expiry_for(kind, issued_on, internal_term_months=12, until=date(2029, 3, 2)) == date(2029, 3, 2)
    for until in (date(2029, 3, 1), date(2029, 3, 3)):
        with pytest.raises(TermInvalid) as refused:
            expiry_for(kind, issued_on, internal_term_months=12, until=until)
        assert refused.value.code == "term-fixed"


def test_an_internal_term_may_be_shorter_but_not_longer() -> None:
    """督§10: 内督证卡有效期限及换发参照外督."""
    issued_on = date(2026, 3, 2)
    assert expiry_for(CardKind.INTERNAL, issued_on, internal_term_months=36) == date(2029, 3, 2)
    assert expiry_for(CardKind.INTERNAL, issued_on, internal_term_months=12) == date(2027, 3, 2)
    until = date(2027, 1, 31)
    assert expiry_for(CardKind.INTERNAL, issued_on, internal_term_months=36, until=until) == until
    with pytest.raises(TermInvalid) as refused:
        expiry_for(CardKind.INTERNAL, issued_on, internal_term_months=36, until=date(2029, 3, 3))
    assert refused.value.code == "term-too-long"
    with pytest.raises(TermInvalid) as refused:
        expiry_for(CardKind.INTERNAL, issued_on, internal_term_months=36, until=date(2026, 3, 1))
    assert refused.value.code == "term-ends-before-issue"


def test_renewal_opens_some_months_before_expiry() -> None:
    """督§10, 考§12: on renewal a new certification; the office opens it six months ahead."""
    assert renewal_opens_on(date(2029, 3, 2), 6) == date(2028, 9, 2)
    assert renewal_opens_on(date(2029, 8, 31), 6) == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("cancelled_on", "first"),
    [
        (date(2026, 3, 2), date(2029, 3, 3)),
        (date(2026, 2, 28), date(2029, 3, 1)),
        (date(2024, 2, 29), date(2027, 3, 1)),
        (date(2025, 2, 28), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2030, 1, 1)),
    ],
)
def test_the_bar_ends_the_day_after_the_corresponding_day(cancelled_on: date, first: date) -> None:
    """考§21: 自取消之日起 3 年内不得申报."""
    assert first_application_on(cancelled_on, 3) == first


def test_the_day_turns_in_shanghai() -> None:
    """督附3, 考附2: the year of a number is that of the date in Shanghai."""
    assert civil_date(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == date(2026, 1, 1)
    assert civil_date(datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2025, 12, 31)
    assert civil_date(datetime(2026, 1, 1, 5, tzinfo=timezone(timedelta(hours=14)))) == date(2025, 12, 31)


def test_a_term_beyond_the_calendar_is_refused() -> None:
    """督§10, 考§12: a mistyped year gets a refusal, not a crash."""
    with pytest.raises(TermInvalid) as refused:
        last_valid_day(date(9999, 6, 1))
    assert refused.value.code == "term-date"
