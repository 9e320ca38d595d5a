"""Enter institutions, and list them."""

from __future__ import annotations

from service.domain.event import Event, Json
from service.domain.issuer import Institution
from service.flows.register import Register
from service.store import institutions, journal


def add_institution(register: Register, new: Institution, actor: str) -> None:
    """Enter an institution with its code and letter. Raises InstitutionTaken. 督附3."""
    data: dict[str, Json] = {"letter": new.letter, "name": new.name}
    if new.authority is not None:
        data["authority"] = new.authority
    now = register.effects.now()
    with register.database.write() as connection:
        institutions.add(connection, new, now)
        journal.append_many(connection, now, actor, (Event("institution-added", new.code, data),))


def list_institutions(register: Register) -> tuple[Institution, ...]:
    """List the institutions in the order of their codes."""
    with register.database.read() as connection:
        return institutions.all_of(connection)
