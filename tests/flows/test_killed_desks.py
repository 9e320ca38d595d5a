from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from service.domain.card_number import CardNumber
from service.domain.verdict_words import Word
from service.flows.issue.number_series import list_series
from service.flows.running.audit import audit
from service.store import cards
from tests.flows.desks import KIND_OF, Desk, DeskAt
from tests.flows.office import Office
from tests.store import killing

JOBS = 3
LARGEST = 8
KILLS = 2 * killing.WORKERS


@pytest.mark.slow
def test_killed_desks_leave_no_gap_and_no_double(office: Office, tmp_path: Path) -> None:
    """督附3, 考附2: 16 desks issue single cards and batches at once and are killed at random; nothing is lost."""
    seed = killing.new_seed()
    print(f"seed {seed}: repeat with ZHENGKA_KILL_SEED={seed}")
    folder, url = office.settings.data, office.settings.database_url
    plan = tuple(jobs[:JOBS] for jobs in killing.make_plan(seed, tuple(KIND_OF), LARGEST))
    kills = killing.run_and_kill(DeskAt(folder), url, plan, tmp_path, seed, kills=KILLS)
    print(kills)
    assert kills.inside >= killing.WORKERS

    jobs = [job for worker in plan for job in worker]
    answers = {
        key: given
        for worker in range(len(plan))
        for key, given in killing.read_answers(killing.answers_of(tmp_path, worker)).items()
    }
    assert answers.keys() == {job.key for job in jobs}
    for job in jobs:
        assert Counter(CardNumber(number).prefix for number in answers[job.key]) == Counter(job.wanted)

    wanted = sum((Counter(job.wanted) for job in jobs), Counter())
    acknowledged = sorted(number for given in answers.values() for number in given)
    with office.register.database.read() as connection:
        assert [card.number for card in cards.every(connection)] == acknowledged
    assert acknowledged == sorted(
        CardNumber.compose(prefix, sequence) for prefix, count in wanted.items() for sequence in range(1, count + 1)
    )
    assert {series.prefix: (series.last_no, series.issued) for series in list_series(office.register)} == {
        prefix: (count, count) for prefix, count in wanted.items()
    }
    found = audit(office.register)
    assert (found.faults, found.cards) == ((), wanted.total())
    assert {office.check(CardNumber(number)) for number in acknowledged} == {Word.VALID}

    desk = Desk(folder, url)
    assert {job.key: desk.issue(job.key, job.wanted) for job in jobs} == answers
    desk.close()
    assert audit(office.register) == found
