"""Public keys with their states, and the signed key documents that made them known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, delete, func, select

from keys.keyring import KeyRecord, KeyState, Purpose
from service.store.errors import NotFound
from service.store.facts import note
from service.store.statements import upsert
from service.store.tables import key_document, key_record, key_share

LATEST: Final = select(func.max(key_document.c.version).label("version"))
"""The version of the newest key document; NULL where none has been published."""


def put(connection: Connection, records: Iterable[KeyRecord]) -> None:
    """Store keys, or the state and dates that known ones have now."""
    records = tuple(records)
    statement = upsert(connection, key_record)
    statement = statement.on_conflict_do_update(
        index_elements=[key_record.c.public],
        set_={name: statement.excluded[name] for name in ("signs_from", "signs_until", "state")},
    )
    connection.execute(
        statement,
        [
            {
                "public": record.public,
                "purpose": record.purpose.value,
                "signs_from": record.signs_from,
                "signs_until": record.signs_until,
                "state": record.state.value,
            }
            for record in records
        ],
    )
    note(connection, ("key_record", "key_record.state"), [record.public for record in records])


def all_of(connection: Connection) -> tuple[KeyRecord, ...]:
    """List every key there ever was, by purpose and first day."""
    rows = connection.execute(
        select(
            key_record.c.purpose,
            key_record.c.public,
            key_record.c.signs_from,
            key_record.c.signs_until,
            key_record.c.state,
        ).order_by(key_record.c.purpose, key_record.c.signs_from, key_record.c.public)
    )
    return tuple(
        KeyRecord(Purpose(row.purpose), row.public, row.signs_from, row.signs_until, KeyState(row.state))
        for row in rows
    )


def share(connection: Connection, public: bytes, sealed: bytes) -> None:
    """Leave a sealed private key for the other hosts; it takes the place of one that was left before."""
    statement = upsert(connection, key_share).values(public=public, sealed=sealed)
    connection.execute(
        statement.on_conflict_do_update(index_elements=[key_share.c.public], set_={"sealed": statement.excluded.sealed})
    )


def shared(connection: Connection) -> dict[bytes, bytes]:
    """Return the sealed private keys that lie here for other hosts, by public key."""
    return {row.public: row.sealed for row in connection.execute(select(key_share.c.public, key_share.c.sealed))}


def unshare(connection: Connection, publics: Iterable[bytes]) -> None:
    """Delete what was left of these keys, where anything was."""
    connection.execute(delete(key_share).where(key_share.c.public.in_(tuple(publics))))


def publish(connection: Connection, version: int, body: bytes) -> None:
    """Store a signed key document. Raises KeyTaken for a version that has been published."""
    connection.execute(key_document.insert(), {"version": version, "body": body})
    note(connection, "key_document", (version,))


def latest_version(connection: Connection) -> int:
    """Return the version of the newest key document. Raises NotFound where none has been published."""
    version: int | None = connection.execute(LATEST).scalar_one()
    if version is None:
        raise NotFound("尚未发布密钥文件", "no key document has been published")
    return version


def document(connection: Connection, version: int) -> bytes:
    """Read a signed key document by its version. Raises NotFound."""
    body: bytes | None = connection.execute(
        select(key_document.c.body).where(key_document.c.version == version)
    ).scalar_one_or_none()
    if body is None:
        raise NotFound(f"没有第 {version} 版密钥文件", f"there is no key document of version {version}")
    return body
