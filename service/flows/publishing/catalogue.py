"""Add occupations to the catalogue, and list it: codes that exist are never renamed or taken away."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from service.domain.catalogue_additions import additions
from service.domain.event import Event, Json
from service.domain.occupation import parse_catalogue
from service.domain.tidy import tidy_occupation
from service.flows.paging import ListOrder, Page, PageRequest, page_in
from service.flows.register import META_ADDED, Register
from service.store import journal, meta


def add_occupations(register: Register, stated: tuple[tuple[str, str], ...], actor: str) -> Mapping[str, str]:
    """Add codes with their names to the catalogue, all or none; return those that are new. 考§9.

    Raises CatalogueInvalid for a code that has another name, a name that has another code, and what is no code or name.
    """
    with register.database.write() as connection:
        journal.head(connection, lock=True)  # one at a time: what another is about to add is not lost
        new = additions(register.catalogue_on(connection), stated)
        if new:
            put_additions(connection, new)
            codes: dict[str, Json] = dict(new)
            event = Event("occupations-added", "register", {"occupations": codes})
            journal.append_many(connection, register.effects.now(), actor, (event,))
    return new


def put_additions(connection: Connection, new: Mapping[str, str]) -> None:
    """Write additions, beside those before."""
    stored = meta.get(connection, META_ADDED)
    before = {} if stored is None else parse_catalogue(stored).names
    text = msgspec.json.encode({"occupations": {**new, **before}}, order="sorted").decode()
    meta.put(connection, META_ADDED, text)


def occupation_page(register: Register, text: str, asked: PageRequest) -> Page[tuple[str, str]]:
    """Return a part of what ``list_occupations`` lists, codes with names. Raises Refused."""
    order = ListOrder[tuple[str, str]]("occupations", (str,), lambda one: (one[0],))
    return page_in(register, asked, order, tuple(list_occupations(register, text).items()))


def list_occupations(register: Register, text: str = "") -> Mapping[str, str]:
    """List the catalogue in the order of the codes, or what of it has a text in its code or name."""
    sought = tidy_occupation(text)
    return {code: name for code, name in sorted(register.catalogue.names.items()) if sought in code or sought in name}
