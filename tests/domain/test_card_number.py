from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.card_number import (
    CardNumber,
    Scheme,
    check_hand_number,
    check_reservation,
    is_nearly_full,
    plan_claim,
    prefix_for,
)
from service.domain.errors import (
    CardNumberMalformed,
    HandNumberRefused,
    InstitutionMissing,
    SchemeMissing,
    SeriesExhausted,
)
from service.domain.kinds import CardKind
from tests.domain.sample_cards import SCHOOL, jurisdiction

prefixes = st.one_of(
    st.from_regex(r"R[0-9]{4}", fullmatch=True),
    st.from_regex(r"[HYS][0-9]{8}", fullmatch=True),
    st.from_regex(r"[0-9]{6}[1-3]", fullmatch=True),
)


@pytest.mark.parametrize(
    ("text", "scheme", "kind", "year", "sequence", "letter", "institution"),
    [
        ("R50230001", Scheme.EXTERNAL, CardKind.EXTERNAL, 23, 1, "R", None),
        ("S500123230001", Scheme.INTERNAL, CardKind.INTERNAL, 23, 1, "S", "500123"),
        ("H500123239999", Scheme.INTERNAL, CardKind.INTERNAL, 23, 9999, "H", "500123"),
        ("22310010023", Scheme.ASSESSOR, CardKind.SENIOR, 22, 23, None, None),
        ("22310020124", Scheme.ASSESSOR, CardKind.STANDARD, 22, 124, None, None),
        ("22310030125", Scheme.ASSESSOR, CardKind.SPECIAL_SKILL, 22, 125, None, None),
    ],
)
def test_reads_the_parts_of_a_number(
    text: str, scheme: Scheme, kind: CardKind, year: int, sequence: int, letter: str | None, institution: str | None
) -> None:
    """督附3, 考附2: the three forms, and what stands where in each."""
    number = CardNumber(text)
    assert (number.scheme, number.kind, number.year, number.sequence) == (scheme, kind, year, sequence)
    assert (number.letter, number.institution) == (letter, institution)
    assert number.prefix + f"{sequence:04d}" == text


@given(prefixes, st.integers(1, 9999))
def test_composing_and_reading_are_inverse(prefix: str, sequence: int) -> None:
    """督附3, 考附2: prefix and sequence make the number, and come back from it."""
    number = CardNumber.compose(prefix, sequence)
    assert (number.prefix, number.sequence) == (prefix, sequence)
    assert CardNumber(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "R50230000",  # 0000 is before the first
        "S500123230000",
        "22310010000",
        "22310040001",  # no fourth grade
        "22310000001",
        "r50230001",
        "X500123230001",
        "R5023001",
        "R502300001",
        "S50012323001",
        "2231001002",
        "223100100233",
        " R50230001",
        "R50230001\n",
        "R5023٠٠٠1",  # digits of another script
        "２２310010023",
    ],
)
def test_refuses_what_is_no_number(text: str) -> None:
    """督附3, 考附2: ASCII letters and digits of one of three lengths, from 0001."""
    with pytest.raises(CardNumberMalformed) as refused:
        CardNumber(text)
    assert refused.value.code == "card-number-malformed"


@pytest.mark.parametrize("sequence", [0, -1, 10000])
def test_composes_no_number_outside_the_series(sequence: int) -> None:
    """督附3, 考附2: 0001-9999."""
    with pytest.raises(CardNumberMalformed):
        CardNumber.compose("R5023", sequence)


@pytest.mark.parametrize(
    ("kind", "prefix"),
    [
        (CardKind.EXTERNAL, "R5026"),
        (CardKind.INTERNAL, "S50012326"),
        (CardKind.SENIOR, "2631001"),
        (CardKind.STANDARD, "2631002"),
        (CardKind.SPECIAL_SKILL, "2631003"),
    ],
)
def test_chongqing_prefixes(kind: CardKind, prefix: str) -> None:
    """督附3, 考附2: 50 for supervisors, 31 and 00 for assessors, the institution's own code inside it."""
    assert prefix_for(kind, date(2026, 1, 1), jurisdiction("chongqing"), SCHOOL) == prefix


def test_the_year_is_two_digits_of_the_issue_date() -> None:
    """督附3, 考附2(一): the year of issue, also in the first decade of a century."""
    assert prefix_for(CardKind.EXTERNAL, date(2109, 12, 31), jurisdiction("chongqing")) == "R5009"


