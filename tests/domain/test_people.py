from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import ResidentIdInvalid
from service.domain.kinds import Sex
from service.domain.people import ResidentId, check_digit, full_years

# The two examples printed in GB 11643-1999, annex A.
STANDARD_EXAMPLES = ["11010519491231002X", "440524188001010014"]


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    area = draw(st.integers(100000, 999999))
    born = draw(st.dates(date(1900, 1, 1), date(2026, 12, 31)))
    order = draw(st.integers(0, 999))
    first17 = f"{area}{born:%Y%m%d}{order:03d}"
    return first17 + check_digit(first17)


@pytest.mark.parametrize("text", STANDARD_EXAMPLES)
def test_accepts_the_examples_of_the_standard(text: str) -> None:
    """督§6(4), 考§7(1)4, GB 11643: age and sex come from a number that was checked."""
    assert ResidentId(text) == text


def test_says_birth_and_sex() -> None:
    """督§6(4), 考§7(1)4: the limits differ by sex."""
    woman, man = map(ResidentId, STANDARD_EXAMPLES)
    assert (woman.birth_on, woman.sex) == (date(1949, 12, 31), Sex.FEMALE)
    assert (man.birth_on, man.sex) == (date(1880, 1, 1), Sex.MALE)


@pytest.mark.parametrize(
    "raw",
    [
        "11010519491231002x",
        " 110105 19491231 002X\t",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105\u3000194912310\u00a002\u2009ｘ",
        "\u202a11010519491231002X\u202c",
        "\ufeff110105\u200b19491231002X",
    ],
)
def test_reads_numbers_as_people_type_them(raw: str) -> None:
    assert ResidentId.parse(raw) == "11010519491231002X"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "resident-id-length"),
        ("110105491231002", "resident-id-length"),  # first generation, 15 digits
        ("11010519491231002", "resident-id-length"),
        ("11010519491231002XX", "resident-id-length"),
        ("X1010519491231002X", "resident-id-characters"),
        ("01010519491231002X", "resident-id-characters"),
        ("1101051949123100-X", "resident-id-characters"),
        ("11010519491231002Х", "resident-id-characters"),  # Cyrillic
        ("11010519491231001²", "resident-id-characters"),
        ("11010519490229002X", "resident-id-birth-date"),  # 1949 was no leap year
        ("11010519491331002X", "resident-id-birth-date"),
        ("110105194912310021", "resident-id-check-digit"),
    ],
)
def test_says_what_is_wrong_and_never_the_number(raw: str, code: str) -> None:
    """督§6(4), 考§7(1)4: a number that cannot be trusted gives no age."""
    with pytest.raises(ResidentIdInvalid) as refused:
        ResidentId.parse(raw)
    assert refused.value.code == code
    assert raw == "" or raw not in refused.value.zh + refused.value.en + str(refused.value)


def test_repr_shows_nothing() -> None:
    number = ResidentId(STANDARD_EXAMPLES[0])
    assert not set("123456789") & set(repr(number))
    assert str(number) == STANDARD_EXAMPLES[0]


@given(resident_ids(), st.integers(0, 16), st.integers(1, 9))
def test_any_one_wrong_digit_is_found(text: str, place: int, by: int) -> None:
    """GB 11643: ISO 7064 MOD 11-2 finds every single error."""
    wrong = text[:place] + str((int(text[place]) + by) % 10) + text[place + 1 :]
    with pytest.raises(ResidentIdInvalid):
        ResidentId(wrong)


@given(resident_ids(), st.integers(0, 15))
def test_any_two_swapped_neighbours_are_found(text: str, place: int) -> None:
    """GB 11643: and every transposition of neighbours."""
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    if swapped != text:
        with pytest.raises(ResidentIdInvalid):
            ResidentId(swapped)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1961, 3, 2), date(2026, 3, 1), 64),
        (date(1961, 3, 2), date(2026, 3, 2), 65),
        (date(1961, 3, 2), date(2027, 3, 1), 65),
        (date(1961, 3, 2), date(2027, 3, 2), 66),
        (date(1964, 2, 29), date(2026, 2, 28), 61),
        (date(1964, 2, 29), date(2026, 3, 1), 62),
        (date(1964, 2, 29), date(2028, 2, 28), 63),
        (date(1964, 2, 29), date(2028, 2, 29), 64),
        (date(2026, 3, 2), date(2026, 3, 1), -1),
    ],
)
def test_counts_full_years(born: date, on: date, age: int) -> None:
    """督§6(4), 考§7(1)4: 周岁 are full years; who was born on 29 February is older on 1 March of a common year."""
    assert full_years(born, on) == age


def test_age_is_counted_from_the_number() -> None:
    """督§6(4), 考§7(1)4: from the birth date in the number."""
    assert ResidentId(STANDARD_EXAMPLES[0]).age_on(date(2009, 12, 31)) == 60
