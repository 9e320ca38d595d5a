"""Attacks on cards, each with the stage that must refuse it and the code of the refusal."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import cbor2

from keys.cose import bstr
from keys.envelope import Envelope, pack, to_be_signed
from service.domain.card_number import CardNumber
from service.domain.credential import CARD_AAD, Claims, digits_of, encode_claims, text_of
from tests.vectors import seeds
from tests.vectors.signing import HOST, Json, sign

Samples = Mapping[str, Claims]

P: Final = 2**255 - 19  # RFC 8032 5.1
L: Final = 2**252 + 27742317777372353535851937790883648493  # order of the base point, RFC 8032 5.1
ORDER_8_Y: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826


def refused(samples: Samples) -> list[Json]:
    """Return all attacks on the genuine cards."""
    return [
        *_text_attacks(samples),
        *_envelope_attacks(samples),
        *_signature_attacks(samples),
        *_claims_attacks(samples),
        *_other_attacks(samples),
    ]


def bad_keys() -> dict[str, bytes]:
    """Public keys that no keyring may take."""

    def encoded(y: int, sign: int = 0) -> bytes:
        return (y | sign << 255).to_bytes(32, "little")

    return {
        "order-1": encoded(1),
        "order-2": encoded(P - 1),
        "order-4": encoded(0),
        "order-4-negative": encoded(0, 1),
        "order-8": encoded(ORDER_8_Y),
        "order-8-negative": encoded(ORDER_8_Y, 1),
        "order-8-other": encoded(P - ORDER_8_Y),
        "order-8-other-negative": encoded(P - ORDER_8_Y, 1),
        "order-1-negative-zero": encoded(1, 1),
        "order-2-negative-zero": encoded(P - 1, 1),
        "order-4-not-canonical": encoded(P),
        "order-4-not-canonical-negative": encoded(P, 1),
        "order-1-not-canonical": encoded(P + 1),
        "order-1-not-canonical-negative": encoded(P + 1, 1),
        "not-canonical": encoded(P + 3),
        "all-ones": b"\xff" * 32,
        "not-on-the-curve": encoded(2),
        "31-bytes": bytes(31),
        "33-bytes": seeds.signer(seeds.CARD).public + b"\0",
    }


def _refused(name: str, text: str, stage: str, code: str) -> Json:
    return {"name": name, "text": text, "stage": stage, "code": code}


def _genuine(samples: Samples) -> Envelope:
    return sign(encode_claims(samples["supervisor"]))


def _text_attacks(samples: Samples) -> list[Json]:
    good = digits_of(pack(_genuine(samples)))
    prefix = f"https://{HOST}/1#"
    fullwidth = good.translate({ord("0") + i: ord("０") + i for i in range(10)})
    cases = {
        "empty": ("", "text-malformed"),
        "no-digits": (prefix, "text-malformed"),
        "plain-http": (f"http://{HOST}/1#{good}", "text-malformed"),
        "upper-case-scheme": (f"HTTPS://{HOST}/1#{good}", "text-malformed"),
        "upper-case-host": (f"https://{HOST.upper()}/1#{good}", "host-malformed"),
        "version-2": (f"https://{HOST}/2#{good}", "text-version"),
        "query": (f"https://{HOST}/1?x=1#{good}", "text-malformed"),
        "path-form": (f"https://{HOST}/1/{good}", "text-malformed"),
        "user-before-host": (f"https://evil@{HOST}/1#{good}", "host-malformed"),
        "cyrillic-host": (f"https://{HOST.replace('a', 'а')}/1#{good}", "host-malformed"),
        "host-of-33-characters": (f"https://{'a' * 33}/1#{good}", "host-malformed"),
        "host-with-trailing-dot": (f"https://{HOST}./1#{good}", "host-malformed"),
        "leading-space": (f" {prefix}{good}", "text-malformed"),
        "trailing-newline": (f"{prefix}{good}\n", "digits-malformed"),
        "fullwidth-digits": (prefix + fullwidth, "digits-malformed"),
        "second-fragment": (f"{prefix}{good}#{good}", "digits-malformed"),
        "overflow-block": (prefix + "9" * 41 + good[41:], "digits-overflow"),
        "digit-cut-off": (prefix + good[:-1], "digits-length"),
        "digit-added": (prefix + good + "0", "digits-length"),
        "too-many-digits": (prefix + good * 10, "digits-too-many"),
    }
    return [_refused(name, text, "text", code) for name, (text, code) in cases.items()]


def _envelope_attacks(samples: Samples) -> list[Json]:
    envelope = _genuine(samples)
    good, kid, payload, signature = pack(envelope), envelope.kid, envelope.payload, envelope.signature
    head = b"\x84\x49\xa2\x01\x27\x04\x44"
    tail = b"\x58\x40" + signature
    cases = {
        "trailing-byte": good + b"\0",
        "truncated": good[:-1],
        "one-byte": b"\x84",
        "tag-18": b"\xd2" + good,
        "tag-61-and-18": b"\xd8\x3d\xd2" + good,
        "indefinite-array": b"\x9f" + good[1:] + b"\xff",
        "payload-length-not-shortest": head + kid + b"\xa0\x59" + len(payload).to_bytes(2, "big") + payload + tail,
        "payload-indefinite": head + kid + b"\xa0\x5f" + bstr(payload) + b"\xff" + tail,
        "payload-is-text": head + kid + b"\xa0\x78" + bstr(payload)[1:] + tail,
        "payload-is-nil": head + kid + b"\xa0\xf6" + tail,
        "other-algorithm": good.replace(b"\xa2\x01\x27", b"\xa2\x01\x26", 1),
        "no-algorithm": b"\x84\x47\xa1\x04\x44" + kid + b"\xa0" + bstr(payload) + tail,
        "kid-of-five-bytes": b"\x84\x4a\xa2\x01\x27\x04\x45" + kid + b"\0\xa0" + bstr(payload) + tail,
        "kid-unprotected": b"\x84\x43\xa1\x01\x27\xa1\x04\x44" + kid + bstr(payload) + tail,
        "unprotected-is-nil": head + kid + b"\xf6" + bstr(payload) + tail,
        "unprotected-header": head + kid + b"\xa1\x04\x44" + kid + bstr(payload) + tail,
        "protected-unsorted": b"\x84\x49\xa2\x04\x44" + kid + b"\x01\x27\xa0" + bstr(payload) + tail,
        "signature-of-63-bytes": good[: -len(tail)] + b"\x58\x3f" + signature[:-1],
        "signature-length-not-shortest": good[: -len(tail)] + b"\x59\x00\x40" + signature,
        "signature-missing": good[: -len(tail)],
    }
    return [
        _refused(name, f"https://{HOST}/1#{digits_of(data)}", "envelope", "envelope-malformed")
        for name, data in cases.items()
    ]


def _signature_attacks(samples: Samples) -> list[Json]:
    envelope = _genuine(samples)
    kid, payload, signature = envelope.kid, envelope.payload, envelope.signature
    s_plus_l = int.from_bytes(signature[32:], "little") + L
    identity = (1).to_bytes(32, "little")
    flipped = bytes([payload[0], payload[1] ^ 1, *payload[2:]])
    cases: dict[str, tuple[Envelope, str, str]] = {
        "bit-flipped-payload": (Envelope(kid, flipped, signature), "signature", "signature-invalid"),
        "bit-flipped-signature": (
            Envelope(kid, payload, bytes([signature[0] ^ 1, *signature[1:]])),
            "signature",
            "signature-invalid",
        ),
        "bit-flipped-kid": (
            Envelope(bytes([kid[0] ^ 1, *kid[1:]]), payload, signature),
            "key",
            "unknown-key",
        ),
        "payload-swapped": (
            Envelope(kid, encode_claims(samples["supervisor-with-unit"]), signature),
            "signature",
            "signature-invalid",
        ),
        "kid-swapped": (
            Envelope(seeds.signer(seeds.CARD_RETIRED).kid, payload, signature),
            "signature",
            "signature-invalid",
        ),
        "wrong-aad": (sign(payload, aad=b"zhengka/keys/1"), "signature", "signature-invalid"),
        "empty-aad": (sign(payload, aad=b""), "signature", "signature-invalid"),
        "next-version-aad": (sign(payload, aad=b"zhengka/card/2"), "signature", "signature-invalid"),
        "signature-s-not-reduced": (
            Envelope(kid, payload, signature[:32] + s_plus_l.to_bytes(32, "little")),
            "signature",
            "signature-invalid",
        ),
        "signature-point-not-canonical": (  # by the key's holder: under the rules of ZIP 215 it would hold
            Envelope(kid, payload, _not_canonical(kid, payload)),
            "signature",
            "signature-invalid",
        ),
        "signature-all-zero": (Envelope(kid, payload, bytes(64)), "signature", "signature-invalid"),
        "signature-under-a-small-order-key": (  # holds for every message, where such a key is taken
            Envelope(hashlib.sha256(identity).digest()[:4], payload, identity + bytes(32)),
            "key",
            "unknown-key",
        ),
        "status-key": (sign(payload, seeds.STATUS), "key", "unknown-key"),
        "journal-key": (sign(payload, seeds.HEAD), "key", "unknown-key"),
        "root-key": (sign(payload, seeds.ROOT), "key", "unknown-key"),
        "strangers-key": (sign(payload, seeds.STRANGER), "key", "unknown-key"),
    }
    return [
        _refused(name, text_of(HOST, pack(envelope)), stage, code) for name, (envelope, stage, code) in cases.items()
    ]


def _not_canonical(kid: bytes, payload: bytes) -> bytes:
    """Sign with the neutral element for the point R, encoded with a y that is not reduced (RFC 8032 5.1.7)."""
    clamped = bytearray(hashlib.sha512(seeds.seed(seeds.CARD)).digest()[:32])
    clamped[0] &= 248
    clamped[31] = clamped[31] & 63 | 64
    point = (P + 1).to_bytes(32, "little")
    message = to_be_signed(kid, payload, CARD_AAD)
    k = int.from_bytes(hashlib.sha512(point + seeds.signer(seeds.CARD).public + message).digest(), "little") % L
    return point + (k * int.from_bytes(clamped, "little") % L).to_bytes(32, "little")


def _map(pairs: Mapping[int, bytes]) -> bytes:
    """Encode a map whose values are encoded already, in the order given."""
    return bytes([0xA0 | len(pairs)]) + b"".join(cbor2.dumps(key) + value for key, value in pairs.items())


def _claims_attacks(samples: Samples) -> list[Json]:
    supervisor = _pairs(samples["supervisor-with-unit"])
    assessor = _pairs(samples["assessor-two-coded-types"])
    with_portrait = _pairs(samples["portrait"])
    picture = samples["portrait"].portrait
    assert picture is not None
    issued = int(cbor2.loads(supervisor[-6]))
    dumps = cbor2.dumps

    def but(base: dict[int, bytes], **changes: bytes | None) -> bytes:
        """Encode the base with some values changed or, where None, left out; ``_3`` stands for key -3."""
        pairs = base | {-int(key[1:]): value for key, value in changes.items() if value is not None}
        left_out = {-int(key[1:]) for key, value in changes.items() if value is None}
        return _map({key: pairs[key] for key in sorted(pairs, reverse=True) if key not in left_out})

    def days(on: date) -> bytes:
        return dumps((on - date(1970, 1, 1)).days)

    good = _map(supervisor)
    tail = b"".join(dumps(key) + supervisor[key] for key in (-2, -4, -5, -6, -7, -8))
    canonical = "claims-not-canonical"
    cases: dict[str, tuple[bytes, str]] = {
        "payload-empty": (b"", "claims-malformed"),
        "payload-not-cbor": (b"\xff", "claims-malformed"),
        "payload-truncated": (good[:-1], "claims-malformed"),
        "payload-is-an-array": (dumps([1, 2]), "claims-malformed"),
        "payload-trailing-byte": (good + b"\0", canonical),
        "payload-tagged": (b"\xd9\xd9\xf7" + good, "claims-malformed"),
        "indefinite-map": (b"\xbf" + good[1:] + b"\xff", canonical),
        "indefinite-name": (but(supervisor, _2=b"\x7f" + supervisor[-2] + b"\xff"), canonical),
        "indefinite-status": (but(supervisor, _5=b"\x9f" + supervisor[-5][1:] + b"\xff"), canonical),
        "unsorted-keys": (_map(dict(sorted(supervisor.items()))), canonical),
        "doubled-key": (b"\xa8" + good[1:] + b"\x21" + dumps("王强"), canonical),
        "doubled-key-same-value": (b"\xa8\x20" + supervisor[-1] + good[1:], canonical),
        "non-shortest-key": (b"\xa7\x38\x00" + supervisor[-1] + tail, canonical),
        "non-shortest-int": (but(supervisor, _5=b"\x82\x18\x01\x01"), canonical),
        "non-shortest-date": (but(supervisor, _6=b"\x1a" + issued.to_bytes(4, "big")), canonical),
        "non-shortest-text": (
            but(supervisor, _2=b"\x78" + bytes([len(supervisor[-2]) - 1]) + supervisor[-2][1:]),
            canonical,
        ),
        "float-key": (b"\xa7\xf9\xbc\x00" + supervisor[-1] + tail, canonical),
        "unknown-key-10": (but(supervisor, _10=dumps(1)), "claim-unknown"),
        "unknown-key-positive": (_map({1: dumps(1)} | supervisor), "claim-unknown"),
        "unknown-key-text": (b"\xa8" + good[1:] + dumps("x") + dumps(1), "claim-unknown"),
        **{
            f"missing-{-key}": (but(supervisor, **{f"_{-key}": None}), "claim-missing")
            for key in (-1, -2, -4, -5, -6, -7)
        },
        "float-date": (but(supervisor, _6=dumps(float(issued))), "claim-type"),
        "true-for-one": (but(supervisor, _5=b"\x82\xf5\x01"), "claim-type"),
        "date-as-text": (but(supervisor, _6=dumps("2026-03-02")), "claim-type"),
        "date-tagged": (but(supervisor, _6=b"\xd8\x64" + supervisor[-6]), "claim-type"),
        "name-as-bytes": (but(supervisor, _2=dumps("张伟".encode())), "claim-type"),
        "name-null": (but(supervisor, _2=b"\xf6"), "claim-type"),
        "unit-null": (but(supervisor, _8=b"\xf6"), "claim-type"),
        "copy-id-as-text": (but(supervisor, _4=dumps("12345678")), "claim-type"),
        "status-as-map": (but(supervisor, _5=dumps({0: 1})), "claim-type"),
        "status-of-three": (but(supervisor, _5=dumps([1, 2, 3])), "claim-type"),
        "occupations-as-int": (but(assessor, _3=dumps(6310103)), "claim-type"),
        "occupation-true": (but(assessor, _3=dumps([True])), "claim-type"),
        "occupation-nested": (but(assessor, _3=dumps([[6310103]])), "claim-type"),
        "number-as-int": (but(assessor, _1=dumps(26310020001)), "claim-type"),
        "number-lower-case": (but(supervisor, _1=dumps("r50260002")), "claim-number"),
        "number-fullwidth": (but(supervisor, _1=dumps("R5026000２")), "claim-number"),
        "number-trailing-newline": (but(supervisor, _1=dumps("R50260002\n")), "claim-number"),
        "number-sequence-0000": (but(supervisor, _1=dumps("R50260000")), "claim-number"),
        "number-grade-4": (but(assessor, _1=dumps("26310040001")), "claim-number"),
        "name-empty": (but(supervisor, _2=dumps("")), "claim-length"),
        "name-of-61-bytes": (but(supervisor, _2=dumps("测" * 20 + "x")), "claim-length"),
        "name-not-utf8": (but(supervisor, _2=b"\x62\xc3\x28"), "claims-malformed"),
        "name-surrogate": (but(supervisor, _2=b"\x63\xed\xa0\x80"), "claims-malformed"),
        "name-non-nfc": (but(supervisor, _2=dumps("Ju\u0308rgen")), "claim-not-nfc"),
        "name-compatibility-ideograph": (but(supervisor, _2=dumps("\uf900")), "claim-not-nfc"),
        "unit-of-91-bytes": (but(supervisor, _8=dumps("测" * 30 + "x")), "claim-length"),
        "unit-empty": (but(supervisor, _8=dumps("")), "claim-length"),
        "unit-non-nfc": (but(supervisor, _8=dumps("A\u030a")), "claim-not-nfc"),
        "unit-on-an-assessors-card": (but(assessor, _8=dumps("某单位")), "claim-work-unit"),
        "copy-id-of-7-bytes": (but(supervisor, _4=dumps(bytes(7))), "claim-length"),
        "copy-id-of-9-bytes": (but(supervisor, _4=dumps(bytes(9))), "claim-length"),
        "status-list-0": (but(supervisor, _5=dumps([0, 1])), "claim-status"),
        "status-list-negative": (but(supervisor, _5=dumps([-1, 1])), "claim-status"),
        "status-list-bignum": (but(supervisor, _5=b"\x82\xc2\x49\x01" + bytes(8) + b"\x01"), "claim-status"),
        "status-index-131072": (but(supervisor, _5=dumps([1, 131_072])), "claim-status"),
        "status-index-negative": (but(supervisor, _5=dumps([1, -1])), "claim-status"),
        "occupations-missing": (but(assessor, _3=None), "claim-occupations"),
        "occupations-empty": (but(assessor, _3=dumps([])), "claim-occupations"),
        "occupations-three": (but(assessor, _3=dumps([6310103, 4040504, 4030201])), "claim-occupations"),
        "occupations-on-a-supervisors-card": (but(supervisor, _3=dumps([6310103])), "claim-occupations"),
        "occupations-empty-on-a-supervisors-card": (but(supervisor, _3=dumps([])), canonical),
        "occupation-of-6-digits": (but(assessor, _3=dumps([999_999])), "claim-occupations"),
        "occupation-of-major-group-9": (but(assessor, _3=dumps([9_000_000])), "claim-occupations"),
        "occupation-negative": (but(assessor, _3=dumps([-6310103])), "claim-occupations"),
        "occupation-name-empty": (but(assessor, _3=dumps([""])), "claim-length"),
        "occupation-name-of-61-bytes": (but(assessor, _3=dumps(["测" * 20 + "x"])), "claim-length"),
        "occupation-name-non-nfc": (but(assessor, _3=dumps(["e\u0301"])), "claim-not-nfc"),
        "expiry-before-issue": (but(supervisor, _7=dumps(issued - 1)), "claim-dates"),
        "expiry-a-day-too-late": (but(supervisor, _7=days(date(2029, 3, 3))), "claim-dates"),
        "leap-day-to-1-march": (
            but(supervisor, _6=days(date(2024, 2, 29)), _7=days(date(2027, 3, 1))),
            "claim-dates",
        ),
        "issue-before-1970": (but(supervisor, _6=dumps(-1), _7=dumps(10)), "claim-dates"),
        "issue-beyond-calendar": (but(supervisor, _6=dumps(2**40), _7=dumps(2**40)), "claim-dates"),
        **{name: (but(with_portrait, _9=dumps(data)), code) for name, (data, code) in _bad_portraits(picture).items()},
    }
    return [
        _refused(name, text_of(HOST, pack(sign(payload))), "claims", code) for name, (payload, code) in cases.items()
    ]


def _pairs(claims: Claims) -> dict[int, bytes]:
    return {key: cbor2.dumps(value) for key, value in cbor2.loads(encode_claims(claims)).items()}


def _bad_portraits(picture: bytes) -> dict[str, tuple[bytes, str]]:
    def sized(width: int, height: int) -> bytes:
        return picture[:6] + width.to_bytes(2, "little") + height.to_bytes(2, "little") + picture[10:]

    return {
        "portrait-empty": (b"", "portrait-malformed"),
        "portrait-64x48": (sized(64, 48), "portrait-dimensions"),
        "portrait-48x65": (sized(48, 65), "portrait-dimensions"),
        "portrait-16383-wide": (sized(16383, 64), "portrait-dimensions"),
        "portrait-scaled": (sized(48 | 1 << 14, 64), "portrait-dimensions"),
        "portrait-odd": (picture + b"\0", "portrait-size"),
        "portrait-of-402-bytes": (picture + bytes(402 - len(picture)), "portrait-size"),
        "portrait-interframe": (bytes([picture[0] | 1]) + picture[1:], "portrait-malformed"),
        "portrait-not-shown": (bytes([picture[0] & ~0x10]) + picture[1:], "portrait-malformed"),
        "portrait-vp8-version-4": (bytes([picture[0] & ~0xE | 4 << 1]) + picture[1:], "portrait-malformed"),
        "portrait-partition-beyond-end": (b"\xf0\xff\xff" + picture[3:], "portrait-malformed"),
        "portrait-vp8l": (b"\x2f\x2f\xc0\x0f\x00" + bytes(9), "portrait-malformed"),
        "portrait-vp8x": (b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(10), "portrait-malformed"),
        "portrait-with-riff-header": (b"RIFF\x2c\x01\0\0WEBPVP8 " + picture[:100], "portrait-malformed"),
        "portrait-is-a-jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(20), "portrait-malformed"),
    }


def _other_attacks(samples: Samples) -> list[Json]:
    late = Claims(
        number=CardNumber("R50250001"),
        name="张伟",
        occupations=(),
        copy_id=bytes(8),
        status_list=1,
        status_index=20,
        issued_on=date(2025, 1, 1),
        expires_on=date(2025, 1, 1) + timedelta(days=365),
    )
    return [
        _refused("foreign-host", text_of("zk.cqpta.evil.example", pack(_genuine(samples))), "host", "foreign-host"),
        _refused("host-with-port", text_of(f"{HOST}:8443", pack(_genuine(samples))), "host", "foreign-host"),
        _refused(
            "issued-after-the-key-ended",
            text_of(HOST, pack(sign(encode_claims(late), seeds.CARD_RETIRED))),
            "date",
            "key-ended",
        ),
    ]
