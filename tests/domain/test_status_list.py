from __future__ import annotations

import tracemalloc
import zlib
from dataclasses import replace
from datetime import date

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.status_list import (
    LIFETIME,
    LIST_SIZE,
    TTL,
    Status,
    StatusListError,
    StatusListPayload,
    decode_payload,
    encode_list,
    encode_payload,
)

NOON_IN_SHANGHAI = 1_780_027_200  # 2026-05-29 04:00 UTC
UNUSED = encode_list({})
LIST = StatusListPayload(
    host="zk.cqpta.example",
    number=7,
    issued_at=NOON_IN_SHANGHAI,
    expires_at=NOON_IN_SHANGHAI + LIFETIME,
    ttl=TTL,
    key_document_version=3,
    entries=UNUSED,
)

statuses = st.dictionaries(st.integers(0, LIST_SIZE - 1), st.sampled_from(Status), max_size=40)


@given(statuses)
def test_each_index_reads_as_it_was_written_and_all_others_as_never_issued(entries: dict[int, Status]) -> None:
    payload = replace(LIST, entries=encode_list(entries))
    for index, status in entries.items():
        assert payload.status_at(index) is status
    for index in entries:
        neighbour = index ^ 1
        assert payload.status_at(neighbour) is entries.get(neighbour, Status.NEVER_ISSUED)


@given(statuses)
def test_the_highest_index_is_the_last_that_is_used(entries: dict[int, Status]) -> None:
    used = [index for index, status in entries.items() if status is not Status.NEVER_ISSUED]
    assert replace(LIST, entries=encode_list(entries)).highest_index == max(used, default=-1)


def test_the_lower_index_stands_in_the_lower_half_of_a_byte() -> None:
    # draft-ietf-oauth-status-list 4.1: packed from the least significant bit
    assert encode_list({0: Status.REVOKED, 1: Status.SUPERSEDED, 2: Status.VALID})[:2] == b"\xc1\xf0"
    assert UNUSED == b"\xff" * (LIST_SIZE // 2)


@given(statuses, st.integers(1, 2**40), st.integers(0, 2**37), st.integers(1, 10**6))
def test_decoding_is_the_inverse_of_encoding(
    entries: dict[int, Status], number: int, issued: int, version: int
) -> None:
    payload = StatusListPayload(
        "a.example", number % 9_999_999_999 + 1, issued, issued + LIFETIME, TTL, version, encode_list(entries)
    )
    assert decode_payload(encode_payload(payload), number=payload.number) == payload


@given(st.binary(max_size=120))
def test_arbitrary_bytes_are_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(StatusListError):
        decode_payload(data, number=7)


@pytest.mark.parametrize(("tag", "content"), [(36, "a: b\n\n"), (52, [8, b"\x0a"]), (258, [1, 2]), (30, [1, 2])])
def test_an_object_that_is_asked_like_a_map_is_refused(tag: int, content: object) -> None:
    """A CBOR library makes a message, a network, a set, a fraction of tags; their lookups raise errors of their own."""
    with pytest.raises(StatusListError) as refused:
        decode_payload(cbor2.dumps(cbor2.CBORTag(tag, content)), number=7)
    assert refused.value.code == "status-list-malformed"


@given(st.data())
def test_what_is_read_from_an_altered_list_says_what_the_bytes_say(data: st.DataObject) -> None:
    altered = bytearray(encode_payload(LIST))
    altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))
    try:
        read = decode_payload(bytes(altered), number=7)
    except StatusListError:
        return
    assert cbor2.loads(bytes(altered))[6] == read.issued_at


def test_a_list_deflated_by_another_program_is_read() -> None:
    claims = cbor2.loads(encode_payload(LIST))
    claims[65533]["lst"] = zlib.compress(UNUSED, 1)
    assert decode_payload(cbor2.dumps(claims, canonical=True), number=7) == LIST


def test_the_list_of_another_number_is_refused() -> None:
    with pytest.raises(StatusListError) as caught:
        decode_payload(encode_payload(LIST), number=8)
    assert caught.value.code == "status-list-subject"


@pytest.mark.parametrize("size", [0, LIST_SIZE // 2 - 1, LIST_SIZE // 2 + 1])
def test_a_list_inflates_to_its_size_and_no_further(size: int) -> None:
    claims = cbor2.loads(encode_payload(LIST))
    claims[65533]["lst"] = zlib.compress(bytes(size), 9)
    with pytest.raises(StatusListError) as caught:
        decode_payload(cbor2.dumps(claims, canonical=True), number=7)
    assert caught.value.code == "status-list-size"


def test_a_small_file_does_not_fill_the_memory() -> None:
    claims = cbor2.loads(encode_payload(LIST))
    claims[65533]["lst"] = zlib.compress(bytes(50_000_000), 9)
    bomb = cbor2.dumps(claims, canonical=True)
    tracemalloc.start()
    try:
        with pytest.raises(StatusListError, match="inflate"):
            decode_payload(bomb, number=7)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("index", [-1, LIST_SIZE])
def test_an_index_outside_the_list_is_refused(index: int) -> None:
    with pytest.raises(StatusListError) as caught:
        LIST.status_at(index)
    assert caught.value.code == "status-index"
    with pytest.raises(StatusListError):
        encode_list({index: Status.VALID})


@pytest.mark.parametrize("value", range(0x2, 0xC))
def test_a_value_without_meaning_is_not_guessed_at(value: int) -> None:
    payload = replace(LIST, entries=bytes([0xF0 | value]) + UNUSED[1:])
    with pytest.raises(StatusListError, match="no meaning"):
        payload.status_at(0)


@pytest.mark.parametrize(
    "changes",
    [
        {"entries": b""},
        {"number": 0},
        {"host": ""},
        {"host": "a/b"},
        {"expires_at": NOON_IN_SHANGHAI},
        {"issued_at": -1},
        {"ttl": 0},
        {"key_document_version": 0},
        {"expires_at": 2**60},
        {"expires_at": 253_402_300_799},  # the last second of 9999 in UTC, no date any more in Shanghai
    ],
)
def test_a_list_that_cannot_be_is_not_made(changes: dict[str, object]) -> None:
    with pytest.raises(StatusListError):
        replace(LIST, **changes)  # type: ignore[arg-type] # the parameters are of several types


def test_a_list_is_of_the_day_it_is_in_shanghai() -> None:
    assert LIST.published_on == date(2026, 5, 29)
    assert replace(LIST, issued_at=NOON_IN_SHANGHAI + 12 * 3600).published_on == date(2026, 5, 30)
