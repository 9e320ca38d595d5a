from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.document import KeyDocument, Pin, open_document, sign_document
from keys.errors import KeyDocumentMalformed, KeysError, RootNotPinned
from keys.identity import fingerprint
from keys.keyring import KeyRecord, KeyState, Purpose
from keys.signer import Signer
from tests.vectors import seeds
from tests.vectors.document_vectors import ROOT_PIN, samples

ROOT = seeds.signer(seeds.ROOT)
DOCUMENT = samples()["pinned-by-fingerprint"][0]

records = st.builds(
    lambda purpose, number, start, days, state: KeyRecord(
        purpose, seeds.signer(f"document {number}").public, start, start + timedelta(days=days), state
    ),
    st.sampled_from(Purpose),
    st.integers(0, 50),
    st.dates(date(1970, 1, 1), date(2100, 1, 1)),
    st.integers(0, 5000),
    st.sampled_from(KeyState),
)
documents = st.builds(
    lambda version, issued, lifetime, hosts, keys, next_root: KeyDocument(
        version, issued, issued + lifetime, tuple(hosts), tuple(keys), next_root
    ),
    st.integers(1, 2**40),
    st.integers(0, 252_000_000_000),  # and the longest lifetime still ends in the year 9999
    st.integers(1, 2**30),
    st.lists(st.text("abcdef.", min_size=1), min_size=1, max_size=3),
    st.lists(records, max_size=4, unique_by=lambda record: record.public),
    st.none() | st.integers(0, 9).map(lambda number: seeds.signer(f"root {number}").public),
)


@given(documents)
def test_a_signed_document_opens_to_itself(document: KeyDocument) -> None:
    opened, pin = open_document(sign_document(document, ROOT), None)
    assert opened == document
    successor = None if document.next_root is None else fingerprint(document.next_root)
    assert pin == Pin(fingerprint(ROOT.public), successor, document.version)


def test_no_single_flipped_bit_opens() -> None:
    good = sign_document(replace(DOCUMENT, keys=DOCUMENT.keys[:1]), ROOT)
    for bit in range(8 * len(good)):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(KeysError):
            open_document(bytes(flipped), ROOT_PIN)


def test_the_root_changes_hands_only_as_announced_and_never_back() -> None:
    successor = seeds.signer(seeds.NEXT_ROOT)
    announcing = sign_document(replace(DOCUMENT, version=4, next_root=successor.public), ROOT)
    succeeded = sign_document(replace(DOCUMENT, version=5), successor)
    with pytest.raises(RootNotPinned):
        open_document(succeeded, ROOT_PIN)
    _, pin = open_document(announcing, ROOT_PIN)
    _, pin = open_document(succeeded, pin)
    assert pin == Pin(fingerprint(successor.public), None, 5)
    with pytest.raises(RootNotPinned):
        open_document(sign_document(replace(DOCUMENT, version=6), ROOT), pin)


def test_a_key_identifier_names_the_whole_root_so_any_signer_may_be_one() -> None:
    other = Signer.from_private(seeds.seed("another root"))
    _, pin = open_document(sign_document(DOCUMENT, other), None)
    assert pin.root == fingerprint(other.public)


def test_a_document_that_cannot_be_is_not_made() -> None:
    key = DOCUMENT.keys[0]
    with pytest.raises(KeyDocumentMalformed, match="version"):
        replace(DOCUMENT, version=0)
    with pytest.raises(KeyDocumentMalformed, match="not in order"):
        replace(DOCUMENT, valid_until=DOCUMENT.issued)
    with pytest.raises(KeyDocumentMalformed, match="not in order"):
        replace(DOCUMENT, valid_until=2**40)  # no date any more
    with pytest.raises(KeyDocumentMalformed, match="host"):
        replace(DOCUMENT, hosts=("",))
    with pytest.raises(KeyDocumentMalformed, match="more than once"):
        replace(DOCUMENT, keys=(key, replace(key, purpose=Purpose.HEAD)))
    with pytest.raises(KeyDocumentMalformed, match="small order"):
        replace(DOCUMENT, next_root=b"\x01" + bytes(31))
