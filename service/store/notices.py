"""The outbox: who is told of changes, the messages, and how each was delivered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, exists, func, or_, select, update

from service.domain.event import Event, Json
from service.domain.notice import OF_EVENT, Notice, Topic
from service.domain.validity import civil_date
from service.domain.watching import KEPT
from service.store.facts import note, pass_over
from service.store.parts import Part, count_rows
from service.store.statements import chunks
from service.store.tables import card, delivery, notice, webhook
from service.store.watching import institutions_of

_STATE = ("webhook", "webhook.disabled_at")


@dataclass(frozen=True, slots=True)
class Webhook:
    """Somebody who is told; ``institution`` None: of every card. ``secret`` is sealed and not shown."""

    id: int
    target: str
    secret: bytes
    institution: str | None
    topics: frozenset[Topic]
    created_at: datetime
    disabled_at: datetime | None = None
    failing_since: datetime | None = None

    def __repr__(self) -> str:
        return f"<Webhook {self.id}>"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way to one of them; ``next_at`` None: delivered, or given up."""

    id: int
    webhook_id: int
    notice: Notice
    attempts: int
    next_at: datetime | None
    done_at: datetime | None
    outcome: str


def add(connection: Connection, target: str, institution: str | None, topics: Iterable[Topic], now: datetime) -> int:
    """Enter somebody who is told, and return the id; the secret follows with ``set_secret``."""
    row = {"target": target, "secret": b"", "institution": institution, "created_at": now}
    made = connection.execute(webhook.insert().values(row | {"topics": " ".join(sorted(topics))}))
    key: int = made.inserted_primary_key[0] if made.inserted_primary_key else 0
    return key


def set_secret(connection: Connection, webhook_id: int, sealed: bytes) -> None:
    """Write the sealed secret, which is bound to the id."""
    connection.execute(update(webhook).where(webhook.c.id == webhook_id).values(secret=sealed))
    note(connection, _STATE, (webhook_id,))


def find(connection: Connection, webhook_id: int) -> Webhook | None:
    """Find one that is told, or has been until it was disabled."""
    return next(iter(_webhooks(connection, webhook.c.id == webhook_id)), None)


def all_of(connection: Connection, institution: str | None = None) -> tuple[Webhook, ...]:
    """List those of an institution, or all."""
    return _webhooks(connection, _kept_by(institution))


def page(connection: Connection, institution: str | None, part: Part) -> tuple[tuple[Webhook, ...], int]:
    """Read a part of those of an institution, or of all, and count all of them."""
    wanted = select(webhook).where(_kept_by(institution), webhook.c.removed_at.is_(None))
    rows = connection.execute(part.of(wanted, webhook.c.id))
    return tuple(map(_webhook, rows)), count_rows(connection, wanted)


def set_disabled(connection: Connection, webhook_id: int, at: datetime | None) -> None:
    """Disable an address, or enable it."""
    values = {"disabled_at": at} | ({"failing_since": None} if at is None else {})
    connection.execute(update(webhook).where(webhook.c.id == webhook_id).values(values))
    note(connection, "webhook.disabled_at", (webhook_id,))


def remove(connection: Connection, webhook_id: int, at: datetime) -> None:
    """Take it away with what is on its way to it."""
    connection.execute(update(webhook).where(webhook.c.id == webhook_id).values(removed_at=at))
    note(connection, "webhook.disabled_at", (webhook_id,))
    connection.execute(
        update(delivery)
        .where(delivery.c.webhook_id == webhook_id, delivery.c.next_at.is_not(None))
        .values(next_at=None, outcome="removed")
    )


def set_failing(connection: Connection, webhook_id: int, since: datetime | None) -> None:
    """Note since when it takes nothing; None: it has taken something."""
    connection.execute(update(webhook).where(webhook.c.id == webhook_id).values(failing_since=since))
    pass_over(connection, "webhook")


def count_failing(connection: Connection, institution: str | None) -> int:
    """Count those of an institution, or of all, that take nothing, or are told nothing any more for it."""
    own = (webhook.c.institution == institution,) if institution is not None else ()
    failing = or_(webhook.c.failing_since.is_not(None), webhook.c.disabled_at.is_not(None))
    return connection.execute(
        select(func.count()).select_from(webhook).where(webhook.c.removed_at.is_(None), failing, *own)
    ).scalar_one()


def tell_events(connection: Connection, now: datetime, events: Sequence[tuple[int, Event]]) -> None:
    """Put what entries of the journal, by their places, say of cards into the outbox.

    An institution is told of the cards it has issued, and of those that its people hold.
    """
    told = [(place, OF_EVENT[event.kind], str(event.subject)) for place, event in events if event.kind in OF_EVENT]
    if not told or not (hooks := _told(connection)):
        return
    numbers = [number for _, _, number in told]
    issuers: dict[str, str] = {}
    for some in chunks(numbers):
        found = connection.execute(select(card.c.number, card.c.issuer).where(card.c.number.in_(some)))
        issuers |= {row.number: row.issuer for row in found}
    is_asked = any(one.institution is not None for one in hooks)
    people = institutions_of(connection, numbers, civil_date(now) - KEPT) if is_asked else {}
    for place, topic, number in told:
        made = Notice(f"msg_{place}", topic, now, {"number": number})
        concerned = {None, issuers.get(number), *people.get(number, ())}
        _put(connection, made, [one for one in hooks if one.institution in concerned])


def tell(connection: Connection, made: Notice, only: Webhook) -> bool:
    """Put a message for one of them into the outbox; return False where it stands there already."""
    known = connection.execute(select(notice.c.key).where(notice.c.key == made.key)).first()
    if known is not None:
        return False
    _put(connection, made, (only,))
    return True


