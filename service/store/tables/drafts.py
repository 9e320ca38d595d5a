"""Batches at work, before they are issued: what was handed in, sealed, and how far it has come.

Every batch begins with a draft and has its id, one from the command line too. A draft is never deleted, so no id is
handed out twice; what it held is emptied when it is no longer needed.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
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

from service.domain.draft_state import DraftState, FileKind, FileState
from service.store.tables.base import DIGEST_BYTES, Instant, length, metadata, one_of
from service.store.tables.cards import batch

draft: Final = Table(
    "draft",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("body", Text, nullable=False, index=True),  # whose it is: the centre, or an institution's code
    Column("holder", Text, nullable=False),  # the actor who is at work on it
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("version", Integer, nullable=False),  # goes up when its settings are changed
    Column("revision", Integer, nullable=False),  # goes up with every change of it, its rows or its files
    Column("made_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("issued_on", Date),
    Column("reviewed_by", Text),
    Column("notice", Text),
    Column("new_job_types", JSON, nullable=False),  # those that were confirmed
    Column("counts", JSON, nullable=False),  # of rows and photographs, for the list
    Column("rest_of", Integer, ForeignKey("draft.id")),  # the batch whose rows without a card it goes on with
    Column("roster", LargeBinary),  # sealed: the spreadsheet as it came
    Column("reading", LargeBinary),  # sealed: its name, and how its columns are read
    Column("request", LargeBinary),  # sealed: what is issued, by whom, from the moment it was asked for
    Column("done", Integer, nullable=False),  # rows the work has come to, of ``total``
    Column("total", Integer, nullable=False),
    Column("leased_until", Instant),
    Column("leased_by", LargeBinary),
    Column("failure", LargeBinary),  # sealed: why the work ended without a batch
    Column("report", LargeBinary),  # sealed: the row report, as xlsx
    Column("emptied_at", Instant),  # when what was handed in went
    Column("made_by", Text),  # who has begun it under a key, and what was asked: a retry finds it
    Column("key", Text),
    Column("digest", LargeBinary),
    UniqueConstraint("made_by", "key"),
    one_of("state", DraftState),
)

batch.add_is_dependent_on(draft)

draft_row: Final = Table(
    "draft_row",
    metadata,
    Column("draft_id", Integer, ForeignKey("draft.id"), primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),  # as the spreadsheet numbers it
    Column("version", Integer, nullable=False),
    Column("cells", LargeBinary, nullable=False),  # sealed: the cells, and what the reader found wrong with them
    Column("judged", LargeBinary),  # sealed: what speaks against the row; NULL: to be judged
    Column("is_good", Boolean, nullable=False),
    Column("is_removed", Boolean, nullable=False),
    Column("is_seen", Boolean, nullable=False),
    Column("file_id", Integer, ForeignKey("draft_file.id"), index=True),  # its photograph
    Column("is_claimed", Boolean, nullable=False),  # the photograph was chosen by a person, not found by its name
    Column("crop", JSON(none_as_null=True)),
    Column("portrait", LargeBinary),  # sealed: the photograph as the card carries it
    CheckConstraint("NOT is_claimed OR file_id IS NOT NULL", name="is_claimed"),
)

draft_file: Final = Table(
    "draft_file",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("draft_id", Integer, ForeignKey("draft.id"), nullable=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the file as it is handed in
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("names", LargeBinary, nullable=False),  # sealed: the names under which it came
    Column("size", Integer, nullable=False),  # bytes
    Column("width", Integer),  # pixels of the working copy
    Column("height", Integer),
    Column("body", LargeBinary),  # sealed: the working copy of a photograph, a JPEG
    Column("portrait", LargeBinary),  # sealed: the portrait made of it without a crop of its own
    Column("problem", LargeBinary),  # sealed: why it cannot be used
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("draft_id", "digest"),
    length("digest", DIGEST_BYTES),
    one_of("kind", FileKind),
    one_of("state", FileState),
)

draft_piece: Final = Table(
    "draft_piece",
    metadata,
    Column("file_id", Integer, ForeignKey("draft_file.id"), primary_key=True),
    Column("at", Integer, primary_key=True, autoincrement=False),  # the byte it begins with
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # sealed
)

# What a body's spreadsheets call their columns: the next one is read by it. An empty field: the column is left out.
heading: Final = Table(
    "heading",
    metadata,
    Column("body", Text, primary_key=True),
    Column("text", Text, primary_key=True),
    Column("field", Text, nullable=False),
)

Index("ix_draft_file_draft_id", draft_file.c.draft_id)
