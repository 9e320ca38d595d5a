"""The desk's menu: its entries in the order of the work, each with the pages that belong to it.

An entry leads to the first of its pages that somebody may open; the others stand as tabs on each of them. An area adds
its pages here, and what counts as waiting there in ``service.flows.people.waiting``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from service.domain.access import Permission, Principal


@dataclass(frozen=True, slots=True)
class Part:
    """A page of an entry: ``key`` names its text ``menu_…``; ``below`` are other addresses that belong to it."""

    key: str
    path: str
    permissions: tuple[Permission, ...]
    below: tuple[str, ...] = ()

    def is_for(self, principal: Principal) -> bool:
        """Return whether somebody may go there; without permissions it is for whoever is signed in."""
        return not self.permissions or any(map(principal.may, self.permissions))

    def has(self, path: str) -> bool:
        """Return whether an address is this page's or below it."""
        return any(path == one or path.startswith(one + "/") for one in (self.path, *self.below))


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menu: ``key`` names its text ``menu_…`` and its count in ``count_waiting``."""

    key: str
    parts: tuple[Part, ...]


_CARDS: Final = (Permission.CHANGE_CARDS, Permission.PROPOSE, Permission.REVIEW)
MENU: Final = (
    Entry("batches", (Part("batches", "/office/batches", (Permission.ISSUE,)),)),
    Entry("printing", (Part("printing", "/office/printing", (Permission.ISSUE,)),)),
    Entry(
        "people",
        (
            Part("search", "/office/search", (Permission.READ_PEOPLE,), ("/office/people",)),
            Part("cards", "/office/cards", _CARDS),
        ),
    ),
    Entry(
        "staffing",
        (
            Part("staffing", "/office/staffing", (Permission.ENGAGE, Permission.DISPATCH)),
            Part("watch", "/office/watch", (Permission.ENGAGE,)),
        ),
    ),
    Entry(
        "assessments",
        (Part("assessments", "/office/assessments", (Permission.PLAN_ASSESSMENTS, Permission.READ_PEOPLE)),),
    ),
    Entry(
        "decisions",
        (
            Part("proposals", "/office/proposals", (Permission.CHANGE_CARDS, Permission.PROPOSE)),
            Part("cases", "/office/cases", (Permission.REVIEW,)),
            Part("reports", "/office/reports", (Permission.CHANGE_CARDS,)),
        ),
    ),
    Entry(
        "admin",
        (
            Part("users", "/office/admin/users", (Permission.KEEP_ACCOUNTS, Permission.KEEP_GATES)),
            Part("devices", "/office/admin/devices", (Permission.KEEP_ACCOUNTS, Permission.KEEP_GATES)),
            Part("institutions", "/office/admin/institutions", (Permission.KEEP_BODIES,)),
            Part("occupations", "/office/admin/occupations", (Permission.KEEP_BODIES,)),
            Part("tokens", "/office/admin/tokens", (Permission.KEEP_ACCOUNTS,)),
            Part("webhooks", "/office/admin/webhooks", (Permission.KEEP_WEBHOOKS,)),
            Part("state", "/office/admin/state", (Permission.KEEP_MACHINE,)),
            Part("texts", "/office/admin/texts", (Permission.KEEP_BODIES, Permission.KEEP_MACHINE)),
            Part("rules", "/office/admin/rules", (Permission.KEEP_MACHINE, Permission.KEEP_BODIES)),
            Part("journal", "/office/journal", (Permission.READ_JOURNAL,)),
            Part("access", "/office/access", (Permission.READ_JOURNAL,)),
        ),
    ),
)
"""Every part of the office beside the front page, in the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry as somebody sees it on one page: where it leads, how much waits there, whether the page is its own."""

    key: str
    path: str
    count: int
    is_here: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu as somebody sees it on one page; ``tabs`` are the pages of the entry it belongs to, from two on."""

    entries: tuple[ShownEntry, ...]
    tabs: tuple[Part, ...]


def menu_for(principal: Principal, path: str, counts: Mapping[str, int]) -> Menu:
    """Choose what somebody may open; an entry none of whose pages they may open is left out."""
    entries: list[ShownEntry] = []
    tabs: tuple[Part, ...] = ()
    for entry in MENU:
        own = tuple(part for part in entry.parts if part.is_for(principal))
        if own:
            is_here = any(part.has(path) for part in own)
            entries.append(ShownEntry(entry.key, own[0].path, counts.get(entry.key, 0), is_here))
            tabs = own if is_here and len(own) > 1 else tabs
    return Menu(tuple(entries), tabs)
