"""Prints of copies: the jobs that went to a printer, the log of each copy, the printers, and who prints for whom."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from cardlayout.impose import MAX_OFFSET, Flip, Sheet
from service.domain.printing import AgainReason, Delivery, PrintStep
from service.store.tables.base import DIGEST_BYTES, Instant, length, metadata, one_of

HUNDREDTHS: Final = 100
"""Offsets are kept in hundredths of a millimetre."""

_MOST: Final = int(MAX_OFFSET * HUNDREDTHS)
_OFFSETS: Final = ("front_x", "front_y", "back_x", "back_y")

print_job: Final = Table(
    "print_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("body", Text, nullable=False),  # whose desk, or machine, it was printed at
    Column("at", Instant, nullable=False),
    Column("paper", JSON(none_as_null=True), nullable=False),  # sheet, flip, start, offsets: what draws it again
    UniqueConstraint("actor", "key"),
    length("request_hash", DIGEST_BYTES),
)

print_entry: Final = Table(
    "print_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("copy_id", LargeBinary, ForeignKey("copy.copy_id"), nullable=False),
    Column("number", Text, ForeignKey("card.number"), nullable=False, index=True),
    Column("step", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("job", Integer, ForeignKey("print_job.id"), index=True),
    Column("time", Integer),  # of a print: which one of the copy, from 1
    Column("reason", Text),  # why again
    Column("delivery", Text),
    Column("tracking", Text),  # the number of what was posted
    one_of("step", PrintStep),
    one_of("reason", AgainReason),
    one_of("delivery", Delivery),
    CheckConstraint("(step = 'printed') = (job IS NOT NULL AND time IS NOT NULL)", name="printed"),
    CheckConstraint("step = 'printed' OR reason IS NULL", name="again"),
    CheckConstraint("(step = 'handed-out') = (delivery IS NOT NULL)", name="handed_out"),
    CheckConstraint("time IS NULL OR time >= 1", name="time"),
)

Index("ix_print_entry_step_at", print_entry.c.step, print_entry.c.at)

printer: Final = Table(
    "printer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("body", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("flip", Text, nullable=False),
    *(Column(name, Integer, nullable=False) for name in _OFFSETS),  # hundredths of a millimetre, right and down
    Column("calibrated_at", Instant),
    Column("calibrated_by", Text),
    Column("removed_at", Instant),
    UniqueConstraint("body", "name"),
    one_of("sheet", Sheet),
    one_of("flip", Flip),
    *(CheckConstraint(f"{name} BETWEEN -{_MOST} AND {_MOST}", name=name) for name in _OFFSETS),
    CheckConstraint("(calibrated_at IS NULL) = (calibrated_by IS NULL)", name="calibrated"),
)

# An institution that sends its cards to the centre to be printed; one that has never done so has no row.
prints_at_centre: Final = Table(
    "prints_at_centre",
    metadata,
    Column("institution", Text, ForeignKey("institution.code"), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
)
