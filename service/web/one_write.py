"""The head of an answer and the first of its body in one write: one call of the kernel and one packet, not two."""

from __future__ import annotations

import asyncio


class OneWrite:
    """A connection's transport as an answer is written to it: a write waits for the next, at most a round of the loop.

    Whoever writes to the transport itself, or closes it, flushes first.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Take the transport of a connection."""
        self._transport = transport
        self._loop = loop
        self._waiting = b""

    def write(self, data: bytes) -> None:
        """Write what waits together with this, or let this wait where nothing does."""
        if self._waiting:
            data, self._waiting = self._waiting + data, b""
            self._transport.write(data)
        elif data:
            self._waiting = data
            self._loop.call_soon(self.flush)

    def close(self) -> None:
        """Write what waits, and close."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Return True once the connection is closed or being closed."""
        return self._transport.is_closing()

    def flush(self) -> None:
        """Write what waits, where anything does."""
        if self._waiting:
            data, self._waiting = self._waiting, b""
            self._transport.write(data)
