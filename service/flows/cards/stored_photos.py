"""Read the registered photographs, as they are printed: JPEG, by the SHA-256 in the card's row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection

from service.flows.errors import Refused
from service.store import blobs


def read_photo(connection: Connection, digest: bytes) -> bytes:
    """Read a photograph. Raises Refused where it is missing or is not what was stored."""
    (photo,) = read_photos(connection, (digest,))
    return photo


def read_photos(connection: Connection, digests: Sequence[bytes]) -> Iterator[bytes]:
    """Read photographs in the order asked for, a few at a time. Raises Refused at the first that is missing."""
    for digest, found in zip(digests, blobs.in_turn(connection, digests), strict=True):
        if found is None:
            raise Refused(
                "photo-lost",
                f"照片 {digest.hex()[:12]} 丢失或被改动，请从备份恢复",
                f"the photograph {digest.hex()[:12]} is lost or was altered: restore it from a backup",
            )
        yield found.body
