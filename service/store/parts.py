"""Read a list in parts, by key: rows that come or go meanwhile move nothing from one part into another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, tuple_


@dataclass(frozen=True, slots=True)
class Part:
    """At most ``limit`` rows of a list from behind the key ``after`` on; None: from its beginning."""

    limit: int
    after: tuple[Any, ...] | None = None

    def of(
        self, statement: Select[*tuple[Any, ...]], *columns: ColumnElement[Any], descending: bool = False
    ) -> Select[*tuple[Any, ...]]:
        """Select this part in the order of the columns, which make a key; one row more says that the list goes on."""
        if self.after is not None:
            mine = tuple_(*columns)
            last = tuple_(*(literal(value, column.type) for value, column in zip(self.after, columns, strict=True)))
            statement = statement.where(mine < last if descending else mine > last)
        ordered = (column.desc() if descending else column for column in columns)
        return statement.order_by(None).order_by(*ordered).limit(self.limit + 1)


def count_rows(connection: Connection, statement: Select[*tuple[Any, ...]]) -> int:
    """Count the rows of a statement."""
    return connection.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()
