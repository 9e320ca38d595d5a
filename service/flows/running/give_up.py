"""What a restore gives up: numbers and places in status lists that may have been used since the backup."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from itertools import product

from sqlalchemy import Connection

from service.domain.card_number import prefix_for
from service.domain.errors import SchemeMissing
from service.domain.event import Event
from service.domain.jurisdiction import parse_jurisdiction
from service.domain.kinds import CardKind
from service.domain.regulation import LAST_SEQUENCE
from service.domain.status_list import LIST_SIZE
from service.domain.validity import civil_date
from service.flows.register import META_JURISDICTION
from service.flows.running.backup_file import (
    Manifest,
)
from service.store import institutions, meta, numbers, restored, status_lists
from service.store.restored import GIVEN_UP


def void_next(connection: Connection, ahead: int, manifest: Manifest, now: datetime) -> tuple[Event, ...]:
    """Void the next numbers of every series: they may be in use out there."""
    if not ahead:
        return ()
    used = {series.prefix: series.used for series in numbers.all_series(connection)}
    events: list[Event] = []
    for prefix in sorted(used.keys() | _begun_since(connection, manifest, now)):
        wanted = min(ahead, LAST_SEQUENCE - used.get(prefix, 0))
        if wanted > 0:
            given_up = numbers.claim_many(connection, {prefix: wanted}, now)[prefix]
            numbers.void_many(connection, given_up, GIVEN_UP, now)
            events.extend(Event("number-voided", str(number), {"reason": GIVEN_UP}) for number in given_up)
    return tuple(events)


def begin_list(connection: Connection, known: int, given_up: int, through: int) -> None:
    """Begin a new status list beyond every place that may have been given since the backup.

    ``known`` copies are known by their ids; where numbers were ``given_up``, or a list is known up to ``through`` which
    no row tells of, copies of other ids may hold the places.
    """
    last = status_lists.last_place(connection)
    reached = last.list_no + (last.index + known + given_up) // LIST_SIZE
    for slot in status_lists.close_last(connection, max(reached, through)):
        if given_up or through:
            restored.record_lost_place(connection, slot.list_no, slot.index, LIST_SIZE - 1)


def _begun_since(connection: Connection, manifest: Manifest, now: datetime) -> frozenset[str]:
    """Name the series that may have been begun after the backup: from its year to the next, cards being dated ahead."""
    jurisdiction = parse_jurisdiction(meta.get(connection, META_JURISDICTION) or "")
    years = range(civil_date(min(manifest.made_at, now)).year, civil_date(now).year + 2)
    issuers = (None, *institutions.all_of(connection))
    prefixes: set[str] = set()
    for year, kind, issuer in product(years, CardKind, issuers):
        if (issuer is not None) is (kind is CardKind.INTERNAL):
            with suppress(SchemeMissing):
                prefixes.add(prefix_for(kind, date(year, 1, 1), jurisdiction, issuer))
    return frozenset(prefixes)
