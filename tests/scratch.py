"""Temporary files in memory, where the machine has room for them.

A register waits for the disk at every commit, some milliseconds each time: half of the time of many tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a file system in memory, on Linux; folders in it are made by tempfile
_ENOUGH: Final = 4 * 1024**3
_VARIABLE: Final = "TMPDIR"


def use_memory() -> None:
    """Let this process and those it starts keep temporary files in memory, unless somebody has said where."""
    if _VARIABLE in os.environ or not os.access(_MEMORY, os.W_OK | os.X_OK):
        return
    if shutil.disk_usage(_MEMORY).free >= _ENOUGH:
        os.environ[_VARIABLE] = str(_MEMORY)
        tempfile.tempdir = None  # to be found anew
