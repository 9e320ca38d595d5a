"""Accounts at the desk: made, named, given a new password, disabled and enabled, and their sign-ins ended."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import Permission, Role
from service.flows.people.account_desk import (
    NamedRequest,
    SessionRequest,
    UserRequest,
    drop_second_factor,
    end_sign_ins,
    kept_account,
    kept_accounts,
    new_password,
    open_account,
    rename_person,
    reopen_account,
    shut_account,
)
from service.flows.people.accounts import NewUser
from service.flows.people.authorities import list_authorities
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.admin import ADMIN, password_again
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names, place_choices
from service.pages.office.once import once_a_form
from service.pages.office.turning import turned
from service.pages.office.typed import FormData, Identity, form_values, line, text_of, unknown_act
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
USERS: Final = ADMIN + "/users"
_DANGEROUS: Final = frozenset({"password", "factor", "disable", "enable"})
"""Acts that ask for the own password again."""

_KEEPERS: Final = (Permission.KEEP_ACCOUNTS, Permission.KEEP_GATES)


class UsersPage(Controller):
    """Accounts: an administrator keeps everybody's, an institution those of its site staff."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(USERS, http_method=READ, sync_to_thread=True)
    def users(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List them, or those that a text is in the name of."""
        desk = at_desk(request, register, *_KEEPERS)
        sought = line(request.query_params.get("text", "")).casefold()
        everybody = kept_accounts(register, desk.principal)
        found = [one for one in everybody if sought in one.stored.account.shown.casefold()]
        shown, turn = turned(request, found)
        counts: dict[str, Any] = {"count": len(found), "total": len(everybody), "turn": turn}
        return desk.show("office/admin_users.html", found=shown, sought=sought, **counts, **_words(desk))

    @route(USERS + "/new", http_method=READ, sync_to_thread=True)
    def new(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the form for another one."""
        desk = at_desk(request, register, *_KEEPERS)
        return desk.show("office/admin_user_new.html", **_new(desk))

    @post(USERS + "/new", status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def add(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Make it, and show its password once."""
        desk = at_desk(request, register, *_KEEPERS, csrf=text_of(data, "csrf"))
        try:
            account_id, made = open_account(register, desk.principal, read_request(UserRequest, data))
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_user_new.html", **_new(desk, data))
        return _show_password(desk, account_id, made)

    @route(USERS + "/{account:int}", http_method=READ, sync_to_thread=True)
    def user(
        self, account: Identity, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show one, with its sign-ins."""
        desk = at_desk(request, register, *_KEEPERS)
        return desk.show("office/admin_user.html", **_one(desk, account))

    @post(USERS + "/{account:int}", status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def change(
        self,
        account: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Do what one of the forms asks for."""
        desk = at_desk(request, register, *_KEEPERS, csrf=text_of(data, "csrf"))
        kept_account(register, desk.principal, account)  # before the password is asked for: not there, not one's own
        try:
            return _done(desk, request, account, data)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_user.html", **_one(desk, account, data))


def _done(desk: Desk, request: AnyRequest, account: int, data: FormData) -> Response[Any]:
    register, by, here = desk.register, desk.principal, f"{USERS}/{account}"
    match text_of(data, "act"):
        case "name":
            rename_person(register, by, account, read_request(NamedRequest, data))
            return desk.go(here, done="user_named")
        case "end":
            end_sign_ins(register, by, account, read_request(SessionRequest, data))
            return desk.go(here, done="user_ended")
        case "end_all":
            end_sign_ins(register, by, account)
            return desk.go(here, done="user_ended")
        case _:
            return _dangerous(desk, request, account, data)


def _dangerous(desk: Desk, request: AnyRequest, account: int, data: FormData) -> Response[Any]:
    register, by, here = desk.register, desk.principal, f"{USERS}/{account}"
    act = text_of(data, "act")
    if act not in _DANGEROUS:
        raise unknown_act()
    password_again(desk, request, data)
    match act:
        case "password":
            return _show_password(desk, account, new_password(register, by, account))
        case "factor":
            drop_second_factor(register, by, account)
            return desk.go(here, done="user_factor")
        case "disable":
            shut_account(register, by, account)
            return desk.go(here, done="user_disabled")
        case _:
            return _show_password(desk, account, reopen_account(register, by, account))


def _show_password(desk: Desk, account_id: int, made: NewUser) -> Response[Any]:
    return desk.show("office/admin_secret.html", made=made, secret=made.password, here=f"{USERS}/{account_id}")


def _words(desk: Desk) -> dict[str, Any]:
    return {"named": body_names(desk), "moment": moment}


def _new(desk: Desk, data: FormData | None = None) -> dict[str, Any]:
    everybodys = desk.principal.may(Permission.KEEP_ACCOUNTS)
    roles = tuple(Role) if everybodys else (Role.SITE_STAFF,)
    return {
        "value": form_values("new", data),
        "roles": [(role.value, desk.say("role_" + role.value.replace("-", "_"))) for role in roles],
        "places": place_choices(desk) if everybodys else (),
        "authorities": [(name, name) for name in list_authorities(desk.register)[1:]] if everybodys else (),
    }


def _one(desk: Desk, account: int, data: FormData | None = None) -> dict[str, Any]:
    one = kept_account(desk.register, desk.principal, account)
    return {
        "one": one,
        "account": one.stored.account,
        "is_own": one.stored.id == desk.principal.account_id,
        "value": form_values("" if data is None else text_of(data, "act"), data),
        **_words(desk),
    }
