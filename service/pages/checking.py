"""What the code on a card opens: the page that reads it in the browser, and the one for browsers without scripts."""

from __future__ import annotations

from typing import Final

from litestar import Controller, Response, route
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from service.domain.credential import leading_digits, prefix_of
from service.domain.verdict_checks import Outcome
from service.flows.cards.photos import photo_of_credential
from service.flows.checking.verify import verify_text
from service.flows.register import Register
from service.pages.errors import PAGE_ERRORS
from service.pages.home import READ
from service.pages.rendering import draw, language_of, page
from service.pages.shown import show
from service.web.refusals import AnyRequest

STALE_S: Final = 300
"""How long an answer may stand on a screen as the current one, in seconds; ``STALE_MS`` of ``app/inquiry.js``."""


class CheckedPage(Controller):
    """A verdict without scripts."""

    include_in_schema = False
    exception_handlers = PAGE_ERRORS

    @route("/1/{digits:path}", http_method=READ, sync_to_thread=True)
    def checked(
        self, digits: FromPath[str], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show the verdict on a credential that came in the path: never stored, never sent on, never logged.

        Digits count up to the first other character. The browser asks again before the answer is too old to stand.
        """
        text = prefix_of(register.host) + leading_digits(digits.removeprefix("/"))
        verdict = verify_text(register, text)
        genuine = verdict.card is not None and all(
            check.outcome is Outcome.PASSED for check in verdict.checks if check.name == "register"
        )
        photo = photo_of_credential(register, text) if genuine else None
        language = language_of(request)
        body = draw(register, "checked.html", language, v=show(verdict, language, register.effects.now(), photo))
        return page(body, headers={"Refresh": str(STALE_S)})
