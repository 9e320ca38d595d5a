"""Enter HR authorities (人社部门), list them, and hold whoever acts to the list (督§4, 考§5)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct
from sqlalchemy import Connection

from service.domain.authority import MAX_NAME, acting_body, authority_called, new_authority
from service.domain.event import Event
from service.domain.issuer import is_institution_code
from service.flows.paging import ListOrder, Page, PageRequest, page_in
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.flows.requests.types import line
from service.store import authorities, journal


class AuthorityRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An HR authority to be entered."""

    name: Annotated[str, line("authority_name", MAX_NAME, min_length=1)]


def add_authority(register: Register, request: AuthorityRequest, actor: str) -> str:
    """Enter an authority and return its name as it is kept. Raises AuthorityInvalid, AuthorityTaken. 督§4, 考§5."""
    now = register.effects.now()
    with register.database.write() as connection:
        name = new_authority(request.name, authorities.all_of(connection), register.jurisdiction.centre.zh)
        authorities.add(connection, name, now)
        journal.append_many(connection, now, actor, (Event("authority-added", name, {}),))
    return name


def list_authorities(register: Register) -> tuple[str, ...]:
    """List the authorities, the centre first."""
    with register.database.read() as connection:
        return register.jurisdiction.centre.zh, *authorities.all_of(connection)


def authority_page(register: Register, asked: PageRequest) -> Page[str]:
    """Return a part of the authorities, the centre first. Raises Refused."""
    centre, *others = list_authorities(register)
    order = ListOrder[str]("authorities", (bool, str), lambda name: (name != centre, name))
    return page_in(register, asked, order, (centre, *sorted(others)))


def listed_authority(register: Register, connection: Connection, name: str) -> str:
    """Return the listed name of an authority. Raises AuthorityInvalid for one that is not on the list."""
    return authority_called(name, authorities.all_of(connection), register.jurisdiction.centre.zh)


def who_acts(register: Register, connection: Connection, body: str | None) -> str:
    """Return who acts: the centre, an institution by its code, or a listed authority. Raises AuthorityInvalid, Refused.

    Without a body it is the centre.
    """
    if body is not None and is_institution_code(body):
        return registered_institution(connection, body).code
    return acting_body(body, authorities.all_of(connection), register.jurisdiction.centre.zh)
