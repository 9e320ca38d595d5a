"""The record of sign-ins and of who has read whose data, for auditors."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from service.domain.access import Permission
from service.domain.access_record import ACT_WORDS, Act, ground_words
from service.domain.validity import SHANGHAI
from service.flows.people.access_records import Accesses, keep_days, seek_accesses
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.bodies import body_names
from service.pages.office.typed import day, line, whole_number
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
PAGE: Final = "/office/access"
_FIELDS: Final = ("user", "number", "act", "since", "until")
_MOST: Final = 64


class AccessPage(Controller):
    """Who signed in, who read whose data, who was refused: for auditors."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(PAGE, http_method=READ, sync_to_thread=True)
    def page(self, request: AnyRequest, register: NamedDependency[SkipValidation[Register]]) -> Response[str]:
        """Show the newest lines, or those that are asked for."""
        desk = at_desk(request, register, Permission.READ_JOURNAL)
        try:
            found = _sought(desk, request)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/access.html", **_context(desk, request))
        return desk.show("office/access.html", **_context(desk, request, found))


def _sought(desk: Desk, request: AnyRequest) -> Accesses:
    query = request.query_params
    since, until = day(query.get("since", "")), day(query.get("until", ""))
    return seek_accesses(
        desk.register,
        user=line(query.get("user", ""), _MOST),
        number=line(query.get("number", ""), _MOST),
        act=query.get("act", ""),
        since=None if since is None else datetime.combine(since, time.min, SHANGHAI),
        until=None if until is None else datetime.combine(until, time.max, SHANGHAI),
        before=whole_number(query.get("before", "")),
    )


def _context(desk: Desk, request: AnyRequest, found: Accesses | None = None) -> dict[str, Any]:
    query = request.query_params
    which = 0 if desk.language == "zh" else 1
    return {
        "found": found,
        "typed": {name: query.get(name, "").strip()[:_MOST] for name in _FIELDS},
        "paged": bool(query.get("before")),
        "acts": [(act.value, words[which]) for act, words in ACT_WORDS.items()],
        "act_word": partial(_act_word, which),
        "ground_word": partial(_ground_word, which),
        "days": keep_days(desk.register),
        "named": body_names(desk),
        "moment": moment,
    }


def _act_word(which: int, act: str) -> str:
    return ACT_WORDS[Act(act)][which]


def _ground_word(which: int, ground: str) -> str:
    return ground_words(ground)[which]
