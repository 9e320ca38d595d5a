"""Issue batches from a roster and its photographs, read them again, and draw their cards (督§9, 考§12)."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, MultipartBody, QueryParameter, SkipValidation
from litestar.response import Stream
from msgspec import structs

from cardlayout.impose import Flip, Sheet, Slot
from service.api.batch_bodies import (
    AcceptedBody,
    BatchBody,
    BatchesBody,
    CountsBody,
    LinksBody,
    ProgressBody,
    StoredBatchBody,
    batch_lines,
)
from service.api.once import HEADER, KEY_PATTERN, is_key
from service.api.paging import Before, Cursor, Limit, paged
from service.api.problems import documented
from service.api.remedies import HTTP_REMEDIES
from service.api.routes import LIST_REFUSALS, READ_REFUSALS, AnyRequest, Identity, multipart_only
from service.domain.access import Permission
from service.domain.draft_state import DraftState
from service.flows.drafts.background import begin_work
from service.flows.drafts.batch_state import batch_of, work_page
from service.flows.drafts.handing_in import WholeBatch, files_missing, hand_in
from service.flows.drafts.photo_requests import PhotoItem, announced
from service.flows.drafts.reporting import report_of
from service.flows.errors import Refused
from service.flows.issue.batches import PrintRequest, draw_batch
from service.flows.issue.issue_files import (
    MAX_PHOTOS_BYTES,
    MAX_ROSTER_BYTES,
    IssueRequest,
    Order,
    issue_files,
    too_large,
)
from service.flows.issue.outcome import Outcome, RefusedRow
from service.flows.paging import PageRequest
from service.flows.register import Register
from service.flows.remedies import with_remedies
from service.flows.requests.fields import FORMS, described
from service.flows.requests.reading import FieldFault, FieldRefused, RequestInvalid
from service.web.authentication import current_principal, needs
from service.web.downloads import PDF, XLSX, pdf_of_batch, spreadsheet

MAX_BATCH_BODY: Final = MAX_ROSTER_BYTES + MAX_PHOTOS_BYTES + 64 * 1024
_LISTED: Final = 100
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
KeyQuery = Annotated[
    str | None, QueryParameter(name="key", description=FORMS["idempotency_key"].en, pattern=KEY_PATTERN)
]
SheetQuery = Annotated[Sheet, QueryParameter(description=FORMS["sheet"].en)]
FlipQuery = Annotated[Flip, QueryParameter(description=FORMS["flip"].en)]
SlotQuery = Annotated[Slot, QueryParameter(description=FORMS["slot"].en)]


class BatchRequest(IssueRequest, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A roster, its photographs, and how they are issued: the parts of a form with files."""

    roster: Annotated[UploadFile, described("roster")]
    photos: Annotated[UploadFile, described("photos")] | None = None
    photo_list: tuple[PhotoItem, ...] = ()

    def __repr__(self) -> str:
        return "<BatchRequest>"


