"""The browser's verifier, run by node: jobs go in and results come out as one JSON text."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tests import needs

Json = dict[str, Any]

FOLDER: Final = Path(__file__).parent
OLDEST_NODE: Final = (20, 19)


def node() -> Path:
    """Return a node that reads the assets as the modules they are, or skip (fail) the test."""
    program = needs.tool("node", apt="nodejs")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    major, minor, *_ = said.strip().lstrip("v").split(".")
    if (int(major), int(minor)) < OLDEST_NODE:
        needs.missing("node 20.19", install="install Node.js 20.19 or newer from nodejs.org")
    return program


def run(jobs: Sequence[Json], *, old_browser: bool = False) -> list[Json]:
    """Do the jobs of ``run.js``: each gives ``{"result": …}`` or ``{"refused": code, …}``."""
    command = [str(node()), "run.js", *(["--old-browser"] if old_browser else [])]
    done = subprocess.run(
        command, cwd=FOLDER, input=json.dumps(jobs), capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    results: list[Json] = json.loads(done.stdout)
    assert len(results) == len(jobs)
    return results
