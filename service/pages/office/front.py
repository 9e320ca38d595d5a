"""The office's front page: what there is to do, for whoever is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from service.domain.access import Permission, Principal
from service.domain.duties import Duty, DutyKind
from service.flows.people.duties import list_duties
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE, OFFICE_ERRORS, at_desk

_SHOWN: Final = 20
"""Duties that the front page lists."""
_REVIEW: Final = (Permission.REVIEW, "/office/cards/{number}/review")
_PAGES: Final[Mapping[DutyKind, tuple[Permission, str]]] = {
    DutyKind.FEEDBACK: _REVIEW,
    DutyKind.REVIEW: _REVIEW,
    DutyKind.ANNUAL_REVIEW: _REVIEW,
    DutyKind.STAFFING: (Permission.ENGAGE, "/office/staffing"),
    DutyKind.ENGAGEMENT: (Permission.ENGAGE, "/office/staffing"),
    DutyKind.CASE: (Permission.REVIEW, "/office/cases"),
    DutyKind.PROPOSAL: (Permission.CHANGE_CARDS, "/office/proposals"),
}


def page_of(duty: Duty, by: Principal) -> str:
    """Return the page on which a duty is seen to; empty where there is none, or none for whoever is signed in."""
    needed, page = _PAGES.get(duty.kind, (None, ""))
    return page.format(number=duty.number) if needed is not None and by.may(needed) else ""


class OfficePage(Controller):
    """The front page."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(OFFICE, http_method=READ, sync_to_thread=True)
    def front(
        self, request: Request[Any, Any, State], register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show the parts of the office that one may use, and what is due of one's body."""
        desk = at_desk(request, register)
        reads = desk.principal.may(Permission.READ_PEOPLE)
        due = list_duties(register, body=desk.principal.body) if reads else ()
        today = register.effects.today()
        return desk.show(
            "office/front.html",
            due=due[:_SHOWN],
            pages=[page_of(one, desk.principal) for one in due[:_SHOWN]],
            due_count=len(due),
            late={place for place, one in enumerate(due[:_SHOWN]) if one.is_late(today)},
        )
