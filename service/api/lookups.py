"""The public answer to a card number and a name."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Controller, Request, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from service.api.problems import documented
from service.api.verdict_schemas import PublicAnswerBody
from service.flows.checking.check_requests import LookupRequest
from service.flows.checking.lookup import lookup
from service.flows.register import Register
from service.web.admission import admit
from service.web.refusals import Absent


class LookupController(Controller):
    """Lookups."""

    tags = ("lookup",)

    @post(
        "/api/v1/lookups",
        operation_id="lookUpCard",
        summary="Look a card up",
        status_code=HTTPStatus.OK,
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        sync_to_thread=True,
    )
    def look_up(
        self,
        data: JSONBody[LookupRequest],
        request: Request[Any, Any, State],
        register: NamedDependency[SkipValidation[Register]],
    ) -> PublicAnswerBody:
        """Return what anyone may know of a card, to whoever knows its number and the holder's name.

        One and the same 404 answers a number that is not there and a name that is not the holder's.
        """
        admit(request, register, data.number, data.name)
        found = lookup(register, data.number, data.name)
        if found is None:
            raise Absent(
                "no-match",
                "没有与该编号和姓名相符的证卡，请核对两项后再查",
                "no card has this number and this name; check both",
            )
        return msgspec.convert(found.as_json(), PublicAnswerBody)
