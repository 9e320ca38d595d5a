"""Cards that were reported: anybody reports one, the issuer's desk reads, and closes it with what was done."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Final

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import JSONBody, MultipartBody, PathParameter, QueryParameter, SkipValidation
from msgspec import Struct, structs

from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, READ_REFUSALS, AnyRequest, Identity, multipart_only
from service.api.verifications import JPEG
from service.domain.access import Permission
from service.domain.reporting import ReportSide
from service.flows.checking.reports import (
    MAX_REPORT_PHOTO_BYTES,
    CardReport,
    ReportAnswer,
    ReportRequest,
    answer_report,
    find_report,
    report_card,
    report_page,
)
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.register import Register
from service.flows.requests.fields import FORMS, described
from service.web.admission import network_of
from service.web.authentication import current_principal, needs
from service.web.rate_headers import teller
from service.web.refusals import Absent

MAX_REPORT_BODY: Final = 2 * MAX_REPORT_PHOTO_BYTES + 64 * 1024
_KEEPERS: Final = [needs(Permission.CHANGE_CARDS)]
_TOKEN: Final[list[dict[str, list[str]]]] = [{"token": []}]
Open = Annotated[bool | None, QueryParameter(name="open", description=FORMS["open"].en)]
Side = Annotated[ReportSide, PathParameter(description=FORMS["side"].en)]


class CardReportRequest(ReportRequest, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Which card was seen where and when, with photographs of its sides: the parts of a form with files."""

    front: Annotated[UploadFile, described("front")] | None = None
    back: Annotated[UploadFile, described("back")] | None = None

    def __repr__(self) -> str:
        return "<CardReportRequest>"


class ReceiptBody(Struct, frozen=True):
    """The receipt of a report, by which the issuer finds it."""

    receipt: str


class ReportBody(Struct, frozen=True):
    """A report on one's desk, as stated by whoever made it; ``answer`` is what was done, null while it is open."""

    id: int
    receipt: str
    number: str | None
    verdict: str | None
    place: str
    seen_on: date
    seen_time: str | None
    note: str | None
    reported_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    answer: str | None


class ReportWithPhotosBody(ReportBody, frozen=True):
    """A report, and the sides of which it has a photograph."""

    photos: tuple[ReportSide, ...]


class ReportsBody(Struct, frozen=True):
    """Reports, the newest first."""

    reports: tuple[ReportBody, ...]


class ReportController(Controller):
    """Anybody reports a card; the centre, or the institution that issued it, reads. Others' reports are not there."""

    tags = ("reports",)

    @post(
        "/api/v1/reports",
        operation_id="reportCard",
        summary="Report a card",
        guards=[multipart_only],
        request_max_body_size=MAX_REPORT_BODY,
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        sync_to_thread=True,
    )
    def report(
        self,
        data: MultipartBody[CardReportRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> ReceiptBody:
        """Enter a report on the desk of the number's issuer; the same ``nonce`` again gets the receipt it has."""
        asked = ReportRequest(**{name: getattr(data, name) for name in ReportRequest.__struct_fields__})
        sent = {ReportSide.FRONT: data.front, ReportSide.BACK: data.back}
        photos = {side: _bytes(file) for side, file in sent.items() if file is not None}
        return ReceiptBody(report_card(register, asked, photos, network_of(request, register), teller(request)))

    @get(
        "/api/v1/reports",
        operation_id="listReports",
        summary="Reported cards",
        guards=_KEEPERS,
        security=_TOKEN,
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def reports(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        is_open: Open = None,
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[ReportsBody]:
        """List the reports on one's desk, the newest first: all, the open or the closed ones."""
        asked = PageRequest(limit=limit, cursor=cursor)
        found = report_page(register, current_principal(request).body, asked, is_open=is_open)
        return paged(request, ReportsBody(tuple(map(_body, found.items))), found)

    @get(
        "/api/v1/reports/{identity:int}",
        operation_id="getReport",
        summary="One reported card",
        guards=_KEEPERS,
        security=_TOKEN,
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def one(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> ReportWithPhotosBody:
        """Return a report on one's desk."""
        found, photos = find_report(register, identity, current_principal(request).body)
        sides = tuple(side for side in ReportSide if side in photos)
        return ReportWithPhotosBody(**structs.asdict(_body(found)), photos=sides)

    @get(
        "/api/v1/reports/{identity:int}/photos/{side:str}",
        operation_id="getReportPhoto",
        summary="A photograph of a reported card",
        media_type=JPEG,
        guards=_KEEPERS,
        security=_TOKEN,
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def photo(
        self,
        identity: Identity,
        side: Side,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the photograph of one side."""
        _, photos = find_report(register, identity, current_principal(request).body)
        if side not in photos:
            raise Absent("no-photo", "这份举报没有这一面的照片", "the report has no photograph of this side")
        return Response(photos[side], media_type=JPEG)

    @post(
        "/api/v1/reports/{identity:int}/closing",
        operation_id="closeReport",
        summary="Close a report",
        status_code=HTTPStatus.OK,
        guards=_KEEPERS,
        security=_TOKEN,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def close(
        self,
        identity: Identity,
        data: JSONBody[ReportAnswer],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> ReportBody:
        """Close it with what was done about it."""
        by = current_principal(request)
        answer_report(register, identity, data, by.by)
        return _body(find_report(register, identity, by.body)[0])


def _body(one: CardReport) -> ReportBody:
    return ReportBody(**{name: getattr(one, name) for name in ReportBody.__struct_fields__})


def _bytes(upload: UploadFile) -> bytes:
    """Read a picture, and one byte more than it may have where it is too large."""
    upload.file.seek(0)
    return upload.file.read(MAX_REPORT_PHOTO_BYTES + 1)
