"""Rate limits as rows, so that every process of the service counts together.

A row holds the moment until which its counter is taken: each request moves it on by its share of the period, and
none may move it more than one period ahead of now (the generic cell rate algorithm, ITU-T I.371 annex A). A moment
that has passed is as good as no row, so rows are forgotten without losing a count. A mark is a row too: what it notes
stands until its moment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from sqlalchemy import Connection, case, delete, select

from service.store.errors import StoreError
from service.store.statements import upsert
from service.store.tables import rate_limit

_FORGET_AT_ONCE: Final = 100
_MILLISECOND: Final = timedelta(milliseconds=1)


class LimitReached(StoreError):
    """The request is one too many for a counter; in ``retry_after`` seconds one fits again."""

    code = "rate-limited"

    def __init__(self, retry_after: int, limit: Limit) -> None:
        super().__init__(
            f"查询过于频繁，请在 {retry_after} 秒后重试", f"too many requests; try again in {retry_after} seconds"
        )
        self.retry_after = retry_after
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in any period; all of them may come at once."""

    requests: int
    period: timedelta

    @property
    def period_ms(self) -> int:
        """The period in milliseconds."""
        return self.period // _MILLISECOND

    @property
    def share_ms(self) -> int:
        """The part of the period one request takes up, in milliseconds."""
        return self.period_ms // self.requests


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a counter still has room for: ``remaining`` requests now, all of the limit in ``reset_s`` seconds."""

    limit: Limit
    remaining: int
    reset_s: int


Tell: TypeAlias = Callable[[Allowance], None]
"""Takes what is left to whoever asks, before it is known what the answer is."""


def unheard(_: Allowance) -> None:
    """Take a notice and do nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One request on the counter ``key``, 32 bytes that tell nobody whose it is."""

    key: bytes
    limit: Limit


def waits(connection: Connection, claims: Sequence[Claim], now: datetime) -> tuple[int, ...]:
    """Return for each counter in how many seconds one more request fits, 0 for now; counts nothing, takes no lock."""
    rows = connection.execute(select(rate_limit).where(rate_limit.c.key.in_({claim.key for claim in claims})))
    taken_until: dict[bytes, int] = {row.key: row.taken_until for row in rows}
    moment = _ms(now)
    return tuple(_seconds(late_ms(taken_until.get(claim.key, 0), claim.limit, moment)) for claim in claims)


def take(connection: Connection, claims: Sequence[Claim], now: datetime) -> tuple[Allowance, ...]:
    """Count a request on every counter, in the order given; return what each has room for then.

    Raises LimitReached: then roll back, nothing counts.

    Callers that share counters give their kinds in one order, so that none waits for another in a ring.
    """
    moment = _ms(now)
    left: list[Allowance] = []
    for claim in claims:
        taken_until = rate_limit.c.taken_until
        moved = case((taken_until > moment, taken_until), else_=moment) + claim.limit.share_ms
        counted = connection.execute(
            upsert(connection, rate_limit)
            .values(key=claim.key, taken_until=moment + claim.limit.share_ms)
            .on_conflict_do_update(
                index_elements=[rate_limit.c.key],
                set_={"taken_until": moved},
                where=moved <= moment + claim.limit.period_ms,
            )
            .returning(taken_until)
        ).scalar_one_or_none()
        if counted is None:
            stored = connection.execute(select(taken_until).where(rate_limit.c.key == claim.key)).scalar_one()
            raise LimitReached(_seconds(late_ms(stored, claim.limit, moment)), claim.limit)
        left.append(_left(counted, claim.limit, moment))
    return tuple(left)


def _left(taken_until: int, limit: Limit, moment: int) -> Allowance:
    free_ms = moment + limit.period_ms - taken_until
    return Allowance(limit, free_ms // limit.share_ms, _seconds(taken_until - moment))


def mark(connection: Connection, key: bytes, until: datetime) -> None:
    """Note something under ``key``, 32 bytes as for a counter, to stand until a moment or a later one noted before."""
    made = upsert(connection, rate_limit).values(key=key, taken_until=_ms(until))
    later = made.excluded.taken_until > rate_limit.c.taken_until
    connection.execute(
        made.on_conflict_do_update(
            index_elements=[rate_limit.c.key], set_={"taken_until": made.excluded.taken_until}, where=later
        )
    )


def is_marked(connection: Connection, key: bytes, now: datetime) -> bool:
    """Return whether what was noted under ``key`` still stands."""
    standing = select(rate_limit.c.key).where(rate_limit.c.key == key, rate_limit.c.taken_until > _ms(now))
    return connection.execute(standing).first() is not None


def forget(connection: Connection, now: datetime) -> None:
    """Delete some of the counters that have run out, passing over those another transaction holds."""
    past = (
        select(rate_limit.c.key)
        .where(rate_limit.c.taken_until <= _ms(now))
        .limit(_FORGET_AT_ONCE)
        .with_for_update(skip_locked=True)  # SQLite has one writer and leaves this out
    )
    connection.execute(delete(rate_limit).where(rate_limit.c.key.in_(past)))


def late_ms(taken_until: int, limit: Limit, moment: int) -> int:
    """Milliseconds until one more request fits; none or less: it fits now."""
    return max(taken_until, moment) + limit.share_ms - moment - limit.period_ms


def _seconds(late_ms: int) -> int:
    """Whole seconds to wait, none where it fits."""
    return max(0, -(-late_ms // 1000))


def _ms(instant: datetime) -> int:
    """Milliseconds since 1970."""
    return round(instant.timestamp() * 1000)
