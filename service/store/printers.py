"""Printers of a body's print room, with what each misplaces; and which institutions have the centre print for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from cardlayout.impose import Flip, Sheet
from service.store.facts import note
from service.store.print_lines import shown_names
from service.store.statements import upsert
from service.store.tables import printer, prints_at_centre
from service.store.tables.prints import HUNDREDTHS

_CHANGING: Final = ("printer", "printer.sheet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """A printer by its name: paper, flip, and the offsets of both sides in mm, right and down; when it was calibrated.

    ``id`` is 0 for one that is not entered; ``calibrated_shown`` is who calibrated it, by the real name if it is known.
    """

    id: int = 0
    name: str
    sheet: Sheet = Sheet.FOUR
    flip: Flip = Flip.LONG
    offset_front: tuple[float, float] = (0.0, 0.0)
    offset_back: tuple[float, float] = (0.0, 0.0)
    calibrated_at: datetime | None = None
    calibrated_by: str | None = None
    calibrated_shown: str = ""


def put(connection: Connection, body: str, one: Printer) -> int:
    """Enter a body's printer, or change the one that has its name, and return its id."""
    values = {
        "sheet": one.sheet.value,
        "flip": one.flip.value,
        "front_x": _hundredths(one.offset_front[0]),
        "front_y": _hundredths(one.offset_front[1]),
        "back_x": _hundredths(one.offset_back[0]),
        "back_y": _hundredths(one.offset_back[1]),
        "calibrated_at": one.calibrated_at,
        "calibrated_by": one.calibrated_by,
        "removed_at": None,
    }
    entered = upsert(connection, printer).values(body=body, name=one.name, **values)
    given: int = connection.execute(
        entered.on_conflict_do_update(index_elements=[printer.c.body, printer.c.name], set_=values).returning(
            printer.c.id
        )
    ).scalar_one()
    note(connection, _CHANGING, (given,))
    return given


def remove(connection: Connection, body: str, identity: int, now: datetime) -> bool:
    """Take a printer out of a body's list; return False where it has none with this id."""
    changed = connection.execute(
        update(printer)
        .where(printer.c.id == identity, printer.c.body == body, printer.c.removed_at.is_(None))
        .values(removed_at=now)
    )
    note(connection, "printer.sheet", (identity,))
    return changed.rowcount == 1


def all_of(connection: Connection, body: str) -> tuple[Printer, ...]:
    """List a body's printers in the order in which they were entered."""
    rows = connection.execute(
        select(printer).where(printer.c.body == body, printer.c.removed_at.is_(None)).order_by(printer.c.id)
    ).all()
    names = shown_names(connection, {row.calibrated_by for row in rows if row.calibrated_by is not None})
    return tuple(_printer(row, names) for row in rows)


def institutions_at_centre(connection: Connection) -> frozenset[str]:
    """Return the codes of the institutions that have the centre print their cards."""
    rows = connection.execute(select(prints_at_centre.c.institution).where(prints_at_centre.c.is_on))
    return frozenset(rows.scalars())


def set_at_centre(connection: Connection, institution: str, by: str, now: datetime, *, on: bool) -> None:
    """Let the centre print an institution's cards from now on, or no longer."""
    values = {"is_on": on, "changed_at": now, "changed_by": by}
    entered = upsert(connection, prints_at_centre).values(institution=institution, **values)
    connection.execute(entered.on_conflict_do_update(index_elements=[prints_at_centre.c.institution], set_=values))
    note(connection, ("prints_at_centre", "prints_at_centre.is_on"), (institution,))


def _hundredths(offset: float) -> int:
    return round(offset * HUNDREDTHS)


def _printer(row: Row[*tuple[Any, ...]], names: Mapping[str, str]) -> Printer:
    return Printer(
        id=row.id,
        name=row.name,
        sheet=Sheet(row.sheet),
        flip=Flip(row.flip),
        offset_front=(row.front_x / HUNDREDTHS, row.front_y / HUNDREDTHS),
        offset_back=(row.back_x / HUNDREDTHS, row.back_y / HUNDREDTHS),
        calibrated_at=row.calibrated_at,
        calibrated_by=row.calibrated_by,
        calibrated_shown=names.get(row.calibrated_by, ""),
    )
