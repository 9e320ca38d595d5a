"""What the running service does by itself: sign status lists on time and on change, so that no visitor waits."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Final

from service.flows.publish import keep_current
from service.flows.register import Register

PAUSE_S: Final = 60
"""Seconds between two looks at what has changed."""

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
        try:
            await asyncio.to_thread(keep_current, register)
        except Exception as error:  # noqa: BLE001 - whatever it is, the service goes on
            # Only where it happened: messages may hold data. Whoever asks for a list has it signed then.
            kind = f"{type(error).__module__}.{type(error).__qualname__}"
            _log.error("could not publish: %s\n%s", kind, "".join(traceback.format_tb(error.__traceback__)))
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), pause_s)