def due(connection: Connection, now: datetime, most: int) -> tuple[tuple[Delivery, Webhook], ...]:
    """List what is to be sent now, each with whom to."""
    rows = connection.execute(
        select(*_DELIVERY, *webhook.c)
        .join(notice, notice.c.key == delivery.c.notice)
        .join(webhook, webhook.c.id == delivery.c.webhook_id)
        .where(delivery.c.next_at <= now, webhook.c.disabled_at.is_(None), webhook.c.removed_at.is_(None))
        .order_by(delivery.c.next_at, delivery.c.id)
        .limit(most)
    ).all()
    return tuple((_delivery(row), _webhook(row)) for row in rows)


def claim(connection: Connection, one: Delivery, until: datetime) -> bool:
    """Take a message for this process until then; return False where another has it."""
    taken = update(delivery).where(delivery.c.id == one.id, delivery.c.next_at == one.next_at).values(next_at=until)
    return connection.execute(taken).rowcount == 1


def settle(
    connection: Connection, one: Delivery, outcome: str, *, next_at: datetime | None, done_at: datetime | None
) -> None:
    """Write how a try ended."""
    values = {"outcome": outcome, "attempts": one.attempts + 1, "next_at": next_at, "done_at": done_at}
    connection.execute(update(delivery).where(delivery.c.id == one.id).values(values))


def deliveries_of(
    connection: Connection, webhook_id: int, most: int, before: int | None = None
) -> tuple[Delivery, ...]:
    """List the newest messages to one of them, those before an id."""
    earlier = () if before is None else (delivery.c.id < before,)
    rows = connection.execute(
        select(*_DELIVERY)
        .join(notice, notice.c.key == delivery.c.notice)
        .where(delivery.c.webhook_id == webhook_id, *earlier)
        .order_by(delivery.c.id.desc())
        .limit(most)
    )
    return tuple(map(_delivery, rows))


def count_deliveries(connection: Connection, webhook_id: int) -> int:
    """Count the messages to one of them."""
    return connection.execute(select(func.count()).where(delivery.c.webhook_id == webhook_id)).scalar_one()


def replay(connection: Connection, webhook_id: int, delivery_id: int, now: datetime) -> bool:
    """Send a message once more, under its id; return False where there is none."""
    again = update(delivery).where(delivery.c.id == delivery_id, delivery.c.webhook_id == webhook_id)
    return connection.execute(again.values(next_at=now, attempts=0, done_at=None)).rowcount == 1


def forget(connection: Connection, before: datetime, most: int) -> int:
    """Delete messages of before that are on no way any more, ``most`` of them at most; return how many.

    To an address that is disabled or was removed nothing is on its way.
    Those that another process is deleting are left to it: nobody waits for its locks.
    """
    own = delivery.c.notice == notice.c.key
    told = select(webhook.c.id).where(webhook.c.disabled_at.is_(None), webhook.c.removed_at.is_(None))
    waits = delivery.c.next_at.is_not(None) & delivery.c.webhook_id.in_(told)
    over = notice.c.at < before, ~exists().where(own, waits)
    found = select(notice.c.key).where(*over).order_by(notice.c.at).limit(most)
    found = found.with_for_update(of=notice, skip_locked=True)  # SQLite has one writer at a time
    old = connection.execute(found).scalars().all()
    connection.execute(delete(delivery).where(delivery.c.notice.in_(old), ~waits))
    gone: int = connection.execute(delete(notice).where(notice.c.key.in_(old), ~exists().where(own))).rowcount
    return gone


def _put(connection: Connection, made: Notice, hooks: Iterable[Webhook]) -> None:
    to = [one for one in hooks if made.topic in one.topics]
    if not to:
        return
    data = msgspec.json.encode(made.data).decode()
    connection.execute(notice.insert().values(key=made.key, topic=made.topic.value, data=data, at=made.at))
    rows = [{"webhook_id": one.id, "notice": made.key, "attempts": 0, "next_at": made.at, "outcome": ""} for one in to]
    connection.execute(delivery.insert(), rows)


def _kept_by(institution: str | None) -> ColumnElement[bool]:
    return webhook.c.id.is_not(None) if institution is None else webhook.c.institution == institution


def _told(connection: Connection) -> tuple[Webhook, ...]:
    return _webhooks(connection, webhook.c.disabled_at.is_(None))


def _webhooks(connection: Connection, condition: ColumnElement[bool]) -> tuple[Webhook, ...]:
    rows = connection.execute(select(webhook).where(condition, webhook.c.removed_at.is_(None)).order_by(webhook.c.id))
    return tuple(map(_webhook, rows))


_DELIVERY = (
    delivery.c.id.label("delivery_id"),
    delivery.c.webhook_id,
    delivery.c.notice,
    delivery.c.attempts,
    delivery.c.next_at,
    delivery.c.done_at,
    delivery.c.outcome,
    notice.c.topic,
    notice.c.data,
    notice.c.at,
)


def _delivery(row: Row[*tuple[Any, ...]]) -> Delivery:
    data = msgspec.json.decode(row.data, type=dict[str, Any])
    told: dict[str, Json] = data
    made = Notice(row.notice, Topic(row.topic), row.at, told)
    return Delivery(row.delivery_id, row.webhook_id, made, row.attempts, row.next_at, row.done_at, row.outcome)


def _webhook(row: Row[*tuple[Any, ...]]) -> Webhook:
    topics = frozenset(map(Topic, row.topics.split(" ")))
    return Webhook(
        row.id, row.target, row.secret, row.institution, topics, row.created_at, row.disabled_at, row.failing_since
    )
