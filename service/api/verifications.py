"""The verdict on a scanned card, and the photograph to compare its holder with."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec
from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from service.api.problems import documented
from service.api.routes import AnyRequest
from service.api.verdict_schemas import VerdictBody
from service.flows.cards.photos import photo_of_credential
from service.flows.checking.check_requests import PhotoRequest, VerificationRequest
from service.flows.checking.verify import verify_text
from service.flows.register import Register
from service.web.authentication import who_asks
from service.web.refusals import Absent

JPEG: Final = "image/jpeg"
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
        sync_to_thread=True,
    )
    def verify(
        self, data: JSONBody[VerificationRequest], register: NamedDependency[SkipValidation[Register]]
    ) -> VerdictBody:
        """Return a verdict on any text: a forged card, or no card at all, is answered like a good one."""
        return msgspec.convert(verify_text(register, data.credential, data.duty).as_json(), VerdictBody)

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
