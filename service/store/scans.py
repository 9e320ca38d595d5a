"""The log of scans that site staff hand in: added to, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from service.domain.access import with_person_name
from service.store.parts import Part
from service.store.statements import upsert
from service.store.tables import account, scan

MOST: Final = 1_000
"""Scans one question is answered with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan at a gate. ``verdict_now`` is what the register said of the card when the scan was handed in."""

    nonce: bytes
    number: str | None
    copy: bytes | None
    verdict: str
    verdict_now: str | None
    place: str | None
    occupation: str | None
    level: str | None
    same_person: bool | None
    offline: bool
    scanned_at: datetime
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class LoggedScan:
    """A scan in the log, who handed it in, and when."""

    scan: Scan
    user: str
    institution: str | None
    taken_at: datetime
    person_name: str = ""

    @property
    def shown(self) -> str:
        """Whoever handed it in, for people: 王小明（wang）."""
        return with_person_name(self.user, self.person_name)


def take(
    connection: Connection, scans: Sequence[Scan], account_id: int, institution: str | None, now: datetime
) -> tuple[bool, ...]:
    """Add scans; return of each whether it was not there yet."""
    new: list[bool] = []
    for one in scans:
        row = {name: getattr(one, name) for name in Scan.__slots__}
        row |= {"account_id": account_id, "institution": institution, "taken_at": now}
        added = upsert(connection, scan).values(row).on_conflict_do_nothing(index_elements=[scan.c.nonce])
        new.append(connection.execute(added.returning(scan.c.nonce)).first() is not None)
    return tuple(new)


def since(
    connection: Connection, moment: datetime, institution: str | None, part: Part | None = None
) -> tuple[LoggedScan, ...]:
    """Read scans handed in from a moment on, of one institution's staff or of all, oldest first: MOST, or a part."""
    statement = (
        select(scan, account.c.name.label("user"), account.c.person_name)
        .join(account, account.c.id == scan.c.account_id)
        .where(scan.c.taken_at >= moment)
    )
    if institution is not None:
        statement = statement.where(scan.c.institution == institution)
    by = (scan.c.taken_at, scan.c.nonce)
    statement = statement.order_by(*by).limit(MOST) if part is None else part.of(statement, *by)
    return tuple(
        LoggedScan(
            Scan(**{name: getattr(row, name) for name in Scan.__slots__}),
            row.user,
            row.institution,
            row.taken_at,
            row.person_name or "",
        )
        for row in connection.execute(statement)
    )
