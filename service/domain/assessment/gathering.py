"""The people of an assessment as the rules count them: at its plan the planned, at its roll-call who has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from service.domain.assessment.attendee import Attendee, ShownCard, Standing, strongest, weakest
from service.domain.assessment.model import Assessment, Role, Stage


@dataclass(frozen=True, slots=True)
class Count:
    """People, not cards: those for whom something surely holds, and those for whom it cannot be told."""

    sure: int
    unsure: int

    def standing(self, need: int) -> Standing:
        """Return whether there are as many as are needed."""
        if self.sure >= need:
            return Standing.YES
        return Standing.UNSURE if self.sure + self.unsure >= need else Standing.NO


@dataclass(frozen=True, slots=True)
class Gathering:
    """An assessment, its people, and whether their plan or their roll-call is looked at."""

    assessment: Assessment
    people: tuple[Attendee, ...]
    stage: Stage

    @property
    def there(self) -> tuple[Attendee, ...]:
        """Those who count at this stage."""
        if self.stage is Stage.PLAN:
            return tuple(one for one in self.people if one.is_planned)
        return tuple(one for one in self.people if one.came_at is not None)

    def in_post(self, post: Role) -> Iterator[Attendee]:
        """Return those there in a post, leaders among the assessors."""
        return (one for one in self.there if one.role.post is post)

    def count(self, post: Role, holds: Callable[[ShownCard], Standing]) -> Count:
        """Count the people in a post whose card, of a kind the post asks for, is in force and of which this holds."""
        return self.tally(post, lambda one: _standing(one, holds))

    def tally(self, post: Role, holds: Callable[[Attendee], Standing]) -> Count:
        """Count the people in a post of whom this holds, with one card or another."""
        best: dict[str, Standing] = {}
        for one in self.in_post(post):
            best[one.person] = strongest((best.get(one.person, Standing.NO), holds(one)))
        held = list(best.values())
        return Count(held.count(Standing.YES), held.count(Standing.UNSURE))

    def unrecorded(self, post: Role) -> tuple[str, ...]:
        """Name those in a post whose engagement or dispatch is on no record; who has no card at all is not asked."""
        return names_of(one for one in self.in_post(post) if not one.is_on_record and in_force(one) is not Standing.NO)


def names_of(people: Iterable[Attendee]) -> tuple[str, ...]:
    """Name people, each once."""
    return tuple({one.person: one.name for one in people}.values())


def in_force(one: Attendee) -> Standing:
    """Return whether somebody shows a valid card of his own, of a kind that his role asks for."""
    return _standing(one, lambda _: Standing.YES)


def _standing(one: Attendee, holds: Callable[[ShownCard], Standing]) -> Standing:
    if one.card is None or one.card.kind not in one.role.kinds:
        return Standing.NO
    return weakest(one.card.is_in_force, holds(one.card))
