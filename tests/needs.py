"""What a test needs from the machine beside Python: found, or named in one closing line with the install command.

With ``ZHENGKA_TEST_ALL=1``, as in CI, anything missing is a failure; else the test is skipped. The reason given to
pytest carries name and command, so that the closing line can be written where several processes run the tests.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NoReturn

import pytest

_REASON: Final = re.compile(r"zhengka needs (?P<name>[^:\n]+): (?P<install>[^\n'\"]+)")
_APT: Final = "apt-get install "


def everything() -> bool:
    """Return whether all is tried, as in CI: every engine, both languages before axe, every example of a property."""
    return os.environ.get("ZHENGKA_TEST_ALL") == "1"


def examples(number: int) -> int:
    """Return how many examples a property is tried with: ``number`` in CI, a quarter of them else."""
    return number if everything() else -(-number // 4)


def tool(name: str, *, apt: str) -> Path:
    """Return the path of a program, or skip (fail) the test and name the Debian package that has it."""
    found = shutil.which(name)
    return Path(found) if found else missing(name, install=_APT + apt)


def missing(name: str, *, install: str) -> NoReturn:
    """Skip the test, or fail it under ZHENGKA_TEST_ALL=1, because ``name`` is not here."""
    reason = f"zhengka needs {name}: {install}"
    if everything():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def closing_line(reasons: Iterable[str]) -> str:
    """Name all that was missing and how to get it; empty if nothing was."""
    found = {match["name"]: match["install"].strip() for reason in reasons if (match := _REASON.search(reason))}
    if not found:
        return ""
    packages = {word for install in found.values() if install.startswith(_APT) for word in install[len(_APT) :].split()}
    commands = sorted({install for install in found.values() if not install.startswith(_APT)})
    if packages:
        commands.append(_APT + " ".join(sorted(packages)))
    return f"Not tested for lack of {', '.join(sorted(found))}. To install: {'; '.join(commands)}"
