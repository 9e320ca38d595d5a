"""Engage and send people, and tell where they are short (考§4, §6, §16; 督§3–5, §14, §15)."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, SkipValidation

from service.api.once import once
from service.api.paging import Cursor, Limit, paged
from service.api.problems import documented
from service.api.routes import CHANGE_REFUSALS, LIST_REFUSALS, AnyRequest, Identity, InstitutionQuery
from service.api.schemas import (
    DispatchBody,
    DispatchedBody,
    DispatchesBody,
    EngagedBody,
    EngagementBody,
    EngagementsBody,
    RequirementBody,
    StaffingBody,
    WarnedBody,
)
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.engagement import Warned
from service.flows.paging import MOST_ITEMS, PageRequest
from service.flows.people.dispatching import (
    DispatchRequest,
    WithdrawalRequest,
    send,
    sent_page,
    withdraw_dispatch,
)
from service.flows.people.engagements import (
    EndRequest,
    EngagementRequest,
    contract_page,
    end_engagement,
    engage,
)
from service.flows.people.staffing import requirement_page
from service.flows.register import Register
from service.store.dispatches import StoredDispatch
from service.store.engagements import StoredEngagement
from service.web.authentication import current_principal, needs
from service.web.rate_headers import teller


class EngagementController(Controller):
    """An institution engages people for itself; an authority sends external supervisors in its own name."""

    tags = ("engagements",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/cards/{number:str}/engagements",
        operation_id="engage",
        summary="Engage a card's holder",
        guards=[needs(Permission.ENGAGE)],
        responses=documented(*CHANGE_REFUSALS, HTTPStatus.TOO_MANY_REQUESTS),
        sync_to_thread=True,
    )
    @once
    def engage(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[EngagementRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> EngagedBody:
        """Enter a contract, with what the holder has shown; its term lies within the card's."""
        made = engage(register, number, data, current_principal(request).by, teller(request))
        return EngagedBody(made.id, made.until, _warned(made.warnings))

    @get(
        "/api/v1/engagements",
        operation_id="listEngagements",
        summary="Who is engaged where",
        guards=[needs(Permission.ENGAGE)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def engagements(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        institution: InstitutionQuery = None,
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[EngagementsBody]:
        """List contracts, ended ones too: an institution its own, the centre those of one or of all."""
        asked = PageRequest(limit=limit, cursor=cursor)
        found = contract_page(register, current_principal(request).account.institution or institution, asked)
        return paged(request, EngagementsBody(tuple(map(_engagement, found.items))), found)

    @post(
        "/api/v1/engagements/{identity:int}/end",
        operation_id="endEngagement",
        summary="End an engagement before its term",
        status_code=HTTPStatus.OK,
        guards=[needs(Permission.ENGAGE)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def end(
        self,
        identity: Identity,
        data: JSONBody[EndRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> EngagementBody:
        """End it: an institution its own, the centre any."""
        return _engagement(end_engagement(register, identity, data, current_principal(request).by))

    @get(
        "/api/v1/dispatches",
        operation_id="listDispatches",
        summary="Who is sent where",
        guards=[needs(Permission.ENGAGE, Permission.DISPATCH)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def dispatches(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        institution: InstitutionQuery = None,
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[DispatchesBody]:
        """List dispatches, withdrawn ones too: an institution those to itself, a district bureau its own."""
        account = current_principal(request).account
        asked = PageRequest(limit=limit, cursor=cursor)
        found = sent_page(register, account.institution or institution, account.district, asked)
        return paged(request, DispatchesBody(tuple(map(_dispatch, found.items))), found)

    @post(
        "/api/v1/dispatches/{identity:int}/withdrawal",
        operation_id="withdrawDispatch",
        summary="Take a dispatch back",
        status_code=HTTPStatus.OK,
        guards=[needs(Permission.DISPATCH)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def withdraw(
        self,
        identity: Identity,
        data: JSONBody[WithdrawalRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> DispatchBody:
        """Take it back, after which it counts no more: a district bureau its own, the centre any."""
        return _dispatch(withdraw_dispatch(register, identity, data, current_principal(request).by))

    @post(
        "/api/v1/cards/{number:str}/dispatches",
        operation_id="dispatch",
        summary="Send an external supervisor",
        guards=[needs(Permission.DISPATCH)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    @once
    def dispatch(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[DispatchRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> DispatchedBody:
        """Send somebody to an institution on a day, never a third time running."""
        sent = send(register, number, data, current_principal(request).by)
        return DispatchedBody(sent.id, _warned(sent.warnings))

    @get(
        "/api/v1/staffing",
        operation_id="staffing",
        summary="Where people are short",
        guards=[needs(Permission.ENGAGE, Permission.DISPATCH)],
        responses=documented(*LIST_REFUSALS),
        sync_to_thread=True,
    )
    def staffing(
        self,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        institution: InstitutionQuery = None,
        limit: Limit = MOST_ITEMS,
        cursor: Cursor = None,
    ) -> Response[StaffingBody]:
        """Count the people of an institution, or of all that one sees: its own, or those on file with the district."""
        account = current_principal(request).account
        wanted = account.institution or institution
        asked = PageRequest(limit=limit, cursor=cursor)
        found = requirement_page(register, asked, institution=wanted, authority=account.district)
        rows = (
            RequirementBody(one.subject, one.article, one.have, one.need, one.outcome, one.zh, one.en)
            for one in found.items
        )
        return paged(request, StaffingBody(tuple(rows)), found)


def _warned(warnings: Iterable[Warned]) -> tuple[WarnedBody, ...]:
    return tuple(WarnedBody(one.article, one.zh, one.en) for one in warnings)


def _engagement(one: StoredEngagement) -> EngagementBody:
    new = one.engagement
    return EngagementBody(
        id=one.id,
        number=one.number,
        name=one.name,
        kind=one.kind,
        institution=new.institution,
        first_day=new.since,
        last_day=new.until,
        as_internal=new.as_internal,
        document=new.document,
        ended_on=one.ended_on,
        end_reason=one.end_reason,
    )


def _dispatch(one: StoredDispatch) -> DispatchBody:
    return DispatchBody(
        id=one.id,
        number=one.number,
        name=one.name,
        institution=one.institution,
        on=one.on,
        authority=one.authority,
        plan=one.plan or None,
        withdrawn_on=one.withdrawn_on,
        withdrawal_reason=one.withdrawal_reason,
    )
