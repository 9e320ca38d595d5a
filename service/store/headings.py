"""What the spreadsheets of a body call their columns, so that the next one is read without being asked about."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from service.store.statements import upsert
from service.store.tables import heading


def of(connection: Connection, body: str) -> Mapping[str, str]:
    """Return by heading the field it stands for, empty for a column that is left out."""
    rows = connection.execute(select(heading.c.text, heading.c.field).where(heading.c.body == body))
    return {row.text: row.field for row in rows}


def remember(connection: Connection, body: str, fields: Mapping[str, str]) -> None:
    """Remember what headings stand for, in place of what was remembered before."""
    for text, field in sorted(fields.items()):
        new = upsert(connection, heading).values(body=body, text=text, field=field)
        connection.execute(
            new.on_conflict_do_update(index_elements=[heading.c.body, heading.c.text], set_={"field": field})
        )
