"""Telephones of the gates: let in with a code on this screen, listed by name, and signed out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import segno
from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import Permission, Role
from service.flows.people.account_desk import SessionRequest, end_sign_ins, kept_accounts
from service.flows.people.devices import DeviceRequest, devices, invite_device
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.admin import ADMIN
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names
from service.pages.office.once import once_a_form
from service.pages.office.turning import turned
from service.pages.office.typed import FormData, form_values, text_of, unknown_act
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
DEVICES: Final = ADMIN + "/devices"
_KEEPERS: Final = (Permission.KEEP_ACCOUNTS, Permission.KEEP_GATES)


class DevicesPage(Controller):
    """Telephones that sign in with a code: an institution sees those of its own site staff."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(DEVICES, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List them."""
        desk = at_desk(request, register, *_KEEPERS)
        return desk.show("office/admin_devices.html", **_context(desk, request))

    @post(DEVICES, status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def change(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Show a code for another one, or sign one out."""
        desk = at_desk(request, register, *_KEEPERS, csrf=text_of(data, "csrf"))
        try:
            return _done(desk, data)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_devices.html", **_context(desk, request, data))


def _done(desk: Desk, data: FormData) -> Response[Any]:
    match text_of(data, "act"):
        case "invite":
            made = invite_device(desk.register, desk.principal, read_request(DeviceRequest, data))
            picture = segno.make(made.address, error="m", micro=False).png_data_uri(scale=6, border=4)
            return desk.show("office/admin_device_code.html", made=made, picture=picture, moment=moment)
        case "end":
            key = read_request(SessionRequest, data)
            for one in devices(desk.register, desk.principal):
                if one.key.hex() == key.session:
                    end_sign_ins(desk.register, desk.principal, one.owner.id, key)
            return desk.go(DEVICES, done="device_ended")
        case _:
            raise unknown_act()


def _context(desk: Desk, request: AnyRequest, data: FormData | None = None) -> dict[str, Any]:
    found = devices(desk.register, desk.principal)
    shown, turn = turned(request, found)
    gates = [
        one.stored
        for one in kept_accounts(desk.register, desk.principal)
        if one.stored.account.role is Role.SITE_STAFF and one.stored.disabled_at is None
    ]
    name = body_names(desk)
    return {
        "found": shown,
        "count": len(found),
        "turn": turn,
        "gates": [(str(one.id), f"{one.account.shown} · {name(one.account.institution or '')}") for one in gates],
        "value": form_values("invite", data),
        "named": name,
        "moment": moment,
    }
