"""Which tables are covered by facts, in which parts, and which are not and why.

A table that is added needs one line here: in ``COVERED``, with a part of its columns (and another of those that change
later: an entry about a change must not vouch for what the change does not touch), or in ``EXEMPT`` with the reason. A
column that is added goes to the END of a part, or to ``apart`` with the reason. A test compares this with the schema.
Then every function that writes the table calls ``note`` with the part and the rows' keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from sqlalchemy import Table

from service.store import tables

Commitment: TypeAlias = Literal["", "own", "person_id", "number", "entry", "assessment"]
"""Where a row's commitment key is: nowhere, in the row, or with the person or assessment the column leads to."""


@dataclass(frozen=True, slots=True)
class Part:
    """Columns that come about and change together. The row's key is among them."""

    name: str
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A covered table. ``owner`` is the column by which a fact finds the entry about its subject (with a prefix)."""

    table: Table
    parts: tuple[Part, ...]
    owner: tuple[str, str]
    commitment: Commitment = ""
    apart: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def columns(self) -> tuple[str, ...]:
        """Every covered column once, those of the first part first."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.columns))


def _cover(
    table: Table,
    *changing: tuple[str, ...],
    owner: str = "",
    prefix: str = "",
    commitment: Commitment = "",
    apart: Mapping[str, str] | None = None,
) -> Coverage:
    """Cover a table: all columns that are neither ``apart`` nor ``changing`` are its first part."""
    keys = tuple(column.name for column in table.primary_key.columns)
    left_out = {*(apart or {}), *(name for group in changing for name in group), "commitment_key"}
    fixed = tuple(column.name for column in table.columns if column.name not in left_out)
    parts = (
        Part(str(table.name), str(table.name), fixed),
        *(Part(f"{table.name}.{group[0]}", str(table.name), (*keys, *group)) for group in changing),
    )
    return Coverage(table, parts, (owner or keys[0], prefix), commitment, apart or {})


_CLOSED: Final = ("state", "closed_on", "closed_by", "answer")

COVERED: Final = (
    _cover(tables.meta),
    _cover(tables.institution),
    _cover(tables.authority, owner="name"),
    _cover(tables.institution_change, owner="institution"),
    _cover(tables.filed_job, owner="institution"),
    _cover(tables.card_wording, prefix="card-texts:"),
    _cover(tables.person, ("name", "phone_sealed", "revision"), prefix="person:", commitment="own"),
    _cover(tables.series),
    _cover(tables.number),
    _cover(tables.batch, commitment="own"),
    _cover(tables.card, ("status", "status_on"), ("application",), commitment="person_id"),
    _cover(tables.card_scope, ("live", "released_on"), owner="number"),
    _cover(tables.status_list),
    _cover(tables.copy, ("state", "replaced_on"), ("stage",), owner="number"),
    _cover(tables.print_job, prefix="print-job:"),
    _cover(tables.print_entry, owner="number"),
    _cover(
        tables.printer,
        ("sheet", "flip", "front_x", "front_y", "back_x", "back_y", "calibrated_at", "calibrated_by", "removed_at"),
        prefix="printer:",
    ),
    _cover(tables.card_report, ("closed_at", "closed_by", "answer"), prefix="report:", commitment="own"),
    _cover(tables.card_report_photo, owner="report", prefix="report:"),
    _cover(tables.prints_at_centre, ("is_on", "changed_at", "changed_by")),
    _cover(tables.status_publication, prefix="status-list:"),
    _cover(tables.amendment, owner="number", commitment="number"),
    _cover(tables.cancellation, commitment="number"),
    _cover(tables.correction, commitment="number"),
    _cover(tables.proposal, _CLOSED, owner="number", commitment="number"),
    _cover(tables.engagement, ("ended_on", "end_reason"), owner="number", commitment="number"),
    _cover(tables.dispatch, ("withdrawn_on", "withdrawal_reason"), owner="number", commitment="number"),
    _cover(tables.integrity, owner="number", commitment="number"),
    _cover(tables.case_closing, owner="entry", commitment="entry"),
    _cover(tables.assessment, ("cancelled_on", "cancel_reason"), prefix="assessment:", commitment="own"),
    _cover(tables.assessment_person, owner="assessment", prefix="assessment:", commitment="assessment"),
    _cover(tables.roll_call, owner="assessment", prefix="assessment:", commitment="assessment"),
    _cover(tables.roll_call_record, owner="assessment", prefix="assessment:"),
    _cover(tables.account, ("password", "disabled_at", "person_name"), owner="name"),
    _cover(tables.token, prefix="token:"),
    _cover(tables.second_factor, ("confirmed_at",), apart={"last_step": "moves on with every sign-in"}),
    _cover(tables.recovery_code, ("used_at",)),
    _cover(
        tables.webhook,
        ("disabled_at", "removed_at"),
        prefix="webhook:",
        apart={"failing_since": "moves with every message that is sent"},
    ),
    _cover(tables.key_record, ("state", "signs_from", "signs_until")),
    _cover(tables.key_document),
    _cover(tables.unconfirmed, owner="number"),
    _cover(tables.lost_card, ("status", "status_on"), owner="number"),
    _cover(tables.lost_copy, owner="number"),
    _cover(tables.lost_place, prefix="status-list:"),
)

EXEMPT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "journal": "the entries themselves: the tree over them, and each row is held against its entry's bytes",
        "journal_head": "compared with the tree over the entries",
        "blob": "bytes under their SHA-256, each held against it; the rows that refer to it carry it in their facts",
        "draft": "a batch at work: nothing is decided by it, what is issued from it stands in the batch and its cards, "
        "a trigger keeps its id, and a clerk changes it all day, which must not wait for the journal",
        "draft_row": "a row at work, sealed, judged anew before a card is issued from it, and emptied after its time",
        "draft_file": "a photograph at work, sealed; the card's own stands under its SHA-256",
        "draft_piece": "a file on its way, forgotten when it has come",
        "heading": "what a body's spreadsheets call their columns: each row is shown and judged as it is read by it",
        "key_share": "private keys on their way to other hosts, sealed under the vault, which takes none but the "
        "private half of a recorded key",
        "notice": "messages to others about entries of the journal, which hold no more than these, and are forgotten",
        "delivery": "how a message was sent, tried again and forgotten: nothing is decided by it",
        "rate_limit": "counts the passing moment",
        "answer": "what a request was answered, sealed: a retry is told it again, nothing is decided by it, a trigger "
        "lets nobody alter it, and it is deleted after its time",
        "session": "sign-ins come and go, and a restore ends them all",
        "pairing": "codes that let a telephone sign in, good for five minutes, and a restore ends them all",
        "status_change": "notes for whoever signs the next status list, deleted by him",
        "access_record": "who has read what: added to at every sign-in and reading, which must not wait for the "
        "journal, and deleted after its time; triggers let nobody alter a line, or delete one before",
        "watch_look": "when an institution last looked through its list: nothing is decided by it",
        "scan": "a log of checks, thousands a day: nothing is decided by it, a gate must not wait for the journal, and "
        "triggers let nobody alter or delete a line",
    }
)

BY_TABLE: Final[Mapping[str, Coverage]] = MappingProxyType({one.table.name: one for one in COVERED})
PARTS: Final[Mapping[str, Part]] = MappingProxyType({part.name: part for one in COVERED for part in one.parts})
