"""For signed-in staff: a check by number, the registered photograph, and the log of scans."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import ValidationException
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import LIST_REFUSALS
from service.api.schemas import LoggedScanBody, LoggedScansBody, TakenScanBody, TakenScansBody
from service.api.verdict_schemas import VerdictBody
from service.api.verifications import JPEG, NO_PHOTO
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.flows.cards.photos import photo_of_number
from service.flows.checking.check_requests import NumberCheckRequest, ScanItem, ScansRequest
from service.flows.checking.staff import check_typed_number, read_scans, take_scans
from service.flows.paging import PageRequest
from service.flows.register import Register
from service.flows.requests.fields import FORMS
from service.flows.requests.types import is_instant
from service.store.scans import LoggedScan, Scan
from service.web.authentication import current_principal, needs
from service.web.rate_headers import teller

_LISTED: Final = 1_000
MAX_SCANS_BYTES: Final = 128 * 1024
_SIGNED_IN: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SERVICE_UNAVAILABLE)
_BODY: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)

AnyRequest = Request[Any, Any, State]
Since = Annotated[datetime, QueryParameter(description=FORMS["since"].en)]


class StaffController(Controller):
    """Checks and scans by people who have signed in, or with a token of theirs."""

    tags = ("staff",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/staff/checks",
        operation_id="checkNumber",
        summary="Check a card by its number",
        guards=[needs(Permission.CHECK)],
        status_code=HTTPStatus.OK,
        responses=documented(*_BODY, *_SIGNED_IN, HTTPStatus.TOO_MANY_REQUESTS),
        sync_to_thread=True,
    )
    def check(
        self,
        data: JSONBody[NumberCheckRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> VerdictBody:
        """Return the verdict on the card with a number: ``unknown`` where none has it; limited by account, recorded."""
        verdict = check_typed_number(register, data.number, data.duty, current_principal(request), teller(request))
        return msgspec.convert(verdict.as_json(), VerdictBody)

    @get(
        "/api/v1/cards/{number:str}/photo",
        operation_id="getPhoto",
        summary="The registered photograph",
        guards=[needs(Permission.CHECK)],
        media_type=JPEG,
        responses=documented(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS, *_SIGNED_IN),
        sync_to_thread=True,
    )
    def photo(
        self,
        number: FromPath[CardNumber],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the photograph of a card's holder to who sees them, or has them in the plan of today at a gate."""
        jpeg = photo_of_number(register, number, current_principal(request), teller(request))
        if jpeg is None:
            raise NO_PHOTO
        return Response(jpeg, media_type=JPEG)

    @post(
        "/api/v1/scans",
        operation_id="handInScans",
        summary="Hand in scans",
        guards=[needs(Permission.CHECK)],
        status_code=HTTPStatus.OK,
        request_max_body_size=MAX_SCANS_BYTES,
        responses=documented(*_BODY, HTTPStatus.CONFLICT, *_SIGNED_IN),
        sync_to_thread=True,
    )
    @once
    def hand_in(
        self, data: JSONBody[ScansRequest], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> TakenScansBody:
        """Keep scans, each once by its nonce, and say what the register says of their cards now."""
        taken = take_scans(register, current_principal(request), [_scan(item) for item in data.scans])
        return TakenScansBody(tuple(TakenScanBody(one.nonce.hex(), new, one.verdict_now) for one, new in taken))

    @get(
        "/api/v1/scans",
        operation_id="listScans",
        summary="The log of scans",
        guards=[needs(Permission.READ_SCANS)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def log(
        self,
        since: Since,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        limit: Limit = _LISTED,
        cursor: Cursor = None,
    ) -> Response[LoggedScansBody]:
        """List scans: an institution those of its own staff, the centre and auditors all."""
        if not is_instant(since):
            raise ValidationException(extra=[{"key": "since", "message": "no moment"}])
        found = read_scans(register, current_principal(request), since, PageRequest(limit=limit, cursor=cursor))
        return paged(request, LoggedScansBody(tuple(map(_logged, found.items))), found)


def _scan(item: ScanItem) -> Scan:
    return Scan(
        nonce=bytes.fromhex(item.nonce),
        number=item.number,
        copy=None if item.copy is None else bytes.fromhex(item.copy),
        verdict=item.verdict.value,
        verdict_now=None,
        place=item.place,
        occupation=item.occupation,
        level=item.level,
        same_person=item.same_person,
        offline=item.offline,
        scanned_at=item.scanned_at,
        as_of=item.as_of,
    )


def _logged(one: LoggedScan) -> LoggedScanBody:
    scan = one.scan
    return LoggedScanBody(
        nonce=scan.nonce.hex(),
        user=one.user,
        institution=one.institution,
        taken_at=one.taken_at,
        scanned_at=scan.scanned_at,
        number=scan.number,
        verdict=scan.verdict,
        verdict_now=scan.verdict_now,
        place=scan.place,
        occupation=scan.occupation,
        level=scan.level,
        same_person=scan.same_person,
        offline=scan.offline,
        as_of=scan.as_of,
        person_name=one.person_name,
    )
