"""The verdict on a scanned card."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from service.api.problems import documented
from service.api.schemas import VerdictBody, VerificationRequest
from service.domain.fitness import Duty
from service.flows.register import Register
from service.flows.verify import verify_text


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
        """Give a verdict on any text: a forged card, or no card at all, is answered like a good one."""
        duty = Duty(data.place, data.occupation, data.level)
        return msgspec.convert(verify_text(register, data.credential, duty).as_json(), VerdictBody)
