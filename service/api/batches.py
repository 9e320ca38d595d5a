"""Issue batches from a roster and its photographs, read them again, and draw their cards (督§9, 考§12)."""

from __future__ import annotations

import os
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, MultipartBody, QueryParameter, SkipValidation
from litestar.response import Stream
from msgspec import Struct, structs

from cardlayout.impose import Flip, Sheet, Slot
from service.api.once import HEADER, KEY_PATTERN, is_key
from service.api.problems import documented
from service.api.remedies import HTTP_REMEDIES
from service.api.routes import LIST_REFUSALS, MAX_ID, READ_REFUSALS, AnyRequest, Identity
from service.domain.access import Permission
from service.flows.errors import Refused
from service.flows.issue.batches import PrintRequest, draw_batch, find_batch, list_batches
from service.flows.issue.issue_files import (
    MAX_PHOTOS_BYTES,
    MAX_ROSTER_BYTES,
    IssueRequest,
    Order,
    issue_files,
    too_large,
)
from service.flows.issue.outcome import IssuedRow, Outcome, RefusedRow
from service.flows.register import Register
from service.flows.remedies import with_remedies
from service.flows.requests.fields import FORMS, described
from service.web.authentication import AnyRequest as AnyConnection
from service.web.authentication import current_principal, needs
from service.web.downloads import PDF, pdf_of_batch

MAX_BATCH_BODY: Final = MAX_ROSTER_BYTES + MAX_PHOTOS_BYTES + 64 * 1024
_ISSUE_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)

Key = Annotated[
    str | None,
    HeaderParameter(name=HEADER, description=FORMS["idempotency_key"].en, pattern=KEY_PATTERN),
]
Before = Annotated[int | None, QueryParameter(description=FORMS["before"].en, ge=1, le=MAX_ID)]
SheetQuery = Annotated[Sheet, QueryParameter(description=FORMS["sheet"].en)]
FlipQuery = Annotated[Flip, QueryParameter(description=FORMS["flip"].en)]
SlotQuery = Annotated[Slot, QueryParameter(description=FORMS["slot"].en)]


