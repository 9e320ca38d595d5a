"""Tokens of programs at the desk: listed, made and shown once, taken away."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation, URLEncodedBody

from service.domain.access import PERMISSIONS, Permission
from service.flows.people.account_desk import kept_accounts
from service.flows.people.accounts import TokenRequest, TokenRevocation, add_token, list_tokens, revoke_token
from service.flows.register import Register
from service.flows.requests.reading import read_request
from service.pages.home import READ
from service.pages.office.admin import ADMIN, password_again
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.once import once_a_form
from service.pages.office.turning import turned
from service.pages.office.typed import FormData, form_values, text_of, unknown_act

AnyRequest = Request[Any, Any, State]
TOKENS: Final = ADMIN + "/tokens"
_MOST_CHOSEN_FROM: Final = 200
"""Accounts in a list to choose from; where there are more, the user name is typed."""


class TokensPage(Controller):
    """Programs sign in with tokens; each is an account's and may never do more."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(TOKENS, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """List them."""
        desk = at_desk(request, register, Permission.KEEP_ACCOUNTS)
        return desk.show("office/admin_tokens.html", **_context(desk, request))

    @post(TOKENS, status_code=HTTPStatus.OK, sync_to_thread=True)
    @once_a_form
    def change(
        self,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Make one, or take one away."""
        desk = at_desk(request, register, Permission.KEEP_ACCOUNTS, csrf=text_of(data, "csrf"))
        try:
            match text_of(data, "act"):
                case "add":
                    password_again(desk, request, data)
                    made = add_token(register, read_request(TokenRequest, data), desk.principal.by)
                    return desk.show("office/admin_token.html", made=made)
                case "revoke":
                    gone = read_request(TokenRevocation, data)
                    revoke_token(register, gone.name, gone.label, desk.principal.actor)
                    return desk.go(TOKENS, done="token_revoked")
                case _:
                    raise unknown_act()
        except REFUSALS as error:
            return desk.refuse(request, error, "office/admin_tokens.html", **_context(desk, request, data))


def _context(desk: Desk, request: AnyRequest, data: FormData | None = None) -> dict[str, Any]:
    tokens, turn = turned(request, list_tokens(desk.register))
    found: object = None if data is None else data.get("scopes")
    users = [one.stored.account for one in kept_accounts(desk.register, desk.principal) if not one.stored.disabled_at]
    return {
        "found": tokens,
        "turn": turn,
        "today": desk.register.effects.today(),
        "users": [(one.name, one.shown) for one in users] if len(users) <= _MOST_CHOSEN_FROM else [],
        "scopes": [
            (
                one.value,
                desk.say("may_" + one.name.lower()),
                [str(role) for role in PERMISSIONS if one in PERMISSIONS[role]],
            )
            for one in Permission
        ],
        "ticked": frozenset(found if isinstance(found, list) else [found] if isinstance(found, str) else ()),
        "value": form_values("add", data),
    }
