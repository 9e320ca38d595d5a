"""The suite reads nothing beside its checkout: whoever clones the repository has all that its tests need.

Forbidden is what lies in a folder above the checkout, and not what every machine has: the interpreter and its packages,
temporary folders, and hidden folders such as a user's caches.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[1]
WATCHED: Final[list[Path]] = []  # the checkouts whose surroundings this process may not read
_EVENTS: Final = {"open", "os.listdir", "os.scandir", "sqlite3.connect"}


class ReachedOutside(Exception):
    """A test read something that lies beside the repository."""


def reaches_outside(path: str, checkout: Path, allowed: tuple[str, ...]) -> bool:
    """Return True if ``path`` lies beside ``checkout`` in one of the folders above it, and in none of ``allowed``."""
    where = os.path.abspath(path)  # noqa: PTH100 - as it is written: where links lead to is their owner's business
    if _is_under(where, str(checkout)):
        return False
    above = next((folder for folder in map(str, checkout.parents[:-1]) if _is_under(where, folder)), None)
    if above is None or any(_is_hidden(where, folder) for folder in (above, os.path.expanduser("~"))):  # noqa: PTH111
        return False
    # The nearer of the two folders decides, for the checkout itself may lie among the temporary files.
    return not any(_is_under(where, folder) and len(folder) >= len(above) for folder in allowed)


def everywhere() -> tuple[str, ...]:
    """Return the folders that every machine has: interpreter, packages, temporary files."""
    folders = {*map(os.path.abspath, (sys.prefix, sys.base_prefix, *filter(None, sys.path)))}
    return (tempfile.gettempdir(), *(folder for folder in folders if not _is_under(str(CHECKOUT), folder)))


def forbid_reaching_outside(checkout: Path, allowed: tuple[str, ...]) -> None:
    """Make this process raise ReachedOutside from now on where it opens or lists what lies beside ``checkout``."""

    events = _EVENTS  # which look() still has when the interpreter ends and takes modules apart

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event not in events or not arguments:
            return
        path = arguments[0]
        if isinstance(path, str | bytes | os.PathLike) and reaches_outside(os.fsdecode(path), checkout, allowed):
            raise ReachedOutside(
                f"{os.fsdecode(path)} lies outside the repository {checkout}: put what is read into it"
            )

    sys.addaudithook(look)
    WATCHED.append(checkout)


def _is_hidden(path: str, folder: str) -> bool:
    return _is_under(path, folder) and path[len(folder.rstrip("/")) + 1 :].startswith(".")


def _is_under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