def test_jiangxi_has_supervisors_but_no_assessors() -> None:
    """督附3, 考附2: 36 is Jiangxi's province code; its assessor code is not sourced, so it is refused by name."""
    jiangxi = jurisdiction("jiangxi")
    assert prefix_for(CardKind.EXTERNAL, date(2026, 1, 1), jiangxi) == "R3626"
    for kind in (CardKind.SENIOR, CardKind.STANDARD, CardKind.SPECIAL_SKILL):
        with pytest.raises(SchemeMissing, match="Jiangxi") as refused:
            prefix_for(kind, date(2026, 1, 1), jiangxi)
        assert "江西省" in refused.value.zh


def test_an_internal_number_needs_its_institution() -> None:
    """督附3: the internal number begins with the institution's letter and code."""
    with pytest.raises(InstitutionMissing):
        prefix_for(CardKind.INTERNAL, date(2026, 1, 1), jurisdiction("chongqing"))


def test_claims_in_order_and_passes_over_what_is_taken() -> None:
    """督附3: in order from the counter, without doubles."""
    assert plan_claim(0, (), 3) == (1, 2, 3)
    assert plan_claim(3, {4, 6, 2}, 3) == (5, 7, 8)
    assert plan_claim(9998, (), 1) == (9999,)
    assert plan_claim(9999, (), 0) == ()


@pytest.mark.parametrize(("last_no", "taken", "wanted", "left"), [(9999, (), 1, 0), (9990, {9999}, 9, 8)])
def test_says_when_a_series_is_full(last_no: int, taken: set[int], wanted: int, left: int) -> None:
    """督附3, 考附2: nothing after 9999."""
    with pytest.raises(SeriesExhausted, match=f"{left} numbers left") as refused:
        plan_claim(last_no, taken, wanted)
    assert "9999" in refused.value.zh


@given(st.integers(0, 9999), st.sets(st.integers(1, 9999), max_size=60), st.integers(0, 60))
def test_every_number_up_to_the_counter_is_accounted_for(last_no: int, taken: set[int], wanted: int) -> None:
    """督附3, 考附2: no gap and no double, whatever is taken."""
    try:
        chosen = plan_claim(last_no, taken, wanted)
    except SeriesExhausted:
        assert len(set(range(last_no + 1, 10000)) - taken) < wanted
        return
    assert len(chosen) == wanted
    assert not set(chosen) & taken
    counter = chosen[-1] if chosen else last_no
    assert set(range(last_no + 1, counter + 1)) == set(chosen) | {no for no in taken if last_no < no <= counter}


def test_warns_from_ninety_per_cent() -> None:
    """督附3, 考附2: 9,000 of 9,999 used, those taken above the counter included."""
    assert not is_nearly_full(8999)
    assert is_nearly_full(9000)
    assert is_nearly_full(8990, range(9990, 10000))
    assert not is_nearly_full(8990, range(1, 11))


def test_supervisors_numbers_may_be_assigned_by_hand() -> None:
    """督附3: "或由证卡颁发机构统筹研究确定并赋码", with a reason, in the issuer's own series."""
    check_hand_number(CardNumber("R50268888"), prefix="R5026", reason="专家组统一编号")
    check_reservation("S50012326", 500, 599, last_no=12, reason="分校使用")


@pytest.mark.parametrize(
    ("number", "prefix", "reason", "code"),
    [
        ("26310018888", "2631001", "吉祥号", "hand-number-assessor"),
        ("R50268888", "R5026", " ", "hand-number-reason"),
        ("R50258888", "R5026", "补录", "hand-number-outside-series"),
        ("S500124268888", "S50012326", "补录", "hand-number-outside-series"),
    ],
)
def test_refuses_hand_assignment(number: str, prefix: str, reason: str, code: str) -> None:
    """考附2 has no clause for it; 督附3 asks for a decision of the issuer, so a reason and the own series."""
    with pytest.raises(HandNumberRefused) as refused:
        check_hand_number(CardNumber(number), prefix=prefix, reason=reason)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("prefix", "first", "last", "code"),
    [
        ("2631001", 500, 599, "hand-number-assessor"),
        ("R5026", 12, 20, "reservation-range"),
        ("R5026", 20, 19, "reservation-range"),
        ("R5026", 9990, 10000, "reservation-range"),
    ],
)
def test_refuses_reservations(prefix: str, first: int, last: int, code: str) -> None:
    """督附3, 考附2: only supervisors' numbers, only above the counter, only up to 9999."""
    with pytest.raises(HandNumberRefused) as refused:
        check_reservation(prefix, first, last, last_no=12, reason="预留")
    assert refused.value.code == code
