"""The symbol against segno's own choice, and read by another reader."""

from __future__ import annotations

import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from segno import consts, encoder

from cardlayout.card import QUIET_ZONE
from cardlayout.symbol import QrError, QrTextInvalid, QrTooLong, Symbol, penalties, symbol, version_of

PREFIX = "https://zk.cqjnpj.cn/1#"


def modules(made: Symbol) -> np.ndarray:
    packed = np.frombuffer(made.rows, np.uint8).reshape(made.size, -1)
    return np.unpackbits(packed, axis=1, count=made.size)


def assert_equals_segno(prefix: str, digits: str) -> Symbol:
    made = symbol(prefix, digits)
    segments = [(prefix, consts.MODE_BYTE), (digits, consts.MODE_NUMERIC)]
    wanted = segno.make(segments, error="m", boost_error=False, micro=False)
    assert (made.version, made.mask) == (wanted.version, wanted.mask)
    assert np.array_equal(modules(made), np.array(wanted.matrix, np.uint8))
    return made


def digits_of_length(length: int, seed: int) -> str:
    return "".join(str(digit) for digit in np.random.default_rng(seed).integers(0, 10, length))


def longest_in(version: int) -> int:
    """Digits that fill a version, by segno's own table."""
    byte_mode, numeric_mode = (8, 10) if version < 10 else (16, 12) if version < 27 else (16, 14)
    room = consts.SYMBOL_CAPACITY[version][consts.ERROR_LEVEL_M] - 8 - byte_mode - numeric_mode - 8 * len(PREFIX)
    return room // 10 * 3 + {4: 1, 5: 1, 6: 1, 7: 2, 8: 2, 9: 2}.get(room % 10, 0)


@pytest.mark.parametrize("version", [3, 6, 7, 8, 9, 10, 13, 14, 19, 22])
def test_a_full_symbol_equals_segnos_and_one_digit_more_is_the_next_version(version: int) -> None:
    length = longest_in(version)
    assert assert_equals_segno(PREFIX, digits_of_length(length, version)).version == version
    assert version_of(PREFIX, "7" * (length + 1)) == version + 1


@pytest.mark.parametrize("version", range(3, 41))
def test_the_version_is_found_without_making_the_symbol(version: int) -> None:
    assert version_of(PREFIX, "7" * longest_in(version)) == version


@settings(max_examples=25, deadline=None)
@given(host=st.integers(3, 32), length=st.integers(1, 500), seed=st.integers(0, 2**32))
def test_any_credential_text_equals_segnos(host: int, length: int, seed: int) -> None:
    assert_equals_segno(f"https://{'h' * host}/1#", digits_of_length(length, seed))


def test_many_small_symbols_equal_segnos() -> None:
    """Where one module more or less in the scoring shows soonest."""
    for seed in range(150):
        assert_equals_segno("a#", digits_of_length(1 + seed % 30, seed))
    for seed in range(20):  # the first version with version information
        assert assert_equals_segno(PREFIX, digits_of_length(longest_in(7), seed)).version == 7


@pytest.mark.parametrize("digits", ["0" * 330, "9" * 330, "50" * 170])
def test_monotonous_digits_equal_segnos(digits: str) -> None:
    assert_equals_segno(PREFIX, digits)


FRAGMENTS = ["1011101", "0000", "11111", "000000", "10", "1011101011101", "10111011101", "0100", "1111111", "0"]


@settings(max_examples=30, deadline=None)
@given(st.integers(21, 105), st.lists(st.sampled_from(FRAGMENTS), min_size=40, max_size=200), st.integers(0, 2**32))
def test_penalties_are_segnos(size: int, fragments: list[str], seed: int) -> None:
    stripes = np.array([int(bit) for bit in "".join(fragments)], np.uint8)
    noise = np.random.default_rng(seed)
    planes = [np.resize(np.roll(stripes, noise.integers(50)), (size, size)) for _ in range(7)]
    planes.append(noise.integers(0, 2, (size, size), np.uint8))
    drawn = sum((plane.astype(np.uint8) << np.uint8(mask) for mask, plane in enumerate(planes)), np.uint8(0))
    wanted = [sum(encoder.mask_scores([bytearray(row) for row in plane], size, size)) for plane in planes]
    assert penalties(drawn).tolist() == wanted


@pytest.mark.parametrize("length", [254, 420, 1680])
def test_another_reader_decodes_both_segments(length: int) -> None:
    digits = digits_of_length(length, length)
    light = np.pad(modules(symbol(PREFIX, digits)), QUIET_ZONE)
    (read,) = zxingcpp.read_barcodes(np.kron(np.where(light, 0, 255), np.ones((4, 4))).astype(np.uint8))
    assert (read.text, read.ec_level) == (PREFIX + digits, "M")


def test_rows_are_packed_from_the_left_with_dark_as_one_and_filled_with_zero() -> None:
    made = symbol(PREFIX, digits_of_length(313, 1))
    stride = -(-made.size // 8)
    assert len(made.rows) == made.size * stride
    assert made.rows[0] == 0b11111110  # top of the upper left finder and its separator
    assert all(row & (1 << (8 * stride - made.size)) - 1 == 0 for row in made.rows[stride - 1 :: stride])


@pytest.mark.parametrize(
    ("prefix", "digits"),
    [("", "1"), ("x#", ""), ("重庆#", "1"), ("x#", "１２"), ("x#", "12 3"), ("x#", "-1"), ("x#", "²"), ("x#", "1a")],
)
def test_other_text_is_refused(prefix: str, digits: str) -> None:
    with pytest.raises(QrTextInvalid) as caught:
        symbol(prefix, digits)
    assert caught.value.code == "qr-text-invalid"


def test_text_beyond_version_40_is_refused() -> None:
    with pytest.raises(QrTooLong) as caught:
        version_of(PREFIX, "1" * (longest_in(40) + 1))
    assert caught.value.code == "qr-too-long"
    assert isinstance(caught.value, QrError)
