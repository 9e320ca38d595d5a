"""Read back the documents of proposals, cancellations and corrections (督§19, 考§21)."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from service.api.problems import documented
from service.api.routes import READ_REFUSALS, AnyRequest, Identity
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.flows.cards.attached import Attached, card_document, proposal_document
from service.flows.cards.documents import DocumentBody
from service.flows.register import Register
from service.web.authentication import current_principal, needs

BYTES: Final = "application/octet-stream"  # what somebody handed in is saved and never shown by us


class DocumentController(Controller):
    """Documents, whose SHA-256 is the journal's."""

    tags = ("cancellations",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.CHANGE_CARDS, Permission.PROPOSE)]  # noqa: RUF012 - Litestar copies it

    @get(
        "/api/v1/revocation-proposals/{identity:int}/document",
        operation_id="getProposalDocument",
        summary="The document of a proposal",
        media_type=BYTES,
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def of_proposal(
        self,
        identity: Identity,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return it to the centre, to whoever proposed and to whoever decides."""
        return as_download(proposal_document(register, identity, body=current_principal(request).body))

    @get(
        "/api/v1/cards/{number:str}/revocation/document",
        operation_id="getRevocationDocument",
        summary="The document of a cancellation",
        media_type=BYTES,
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def of_revocation(
        self,
        number: FromPath[CardNumber],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return it to whoever reads the record."""
        return as_download(card_document(register, number, Attached.REVOCATION, body=current_principal(request).body))

    @get(
        "/api/v1/cards/{number:str}/revocation-correction/document",
        operation_id="getCorrectionDocument",
        summary="The document of a correction",
        media_type=BYTES,
        responses=documented(*READ_REFUSALS),
        sync_to_thread=True,
    )
    def of_correction(
        self,
        number: FromPath[CardNumber],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[bytes]:
        """Return it to whoever reads the record."""
        return as_download(card_document(register, number, Attached.CORRECTION, body=current_principal(request).body))


def as_download(document: DocumentBody) -> Response[bytes]:
    """Answer with a document that the browser saves under its name (RFC 6266 4.3)."""
    name = f"attachment; filename*=UTF-8''{quote(document.name, safe='')}"
    return Response(document.content, media_type=BYTES, headers={"Content-Disposition": name})
