"""Return what has happened to the cards of the people an institution engages, since it last looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from service.domain.access import Permission, Principal
from service.domain.card_number import CardNumber
from service.domain.watching import CHANGE_OF_EVENT, KEPT, Change, changes_of_term
from service.flows.register import Register
from service.store import watching


@dataclass(frozen=True, slots=True)
class Watched:
    """What has happened to somebody's card, and whether it is newer than the last look."""

    number: CardNumber
    name: str
    change: Change
    at: datetime
    is_new: bool


def is_watching(by: Principal) -> bool:
    """Return whether somebody is of an institution that engages people."""
    return by.sees_institution is not None and by.may(Permission.ENGAGE)


def watch_page(register: Register, by: Principal, page: int, size: int = 50) -> tuple[tuple[Watched, ...], bool]:
    """Return a page of what has happened to the cards of an institution's people, the last first, and True for more.

    Nothing for other bodies. It is read from the register as it stands: what is decided is here at once.
    """
    told = _told(register, by)
    return tuple(told[(page - 1) * size : page * size]), page * size < len(told)


def watched_anew(register: Register, by: Principal, most: int) -> tuple[int, tuple[Watched, ...]]:
    """Count what has happened since an institution last looked, and return the last of it."""
    new = [one for one in _told(register, by) if one.is_new]
    return len(new), tuple(new[:most])


def _told(register: Register, by: Principal) -> list[Watched]:
    institution = by.sees_institution
    if institution is None or not is_watching(by):
        return []
    now, today = register.effects.now(), register.effects.today()
    since = now - KEPT
    with register.database.read() as connection:
        names = watching.people_of(connection, institution, today - KEPT)
        found = [
            (number, CHANGE_OF_EVENT[kind], at)
            for number, kind, at in watching.happened(connection, names, CHANGE_OF_EVENT, since)
        ]
        for number, expires_on in watching.terms_in_force(connection, names).items():
            for change, at in changes_of_term(expires_on, register.jurisdiction.renewal_months, now):
                if at >= since:
                    found.append((number, change, at))
        looked = watching.looked_at(connection, institution)
    told = sorted(found, key=lambda one: (one[2], one[0]), reverse=True)
    return [Watched(number, names[number], change, at, looked is None or at > looked) for number, change, at in told]


def note_looked(register: Register, by: Principal) -> None:
    """Note that what is in the list now has been seen."""
    institution = by.sees_institution
    if institution is not None and is_watching(by):
        with register.database.write() as connection:
            watching.look(connection, institution, register.effects.now())
