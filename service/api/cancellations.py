"""Cancel qualifications: propose, decide, decline, correct (督§19, 考§21)."""

from __future__ import annotations

from http import HTTPStatus

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, MAX_FILE_BODY, AnyRequest, Identity
from service.api.schemas import NumbersBody, ProposalBody, ProposalsBody
from service.domain.access import PERMISSIONS, By, Permission
from service.domain.card_number import CardNumber
from service.flows.cards.cancellations import (
    correct_cancellation,
    decline_proposal,
    find_proposal,
    proposal_page,
    propose_revocation,
)
from service.flows.cards.card_requests import CorrectionRequest, DeclineRequest, ProposalRequest, RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.register import Register
from service.store.proposals import StoredProposal
from service.web.authentication import NotPermitted, current_principal, needs


class CancellationController(Controller):
    """Decisions by the card's issuer, proposals by others who may propose. An attempt of theirs to decide is recorded.

    A district bureau or another institution that tries to decide is refused, and the journal says so.
    """

    tags = ("cancellations",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it
    guards = [needs(Permission.CHANGE_CARDS, Permission.PROPOSE)]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/cards/{number:str}/revocation",
        operation_id="revokeCard",
        summary="Cancel the qualification a card stands for",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        request_max_body_size=MAX_FILE_BODY,
        sync_to_thread=True,
    )
    @once
    def revoke(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[RevocationRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumbersBody:
        """Cancel, in force at once; every card that is lost with it is named."""
        return NumbersBody(revoke_card(register, number, data, _decider(request)))

    @post(
        "/api/v1/cards/{number:str}/revocation-correction",
        operation_id="correctRevocation",
        summary="Correct a mistaken cancellation",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        request_max_body_size=MAX_FILE_BODY,
        sync_to_thread=True,
    )
    @once
    def correct(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[CorrectionRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> NumbersBody:
        """Correct by a new entry: the cards stay revoked, the bar of three years falls."""
        return NumbersBody(correct_cancellation(register, number, data, _decider(request)))

    @post(
        "/api/v1/cards/{number:str}/revocation-proposals",
        operation_id="proposeRevocation",
        summary="Propose a cancellation",
        guards=[needs(Permission.PROPOSE)],
        responses=documented(*CHANGE_REFUSALS),
        request_max_body_size=MAX_FILE_BODY,
        sync_to_thread=True,
    )
    @once
    def propose(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[ProposalRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> ProposalBody:
        """Enter a proposal for the card's issuer to decide; the card counts as before."""
        identity = propose_revocation(register, number, data, current_principal(request).by)
        return _body(find_proposal(register, identity))

    @get(
        "/api/v1/revocation-proposals",
        operation_id="listProposals",
        summary="Proposals to cancel",
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def proposals(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[ProposalsBody]:
        """List the proposals one's body made or decides on, answered or not."""
        asked = PageRequest(limit=limit, cursor=cursor)
        found = proposal_page(register, current_principal(request).body, asked)
        return paged(request, ProposalsBody(tuple(map(_body, found.items))), found)

    @post(
        "/api/v1/revocation-proposals/{identity:int}/refusal",
        operation_id="declineProposal",
        summary="Decline a proposal",
        status_code=HTTPStatus.OK,
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def decline(
        self,
        identity: Identity,
        data: JSONBody[DeclineRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> ProposalBody:
        """Decline; the card stays as it is."""
        return _body(decline_proposal(register, identity, data, _decider(request)))


def _decider(request: AnyRequest) -> By:
    """Return whoever decides, or tries to: a token that was not given this scope is no attempt of its owner's."""
    principal = current_principal(request)
    may = PERMISSIONS[principal.account.role]
    if not principal.may(Permission.CHANGE_CARDS) and Permission.CHANGE_CARDS in may:
        raise NotPermitted
    return principal.by


def _body(one: StoredProposal) -> ProposalBody:
    return ProposalBody(
        id=one.id,
        number=one.number,
        ground=str(one.proposal.ground),
        body=one.proposal.body,
        proposed_by=one.proposal.proposed_by,
        reason=one.proposal.reason,
        document=one.proposal.document,
        state=one.state,
        entered_at=one.entered_at,
        closed_on=one.closed_on,
        closed_by=one.closed_by,
        answer=one.answer,
    )
