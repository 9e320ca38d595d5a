"""The verdict on a scanned card, and the photograph to compare its holder with."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from service.api.at_once import VerdictAtOnce
from service.api.problems import documented
from service.api.routes import AnyRequest
from service.api.verdict_schemas import VerdictBody, VerdictsBody
from service.flows.cards.photos import photo_of_credential
from service.flows.checking.admit_bulk import admit_bulk
from service.flows.checking.check_requests import BulkVerificationRequest, PhotoRequest, VerificationRequest
from service.flows.checking.verify import verify_text
from service.flows.register import Register
from service.web.admission import network_of
from service.web.authentication import who_asks
from service.web.rate_headers import tell
from service.web.refusals import Absent

JPEG: Final = "image/jpeg"
MAX_BULK_BODY: Final = 512 * 1024
"""A hundred texts of 2,500 digits take half of it."""
NO_PHOTO: Final = Absent("no-photo", "没有这张证卡的照片", "there is no photograph of this card")


class VerificationController(Controller):
    """Checks."""

    tags = ("verification",)

    @post(
        "/api/v1/verifications",
        operation_id="verifyCard",
        summary="Check a card",
        status_code=HTTPStatus.OK,
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        middleware=[VerdictAtOnce],
        sync_to_thread=True,
    )
    def verify(
        self, data: JSONBody[VerificationRequest], register: NamedDependency[SkipValidation[Register]]
    ) -> VerdictBody:
        """Return a verdict on any text: a forged card, or no card at all, is answered like a good one."""
        return msgspec.convert(verify_text(register, data.credential, data.duty).as_json(), VerdictBody)

    @post(
        "/api/v1/verifications/bulk",
        operation_id="verifyCards",
        summary="Check many cards",
        status_code=HTTPStatus.OK,
        request_max_body_size=MAX_BULK_BODY,
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        sync_to_thread=True,
    )
    def verify_all(
        self,
        data: JSONBody[BulkVerificationRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> VerdictsBody:
        """Return a verdict on each text, in the order given; 60 requests from a network in ten minutes."""
        tell(request, admit_bulk(register, network_of(request, register)))
        found = [verify_text(register, text, data.duty).as_json() for text in data.credentials]
        return VerdictsBody(tuple(msgspec.convert(one, VerdictBody) for one in found))

    @post(
        "/api/v1/verifications/photo",
        operation_id="getPhotoOfCard",
        summary="The registered photograph of the card's holder",
        status_code=HTTPStatus.OK,
        media_type=JPEG,
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        sync_to_thread=True,
    )
    def photo(
        self,
        data: JSONBody[PhotoRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return the photograph, as it is printed, to whoever shows the code of a registered card."""
        jpeg = photo_of_credential(register, data.credential, who_asks(request, register))
        if jpeg is None:
            raise NO_PHOTO
        return Response(jpeg, media_type=JPEG)
