"""Build the package with the manual inside (PEP 517): what ``make wheel``, ``uv build`` and ``pip wheel .`` call.

Everything is hatchling's; but before a wheel is made the manual is built, so that no wheel lacks it.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import hatchling.build
from hatchling.build import (
    build_editable,
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Return what building a wheel needs: hatchling's own needs, and what the developers build the manual with."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))
    manual = [one for one in project["dependency-groups"]["dev"] if one.startswith("zensical")]
    return [*hatchling.build.get_requires_for_build_wheel(config_settings), *manual]


def build_wheel(
    wheel_directory: str, config_settings: dict[str, Any] | None = None, metadata_directory: str | None = None
) -> str:
    """Build the manual, then the wheel; return its name. Raises CalledProcessError where a link breaks."""
    subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], check=True)
    return hatchling.build.build_wheel(wheel_directory, config_settings, metadata_directory)
