"""The record of who has read whose data: added to, read, and forgotten after its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, func, select

from service.domain.access import user_of, with_person_name
from service.domain.access_record import Access, Act
from service.store.tables import access_record, account

_NETWORKS: Final = 10


@dataclass(frozen=True, slots=True)
class StoredAccess:
    """A line of the record; ``actor`` as in the journal, empty for a name that is no account's."""

    id: int
    at: datetime
    actor: str
    name: str
    institution: str | None
    access: Access

    @property
    def by(self) -> str:
        """Who it was, for people: 王小明（wang）."""
        return with_person_name(user_of(self.actor) or self.actor, self.name) if self.name else self.actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which lines are sought; what is empty restricts nothing. Moments are inclusive."""

    user: str = ""
    number: str = ""
    act: Act | None = None
    since: datetime | None = None
    until: datetime | None = None


def add(connection: Connection, access: Access, actor: str, now: datetime, keep_until: date) -> None:
    """Add a line, with the real name and the institution that the actor's account has."""
    user = user_of(actor)
    found = (
        None
        if user is None
        else connection.execute(
            select(account.c.person_name, account.c.institution).where(account.c.name == user)
        ).one_or_none()
    )
    connection.execute(
        access_record.insert(),
        {
            "at": now,
            "actor": actor,
            "name": "" if found is None else found.person_name or "",
            "institution": None if found is None else found.institution,
            "act": access.act.value,
            "number": access.number,
            "ground": access.ground,
            "outcome": access.outcome,
            "network": access.network,
            "keep_until": keep_until,
        },
    )


def count(connection: Connection, wanted: Wanted) -> int:
    """Count what is sought."""
    found: int = connection.execute(_where(select(func.count()).select_from(access_record), wanted)).scalar_one()
    return found


def newest(connection: Connection, wanted: Wanted, most: int, before: int | None = None) -> tuple[StoredAccess, ...]:
    """Read the newest lines of what is sought, those before an id, the newest first."""
    statement = _where(select(access_record), wanted)
    if before is not None:
        statement = statement.where(access_record.c.id < before)
    rows = connection.execute(statement.order_by(access_record.c.id.desc()).limit(most))
    return tuple(map(_stored, rows))


def forget(connection: Connection, today: date, most: int) -> int:
    """Delete lines whose time is over, by our clock and by the database's own, ``most`` at most; return how many."""
    over = (access_record.c.keep_until < today) & (access_record.c.keep_until < func.current_date())
    old = select(access_record.c.id).where(over).limit(most)
    old = old.with_for_update(skip_locked=True)  # another process has a keeper too; SQLite has one writer at a time
    gone: int = connection.execute(delete(access_record).where(access_record.c.id.in_(old))).rowcount
    return gone


def _where(statement: Select[*tuple[Any, ...]], wanted: Wanted) -> Select[*tuple[Any, ...]]:
    columns = access_record.c
    conditions = (
        columns.actor == f"user:{wanted.user}" if wanted.user else None,
        columns.number == wanted.number if wanted.number else None,
        columns.act == wanted.act.value if wanted.act is not None else None,
        columns.at >= wanted.since if wanted.since is not None else None,
        columns.at <= wanted.until if wanted.until is not None else None,
    )
    return statement.where(*(one for one in conditions if one is not None))


def _stored(row: Row[*tuple[Any, ...]]) -> StoredAccess:
    access = Access(act=Act(row.act), number=row.number, ground=row.ground, outcome=row.outcome, network=row.network)
    return StoredAccess(row.id, row.at, row.actor, row.name, row.institution, access)


def networks(connection: Connection, act: Act, since: datetime) -> tuple[tuple[str, int], ...]:
    """Count the lines of an act by the network they came from, the most first; a few networks at most."""
    statement = (
        select(access_record.c.network, func.count())
        .where(access_record.c.act == act.value, access_record.c.at >= since, access_record.c.network != "")
        .group_by(access_record.c.network)
        .order_by(func.count().desc(), access_record.c.network)
        .limit(_NETWORKS)
    )
    return tuple((network, many) for network, many in connection.execute(statement))
