"""Record who signs in and who reads whose data, and show it to auditors.

What strangers do is not recorded: the public check and lookup say no more than a card's face, and stay as fast as they
are. What staff read is written down before it is answered, in a transaction of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.domain.access_record import DEFAULT_KEEP_DAYS, MAX_KEEP_DAYS, MIN_KEEP_DAYS, Access, Act
from service.domain.event import Event
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.pieces import in_pieces
from service.flows.register import Register
from service.store import access_records, journal, meta
from service.store.access_records import StoredAccess, Wanted

KEEP_DAYS: Final = "access_record_days"
PAGE: Final = 100
MOST: Final = 1_000


_LINES: Final = ListOrder[StoredAccess]("access-records", (int,), lambda one: (one.id,))


@dataclass(frozen=True, slots=True)
class Accesses:
    """A page of the record, the newest first; ``older`` is the id to go on before, None at the end."""

    total: int
    lines: tuple[StoredAccess, ...]
    older: int | None
    page: Page[StoredAccess]


def record_access(register: Register, actor: str, *accesses: Access) -> None:
    """Write down what somebody reads, before they are given it; ``actor`` as in the journal."""
    now = register.effects.now()
    with register.database.write() as connection:
        keep_until = register.effects.today() + timedelta(days=_keep_days(meta.get(connection, KEEP_DAYS)))
        for one in accesses:
            access_records.add(connection, one, actor, now, keep_until)


def seek_accesses(
    register: Register,
    *,
    user: str = "",
    number: str = "",
    act: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    asked: PageRequest | None = None,
) -> Accesses:
    """Return what was recorded of an account, on a card, or of an act: a page, PAGE lines where none is asked for.

    Raises Refused for an unknown act or cursor.
    """
    try:
        kind = Act(act) if act else None
    except ValueError:
        raise Refused("choice-unknown", "请从列表中选择", "choose one of the list") from None
    wanted = Wanted(user=user.strip().casefold(), number=number.strip().upper(), act=kind, since=since, until=until)
    part = part_of(register, asked or PageRequest(limit=PAGE), _LINES)
    with register.database.read() as connection:
        total = access_records.count(connection, wanted)
        found = access_records.newest(
            connection, wanted, part.limit + 1, before if part.after is None else part.after[0]
        )
    page = page_of(register, _LINES, part, found, total)
    return Accesses(total, page.items, page.items[-1].id if page.cursor is not None else None, page)


def keep_days(register: Register) -> int:
    """Return for how many days a line is kept from the day on which it is written."""
    with register.database.read() as connection:
        return _keep_days(meta.get(connection, KEEP_DAYS))


def set_keep_days(register: Register, days: int, actor: str) -> None:
    """Keep lines that are written from now on for so many days. Raises Refused below six months (网络安全法§21)."""
    if not MIN_KEEP_DAYS <= days <= MAX_KEEP_DAYS:
        raise Refused(
            "access-days",
            f"查阅记录保存 {MIN_KEEP_DAYS}—{MAX_KEEP_DAYS} 天（网络安全法§21），收到 {days}",
            f"the record is kept for {MIN_KEEP_DAYS}-{MAX_KEEP_DAYS} days, got {days}",
        )
    with register.database.write() as connection:
        meta.put(connection, KEEP_DAYS, str(days))
        event = Event("access-records-kept-for", "register", {"days": days})
        journal.append_many(connection, register.effects.now(), actor, (event,))


def forget_accesses(register: Register) -> int:
    """Delete the lines whose time is over; return how many."""
    today = register.effects.today()
    return in_pieces(register, lambda connection, most: access_records.forget(connection, today, most))


def _keep_days(stored: str | None) -> int:
    return DEFAULT_KEEP_DAYS if stored is None else int(stored)
