"""What every page of the office shares: who sits at the desk, may they, and the frame their page is drawn in.

A handler asks ``at_desk`` first. A form that was sent must bring the sign-in's token, which ``at_desk`` checks; what a
flow refuses is caught as ``REFUSALS`` and drawn with ``Desk.refuse`` on the page that holds what was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from litestar import MediaType, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from service.domain.access import Permission, Principal
from service.flows.people.sign_in import SignIn
from service.flows.people.waiting import count_waiting
from service.flows.register import Register
from service.flows.remedies import Words
from service.flows.requests.reading import FieldRefused, RequestInvalid
from service.pages.errors import answer_page
from service.pages.office.menu import menu_for
from service.pages.office.once import token_of_form
from service.pages.office.words import office_speaker, office_texts
from service.pages.remedies import on_page
from service.pages.rendering import draw, language_of, page
from service.pages.words import Language
from service.store.errors import Busy
from service.web.authentication import NotSignedIn, OfAnotherSignIn, check_own_page, check_permitted, signed_in
from service.web.refusals import OURS, AnyRequest, Refusal, refusal_of

REFUSALS: Final = OURS
"""What flows refuse with: all of it has a code and two sentences for people."""

OFFICE: Final = "/office"
_SAFE: Final = frozenset({"GET", "HEAD"})
_FROM_HERE: Final = {"Referrer-Policy": "same-origin"}
"""With no-referrer a browser says nothing of where a form comes from, and older ones say nothing else."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody signed in, on one page of the office, in one language. ``done`` names what has just been done."""

    register: Register
    sign_in: SignIn
    language: Language
    path: str
    done: str | None = None

    @property
    def principal(self) -> Principal:
        """Whoever it is."""
        return self.sign_in.principal

    @property
    def say(self) -> Callable[..., str]:
        """What speaks the page's language."""
        return office_speaker(self.language)

    def show(
        self,
        template: str,
        *,
        refusal: Refusal | None = None,
        status: HTTPStatus = HTTPStatus.OK,
        **context: Any,  # noqa: ANN401 - what the template shows
    ) -> Response[str]:
        """Draw a page; a refusal is shown above it, and gives the answer its status."""
        headers = _FROM_HERE | (dict(refusal.headers) if refusal is not None else {})
        return page(self._draw(template, refusal, context), refusal.status if refusal else status, headers)

    def refuse(self, request: AnyRequest, error: Exception, template: str, **context: Any) -> Response[str]:  # noqa: ANN401
        """Draw a page again with what was refused, each field by the label it has here; give it what was typed."""
        refusal = refusal_of(request, error)
        if isinstance(error, RequestInvalid):
            zh, en = error.worded(_label)
            refusal = replace(refusal, zh=zh, en=en)
        return self.show(template, refusal=refusal, **context)

    def go(self, path: str, done: str | None = None) -> Redirect:
        """Lead on to a page of the office, which says ``done_…`` at its top."""
        asked = ({"done": done} if done else {}) | ({"lang": "en"} if self.language == "en" else {})
        return Redirect(f"{path}?{urlencode(asked)}" if asked else path, status_code=303)

    def _draw(self, template: str, refusal: Refusal | None, context: dict[str, Any]) -> str:
        account = self.principal.account
        counts = count_waiting(self.register, self.principal) if refusal is None else {}
        return draw(
            self.register,
            template,
            self.language,
            **{
                "t": self.say,
                "user": account,
                "body": self.register.issuer_name(account.institution) if account.institution else account.district,
                "csrf": token_of_form(self.register, self.sign_in),
                "menu": menu_for(self.principal, self.path, counts),
                "may_search": self.principal.may(Permission.READ_PEOPLE),
                "path": self.path,
                "refusal": None if refusal is None else on_page(refusal),
                "done": f"done_{self.done}" if f"done_{self.done}" in office_texts() else None,
                **context,
            },
        )


def _label(refused: FieldRefused) -> Words:
    found = office_texts().get(refused.words) or office_texts().get(refused.field)
    return (refused.field, refused.field) if found is None else (found.zh, found.en)


def at_desk(request: AnyRequest, register: Register, *permissions: Permission, csrf: str = "") -> Desk:
    """Find who sits at the desk, by the cookie alone, and whether they may do one of these things.

    Without any, it is open to whoever is signed in. A request that changes something must bring the token of the form,
    ``csrf``. Raises NotSignedIn, CrossSite, NotPermitted.
    """
    found = signed_in(request, register)
    if found is None:
        raise NotSignedIn
    if request.method not in _SAFE:
        check_own_page(request, found, csrf)
    check_permitted(request, register, found.principal, *permissions)
    query = request.query_params
    return Desk(register, found, language_of(request), request.url.path, query.get("done"))


def answer_office(request: AnyRequest, error: Exception) -> Response[Any]:
    """Answer an error in the office's frame where somebody is signed in; else, and for a defect, plainly."""
    register: Register = request.app.state.register
    is_for_people = isinstance(error, (*REFUSALS, HTTPException))
    try:
        found = signed_in(request, register) if is_for_people else None
        if found is not None:
            desk = Desk(register, found, language_of(request), request.url.path)
            reopen = _page_before(request) if isinstance(error, OfAnotherSignIn) else ""
            return desk.refuse(request, error, "office/refused.html", reopen=reopen)
    except Busy as away:  # who is signed in stands in the database
        return answer_page(request, away)
    return answer_page(request, error)


def lead_to_sign_in(request: AnyRequest, _error: Exception) -> Response[Any]:
    """Lead to the sign-in, and from there back to the page; of a form the page it stood on, which keeps what was typed.

    The address that a browser says it comes from is followed only as one of our own pages: see ``sign_in.allowed``.
    What a script asks for a part of its page is answered so that the whole page goes: else the sign-in's page would be
    searched for that part, and nothing stand in its place.
    """
    english = {"lang": "en"} if language_of(request) == "en" else {}
    is_part = request.headers.get("hx-request") == "true"
    is_page = request.method in _SAFE and not is_part
    way_back = request.url.path if is_page else _page_before(request) or OFFICE
    if english:
        way_back += "?" + urlencode(english)
    sign_in = "/sign-in?" + urlencode(english | {"next": way_back})
    if is_part:
        return Response("", headers={"HX-Redirect": sign_in, "Cache-Control": "no-store"}, media_type=MediaType.HTML)
    return Redirect(sign_in, status_code=303)


def _page_before(request: AnyRequest) -> str:
    """Return the page of the office on which a form stood, by what the browser says; else nothing."""
    came_from = urlsplit(request.headers.get("referer", "")).path
    return came_from if came_from == OFFICE or came_from.startswith(OFFICE + "/") else ""


OFFICE_ERRORS: Final[dict[int | type[Exception], Any]] = {NotSignedIn: lead_to_sign_in, Exception: answer_office}
"""The exception handlers of every controller of the office."""
