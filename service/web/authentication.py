"""Who asks, and may they: the cookie of a sign-in, or the token of a program.

The cookie goes with every request a browser makes, so a request that changes something must also bring the sign-in's
CSRF token, which no page of another origin can read, and must not come from another origin.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.types import AsyncAnyCallable

from service.domain.access import Permission, Principal
from service.domain.access_record import Access, Act
from service.flows.people.access_records import record_access
from service.flows.people.sign_in import SignIn, find_sign_in, principal_of_token
from service.flows.register import Register

COOKIE: Final = "__Host-zhengka"  # RFC 6265bis 4.1.3.2: secure, of this host alone, for all of it
CSRF_HEADER: Final = "X-CSRF-Token"
FORM_KEY_MARK: Final = "."
"""In the token of a form: what follows it is the form's one-time key."""

_ASKER: Final = "current_principal"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER: Final = "bearer "

AnyRequest = ASGIConnection[Any, Any, Any, Any]


class NotSignedIn(Exception):
    """Nobody is signed in, or no longer."""

    code = "not-signed-in"
    zh = "请先登录；登录已过期的，请重新登录"
    en = "sign in first; if you were signed in, it has ended"


class NotPermitted(Exception):
    """Whoever is signed in may not do this."""

    code = "not-permitted"
    zh = "您的账户没有此项权限"
    en = "your account may not do this"


class CrossSite(Exception):
    """A request that changes something and does not show that our own page has made it."""

    code = "csrf"
    zh = f"请求未附 {CSRF_HEADER}，或来自别的网站；请刷新页面后重试"
    en = f"the request lacks {CSRF_HEADER} or comes from another site; reload the page and try again"


class OfAnotherSignIn(CrossSite):
    """A form of a page that was opened under another sign-in: in this browser somebody has signed in since."""

    zh = "这一页是在另一次登录时打开的，提交的内容没有办理；请重新打开这一页，看清现在登录的是谁再办"
    en = "this page was opened under another sign-in, and nothing was done; open it again, and see who is signed in"


def signed_in(request: AnyRequest, register: Register) -> SignIn | None:
    """Find the sign-in of the request's cookie."""
    secret = request.cookies.get(COOKIE)
    return None if secret is None else find_sign_in(register, secret)


def authorise(request: AnyRequest, register: Register, *permissions: Permission) -> Principal:
    """Find out who asks for something that needs one of these. Raises NotSignedIn, CrossSite, NotPermitted."""
    principal = _of_token(request, register) or _of_cookie(request, register)
    check_permitted(request, register, principal, *permissions)
    return principal


def check_permitted(request: AnyRequest, register: Register, principal: Principal, *permissions: Permission) -> None:
    """Refuse, and record, who may do none of these things. Raises NotPermitted."""
    if permissions and not any(map(principal.may, permissions)):
        asked = f"{request.scope.get('method', '')} {request.scope.get('path_template', '')}"
        refused = Access(act=Act.REFUSED, ground=asked[:120], outcome=NotPermitted.code)
        record_access(register, principal.actor, refused)
        raise NotPermitted


def signed_in_person(request: AnyRequest, register: Register) -> Principal:
    """Return whoever is signed in in this browser; a token is nobody. Raises NotSignedIn, CrossSite."""
    return _of_cookie(request, register)


def who_asks(request: AnyRequest, register: Register) -> Principal | None:
    """Return who asks for what anybody may ask for; None for a stranger, and for a sign-in or token that is over."""
    try:
        principal = _of_token(request, register)
    except NotSignedIn:
        return None
    found = signed_in(request, register) if principal is None else None
    return principal if found is None else found.principal


def needs(*permissions: Permission) -> AsyncAnyCallable:
    """Make the guard of a route: who asks, and may with one of these, is found out before the rest is read.

    The handler finds whoever it is with ``current_principal``.
    """

    async def guard(request: AnyRequest, _handler: BaseRouteHandler) -> None:
        register: Register = request.app.state.register
        request.state[_ASKER] = await asyncio.to_thread(authorise, request, register, *permissions)

    return guard


def current_principal(request: AnyRequest) -> Principal:
    """Return whoever the guard has let in."""
    principal: Principal = request.state[_ASKER]
    return principal


def check_own_page(request: AnyRequest, sign_in: SignIn | None = None, token: str | None = None) -> None:
    """Refuse a request from another site's page, or without the sign-in's CSRF token. Raises CrossSite.

    ``token`` is the field of a form, where there is one; else the header counts. Before a sign-in there is no token.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        from_elsewhere = site not in {"same-origin", "none"}
    else:  # Safari before 16.4, and programs
        origin = request.headers.get("origin")
        from_elsewhere = origin is not None and origin.partition("://")[2] != request.headers.get("host")
    if from_elsewhere:
        raise CrossSite
    if sign_in is not None:
        shown = request.headers.get(CSRF_HEADER, "") if token is None else token.partition(FORM_KEY_MARK)[0]
        if not hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), sign_in.csrf.encode()):
            raise CrossSite if token is None else OfAnotherSignIn


def session_cookie(secret: str) -> Cookie:
    """Make the cookie of a sign-in; it ends with the browser, and the register ends it sooner.

    SameSite=Strict: no link from elsewhere needs it, since checking a card needs no sign-in.
    """
    return Cookie(key=COOKIE, value=secret, path="/", secure=True, httponly=True, samesite="strict")


def no_cookie() -> Cookie:
    """Make the cookie that takes the other one away."""
    return Cookie(key=COOKIE, value="", path="/", secure=True, httponly=True, samesite="strict", max_age=0)


def _of_token(request: AnyRequest, register: Register) -> Principal | None:
    header = request.headers.get("authorization", "")
    if not header.lower().startswith(_BEARER):
        return None
    principal = principal_of_token(register, header[len(_BEARER) :].strip())
    if principal is None:
        raise NotSignedIn
    return principal


def _of_cookie(request: AnyRequest, register: Register) -> Principal:
    found = signed_in(request, register)
    if found is None:
        raise NotSignedIn
    if request.scope.get("method") not in _SAFE:
        check_own_page(request, found)
    return found.principal
