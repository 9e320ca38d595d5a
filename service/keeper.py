"""What the running service does by itself.

It signs status lists on time and on change, so that no visitor waits, deletes uploads, kept answers and lines of the
record of accesses whose time is over, and catches the journal's mirror up.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from service.flows.answers import sweep_answers
from service.flows.issue.uploads import sweep_uploads
from service.flows.people.access_records import forget_accesses
from service.flows.publishing.publish import keep_current
from service.flows.register import Register
from service.flows.running.clock import ClockAhead
from service.flows.running.mirrored_heads import keep_mirrored

PAUSE_S: Final = 60
"""Seconds between two looks at what has changed."""


_WORK: Final[tuple[tuple[str, Callable[[Register], object]], ...]] = (
    ("publish", keep_current),
    ("sweep uploads", sweep_uploads),
    ("forget accesses", forget_accesses),
    ("sweep answers", sweep_answers),
    ("mirror the journal", keep_mirrored),
)
_CONFIRM: Final = ("确认无误后运行 zhengka clock confirm", "to confirm it run zhengka clock confirm")
"""What whoever reads the log can do about a clock that is not believed."""

_log: Final = logging.getLogger("zhengka.keeper")


@asynccontextmanager
async def keeping(register: Register, pause_s: float = PAUSE_S) -> AsyncGenerator[None]:
    """Keep what is published current while the block runs; at its end wait for work that has begun."""
    over = asyncio.Event()
    keeper = asyncio.create_task(_keep(register, over, pause_s))
    try:
        yield
    finally:
        over.set()
        await keeper


async def _keep(register: Register, over: asyncio.Event, pause_s: float) -> None:
    while not over.is_set():
        for name, work in _WORK:
            try:
                await asyncio.to_thread(work, register)
            except ClockAhead as alarm:  # what it says holds nobody's data
                _log.error("%s；%s %s; %s", alarm.zh, _CONFIRM[0], alarm.en, _CONFIRM[1])
            except Exception as error:  # noqa: BLE001 - whatever it is, the service goes on
                # Only where it happened: messages may hold data. Whoever asks for a list has it signed then.
                kind = f"{type(error).__module__}.{type(error).__qualname__}"
                _log.error("could not %s: %s\n%s", name, kind, "".join(traceback.format_tb(error.__traceback__)))
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), pause_s)
