from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import cbor2
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from service.domain.card_number import CardNumber
from service.domain.credential import (
    Claims,
    CredentialError,
    decode_claims,
    encode_claims,
    occupation_claim,
    occupation_code,
)
from service.domain.status_list import LIST_SIZE
from service.domain.validity import last_valid_day

SUPERVISOR = Claims(
    number=CardNumber("R50260001"),
    name="张伟",
    occupations=(),
    copy_id=bytes(8),
    status_list=1,
    status_index=0,
    issued_on=date(2026, 3, 2),
    expires_on=date(2029, 3, 2),
)
ASSESSOR = replace(SUPERVISOR, number=CardNumber("26310020001"), occupations=(6310103,))


def texts(limit: int) -> st.SearchStrategy[str]:
    """Draw texts of 1 to ``limit`` bytes, Han characters of all planes and combining marks among them."""
    alphabet = st.characters(codec="utf-8") | st.sampled_from("张伟·𬙊𠮷é\u0301\u0308A")
    return st.text(alphabet, min_size=1, max_size=limit // 2).filter(
        lambda text: len(unicodedata.normalize("NFC", text).encode()) <= limit
    )


@st.composite
def claims(draw: st.DrawFn) -> Claims:
    issued_on = draw(st.dates(date(1970, 1, 1), date(2200, 1, 1)))
    is_assessor = draw(st.booleans())
    number = (
        draw(st.from_regex(r"[0-9]{6}[123](?!0000)[0-9]{4}", fullmatch=True, alphabet=st.characters(codec="ascii")))
        if is_assessor
        else draw(
            st.from_regex(
                r"(R[0-9]{4}|[HYS][0-9]{8})(?!0000)[0-9]{4}", fullmatch=True, alphabet=st.characters(codec="ascii")
            )
        )
    )
    occupations = st.lists(st.integers(1_000_000, 8_999_999) | texts(60), min_size=1, max_size=2)
    return Claims(
        number=CardNumber(number),
        name=draw(texts(60)),
        occupations=tuple(draw(occupations)) if is_assessor else (),
        copy_id=draw(st.binary(min_size=8, max_size=8)),
        status_list=draw(st.integers(1, 2**32 - 1)),
        status_index=draw(st.integers(0, LIST_SIZE - 1)),
        issued_on=issued_on,
        expires_on=draw(st.dates(issued_on, last_valid_day(issued_on))),
        work_unit=None if is_assessor else draw(st.none() | texts(90)),
    )


@given(claims())
def test_decoding_is_the_inverse_of_encoding(original: Claims) -> None:
    assert decode_claims(encode_claims(original)) == original


@given(st.binary(max_size=120))
def test_arbitrary_bytes_are_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(CredentialError):
        decode_claims(data)


@given(claims(), st.data())
def test_what_is_read_from_altered_claims_encodes_to_the_altered_bytes(original: Claims, data: st.DataObject) -> None:
    altered = bytearray(encode_claims(original))
    altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = decode_claims(bytes(altered))
    except CredentialError:
        return
    assert encode_claims(read) == altered


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=9) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers(-9, 2), inner, max_size=3),
    max_leaves=5,
)


@given(st.integers(-9, -1), json_like)
def test_another_claim_in_its_place_is_refused_or_read_as_it_stands(key: int, value: object) -> None:
    content = cbor2.loads(encode_claims(SUPERVISOR))
    assume(content.get(key) != value)
    content[key] = value
    payload = cbor2.dumps(content, canonical=True)
    try:
        read = decode_claims(payload)
    except CredentialError:
        return
    assert encode_claims(read) == payload


def test_the_signer_brings_texts_to_normal_form_c() -> None:
    decomposed = "Ju\u0308rgen"
    assert replace(SUPERVISOR, name=decomposed, work_unit=decomposed).name == "Jürgen"
    assert replace(SUPERVISOR, work_unit=decomposed).work_unit == "Jürgen"
    assert replace(ASSESSOR, occupations=(decomposed,)).occupations == ("Jürgen",)


def test_the_parser_takes_no_other_normal_form() -> None:
    content = cbor2.loads(encode_claims(SUPERVISOR))
    with pytest.raises(CredentialError) as caught:
        decode_claims(cbor2.dumps(content | {-2: "Ju\u0308rgen"}, canonical=True))
    assert caught.value.code == "claim-not-nfc"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "claim-length"),
        ({"name": "测" * 21}, "claim-length"),
        ({"name": "\ud800"}, "claim-length"),
        ({"work_unit": "测" * 31}, "claim-length"),
        ({"copy_id": bytes(7)}, "claim-length"),
        ({"status_list": 0}, "claim-status"),
        ({"status_index": LIST_SIZE}, "claim-status"),
        ({"expires_on": date(2026, 3, 1)}, "claim-dates"),
        ({"expires_on": date(2029, 3, 3)}, "claim-dates"),
        ({"issued_on": date(1969, 12, 31), "expires_on": date(1970, 1, 1)}, "claim-dates"),
        ({"issued_on": date.max, "expires_on": date.max}, "claim-dates"),
        ({"occupations": (6310103,)}, "claim-occupations"),
        ({"portrait": bytes(402)}, "portrait-size"),
    ],
)
def test_claims_that_no_card_can_make_are_refused_before_signing(changes: dict[str, object], code: str) -> None:
    with pytest.raises(CredentialError) as caught:
        replace(SUPERVISOR, **changes)  # type: ignore[arg-type] # the parameters are of several types
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"occupations": ()}, "claim-occupations"),
        ({"occupations": (6310103, 4040504, 4030201)}, "claim-occupations"),
        ({"occupations": (999_999,)}, "claim-occupations"),
        ({"occupations": ("",)}, "claim-length"),
        ({"work_unit": "某单位"}, "claim-work-unit"),
    ],
)
def test_an_assessors_claims_follow_its_card(changes: dict[str, object], code: str) -> None:
    """考§9: at most two job types; the face of an assessor's card has no work unit."""
    with pytest.raises(CredentialError) as caught:
        replace(ASSESSOR, **changes)  # type: ignore[arg-type] # the parameters are of several types
    assert caught.value.code == code


def test_a_term_ends_on_the_same_day_three_years_on() -> None:
    """督§10, 考§12: from 29 February it is 28 February."""
    leap = replace(SUPERVISOR, issued_on=date(2024, 2, 29), expires_on=date(2027, 2, 28))
    assert decode_claims(encode_claims(leap)) == leap
    with pytest.raises(CredentialError):
        replace(leap, expires_on=date(2027, 3, 1))


def test_a_job_type_travels_as_its_code_where_it_has_one() -> None:
    assert occupation_claim("6-31-01-03", "汽车维修工") == 6310103
    assert occupation_claim(None, "重庆小面制作") == "重庆小面制作"
    assert occupation_code(6310103) == "6-31-01-03"


@given(st.integers(1_000_000, 8_999_999))
def test_occupation_codes_and_numbers_are_inverses(claim: int) -> None:
    assert occupation_claim(occupation_code(claim), "") == claim


@pytest.mark.parametrize("code", ["", "6-31-1-03", "9-01-01-01", "6310103", "６-31-01-03", "6-31-01-03\n"])
def test_a_code_of_another_form_is_refused(code: str) -> None:
    with pytest.raises(CredentialError, match="6-31-01-03"):
        occupation_claim(code, "汽车维修工")


@pytest.mark.parametrize("claim", [0, 999_999, 9_000_000])
def test_a_number_that_is_no_code_is_refused(claim: int) -> None:
    with pytest.raises(CredentialError, match="no occupation code"):
        occupation_code(claim)
