"""The HR authorities, and what is filed with them of each institution: entries that are never changed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text, UniqueConstraint

from service.domain.filing import Fact
from service.store.tables.base import Instant, metadata, one_of

# The centre is the jurisdiction's and stands in no row.
authority: Final = Table(
    "authority",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("entered_at", Instant),  # NULL: named by the register before the list was kept
    UniqueConstraint("name"),
)

# The row in ``institution`` is what was entered first; of a fact that has changed the last entry here holds.
institution_change: Final = Table(
    "institution_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False, index=True),
    Column("fact", Text, nullable=False),
    Column("value", Text),
    Column("on_day", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
    one_of("fact", Fact),
)

# A job type that an institution may assess (督§12(1)2); of several entries the last day's holds, without levels none.
filed_job: Final = Table(
    "filed_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False, index=True),
    Column("occupation", Text, nullable=False),
    Column("levels", Text, nullable=False),  # "5,4,3"
    Column("on_day", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("entered_at", Instant, nullable=False),
)
