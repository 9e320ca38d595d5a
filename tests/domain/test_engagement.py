from __future__ import annotations

from datetime import date

import pytest

from service.domain.card import CardStatus
from service.domain.engagement import NewEngagement, check_engagement, full_term, last_day, terms_warning
from service.domain.errors import EngagementRefused
from service.domain.fitness import Engagement
from tests.domain.sample_cards import ISSUED_ON, card

PLACE = "500123"
ASSESSOR = card("26310020001")
EXTERNAL = card("R50260001")
INTERNAL = card("S500123260001")
LAST = ASSESSOR.expires_on


def contract(since: date = ISSUED_ON, until: date = LAST, **changes: object) -> NewEngagement:
    facts: dict[str, object] = {"institution": PLACE, "since": since, "until": until}
    return NewEngagement(**(facts | changes))  # type: ignore[arg-type]


def as_internal(since: date, until: date, document: str | None = "责任书2026-1") -> NewEngagement:
    return contract(since, until, as_internal=True, document=document)


@pytest.mark.parametrize("holder", [ASSESSOR, INTERNAL])
@pytest.mark.parametrize(
    ("since", "until"),
    [(date(2026, 3, 1), LAST), (ISSUED_ON, date(2029, 3, 3)), (date(2029, 3, 3), date(2029, 3, 3))],
)
def test_a_term_lies_within_the_validity_of_the_card(holder: object, since: date, until: date) -> None:
    """考§16: 聘期应与考评人员证卡有效期衔接; a day too early, a day too late, all of it too late."""
    assert holder in {ASSESSOR, INTERNAL}
    one = ASSESSOR if holder is ASSESSOR else INTERNAL
    check_engagement(one, contract(), ())
    with pytest.raises(EngagementRefused) as refused:
        check_engagement(one, contract(since, until), ())
    assert refused.value.code == "engagement-outside-card"


@pytest.mark.parametrize(
    ("since", "until", "overlaps"),
    [
        (date(2026, 5, 1), date(2026, 5, 31), False),
        (date(2026, 5, 1), date(2026, 6, 1), True),
        (date(2026, 7, 1), date(2026, 7, 2), True),
        (date(2026, 8, 31), date(2026, 9, 30), True),
        (date(2026, 9, 1), date(2026, 9, 30), False),
    ],
)
def test_terms_of_one_card_at_one_institution_never_overlap(since: date, until: date, *, overlaps: bool) -> None:
    there = (Engagement(PLACE, date(2026, 6, 1), date(2026, 8, 31)),)
    if not overlaps:
        check_engagement(ASSESSOR, contract(since, until), there)
        return
    with pytest.raises(EngagementRefused) as refused:
        check_engagement(ASSESSOR, contract(since, until), there)
    assert refused.value.code == "engagement-overlaps"


def test_an_external_supervisor_is_engaged_as_internal_for_three_years_at_most() -> None:
    """督§14: 聘期3年为1届. A term may outlast the card, which is renewed; it begins while the card holds."""
    since = date(2027, 3, 1)
    assert full_term(EXTERNAL, since, as_internal=True) == date(2030, 2, 28)
    check_engagement(EXTERNAL, as_internal(since, date(2030, 2, 28)), ())
    with pytest.raises(EngagementRefused) as refused:
        check_engagement(EXTERNAL, as_internal(since, date(2030, 3, 1)), ())
    assert refused.value.code == "engagement-too-long"
    with pytest.raises(EngagementRefused) as refused:
        check_engagement(EXTERNAL, as_internal(date(2029, 3, 3), date(2029, 3, 4)), ())
    assert refused.value.code == "engagement-outside-card"


@pytest.mark.parametrize("document", [None, " "])
def test_an_external_supervisor_engaged_as_internal_has_signed_a_paper(document: str | None) -> None:
    """督§14: 签订工作责任书."""
    with pytest.raises(EngagementRefused) as refused:
        check_engagement(EXTERNAL, as_internal(ISSUED_ON, LAST, document), ())
    assert refused.value.code == "engagement-document"


def test_a_fourth_term_at_one_institution_is_warned_of() -> None:
    """督§14: 原则上不得超过3届."""
    assert terms_warning(2) == ()
    (warned,) = terms_warning(3)
    assert (warned.article, "原则上不得超过 3 届" in warned.zh) == ("督§14", True)


@pytest.mark.parametrize(
    ("of", "new", "code"),
    [
        (EXTERNAL, contract(), "engagement-external"),  # 督§3: dispatched, not engaged
        (ASSESSOR, as_internal(ISSUED_ON, LAST), "engagement-as-internal"),  # 督§14
        (INTERNAL, contract(institution="500777"), "engagement-elsewhere"),  # 督§9
        (ASSESSOR, contract(date(2027, 1, 2), date(2027, 1, 1)), "engagement-term"),
        (card("26310020001", status=CardStatus.REVOKED, status_on=ISSUED_ON), contract(), "engagement-card"),  # 考§4
    ],
)
def test_what_no_card_bears_is_refused(of: object, new: NewEngagement, code: str) -> None:
    with pytest.raises(EngagementRefused) as refused:
        check_engagement(of, new, ())  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_contract_ends_on_a_day_of_its_term() -> None:
    term = Engagement(PLACE, date(2026, 6, 1), date(2026, 8, 31))
    assert last_day("x", term, date(2026, 6, 1)) == date(2026, 6, 1)
    assert last_day("x", term, date(2026, 8, 31)) == date(2026, 8, 31)
    for day in (date(2026, 5, 31), date(2026, 9, 1)):
        with pytest.raises(EngagementRefused) as refused:
            last_day("x", term, day)
        assert refused.value.code == "engagement-end"


@pytest.mark.parametrize(
    ("holder", "expired", "outside"),
    [("26310020001", "考§4", "考§16"), ("R50260001", "督§14", "督§14"), ("S500123260001", "督§9", "督§9")],
)
def test_a_contract_is_refused_by_the_rule_of_its_holder(holder: str, expired: str, outside: str) -> None:
    """考§4, 考§16 are of assessors, 督§9 and 督§14 of supervisors."""
    new = contract(date(2025, 1, 1), date(2025, 2, 1), as_internal=holder.startswith("R"), document="责任书")
    voided = card(holder, status=CardStatus.VOIDED, status_on=ISSUED_ON)
    for one, article in ((voided, expired), (card(holder), outside)):
        with pytest.raises(EngagementRefused) as refused:
            check_engagement(one, new, ())
        assert article in refused.value.zh
        assert article in str(refused.value)
