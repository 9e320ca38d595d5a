from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.credential import (
    CredentialError,
    CredentialText,
    bytes_of,
    check_host,
    digits_of,
    leading_digits,
    parse_text,
    prefix_of,
    text_of,
)

HOST = "zk.cqpta.example"


@given(st.binary(max_size=1036))
def test_bytes_come_back_from_their_digits(data: bytes) -> None:
    digits = digits_of(data)
    assert digits.isascii()
    assert len(digits) <= 2500
    assert bytes_of(digits) == data


@given(st.text("0123456789", max_size=200))
def test_digits_that_stand_for_bytes_are_the_only_ones_that_do(digits: str) -> None:
    try:
        data = bytes_of(digits)
    except CredentialError:
        return
    assert digits_of(data) == digits


@pytest.mark.parametrize("size", range(1, 18))
def test_a_block_takes_the_fewest_digits_that_hold_it(size: int) -> None:
    assert len(digits_of(b"\xff" * size)) == len(str(256**size - 1))
    with pytest.raises(CredentialError) as caught:
        bytes_of(str(256**size))
    assert caught.value.code == "digits-overflow"


def test_more_digits_than_a_symbol_should_hold_are_neither_written_nor_read() -> None:
    assert len(digits_of(bytes(1036))) == 2499
    for act in (lambda: digits_of(bytes(1037)), lambda: bytes_of("0" * 2501)):
        with pytest.raises(CredentialError) as caught:
            act()
        assert caught.value.code == "digits-too-many"


@pytest.mark.parametrize("digits", ["１２３", "١٢٣", "1²3", "1_2", "+12", "-00", " 12", "12\n", "0x1"])
def test_what_int_would_take_beyond_ascii_digits_is_refused(digits: str) -> None:
    with pytest.raises(CredentialError) as caught:
        bytes_of(digits)
    assert caught.value.code == "digits-malformed"


@given(st.binary(min_size=1, max_size=300))
def test_a_text_is_taken_apart_as_it_was_made(envelope: bytes) -> None:
    text = text_of(HOST, envelope)
    assert text == f"https://{HOST}/1#{digits_of(envelope)}"
    assert text.startswith(prefix_of(HOST))
    assert parse_text(text) == CredentialText(HOST, envelope)


@given(st.text(max_size=60))
def test_arbitrary_text_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(CredentialError):
        parse_text(text)


@pytest.mark.parametrize("host", ["a", "zk.cq.gov.cn", "localhost:8000", "xn--fiqs8s.example", "a" * 32, "127.0.0.1:1"])
def test_a_host_is_lower_case_ascii(host: str) -> None:
    check_host(host)
    assert parse_text(text_of(host, b"x")).host == host


@pytest.mark.parametrize(
    "host",
    [
        "",
        "A.example",
        "a" * 33,
        "a..b",
        "-a",
        "a-",
        ".a",
        "a.",
        "a b",
        "中国",
        "a:0",
        "a:",
        "a:123456",
        "a/b",
        "u@a",
        "a\n",
    ],
)
def test_any_other_host_is_refused(host: str) -> None:
    with pytest.raises(CredentialError) as caught:
        text_of(host, b"x")
    assert caught.value.code == "host-malformed"


def test_a_text_of_a_later_version_says_to_update() -> None:
    with pytest.raises(CredentialError, match="update") as caught:
        parse_text(f"https://{HOST}/2#123")
    assert caught.value.code == "text-version"


@pytest.mark.parametrize(
    "tail", ["", "&from=singlemessage", "#wechat_redirect", "%23x", "/", " 12", "?a=1", "１２", "٣"]
)
def test_digits_of_an_address_end_at_the_first_other_character(tail: str) -> None:
    assert leading_digits("0123456789" + tail) == "0123456789"
    assert leading_digits(tail) == ""
