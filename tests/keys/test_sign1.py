from __future__ import annotations

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import EnvelopeMalformed, KeysError
from keys.keyring import Keyring, Purpose
from keys.sign1 import TYPE, sign_tagged
from tests.vectors import seeds

HEADERS = {TYPE: "application/test"}
SIGNER = seeds.signer(seeds.STATUS)
KEYRING = Keyring(seeds.records())


@given(st.binary(max_size=300), st.binary(max_size=30))
def test_a_signed_document_is_cose_and_opens_to_its_payload(payload: bytes, aad: bytes) -> None:
    token = sign_tagged(SIGNER, HEADERS, payload, aad)
    verified = KEYRING.verify_tagged(token, Purpose.STATUS, aad, HEADERS)
    assert (verified.payload, verified.key) == (payload, seeds.record(seeds.STATUS))
    message = cbor2.loads(token)
    assert message.tag == 18
    assert cbor2.loads(message.value[0]) == {1: -8, 4: SIGNER.kid, **HEADERS}
    assert (dict(message.value[1]), message.value[2]) == ({}, payload)


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_malformed(data: bytes) -> None:
    with pytest.raises(EnvelopeMalformed):
        KEYRING.verify_tagged(b"\xd2\x84" + data, Purpose.STATUS, b"", HEADERS)


def test_no_single_flipped_bit_verifies() -> None:
    good = sign_tagged(SIGNER, HEADERS, b"payload", b"")
    for bit in range(8 * len(good)):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeysError):
            KEYRING.verify_tagged(bytes(flipped), Purpose.STATUS, b"", HEADERS)


@pytest.mark.parametrize("headers", [{}, {TYPE: "application/other"}, {**HEADERS, 2: b"crit"}])
def test_other_headers_than_those_expected_are_refused(headers: dict[int, str | bytes]) -> None:
    with pytest.raises(EnvelopeMalformed):
        KEYRING.verify_tagged(sign_tagged(SIGNER, headers, b"", b""), Purpose.STATUS, b"", HEADERS)
