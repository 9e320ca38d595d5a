from __future__ import annotations

import cbor2
import pytest

from service.domain.bundle import Bundle, BundleInvalid, Names, decode_bundle, decode_names, encode_bundle, encode_names

BUNDLE = Bundle(b"document", (b"list 1", b"list 2"), b"names")
NAMES = Names("重庆市职业技能鉴定指导中心", {"500123": "某某学校"}, {"6-31-01-03": "电工"})
NO_MAP = {
    "nothing": b"",
    "number": b"\x01",
    "list": b"\x80",
    "MIME message": cbor2.dumps(cbor2.CBORTag(36, "a: b\n\n")),
    "network": cbor2.dumps(cbor2.CBORTag(52, [8, b"\x0a"])),
    "set": cbor2.dumps(cbor2.CBORTag(258, [1, 2, 3])),
}
"""What a CBOR library may make of bytes, and some of it can be asked for an item like a map."""


def test_what_is_put_in_comes_out() -> None:
    assert decode_bundle(encode_bundle(BUNDLE)) == BUNDLE
    assert decode_names(encode_names(NAMES)) == NAMES


@pytest.mark.parametrize("data", NO_MAP.values(), ids=NO_MAP)
def test_what_is_no_map_is_refused(data: bytes) -> None:
    for decode in (decode_bundle, decode_names):
        with pytest.raises(BundleInvalid) as refused:
            decode(data)
        assert refused.value.code == "bundle-invalid"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {1: b"", 2: [b""]},
        {1: "", 2: [], 3: b""},
        {1: b"", 2: b"", 3: b""},
        {1: b"", 2: [1], 3: b""},
        {1: b"", 2: [], 3: b"", 4: b""},
        {True: b"", 2: [], 3: b""},
    ],
)
def test_other_parts_are_refused(content: dict[object, object]) -> None:
    with pytest.raises(BundleInvalid):
        decode_bundle(cbor2.dumps(content))


def test_another_encoding_is_refused() -> None:
    """One bundle has one form: it can be compared, and cached by its digest."""
    with pytest.raises(BundleInvalid):
        decode_bundle(encode_bundle(BUNDLE) + b"\0")
    with pytest.raises(BundleInvalid):
        decode_bundle(cbor2.dumps({3: BUNDLE.names, 2: list(BUNDLE.status_lists), 1: BUNDLE.key_document}))
    with pytest.raises(BundleInvalid):
        decode_names(cbor2.dumps({"occupations": {}, "institutions": {}, "centre": "x"}))
