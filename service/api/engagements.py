"""Engage and send people, and tell where they are short (考§4, §6, §16; 督§3–5, §14, §15)."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter, SkipValidation

from service.api.bodies import DispatchRequest, EngagementRequest
from service.api.cards import CHANGE_REFUSALS
from service.api.fields import FORMS
from service.api.problems import documented
from service.api.schemas import DispatchedBody, EngagedBody, RequirementBody, StaffingBody, WarnedBody
from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.domain.engagement import Warned
from service.flows.dispatching import send
from service.flows.engagements import engage
from service.flows.register import Register
from service.flows.staffing import staffing
from service.web.authentication import asker, needs

AnyRequest = Request[Any, Any, State]
Code = Annotated[str | None, QueryParameter(description=FORMS["institution"].en, pattern="^[0-9]{6}$")]


class EngagementController(Controller):
    """An institution engages people for itself; an authority sends external supervisors in its own name."""

    tags = ("engagements",)
    security = [{"token": []}]  # noqa: RUF012 - Litestar copies it

    @post(
        "/api/v1/cards/{number:str}/engagements",
        operation_id="engage",
        summary="Engage a card's holder",
        guards=[needs(Permission.ENGAGE)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    def engage(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[EngagementRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> EngagedBody:
        """Enter a contract; its term lies within the card's."""
        by = asker(request)
        made = engage(
            register,
            number,
            data.institution,
            since=data.first_day,
            until=data.last_day,
            as_internal=data.as_internal,
            document=data.document,
            body=by.body,
            actor=by.actor,
        )
        return EngagedBody(made.id, made.until, _warned(made.warnings))

    @post(
        "/api/v1/cards/{number:str}/dispatches",
        operation_id="dispatch",
        summary="Send an external supervisor",
        guards=[needs(Permission.DISPATCH)],
        responses=documented(*CHANGE_REFUSALS),
        sync_to_thread=True,
    )
    def dispatch(
        self,
        number: FromPath[CardNumber],
        data: JSONBody[DispatchRequest],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> DispatchedBody:
        """Send somebody to an institution on a day, never a third time running."""
        by = asker(request)
        authority = by.account.district or register.jurisdiction.centre.zh
        sent = send(register, number, data.institution, on=data.on, authority=authority, plan=data.plan, actor=by.actor)
        return DispatchedBody(sent.id, _warned(sent.warnings))

    @get(
        "/api/v1/staffing",
        operation_id="staffing",
        summary="Where people are short",
        guards=[needs(Permission.ENGAGE, Permission.DISPATCH)],
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
        sync_to_thread=True,
    )
    def staffing(
        self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]], institution: Code = None
    ) -> StaffingBody:
        """Count the people of an institution, or of all that one sees: its own, or those on file with the district."""
        account = asker(request).account
        wanted = account.institution or institution
        rows = staffing(register, institution=wanted, authority=account.district)
        return StaffingBody(
            tuple(
                RequirementBody(one.subject, one.article, one.have, one.need, one.outcome, one.zh, one.en)
                for one in rows
            )
        )


def _warned(warnings: Iterable[Warned]) -> tuple[WarnedBody, ...]:
    return tuple(WarnedBody(one.article, one.zh, one.en) for one in warnings)
