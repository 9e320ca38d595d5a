"""The life of a key as pure functions on the tuple of all records: introduce, promote, retire, compromise.

::

    (new) ──introduce──> next ──promote──> active ──retire──> retired
                           └───────────────────┴──compromise────┴──> compromised

Each purpose has at most one next and one active key. Nothing is ever removed or comes back: cards signed long ago
must stay verifiable, and a key that was once out of use may have been copied. Every illegal step raises
IllegalRotation, and the records given are unchanged.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from keys.errors import IllegalRotation
from keys.keyring import KeyRecord, KeyState, Purpose

Records = tuple[KeyRecord, ...]


def introduce(records: Records, new: KeyRecord) -> Records:
    """Publish a key before it signs, so that verifiers know it when it does."""
    if new.state is not KeyState.NEXT:
        raise IllegalRotation(f"a key is introduced as next, not as {new.state}")
    if any(record.public == new.public for record in records):
        raise IllegalRotation(f"key {new.kid.hex()} has been used before: make a new one")
    if _in_state(records, new.purpose, KeyState.NEXT):
        raise IllegalRotation(f"a next {new.purpose} key is already published: promote it first")
    return (*records, new)


def promote(records: Records, public: bytes, on: date) -> Records:
    """Let the next key sign from ``on``; the key it follows retires that day."""
    chosen = _find(records, public)
    if chosen.state is not KeyState.NEXT:
        raise IllegalRotation(f"key {chosen.kid.hex()} is {chosen.state}: only a next key becomes active")
    if not chosen.signs_from <= on <= chosen.signs_until:
        raise IllegalRotation(f"the key signs from {chosen.signs_from} until {chosen.signs_until}, not on {on}")
    for predecessor in _in_state(records, chosen.purpose, KeyState.ACTIVE):
        records = retire(records, predecessor.public, on)
    return _put(records, replace(chosen, state=KeyState.ACTIVE))


def retire(records: Records, public: bytes, on: date) -> Records:
    """Let an active key sign no more after ``on``. Its private half is to be deleted."""
    chosen = _find(records, public)
    if chosen.state is not KeyState.ACTIVE:
        raise IllegalRotation(f"key {chosen.kid.hex()} is {chosen.state}: only an active key retires")
    return _put(records, replace(chosen, state=KeyState.RETIRED, signs_until=_end(chosen, on)))


def compromise(records: Records, public: bytes, on: date) -> Records:
    """Record that a private half may be in other hands, whatever the key's state."""
    chosen = _find(records, public)
    if chosen.state is KeyState.COMPROMISED:
        raise IllegalRotation(f"key {chosen.kid.hex()} is already reported as compromised")
    return _put(records, replace(chosen, state=KeyState.COMPROMISED, signs_until=_end(chosen, on)))


def active(records: Records, purpose: Purpose, on: date) -> KeyRecord:
    """Choose the key that signs on this day. Raises IllegalRotation if there is none."""
    for record in _in_state(records, purpose, KeyState.ACTIVE):
        if record.signs_from <= on <= record.signs_until:
            return record
    raise IllegalRotation(f"no active {purpose} key may sign on {on}: rotate the keys")


def _find(records: Records, public: bytes) -> KeyRecord:
    for record in records:
        if record.public == public:
            return record
    raise IllegalRotation("no such key")


def _in_state(records: Records, purpose: Purpose, state: KeyState) -> Records:
    return tuple(record for record in records if record.purpose is purpose and record.state is state)


def _end(record: KeyRecord, on: date) -> date:
    """Last day of a key that ends on ``on``: never later than planned, never before its first."""
    return max(record.signs_from, min(record.signs_until, on))


def _put(records: Records, changed: KeyRecord) -> Records:
    return tuple(changed if record.public == changed.public else record for record in records)
