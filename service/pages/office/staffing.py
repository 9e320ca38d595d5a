"""Where people are short, who is engaged and who is sent; and the forms to engage, end, send and withdraw."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.staffing import Requirement, Staffed
from service.flows.people.authorities import list_authorities
from service.flows.people.dispatching import (
    LAST_ID,
    DispatchRequest,
    WithdrawalRequest,
    dispatch_page,
    find_dispatch,
    send,
    withdraw_dispatch,
)
from service.flows.people.engagements import (
    EndRequest,
    EngagementRequest,
    end_engagement,
    engage,
    engagement_page,
    find_engagement,
)
from service.flows.people.staffing import staffing_page
from service.flows.register import Register
from service.flows.requests.reading import read_numbered, read_request
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names, place_choices
from service.pages.office.once import once_a_form
from service.pages.office.typed import (
    MAX_FORM_BODY,
    FormData,
    Identity,
    fields_of,
    form_values,
    key_of,
    text_of,
    unknown_act,
)

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/staffing"
_LOOK_BACK: Final = timedelta(days=30)
_PLACES: Final = 20  # institutions whose requirements stand on one page


class StaffingPage(Controller):
    """An institution engages for itself, an authority sends in its own name; each sees its own."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show what is short, and who works where."""
        desk = at_desk(request, register, Permission.ENGAGE, Permission.DISPATCH)
        return desk.show("office/staffing.html", **_staffing(desk, request), form_values=form_values())

    @post(PAGE, status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def enter(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Engage somebody, or send somebody."""
        act = text_of(data, "act")
        wanted = Permission.DISPATCH if act == "send" else Permission.ENGAGE
        desk = at_desk(request, register, wanted, csrf=text_of(data, "csrf"))
        try:
            match act:
                case "engage":
                    return _engage(desk, data)
                case "send":
                    return _send(desk, data)
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            values = form_values(act, {**data, "resident_id": ""})  # an identity number stands in no page
            return desk.refuse(request, error, "office/staffing.html", **_staffing(desk, request), form_values=values)

    @route(PAGE + "/engagements/{identity:int}", http_method=READ, sync_to_thread=True)
    def engagement(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show a contract."""
        desk = at_desk(request, register, Permission.ENGAGE)
        found = find_engagement(register, identity, body=desk.principal.body)
        return desk.show("office/engagement.html", one=found, **_frame(desk), form_values=form_values())

    @post(
        PAGE + "/engagements/{identity:int}",
        status_code=HTTPStatus.OK,
        request_max_body_size=MAX_FORM_BODY,
        sync_to_thread=True,
    )
    @once_a_form
    def end(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """End it before its term."""
        desk = at_desk(request, register, Permission.ENGAGE, csrf=text_of(data, "csrf"))
        found = find_engagement(register, identity, body=desk.principal.body)
        try:
            end_engagement(register, identity, read_request(EndRequest, data), desk.principal.by)
        except REFUSALS as error:
            shown = _frame(desk) | {"one": found}
            return desk.refuse(request, error, "office/engagement.html", **shown, form_values=form_values("end", data))
        return desk.go(desk.path, done="ended")

    @route(PAGE + "/dispatches/{identity:int}", http_method=READ, sync_to_thread=True)
    def dispatch(
        self, identity: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show a dispatch."""
        desk = at_desk(request, register, Permission.DISPATCH)
        found = find_dispatch(register, identity, authority=desk.principal.account.district)
        return desk.show("office/dispatch.html", one=found, **_frame(desk), form_values=form_values())

    @post(
        PAGE + "/dispatches/{identity:int}",
        status_code=HTTPStatus.OK,
        request_max_body_size=MAX_FORM_BODY,
        sync_to_thread=True,
    )
    @once_a_form
    def withdraw(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Take it back."""
        desk = at_desk(request, register, Permission.DISPATCH, csrf=text_of(data, "csrf"))
        found = find_dispatch(register, identity, authority=desk.principal.account.district)
        try:
            withdraw_dispatch(register, identity, read_request(WithdrawalRequest, data), desk.principal.by)
        except REFUSALS as error:
            shown = _frame(desk) | {"one": found}
            return desk.refuse(
                request, error, "office/dispatch.html", **shown, form_values=form_values("withdraw", data)
            )
        return desk.go(desk.path, done="withdrawn")


def _engage(desk: Desk, data: FormData) -> Response[Any]:
    fields = fields_of(data, institution=desk.principal.account.institution)
    number, request = read_numbered(EngagementRequest, fields)
    made = engage(desk.register, number, request, desk.principal.by)
    page = f"{PAGE}/engagements/{made.id}"
    if made.warnings:
        return desk.go(page, done="engaged_often")
    return desk.go(page, done="engaged")


def _send(desk: Desk, data: FormData) -> Response[Any]:
    number, request = read_numbered(DispatchRequest, data)
    sent = send(desk.register, number, request, desk.principal.by)
    page = f"{PAGE}/dispatches/{sent.id}"
    if sent.warnings:
        return desk.go(page, done="sent_where_known")
    return desk.go(page, done="sent")


def _staffing(desk: Desk, request: AnyRequest) -> dict[str, Any]:
    """Gather what the page shows: of an institution its own, of a bureau what is on file with it, of the centre all.

    Each table is read a page at a time, by key: the centre's requirements by the codes of institutions.
    """
    account, query = desk.principal.account, request.query_params
    everything = "all" in query
    today = desk.register.effects.today()
    rows, more_places = _requirements(desk, query.get("places", "")[:6], query.get("authority", "")[:60])
    contracts, more_contracts = (
        engagement_page(desk.register, account.institution, running=not everything, after=key_of(query, "contracts"))
        if desk.principal.may(Permission.ENGAGE)
        else ((), None)
    )
    visits, more_visits = dispatch_page(
        desk.register,
        account.institution,
        account.district,
        since=None if everything else today - _LOOK_BACK,
        before=key_of(query, "visits", LAST_ID),
    )
    return _frame(desk) | {
        "rows": [one for one in rows if everything or one.outcome is not Staffed.MET],
        "contracts": contracts,
        "visits": visits,
        "more": {"places": more_places, "contracts": more_contracts, "visits": more_visits},
        "authorities": ()
        if account.institution or account.district
        else [(one, one) for one in list_authorities(desk.register)],
        "chosen_authority": query.get("authority", ""),
        "everything": everything,
        "today": today,
    }


def _requirements(desk: Desk, after: str, chosen: str) -> tuple[tuple[Requirement, ...], str | None]:
    account = desk.principal.account
    authority = account.district or (chosen if account.institution is None else "")
    return staffing_page(desk.register, after, _PLACES, institution=account.institution, authority=authority or None)


def _frame(desk: Desk) -> dict[str, Any]:
    by = desk.principal
    return {
        "named": body_names(desk),
        "engages": by.may(Permission.ENGAGE),
        "sends": by.may(Permission.DISPATCH),
        "own": by.account.institution,
        "place_choices": place_choices(desk),
        "authority": by.account.district or desk.register.jurisdiction.centre.zh,
    }
