from __future__ import annotations

import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from segno import consts, encoder

from cardlayout.qr import QUIET, QrError, QrTextInvalid, QrTooLong, Symbol, symbol
from cardlayout.qr.layout import layout_of
from cardlayout.qr.penalty import penalties

PREFIX = "https://zk.cqjnpj.cn/1#"


def reference(prefix: str, digits: str) -> segno.QRCode:
    segments = [(prefix, consts.MODE_BYTE), (digits, consts.MODE_NUMERIC)]
    return segno.make(segments, error="m", boost_error=False, micro=False)


def assert_equals_reference(prefix: str, digits: str) -> Symbol:
    made, wanted = symbol(prefix, digits), reference(prefix, digits)
    assert (made.version, made.mask) == (wanted.version, wanted.mask)
    assert np.array_equal(made.modules(), np.array(wanted.matrix, np.bool_))
    return made


def digits_of_length(length: int, seed: int) -> str:
    return "".join(str(digit) for digit in np.random.default_rng(seed).integers(0, 10, length))


def longest_in(version: int) -> int:
    """Digits that fill a version, by the reference's own table."""
    byte_mode, numeric_mode = (8, 10) if version < 10 else (16, 12) if version < 27 else (16, 14)
    room = consts.SYMBOL_CAPACITY[version][consts.ERROR_LEVEL_M] - 8 - byte_mode - numeric_mode - 8 * len(PREFIX)
    return room // 10 * 3 + {4: 1, 5: 1, 6: 1, 7: 2, 8: 2, 9: 2}.get(room % 10, 0)


@pytest.mark.parametrize("version", [*range(3, 25), 27, 33, 40])
def test_a_full_symbol_equals_the_reference_and_one_digit_more_is_the_next_version(version: int) -> None:
    length = longest_in(version)
    made = assert_equals_reference(PREFIX, digits_of_length(length, version))
    assert made.version == version
    if version < 40:
        assert symbol(PREFIX, "7" * (length + 1)).version == version + 1


@settings(max_examples=120, deadline=None)
@given(host=st.integers(3, 32), length=st.integers(1, 900), seed=st.integers(0, 2**32))
def test_any_credential_text_equals_the_reference(host: int, length: int, seed: int) -> None:
    assert_equals_reference(f"https://{'h' * host}/1#", digits_of_length(length, seed))


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=40), st.text("01", min_size=1, max_size=60))
def test_small_symbols_and_any_ascii_prefix_equal_the_reference(prefix: str, digits: str) -> None:
    assert_equals_reference(prefix, digits)


@pytest.mark.parametrize("length", range(250, 274))
def test_every_alignment_of_the_bit_stream_is_padded_as_the_reference_pads_it(length: int) -> None:
    assert_equals_reference(PREFIX, "0" * length)


@pytest.mark.parametrize("digits", ["0" * 330, "9" * 330, "1" * 331, "50" * 170])
def test_monotonous_digits_equal_the_reference(digits: str) -> None:
    assert_equals_reference(PREFIX, digits)


FRAGMENTS = ["1011101", "0000", "11111", "000000", "10", "1011101011101", "10111011101", "0100", "1111111", "0"]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 22), st.lists(st.sampled_from(FRAGMENTS), min_size=40, max_size=200), st.integers(0, 2**32))
def test_penalties_are_the_references(version: int, fragments: list[str], seed: int) -> None:
    size = layout_of(version).size
    stripes = np.array([int(bit) for bit in "".join(fragments)], np.uint8)
    noise = np.random.default_rng(seed)
    planes = [np.resize(np.roll(stripes, noise.integers(50)), (size, size)) for _ in range(7)]
    planes.append(noise.integers(0, 2, (size, size), np.uint8))
    drawn = sum((plane.astype(np.uint8) << np.uint8(mask) for mask, plane in enumerate(planes)), np.uint8(0))
    candidates = np.pad(np.hstack((drawn, drawn.T)), ((QUIET, QUIET), (0, 0)))
    wanted = [sum(encoder.mask_scores([bytearray(row) for row in plane], size, size)) for plane in planes]
    assert penalties(candidates).tolist() == wanted


@pytest.mark.parametrize("length", [120, 254, 313, 347, 420, 700, 850, 2500])
def test_another_reader_decodes_both_segments(length: int) -> None:
    digits = digits_of_length(length, length)
    made = symbol(PREFIX, digits)
    picture = np.repeat(np.repeat(np.where(np.pad(made.modules(), QUIET), 0, 255).astype(np.uint8), 4, 0), 4, 1)
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == PREFIX + digits
    assert read.ec_level == "M"


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
        symbol(PREFIX, "1" * (longest_in(40) + 1))
    assert caught.value.code == "qr-too-long"
    assert isinstance(caught.value, QrError)
