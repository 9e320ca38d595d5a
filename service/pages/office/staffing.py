"""Where people are short, who is engaged and who is sent; and the forms to engage, end, send and withdraw."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.domain.staffing import Requirement, Staffed
from service.flows.errors import Refused
from service.flows.people.dispatching import (
    DispatchRequest,
    WithdrawalRequest,
    find_dispatch,
    list_dispatches,
    send,
    withdraw_dispatch,
)
from service.flows.people.engagements import (
    EndRequest,
    EngagementRequest,
    end_engagement,
    engage,
    find_engagement,
    list_engagements,
)
from service.flows.people.staffing import staffing
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
    text_of,
    unknown_act,
)
from service.store.engagements import StoredEngagement

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/staffing"
_LOOK_BACK: Final = timedelta(days=30)
_MOST: Final = 300  # rows of one table; the command line and programs get all


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
    """Gather what the page shows: of an institution its own, of a bureau what is on file with it, of the centre all."""
    account = desk.principal.account
    everything = "all" in request.query_params
    today = desk.register.effects.today()
    rows = [one for one in _requirements(desk) if everything or one.outcome is not Staffed.MET]
    contracts = _contracts(desk, today=None if everything else today) if desk.principal.may(Permission.ENGAGE) else ()
    visits = [
        one
        for one in list_dispatches(desk.register, account.institution, authority=account.district)
        if everything or (one.withdrawn_on is None and one.on >= today - _LOOK_BACK)
    ]
    return _frame(desk) | {
        "rows": rows[:_MOST],
        "contracts": contracts[:_MOST],
        "visits": visits[-_MOST:],
        "most": _MOST,
        "cut": max(len(rows), len(contracts), len(visits)) > _MOST,
        "everything": everything,
        "today": today,
    }


def _requirements(desk: Desk) -> tuple[Requirement, ...]:
    account = desk.principal.account
    try:
        return staffing(desk.register, institution=account.institution, authority=account.district)
    except Refused:  # a bureau with which no institution is on file has nothing to be short of
        return ()


def _contracts(desk: Desk, today: date | None) -> tuple[StoredEngagement, ...]:
    found = list_engagements(desk.register, desk.principal.account.institution)
    return tuple(one for one in found if today is None or (one.ended_on or one.engagement.until) >= today)


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
