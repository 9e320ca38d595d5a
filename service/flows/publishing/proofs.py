"""Prove what is in the journal: an entry, and that a longer journal begins with a shorter one (RFC 9162 2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from sqlalchemy import Connection

from service.domain.errors import JournalInvalid
from service.domain.merkle import Frontier, Span, consistency_spans, inclusion_spans, root_of
from service.flows.errors import Refused
from service.flows.register import Register
from service.store import journal

BLOCK: Final = 1024
"""Leaves of a complete subtree whose root is kept in memory once it has been computed: a power of two."""


class Inclusion(msgspec.Struct, frozen=True):
    """The proof that entry ``seq`` is in the journal of ``size`` entries (RFC 9162 2.1.3); hashes in hex."""

    size: int
    root: str
    seq: int
    leaf: str
    path: tuple[str, ...]


class Consistency(msgspec.Struct, frozen=True):
    """The proof that the journal of ``second`` entries begins with that of ``first`` (RFC 9162 2.1.4); in hex."""

    first: int
    first_root: str
    second: int
    second_root: str
    path: tuple[str, ...]


def prove_entry(register: Register, seq: int, size: int | None = None) -> Inclusion:
    """Show that one entry is in the journal as it is now, or was at a size. Raises Refused for a place it lacks."""
    with register.database.read() as connection:
        head = journal.head(connection)
        try:
            return inclusion_at(register, connection, head, seq, size)
        except JournalInvalid as error:
            raise Refused(error.code, error.zh, error.en) from error


def prove_consistency(register: Register, first: int, second: int | None = None) -> Consistency:
    """Show that the journal as it is now, or was at a second size, begins with that of the first. Raises Refused."""
    with register.database.read() as connection:
        head = journal.head(connection)
        size = head.size if second is None else second
        try:
            _within(head, size)
            spans = consistency_spans(size, first)
        except JournalInvalid as error:
            raise Refused(error.code, error.zh, error.en) from error
        return Consistency(
            first,
            _root(register, connection, head, first),
            size,
            _root(register, connection, head, size),
            tuple(_path(register, connection, spans)),
        )


def inclusion_at(
    register: Register, connection: Connection, head: Frontier, seq: int, size: int | None = None
) -> Inclusion:
    """Prove an entry to a tree of ``size`` entries, or of all there are. Raises JournalInvalid."""
    wanted = head.size if size is None else size
    _within(head, wanted)
    spans = inclusion_spans(wanted, seq)
    (leaf,) = journal.leaves(connection, seq + 1, seq)
    root = _root(register, connection, head, wanted)
    return Inclusion(wanted, root, seq, leaf.hex(), tuple(_path(register, connection, spans)))


def _within(head: Frontier, size: int) -> None:
    if size > head.size:
        raise JournalInvalid(
            f"日志现有 {head.size} 条，还没有 {size} 条",
            f"the journal has {head.size} entries and not yet {size}",
            code="proof-out-of-range",
        )


def _root(register: Register, connection: Connection, head: Frontier, size: int) -> str:
    return (head.root if size == head.size else _root_of_span(register, connection, (0, size))).hex()


def _path(register: Register, connection: Connection, spans: tuple[Span, ...]) -> Iterator[str]:
    for span in spans:
        yield _root_of_span(register, connection, span).hex()


def _root_of_span(register: Register, connection: Connection, span: Span) -> bytes:
    """Return the root over some leaves: of a long span, which begins with a block, over blocks and what is left."""
    low, high = span
    if high - low <= BLOCK:
        return root_of(journal.leaves(connection, high, low))
    end = high // BLOCK
    roots = _blocks(register, connection, end)[low // BLOCK : end]
    left_over = journal.leaves(connection, high, end * BLOCK)
    return root_of([*roots, root_of(left_over)] if left_over else roots)


def _blocks(register: Register, connection: Connection, wanted: int) -> tuple[bytes, ...]:
    """Return the roots of the first blocks at least; what is missing is computed once in the life of a process."""
    known = register.journal_blocks
    if len(known) < wanted:
        known += tuple(
            root_of(journal.leaves(connection, (block + 1) * BLOCK, block * BLOCK))
            for block in range(len(known), wanted)
        )
        register.journal_blocks = known  # of two that do this at once either leaves what is true
    return known
