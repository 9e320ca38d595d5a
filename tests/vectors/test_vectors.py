"""The code reproduces and refuses the committed vectors, byte for byte. No test here writes a vector."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import cbor2
import pytest

from keys.curve import check_public
from keys.document import KeyDocument, Pin, open_document, sign_document
from keys.errors import BadKey, EnvelopeMalformed, KeysError, SignatureInvalid, UnknownKey
from keys.keyring import KeyRecord, Keyring, KeyState, Purpose
from keys.sign1 import TYPE, sign_tagged
from keys.signer import Signer
from keys.suites import ED25519
from service.domain.card_number import CardNumber
from service.domain.credential import (
    Claims,
    CredentialError,
    bytes_of,
    decode_claims,
    digits_of,
    encode_claims,
    parse_text,
    text_of,
)
from service.domain.status_list import (
    LIST_SIZE,
    MEDIA_TYPE,
    Status,
    StatusListError,
    StatusListPayload,
    decode_payload,
    encode_payload,
)
from tests.vectors import seeds
from tests.vectors.signing import HOSTS, sign

Json = dict[str, Any]

FOLDER = Path(__file__).parent


def load(name: str) -> Json:
    content: Json = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


def named(vectors: list[Json]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["name"] for vector in vectors])


DIGITS = load("digits.json")
CARDS = load("cards.json")
LISTS = load("status-lists.json")
DOCUMENTS = load("key-documents.json")


def keyring(keys: list[Json]) -> Keyring:
    return Keyring(
        KeyRecord(
            Purpose(key["purpose"]),
            bytes.fromhex(key["public"]),
            date.fromisoformat(key.get("signs_from", "2025-01-01")),
            date.fromisoformat(key.get("signs_until", "2027-12-31")),
            KeyState(key.get("state", "active")),
        )
        for key in keys
    )


CARD_KEYS = keyring(CARDS["keys"])
STAGES = {EnvelopeMalformed: "envelope", UnknownKey: "key", SignatureInvalid: "signature"}
LIST_KEYS = keyring(LISTS["keys"])


def refusal(text: str) -> tuple[str, str] | None:
    """Check a card as a verifier does before it asks for the status: the stage and code of a refusal."""
    stage = "text"
    try:
        credential = parse_text(text)
        verified = CARD_KEYS.verify(credential.envelope, Purpose.CARD, CARDS["aad"].encode())
        stage = "claims"
        claims = decode_claims(verified.payload)
    except CredentialError as error:
        return stage, error.code
    except KeysError as error:
        return STAGES[type(error)], error.code
    if claims.issued_on > verified.key.signs_until:
        return "date", "key-ended"
    return None if credential.host in CARDS["hosts"] else ("host", "foreign-host")


def claims_of(content: Json) -> Claims:
    return Claims(
        number=CardNumber(content["number"]),
        name=content["name"],
        occupations=tuple(content["occupations"]),
        copy_id=bytes.fromhex(content["copy_id"]),
        status_list=content["status_list"],
        status_index=content["status_index"],
        issued_on=date.fromisoformat(content["issued_on"]),
        expires_on=date.fromisoformat(content["expires_on"]),
        work_unit=content["work_unit"],
        portrait=None if content["portrait"] is None else bytes.fromhex(content["portrait"]),
    )


def test_test_keys_are_those_of_the_vectors() -> None:
    assert [bytes.fromhex(key["public"]) for key in CARDS["keys"]] == [record.public for record in seeds.records()]
    assert [Signer.from_private(bytes.fromhex(key["test_seed"])).public for key in CARDS["keys"]] == [
        record.public for record in seeds.records()
    ]
    assert tuple(CARDS["hosts"]) == HOSTS


def test_digits_stand_for_their_bytes() -> None:
    for vector in DIGITS["valid"]:
        assert digits_of(bytes.fromhex(vector["bytes"])) == vector["digits"]
        assert bytes_of(vector["digits"]).hex() == vector["bytes"]


@named(DIGITS["refused"])
def test_digits_are_refused(vector: Json) -> None:
    with pytest.raises(CredentialError) as caught:
        bytes_of(vector["digits"])
    assert caught.value.code == vector["code"]


@named(CARDS["valid"])
def test_card_is_reproduced_from_its_claims(vector: Json) -> None:
    payload = encode_claims(claims_of(vector["claims"]))
    assert payload.hex() == vector["payload"]
    signature = sign(payload, vector["key"]).signature
    assert signature.hex() == vector["envelope"][-128:]
    assert text_of(CARDS["hosts"][0], bytes.fromhex(vector["envelope"])) == vector["text"]


@named(CARDS["valid"])
def test_card_is_read_back(vector: Json) -> None:
    credential = parse_text(vector["text"])
    verified = CARD_KEYS.verify(credential.envelope, Purpose.CARD, CARDS["aad"].encode())
    assert credential.envelope.hex() == vector["envelope"]
    assert verified.payload.hex() == vector["payload"]
    assert verified.key == seeds.record(vector["key"])
    assert decode_claims(verified.payload) == claims_of(vector["claims"])
    assert refusal(vector["text"]) is None


@named([vector for vector in CARDS["valid"] if vector["claims"]["portrait"] is None])
def test_no_single_flipped_bit_of_a_card_is_accepted(vector: Json) -> None:
    good = bytes.fromhex(vector["envelope"])
    for bit in range(8 * len(good)):
        flipped = bytearray(good)
        flipped[bit // 8] ^= 1 << bit % 8
        assert refusal(text_of(CARDS["hosts"][0], bytes(flipped))) is not None


def test_no_single_wrong_digit_is_accepted() -> None:
    prefix, _, good = CARDS["valid"][0]["text"].partition("#")
    for at, digit in enumerate(good):
        for other in set("0123456789") - {digit}:
            assert refusal(f"{prefix}#{good[:at]}{other}{good[at + 1 :]}") is not None


@named(CARDS["refused"])
def test_attacked_card_is_refused(vector: Json) -> None:
    assert refusal(vector["text"]) == (vector["stage"], vector["code"])


@named(CARDS["refused_keys"])
def test_bad_key_is_refused(vector: Json) -> None:
    with pytest.raises(BadKey):
        check_public(bytes.fromhex(vector["public"]))


def open_list(token: bytes, number: int) -> StatusListPayload:
    verified = LIST_KEYS.verify_tagged(token, Purpose.STATUS, b"", {TYPE: MEDIA_TYPE})
    return decode_payload(verified.payload, number=number)


@named(LISTS["valid"])
def test_status_list_is_read(vector: Json) -> None:
    payload = open_list(bytes.fromhex(vector["token"]), vector["number"])
    for field in ("subject", "number", "issued_at", "expires_at", "ttl", "key_document_version", "highest_index"):
        assert getattr(payload, field) == vector[field]
    for index, status in vector["statuses"].items():
        assert payload.status_at(int(index)) == status
    assert payload.status_at((payload.highest_index + 1) % LIST_SIZE) in {Status.NEVER_ISSUED, Status.VALID}
    assert decode_payload(encode_payload(payload), number=vector["number"]) == payload


@named(LISTS["valid"])
def test_status_list_token_is_reproduced_from_its_claims(vector: Json) -> None:
    claims: bytes = cbor2.loads(bytes.fromhex(vector["token"])).value[2]
    token = sign_tagged(seeds.signer(seeds.STATUS), {TYPE: MEDIA_TYPE}, claims, b"")
    assert token.hex() == vector["token"]


@named(LISTS["refused"])
def test_attacked_status_list_is_refused(vector: Json) -> None:
    try:
        open_list(bytes.fromhex(vector["token"]), vector["number"])
    except (KeysError, StatusListError) as error:
        assert error.code == vector["code"]  # noqa: PT017 - pytest.raises would lose the two types
    else:
        pytest.fail("the attacked list was taken")


def document_of(content: Json) -> KeyDocument:
    return KeyDocument(
        version=content["version"],
        issued=content["issued"],
        valid_until=content["valid_until"],
        hosts=tuple(content["hosts"]),
        keys=tuple(
            KeyRecord(
                Purpose(purpose),
                bytes.fromhex(public),
                date.fromisoformat(signs_from),
                date.fromisoformat(signs_until),
                KeyState(state),
            )
            for purpose, public, signs_from, signs_until, state in content["keys"]
        ),
        next_root=None if content["next_root"] is None else bytes.fromhex(content["next_root"]),
    )


@named(DOCUMENTS["valid"])
def test_key_document_is_reproduced_and_read(vector: Json) -> None:
    data = bytes.fromhex(vector["document"])
    document = document_of(vector["content"])
    assert sign_document(document, seeds.signer(vector["root"])) == data
    opened, pin = open_document(data, Pin(**vector["pin"]) if vector["pin"] else None)
    assert opened == document
    assert pin.version == document.version


@named(DOCUMENTS["refused"])
def test_attacked_key_document_is_refused(vector: Json) -> None:
    with pytest.raises(KeysError) as caught:
        open_document(bytes.fromhex(vector["document"]), Pin(**vector["pin"]))
    assert caught.value.code == vector["code"]


@named(load("signatures.json")["signatures"])
def test_signature_holds_or_not_as_committed(vector: Json) -> None:
    """RFC 8032 5.1.7 without the cofactor: OpenSSL's verdict, which the browser's library is held to."""
    holds = ED25519.load_public(bytes.fromhex(vector["public"]))
    assert holds(bytes.fromhex(vector["signature"]), bytes.fromhex(vector["message"])) is vector["holds"]
