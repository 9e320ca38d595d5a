"""Who sees whose cards: each body those of the people it answers for (督§4, 考§5, 考§19)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from service.domain.access import Account, Role
from service.domain.tidy import tidy_name


@dataclass(frozen=True, slots=True)
class Sight:
    """For whom one looks: an institution (code), a district bureau (name), or, with neither, the centre."""

    institution: str | None = None
    district: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is kept from it."""
        return self.institution is None and self.district is None

    @property
    def district_names(self) -> frozenset[str]:
        """The bureau's name as it is written by hand and as rosters keep it."""
        return frozenset() if self.district is None else frozenset({self.district, tidy_name(self.district)})


CENTRE_SIGHT: Final = Sight()
NO_SIGHT: Final = Sight(institution="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """What ties a card and its holder to bodies.

    ``institution`` has issued the card or engages the holder by it; ``engaged_at`` are the institutions that engage
    the holder or did, ``sent_by`` the authorities that have sent them; ``on_file_with`` the filing authorities of all
    those institutions.
    """

    institution: str | None = None
    work_unit: str = ""
    recommended_by: str | None = None
    engaged_at: frozenset[str] = frozenset()
    sent_by: frozenset[str] = frozenset()
    on_file_with: frozenset[str] = frozenset()


def sight_of(account: Account) -> Sight:
    """Give what an account sees: nothing, for a role that does not work with the register. 督§4, 考§5, 考§19."""
    match account.role:
        case Role.CENTRE:
            return CENTRE_SIGHT
        case Role.INSTITUTION:
            return Sight(institution=account.institution)
        case Role.DISTRICT:
            return Sight(district=account.district)
        case _:
            return NO_SIGHT


def sees(sight: Sight, ties: Ties) -> bool:
    """Tell whether a card is there for a body at all.

    The centre keeps the whole base of information. An institution sees the cards it has issued or that name it, and
    all of a person whom it engages or once did. A bureau sees those it has recommended or who work for it, whom it has
    sent, and the people of the institutions on file with it. 督§4, 考§5, 考§19.
    """
    if sight.institution is not None:
        return sight.institution in {ties.institution, *ties.engaged_at}
    if sight.district is not None:
        return not sight.district_names.isdisjoint(
            {ties.work_unit, ties.recommended_by, *ties.sent_by, *ties.on_file_with}
        )
    return True


def reaches(sight: Sight, institution: str, authority: str | None) -> bool:
    """Tell whether what happens at an institution, which has its filing authority, is a body's to see. 督§4, 考§5."""
    if sight.institution is not None:
        return sight.institution == institution
    return sight.district is None or authority in sight.district_names
