"""Printed copies, and the status lists that tell of them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from service.domain.card import COPY_ID_BYTES
from service.domain.status_list import LIST_SIZE
from service.store.states import CopyState
from service.store.tables.base import Instant, length, metadata, one_of

status_list: Final = Table(
    "status_list",
    metadata,
    Column("list_no", Integer, primary_key=True, autoincrement=False),
    Column("next_index", Integer, nullable=False),  # indices run on and are never reused
    CheckConstraint("list_no >= 1", name="list_no"),
    CheckConstraint(f"next_index BETWEEN 0 AND {LIST_SIZE}", name="next_index"),
)

copy: Final = Table(
    "copy",
    metadata,
    Column("copy_id", LargeBinary, primary_key=True),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("list_no", Integer, ForeignKey("status_list.list_no"), nullable=False),
    Column("list_index", Integer, nullable=False),
    Column("credential", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("replaced_on", Date),
    Column("origin", Text),  # why it was made; NULL for copies of before prints were logged, like the stage
    Column("stage", Text),
    UniqueConstraint("list_no", "list_index"),
    length("copy_id", COPY_ID_BYTES),
    one_of("state", CopyState),
    CheckConstraint(f"list_index BETWEEN 0 AND {LIST_SIZE - 1}", name="list_index"),
    CheckConstraint("(state = 'live') = (replaced_on IS NULL)", name="replaced_on"),
)

Index(
    "uq_copy_live",
    copy.c.number,
    unique=True,
    sqlite_where=copy.c.state == "live",
    postgresql_where=copy.c.state == "live",
)

# What waits is counted and listed from this index alone: the number says who the issuer is.
Index("ix_copy_stage", copy.c.stage, copy.c.origin, copy.c.number)

status_publication: Final = Table(
    "status_publication",
    metadata,
    Column("list_no", Integer, ForeignKey("status_list.list_no"), primary_key=True),
    Column("iat", BigInteger().with_variant(Integer, "sqlite"), nullable=False),  # seconds since 1970
    Column("body", LargeBinary, nullable=False),
    Column("told_on", Date),  # the day in Shanghai whose statuses it tells
    Column("key_version", Integer),  # of the key document it was signed under
)

# What has changed in a list since it was last signed; triggers write the rows. No foreign key: checking one would
# wait for whoever is filling the list.
status_change: Final = Table(
    "status_change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("list_no", Integer, nullable=False, index=True),
)
