"""Delete what is over in transactions of bounded length: others wait for none of them for long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection

from service.flows.register import Register

PIECE: Final = 1_000
"""Rows that one transaction deletes."""


def in_pieces(register: Register, delete_some: Callable[[Connection, int], int]) -> int:
    """Delete, a transaction at a time, until nothing is left; return how many rows.

    ``delete_some`` deletes a number of rows at most, and returns how many it has deleted.
    """
    gone = 0
    while True:
        with register.database.write() as connection:
            some = delete_some(connection, PIECE)
        gone += some
        if some < PIECE:
            return gone
