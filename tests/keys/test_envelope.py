from __future__ import annotations

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.cose import bstr, read_bstr, sig_structure
from keys.envelope import Envelope, pack, to_be_signed, unpack
from keys.errors import EnvelopeMalformed

envelopes = st.builds(
    Envelope,
    kid=st.binary(min_size=4, max_size=4),
    payload=st.binary(max_size=700),
    signature=st.binary(min_size=64, max_size=64),
)


@given(envelopes)
def test_unpack_is_the_inverse_of_pack(envelope: Envelope) -> None:
    assert unpack(pack(envelope)) == envelope


@given(envelopes)
def test_the_form_is_that_of_cose(envelope: Envelope) -> None:
    protected = cbor2.dumps({1: -8, 4: envelope.kid})
    assert pack(envelope) == cbor2.dumps([protected, {}, envelope.payload, envelope.signature], canonical=True)
    assert to_be_signed(envelope.kid, envelope.payload, b"use") == cbor2.dumps(
        ["Signature1", protected, b"use", envelope.payload]
    )


@given(st.binary(max_size=300) | envelopes.map(pack).flatmap(lambda good: st.integers(0, 400).map(lambda n: good[:n])))
def test_what_unpacks_packs_to_the_same_bytes_and_all_else_is_malformed(data: bytes) -> None:
    try:
        envelope = unpack(data)
    except EnvelopeMalformed:
        return
    assert pack(envelope) == data


@given(envelopes, st.binary(min_size=1, max_size=3))
def test_nothing_may_be_left_over(envelope: Envelope, rest: bytes) -> None:
    with pytest.raises(EnvelopeMalformed):
        unpack(pack(envelope) + rest)


@pytest.mark.parametrize("size", [0, 1, 23, 24, 255, 256, 65_535, 65_536, 70_000])
def test_byte_strings_have_the_shortest_length_header(size: int) -> None:
    content = bytes(size)
    assert bstr(content) == cbor2.dumps(content)
    assert read_bstr(b"x" + bstr(content) + b"y", 1) == (content, 1 + len(bstr(content)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x58",
        b"\x58\x17" + bytes(23),
        b"\x59\x00\xff" + bytes(255),
        b"\x59\x01",
        b"\x5a\x00\x00\xff\xff" + bytes(65_535),
        b"\x5b" + (2**32).to_bytes(8, "big"),
        b"\x5f\x41x\xff",
        b"\x61x",
        b"\x42x",
    ],
)
def test_other_items_and_longer_headers_are_no_byte_string(data: bytes) -> None:
    with pytest.raises(EnvelopeMalformed):
        read_bstr(data, 0)


@pytest.mark.parametrize(("kid", "signature"), [(b"abc", bytes(64)), (b"abcd", bytes(63))])
def test_parts_of_another_length_make_no_envelope(kid: bytes, signature: bytes) -> None:
    with pytest.raises(EnvelopeMalformed):
        Envelope(kid, b"", signature)


def test_uses_never_share_the_bytes_that_are_signed() -> None:
    assert sig_structure(b"", b"payload", b"a") != sig_structure(b"", b"payload", b"b")
