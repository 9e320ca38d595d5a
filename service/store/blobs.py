"""Photographs and documents: bytes by their SHA-256, stored once and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CompoundSelect, Connection, literal, select, union_all

from service.store.statements import chunks, upsert
from service.store.tables import MediaType, blob, cancellation, card, correction, proposal

_AT_ONCE: Final = 32
"""Rows of bytes that are in memory at one time."""

_WRITTEN_AT_ONCE: Final = 16 * 1024 * 1024
"""Bytes that one statement writes, and a row more."""


@dataclass(frozen=True, slots=True)
class Blob:
    """The bytes of one file and what kind of file they are."""

    body: bytes
    media_type: MediaType

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 by which it is kept."""
        return digest_of(self.body)


@dataclass(frozen=True, slots=True)
class Use:
    """A row that refers to stored bytes: ``what`` is its table, ``number`` the card it is about."""

    what: str
    number: str
    digest: bytes


_USES: Final = tuple(
    (table.name, table.c.number, column)
    for table, column in (
        (card, card.c.photo),
        (proposal, proposal.c.attachment_digest),
        (cancellation, cancellation.c.attachment_digest),
        (correction, correction.c.attachment_digest),
    )
)
"""Every column that holds the digest of stored bytes; a test compares them with the tables."""


def digest_of(body: bytes) -> bytes:
    """Return the SHA-256 of bytes."""
    return hashlib.sha256(body).digest()


def put_many(connection: Connection, new: Iterable[Blob]) -> None:
    """Store what is not stored yet, before the rows that refer to it and after their locks are taken.

    In the order of the digests: two transactions that store the same bytes wait for each other and never in a circle.
    """
    by_digest = {one.digest: one for one in new}
    missing = sorted(by_digest.keys() - present(connection, by_digest))
    for some in _portions([by_digest[digest] for digest in missing]):
        connection.execute(
            upsert(connection, blob).on_conflict_do_nothing(index_elements=[blob.c.digest]),
            [
                {"digest": one.digest, "media_type": one.media_type.value, "size": len(one.body), "body": one.body}
                for one in some
            ],
        )


def give_up(connection: Connection, digest: bytes, media_type: MediaType, size: int) -> None:
    """Put noughts where bytes are lost, so that the rows that refer to them can be kept: an audit names them."""
    row = {"digest": digest, "media_type": media_type.value, "size": size, "body": bytes(size)}
    connection.execute(blob.insert(), row)


def is_given_up(connection: Connection, digest: bytes) -> bool:
    """Return whether noughts stand where the bytes of a digest were."""
    body = connection.execute(select(blob.c.body).where(blob.c.digest == digest)).scalar_one_or_none()
    return body is not None and not any(body)


def present(connection: Connection, digests: Iterable[bytes]) -> frozenset[bytes]:
    """Return those of the digests under which bytes are stored; the bytes are not read."""
    found: set[bytes] = set()
    for chunk in chunks(set(digests)):
        found.update(connection.execute(select(blob.c.digest).where(blob.c.digest.in_(chunk))).scalars())
    return frozenset(found)


def read(connection: Connection, digest: bytes) -> Blob | None:
    """Read stored bytes; None where there are none, or where they are not what was stored."""
    return read_many(connection, (digest,)).get(digest)


def read_many(connection: Connection, digests: Iterable[bytes]) -> Mapping[bytes, Blob]:
    """Read stored bytes by digest, all at once; what is missing or was altered is left out."""
    rows = connection.execute(
        select(blob.c.digest, blob.c.media_type, blob.c.body).where(blob.c.digest.in_(set(digests)))
    )
    found = {row.digest: Blob(row.body, MediaType(row.media_type)) for row in rows}
    return {digest: one for digest, one in found.items() if one.digest == digest}


def in_turn(connection: Connection, digests: Sequence[bytes]) -> Iterator[Blob | None]:
    """Read stored bytes in the order asked for, a few at a time; None for what is missing or was altered."""
    for some in chunks(digests, _AT_ONCE):
        found = read_many(connection, some)
        yield from map(found.get, some)


def every(connection: Connection) -> Iterator[tuple[bytes, Blob]]:
    """Read all stored bytes, each with the digest it is stored under, which is for the caller to check."""
    statement = select(blob.c.digest, blob.c.media_type, blob.c.body).order_by(blob.c.digest)
    for row in connection.execute(statement.execution_options(yield_per=_AT_ONCE)):
        yield row.digest, Blob(row.body, MediaType(row.media_type))


@dataclass(frozen=True, slots=True)
class Head:
    """What is stored, but for the bytes; ``size`` is their number."""

    digest: bytes
    media_type: MediaType
    size: int


def heads(connection: Connection) -> Iterator[Head]:
    """Read what is stored without reading the bytes, in the order of the digests."""
    statement = select(blob.c.digest, blob.c.media_type, blob.c.size).order_by(blob.c.digest)
    for row in connection.execute(statement.execution_options(yield_per=1_000)):
        yield Head(row.digest, MediaType(row.media_type), row.size)


def uses(connection: Connection) -> Iterator[Use]:
    """Read every row that refers to stored bytes, in the order of the cards."""
    for row in connection.execute(_uses().order_by("number", "what").execution_options(yield_per=1_000)):
        yield Use(row.what, row.number, row.digest)


def unmet(connection: Connection) -> tuple[Use, ...]:
    """Return the rows that refer to bytes which are not stored."""
    used = _uses().subquery()
    rows = connection.execute(
        select(used)
        .outerjoin(blob, blob.c.digest == used.c.digest)
        .where(blob.c.digest.is_(None))
        .order_by(used.c.number, used.c.what)
    )
    return tuple(Use(row.what, row.number, row.digest) for row in rows)


def _uses() -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(
        *(
            select(literal(what).label("what"), number.label("number"), digest.label("digest")).where(
                digest.is_not(None)
            )
            for what, number, digest in _USES
        )
    )


def _portions(blobs: Iterable[Blob]) -> Iterator[list[Blob]]:
    """Cut what is to be written into lists of about so many bytes."""
    portion: list[Blob] = []
    for one in blobs:
        portion.append(one)
        if sum(len(of.body) for of in portion) >= _WRITTEN_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion
