"""Offices in which something has happened, made once for each database and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from tests.flows.office import Office, reopened

Prepare: TypeAlias = Callable[[Office], None]
AfterWork: TypeAlias = Callable[[Prepare], Office]
"""Copies the office in which somebody has done this."""
Copying: TypeAlias = Callable[[Office, Path], AbstractContextManager[str]]
"""Copies the register of an office that nobody works in, to a database for this folder; yields its address."""
_SEED: Final = 13  # not that of whoever worked in what is copied


class Prepared:
    """Keeps what has been made so far of an office that nobody works in."""

    def __init__(self, office: Office, folder: Path, copying: Copying) -> None:
        self._office = office
        self._folder = folder
        self._copying = copying
        self._made: dict[Prepare, Office] = {}
        self._stack = ExitStack()

    @contextmanager
    def after(self, prepare: Prepare, folder: Path) -> Generator[Office]:
        """Copy the office in which this was done to an empty folder."""
        if prepare not in self._made:
            made = self._stack.enter_context(_copy(self._office, self._folder / str(len(self._made)), self._copying))
            prepare(made)
            made.register.close()
            self._made[prepare] = made
        with _copy(self._made[prepare], folder, self._copying, _SEED) as office:
            yield office

    def close(self) -> None:
        """Take all of them away."""
        self._stack.close()


@contextmanager
def _copy(made: Office, folder: Path, copying: Copying, seed: int = 11) -> Generator[Office]:
    shutil.copytree(made.settings.data, folder)
    with copying(made, folder) as url:
        office = reopened(folder, url, seed)
        office.clock.now = made.clock.now
        yield office
        office.register.close()
