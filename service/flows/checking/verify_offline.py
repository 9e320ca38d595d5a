"""Check cards with a verifier bundle and nothing else: no register, no network.

What a checker has once accepted is remembered in a small file beside the bundle's user: the pinned root, the highest
version of the key document, and of each list the highest iat and the key that signed it. Older ones are refused from
then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from keys.document import KeyDocument, Pin, open_document
from keys.errors import KeysError
from keys.files import replace as replace_file
from keys.keyring import KeyRecord, Keyring, Purpose
from keys.standing import check_vouches, place_of, presumed_signer
from service.domain.bundle import NAMES_AAD, Names, decode_bundle, decode_names
from service.domain.check_facts import Genuine, ListAnswer, offline_now
from service.domain.fitness import Duty
from service.domain.issuer import CENTRE
from service.domain.status_list import MAX_INSTANT, StatusListError, StatusListPayload, decode_payload
from service.domain.succession import Precedence, check_succession, highest_issued_at, newest_place
from service.domain.validity import civil_date
from service.domain.verdict import NO_DUTY, Verdict, judge
from service.flows.checking.opening_words import note_of
from service.flows.checking.scan import Naming, named, scan_text
from service.flows.errors import Refused
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS

MEMORY_FILE: Final = "checker.json"


class Memory(msgspec.Struct, frozen=True):
    """What a checker keeps for good, whatever else is deleted.

    By list number: ``highest_iat`` of what was accepted, and ``signed_by``, the key that signed it, in hexadecimal. An
    earlier version of the program did not keep the keys: such a list counts as signed by the newest key of its day.
    """

    root: str | None = None
    next_root: str | None = None
    version: int = 0
    highest_iat: Mapping[int, Annotated[int, msgspec.Meta(ge=0, le=MAX_INSTANT)]] = msgspec.field(default_factory=dict)
    signed_by: Mapping[int, Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]] = msgspec.field(
        default_factory=dict
    )


@dataclass(frozen=True, slots=True)
class OfflineChecker:
    """An opened bundle. ``notes`` say what was left out and why, for a person."""

    document: KeyDocument
    ring: Keyring
    names: Names
    status_lists: Mapping[int, StatusListPayload]
    seen: Mapping[int, Precedence]
    memory: Memory
    root_is_new: bool
    notes: tuple[tuple[str, str], ...] = field(default=())

    def verify(self, text: str, clock: datetime, duty: Duty = NO_DUTY) -> Verdict:
        """Return the verdict on a QR code's text at an instant, as far as the bundle can tell."""
        now = offline_now(clock, highest_issued_at(self.seen.values()))
        naming = Naming(self.names.occupations.get, self._issuer_name)
        scanned = named(scan_text(text, self.document, self.ring), naming)
        listed = None
        if isinstance(scanned.scan, Genuine) and scanned.claims is not None:
            listed = self.status_lists.get(scanned.claims.status_list)
        answer = ListAnswer(
            status_list=listed,
            document_version=self.document.version,
            document_valid_until=datetime.fromtimestamp(self.document.valid_until, UTC),
        )
        return judge(scanned.scan, answer, now, duty)

    def _issuer_name(self, issuer: str) -> str | None:
        return self.names.centre if issuer == CENTRE else self.names.institutions.get(issuer)


def open_bundle(data: bytes, memory: Memory, clock: datetime, root: str | None = None) -> OfflineChecker:
    """Open a bundle, trusting only what is signed.

    1. the key document, under the pinned root (``root``, a fingerprint, or the one remembered, or the first
    seen); 2. each status list, with a status key that vouches for it, not older than one seen, nor by an older key; 3.
    the names, with the status key in use. A list that fails is left out and noted: its cards are then
    ``status_unknown``. Raises BundleInvalid and KeysError.
    """
    bundle = decode_bundle(data)
    pin = _pin(memory, root)
    document, pinned = open_document(bundle.key_document, pin)  # 1
    ring = Keyring(document.keys)
    taken = _Taken(ring, document.keys, memory, int(clock.timestamp()))
    for number, signed in enumerate(bundle.status_lists, start=1):  # 2
        taken.take(number, signed)
    now = offline_now(clock, highest_issued_at(taken.seen.values()))
    taken.notes += _expired(document, taken.lists, now)
    named = ring.verify_tagged(bundle.names, Purpose.STATUS, NAMES_AAD, {})  # 3
    check_vouches(named.key, None)
    return OfflineChecker(
        document=document,
        ring=ring,
        names=decode_names(named.payload),
        status_lists=taken.lists,
        seen=taken.seen,
        memory=taken.memory(pinned),
        root_is_new=pin is None,
        notes=tuple(taken.notes),
    )


