"""A refused client waits, and nobody waits behind it."""

from __future__ import annotations

import asyncio
from typing import cast

from litestar.types import Message, Scope

from service.web.admission import MAX_PAUSING, PAUSE_S, SlowRefusals

SCOPE = cast("Scope", {"type": "http"})


def begin(status: int) -> Message:
    return cast("Message", {"type": "http.response.start", "status": status, "headers": []})


def paused(*messages: Message) -> list[float]:
    """Send messages one after the other; the pauses made."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def send_all() -> None:
        slow = SlowRefusals(pause)
        for message in messages:
            await slow(message, SCOPE)

    asyncio.run(send_all())
    return pauses


def test_only_a_refusal_is_held_back() -> None:
    body = cast("Message", {"type": "http.response.body", "body": b"", "more_body": False})
    assert paused(begin(429), body) == [PAUSE_S]
    assert paused(begin(200), begin(404), begin(400), begin(503), body) == []
    assert paused(begin(429), begin(429)) == [PAUSE_S, PAUSE_S]


def test_not_more_than_so_many_wait_and_their_places_come_free() -> None:
    async def flood() -> tuple[int, int]:
        gate = asyncio.Event()
        waiting = 0

        async def pause(_seconds: float) -> None:
            nonlocal waiting
            waiting += 1
            await gate.wait()

        slow = SlowRefusals(pause)
        refusals = [asyncio.create_task(slow(begin(429), SCOPE)) for _ in range(MAX_PAUSING + 5)]
        await asyncio.sleep(0)
        done = sum(task.done() for task in refusals)
        gate.set()
        await asyncio.gather(*refusals)
        await slow(begin(429), SCOPE)
        return done, waiting

    assert asyncio.run(flood()) == (5, MAX_PAUSING + 1)
