"""A few of the kills that ``tests.flows.kill_campaign`` makes by the hundred."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests import databases, needs
from tests.flows import kill_campaign
from tests.store import killing


@pytest.mark.slow
def test_a_killed_postgresql_loses_nothing_that_was_acknowledged() -> None:
    """督附3, 考附2: fsync on, desks at mixed work with photographs, the server killed under them; no gap, no double."""
    binaries = databases.server_binaries()
    if binaries is None:
        needs.missing("PostgreSQL", install="apt-get install postgresql")
    seed = killing.new_seed()
    print(f"seed {seed}: repeat with ZHENGKA_KILL_SEED={seed}")
    with tempfile.TemporaryDirectory(prefix="zhengka-kills-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server's user passes through it
        print(kill_campaign.run(8, 2, jobs=1, folder=folder, seed=seed))