class BatchRequest(IssueRequest, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A roster, its photographs, and how they are issued: the parts of a form with files."""

    roster: Annotated[UploadFile, described("roster")]
    photos: Annotated[UploadFile, described("photos")]

    def __repr__(self) -> str:
        return "<BatchRequest>"


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
    """Where the rest is; ``cards`` is null where no card can be printed."""

    self: str
    cards: str | None


class StoredBatchBody(BatchBody, frozen=True, kw_only=True):
    """A batch that was issued, with the answer it was given."""

    created_at: datetime
    issued_on: date
    issuer: str | None
    reviewed_by: str | None
    counts: CountsBody
    links: LinksBody


class BatchLineBody(Struct, frozen=True):
    """A batch in the list; ``issued`` and ``refused`` count rows."""

    batch: int
    created_at: datetime
    issued_on: date
    issuer: str | None
    reviewed_by: str | None
    issued: int
    refused: int


class BatchesBody(Struct, frozen=True):
    """Batches, the newest first, 100 at most; ``before`` the last one's id gives those that follow."""

    batches: tuple[BatchLineBody, ...]


async def _with_files(request: AnyConnection, _handler: BaseRouteHandler) -> None:
    """Let in forms with files only (a Litestar guard). Raises Refused."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(
            "multipart-expected",
            "请求应为 multipart/form-data，含 roster 和 photos 两个文件",
            "the request is to be multipart/form-data with the files roster and photos",
        )


class BatchController(Controller):
    """An institution issues its own internal cards, the centre all others; each sees its own batches."""

    tags = ("batches",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.ISSUE)]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/batches",
        operation_id="issueBatch",
        summary="Check a roster, or issue its cards",
        guards=[_with_files],
        request_max_body_size=MAX_BATCH_BODY,
        responses={
            HTTPStatus.OK: ResponseSpec(BatchBody, description="Checked, or nothing issued", generate_examples=False),
            **documented(*_ISSUE_REFUSALS),
        },
        sync_to_thread=True,
    )
    def issue(
        self,
        data: MultipartBody[BatchRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        idempotency_key: Key = None,
    ) -> Response[BatchBody]:
        """Issue all good rows or, with ``all_or_nothing``, none. A retry with its key gives the same answer."""
        by = current_principal(request)
        order = Order(
            actor=by.actor,
            issuer=by.body,
            issued_on=data.issued_on,
            reviewed_by=(data.reviewed_by or "").strip() or None,
            notice=(data.notice or "").strip() or None,
            dry_run=data.dry_run,
            all_or_nothing=data.all_or_nothing,
            key=_key(idempotency_key, needed=not data.dry_run),
            new_job_types=data.new_job_types,
            roster_sheet=(data.roster_sheet or "").strip() or None,
        )
        if _size(data.photos) > MAX_PHOTOS_BYTES:
            raise too_large("照片", "photographs", MAX_PHOTOS_BYTES)
        _, outcome = issue_files(register, data.roster.file, data.photos.file, order)
        answer = BatchBody(dry_run=data.dry_run, **_answer(outcome))
        if outcome.batch is None:
            return Response(answer, status_code=HTTPStatus.OK)
        return Response(answer, headers={"Location": _address(outcome.batch)})

    @get(
        "/api/v1/batches",
        operation_id="listBatches",
        summary="Batches that were issued",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def listed(
        self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]], before: Before = None
    ) -> BatchesBody:
        """List one's own, the newest first."""
        return BatchesBody(
            tuple(
                BatchLineBody(
                    batch=one.id,
                    created_at=one.created_at,
                    issued_on=one.issued_on,
                    issuer=one.issuer,
                    reviewed_by=one.reviewed_by,
                    issued=one.issued,
                    refused=one.refused,
                )
                for one in list_batches(register, current_principal(request).body, before)
            )
        )

    @get(
        "/api/v1/batches/{identity:int}",
        operation_id="getBatch",
        summary="A batch and what became of its rows",
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def read(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> StoredBatchBody:
        """Return the answer the batch was given; another body's is as if it were not there."""
        found = find_batch(register, identity, current_principal(request).body)
        outcome, address = found.outcome, _address(found.id)
        return StoredBatchBody(
            dry_run=False,
            **_answer(outcome),
            created_at=found.created_at,
            issued_on=found.issued_on,
            issuer=found.issuer,
            reviewed_by=found.reviewed_by,
            counts=CountsBody(len(outcome.issued), len(outcome.refused), len(found.printable)),
            links=LinksBody(address, f"{address}/cards.pdf" if found.printable else None),
        )

    @get(
        "/api/v1/batches/{identity:int}/cards.pdf",
        operation_id="printBatch",
        summary="The cards of a batch, for printing",
        media_type=PDF,
        responses=documented(*READ_REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY),
        sync_to_thread=True,
    )
    def cards(
        self,
        identity: Identity,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        sheet: SheetQuery = Sheet.FOUR,
        flip: FlipQuery = Flip.LONG,
        slot: SlotQuery = Slot.NONE,
    ) -> Stream:
        """Draw the cards that were neither revoked nor voided since; the journal says that they were printed."""
        by = current_principal(request)
        drawn = draw_batch(register, identity, PrintRequest(sheet, flip, slot), by.by)
        return pdf_of_batch(drawn, identity)


def _worded(refused: tuple[RefusedRow, ...]) -> tuple[RefusedRow, ...]:
    """Return refused rows with this interface's remedies behind their problems."""
    return tuple(structs.replace(one, problems=with_remedies(HTTP_REMEDIES, one.problems)) for one in refused)


def _answer(outcome: Outcome) -> dict[str, Any]:
    return {**structs.asdict(outcome), "refused": _worded(outcome.refused)}


def _key(key: str | None, *, needed: bool) -> str | None:
    """Read the key. Raises Refused for one that is missing where numbers are to be spent."""
    if key is not None and is_key(key):
        return key
    if key is None and not needed:
        return None
    raise Refused("key-missing", f"缺少{FORMS['idempotency_key'].zh}", f"missing: {FORMS['idempotency_key'].en}")


def _size(upload: UploadFile) -> int:
    file = upload.file
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _address(batch: int) -> str:
    return f"/api/v1/batches/{batch}"
