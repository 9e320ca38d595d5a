"""Applications lent to one test after another: making one takes longer than most tests of the interface.

Nothing of a register is kept in an application: which one it opens when it starts stands in its state.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from litestar import Litestar

from service.app import create_app
from service.effects import Effects
from service.settings import Settings

_IDLE: Final[list[Litestar]] = []
_PAUSE_S: Final = 86_400.0
"""So that the keeper works at the start alone, and not in the middle of a test that takes a minute."""


@contextmanager
def application(settings: Settings, effects: Effects) -> Generator[Litestar]:
    """Lend an application that opens this register when it is started; end it before the block ends."""
    app = _IDLE.pop() if _IDLE else create_app(settings, effects, _PAUSE_S)
    app.state.settings, app.state.effects = settings, effects
    yield app
    del app.state.register  # where a test failed the application is not lent again
    _IDLE.append(app)
