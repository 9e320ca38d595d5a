"""What a key vouches for, by its state and its days, and which of two keys of a purpose came later.

A signature that holds says who signed. Whether it counts is a matter of the key document: a thief who holds a key
reported stolen signs as well as ever, and puts any date into what he signs.

=============  ====================================================================
active         what it signed on its days
retired        likewise, and nothing that bears no date
compromised    nothing, whatever the date inside
next           nothing yet
=============  ====================================================================

Card keys alone are judged otherwise (``service.domain.verdict``): a card reads ``suspect`` and is shown, and its issue
date may lie before the key's first day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from keys.errors import KeyCompromised, KeyNotInUse, KeyOutOfUse, KeyUnfit
from keys.keyring import KeyRecord, KeyState, Purpose

UNKNOWN_PLACE = -1
"""Place of a key that the key document does not name: before all others."""


def check_vouches(record: KeyRecord, signed_on: date | None) -> None:
    """Refuse what a key has signed where its state or its days are against it.

    ``signed_on`` is the day in Asia/Shanghai of the instant inside what was signed, None for what bears none. Raises
    KeyCompromised, KeyNotInUse or KeyOutOfUse.
    """
    if record.state is KeyState.COMPROMISED:
        raise KeyCompromised(f"key {record.kid.hex()} is reported stolen: nothing that it signed counts")
    if record.state is KeyState.NEXT:
        raise KeyNotInUse(f"key {record.kid.hex()} is published and does not sign yet: update the key document")
    if signed_on is None:
        if record.state is KeyState.RETIRED:
            raise KeyOutOfUse(f"key {record.kid.hex()} signs no more, and when it signed this is not told")
    elif not record.signs_from <= signed_on <= record.signs_until:
        raise KeyOutOfUse(
            f"key {record.kid.hex()} signs from {record.signs_from} until {record.signs_until}, not on {signed_on}"
        )


def vouches(record: KeyRecord, signed_on: date | None) -> bool:
    """Return whether ``check_vouches`` lets the key's signature count."""
    try:
        check_vouches(record, signed_on)
    except KeyUnfit:
        return False
    return True


def place_of(public: bytes | None, records: Sequence[KeyRecord]) -> int:
    """Return a key's position in a key document, in which a later key of a purpose stands behind an earlier one."""
    return next((place for place, record in enumerate(records) if record.public == public), UNKNOWN_PLACE)


def presumed_signer(records: Iterable[KeyRecord], purpose: Purpose, signed_on: date) -> bytes | None:
    """Return the key that is taken to have signed on a day where it was not noted: the newest that may have.

    An earlier version of a checker has noted only when a list was signed. Taking the newest key is on the safe side:
    nothing signed by an earlier one is accepted after it.
    """
    begun = [record for record in records if record.purpose is purpose and record.state is not KeyState.NEXT]
    candidates = [record for record in begun if record.signs_from <= signed_on] or begun[:1]
    return candidates[-1].public if candidates else None


def by_introduction(records: Iterable[KeyRecord], published: Iterable[Sequence[KeyRecord]]) -> tuple[KeyRecord, ...]:
    """Order keys by the first key document that named them, keys that none has named yet at the end.

    ``published`` holds the keys of the documents by version, the first one first. The order within a document decides
    between keys that it was the first to name.
    """
    first_named: dict[bytes, int] = {}
    for document in published:
        for record in document:
            first_named.setdefault(record.public, len(first_named))
    return tuple(sorted(records, key=lambda record: first_named.get(record.public, len(first_named))))
