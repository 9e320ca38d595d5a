"""Rotate, retire and report signing keys; each step publishes a new key document under the root key.

The root key is kept off the server: every step but listing needs its file for a moment, and its passphrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from keys import rotation
from keys.document import Pin, open_document, sign_document
from keys.errors import KeyNotHeld, TokenError
from keys.identity import fingerprint
from keys.keyring import KeyRecord, KeyState, Purpose
from keys.sign1 import key_id_of
from keys.signer import Signer
from keys.standing import by_introduction
from keys.token_address import AnyToken
from keys.vault import copy_root, open_root
from service.domain.event import Event
from service.flows.errors import Refused
from service.flows.keys.shared_keys import destroy_key, share_keys
from service.flows.register import Register
from service.flows.running.set_up import compose_document, new_key
from service.store import cards, journal, key_records

LEAD: Final = timedelta(hours=24)
"""A next key is published this long before it may sign: checkers that fetch daily then know it."""

Change = Callable[[tuple[KeyRecord, ...]], tuple[KeyRecord, ...]]


def list_keys(register: Register) -> tuple[KeyRecord, ...]:
    """List every key there ever was."""
    with register.database.read() as connection:
        return key_records.all_of(connection)


def introduce_key(register: Register, purpose: Purpose, root: Signer, actor: str) -> KeyRecord:
    """Make the next key of a purpose and publish it, so that checkers know it before it signs."""
    new = new_key(register.places, purpose, register.effects, KeyState.NEXT)
    try:
        _publish(register, root, actor, "key-introduced", new, lambda records: rotation.introduce(records, new))
    except BaseException:
        register.places.delete(new.public)  # an unpublished key is nobody's
        raise
    return new


@dataclass(frozen=True, slots=True)
class Promotion:
    """Which key is promoted; ``at_once``: without waiting until checkers have had time to learn of it."""

    purpose: Purpose
    at_once: bool = False


def promote_key(register: Register, promotion: Promotion, root: Signer, actor: str) -> KeyRecord:
    """Let the published next key sign; the key before it retires and its private half is destroyed.

    Raises Refused while the next key has been public for less than LEAD, unless ``at_once`` (after a theft).
    """
    purpose = promotion.purpose
    last_day = _last_day(register, purpose)
    records = list_keys(register)
    chosen = _only(records, purpose, KeyState.NEXT)
    if not promotion.at_once:
        _check_known_long_enough(register, chosen)
    former = [r for r in records if r.purpose is purpose and r.state is KeyState.ACTIVE]
    after = _publish(
        register, root, actor, "key-promoted", chosen, lambda known: rotation.promote(known, chosen.public, last_day)
    )
    for record in former:
        destroy_key(register, record)
    return after


def retire_key(register: Register, kid: str, root: Signer, actor: str) -> KeyRecord:
    """Let an active key sign no more, and destroy its private half."""
    chosen = _by_kid(list_keys(register), kid)
    last_day = _last_day(register, chosen.purpose)
    after = _publish(
        register, root, actor, "key-retired", chosen, lambda known: rotation.retire(known, chosen.public, last_day)
    )
    destroy_key(register, chosen)
    return after


def compromise_key(register: Register, kid: str, root: Signer, actor: str) -> KeyRecord:
    """Report a key as stolen: offline its cards read ``suspect`` from now on; its private half is destroyed."""
    chosen = _by_kid(list_keys(register), kid)
    today = register.effects.today()
    after = _publish(
        register, root, actor, "key-compromised", chosen, lambda known: rotation.compromise(known, chosen.public, today)
    )
    destroy_key(register, chosen)
    return after


def is_left(register: Register, record: KeyRecord) -> bool:
    """Return whether the private half of a key that signs no more may still be there: its token is away, say."""
    try:
        register.places.signer(record.public, record.purpose)
    except KeyNotHeld:
        return False
    except TokenError:
        return True
    return True


def destroy_left(register: Register, kid: str) -> KeyRecord:
    """Destroy the private half of a key that signs no more, left where its token was away.

    Raises Refused for a key in use, KeyNotHeld and TokenError.
    """
    chosen = _by_kid(list_keys(register), kid)
    if chosen.state in {KeyState.ACTIVE, KeyState.NEXT}:
        raise Refused(
            "key-in-use",
            f"密钥 {chosen.kid.hex()} 尚在使用或即将启用：先停用",
            f"key {chosen.kid.hex()} signs, or is about to: retire it first",
        )
    register.places.delete(chosen.public)
    return chosen


def root_on_token(register: Register, token: AnyToken) -> Signer:
    """Return this register's root key as a token signs with it. Raises KeyNotHeld and TokenError."""
    return token.signer(key_id_of(register.trusted_keys().body))


