"""Who sees whose cards: each body those of the people it answers for, while it answers for them (督§4, 考§5, 考§19).

============================================ ===================================== ====================================
ground                                       what is seen                          until when
============================================ ===================================== ====================================
``keeps_the_base``: the centre               everything                            always
``has_issued``: the institution's own card   that card                             always: it decides on it (督§19)
``is_named_on``: the hiring institution      that card                             the card's last valid day
``engages``: a contract entered              all the holder's cards                the contract's last day
``has_recommended``: the bureau              that card                             always: it keeps the file
``employs``: the bureau as work unit         that card                             always: it keeps the file
``has_on_file``: the bureau, by institutions what those institutions see           as long as they do
============================================ ===================================== ====================================

To have sent somebody (委派) is no ground: the bureau reads its own dispatch and, of an external supervisor, the record
that it keeps (督§4), and nothing else. That a ground ends where its reason does is 个人信息保护法§6 and §19.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.domain.access import Account, Role
from service.domain.tidy import tidy_name


@dataclass(frozen=True, slots=True)
class Sight:
    """For whom one looks: an institution (code), a district bureau (name), or, with neither, the centre."""

    institution: str | None = None
    district: str | None = None

    @property
    def is_unrestricted(self) -> bool:
        """Return whether nothing is kept from it."""
        return self.institution is None and self.district is None

    @property
    def district_names(self) -> frozenset[str]:
        """The bureau's name as it is written by hand and as rosters keep it."""
        return frozenset() if self.district is None else frozenset({self.district, tidy_name(self.district)})


CENTRE_SIGHT: Final = Sight()
NO_SIGHT: Final = Sight(institution="")


@dataclass(frozen=True, slots=True)
class Place:
    """An institution that a card or a contract names, with its filing authority, and its last day (None: for good)."""

    institution: str
    until: date | None = None
    authority: str | None = None

    def holds(self, on: date) -> bool:
        """Return True unless its last day is over."""
        return self.until is None or on <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What ties a card and its holder to bodies.

    ``issued_by`` is the institution that has issued the card, ``named`` the hiring one that an assessor's or external
    supervisor's card names, ``engaged_at`` those with a contract of the holder, each to its last day.
    """

    issued_by: Place | None = None
    named: Place | None = None
    engaged_at: tuple[Place, ...] = ()
    work_unit: str = ""
    recommended_by: str | None = None


def sight_of(account: Account) -> Sight:
    """Return what an account sees: nothing, for a role that does not work with the register. 督§4, 考§5, 考§19."""
    match account.role:
        case Role.CENTRE:
            return CENTRE_SIGHT
        case Role.INSTITUTION:
            return Sight(institution=account.institution)
        case Role.DISTRICT:
            return Sight(district=account.district)
        case _:
            return NO_SIGHT


def keeps_the_base(sight: Sight, _ties: Ties, _on: date) -> bool:
    """Return True for the centre, which keeps the whole base of information. 督§4, 考§5."""
    return sight.is_unrestricted


def has_issued(sight: Sight, ties: Ties, _on: date) -> bool:
    """Return True for the institution that has issued the card, and so decides on it. 督§9, 督§19."""
    return ties.issued_by is not None and sight.institution == ties.issued_by.institution


def is_named_on(sight: Sight, ties: Ties, on: date) -> bool:
    """Return True for the hiring institution that the card names, to the card's last valid day. 考§4."""
    return ties.named is not None and sight.institution == ties.named.institution and ties.named.holds(on)


def engages(sight: Sight, ties: Ties, on: date) -> bool:
    """Return True for an institution with a contract of the holder, to the contract's last day. 考§16, 督§14."""
    return any(sight.institution == one.institution and one.holds(on) for one in ties.engaged_at)


def has_recommended(sight: Sight, ties: Ties, _on: date) -> bool:
    """Return True for the bureau that has recommended the holder for this card. 督§4, 考§8."""
    return ties.recommended_by in sight.district_names


def employs(sight: Sight, ties: Ties, _on: date) -> bool:
    """Return True for the bureau that the card names as work unit. 督§4."""
    return ties.work_unit in sight.district_names


def has_on_file(sight: Sight, ties: Ties, on: date) -> bool:
    """Return True for the filing authority of an institution that sees the card on that day. 督§4, 考§5."""
    places = (ties.issued_by, ties.named, *ties.engaged_at)
    return any(one is not None and one.authority in sight.district_names and one.holds(on) for one in places)


GROUNDS: Final[tuple[Callable[[Sight, Ties, date], bool], ...]] = (
    *(keeps_the_base, has_issued, is_named_on, engages),
    *(has_recommended, employs, has_on_file),
)
"""Every ground on which a body sees a card; what is not among them is none."""


def sees(sight: Sight, ties: Ties, on: date) -> bool:
    """Return True if a card is there for a body at all on a day: on one ground or several. 督§4, 考§5, 考§19."""
    return any(ground(sight, ties, on) for ground in GROUNDS)


def ground_of(sight: Sight, ties: Ties, on: date) -> str:
    """Return the name of the first ground on which a body sees a card, empty where there is none. 督§4, 考§5."""
    return next((ground.__name__.replace("_", "-") for ground in GROUNDS if ground(sight, ties, on)), "")


def reaches(sight: Sight, institution: str, authority: str | None) -> bool:
    """Return whether what happens at an institution, which has its filing authority, is a body's to see. 督§4, 考§5."""
    if sight.institution is not None:
        return sight.institution == institution
    return sight.district is None or authority in sight.district_names
