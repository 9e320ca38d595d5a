"""Enter the messages that come with the days: cards that expire, once each, and a body's duties, once a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from service.domain.duties import Duty, DutyKind
from service.domain.event import Json
from service.domain.issuer import CENTRE
from service.domain.notice import Notice, Topic
from service.domain.validity import renewal_opens_on
from service.domain.watching import KEPT
from service.flows.people.duties import list_duties
from service.flows.register import Register
from service.store import limits, notices, watching
from service.store.notices import Webhook

_A_DAY: Final = timedelta(days=1)
_WANTED: Final = frozenset({Topic.EXPIRING, Topic.DUTIES})


def tell_of_the_day(register: Register) -> int:
    """Put the day's messages into the outbox, those that are not there yet; return how many there were.

    What is due is looked up once a day for each address; an id stands for a card's last day, or for the day's duties,
    so that nothing is told twice.
    """
    today, now = register.effects.today(), register.effects.now()
    with register.database.read() as connection:
        hooks = [one for one in notices.all_of(connection) if one.disabled_at is None and one.topics & _WANTED]
    told = 0
    for hook in hooks:
        mark = register.blind.of(f"webhook day {hook.id} {today}")
        with register.database.counters.write() as connection:
            if limits.is_marked(connection, mark, now):
                continue
        due = list_duties(register, body=hook.institution or CENTRE)
        messages = [*_messages(hook, due, today, now), *_of_people(register, hook, today, now)]
        with register.database.write() as connection:
            told += sum(notices.tell(connection, made, hook) for made in messages)
        with register.database.counters.write() as connection:
            limits.mark(connection, mark, now + _A_DAY)
    return told


def _messages(hook: Webhook, due: tuple[Duty, ...], today: date, now: datetime) -> Iterator[Notice]:
    if Topic.EXPIRING in hook.topics:
        for one in due:
            if one.kind is DutyKind.RENEWAL and one.due_on is not None:
                yield _expiring(hook, one.number, one.due_on, now)
    if Topic.DUTIES in hook.topics and due:
        kinds = Counter(one.kind.value for one in due)
        late = sum(one.is_late(today) for one in due)
        data: dict[str, Json] = {"count": len(due), "late": late, "kinds": dict(sorted(kinds.items()))}
        yield Notice(f"msg_duties_{today}_{hook.id}", Topic.DUTIES, now, data)


def _of_people(register: Register, hook: Webhook, today: date, now: datetime) -> Iterator[Notice]:
    """Yield what the cards of an institution's people bring, whoever has issued them, as its watch-list does."""
    if Topic.EXPIRING not in hook.topics or hook.institution is None:
        return
    with register.database.read() as connection:
        names = watching.people_of(connection, hook.institution, today - KEPT)
        terms = watching.terms_in_force(connection, names)
    for number, expires_on in sorted(terms.items()):
        if renewal_opens_on(expires_on, register.jurisdiction.renewal_months) <= today <= expires_on:
            yield _expiring(hook, number, expires_on, now)


def _expiring(hook: Webhook, number: str, expires_on: date, now: datetime) -> Notice:
    key = f"msg_expiring_{number}_{expires_on}_{hook.id}"
    return Notice(key, Topic.EXPIRING, now, {"number": str(number), "expires_on": expires_on.isoformat()})
