"""The status list: one 4-bit status a card copy, published as an IETF Token Status List in CWT form.

Source: draft-ietf-oauth-status-list, sections 4 (list) and 5.2 (CWT); RFC 8392 (claims 2, 4 and 6). A list has
131,072 entries; two share a byte, the lower index in the lower four bits; every index that was never used says so.

======  ============================================================  ==============================
 2      sub: ``https://<host>/status-lists/{n}``                      must name the list asked for
 4       exp: after this the list says nothing any more                seconds since 1970-01-01 UTC
 6      iat: rises strictly with each version of a list               likewise
 65533  {"bits": 4, "lst": zlib, "aggregation_uri": text}             inflated to exactly 65,536 bytes
 65534  ttl: how long a copy may be kept without asking again         seconds
-65537  version of the key document when the list was signed          uint
======  ============================================================  ==============================

All are always present and nothing else is. The signature is the ``keys`` library's.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import IntEnum
from typing import Final, TypeVar, cast

import cbor2

from service.domain.card import CardStatus
from service.domain.errors import DomainError
from service.domain.shared import LIMITS
from service.domain.validity import civil_date

LIST_SIZE: Final = LIMITS.status_list_entries
MEDIA_TYPE: Final = "application/statuslist+cwt"
TTL: Final = 12 * 3600
LIFETIME: Final = 7 * 24 * 3600
MAX_AHEAD: Final = LIMITS.status_list_ahead_s
"""Seconds a list's iat may be ahead of the verifier's clock."""
MAX_INSTANT: Final = LIMITS.instant
"""Seconds to 31 December 9999 in UTC: the last instant that is a date in every time zone."""

_BITS: Final = LIMITS.status_bits
_SIZE: Final = LIST_SIZE * _BITS // 8
_SUBJECT: Final = re.compile(r"https://(?P<host>[^/?#]+)/status-lists/(?P<number>[1-9][0-9]{0,9})", re.ASCII)
_SUB, _EXP, _IAT, _STATUS_LIST, _TTL, _KEY_DOCUMENT = 2, 4, 6, 65533, 65534, -65537
_MAX_UINT: Final = 2**53 - 1  # exact in every JavaScript reader

Typed = TypeVar("Typed")


class StatusListError(DomainError):
    """A status list that cannot be used.

    Codes: status-list-malformed, -not-canonical, -subject (another list's), -size, -older, -former-key,
    -from-the-future, status-index.
    """

    default_code = "status-list-malformed"


class Status(IntEnum):
    """Status of one card copy: 0 and 1 as registered, 0x0C–0x0F from the application-specific range (draft 7.1)."""

    VALID = 0x0
    REVOKED = 0x1
    SUPERSEDED = 0xC
    REPLACED = 0xD
    VOIDED = 0xE
    NEVER_ISSUED = 0xF


@dataclass(frozen=True, slots=True)
class StatusListPayload:
    """One version of list ``number``. Instants and ``ttl`` in seconds; ``entries`` as ``encode_list`` packs them."""

    host: str
    number: int
    issued_at: int
    expires_at: int
    ttl: int
    key_document_version: int
    entries: bytes

    def __post_init__(self) -> None:
        if len(self.entries) != _SIZE:
            raise StatusListError(
                f"状态列表应为 {_SIZE} 字节",
                f"a list has {_SIZE} bytes, got {len(self.entries)}",
                code="status-list-size",
            )
        if _SUBJECT.fullmatch(self.subject) is None:
            raise _subject(self.subject)
        if not (0 <= self.issued_at < self.expires_at <= MAX_INSTANT and 0 < self.ttl <= _MAX_UINT):
            raise _malformed(f"issued {self.issued_at}, expires {self.expires_at}, ttl {self.ttl}: not in order")
        if not 1 <= self.key_document_version <= _MAX_UINT:
            raise _malformed(f"key document version {self.key_document_version}")

    @property
    def subject(self) -> str:
        """Where the list is published."""
        return f"{self.aggregation_uri}/{self.number}"

    @property
    def aggregation_uri(self) -> str:
        """Where all lists are named (draft 9)."""
        return f"https://{self.host}/status-lists"

    @property
    def published_on(self) -> date:
        """Civil date in Asia/Shanghai on which this version was signed."""
        return civil_date(datetime.fromtimestamp(self.issued_at, UTC))

    @property
    def highest_index(self) -> int:
        """Highest index that was ever given to a card, -1 for none: what lies beyond is not known to this version."""
        used = self.entries.rstrip(b"\xff")
        return 2 * len(used) - (2 if used and used[-1] >> _BITS == Status.NEVER_ISSUED else 1) if used else -1

    def status_at(self, index: int) -> Status:
        """Read one entry. Raises StatusListError for an index outside the list or a value that has no meaning."""
        _check_index(index)
        value = self.entries[index // 2] >> (_BITS * (index % 2)) & 0xF
        try:
            return Status(value)
        except ValueError:
            raise _malformed(f"index {index} has status {value:#x}, which has no meaning") from None


def status_of(status: CardStatus, since: date | None, until: date, *, copy_is_live: bool, on: date) -> Status:
    """Return what the list says of one copy on a day, in the order in which a check answers.

    ``status`` is the card's, ``since`` its date, ``until`` the card's last valid day. Only a cancellation is told
    beyond that day: every other card has then expired, and says so itself.
    """
    if status is CardStatus.REVOKED:
        return Status.REVOKED
    if on > until:
        return Status.VALID
    if status is CardStatus.VOIDED:
        return Status.VOIDED
    if not copy_is_live:
        return Status.REPLACED
    if status is CardStatus.SUPERSEDED and since is not None and since <= on:
        return Status.SUPERSEDED
    return Status.VALID


def encode_list(entries: Mapping[int, Status]) -> bytes:
    """Pack statuses by index; every other index is never issued. Raises StatusListError for an index outside."""
    packed = bytearray(b"\xff" * _SIZE)
    for index, status in entries.items():
        _check_index(index)
        shift = _BITS * (index % 2)
        packed[index // 2] = packed[index // 2] & ~(0xF << shift) | status << shift
    return bytes(packed)


def encode_payload(payload: StatusListPayload) -> bytes:
    """Encode the claims set, with the list deflated at level 9 (draft 4.1 and 4.3)."""
    return _encode(payload, zlib.compress(payload.entries, 9))


def decode_payload(data: bytes, *, number: int) -> StatusListPayload:
    """Read a claims set whose signature holds, which must be that of list ``number``. Raises StatusListError.

    Re-encoding must give the same bytes; only the deflated list is taken as it came, since other
    implementations of deflate find other encodings.
    """
    try:
        claims: dict[int, object] = _typed(cast("object", cbor2.loads(data, max_depth=3)), dict)
        status_list: dict[str, object] = _typed(claims[_STATUS_LIST], dict)
        compressed = _typed(status_list["lst"], bytes)
        subject = _typed(claims[_SUB], str)
        match = _SUBJECT.fullmatch(subject)
        if match is None or match["number"] != str(number):
            raise _subject(subject)
        payload = StatusListPayload(
            host=match["host"],
            number=number,
            issued_at=_typed(claims[_IAT], int),
            expires_at=_typed(claims[_EXP], int),
            ttl=_typed(claims[_TTL], int),
            key_document_version=_typed(claims[_KEY_DOCUMENT], int),
            entries=_inflate(compressed),
        )
    except (cbor2.CBORDecodeError, KeyError) as error:
        raise _malformed(f"not the claims of a status list: {error}") from error
    if _encode(payload, compressed) != data:
        raise StatusListError(
            "状态列表的编码不合规范",
            "the status list is not in its deterministic encoding, or holds other claims",
            code="status-list-not-canonical",
        )
    return payload


def number_of(data: bytes) -> int:
    """Return the number of the list that a claims set says it is. Raises StatusListError."""
    try:
        subject = _typed(_typed(cast("object", cbor2.loads(data, max_depth=3)), dict)[_SUB], str)
    except (cbor2.CBORDecodeError, KeyError) as error:
        raise _malformed(f"not the claims of a status list: {error}") from error
    match = _SUBJECT.fullmatch(subject)
    if match is None:
        raise _subject(subject)
    return int(match["number"])


def _encode(payload: StatusListPayload, compressed: bytes) -> bytes:
    return cbor2.dumps(
        {
            _SUB: payload.subject,
            _EXP: payload.expires_at,
            _IAT: payload.issued_at,
            _STATUS_LIST: {"bits": _BITS, "lst": compressed, "aggregation_uri": payload.aggregation_uri},
            _TTL: payload.ttl,
            _KEY_DOCUMENT: payload.key_document_version,
        },
        canonical=True,
    )


def _inflate(compressed: bytes) -> bytes:
    """Inflate to the size of a list and not a byte further: a small file must not fill the memory."""
    inflater = zlib.decompressobj()
    try:
        entries = inflater.decompress(compressed, _SIZE + 1)
    except zlib.error as error:
        raise _malformed(f"the list does not inflate: {error}") from error
    if len(entries) != _SIZE or not inflater.eof or inflater.unused_data:
        raise StatusListError(
            f"状态列表解压后应为 {_SIZE} 字节",
            f"the list should inflate to {_SIZE} bytes and end there",
            code="status-list-size",
        )
    return entries


def _check_index(index: int) -> None:
    if not 0 <= index < LIST_SIZE:
        raise StatusListError(
            f"状态序号应在 0—{LIST_SIZE - 1} 之间", f"an index is 0-{LIST_SIZE - 1}, got {index}", code="status-index"
        )


def _typed(value: object, kind: type[Typed]) -> Typed:
    """Insist on the exact type: ``True`` is not 1."""
    if type(value) is not kind:
        raise _malformed(f"expected {kind.__name__}, got {type(value).__name__}")
    return value


def _malformed(what: str) -> StatusListError:
    return StatusListError("状态列表无法解读", f"unusable status list: {what}", code="status-list-malformed")


def _subject(subject: str) -> StatusListError:
    return StatusListError(
        "状态列表与所需的不是同一份", f"this is not the list asked for: {subject[:80]!r}", code="status-list-subject"
    )
