"""The journal: who did what when, as entries whose bytes never change, over which ``merkle`` builds its tree.

An entry's bytes are canonical JSON after RFC 8785 (keys sorted, no spaces, UTF-8, no fractions), so that everyone
who has the fields has the bytes, and the bytes have one reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias, cast

import msgspec

from service.domain.access import user_of, with_person_name
from service.domain.card import CardStatus
from service.domain.errors import JournalInvalid
from service.domain.event import Event, Json

MAX_SAFE_INTEGER: Final = 2**53 - 1  # RFC 8785 3.2.2.3: what every JSON reader keeps exactly

Facts: TypeAlias = Mapping[str, Mapping[str, str]]
"""Digests by part and key; an empty text for a row that is there no longer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal.

    ``seq`` is its place, from 0, which is also its leaf's index; ``at`` an aware instant; ``actor`` the user's
    name or ``system``; ``name`` the real name that the user's account bore then, empty where it bore none. ``facts``
    are the digests of what the entry stands for, by part and by the row's key (``service.domain.fact``): entries from
    before there were facts have none.
    """

    seq: int
    at: datetime
    actor: str
    event: Event
    name: str = ""
    facts: Facts = field(default_factory=dict[str, dict[str, str]])

    @property
    def by(self) -> str:
        """Who it was, for people: 王小明（wang）; without a real name, what the journal calls them."""
        return with_person_name(user_of(self.actor) or self.actor, self.name) if self.name else self.actor


def entry_bytes(entry: Entry) -> bytes:
    """Return the canonical bytes of an entry. Raises JournalInvalid for data that has no canonical form."""
    fields: dict[str, Json] = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor": entry.actor,
        "kind": entry.event.kind,
        "subject": str(entry.event.subject),
        "data": entry.event.data,
    }
    fields |= {"name": entry.name} if entry.name else {}
    fields |= {"facts": entry.facts} if entry.facts else {}
    return canonical(fields)


def parse_entry(data: bytes) -> Entry:
    """Read the bytes of an entry. Raises JournalInvalid for anything ``entry_bytes`` would not have written."""
    try:
        fields = _FIELDS.decode(data)
        instant = datetime.fromisoformat(fields.at)
    except (ValueError, RecursionError) as error:  # msgspec's refusals are ValueErrors
        raise _malformed() from error
    event = Event(fields.kind, fields.subject, fields.data)
    entry = Entry(fields.seq, instant, fields.actor, event, fields.name, fields.facts)
    if instant.tzinfo is None or entry_bytes(entry) != data:
        raise _malformed()
    return entry


class _Fields(msgspec.Struct):
    """An entry's fields as they are read; what is missing, of another type or written otherwise is found by writing."""

    seq: int
    at: str
    actor: str
    kind: str
    subject: str
    data: dict[str, Any]
    name: str = ""
    facts: dict[str, dict[str, str]] = {}


_FIELDS: Final = msgspec.json.Decoder(_Fields, strict=True)


def replay(events: Iterable[Event]) -> dict[str, CardStatus]:
    """Return the status of every card from the events alone, in order.

    Raises JournalInvalid for an event that cannot follow those before it: a card issued twice, or one that changes
    before it exists or after it has ended.
    """
    statuses: dict[str, CardStatus] = {}
    taken: set[str] = set()
    for event in events:
        if event.kind == CARD_LOST:  # from here on there is no such card, until somebody enters it again
            statuses.pop(event.subject, None)
            continue
        after = status_after(event.kind, event.data)
        if after is not None:
            check_follows(event.kind, event.subject, statuses.get(event.subject), taken=event.subject in taken)
            statuses[event.subject] = after
        if event.kind == STATUS_TAKEN:
            taken.add(event.subject)
    return statuses


def check_follows(kind: str, number: str, before: CardStatus | None, *, taken: bool = False) -> None:
    """Raise JournalInvalid for an event of a card's life that cannot follow the status the card had.

    ``taken``: the status was taken from a published list, so that the ground of a cancellation may be entered later.
    """
    born = kind in _BIRTHS
    may_follow = _FROM.get(kind, _LIVE)
    if kind == "card-revoked" and taken:
        may_follow |= {CardStatus.REVOKED}
    if born != (before is None) or (before is not None and before not in may_follow):
        raise JournalInvalid(
            f"事件 {kind} 与证卡 {number} 此前的状态（{before or '无'}）矛盾",
            f"event {kind} cannot happen to card {number}, which was {before or 'unknown'}",
            code="event-contradiction",
        )


CARD_LOST: Final = "card-lost"
STATUS_TAKEN: Final = "card-status-taken"
COPY_ENDED: Final = frozenset({"copy-lost", "copy-replacement-taken"})
"""Kinds after which a card has no live copy in the register."""

_BIRTHS: Final = frozenset({"card-issued", "card-imported"})
_LIVE: Final = frozenset({CardStatus.VALID})
_LASTING: Final = _LIVE | {CardStatus.SUPERSEDED}
_FROM: Final[Mapping[str, frozenset[CardStatus]]] = {"card-revoked": _LASTING, STATUS_TAKEN: _LASTING}


def status_after(kind: str, data: Mapping[str, Json]) -> CardStatus | None:
    """Return the status a card has after an event, None for events that are not of a card's life."""
    match kind:
        case "card-issued" | "card-replaced" | "card-amended":
            return CardStatus.VALID
        case "card-imported" | "card-status-taken":
            return CardStatus(str(data["status"]))
        case "card-revoked":
            return CardStatus.REVOKED
        case "card-voided":
            return CardStatus.VOIDED
        case "card-superseded":
            return CardStatus.SUPERSEDED if data["complete"] else CardStatus.VALID
        case _:
            return None


def canonical(value: Json) -> bytes:
    """Serialise after RFC 8785. Keys must be ASCII, whose order is the same in UTF-8 and UTF-16 (3.2.3).

    Raises JournalInvalid for what has no canonical form.
    """
    _check(value)
    try:
        return _CANONICAL(value)
    except UnicodeEncodeError as error:  # RFC 8785 3.2.2.2: a lone surrogate has no UTF-8
        raise JournalInvalid("日志文字含有无效字符", "a text holds half a character", code="entry-text") from error


def _plain(value: object) -> object:
    """Serialise a mapping that is no dict, and a text of a class of its own."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[str, object]", value))
    if isinstance(value, str):
        return str.__str__(value)
    raise TypeError(type(value).__name__)


_CANONICAL: Final = msgspec.json.Encoder(order="sorted", enc_hook=_plain).encode


def _check(value: Json) -> None:
    match value:
        case None | bool() | str():
            pass
        case int():
            if abs(value) > MAX_SAFE_INTEGER:
                raise JournalInvalid("日志数字超出范围", f"{value} is beyond 2**53 - 1", code="entry-number")
        case Mapping():
            for key, item in value.items():
                if not key.isascii():
                    raise JournalInvalid("日志键名须为 ASCII", f"key {key!r} is not ASCII", code="entry-key")
                _check(item)
        case list() | tuple():
            for item in value:
                _check(item)
        case _:
            raise JournalInvalid(
                "日志只收整数、文字、真假、列表和对象",
                f"a {type(value).__name__} has no canonical form",
                code="entry-type",
            )


def _malformed() -> JournalInvalid:
    return JournalInvalid("不是本日志的条目", "these bytes are no canonical entry", code="entry-malformed")
