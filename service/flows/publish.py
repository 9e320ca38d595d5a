"""What anyone may download to check cards without us: key document, status lists, verifier bundle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from keys.keyring import Keyring, Purpose
from keys.sign1 import TYPE, sign_tagged
from service.domain import bundle as bundles
from service.domain import status_list as lists
from service.domain.bundle import Bundle, Names, encode_bundle, encode_names
from service.domain.status_list import StatusListPayload, encode_list, encode_payload
from service.flows.register import Register
from service.store import status_lists
from service.store.errors import PublicationStale

KEY_DOCUMENT_TYPE: Final = "application/cose"
RESIGN_AFTER: Final = 3600
"""Seconds after which a list is signed anew though nothing has changed: offline checkers see that it is alive."""

STATUS_LIST_HEADERS: Final = {TYPE: lists.MEDIA_TYPE}
STATUS_LIST_AAD: Final = b""  # the Token Status List draft has none


@dataclass(frozen=True, slots=True)
class Published:
    """Bytes to be served as they are. ``max_age`` is in seconds; ``etag`` is a strong one, in its quotes."""

    body: bytes
    media_type: str
    etag: str
    max_age: int


def key_document(register: Register) -> Published:
    """Give the newest key document."""
    return _published(register.trusted_keys().body, KEY_DOCUMENT_TYPE, max_age=300)


def list_numbers(register: Register) -> tuple[int, ...]:
    """Give the numbers of the status lists that hold a card."""
    with register.database.read() as connection:
        return status_lists.list_numbers(connection)


def status_list(register: Register, number: int) -> Published | None:
    """Give a status list, signed now if anything has changed or an hour has passed; None for no such list.

    iat rises strictly with each version of a list, so that nobody can pass off an older one as the newer.
    """
    with register.database.read() as connection:
        if number not in status_lists.list_numbers(connection):
            return None
        published = status_lists.published(connection, number)
        entries = encode_list(status_lists.entries(connection, number, register.effects.today()))
    keys = register.trusted_keys()
    now = int(register.effects.now().timestamp())
    if published is not None:
        payload = _own_payload(published.body, keys.ring, number)
        fresh = now - payload.issued_at < RESIGN_AFTER  # also where several changes have pushed it past the clock
        if fresh and payload.entries == entries and payload.key_document_version == keys.document.version:
            return _published(published.body, lists.MEDIA_TYPE, max_age=0)
    issued_at = now if published is None else max(now, published.iat + 1)
    payload = StatusListPayload(
        host=register.host,
        number=number,
        issued_at=issued_at,
        expires_at=issued_at + lists.LIFETIME,
        ttl=lists.TTL,
        key_document_version=keys.document.version,
        entries=entries,
    )
    signed = sign_tagged(register.signer(Purpose.STATUS), STATUS_LIST_HEADERS, encode_payload(payload), STATUS_LIST_AAD)
    try:
        with register.database.write() as connection:
            status_lists.publish(connection, number, payload.issued_at, signed)
    except PublicationStale:  # another process has signed in this moment: its version stands
        return status_list(register, number)
    return _published(signed, lists.MEDIA_TYPE, max_age=0)


def bundle(register: Register) -> Published:
    """Give the verifier bundle: key document, all status lists, and the names behind the codes."""
    names = Names(
        centre=register.jurisdiction.centre.zh,
        institutions={code: institution.name for code, institution in register.institutions().items()},
        occupations=register.catalogue.names,
    )
    signed_names = sign_tagged(register.signer(Purpose.STATUS), {}, encode_names(names), bundles.NAMES_AAD)
    signed_lists = tuple(published.body for published in _all(register, list_numbers(register)))
    body = encode_bundle(Bundle(register.trusted_keys().body, signed_lists, signed_names))
    return _published(body, bundles.MEDIA_TYPE, max_age=0)


def _all(register: Register, numbers: tuple[int, ...]) -> Iterator[Published]:
    for number in numbers:
        published = status_list(register, number)
        assert published is not None  # lists are never taken away
        yield published


def _own_payload(body: bytes, ring: Keyring, number: int) -> StatusListPayload:
    verified = ring.verify_tagged(body, Purpose.STATUS, STATUS_LIST_AAD, STATUS_LIST_HEADERS)
    return lists.decode_payload(verified.payload, number=number)


def _published(body: bytes, media_type: str, *, max_age: int) -> Published:
    return Published(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"', max_age)
