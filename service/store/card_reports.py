"""Cards that were reported: entered once, answered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from service.domain.reporting import ReportSide
from service.store.facts import note
from service.store.parts import Part, count_rows
from service.store.tables import card_report, card_report_photo

_FIELDS: Final = (
    *(card_report.c.id, card_report.c.receipt, card_report.c.body, card_report.c.number, card_report.c.verdict),
    *(card_report.c.place, card_report.c.seen_on, card_report.c.seen_time, card_report.c.note),
    *(card_report.c.reported_at, card_report.c.closed_at, card_report.c.closed_by, card_report.c.answer),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReport:
    """A report: its receipt, whose desk it is on, what was stated, and what was answered, if it was."""

    id: int
    receipt: str
    body: str
    number: str | None
    verdict: str | None
    place: str
    seen_on: date
    seen_time: str | None
    note: str | None
    reported_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None
    answer: str | None = None


def find_receipt(connection: Connection, nonce: str) -> str | None:
    """Return the receipt of the report that a form has made, None where it has made none."""
    return connection.execute(select(card_report.c.receipt).where(card_report.c.nonce == nonce)).scalar()


def add(connection: Connection, values: Mapping[str, Any], photos: Mapping[ReportSide, bytes]) -> int:
    """Enter a report with its sealed photographs, and return its id."""
    given: int = connection.execute(card_report.insert().returning(card_report.c.id), dict(values)).scalar_one()
    note(connection, ("card_report", "card_report.closed_at"), (given,))
    if photos:
        rows = [{"report": given, "side": side.value, "sealed": sealed} for side, sealed in photos.items()]
        connection.execute(card_report_photo.insert(), rows)
        note(connection, "card_report_photo", (given,), by="report")
    return given


def close(connection: Connection, identity: int, by: str, answer: str, now: datetime) -> None:
    """Answer a report. Raises AppendOnly for one that was answered."""
    connection.execute(
        update(card_report).where(card_report.c.id == identity).values(closed_at=now, closed_by=by, answer=answer)
    )
    note(connection, "card_report.closed_at", (identity,))


def get(connection: Connection, identity: int) -> CardReport | None:
    """Find a report by its id."""
    row = connection.execute(select(*_FIELDS).where(card_report.c.id == identity)).one_or_none()
    return None if row is None else _report(row)


def page(
    connection: Connection, body: str, part: Part, *, is_open: bool | None = None
) -> tuple[tuple[CardReport, ...], int]:
    """Read a part of the reports on a body's desk, the newest first, and count all of them; None: open or closed."""
    wanted = select(*_FIELDS).where(card_report.c.body == body)
    if is_open is not None:
        wanted = wanted.where(card_report.c.closed_at.is_(None) if is_open else card_report.c.closed_at.is_not(None))
    rows = connection.execute(part.of(wanted, card_report.c.id, descending=True))
    return tuple(map(_report, rows)), count_rows(connection, wanted)


def count_open(connection: Connection, body: str) -> int:
    """Count the reports on a body's desk that nobody has answered."""
    wanted = select(func.count()).where(card_report.c.body == body, card_report.c.closed_at.is_(None))
    return connection.execute(wanted).scalar_one()


def photos_of(connection: Connection, identity: int) -> dict[ReportSide, bytes]:
    """Return the sealed photographs of a report, by side."""
    rows = connection.execute(
        select(card_report_photo.c.side, card_report_photo.c.sealed).where(card_report_photo.c.report == identity)
    )
    return {ReportSide(row.side): row.sealed for row in rows}


def _report(row: Row[*tuple[Any, ...]]) -> CardReport:
    return CardReport(
        id=row.id,
        receipt=row.receipt,
        body=row.body,
        number=row.number,
        verdict=row.verdict,
        place=row.place,
        seen_on=row.seen_on,
        seen_time=row.seen_time,
        note=row.note,
        reported_at=row.reported_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        answer=row.answer,
    )