class BatchController(Controller):
    """An institution issues its own internal cards, the centre all others; each sees its own batches."""

    tags = ("batches",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.ISSUE)]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/batches",
        operation_id="issueBatch",
        summary="Check a roster, or issue its cards",
        status_code=HTTPStatus.ACCEPTED,
        guards=[multipart_only],
        request_max_body_size=MAX_BATCH_BODY,
        responses={
            HTTPStatus.OK: ResponseSpec(BatchBody, description="Checked, and nothing issued", generate_examples=False),
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
    ) -> Response[AcceptedBody]:
        """Check every row at once (``dry_run``), or accept the batch: its address says how far it has come.

        With ``photo_list`` instead of ``photos`` the answer names the photographs that are ``missing``.
        All good rows are issued or, with ``all_or_nothing``, none unless all are. A retry with its key finds the batch.
        """
        by = current_principal(request)
        if not data.dry_run:
            photos = None if data.photos is None else data.photos.file
            files = WholeBatch(data.roster.file, photos, data.roster.filename, announced(data.photo_list))
            wanted = IssueRequest(**{name: getattr(data, name) for name in IssueRequest.__struct_fields__})
            batch = hand_in(register, by, files, wanted, _key(idempotency_key))
            begin_work(register)
            address = _address(batch)
            missing = files_missing(register, by, batch)
            return Response(AcceptedBody(batch, address, missing), headers={"Location": address})
        if data.photos is None:
            raise RequestInvalid([FieldRefused("photos", FieldFault.MISSING, "photos")])
        order = Order(
            actor=by.actor,
            issuer=by.body,
            issued_on=data.issued_on,
            reviewed_by=(data.reviewed_by or "").strip() or None,
            notice=(data.notice or "").strip() or None,
            dry_run=True,
            all_or_nothing=data.all_or_nothing,
            new_job_types=data.new_job_types,
            roster_sheet=(data.roster_sheet or "").strip() or None,
        )
        if _size(data.photos) > MAX_PHOTOS_BYTES:
            raise too_large("照片", "photographs", MAX_PHOTOS_BYTES)
        _, outcome = issue_files(register, data.roster.file, data.photos.file, order)
        checked: Response[Any] = Response(BatchBody(dry_run=True, **_answer(outcome)), status_code=HTTPStatus.OK)
        return checked

    @get(
        "/api/v1/batches",
        operation_id="listBatches",
        summary="Batches at work and batches that were issued",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def listed(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        before: Before = None,
        key: KeyQuery = None,
        limit: Limit = _LISTED,
        cursor: Cursor = None,
    ) -> Response[BatchesBody]:
        """List one's own, the newest first; with ``key`` the one that this account has handed in under it."""
        asked = PageRequest(limit=limit, cursor=cursor)
        found = work_page(register, current_principal(request), asked, before, key)
        return paged(request, batch_lines(found.items), found)

    @get(
        "/api/v1/batches/{identity:int}",
        operation_id="getBatch",
        summary="A batch, how far it has come, and what became of its rows",
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def read(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> StoredBatchBody:
        """Return the batch; before it is issued, ``refused`` are the rows that cannot be. Others' are not there."""
        found = batch_of(register, current_principal(request), identity)
        outcome, address = found.outcome, _address(found.id)
        is_issued = found.state is DraftState.ISSUED
        answer = _answer(outcome if is_issued else structs.replace(outcome, batch=found.id, issued=()))
        return StoredBatchBody(
            dry_run=False,
            **answer,
            state=found.state,
            name=found.name,
            progress=ProgressBody(found.done, found.total),
            failure=found.failure,
            created_at=found.created_at,
            issued_on=found.issued_on,
            issuer=found.issuer,
            reviewed_by=found.reviewed_by,
            counts=CountsBody(len(outcome.issued) if is_issued else 0, len(outcome.refused), len(found.printable)),
            links=LinksBody(
                address,
                f"{address}/cards.pdf" if found.printable else None,
                f"{address}/report.xlsx" if found.has_report else None,
            ),
        )

    @get(
        "/api/v1/batches/{identity:int}/report.xlsx",
        operation_id="getBatchReport",
        summary="The rows of a batch and what became of each, as a spreadsheet",
        media_type=XLSX,
        responses=documented(*READ_REFUSALS, HTTPStatus.UNPROCESSABLE_ENTITY),
        sync_to_thread=True,
    )
    def report(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[bytes]:
        """Return the row report, to be corrected and handed in again, at any time after the batch was handed in."""
        return spreadsheet(report_of(register, current_principal(request), identity), f"report-{identity}")

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


def _key(key: str | None) -> str:
    """Read the key. Raises Refused for one that is missing where numbers are to be spent."""
    if key is not None and is_key(key):
        return key
    raise Refused("key-missing", f"缺少{FORMS['idempotency_key'].zh}", f"missing: {FORMS['idempotency_key'].en}")


def _size(upload: UploadFile) -> int:
    file = upload.file
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return size


def _address(batch: int) -> str:
    return f"/api/v1/batches/{batch}"
