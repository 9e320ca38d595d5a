"""The journal: who did what when, as entries whose bytes never change, over which ``merkle`` builds its tree.

An entry's bytes are canonical JSON after RFC 8785 (keys sorted, no spaces, UTF-8, no fractions), so that everyone
who has the fields has the bytes, and the bytes have one reading.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from service.domain.access import user_of, with_person_name
from service.domain.card import CardStatus
from service.domain.errors import JournalInvalid
from service.domain.event import Event, Json

MAX_SAFE_INTEGER: Final = 2**53 - 1  # RFC 8785 3.2.2.3: what every JSON reader keeps exactly
_FIELDS: Final = frozenset({"seq", "at", "actor", "kind", "subject", "data"})
_OPTIONAL: Final = frozenset({"name"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal.

    ``seq`` is its place, from 0, which is also its leaf's index; ``at`` an aware instant; ``actor`` the user's
    name or ``system``; ``name`` the real name that the user's account bore then, empty where it bore none.
    """

    seq: int
    at: datetime
    actor: str
    event: Event
    name: str = ""

    @property
    def by(self) -> str:
        """Who it was, for people: 王小明（wang）; without a real name, what the journal calls them."""
        return with_person_name(user_of(self.actor) or self.actor, self.name) if self.name else self.actor


def entry_bytes(entry: Entry) -> bytes:
    """Give the canonical bytes of an entry. Raises JournalInvalid for data that has no canonical form."""
    fields: dict[str, Json] = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "actor": entry.actor,
        "kind": entry.event.kind,
        "subject": str(entry.event.subject),
        "data": entry.event.data,
    }
    return canonical(fields | ({"name": entry.name} if entry.name else {}))


def parse_entry(data: bytes) -> Entry:
    """Read the bytes of an entry. Raises JournalInvalid for anything ``entry_bytes`` would not have written."""
    try:
        fields = cast("object", json.loads(data))
    except (ValueError, RecursionError) as error:
        raise _malformed() from error
    if not isinstance(fields, dict) or frozenset(cast("dict[str, object]", fields)) - _OPTIONAL != _FIELDS:
        raise _malformed()
    name = cast("dict[str, object]", fields).get("name", "")
    seq, at, actor, kind, subject, content = (
        cast("dict[str, object]", fields)[name] for name in ("seq", "at", "actor", "kind", "subject", "data")
    )
    if not (
        type(seq) is int
        and isinstance(at, str)
        and isinstance(actor, str)
        and isinstance(kind, str)
        and isinstance(subject, str)
        and isinstance(content, dict)
        and isinstance(name, str)
    ):
        raise _malformed()
    try:
        instant = datetime.fromisoformat(at)
    except ValueError as error:
        raise _malformed() from error
    entry = Entry(seq, instant, actor, Event(kind, subject, cast("Mapping[str, Json]", content)), name)
    if instant.tzinfo is None or entry_bytes(entry) != data:
        raise _malformed()
    return entry


def replay(events: Iterable[Event]) -> dict[str, CardStatus]:
    """Tell the status of every card from the events alone, in order.

    Raises JournalInvalid for an event that cannot follow those before it: a card issued twice, or one that changes
    before it exists or after it has ended.
    """
    statuses: dict[str, CardStatus] = {}
    taken: set[str] = set()
    for event in events:
        if event.kind == "card-lost":  # from here on there is no such card, until somebody enters it again
            statuses.pop(event.subject, None)
            continue
        after = _status_after(event)
        if after is None:
            continue
        before = statuses.get(event.subject)
        born = event.kind in _BIRTHS
        may_follow = _FROM.get(event.kind, _LIVE)
        if event.kind == "card-revoked" and event.subject in taken:
            may_follow |= {CardStatus.REVOKED}  # a list told of the cancellation, and now its ground is entered
        if event.kind == "card-status-taken":
            taken.add(event.subject)
        if born != (before is None) or (before is not None and before not in may_follow):
            raise JournalInvalid(
                f"事件 {event.kind} 与证卡 {event.subject} 此前的状态（{before or '无'}）矛盾",
                f"event {event.kind} cannot happen to card {event.subject}, which was {before or 'unknown'}",
                code="event-contradiction",
            )
        statuses[event.subject] = after
    return statuses


_BIRTHS: Final = frozenset({"card-issued", "card-imported"})
_LIVE: Final = frozenset({CardStatus.VALID})
_LASTING: Final = _LIVE | {CardStatus.SUPERSEDED}
_FROM: Final[Mapping[str, frozenset[CardStatus]]] = {"card-revoked": _LASTING, "card-status-taken": _LASTING}


def _status_after(event: Event) -> CardStatus | None:
    """Give the status a card has after an event, None for events that are not of a card's life."""
    match event.kind:
        case "card-issued" | "card-replaced":
            return CardStatus.VALID
        case "card-imported" | "card-status-taken":
            return CardStatus(str(event.data["status"]))
        case "card-revoked":
            return CardStatus.REVOKED
        case "card-voided":
            return CardStatus.VOIDED
        case "card-superseded":
            return CardStatus.SUPERSEDED if event.data["complete"] else CardStatus.VALID
        case _:
            return None


def canonical(value: Json) -> bytes:
    """Serialise after RFC 8785. Keys must be ASCII, whose order is the same in UTF-8 and UTF-16 (3.2.3).

    Raises JournalInvalid for what has no canonical form.
    """
    _check(value)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), default=dict)
    try:
        return text.encode()
    except UnicodeEncodeError as error:  # RFC 8785 3.2.2.2: a lone surrogate has no UTF-8
        raise JournalInvalid("日志文字含有无效字符", "a text holds half a character", code="entry-text") from error


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