class _Taken:
    """The status lists of a bundle that are accepted, and what was accepted before: both ordered by key and iat."""

    def __init__(self, ring: Keyring, records: Sequence[KeyRecord], memory: Memory, now: int) -> None:
        self._ring = ring
        self._records = records
        self._now = now
        self.lists: dict[int, StatusListPayload] = {}
        self.notes: list[tuple[str, str]] = []
        self._signers: dict[int, bytes | None] = {
            number: _signer(memory, number, iat, records) for number, iat in memory.highest_iat.items()
        }
        self.seen = {
            number: Precedence(place_of(self._signers[number], records), iat)
            for number, iat in memory.highest_iat.items()
        }

    def take(self, number: int, signed: bytes) -> None:
        """Take a list under its number, or note why it must not be used."""
        try:
            verified = self._ring.verify_tagged(signed, Purpose.STATUS, STATUS_LIST_AAD, STATUS_LIST_HEADERS)
            payload = decode_payload(verified.payload, number=number)
            check_vouches(verified.key, payload.published_on)
            place = place_of(verified.key.public, self._records)
            check_succession(payload, place=place, seen=self.seen, now=self._now)
        except (KeysError, StatusListError) as error:
            self.notes.append(note_of(error.code, number))
            return
        self.lists[number] = payload
        self.seen[number] = Precedence(place, payload.issued_at)
        self._signers[number] = verified.key.public
        self._drop_former()

    def _drop_former(self) -> None:
        """Let go of lists by a former key, once there is one by a newer: in whatever order they came."""
        newest = newest_place(self.seen.values())
        for number in [n for n in self.lists if self.seen[n].place != newest]:
            del self.lists[number]
            self.notes.append(note_of("status-list-former-key", number))

    def memory(self, pin: Pin) -> Memory:
        """Return what to remember from now on."""
        return Memory(
            pin.root,
            pin.next_root,
            pin.version,
            {number: seen.issued_at for number, seen in self.seen.items()},
            {number: key.hex() for number, key in self._signers.items() if key is not None},
        )


def _signer(memory: Memory, number: int, issued_at: int, records: Sequence[KeyRecord]) -> bytes | None:
    noted = memory.signed_by.get(number)
    if noted is not None:
        return bytes.fromhex(noted)
    return presumed_signer(records, Purpose.STATUS, civil_date(datetime.fromtimestamp(issued_at, UTC)))


def read_memory(folder: Path) -> Memory:
    """Read what this checker has accepted before; nothing, for one that is new. Raises Refused for a damaged file."""
    try:
        return msgspec.json.decode((folder / MEMORY_FILE).read_bytes(), type=Memory)
    except FileNotFoundError:
        return Memory()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(
            "checker-memory-damaged",
            f"{folder / MEMORY_FILE} 已损坏：核对根密钥指纹后删除该文件",
            f"{folder / MEMORY_FILE} is damaged: compare the root's fingerprint, then delete it",
        ) from error


def keep_memory(folder: Path, memory: Memory) -> None:
    """Remember what has been accepted; the file is replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / MEMORY_FILE, msgspec.json.encode(memory))


def _expired(document: KeyDocument, lists: Mapping[int, StatusListPayload], now: datetime) -> Iterator[tuple[str, str]]:
    """Return what has run out already: it still tells which cards are bad, and vouches for none."""
    for number, listed in lists.items():
        if now.timestamp() >= listed.expires_at:
            yield note_of("status-list-expired", number)
    if now.timestamp() > document.valid_until:
        yield note_of("key-document-expired", 0)


def _pin(memory: Memory, root: str | None) -> Pin | None:
    if root is not None:
        chosen = root.strip().lower()
        version = memory.version if memory.root == chosen else 0
        return Pin(chosen, None, version)
    return None if memory.root is None else Pin(memory.root, memory.next_root, memory.version)
