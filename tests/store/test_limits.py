from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from service.store import limits
from service.store.engine import Database, open_database
from service.store.limits import Claim, Limit, LimitReached
from service.store.tables import rate_limit

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TEN_A_MINUTE = Limit(10, timedelta(minutes=1))
SECOND = timedelta(seconds=1)


def key(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def wait(database: Database, claims: Sequence[Claim], now: datetime = NOW) -> int:
    """Count one request on every counter; return the seconds to wait where it is refused, else 0."""
    try:
        with database.counters.write() as connection:
            limits.take(connection, claims, now)
    except LimitReached as refusal:
        return refusal.retry_after
    return 0


def told(database: Database, claims: Sequence[Claim], now: datetime = NOW) -> tuple[int, ...]:
    with database.counters.read() as connection:
        return limits.waits(connection, claims, now)


def test_a_period_holds_so_many_requests_at_once_and_no_more(database: Database) -> None:
    claim = [Claim(key("a"), TEN_A_MINUTE)]
    assert [wait(database, claim) for _ in range(12)] == [0] * 10 + [6, 6]


def test_after_the_seconds_told_one_more_fits_and_before_them_none(database: Database) -> None:
    claim = [Claim(key("a"), TEN_A_MINUTE)]
    for _ in range(10):
        wait(database, claim)
    assert wait(database, claim, NOW + 2 * SECOND) == 4
    assert wait(database, claim, NOW + timedelta(seconds=5, milliseconds=999)) == 1
    assert [wait(database, claim, NOW + 6 * SECOND) for _ in range(2)] == [0, 6]


def test_a_whole_period_later_all_of_them_fit_again(database: Database) -> None:
    claim = [Claim(key("a"), TEN_A_MINUTE)]
    for later in (timedelta(), timedelta(minutes=1), timedelta(days=400)):
        assert [wait(database, claim, NOW + later) for _ in range(11)] == [0] * 10 + [6]


def test_counters_do_not_know_each_other(database: Database) -> None:
    for _ in range(10):
        wait(database, [Claim(key("a"), TEN_A_MINUTE)])
    assert wait(database, [Claim(key("a"), TEN_A_MINUTE)]) == 6
    assert wait(database, [Claim(key("b"), TEN_A_MINUTE)]) == 0


def test_what_one_counter_refuses_no_other_counts(database: Database) -> None:
    narrow, wide = Claim(key("narrow"), Limit(1, timedelta(minutes=1))), Claim(key("wide"), TEN_A_MINUTE)
    assert wait(database, [wide, narrow]) == 0
    assert [wait(database, [wide, narrow]) for _ in range(20)] == [60] * 20
    assert [wait(database, [wide]) for _ in range(10)] == [0] * 9 + [6]


def test_telling_the_wait_counts_nothing_and_agrees_with_the_count(database: Database) -> None:
    narrow, wide = Claim(key("narrow"), Limit(3, timedelta(minutes=1))), Claim(key("wide"), TEN_A_MINUTE)
    for _ in range(4):
        for _ in range(5):
            waits = told(database, [wide, narrow])
        assert wait(database, [wide, narrow]) == max(waits)
    assert told(database, [wide, narrow]) == (0, 20)
    assert told(database, [narrow, wide], NOW + 20 * SECOND) == (0, 0)


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=60), st.integers(1, 8), st.integers(1, 30))
def test_no_period_sees_more_than_twice_its_limit_and_a_patient_client_is_never_refused(
    pauses_ms: list[int], requests: int, period_s: int
) -> None:
    """Run the arithmetic against its promise, without a database: at most ``requests`` at once, then one a share."""
    limit = Limit(requests, timedelta(seconds=period_s))
    taken_until, moment, admitted = 0, 0, []
    for pause in pauses_ms:
        moment += pause
        if limits.late_ms(taken_until, limit, moment) <= 0:
            taken_until = max(taken_until, moment) + limit.share_ms
            admitted.append(moment)
    for start in admitted:
        within = [at for at in admitted if start <= at < start + limit.period_ms]
        assert len(within) <= 2 * requests
        assert len([at for at in admitted if at == start]) <= requests


def test_forgetting_loses_no_count(database: Database) -> None:
    short, long = Limit(1, timedelta(minutes=1)), Limit(1, timedelta(hours=1))
    for name in "abc":
        wait(database, [Claim(key(name), short)])
    wait(database, [Claim(key("d"), long)])
    with database.counters.write() as connection:
        limits.forget(connection, NOW + timedelta(minutes=1))
    with database.counters.read() as connection:
        assert connection.execute(select(rate_limit.c.key)).scalars().all() == [key("d")]
    assert wait(database, [Claim(key("d"), long)], NOW + timedelta(minutes=1)) == 59 * 60


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_forgetting_passes_over_what_another_transaction_holds(database: Database) -> None:
    claims = [Claim(key(name), TEN_A_MINUTE) for name in "ab"]
    wait(database, claims)
    later = NOW + timedelta(hours=1)
    with database.counters.write() as holding:
        limits.take(holding, claims[:1], later)
        with database.counters.write() as connection:  # in the same thread: were it to wait, it would do so for ever
            limits.forget(connection, later)
    with database.counters.read() as connection:
        assert connection.execute(select(rate_limit.c.key)).scalars().all() == [key("a")]


def test_threads_together_get_no_more_than_the_limit(database: Database) -> None:
    claims = [Claim(key("a"), TEN_A_MINUTE), Claim(key("all"), Limit(1_000, timedelta(minutes=1)))]
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: wait(database, claims), range(40)))
    assert waits.count(0) == 10
    assert set(waits) == {0, 6}


def _ask(url: str, times: int) -> list[int]:
    """Count many requests in a process of its own, on counters shared in different orders of keys."""
    database = open_database(url)
    try:
        shared = Claim(key("shared"), Limit(25, timedelta(minutes=1)))
        return [
            wait(database, [Claim(key(f"own {place % 3}"), Limit(100, timedelta(minutes=1))), shared])
            for place in range(times)
        ]
    finally:
        database.close()


@pytest.mark.slow
def test_processes_together_get_no_more_than_the_limit(database_url: str) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        waits = [w for answer in processes.map(_ask, [database_url] * 2, [30] * 2) for w in answer]
    assert len(waits) == 60
    assert waits.count(0) == 25


def test_a_mark_stands_until_its_moment_and_is_never_shortened(database: Database) -> None:
    known = key("known")
    with database.counters.write() as connection:
        assert not limits.is_marked(connection, known, NOW)
        limits.mark(connection, known, NOW + timedelta(days=2))
        limits.mark(connection, known, NOW + timedelta(days=1))
        assert limits.is_marked(connection, known, NOW + timedelta(days=2, milliseconds=-1))
        assert not limits.is_marked(connection, known, NOW + timedelta(days=2))
        limits.mark(connection, known, NOW + timedelta(days=3))
        assert limits.is_marked(connection, known, NOW + timedelta(days=2))
        limits.forget(connection, NOW + timedelta(days=2))
        assert limits.is_marked(connection, known, NOW + timedelta(days=2))
