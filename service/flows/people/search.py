"""Search the register for whoever works with it: each body finds the cards of the people it answers for.

督§4, 考§5, 考§19. What lies beyond is not there: it is neither listed nor counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.access_record import Access, Act
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.card_view import view_of
from service.domain.issuer import CENTRE, Institution
from service.domain.kinds import CardKind
from service.domain.search import CardState, Search, state_of
from service.domain.sight import Place, Sight, sight_of
from service.flows.errors import Refused
from service.flows.people.access_records import record_access
from service.flows.register import Register
from service.roster.table import write_table
from service.store import institutions, people
from service.store import search as store
from service.store.search import Asked

PAGE: Final = 50
MAX_PAGE: Final = 200
MAX_SAVED: Final = 10_000
"""Rows of a list that is saved: as many as a few seconds write."""

_NOBODY: Final = 0
_HEADINGS: Final = (
    *("证卡编号 number", "姓名 name", "类别 kind", "状态 state", "职业（工种） job types", "工作单位 work unit"),
    *("机构 institution", "颁发机构 issuer", "核发日期 issued on", "有效期至 expires on", "状态变更日 status since"),
)


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card as a list shows it; ``occupations`` are those it counts for, ``released`` those another has taken over."""

    number: CardNumber
    name: str
    kind: CardKind
    state: CardState
    occupations: tuple[str, ...]
    released: tuple[str, ...]
    work_unit: str
    institution: str | None
    institution_name: str | None
    issuer: str
    issuer_name: str
    issued_on: date
    expires_on: date
    status_on: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found, of ``total`` cards; pages count from 1, and there is always one."""

    total: int
    page: int
    pages: int
    cards: tuple[FoundCard, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What bodies are called."""

    centre: str
    institutions: Mapping[str, Institution]

    def of_body(self, body: str) -> str:
        """Name a body: the centre, an institution by its code, or a bureau, which is called what it is."""
        if body == CENTRE:
            return self.centre
        return self.institutions[body].name if body in self.institutions else body

    def place(self, institution: str, until: date | None = None) -> Place:
        """Return an institution as what ties somebody to it, with its filing authority, to a last day."""
        return Place(institution, until, self.authority_of(institution))

    def authority_of(self, institution: str) -> str | None:
        """Return the filing authority of an institution."""
        return self.institutions[institution].authority if institution in self.institutions else None


def search_for(register: Register, by: Principal, wanted: Search, *, page: int = 1, size: int = PAGE) -> Found:
    """Find cards for somebody signed in, as ``search`` does; by what, and how many were found, is recorded."""
    found = search(register, sight_of(by.account), wanted, page=page, size=size)
    record_access(register, by.actor, _searched(Act.SEARCH, wanted, found.total))
    return found


def saved_search_for(register: Register, by: Principal, wanted: Search) -> bytes:
    """Write all that is found as xlsx for somebody signed in; it is recorded. Raises Refused as ``saved_search``."""
    book = saved_search(register, sight_of(by.account), wanted)
    record_access(register, by.actor, _searched(Act.LIST, wanted, None))
    return book


def _searched(act: Act, wanted: Search, total: int | None) -> Access:
    """Return by what was sought, never for what: a name or an identity number stands in no record."""
    criteria = [
        field.name
        for field in fields(wanted)
        if field.name not in {"sort", "descending"} and getattr(wanted, field.name) not in {None, ""}
    ]
    return Access(
        act=act,
        number=wanted.holder,
        ground=" ".join(criteria)[:120],
        outcome="" if total is None else str(total),
    )


def search(register: Register, sight: Sight, wanted: Search, *, page: int = 1, size: int = PAGE) -> Found:
    """Find cards, a page of them; a page beyond the last is the last one."""
    today = register.effects.today()
    with register.database.read() as connection:
        asked = _asked(register, connection, sight, wanted, today)
        total = store.count(connection, asked)
        pages = max(1, -(-total // size))
        page = min(max(1, page), pages)
        found = store.page(connection, asked, size, (page - 1) * size) if total else ()
        names = names_of(register, connection)
    return Found(total, page, pages, tuple(shown(card, names, today) for card in found))


def saved_search(register: Register, sight: Sight, wanted: Search, *, most: int = MAX_SAVED) -> bytes:
    """Write all that is found as xlsx. Raises Refused for more cards than ``most``."""
    today = register.effects.today()
    with register.database.read() as connection:
        asked = _asked(register, connection, sight, wanted, today)
        total = store.count(connection, asked)
        if total > most:
            raise Refused(
                "list-too-long",
                f"共 {total} 张证卡，名单最多 {most} 行；请缩小范围分次导出",
                f"{total} cards are found, a list has {most} rows at most: save it in parts",
            )
        found = store.every(connection, asked)
        names = names_of(register, connection)
    rows = [_row(shown(card, names, today)) for card in found]
    return write_table("证卡名单", _HEADINGS, rows, register.effects.now())


def names_of(register: Register, connection: Connection) -> Names:
    """Read what bodies are called."""
    return Names(register.jurisdiction.centre.zh, {one.code: one for one in institutions.all_of(connection)})


def shown(card: Card, names: Names, on: date) -> FoundCard:
    """Report of a card what a list says on a day."""
    view = view_of(card, None)
    return FoundCard(
        number=card.number,
        name=card.name,
        kind=card.kind,
        state=state_of(card, on),
        occupations=tuple(one.name for one in view.occupations),
        released=view.released,
        work_unit=card.work_unit,
        institution=card.institution,
        institution_name=None if card.institution is None else names.of_body(card.institution),
        issuer=card.issuer,
        issuer_name=names.of_body(card.issuer),
        issued_on=card.issued_on,
        expires_on=card.expires_on,
        status_on=card.status_on,
    )


def _asked(register: Register, connection: Connection, sight: Sight, wanted: Search, today: date) -> Asked:
    """Find whose identity number is meant, by its blind index alone."""
    person = None
    if wanted.resident_id is not None:
        blind = register.blind.of(wanted.resident_id)
        person = people.ids(connection, [blind]).get(blind, _NOBODY)
    return Asked(wanted, sight, today, person)


def _row(one: FoundCard) -> tuple[str, ...]:
    return (
        str(one.number),
        one.name,
        one.kind.zh,
        one.state.zh,
        "、".join((*one.occupations, *(f"{name}（已转出）" for name in one.released))),
        one.work_unit,
        one.institution_name or "",
        one.issuer_name,
        one.issued_on.isoformat(),
        one.expires_on.isoformat(),
        "" if one.status_on is None else one.status_on.isoformat(),
    )
