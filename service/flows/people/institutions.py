"""Enter institutions, and list them."""

from __future__ import annotations

from dataclasses import replace

from service.domain.event import Event, Json
from service.domain.issuer import Institution
from service.flows.people.authorities import listed_authority
from service.flows.register import Register
from service.store import institutions, journal


def add_institution(register: Register, new: Institution, actor: str) -> Institution:
    """Enter an institution with its code and letter, and return it as it is kept. 督附3.

    Raises InstitutionTaken, and AuthorityInvalid for a filing authority that is not on the list.
    """
    now = register.effects.now()
    with register.database.write() as connection:
        if new.authority is not None:
            new = replace(new, authority=listed_authority(register, connection, new.authority))
        data: dict[str, Json] = {"letter": new.letter, "name": new.name}
        if new.authority is not None:
            data["authority"] = new.authority
        institutions.add(connection, new, now)
        journal.append_many(connection, now, actor, (Event("institution-added", new.code, data),))
    return new


def list_institutions(register: Register) -> tuple[Institution, ...]:
    """List the institutions in the order of their codes."""
    with register.database.read() as connection:
        return institutions.all_of(connection)
