from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import BadKey, SealedFieldInvalid
from keys.fields import BlindIndex, FieldCipher

SECRET = bytes(range(32))
NONCE = bytes(range(12))
CIPHER = FieldCipher(SECRET)


@given(st.text(max_size=60), st.binary(max_size=30), st.binary(min_size=12, max_size=12))
def test_a_sealed_field_opens_where_it_was_sealed(text: str, context: bytes, nonce: bytes) -> None:
    assert CIPHER.open(CIPHER.seal(text, context, nonce), context) == text


def test_a_field_moved_to_another_record_does_not_open() -> None:
    sealed = CIPHER.seal("110101199003077758", b"person/1/resident_id", NONCE)
    with pytest.raises(SealedFieldInvalid, match="moved"):
        CIPHER.open(sealed, b"person/2/resident_id")


def test_a_field_sealed_under_another_key_does_not_open() -> None:
    with pytest.raises(SealedFieldInvalid, match="another key"):
        FieldCipher(bytes(32)).open(CIPHER.seal("text", b"", NONCE), b"")


def test_no_single_flipped_bit_opens() -> None:
    good = CIPHER.seal("text", b"place", NONCE)
    for bit in range(8 * len(good)):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealedFieldInvalid):
            CIPHER.open(bytes(flipped), b"place")


@given(st.binary(max_size=40))
def test_arbitrary_bytes_do_not_open(data: bytes) -> None:
    with pytest.raises(SealedFieldInvalid):
        CIPHER.open(data, b"")


def test_a_nonce_of_another_length_is_refused() -> None:
    with pytest.raises(SealedFieldInvalid, match="12 bytes"):
        CIPHER.seal("text", b"", bytes(11))


def test_the_index_of_a_text_is_its_hmac() -> None:
    assert BlindIndex(SECRET).of("张伟") == hmac.new(SECRET, "张伟".encode(), hashlib.sha256).digest()
    assert BlindIndex(SECRET).of("张伟") != BlindIndex(bytes(32)).of("张伟")


@pytest.mark.parametrize("make", [FieldCipher, BlindIndex])
def test_a_secret_has_32_bytes_and_is_never_shown(make: type[FieldCipher | BlindIndex]) -> None:
    with pytest.raises(BadKey, match="32 bytes"):
        make(bytes(16))
    assert repr(make(SECRET)) == f"<{make.__name__}>"
