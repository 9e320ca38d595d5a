"""Facts: what a row of the register says, condensed to a digest that a journal entry can carry.

A fact is one *part* of one row: the columns that are fixed from the start, or those that change together later. Its
digest is the first 24 bytes of SHA-256 over ``CONTEXT``, the part's name, a zero byte and the MessagePack array of
the columns' values in the part's order, each integer in its shortest form and each object with its keys in order;
NULLs at the end of the array are left out. Where personal data stand in the row it is HMAC-SHA256 with the row's
commitment key, 32 random bytes: with the key erased, nobody can try out what the digest was made of.

Values are those of both databases alike: text, integers, bytes, NULL; dates and instants as the text ``2026-11-02`` and
``2026-11-02 04:00:00.000000`` (UTC), truth as 0 and 1, JSON as the values it stands for. As NULLs at the end are left
out, a column added at the end of a part leaves the digests of the rows that do not use it as they are.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

import msgspec

from service.domain.errors import JournalInvalid

CONTEXT: Final = b"zhengka/fact/1\0"
DIGEST_BYTES: Final = 24
KEY_BYTES: Final = 32

GONE: Final = ""
"""What an entry says of a row that is there no longer."""

FACTS_PER_ENTRY: Final = 1000

_ENCODE: Final = msgspec.msgpack.Encoder(order="deterministic").encode


def fact_digest(part: bytes, values: Sequence[object], key: bytes | None = None) -> bytes:
    """Return the digest of a part's values, keyed where there is a ``key``. ``part`` is its name in ASCII."""
    last = len(values)
    while last and values[last - 1] is None:
        last -= 1
    message = b"".join((CONTEXT, part, b"\0", _ENCODE(values[:last])))
    if key is None:
        return hashlib.sha256(message).digest()[:DIGEST_BYTES]
    return hmac.digest(key, message, "sha256")[:DIGEST_BYTES]


def digest_text(digest: bytes) -> str:
    """Return a digest as entries carry it: 32 characters of base64."""
    return b64encode(digest).decode()


def read_digest(text: str) -> bytes | None:
    """Return the digest an entry carries, None for a row that is there no longer. Raises JournalInvalid."""
    if text == GONE:
        return None
    try:
        digest = b64decode(text, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != DIGEST_BYTES:
        raise JournalInvalid("条目所载摘要无法识读", "an entry carries what is no digest", code="entry-malformed")
    return digest
