"""Check cards with a verifier bundle and nothing else: no register, no network.

What a checker has once accepted is remembered in a small file beside the bundle's user: the pinned root, the highest
version of the key document, and the highest iat of each list. Older ones are refused from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from keys.document import KeyDocument, Pin, open_document
from keys.errors import KeysError
from keys.files import replace as replace_file
from keys.keyring import Keyring, Purpose
from service.domain.bundle import NAMES_AAD, Names, decode_bundle, decode_names
from service.domain.check_facts import Genuine, ListAnswer, offline_now
from service.domain.fitness import Duty
from service.domain.issuer import CENTRE
from service.domain.status_list import MAX_INSTANT, StatusListError, StatusListPayload, check_succession, decode_payload
from service.domain.verdict import NO_DUTY, Verdict, judge
from service.flows.errors import Refused
from service.flows.opening_words import note_of
from service.flows.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS
from service.flows.scan import Naming, scan_text

MEMORY_FILE: Final = "checker.json"


class Memory(msgspec.Struct, frozen=True):
    """What a checker keeps for good, whatever else is deleted."""

    root: str | None = None
    next_root: str | None = None
    version: int = 0
    highest_iat: Mapping[int, Annotated[int, msgspec.Meta(ge=0, le=MAX_INSTANT)]] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfflineChecker:
    """An opened bundle. ``notes`` say what was left out and why, for a person."""

    document: KeyDocument
    ring: Keyring
    names: Names
    status_lists: Mapping[int, StatusListPayload]
    memory: Memory
    root_is_new: bool
    notes: tuple[tuple[str, str], ...] = field(default=())

    def verify(self, text: str, clock: datetime, duty: Duty = NO_DUTY) -> Verdict:
        """Give the verdict on a QR code's text at an instant, as far as the bundle can tell."""
        now = offline_now(clock, max(self.memory.highest_iat.values(), default=None))
        naming = Naming(self.names.occupations.get, self._issuer_name)
        scanned = scan_text(text, self.document, self.ring, naming)
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
    seen); 2. each status list, with a status key, not older than one seen; 3. the names, with a status key. A list that
    fails is left out and noted: its cards are then ``status_unknown``. Raises BundleInvalid and KeysError.
    """
    bundle = decode_bundle(data)
    pin = _pin(memory, root)
    document, pinned = open_document(bundle.key_document, pin)  # 1
    ring = Keyring(document.keys)
    accepted: dict[int, StatusListPayload] = {}
    highest = dict(memory.highest_iat)
    notes: list[tuple[str, str]] = []
    now = int(clock.timestamp())
    for number, signed in enumerate(bundle.status_lists, start=1):  # 2
        try:
            verified = ring.verify_tagged(signed, Purpose.STATUS, STATUS_LIST_AAD, STATUS_LIST_HEADERS)
            payload = decode_payload(verified.payload, number=number)
            check_succession(payload, highest_seen=highest.get(number), now=now)
        except (KeysError, StatusListError) as error:
            notes.append(note_of(error.code, number))
        else:
            accepted[number] = payload
            highest[number] = payload.issued_at
    notes += _expired(document, accepted, offline_now(clock, max(highest.values(), default=None)))
    names = decode_names(ring.verify_tagged(bundle.names, Purpose.STATUS, NAMES_AAD, {}).payload)  # 3
    return OfflineChecker(
        document=document,
        ring=ring,
        names=names,
        status_lists=accepted,
        memory=Memory(pinned.root, pinned.next_root, pinned.version, highest),
        root_is_new=pin is None,
        notes=tuple(notes),
    )


def read_memory(folder: Path) -> Memory:
    """Read what this checker has accepted before; nothing, for one that is new. Raises Refused for a damaged file."""
    try:
        return msgspec.json.decode((folder / MEMORY_FILE).read_bytes(), type=Memory)
    except FileNotFoundError:
        return Memory()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(
            "checker-memory-damaged",
            f"{folder / MEMORY_FILE} 已损坏：核对根密钥指纹后删除该文件，并用 --root 指明指纹",
            f"{folder / MEMORY_FILE} is damaged: delete it and name the root's fingerprint with --root",
        ) from error


def keep_memory(folder: Path, memory: Memory) -> None:
    """Remember what has been accepted; the file is replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / MEMORY_FILE, msgspec.json.encode(memory))


def _expired(document: KeyDocument, lists: Mapping[int, StatusListPayload], now: datetime) -> Iterator[tuple[str, str]]:
    """Say what has run out already: it still tells which cards are bad, and vouches for none."""
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
