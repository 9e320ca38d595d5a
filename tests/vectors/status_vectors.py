"""Vectors of status lists: genuine ones, and attacks with the code of the refusal."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any, Final

import cbor2

from keys.sign1 import TYPE, sign_tagged
from service.domain.status_list import LIFETIME, MEDIA_TYPE, TTL, Status, StatusListPayload, encode_list, encode_payload
from tests.vectors import seeds
from tests.vectors.signing import HOST, HOSTS, Json

ISSUED_AT: Final = 1_780_000_000  # 2026-05-29
SIZE: Final = 65_536


def status_lists() -> Json:
    """Status list tokens by a published TEST key."""
    return {
        "about": "Status lists by published TEST keys; refused ones with the code of the refusal.",
        "hosts": list(HOSTS),
        "keys": [
            {"name": name, "purpose": seeds.record(name).purpose.value, "public": seeds.record(name).public.hex()}
            for name in seeds.NAMES
        ],
        "valid": [_valid(name, number, statuses) for name, (number, statuses) in samples().items()],
        "refused": _attacks(),
    }


def samples() -> dict[str, tuple[int, dict[int, Status]]]:
    """Return the genuine lists: name → (number, statuses of the used indices)."""
    every = [Status.VALID, Status.REVOKED, Status.SUPERSEDED, Status.REPLACED, Status.VOIDED]
    return {
        "unused": (1, {}),
        "first-index-only": (1, {0: Status.VALID}),
        "each-status": (1, dict(enumerate(every))),
        "neighbours-in-one-byte": (2, {6: Status.REVOKED, 7: Status.VALID, 9: Status.REPLACED}),
        "last-index": (3, {131_070: Status.VOIDED, 131_071: Status.SUPERSEDED}),
        "thousand-cards": (
            4294967295,
            {index: Status.REVOKED if index % 97 == 0 else Status.VALID for index in range(1000)},
        ),
    }


def _payload(number: int, statuses: dict[int, Status]) -> StatusListPayload:
    return StatusListPayload(
        host=HOST,
        number=number,
        issued_at=ISSUED_AT,
        expires_at=ISSUED_AT + LIFETIME,
        ttl=TTL,
        key_document_version=3,
        entries=encode_list(statuses),
    )


def _token(payload: bytes, key: str = seeds.STATUS, aad: bytes = b"", headers: dict[int, str] | None = None) -> bytes:
    return sign_tagged(seeds.signer(key), {TYPE: MEDIA_TYPE} if headers is None else headers, payload, aad)


def _valid(name: str, number: int, statuses: dict[int, Status]) -> Json:
    payload = _payload(number, statuses)
    return {
        "name": name,
        "token": _token(encode_payload(payload)).hex(),
        "subject": payload.subject,
        "number": number,
        "issued_at": payload.issued_at,
        "expires_at": payload.expires_at,
        "ttl": payload.ttl,
        "key_document_version": payload.key_document_version,
        "statuses": {str(index): int(status) for index, status in statuses.items() if index < 20 or index > 990},
        "highest_index": max(statuses, default=-1),
    }


def _attacks() -> list[Json]:
    payload = _payload(1, {0: Status.REVOKED})
    good = encode_payload(payload)
    token = _token(good)

    def changed(change: Callable[[dict[Any, Any]], object]) -> bytes:
        claims = cbor2.loads(good)
        change(claims)
        return _token(cbor2.dumps(claims, canonical=True))

    def with_list(compressed: bytes) -> bytes:
        return changed(lambda claims: claims[65533].update(lst=compressed))

    def without(key: int) -> bytes:
        return changed(lambda claims: claims.pop(key))

    deflated = zlib.compress(payload.entries, 9)
    malformed, not_canonical, size = "status-list-malformed", "status-list-not-canonical", "status-list-size"
    cases: dict[str, tuple[bytes, str]] = {
        "bit-flipped": (token[:-1] + bytes([token[-1] ^ 1]), "signature-invalid"),
        "card-key": (_token(good, seeds.CARD), "unknown-key"),
        "journal-key": (_token(good, seeds.HEAD), "unknown-key"),
        "wrong-aad": (_token(good, aad=b"zhengka/card/1"), "signature-invalid"),
        "without-type": (_token(good, headers={}), "envelope-malformed"),
        "other-type": (_token(good, headers={TYPE: "application/cwt"}), "envelope-malformed"),
        "further-header": (_token(good, headers={TYPE: MEDIA_TYPE, 15: "x"}), "envelope-malformed"),
        "untagged": (token[1:], "envelope-malformed"),
        "tag-61": (b"\xd8\x3d" + token, "envelope-malformed"),
        "trailing-byte": (token + b"\0", "envelope-malformed"),
        "truncated": (token[:-1], "envelope-malformed"),
        "list-of-another-number": (_token(encode_payload(_payload(2, {}))), "status-list-subject"),
        "subject-without-number": (
            changed(lambda c: c.update({2: f"https://{HOST}/status-lists/"})),
            "status-list-subject",
        ),
        "subject-over-http": (changed(lambda c: c.update({2: f"http://{HOST}/status-lists/1"})), "status-list-subject"),
        "subject-number-padded": (
            changed(lambda c: c.update({2: f"https://{HOST}/status-lists/01"})),
            "status-list-subject",
        ),
        "without-expiry": (without(4), malformed),
        "without-ttl": (without(65534), malformed),
        "without-key-document-version": (without(-65537), malformed),
        "without-aggregation-uri": (changed(lambda c: c[65533].pop("aggregation_uri")), not_canonical),
        "other-aggregation-uri": (
            changed(lambda c: c[65533].update(aggregation_uri="https://evil.example/status-lists")),
            not_canonical,
        ),
        "further-claim": (changed(lambda c: c.update({1: "issuer"})), not_canonical),
        "bits-8": (changed(lambda c: c[65533].update(bits=8)), not_canonical),
        "float-expiry": (changed(lambda c: c.update({4: float(c[4])})), malformed),
        "true-for-version": (changed(lambda c: c.update({-65537: True})), malformed),
        "expiry-before-issue": (changed(lambda c: c.update({4: c[6]})), malformed),
        "doubled-claim": (_token(b"\xa7" + good[1:] + b"\x04\x00"), malformed),
        "payload-trailing-byte": (_token(good + b"\0"), not_canonical),
        "payload-unsorted": (_token(cbor2.dumps(dict(reversed(cbor2.loads(good).items())))), not_canonical),
        "list-a-byte-short": (with_list(zlib.compress(payload.entries[:-1], 9)), size),
        "list-a-byte-long": (with_list(zlib.compress(payload.entries + b"\xff", 9)), size),
        "inflate-bomb": (with_list(zlib.compress(bytes(20_000_000), 9)), size),
        "list-cut-off": (with_list(deflated[:-4]), size),
        "list-trailing-bytes": (with_list(deflated + b"\0"), size),
        "list-bytes-before-the-checksum": (with_list(deflated[:-4] + b"\0" + deflated[-4:]), malformed),
        "list-checksum-twice": (with_list(deflated + deflated[-4:]), size),
        "list-raw-deflate": (with_list(deflated[2:-4]), malformed),
        "list-checksum-wrong": (with_list(deflated[:-1] + bytes([deflated[-1] ^ 1])), malformed),
        "list-not-compressed": (with_list(payload.entries[:100]), malformed),
    }
    return [{"name": name, "token": data.hex(), "number": 1, "code": code} for name, (data, code) in cases.items()]
