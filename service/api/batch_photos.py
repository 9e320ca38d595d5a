"""Send the photographs of a batch in pieces, by their SHA-256: a retry sends what is missing (督附5)."""

from __future__ import annotations

from http import HTTPStatus

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, SkipValidation

from service.api.batch_bodies import PhotoBody
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, MAX_FILE_BODY, AnyRequest, Identity
from service.domain.access import Permission
from service.flows.drafts.background import begin_work
from service.flows.drafts.handing_in import add_piece
from service.flows.drafts.photo_requests import PhotoPiece
from service.flows.register import Register
from service.web.authentication import current_principal, needs


class BatchPhotoController(Controller):
    """Photographs of one's own batches."""

    tags = ("batches",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.ISSUE)]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/batches/{identity:int}/photos",
        operation_id="addPhotoPiece",
        summary="Send the next bytes of a photograph",
        status_code=HTTPStatus.OK,
        request_max_body_size=MAX_FILE_BODY,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    def add(
        self,
        identity: Identity,
        data: JSONBody[PhotoPiece],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> PhotoBody:
        """Take a piece; the same bytes again change nothing. The batch is issued when all its photographs have come."""
        line = add_piece(register, current_principal(request), identity, data)
        if line.received == line.size:  # perhaps the last of all
            begin_work(register)
        return PhotoBody(line.sha256, line.size, line.received, line.problem)
