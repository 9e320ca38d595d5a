from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from service.web.one_write import OneWrite


class Taken(asyncio.Transport):
    """A transport that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.written.append("closed")


def written(write: Callable[[OneWrite], object]) -> tuple[list[bytes | str], list[bytes | str]]:
    """Return what has been written at once, and after a round of the loop."""

    async def run() -> tuple[list[bytes | str], list[bytes | str]]:
        taken = Taken()
        write(OneWrite(taken, asyncio.get_running_loop()))
        at_once = [*taken.written]
        await asyncio.sleep(0)
        return at_once, taken.written

    return asyncio.run(run())


def test_head_and_body_are_one_write() -> None:
    assert written(lambda one: (one.write(b"head"), one.write(b"body"))) == ([b"headbody"], [b"headbody"])


def test_a_head_without_a_body_goes_out_by_itself() -> None:
    assert written(lambda one: one.write(b"head")) == ([], [b"head"])
    assert written(lambda one: (one.write(b"head"), one.write(b""))) == ([b"head"], [b"head"])


@pytest.mark.parametrize("end", [OneWrite.close, OneWrite.flush])
def test_what_waits_is_written_before_anything_else(end: Callable[[OneWrite], None]) -> None:
    at_once, later = written(lambda one: (one.write(b"head"), end(one)))
    assert at_once[0] == b"head"
    assert at_once == later


def test_pieces_go_out_in_their_order() -> None:
    pieces = [b"%d" % place for place in range(5)]
    _, later = written(lambda one: [one.write(piece) for piece in pieces])
    assert later == [b"01", b"23", b"4"]
