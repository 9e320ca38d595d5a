"""Templates and the answers they become."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

from service.flows.register import Register
from service.pages.assets import shipped
from service.pages.words import Language, speaker

HTML: Final = "text/html; charset=utf-8"
_TEMPLATES: Final = Path(__file__).parent / "templates"

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
    return (
        _environment()
        .get_template(template)
        .render(
            lang=language,
            query="" if language == "zh" else "?lang=en",
            host=register.host,
            centre={"zh": centre.zh, "en": centre.en},
            **({"t": speaker(language)} | context),
        )
    )


def draw_script(template: str, **context: Any) -> str:  # noqa: ANN401 - what it is filled with
    """Fill a template that is a script."""
    return _environment().get_template(template).render(**context)


def page(body: str, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response[str]:
    """Answer with a page that is for one visitor and stays with none."""
    own = {"Content-Security-Policy": policy() + NOT_FRAMED, **(headers or {})}
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=own)  # which adds the charset


def language_of(asked: str | None) -> Language:
    """Take the language from the query; Chinese unless English is asked for."""
    return "en" if asked == "en" else "zh"
