"""Terms and dates: how long a card holds, when it may be renewed, which civil day an instant falls on.

All dates are civil dates in Asia/Shanghai. A term of years ends on the corresponding calendar day and, where that
month has none, on its last day (民法典 202); the last day counts to its end (民法典 203) and is not moved for
holidays, since the printed date governs.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from service.domain.errors import TermInvalid
from service.domain.kinds import CardKind
from service.domain.regulation import TERM_YEARS

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
MONTHS_A_YEAR: Final = 12


def civil_date(at: datetime) -> date:
    """Return the date in Asia/Shanghai of an aware instant."""
    assert at.tzinfo is not None, "instants are aware"
    return at.astimezone(SHANGHAI).date()


def add_months(on: date, months: int) -> date:
    """Move to the corresponding day ``months`` later (or earlier), or to that month's last day. 民法典 202.

    Raises TermInvalid for a day beyond the calendar's year 9999, or before its first.
    """
    year, month0 = divmod(on.year * MONTHS_A_YEAR + on.month - 1 + months, MONTHS_A_YEAR)
    if not MINYEAR <= year <= MAXYEAR:
        raise TermInvalid(f"日期 {on} 超出可用范围，请核对", f"{on} is out of range: check the date", code="term-date")
    return date(year, month0 + 1, min(on.day, monthrange(year, month0 + 1)[1]))


def add_years(on: date, years: int) -> date:
    """Move to the corresponding day ``years`` later; 29 February becomes 28 February in a common year."""
    return add_months(on, years * MONTHS_A_YEAR)


def last_valid_day(issued_on: date) -> date:
    """Return the last day of the full term: the same calendar day three years on. 督§10, 考§12."""
    return add_years(issued_on, TERM_YEARS)


def expiry_for(kind: CardKind, issued_on: date, *, internal_term_months: int, until: date | None = None) -> date:
    """Settle the last valid day of a new card.

    The term is 3 years; an internal card's may be shorter, by configuration or by the ``until`` the institution
    asks for, never longer, and no other card's may differ. Raises TermInvalid. 督§10, 考§12.
    """
    full = last_valid_day(issued_on)
    longest = min(full, add_months(issued_on, internal_term_months)) if kind is CardKind.INTERNAL else full
    if until is None or until == longest:
        return longest
    if kind is not CardKind.INTERNAL:
        raise TermInvalid(
            f"{kind.zh}证卡有效期为 {TERM_YEARS} 年，至 {full} 止，收到 {until}",
            f"the card of a {kind.en} holds {TERM_YEARS} years, to {full}, got {until}",
            code="term-fixed",
        )
    if not issued_on <= until <= longest:
        raise TermInvalid(
            f"内督证卡有效期止日应在 {issued_on} 至 {longest} 之间，收到 {until}",
            f"an internal card ends between {issued_on} and {longest}, got {until}",
            code="term-too-long" if until > longest else "term-ends-before-issue",
        )
    return until


def renewal_opens_on(expires_on: date, renewal_months: int) -> date:
    """Return the first day on which a renewal is accepted; it stays open ever after. 督§10, 考§12."""
    return add_months(expires_on, -renewal_months)


def first_application_on(cancelled_on: date, bar_years: int) -> date:
    """Return the first day after a bar of years: the day after the corresponding day. 考§21."""
    return add_years(cancelled_on, bar_years) + timedelta(days=1)
