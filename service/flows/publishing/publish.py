"""What anyone may download to check cards without us: key document, status lists, verifier bundle."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec
from sqlalchemy import Connection

from keys.keyring import Purpose
from keys.sign1 import TYPE, key_id_of, sign_tagged
from keys.signer import Signer
from service.domain import bundle as bundles
from service.domain import status_list as lists
from service.domain.bundle import Bundle, Names, encode_bundle, encode_names
from service.domain.event import Event, Json
from service.domain.status_list import StatusListPayload, encode_list, encode_payload
from service.flows.errors import Refused
from service.flows.register import Register, TrustedKeys
from service.flows.running.clock import ClockAhead, check_clock, note_signing
from service.store import journal, restored, status_lists
from service.store.errors import PublicationStale
from service.store.status_lists import Publication, Standing

KEY_DOCUMENT_TYPE: Final = "application/cose"
KEY_DOCUMENT_AGE: Final = 300
"""Seconds for which it may be kept without being asked for again."""

AGGREGATION_TYPE: Final = "application/json"
RESIGN_AFTER: Final = 3600
"""Seconds after which a list is signed anew though nothing has changed: offline checkers see that it is alive."""

RESIGN_AHEAD: Final = RESIGN_AFTER - 300
"""Seconds after which the service signs it by itself, before anybody has to wait for it."""

STATUS_LIST_HEADERS: Final = {TYPE: lists.MEDIA_TYPE}
_KEPT: Final = 32
"""Answers whose tags a process keeps."""

STATUS_LIST_AAD: Final = b""  # the Token Status List draft has none


@dataclass(frozen=True, slots=True)
class Published:
    """Bytes to be served as they are. ``max_age`` is in seconds; ``etag`` is a strong one, in its quotes."""

    body: bytes
    media_type: str
    etag: str
    max_age: int


def key_document(register: Register) -> Published:
    """Return the newest key document."""
    return published_as(register.trusted_keys().body, KEY_DOCUMENT_TYPE, max_age=KEY_DOCUMENT_AGE)


def list_numbers(register: Register) -> tuple[int, ...]:
    """Return the numbers of the status lists that hold a card."""
    with register.database.read() as connection:
        return status_lists.list_numbers(connection)


def aggregation(register: Register) -> Published:
    """Return the addresses of all status lists, as JSON (Token Status List 9.3)."""
    addresses = [f"https://{register.host}/status-lists/{number}" for number in list_numbers(register)]
    return published_as(msgspec.json.encode({"status_lists": addresses}), AGGREGATION_TYPE, max_age=300)


def status_list(register: Register, number: int) -> Published | None:
    """Return a status list, signed now if anything has changed or an hour has passed; None for no such list.

    iat rises strictly with each version of a list by one key, so that nobody can pass off an older one as the newer.
    Raises ClockAhead for a list of which nothing has been published yet, while nothing may be signed.
    """
    current = _current(register, number)
    if current:
        return published_as(current[0], lists.MEDIA_TYPE, max_age=0)
    if number in list_numbers(register):
        check_clock(register)  # there is such a list, and nothing of it may be signed now
    return None


def bundle(register: Register) -> Published:
    """Return the verifier bundle: key document, all status lists, and the names behind the codes.

    It is put together anew only when a part has changed. A status key that is promoted meanwhile signs all of it, or
    nothing: a checker takes no list by a former key beside one by a newer.
    """
    keys = register.trusted_keys()
    while True:
        signed_lists = _current(register)
        before, keys = keys, register.trusted_keys()
        if keys.document.version == before.document.version:
            break
    key_document = keys.body
    institutions = {code: institution.name for code, institution in register.institutions().items()}
    catalogue = register.catalogue
    made_from = (key_document, signed_lists, institutions, len(catalogue))
    kept = register.last_bundle
    if kept is None or kept[0] != made_from:
        names = Names(register.jurisdiction.centre.zh, institutions, catalogue.names)
        signed_names = sign_tagged(register.signer(Purpose.STATUS, keys), {}, encode_names(names), bundles.NAMES_AAD)
        kept = register.last_bundle = (made_from, encode_bundle(Bundle(key_document, signed_lists, signed_names)))
    return published_as(kept[1], bundles.MEDIA_TYPE, max_age=0)


def keep_current(register: Register) -> None:
    """Sign what has changed or will soon be an hour old, and put the bundle together: no visitor waits for either.

    After a restore nothing is signed before the office has confirmed what it left open. Raises ClockAhead while nothing
    may be signed.
    """
    with register.database.read() as connection:
        if restored.holds_lists(connection):
            return
    check_clock(register)
    _current(register, resign_after=RESIGN_AHEAD)
    bundle(register)


def _current(register: Register, number: int | None = None, *, resign_after: int = RESIGN_AFTER) -> tuple[bytes, ...]:
    """Return all signed lists, or the one of this number, in order; those that no longer stand are signed first.

    While the clock is not believed the last ones stay in use, and a list that none has been published of is left out.
    """
    with register.database.read() as connection:
        _check_confirmed(connection)
        key_version = register.trusted_keys(connection).document.version
        standings = status_lists.standings(connection, number)
    bodies = (_good_or_last(register, standing, key_version, resign_after) for standing in standings)
    return tuple(body for body in bodies if body is not None)


def _good_or_last(register: Register, standing: Standing, key_version: int, resign_after: int) -> bytes | None:
    body = standing_body(register, standing, key_version, resign_after)
    if body is not None:
        return body
    try:
        return _sign_anew(register, standing.list_no, resign_after)
    except ClockAhead:
        return None if standing.published is None else standing.published.body


def _check_confirmed(connection: Connection) -> None:
    """Refuse a list that would vouch for cards of which a restored register cannot know how they stand.

    Not even the last one is given, which may be older than what checkers have: they keep theirs until it runs out.
    """
    if restored.holds_lists(connection):
        raise Refused(
            "register-unconfirmed",
            "登记库由备份恢复，尚有证卡待颁发机构确认，此前不签发状态列表；已有的列表继续有效",
            "the register was restored from a backup and cards wait to be confirmed: no status list is signed before "
            "that; the ones that checkers have go on",
        )


def standing_body(
    register: Register, standing: Standing, key_version: int, resign_after: int = RESIGN_AFTER
) -> bytes | None:
    """Return the published list if it says what would be signed now, and is not too old.

    Its iat may also lie ahead of the clock, where several changes in one second have pushed it there, or where the
    clock has been set back: then it stands until the clock has caught up or something changes.
    """
    published = standing.published
    if (
        published is None
        or standing.changed
        or published.told_on is None
        or published.told_on < register.effects.today()
        or published.key_version != key_version
        or register.effects.now().timestamp() - published.iat >= resign_after
    ):
        return None
    return published.body


def _sign_anew(register: Register, number: int, resign_after: int) -> bytes:
    """Sign a list and store it; where somebody else has just done so, theirs is given. Raises ClockAhead."""
    with register.publishing:  # of a crowd that asks at the same moment one signs, the others wait for it
        with register.database.read() as connection:
            keys = register.trusted_keys(connection)
            (standing,) = status_lists.standings(connection, number)
            body = standing_body(register, standing, keys.document.version, resign_after)
            if body is not None:
                return body
            check_clock(register, connection)
            told = status_lists.changes(connection, number)
            today = register.effects.today()
            entries = encode_list(status_lists.entries(connection, number, today))
        former = standing.published
        signer = register.signer(Purpose.STATUS, keys)
        now = int(register.effects.now().timestamp())
        by_new_key = _is_followed(former, signer, keys)
        begins_anew = former is None or (by_new_key and former.iat > now + lists.MAX_AHEAD)
        issued_at = now if former is None or begins_anew else max(now, former.iat + 1)
        payload = StatusListPayload(
            host=register.host,
            number=number,
            issued_at=issued_at,
            expires_at=issued_at + lists.LIFETIME,
            ttl=lists.TTL,
            key_document_version=keys.document.version,
            entries=entries,
        )
        body = sign_tagged(signer, STATUS_LIST_HEADERS, encode_payload(payload), STATUS_LIST_AAD)
        new = Publication(issued_at, body, today, keys.document.version)
        try:
            with register.database.write() as connection:
                status_lists.publish(connection, number, new, over=former, told=told)
                note_signing(register, connection, by_new_key=by_new_key)
                _journal(register, connection, number, new)
        except PublicationStale:
            pass  # another process has signed in this moment
        else:
            return body
    return _sign_anew(register, number, resign_after)


def _is_followed(former: Publication | None, signer: Signer, keys: TrustedKeys) -> bool:
    """Return whether a new key signs after the list's: then a list dated in the future is followed by one of today."""
    if former is None or keys.document.version <= (former.key_version or 0):
        return False
    return key_id_of(former.body) != signer.kid


def _journal(register: Register, connection: Connection, number: int, new: Publication) -> None:
    """Take down which list was published: nobody can deny it afterwards, or show another for it."""
    data: dict[str, Json] = {
        "iat": new.iat,
        "digest": hashlib.sha256(new.body).hexdigest(),
        "indices": status_lists.places_given(connection, number),
    }
    event = Event("status-list-published", f"status-list:{number}", data)
    journal.append_many(connection, register.effects.now(), "system", (event,))


@lru_cache(_KEPT)
def published_as(body: bytes, media_type: str, *, max_age: int) -> Published:
    """Return bytes as they are served; the tag of bytes served before is not made again."""
    return Published(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:32]}"', max_age)
