"""Answer a request that came with a key once: a retry gets the first answer, and nothing happens twice.

The answer is stored in the transaction that makes the change, so a process that dies in between leaves both or neither.
A refused request leaves no answer: it may come again when the cause is mended. Answers hold names and numbers, so they
are encrypted like identity numbers, and deleted when ``Settings.answers_kept`` has passed.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from keys.fields import NONCE_SIZE
from service.flows.pieces import in_pieces
from service.flows.register import Register
from service.store import answers
from service.store.answers import Keyed
from service.store.together import Together


class Answer(msgspec.Struct, frozen=True):
    """What was answered: the HTTP status, the body and its media type, and where a form led on to."""

    status: int
    body: str = ""
    media_type: str = ""
    location: str | None = None


class AlreadyAnswered(Exception):
    """While this request was at work, the same one was answered."""


class Once:
    """One request under its key. Its use case is given ``register``; then one of the three ways to end is called."""

    def __init__(self, register: Register, asked: Keyed) -> None:
        self._asked = asked
        self._whole = register
        self._together = Together(register.database, self._claim)
        self.register = register.on(self._together)

    def keep(self, answer: Answer) -> None:
        """Store the answer and commit, with all the use case has written. Raises AlreadyAnswered, Busy."""
        sealed = self._whole.cipher.seal(
            msgspec.json.encode(answer).decode(), _context(self._asked), self._whole.effects.random_bytes(NONCE_SIZE)
        )
        with self._together.write() as connection:
            answers.keep(connection, self._asked, sealed)
        self._together.commit()

    def refuse(self) -> None:
        """Commit what a refused use case has written, such as a note of the attempt; the key stays free."""
        if self._together.is_open:
            with self._together.write() as connection:
                answers.release(connection, self._asked)
            self._together.commit()

    def undo(self) -> None:
        """Roll back all the use case has written."""
        self._together.roll_back()

    def _claim(self, connection: Connection) -> None:
        if not answers.claim(connection, self._asked, self._whole.effects.now()):
            raise AlreadyAnswered


def find_answer(register: Register, asked: Keyed) -> Answer | None:
    """Return what the same request was answered. Raises IdempotencyKeyReused for another one's key."""
    with register.database.read() as connection:
        sealed = answers.find(connection, asked)
    if sealed is None:
        return None
    return msgspec.json.decode(register.cipher.open(sealed, _context(asked)), type=Answer)


def find_same(register: Register, asked: Keyed, since: datetime) -> Answer | None:
    """Return what the same account was last answered to the same content under another key from a moment on."""
    with register.database.read() as connection:
        found = answers.same(connection, asked, since)
    if found is None:
        return None
    key, sealed = found
    context = _context(Keyed(asked.actor, key, asked.request_hash))
    return msgspec.json.decode(register.cipher.open(sealed, context), type=Answer)


def sweep_answers(register: Register) -> int:
    """Delete the answers whose time is over; return how many."""
    moment = register.effects.now() - register.settings.answers_kept
    with register.database.read() as connection:
        if not answers.is_any_before(connection, moment):
            return 0
    return in_pieces(register, lambda connection, most: answers.sweep(connection, moment, most))


def _context(asked: Keyed) -> bytes:
    return b"answer\0" + asked.actor.encode() + b"\0" + asked.key.encode()
