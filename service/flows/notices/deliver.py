"""Send what is in the outbox: at least once, tried again for three days, later and later.

A message is taken for two minutes before it is sent, so that no two processes send it at once; one whose process dies
meanwhile is sent again. An address that fails keeps no other waiting: the rest of its messages stays for the next look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final, TypeAlias

from service.domain.event import Event
from service.domain.notice import GIVES_UP_AFTER, Notice, is_mail, next_try, signature
from service.flows.notices.subscriptions import context_of
from service.flows.pieces import in_pieces
from service.flows.register import Register
from service.store import journal, notices
from service.store.notices import Delivery, Webhook

AT_ONCE: Final = 100
KEPT_FOR: Final = timedelta(days=30)
"""How long a message that was delivered or given up is kept."""

_TAKEN_FOR: Final = timedelta(minutes=2)
_SOON: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it is sent: where, its headers and its bytes; ``notice`` is for those who get mail."""

    target: str
    headers: dict[str, str]
    body: bytes
    notice: Notice


@dataclass(frozen=True, slots=True)
class Answered:
    """How a try ended: the HTTP status, or None and a word of ours."""

    status: int | None
    problem: str = ""

    @property
    def is_taken(self) -> bool:
        """True if the message need not be sent again."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def said(self) -> str:
        """The status or the word, as it is kept."""
        return self.problem if self.status is None else str(self.status)


Send: TypeAlias = Callable[[Outgoing], Answered]


def deliver_due(register: Register, send: Send) -> int:
    """Send what is due, and return how many messages were taken."""
    taken, failed = 0, set[int]()
    with register.database.read() as connection:
        due = notices.due(connection, register.effects.now(), AT_ONCE)
    for one, hook in due:
        if hook.id in failed or not _claimed(register, one):
            continue
        answer = send(_outgoing(register, one, hook))
        _settle(register, one, hook, answer)
        if answer.is_taken:
            taken += 1
        else:
            failed.add(hook.id)
    return taken


def forget_notices(register: Register) -> int:
    """Delete messages of more than 30 days ago; return how many."""
    before = register.effects.now() - KEPT_FOR
    return in_pieces(register, lambda connection, most: notices.forget(connection, before, most))


def _claimed(register: Register, one: Delivery) -> bool:
    with register.database.write() as connection:
        return notices.claim(connection, one, register.effects.now() + _TAKEN_FOR)


def _outgoing(register: Register, one: Delivery, hook: Webhook) -> Outgoing:
    made, timestamp = one.notice, int(register.effects.now().timestamp())
    headers = {"webhook-id": made.key, "webhook-timestamp": str(timestamp), "content-type": "application/json"}
    if not is_mail(hook.target):
        secret = register.cipher.open(hook.secret, context_of(hook.id))
        headers["webhook-signature"] = signature(secret, made.key, timestamp, made.body)
    return Outgoing(hook.target, headers, made.body, made)


def _settle(register: Register, one: Delivery, hook: Webhook, answer: Answered) -> None:
    now = register.effects.now()
    with register.database.write() as connection:
        if answer.is_taken:
            notices.settle(connection, one, answer.said, next_at=None, done_at=now)
            if hook.failing_since is not None:
                notices.set_failing(connection, hook.id, None)
            return
        again = next_try(one.attempts + 1, one.notice.at, now)
        notices.settle(connection, one, answer.said, next_at=again, done_at=None)
        since = hook.failing_since or now
        if hook.failing_since is None:
            notices.set_failing(connection, hook.id, now)
        took_nothing = again is None and since - one.notice.at < _SOON  # all the while that this one was tried
        if answer.status == HTTPStatus.GONE or now - since >= GIVES_UP_AFTER or took_nothing:
            notices.set_disabled(connection, hook.id, now)
            event = Event("webhook-disabled", f"webhook:{hook.id}", {"reason": answer.said})
            journal.append_many(connection, now, "system", (event,))