@dataclass(frozen=True, slots=True)
class RootCopy:
    """The root key's file with its passphrase, and the token it is copied on to."""

    file: Path
    passphrase: bytes = field(repr=False)
    token: AnyToken


def copy_root_to(register: Register, copy: RootCopy, actor: str) -> Signer:
    """Copy the root key from its file on to a token, from which nobody reads it again; the journal says on which.

    Raises as ``unlock_root`` does, and TokenError.
    """
    unlock_root(register, copy.file, copy.passphrase)
    copied = copy_root(copy.file, copy.passphrase, copy.token, register.effects.random_bytes(16))
    state = copy.token.state()
    event = Event("root-copied", copied.public.hex(), {"token": state.label, "serial": state.serial})
    with register.database.write() as connection:
        journal.append_many(connection, register.effects.now(), actor, (event,))
    return copied


def unlock_root(register: Register, file: Path, passphrase: bytes) -> Signer:
    """Open the root key's file, and check that it is the root this register's documents are signed with."""
    root = open_root(file, passphrase)
    open_document(register.trusted_keys().body, Pin(fingerprint(root.public)))
    return root


def _publish(register: Register, root: Signer, actor: str, kind: str, subject: KeyRecord, change: Change) -> KeyRecord:
    """Change the keys and publish what holds now; return the subject as it stands after the change."""
    now = register.effects.now()
    with register.database.write() as connection:
        version = key_records.latest_version(connection) + 1
        # Their order tells checkers which key of a purpose is the newer one; two may have begun on the same day.
        records = by_introduction(change(key_records.all_of(connection)), _published_before(connection, version))
        document = compose_document(version, records, register.host, register.effects)
        key_records.put(connection, records)
        share_keys(register, connection, records)
        key_records.publish(connection, version, sign_document(document, root))
        event = Event(kind, subject.public.hex(), {"purpose": subject.purpose.value, "kid": subject.kid.hex()})
        journal.append_many(connection, now, actor, (event,))
    return next(record for record in records if record.public == subject.public)


def _published_before(connection: Connection, version: int) -> Iterator[tuple[KeyRecord, ...]]:
    for earlier in range(1, version):
        yield open_document(key_records.document(connection, earlier), pin=None)[0].keys


def _check_known_long_enough(register: Register, chosen: KeyRecord) -> None:
    waited = register.effects.now().timestamp() - _public_since(register, chosen)
    if waited < LEAD.total_seconds():
        raise Refused(
            "key-too-new",
            f"下一把密钥公布才 {waited / 3600:.1f} 小时，不足 24 小时，离线查验端或不认识；请稍后",
            f"the next key has been public for {waited / 3600:.1f} h, less than 24 h: wait",
        )


def _public_since(register: Register, record: KeyRecord) -> int:
    """Return when the first key document that names a key was issued, in seconds since 1970-01-01 UTC."""
    since = register.trusted_keys().document.issued
    with register.database.read() as connection:
        for version in range(key_records.latest_version(connection), 0, -1):
            document, _ = open_document(key_records.document(connection, version), pin=None)
            if all(known.public != record.public for known in document.keys):
                break
            since = document.issued
    return since


def _last_day(register: Register, purpose: Purpose) -> date:
    """Return the last day a key that ends today answers for: cards it has signed may be dated ahead."""
    today = register.effects.today()
    if purpose is not Purpose.CARD:
        return today
    with register.database.read() as connection:
        return max(today, cards.latest_issue(connection) or today)


def _only(records: tuple[KeyRecord, ...], purpose: Purpose, state: KeyState) -> KeyRecord:
    for record in records:
        if record.purpose is purpose and record.state is state:
            return record
    raise Refused(
        "no-next-key",
        f"没有已公布的下一把 {purpose} 密钥",
        f"no next {purpose} key is published",
        {"purpose": purpose.value},
    )


def _by_kid(records: tuple[KeyRecord, ...], kid: str) -> KeyRecord:
    found = [
        record for record in records if record.public.hex().startswith(kid.lower()) or record.kid.hex() == kid.lower()
    ]
    if len(found) != 1:
        raise Refused(
            "key-not-found",
            f"没有或不止一把密钥的标识是 {kid}",
            f"{kid} names no key, or more than one",
        )
    return found[0]
