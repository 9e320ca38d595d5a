"""One person at the desk: photograph, cards and all that is held of them."""

from __future__ import annotations

import base64
from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from service.domain.access import Permission
from service.domain.card_number import CardNumber
from service.flows.errors import Refused
from service.flows.people.person import person_of, photo_of_person
from service.flows.people.person_file import PersonFile
from service.flows.printing.queue import print_log
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, at_desk
from service.pages.office.bodies import body_names
from service.pages.office.search import PAGE as SEARCH
from service.pages.office.search import STATES
from service.pages.shown import moment

AnyRequest = Request[Any, Any, State]
_OPEN_A_CARD: Final = (Permission.CHANGE_CARDS, Permission.PROPOSE, Permission.REVIEW)


class PeoplePage(Controller):
    """People are there for who answers for them; for others there is no such card."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route("/office/people/{number:str}", http_method=READ, sync_to_thread=True)
    def person(
        self, number: FromPath[CardNumber], request: AnyRequest, register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show whoever holds a card."""
        desk = at_desk(request, register, Permission.READ_PEOPLE)
        told = person_of(register, number, desk.principal)
        return desk.show(
            "office/person.html",
            path=f"{SEARCH}/person",  # in the menu, a person belongs to the search
            person=told,
            photo=_photo(register, told),
            tags=STATES,
            named=body_names(desk),
            moment=moment,
            print_steps=print_log(register, *(one.number for one in told.cards)),
            print_moment=moment,
            opens=any(map(desk.principal.may, _OPEN_A_CARD)),
        )


def _photo(register: Register, told: PersonFile) -> str | None:
    """Return the photograph as it goes into the page itself; a lost file leaves the rest of the page as it is."""
    try:
        jpeg = photo_of_person(register, told)
    except Refused:
        return None
    return None if jpeg is None else "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
