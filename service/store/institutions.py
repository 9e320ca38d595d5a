"""Evaluation institutions (鉴定评价机构)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from service.domain.issuer import Institution
from service.store.facts import note
from service.store.tables import institution

_COLUMNS = (institution.c.code, institution.c.letter, institution.c.name, institution.c.authority)


def add(connection: Connection, new: Institution, now: datetime) -> None:
    """Enter an institution. Raises InstitutionTaken."""
    connection.execute(
        institution.insert(),
        {"code": new.code, "letter": new.letter, "name": new.name, "authority": new.authority, "created_at": now},
    )
    note(connection, "institution", (new.code,))


def get(connection: Connection, code: str) -> Institution | None:
    """Find an institution by its code."""
    row = connection.execute(select(*_COLUMNS).where(institution.c.code == code)).one_or_none()
    return None if row is None else Institution(row.code, row.letter, row.name, row.authority)


def all_of(connection: Connection) -> tuple[Institution, ...]:
    """List every institution in the order of the codes."""
    rows = connection.execute(select(*_COLUMNS).order_by(institution.c.code))
    return tuple(Institution(row.code, row.letter, row.name, row.authority) for row in rows)
