"""How the system stands: keys, status lists, clock, mirror, backups; and the rules that hold for all."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody
from msgspec import Struct

from service.domain.access import Permission, Role
from service.domain.check_up import BACKUP_LATE, KEY_AHEAD_DAYS
from service.flows.issue.portraits import portrait_switches, set_portrait_in_code
from service.flows.keys.key_ceremony import list_keys
from service.flows.people.second_factor import require_second_factor, roles_with_factor
from service.flows.publishing.contact import ContactRequest, contact_of, set_contact
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.reading import read_request
from service.flows.running.desk_state import desk_state
from service.pages.home import READ
from service.pages.office.admin import ADMIN, password_again
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.turning import turned
from service.pages.office.typed import FormData, form_values, text_of, unknown_act
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
STATE: Final = ADMIN + "/state"
RULES: Final = ADMIN + "/rules"
"""Days after which the last backup is held to be too old."""

LIST_LATE_HOURS: Final = 12
"""Hours after which a status list should have been signed anew: its ttl."""

_KEEPERS: Final = (Permission.KEEP_MACHINE, Permission.KEEP_BODIES)


class _PortraitRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An issuer, and whether its cards carry portraits."""

    issuer: Annotated[str, described("portrait_issuer", pattern="^(centre|[0-9]{6})$")]
    on: Annotated[bool, described("portrait_on")] = False


class StatePage(Controller):
    """What whoever runs the system looks at, and what holds for all accounts and cards."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(STATE, http_method=READ, sync_to_thread=True)
    def state(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show keys, lists, clock, mirror and backups, each with what is to be done."""
        desk = at_desk(request, register, Permission.KEEP_MACHINE)
        return desk.show("office/admin_state.html", **_state(desk))

    @route(RULES, http_method=READ, sync_to_thread=True)
    def rules(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the contact of the public, the portraits, and who needs a second factor."""
        desk = at_desk(request, register, *_KEEPERS)
        return desk.show("office/admin_rules.html", **_rules(desk, request))

    @post(RULES, status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def change(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Change one of them."""
        act = text_of(data, "act")
        needed = (Permission.KEEP_MACHINE,) if act == "factor" else _KEEPERS
        desk = at_desk(request, register, *needed, csrf=text_of(data, "csrf"))
        actor = desk.principal.actor
        try:
            match act:
                case "contact":
                    asked = read_request(ContactRequest, data)
                    set_contact(register, asked.contact_zh, asked.contact_en or asked.contact_zh, actor)
                case "portrait":
                    switch = read_request(_PortraitRequest, data)
                    set_portrait_in_code(register, switch.issuer, actor, on=switch.on)
                case "factor":
                    password_again(desk, request, data)
                    require_second_factor(register, [role for role in Role if role.value in _ticked(data)], actor)
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_rules.html", **_rules(desk, request, data))
        return desk.go(RULES, done="rule_changed")


def _ticked(data: FormData) -> frozenset[str]:
    found: object = data.get("roles")
    return frozenset(found if isinstance(found, list) else [found] if isinstance(found, str) else ())


def _state(desk: Desk) -> dict[str, Any]:
    register = desk.register
    state = desk_state(register)
    backup = state.backup_at
    now, today = register.effects.now(), register.effects.today()
    document = register.trusted_keys().document
    first = state.first_key
    return {
        "state": state,
        "keys": list_keys(register),
        "document": document,
        "key_look": "bad" if first is None else "warn" if (first - today).days <= KEY_AHEAD_DAYS else "ok",
        "list_look": "bad"
        if state.list_age is None or state.list_age.total_seconds() > LIST_LATE_HOURS * 3600
        else "ok",
        "list_hours": None if state.list_age is None else int(state.list_age.total_seconds() // 3600),
        "backup": backup,
        "backup_days": None if backup is None else (now - backup).days,
        "backup_look": "bad" if backup is None or now - backup > BACKUP_LATE else "ok",
        "moment": moment,
        "today": today,
    }


def _rules(desk: Desk, request: AnyRequest, data: FormData | None = None) -> dict[str, Any]:
    contact = contact_of(desk.register)
    switches, turn = turned(request, portrait_switches(desk.register))
    return {
        "contact_now": contact,
        "switches": switches,
        "turn": turn,
        "roles": [(role.value, desk.say("role_" + role.value.replace("-", "_"))) for role in Role],
        "required": {role.value for role in roles_with_factor(desk.register)},
        "may_factor": desk.principal.may(Permission.KEEP_MACHINE),
        "value": form_values("contact", data if data is not None and text_of(data, "act") == "contact" else None),
    }
