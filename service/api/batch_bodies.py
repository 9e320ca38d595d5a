"""What the routes of batches answer with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

from service.domain.draft_state import DraftState
from service.domain.problem import Problem
from service.flows.drafts.batch_state import WorkLine
from service.flows.drafts.photo_requests import Missing
from service.flows.issue.outcome import IssuedRow, RefusedRow


class BatchBody(Struct, frozen=True, kw_only=True):
    """What became of each row; ``batch`` is null where nothing was stored. Rows are those of the spreadsheet."""

    batch: int | None
    dry_run: bool
    issued: tuple[IssuedRow, ...]
    refused: tuple[RefusedRow, ...]
    warned: tuple[RefusedRow, ...]
    nearly_full: tuple[str, ...]
    unused_photos: tuple[str, ...]
    new_job_types: tuple[str, ...]


class CountsBody(Struct, frozen=True):
    """Rows that got their card, rows that got none, and cards neither revoked nor voided since."""

    issued: int
    refused: int
    printable: int


class LinksBody(Struct, frozen=True):
    """Where the rest is; ``cards`` is null where no card can be printed, ``report`` where there is none."""

    self: str
    cards: str | None
    report: str | None


class ProgressBody(Struct, frozen=True):
    """How many of the rows the work in hand has come to."""

    done: int
    total: int


class AcceptedBody(Struct, frozen=True):
    """A batch that is being issued: its address says how far it has come, and what became of its rows.

    ``missing`` are photographs of its list that are to be sent, each from a byte on; it is issued when they have come.
    """

    batch: int
    self: str
    missing: tuple[Missing, ...]


class PhotoBody(Struct, frozen=True):
    """A photograph of a batch: how many of its bytes have come, and why it cannot be used."""

    sha256: str
    size: int
    received: int
    failure: Problem | None


class StoredBatchBody(BatchBody, frozen=True, kw_only=True):
    """A batch: until ``state`` is ``issued``, ``refused`` are the rows that cannot be issued as they stand.

    ``failure`` says why issuing ended without a batch, which is ``open`` then.
    """

    state: DraftState
    name: str
    progress: ProgressBody
    failure: Problem | None
    created_at: datetime
    issued_on: date
    issuer: str | None
    reviewed_by: str | None
    counts: CountsBody
    links: LinksBody


class BatchLineBody(Struct, frozen=True):
    """A batch in the list; ``issued`` and ``refused`` count rows."""

    batch: int
    state: DraftState
    name: str
    created_at: datetime
    issued_on: date | None
    issuer: str | None
    reviewed_by: str | None
    issued: int
    refused: int


class BatchesBody(Struct, frozen=True):
    """Batches, the newest first."""

    batches: tuple[BatchLineBody, ...]


def batch_lines(found: Iterable[WorkLine]) -> BatchesBody:
    """Return batches as the interface lists them."""
    return BatchesBody(
        tuple(
            BatchLineBody(
                batch=one.id,
                state=one.state,
                name=one.name,
                created_at=one.created_at,
                issued_on=one.issued_on,
                issuer=one.issuer,
                reviewed_by=one.reviewed_by,
                issued=one.issued,
                refused=one.refused,
            )
            for one in found
        )
    )
