"""Random lives in real registers: see ``lives``. Thousands more are lived by ``many_lives``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests import needs
from tests.flows.lives import Lives
from tests.flows.office import Office, make_office
from tests.flows.worlds import lives_in_postgresql, lives_in_sqlite


def live(machine: type[Lives], *, worlds: int) -> None:
    run_state_machine_as_test(
        machine, settings=settings(max_examples=worlds, stateful_step_count=25, deadline=None, database=None)
    )
    assert machine.lived.worlds >= worlds


def test_many_lives_agree_with_the_paper(sqlite_office: Office) -> None:
    live(lives_in_sqlite(sqlite_office.settings.data), worlds=needs.examples(8))


def test_lives_agree_with_the_paper_in_postgresql(
    copies_in_postgresql: Callable[[str | None], AbstractContextManager[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "office"
    with copies_in_postgresql(None) as url:
        make_office(folder, url).register.close()
        live(lives_in_postgresql(folder, lambda: copies_in_postgresql(url)), worlds=2)
