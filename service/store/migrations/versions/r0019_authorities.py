"""The list of HR authorities, with those that the register names already."""

from __future__ import annotations

from typing import Final

import msgspec
import sqlalchemy as sa
from alembic import op

from service.domain.issuer import CENTRE, is_institution_code
from service.domain.tidy import tidy_name
from service.store.migrations.rules import Rule, create, kept
from service.store.tables import Instant

revision = "0019"
down_revision = "0018"

RULES = (Rule("authority_fixed", "authority", "UPDATE"), kept("authority"))

_NAMED_IN: Final = (
    ("institution", "authority"),
    ("account", "district"),
    ("dispatch", "authority"),
    ("proposal", "body"),
    ("integrity", "body"),
    ("card", "recommended_by"),
)


def upgrade() -> None:
    """Make the table, and enter whoever files, sends, proposes, evaluates or recommends: no name is lost."""
    op.create_table(
        "authority",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entered_at", Instant()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority")),
        sa.UniqueConstraint("name", name=op.f("uq_authority_name")),
    )
    connection = op.get_bind()
    names = {
        tidy_name(name)
        for table, column in _NAMED_IN
        for name in _values(connection, table, column)
        if name.strip() and not is_institution_code(name.strip())
    }
    names -= {CENTRE, *_centre(connection), *map(tidy_name, _values(connection, "institution", "name"))}
    if names:
        connection.execute(
            sa.table("authority", sa.column("name")).insert(), [{"name": name} for name in sorted(names)]
        )
    create(connection, RULES)


def _values(connection: sa.Connection, table: str, column: str) -> list[str]:
    """Read what a column holds, each value once."""
    wanted = sa.column(column, sa.Text())
    rows = connection.execute(sa.select(wanted).select_from(sa.table(table)).where(wanted.is_not(None)).distinct())
    return [str(row[0]) for row in rows]


def _centre(connection: sa.Connection) -> tuple[str, ...]:
    """Name the centre, by the jurisdiction of the register; there is none in an empty one."""
    meta = sa.table("meta", sa.column("key"), sa.column("value"))
    text = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "jurisdiction"))
    return () if text is None else (tidy_name(msgspec.json.decode(text)["centre"]["zh"]),)
