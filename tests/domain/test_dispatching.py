from __future__ import annotations

from datetime import date

import pytest

from service.domain.card import Card, CardStatus
from service.domain.dispatching import Visit, avoidance, check_dispatch, check_rotation
from service.domain.errors import DispatchRefused
from tests.domain.sample_cards import ISSUED_ON, SCHOOL, card

EXTERNAL = card("R50260001")
ME = EXTERNAL.person
OTHER = 99
BUREAU = "渝北区人力资源和社会保障局"


def day(number: int, plan: str = "") -> Visit:
    return date(2026, 6, number), plan


@pytest.mark.parametrize(
    ("of", "on", "authority", "code"),
    [
        (card("26310020001"), ISSUED_ON, BUREAU, "dispatch-kind"),
        (card("S500123260001"), ISSUED_ON, BUREAU, "dispatch-kind"),
        (EXTERNAL, date(2026, 3, 1), BUREAU, "dispatch-card"),
        (EXTERNAL, date(2029, 3, 3), BUREAU, "dispatch-card"),
        (card("R50260001", status=CardStatus.REVOKED, status_on=ISSUED_ON), ISSUED_ON, BUREAU, "dispatch-card"),
        (EXTERNAL, ISSUED_ON, " ", "dispatch-authority"),
    ],
)
def test_only_external_supervisors_in_force_are_sent_by_an_authority(
    of: Card, on: date, authority: str, code: str
) -> None:
    """督§3, 督§4."""
    check_dispatch(EXTERNAL, ISSUED_ON, BUREAU)
    check_dispatch(EXTERNAL, date(2029, 3, 2), BUREAU)
    with pytest.raises(DispatchRefused) as refused:
        check_dispatch(of, on, authority)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("visits", "new"),
    [
        ({}, day(1)),
        ({day(1): {ME}}, day(2)),
        ({day(1): {ME}, day(2): {OTHER}, day(3): {ME}}, day(4)),
        ({day(1): {ME}, day(2): {ME}, day(3): {OTHER}}, day(4)),
        ({day(1): {ME}, day(2): {ME}}, day(2)),  # with somebody, or again: the same visit
        ({day(1, "甲"): {ME}, day(2, "甲"): {OTHER}, day(3, "乙"): {OTHER}}, day(4)),
        ({day(1, "甲"): {ME}, day(2, "甲"): {ME}}, day(3, "甲")),  # all days of one plan are one visit
        ({day(1, "甲"): {ME}, day(3, "甲"): {ME}, day(2, "乙"): {OTHER}}, day(4, "丙")),
    ],
)
def test_two_visits_running_are_allowed(visits: dict[Visit, set[int]], new: Visit) -> None:
    """督§15."""
    check_rotation(EXTERNAL, new, visits)


@pytest.mark.parametrize(
    ("visits", "new"),
    [
        ({day(1): {ME}, day(2): {ME, OTHER}}, day(3)),
        ({day(2): {ME}, day(3): {ME}}, day(1)),  # entered late: it counts in its place
        ({day(1): {ME}, day(3): {ME}}, day(2)),
        ({day(1): {ME}, day(2): {OTHER}, day(3): {ME}}, day(2)),  # joins the other's visit
        ({day(1): {ME}, day(2, "甲"): {ME}}, day(2, "乙")),  # another plan is another visit
        ({day(1, "甲"): {ME}, day(2, "甲"): {OTHER}, day(2, "乙"): {ME}}, day(3)),
        ({day(1): {OTHER}, day(2): {ME}, day(8): {ME}}, day(30)),
    ],
)
def test_nobody_visits_an_institution_three_times_running(visits: dict[Visit, set[int]], new: Visit) -> None:
    """督§15: 同1名外督不得连续3次对同一鉴定评价机构进行质量督导."""
    with pytest.raises(DispatchRefused) as refused:
        check_rotation(EXTERNAL, new, visits)
    assert refused.value.code == "dispatch-third-running"
    assert "督§15" in refused.value.zh


@pytest.mark.parametrize(
    ("held", "engaged", "warned"),
    [
        ([EXTERNAL], False, False),
        ([EXTERNAL], True, True),
        ([card("R50260001", work_unit=SCHOOL.name)], False, True),
        ([EXTERNAL, card("S500123260001", in_house=True)], False, True),
        ([EXTERNAL, card("S500123260001", in_house=False)], False, False),
        ([EXTERNAL, card("S500777260001", in_house=True)], False, False),
    ],
)
def test_who_works_for_the_institution_should_stand_aside(held: list[Card], *, engaged: bool, warned: bool) -> None:
    """督§12(4): 回避."""
    articles = [one.article for one in avoidance(held, SCHOOL, engaged_there=engaged)]
    assert articles == (["督§12(4)"] if warned else [])
