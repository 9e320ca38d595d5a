"""Refusals as pages, for people; programs get problem documents from ``service.api``."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from service.flows.register import Register
from service.pages.remedies import on_page
from service.pages.rendering import draw, language_of, page
from service.web.refusals import AnyRequest, refusal_of


def answer_page(request: AnyRequest, error: Exception) -> Response[str]:
    """Turn any error into a page that says what is wrong and leads home."""
    refusal = refusal_of(request, error)
    register: Register = request.app.state.register
    body = draw(
        register,
        "error.html",
        language_of(request),
        refusal=on_page(refusal),
        status=int(refusal.status),
        code=refusal.code,
    )
    return page(body, refusal.status, refusal.headers)


def wants_page(request: AnyRequest) -> bool:
    """Return whether a browser asks for something to show; the interface for programs is always answered as such."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")


PAGE_ERRORS: Final[dict[int | type[Exception], Any]] = {Exception: answer_page}
"""The exception handlers of every controller of pages."""
