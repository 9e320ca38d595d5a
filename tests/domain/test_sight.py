"""督§4, 考§5, 考§19: who sees whose cards."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.access import PERMISSIONS, Account, Permission, Role
from service.domain.sight import CENTRE_SIGHT, NO_SIGHT, Sight, Ties, reaches, sees, sight_of

BUREAU = "渝北区人力资源和社会保障局"
SCHOOL, FACTORY = "500123", "500777"
NOTHING = Ties(work_unit="重庆市某某机械有限公司")


def ties(**changes: Any) -> Ties:  # noqa: ANN401 - whatever ties there are
    return Ties(**({"work_unit": NOTHING.work_unit} | changes))


def test_the_centre_sees_everybody() -> None:
    """督§4, 考§19: it keeps the whole base of information."""
    assert sees(CENTRE_SIGHT, NOTHING)
    assert CENTRE_SIGHT.is_whole


@pytest.mark.parametrize(
    ("tied", "expected"),
    [
        ({}, False),
        ({"institution": SCHOOL}, True),
        ({"institution": FACTORY}, False),
        ({"engaged_at": frozenset({FACTORY, SCHOOL})}, True),
        ({"engaged_at": frozenset({FACTORY})}, False),
        ({"on_file_with": frozenset({BUREAU}), "sent_by": frozenset({SCHOOL}), "recommended_by": SCHOOL}, False),
    ],
)
def test_an_institution_sees_its_own_cards_and_the_people_it_engages(tied: dict[str, Any], *, expected: bool) -> None:
    """督§4, 考§5."""
    assert sees(Sight(institution=SCHOOL), ties(**tied)) is expected


@pytest.mark.parametrize(
    ("tied", "expected"),
    [
        ({}, False),
        ({"work_unit": BUREAU}, True),
        ({"recommended_by": BUREAU}, True),
        ({"recommended_by": "江北区人力资源和社会保障局"}, False),
        ({"sent_by": frozenset({BUREAU})}, True),
        ({"on_file_with": frozenset({BUREAU})}, True),
        ({"institution": SCHOOL, "engaged_at": frozenset({SCHOOL})}, False),
    ],
)
def test_a_bureau_sees_whom_it_recommends_employs_sends_and_the_people_of_its_institutions(
    tied: dict[str, Any], *, expected: bool
) -> None:
    """督§4, 考§5."""
    assert sees(Sight(district=BUREAU), ties(**tied)) is expected


def test_a_bureau_s_name_is_its_name_however_it_was_typed() -> None:
    """督§4: rosters keep names tidied, accounts as they were typed."""
    typed = Sight(district=" 渝北区　人力资源和社会保障局")
    assert sees(typed, ties(recommended_by=BUREAU))
    assert sees(typed, ties(sent_by=frozenset({" 渝北区　人力资源和社会保障局"})))


def test_what_happens_elsewhere_is_not_to_be_seen() -> None:
    """督§4, 考§5: an institution's contracts are its own, and its bureau's."""
    assert reaches(Sight(institution=SCHOOL), SCHOOL, None)
    assert not reaches(Sight(institution=SCHOOL), FACTORY, BUREAU)
    assert reaches(Sight(district=BUREAU), SCHOOL, BUREAU)
    assert not reaches(Sight(district=BUREAU), FACTORY, None)
    assert reaches(CENTRE_SIGHT, FACTORY, None)


ACCOUNTS = {
    Role.CENTRE: Account("a1", Role.CENTRE),
    Role.INSTITUTION: Account("a2", Role.INSTITUTION, SCHOOL),
    Role.DISTRICT: Account("a3", Role.DISTRICT, district=BUREAU),
    Role.SITE_STAFF: Account("a4", Role.SITE_STAFF, SCHOOL),
    Role.AUDITOR: Account("a5", Role.AUDITOR),
    Role.ADMINISTRATOR: Account("a6", Role.ADMINISTRATOR),
}


@pytest.mark.parametrize("role", Role)
def test_who_may_not_read_people_sees_nobody(role: Role) -> None:
    """督§4, 考§5: whatever a card is tied to."""
    sight = sight_of(ACCOUNTS[role])
    everywhere = ties(
        institution=SCHOOL,
        recommended_by=BUREAU,
        engaged_at=frozenset({SCHOOL, FACTORY}),
        sent_by=frozenset({BUREAU}),
        on_file_with=frozenset({BUREAU}),
    )
    may = Permission.READ_PEOPLE in PERMISSIONS[role]
    assert sees(sight, everywhere) is may
    assert (sight == NO_SIGHT) is not may
