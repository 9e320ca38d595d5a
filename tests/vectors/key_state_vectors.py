"""Vectors of what status keys vouch for: stolen, retired and next ones, and lists by a key that was followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from keys.document import KeyDocument, sign_document
from keys.envelope import pack
from keys.keyring import KeyRecord, KeyState, Purpose
from keys.sign1 import sign_tagged
from service.domain.bundle import NAMES_AAD, Bundle, Names, encode_bundle, encode_names
from service.domain.card_number import CardNumber
from service.domain.credential import Claims, encode_claims, text_of
from service.domain.status_list import LIFETIME, TTL, Status, StatusListPayload, encode_list, encode_payload
from service.flows.checking.verify_offline import Memory
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS
from tests.vectors import seeds
from tests.vectors.offline_vectors import DAY, HOUR, ROOT, T0, Case, Look, verdicts_of
from tests.vectors.signing import HOST, HOSTS, Json, sign

OLD: Final = seeds.STATUS
NEW: Final = "status that follows"
ROTATED_ON: Final = date(2026, 5, 29)  # the day of T0 in Shanghai
LOOKS: Final = (Look("in-force", 2 * HOUR), Look("revoked", 2 * HOUR))


def key_states() -> Json:
    """Return all cases with the texts and bundles they use."""
    about = (
        "Offline checks by published TEST keys: which status keys vouch for a list, and which list is the newer one."
    )
    return verdicts_of(about, bundles(), dict(_texts()), _cases(), with_keys=True)


def _texts() -> Iterator[tuple[str, Json]]:
    for index, name in enumerate(("in-force", "revoked")):
        claims = Claims(
            number=CardNumber(f"R5026000{index + 1}"),
            name="欧阳娜娜",
            occupations=(),
            copy_id=bytes([index]) * 8,
            status_list=1,
            status_index=index,
            issued_on=date(2026, 3, 2),
            expires_on=date(2029, 3, 1),
        )
        text = text_of(HOST, pack(sign(encode_claims(claims))))
        yield name, {"text": text, "number": claims.number, "copy": claims.copy_id.hex(), "portrait": None}


def _status(name: str, state: KeyState) -> KeyRecord:
    begins = date(2025, 1, 1) if name == OLD else ROTATED_ON
    ends = ROTATED_ON if state in {KeyState.RETIRED, KeyState.COMPROMISED} else date(2027, 12, 31)
    return KeyRecord(Purpose.STATUS, seeds.signer(name).public, begins, ends, state)


def _document(version: int, *status: KeyRecord) -> bytes:
    document = KeyDocument(
        version=version,
        issued=T0 - DAY,
        valid_until=T0 + 90 * DAY,
        hosts=HOSTS,
        keys=(seeds.record(seeds.CARD), *status, seeds.record(seeds.HEAD)),
    )
    return sign_document(document, seeds.signer(seeds.ROOT))


def _list(key: str, at: int, revoked: Status = Status.REVOKED, number: int = 1, version: int = 3) -> bytes:
    entries = encode_list({0: Status.VALID, 1: revoked})
    payload = StatusListPayload(HOST, number, at, at + LIFETIME, TTL, version, entries)
    return sign_tagged(seeds.signer(key), STATUS_LIST_HEADERS, encode_payload(payload), STATUS_LIST_AAD)


def bundles() -> Mapping[str, bytes]:
    """Return every bundle by its name. ``forged`` in it: the list says of the revoked card that it is in force."""
    names = encode_names(Names("重庆市职业技能鉴定指导中心", {}, {}))

    def by(key: str) -> bytes:
        return sign_tagged(seeds.signer(key), {}, names, NAMES_AAD)

    alone = _document(3, _status(OLD, KeyState.ACTIVE))
    announced = _document(4, _status(OLD, KeyState.ACTIVE), _status(NEW, KeyState.NEXT))
    rotated = _document(5, _status(OLD, KeyState.RETIRED), _status(NEW, KeyState.ACTIVE))
    stolen = _document(5, _status(OLD, KeyState.COMPROMISED), _status(NEW, KeyState.ACTIVE))
    dark = _document(5, _status(OLD, KeyState.COMPROMISED))
    now, before, day_before = T0 + HOUR, T0 - HOUR, T0 - DAY
    forged = Status.VALID
    parts = {
        "one-key": Bundle(alone, (_list(OLD, T0),), by(OLD)),
        "one-key-earlier-and-forged": Bundle(alone, (_list(OLD, before, forged),), by(OLD)),
        "next-key-announced": Bundle(announced, (_list(OLD, T0),), by(OLD)),
        "next-key-signs-a-forged-list": Bundle(announced, (_list(NEW, now, forged),), by(OLD)),
        "next-key-signs-the-names": Bundle(announced, (_list(OLD, T0),), by(NEW)),
        "rotated": Bundle(rotated, (_list(NEW, T0),), by(NEW)),
        "rotated-later": Bundle(rotated, (_list(NEW, now, version=5),), by(NEW)),
        "rotated-old-list": Bundle(rotated, (_list(OLD, T0),), by(NEW)),
        "rotated-old-list-later-that-day": Bundle(rotated, (_list(OLD, now, forged),), by(NEW)),
        "rotated-old-list-after-its-days": Bundle(rotated, (_list(OLD, T0 + DAY, forged),), by(NEW)),
        "rotated-old-list-before-its-days": Bundle(rotated, (_list(OLD, T0 - 900 * DAY, forged),), by(NEW)),
        "rotated-earlier-list-of-the-new-key": Bundle(rotated, (_list(NEW, T0 - 60, forged),), by(NEW)),
        "rotated-old-names": Bundle(rotated, (_list(NEW, T0),), by(OLD)),
        "rotated-mixed": Bundle(rotated, (_list(OLD, T0), _list(NEW, T0, number=2)), by(NEW)),
        "rotated-mixed-the-other-way": Bundle(rotated, (_list(NEW, T0), _list(OLD, T0, number=2)), by(NEW)),
        "stolen-forged-after-the-report": Bundle(stolen, (_list(OLD, now, forged),), by(NEW)),
        "stolen-forged-with-a-date-before-it": Bundle(stolen, (_list(OLD, day_before, forged),), by(NEW)),
        "stolen-honest-list": Bundle(stolen, (_list(OLD, T0),), by(NEW)),
        "stolen-names": Bundle(stolen, (_list(NEW, T0),), by(OLD)),
        "stolen-and-followed": Bundle(stolen, (_list(NEW, now, version=5),), by(NEW)),
        "stolen-and-not-followed": Bundle(dark, (_list(OLD, now, forged),), by(OLD)),
    }
    return {name: encode_bundle(bundle) for name, bundle in parts.items()}


def _cases() -> Iterator[Case]:
    old, new = (seeds.signer(key).public.hex() for key in (OLD, NEW))
    by_old = Memory(ROOT, None, 3, {1: T0}, {1: old})
    memories = {
        "by a new checker": Memory(),
        "by a checker that has seen the old key's list": by_old,
        "by a checker that did not note the key": Memory(ROOT, None, 3, {1: T0}),
        "by a checker that has seen the new key's list": Memory(ROOT, None, 5, {1: T0}, {1: new}),
        "by a checker that has seen another list of the new key": Memory(ROOT, None, 3, {2: T0}, {2: new}),
        "by a checker that has accepted a list from the future": Memory(ROOT, None, 3, {1: T0 + 30 * DAY}, {1: old}),
        "by a checker of another office": Memory(None, None, 0, {1: T0 + 30 * DAY}, {1: "ab" * 32}),
    }
    for name in bundles():
        for who, memory in memories.items():
            yield Case(f"{name}, {who}", name, memory, HOUR, None, LOOKS)
        yield Case(f"{name}, a day later", name, by_old, DAY + HOUR, None, LOOKS)
