from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from service.domain import journal as entries_of
from service.domain.card_number import CardNumber
from service.domain.merkle import leaf_hash, root_of
from service.store import journal, number_audit
from service.store.engine import Database, open_database
from service.store.tables import card, copy
from tests.store import killing
from tests.store.issuing import StoreIssuer

JOBS = 6
KILLS = 3 * killing.WORKERS
PREFIXES = ("2331001", "2331002", "2331003", "R5023")


@pytest.mark.slow
def test_killed_writers_leave_no_gap_and_no_double(database_url: str, tmp_path: Path) -> None:
    """督附3, 考附2: sequences run 0001, 0002, … whatever crashes, and a retry by key gives the same cards."""
    seed = killing.new_seed()
    print(f"seed {seed}: repeat with ZHENGKA_KILL_SEED={seed}")
    plan = tuple(jobs[:JOBS] for jobs in killing.make_plan(seed, PREFIXES))
    kills = killing.run_and_kill(StoreIssuer, database_url, plan, tmp_path, seed, kills=KILLS)
    print(kills)
    assert kills.inside >= killing.WORKERS

    jobs = [job for worker in plan for job in worker]
    answers = {
        key: given
        for worker in range(len(plan))
        for key, given in killing.read_answers(killing.answers_of(tmp_path, worker)).items()
    }
    assert answers.keys() == {job.key for job in jobs}
    wanted = sum((Counter(job.wanted) for job in jobs), Counter())

    issuer = StoreIssuer(database_url)
    assert {job.key: issuer.issue(job.key, job.wanted) for job in jobs} == answers
    issuer.close()
    for job in jobs:
        assert Counter(CardNumber(number).prefix for number in answers[job.key]) == Counter(job.wanted)

    database = open_database(database_url)
    assert _sequences(database) == {prefix: list(range(1, count + 1)) for prefix, count in wanted.items()}
    assert sorted(number for given in answers.values() for number in given) == _stored(database)
    _check_register(database, wanted.total())
    database.close()


def _sequences(database: Database) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number in map(CardNumber, _stored(database)):
        found.setdefault(number.prefix, []).append(number.sequence)
    return found


def _stored(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(card.c.number).order_by(card.c.number)).scalars())


def _check_register(database: Database, issued: int) -> None:
    with database.read() as connection:
        assert number_audit.audit(connection) == ()
        places = connection.execute(select(copy.c.list_no, copy.c.list_index).order_by(copy.c.list_index)).all()
        assert places == [(1, index) for index in range(issued)]
        head = journal.head(connection)
        lines = journal.entries(connection, 0, issued + 1)
        assert head.size == len(lines) == issued
        assert head.root == root_of(journal.leaves(connection, issued)) == root_of([leaf_hash(line) for line in lines])
    assert len(entries_of.replay(entries_of.parse_entry(line).event for line in lines)) == issued
