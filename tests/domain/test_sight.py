"""督§4, 考§5, 考§19: who sees whose cards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from service.domain.access import PERMISSIONS, Account, Permission, Role
from service.domain.sight import CENTRE_SIGHT, NO_SIGHT, Place, Sight, Ties, ground_of, reaches, sees, sight_of

BUREAU = "渝北区人力资源和社会保障局"
OTHER = "江北区人力资源和社会保障局"
SCHOOL, FACTORY = "500123", "500777"
LAST = date(2026, 11, 2)
AFTER = date(2026, 11, 3)


def ties(**changes: Any) -> Ties:  # noqa: ANN401 - whatever ties there are
    return Ties(**({"work_unit": "重庆市某某机械有限公司"} | changes))


def grounds(sight: Sight, tied: Ties) -> list[str]:
    """On what ground a body sees a card on the last day of a term, and on the day after."""
    return [ground_of(sight, tied, on) for on in (LAST, AFTER)]


def test_the_centre_keeps_the_base() -> None:
    """督§4, 考§19: it keeps the whole base of information."""
    assert grounds(CENTRE_SIGHT, ties()) == ["keeps-the-base"] * 2
    assert CENTRE_SIGHT.is_unrestricted


def test_an_institution_sees_what_it_has_issued() -> None:
    """督§9, 督§19: it decides on the card for as long as the register keeps it."""
    tied = ties(issued_by=Place(SCHOOL))
    assert grounds(Sight(institution=SCHOOL), tied) == ["has-issued"] * 2
    assert grounds(Sight(institution=FACTORY), tied) == ["", ""]


def test_an_institution_sees_a_card_that_names_it_while_the_card_runs() -> None:
    """考§4."""
    tied = ties(named=Place(SCHOOL, LAST))
    assert grounds(Sight(institution=SCHOOL), tied) == ["is-named-on", ""]
    assert grounds(Sight(institution=FACTORY), tied) == ["", ""]


def test_an_institution_sees_whom_it_engages_to_the_last_day() -> None:
    """考§16, 督§14."""
    tied = ties(engaged_at=(Place(FACTORY), Place(SCHOOL, LAST)))
    assert grounds(Sight(institution=SCHOOL), tied) == ["engages", ""]
    assert grounds(Sight(institution=FACTORY), tied) == ["engages"] * 2
    assert grounds(Sight(institution="500888"), tied) == ["", ""]


def test_a_bureau_sees_whom_it_recommends_and_employs() -> None:
    """督§4, 考§8."""
    bureau = Sight(district=BUREAU)
    assert grounds(bureau, ties(recommended_by=BUREAU)) == ["has-recommended"] * 2
    assert grounds(bureau, ties(work_unit=BUREAU)) == ["employs"] * 2
    assert grounds(bureau, ties(recommended_by=OTHER)) == ["", ""]


def test_a_bureau_sees_what_the_institutions_on_file_with_it_see() -> None:
    """督§4, 考§5: as long as they do."""
    bureau = Sight(district=BUREAU)
    assert grounds(bureau, ties(issued_by=Place(SCHOOL, None, BUREAU))) == ["has-on-file"] * 2
    assert grounds(bureau, ties(named=Place(SCHOOL, LAST, BUREAU))) == ["has-on-file", ""]
    assert grounds(bureau, ties(engaged_at=(Place(SCHOOL, LAST, BUREAU),))) == ["has-on-file", ""]
    assert grounds(bureau, ties(issued_by=Place(SCHOOL, None, OTHER), engaged_at=(Place(SCHOOL),))) == ["", ""]


def test_a_bureau_s_name_is_its_name_however_it_was_typed() -> None:
    """督§4: rosters keep names tidied, accounts as they were typed."""
    typed = Sight(district=" 渝北区　人力资源和社会保障局")
    assert sees(typed, ties(recommended_by=BUREAU), LAST)
    assert sees(typed, ties(issued_by=Place(SCHOOL, None, " 渝北区　人力资源和社会保障局")), LAST)


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
        issued_by=Place(SCHOOL, None, BUREAU), recommended_by=BUREAU, engaged_at=(Place(SCHOOL), Place(FACTORY))
    )
    may = Permission.READ_PEOPLE in PERMISSIONS[role]
    assert sees(sight, everywhere, LAST) is may
    assert (sight == NO_SIGHT) is not may
