"""Templates and the answers they become."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from service.domain.jurisdiction import Contact
from service.flows.publishing.contact import contact_or_centre
from service.flows.register import Register
from service.pages.assets import shipped
from service.pages.words import Language, speaker
from service.store.errors import Busy
from service.web.refusals import AnyRequest

HTML: Final = "text/html; charset=utf-8"
LANGUAGE_COOKIE: Final = "zhengka-language"  # nothing but the language; the scripts keep theirs under the same name
_TEMPLATES: Final = Path(__file__).parent / "templates"

_LANGUAGES: Final[Mapping[str | None, Language]] = {"zh": "zh", "en": "en"}
_WEIGHT: Final = re.compile(r"q=(0(?:\.[0-9]{1,3})?|1(?:\.0{1,3})?)", re.IGNORECASE)

_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
NOT_FRAMED: Final = "; frame-ancestors 'none'"
"""Counts as a header only, so it is no part of the policy a file carries with it."""


def policy(*, runs_wasm: bool = False) -> str:
    """Write the content security policy of a page: nothing from any other host, no script or style in the page."""
    sources = _POLICY | ({"script-src": "'self' 'wasm-unsafe-eval'"} if runs_wasm else {})
    return "; ".join(f"{name} {source}" for name, source in sources.items())


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    given: dict[str, Any] = environment.globals  # typed by what Jinja itself puts there
    given["asset"] = shipped().url
    return environment


def draw(register: Register, template: str, language: Language, **context: Any) -> str:  # noqa: ANN401 - what it shows
    """Fill a template in one language, with the words all pages share unless the context brings others."""
    centre = register.jurisdiction.centre
    try:
        contact = contact_or_centre(register)
    except Busy:  # a page that says so is drawn all the same
        contact = Contact(centre.zh, centre.en)
    return (
        _environment()
        .get_template(template)
        .render(
            lang=language,
            query="" if language == "zh" else "?lang=en",
            host=register.host,
            centre={"zh": centre.zh, "en": centre.en},
            contact={"zh": contact.zh, "en": contact.en},
            **({"t": speaker(language)} | context),
        )
    )


def draw_script(template: str, **context: Any) -> str:  # noqa: ANN401 - what it is filled with
    """Fill a template that is a script."""
    return _environment().get_template(template).render(**context)


def page(body: str, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response[str]:
    """Answer with a page that is for one visitor and stays with none."""
    own = {"Content-Security-Policy": policy() + NOT_FRAMED, "Vary": "Accept-Language, Cookie", **(headers or {})}
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=own)  # which adds the charset


def language_of(request: AnyRequest) -> Language:
    """Return the language of a page: the query's, else the one chosen before, else the browser's; else Chinese."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in _LANGUAGES:
            return _LANGUAGES[chosen]
    return preferred_language(request.headers.get("accept-language", ""))


def preferred_language(header: str) -> Language:
    """Return which of our languages an Accept-Language header likes best (RFC 9110 12.5.4); Chinese in a tie."""
    weights = {"zh": 0.0, "en": 0.0}
    for part in header.split(","):
        name, _, weight = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        if language in weights:
            weights[language] = max(weights[language], _weight(weight))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _weight(parameter: str) -> float:
    match = _WEIGHT.fullmatch(parameter.strip())
    return 1.0 if not parameter.strip() else float(match[1]) if match else 0.0


async def remember_language(message: Message, scope: Scope) -> None:
    """Keep the language that the query of a page chooses, so that the pages it leads to speak it too."""
    if message["type"] != "http.response.start" or not scope["query_string"]:
        return
    headers = MutableScopeHeaders.from_message(message)
    chosen = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[-1]
    if chosen in _LANGUAGES and headers.get("content-type", "").startswith("text/html"):
        headers.add("Set-Cookie", f"{LANGUAGE_COOKIE}={chosen}; Path=/; Max-Age=31536000; SameSite=Lax")
