"""What is typed into the search, and what a card is on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from service.domain.card import CardStatus
from service.domain.errors import ResidentIdInvalid
from service.domain.search import CardState, Search, is_secret, state_of, with_text
from tests.domain.applicants import resident_id
from tests.domain.sample_cards import ISSUED_ON, card

ID = str(resident_id())
WRONG = ID[:-1] + ("0" if ID[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("typed", "number", "name"),
    [
        ("", "", ""),
        ("  ", "", ""),
        ("22310010023", "22310010023", ""),
        (" r5023 0001 ", "R50230001", ""),
        ("Ｒ５０２３", "R5023", ""),
        ("s500123", "S500123", ""),
        ("王", "", "王"),
        ("欧阳　娜", "", "欧阳娜"),
        ("阿卜杜·买买提", "", "阿卜杜·买买提"),
        ("R", "", "R"),
        ("%", "", "%"),
    ],
)
def test_a_number_or_a_name_is_told_by_its_form(typed: str, number: str, name: str) -> None:
    assert with_text(Search(), typed) == Search(number=number, name=name)
    assert not is_secret(typed)


FULL_WIDTH = "".join(chr(ord(character) + 0xFEE0) for character in ID)


@pytest.mark.parametrize("typed", [ID, f" {ID[:6]} {ID[6:14]} {ID[14:]} ", ID.lower(), FULL_WIDTH])
def test_an_identity_number_is_known_however_it_is_typed(typed: str) -> None:
    """GB 11643."""
    found = with_text(Search(), typed)
    assert found.resident_id == ID
    assert (found.number, found.name) == ("", "")
    assert is_secret(typed)
    assert ID not in repr(found)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (WRONG, "resident-id-check-digit"),
        (ID[:15], "resident-id-length"),
        (ID[:17], "resident-id-length"),
        (ID + "0", "resident-id-length"),
        (ID[:6] + "19851399" + ID[14:], "resident-id-birth-date"),
        (ID[:9] + "O" + ID[10:], "resident-id-characters"),
    ],
)
def test_what_was_meant_as_an_identity_number_is_refused_and_not_quoted(typed: str, code: str) -> None:
    """GB 11643: a slip of the finger is said to be one, and does not find nothing."""
    with pytest.raises(ResidentIdInvalid) as refused:
        with_text(Search(), typed)
    assert refused.value.code == code
    assert typed not in refused.value.zh + refused.value.en
    assert is_secret(typed)


LATER = ISSUED_ON + timedelta(days=10)
LAST = date(2029, 3, 2)


@pytest.mark.parametrize(
    ("status", "status_on", "on", "expected"),
    [
        (CardStatus.VALID, None, ISSUED_ON, CardState.VALID),
        (CardStatus.VALID, None, ISSUED_ON - timedelta(days=1), CardState.NOT_YET_VALID),
        (CardStatus.VALID, None, LAST, CardState.VALID),
        (CardStatus.VALID, None, LAST + timedelta(days=1), CardState.EXPIRED),
        (CardStatus.REVOKED, LATER, LAST + timedelta(days=1), CardState.REVOKED),
        (CardStatus.VOIDED, LATER, LATER, CardState.VOIDED),
        (CardStatus.SUPERSEDED, LATER, LATER, CardState.SUPERSEDED),
        (CardStatus.SUPERSEDED, LATER, LATER - timedelta(days=1), CardState.VALID),
        (CardStatus.SUPERSEDED, LATER, LAST + timedelta(days=1), CardState.SUPERSEDED),
    ],
)
def test_a_card_s_state_is_read_off_status_and_dates(
    status: CardStatus, status_on: date | None, on: date, expected: CardState
) -> None:
    """督§10, 考§12."""
    released = frozenset({"occupation:铣工"}) if status is CardStatus.SUPERSEDED else frozenset[str]()
    assert state_of(card(status=status, status_on=status_on, released=released), on) is expected
    assert expected.zh
    assert expected.en
