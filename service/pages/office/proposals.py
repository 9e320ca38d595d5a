"""Proposals to cancel a qualification: entered by number, decided or declined by the card's issuer (督§19, 考§21)."""

from __future__ import annotations

from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import MultipartBody, SkipValidation

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.errors import CardNumberMalformed
from service.flows.cards.cancellations import (
    decline_proposal,
    find_proposal,
    proposals_at_desk,
    propose_revocation,
)
from service.flows.cards.card_requests import DeclineRequest, ProposalRequest, RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.register import Register
from service.flows.requests.reading import card_number, read_numbered, read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names, ground_choices
from service.pages.office.once import once_a_form
from service.pages.office.typed import (
    FormData,
    Identity,
    fields_of,
    form_values,
    key_of,
    post_with_document,
    text_of,
    unknown_act,
)
from service.pages.shown import moment
from service.store.proposals import StoredProposal
from service.store.states import ProposalState

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/proposals"
_SEES: Final = (Permission.CHANGE_CARDS, Permission.PROPOSE)


class ProposalsPage(Controller):
    """One sees what one's body has proposed, and what it decides on."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List what nobody has answered, and with ``all`` everything."""
        desk = at_desk(request, register, *_SEES)
        return desk.show("office/proposals.html", **_listed(desk, request), form_values=form_values())

    @post_with_document(PAGE)
    @once_a_form
    def enter(
        self,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Propose: any card, also one whose holder is another's."""
        desk = at_desk(request, register, Permission.PROPOSE, csrf=text_of(data, "csrf"))
        try:
            number, proposal = read_numbered(ProposalRequest, fields_of(data))
            made = propose_revocation(register, number, proposal, desk.principal.by)
        except REFUSALS as error:
            shown = _listed(desk, request, text_of(data, "number"))
            return desk.refuse(
                request, error, "office/proposals.html", **shown, form_values=form_values("propose", data)
            )
        return desk.go(f"{PAGE}/{made}", done="proposed")

    @route(PAGE + "/{identity:int}", http_method=READ, sync_to_thread=True)
    def proposal(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show a proposal, and to whom decides the two answers."""
        desk = at_desk(request, register, *_SEES)
        return desk.show("office/proposal.html", **_one(desk, identity), form_values=form_values())

    @post_with_document(PAGE + "/{identity:int}")
    @once_a_form
    def answer(
        self,
        identity: Identity,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Cancel, or decline. Whoever is not the issuer is refused, and the journal says so."""
        desk = at_desk(request, register, *_SEES, csrf=text_of(data, "csrf"))
        _one(desk, identity)
        try:
            return _answer(desk, identity, data)
        except REFUSALS as error:
            shown = _one(desk, identity)
            values = form_values(text_of(data, "act"), data)
            return desk.refuse(request, error, "office/proposal.html", **shown, form_values=values)


def _answer(desk: Desk, identity: int, data: FormData) -> Response[Any]:
    register, by, page = desk.register, desk.principal.by, f"{PAGE}/{identity}"
    found = find_proposal(register, identity)
    match text_of(data, "act"):
        case "cancel" if found.state is ProposalState.PROPOSED:
            decision = fields_of(data, ground=str(found.proposal.ground))
            revoke_card(register, found.number, read_request(RevocationRequest, decision), by)
            return desk.go(page, done="revoked")
        case "cancel":
            raise Refused("proposal-closed", "此建议已有结果，不能再作答复", "the proposal has been answered already")
        case "decline":
            decline_proposal(register, identity, read_request(DeclineRequest, data), by)
            return desk.go(page, done="declined")
        case _:
            raise unknown_act()


def _listed(desk: Desk, request: AnyRequest, number: str | None = None) -> dict[str, Any]:
    everything = "all" in request.query_params
    after = key_of(request.query_params, "after")
    found, more = proposals_at_desk(desk.register, desk.principal.body, only_open=not everything, after=after)
    about = _number_of(request.query_params.get("number", "") if number is None else number)
    return {
        "about": about,
        "rows": found,
        "more": more,
        "everything": everything,
        "named": body_names(desk),
        "grounds": () if about is None else ground_choices(desk, about.kind),
        "may_propose": desk.principal.may(Permission.PROPOSE),
        "moment": moment,
    }


def _number_of(typed: str) -> CardNumber | None:
    """Return the card that a proposal is about, None until there is a number: its kind says which grounds there are."""
    try:
        return card_number(typed)
    except CardNumberMalformed:
        return None


def _one(desk: Desk, identity: int) -> dict[str, Any]:
    found = find_proposal(desk.register, identity, body=desk.principal.body)
    if desk.principal.body not in {found.issuer, found.proposal.body}:
        raise Refused("no-such-proposal", f"没有编号为 {identity} 的建议", f"there is no proposal {identity}")
    return {
        "one": found,
        "named": body_names(desk),
        "decides": _decides(desk, found),
        "moment": moment,
        "today": desk.register.effects.today(),
    }


def _decides(desk: Desk, found: StoredProposal) -> bool:
    by = desk.principal
    return found.state is ProposalState.PROPOSED and by.body == found.issuer and by.may(Permission.CHANGE_CARDS)
