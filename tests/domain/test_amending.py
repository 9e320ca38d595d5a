"""What of a card may be put right under its number, and what never is (勘误)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from service.domain.amending import (
    Amended,
    AmendedFact,
    AmendedValue,
    Amendment,
    OldCard,
    amend,
    check_amendable,
    is_same_job_type,
    values_amended,
)
from service.domain.card import Card, CardStatus
from service.domain.errors import IllegalTransition
from service.domain.journal import status_after
from service.domain.occupation import Occupation
from service.domain.replaying import follow
from tests.domain.sample_cards import ISSUED_ON, MILLING, WELDING, card

PHOTO, NEW_PHOTO = bytes(32), b"\1" * 32
TEA = Occupation("茶艺帅")


def as_is(one: Card, **changes: object) -> Amended:
    kept = Amended(name=one.name, work_unit=one.work_unit, occupations=one.occupations)
    return replace(kept, **changes)  # type: ignore[arg-type]


def made(values: tuple[AmendedValue, ...], on: date = ISSUED_ON) -> Amendment:
    return Amendment(on=on, values=values, reason="申报表录入错误", evidence="身份证复印件", old_card=OldCard.RETURNED)


def test_amendment_keeps_number_and_dates_and_gives_a_new_copy() -> None:
    """个人信息保护法§46."""
    before = card()
    wanted = as_is(before, name="欧阳娜嫏", photo=NEW_PHOTO)
    values = values_amended(before, PHOTO, wanted)
    assert values == (
        AmendedValue(AmendedFact.NAME, "欧阳娜娜", "欧阳娜嫏"),
        AmendedValue(AmendedFact.PHOTO, PHOTO.hex(), NEW_PHOTO.hex()),
    )
    after, event = amend(before, wanted, made(values), b"new copy")
    assert after == replace(before, name="欧阳娜嫏", copy_id=b"new copy")
    assert event.data["facts"] == ["name", "photo"]
    assert (event.data["copy"], event.data["former_copy"]) == (b"new copy".hex(), before.copy_id.hex())
    assert "欧阳" not in repr(event), "what was and what is stands in the register, and its digest in the entry"
    assert status_after(event.kind, event.data) is CardStatus.VALID
    assert follow(before, event).status is CardStatus.VALID


def test_another_wording_of_a_job_type_keeps_what_the_card_counts_for() -> None:
    before = card(occupations=(TEA, WELDING), released=frozenset({TEA.scope}))
    wanted = as_is(before, occupations=(Occupation("茶艺师", "4-03-02-07"), WELDING))
    after, event = amend(before, wanted, made(values_amended(before, PHOTO, wanted)), b"new copy")
    assert after.released == {"occupation:茶艺师"}
    assert after.live_scopes == {WELDING.scope}
    assert event.data["scopes"] == ["occupation:焊工", "occupation:茶艺师"]
    assert event.data["occupation"] == {"before": "茶艺帅", "name": "茶艺师", "code": "4-03-02-07"}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, "amend-nothing"),
        ({"occupations": (Occupation("电工", "6-31-01-03"), WELDING)}, "amend-job-type"),
        ({"occupations": (MILLING,)}, "amend-job-type"),
        ({"occupations": (replace(MILLING, name="铣工人"), replace(WELDING, name="焊工人"))}, "amend-two-job-types"),
        ({"name": "王小明", "photo": NEW_PHOTO}, "amend-another-person"),
    ],
)
def test_what_makes_it_another_card_is_no_amendment(wanted: dict[str, object], code: str) -> None:
    before = card(occupations=(MILLING, WELDING))
    with pytest.raises(IllegalTransition) as refused:
        values_amended(before, PHOTO, as_is(before, **wanted))
    assert refused.value.code == code


def test_wordings_of_one_job_type_are_alike() -> None:
    assert is_same_job_type(TEA, Occupation("茶艺师", "4-03-02-07"))
    assert not is_same_job_type(TEA, Occupation("焊工", "6-18-02-04"))
    assert not is_same_job_type(MILLING, Occupation("铣工学"))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"status": CardStatus.VOIDED, "status_on": ISSUED_ON}, "card-is-voided"),
        ({"status": CardStatus.REVOKED, "status_on": ISSUED_ON}, "card-is-revoked"),
        ({"expires_on": date(2026, 4, 1)}, "card-is-expired"),
    ],
)
def test_only_a_card_in_force_is_amended(state: dict[str, object], code: str) -> None:
    """An expired one is renewed (督§10, 考§12)."""
    with pytest.raises(IllegalTransition) as refused:
        check_amendable(replace(card(), **state), date(2026, 4, 2))  # type: ignore[arg-type]
    assert refused.value.code == code
