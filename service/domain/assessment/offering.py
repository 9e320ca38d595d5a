"""Who would make a plan complete: of the people there are, those who answer what the rules still ask for. Pure.

考§6, §14, §15; 督§12, §13. Nothing here knows a rule: a plan is judged with and without each of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from service.domain.assessment.attendee import Attendee
from service.domain.assessment.compose import compose
from service.domain.assessment.model import Assessment, Stage
from service.domain.assessment.ruling import Outcome, Ruling


@dataclass(frozen=True, slots=True)
class Offer:
    """Somebody in a role, and why: the rulings that are short without them and, with them, are not, or less so."""

    attendee: Attendee
    settles: tuple[Ruling, ...]
    nears: tuple[Ruling, ...]


def offers(assessment: Assessment, planned: Sequence[Attendee], pool: Iterable[Attendee]) -> tuple[Offer, ...]:
    """Return those of the pool who bring a plan nearer to what the rules ask for, who settle most first.

    Who is planned in the post already is not offered, nor anybody by whom another rule would fall short. Of somebody
    who stands in the pool in several roles, the one that settles most is offered. 考§6, 督§13.
    """
    before = compose(assessment, planned, Stage.PLAN).rulings
    short = [one for one in before if one.outcome is Outcome.SHORT]
    taken = {(one.person, one.role.post) for one in planned}
    best: dict[str, Offer] = {}
    for one in pool:
        if not short or (one.person, one.role.post) in taken:
            continue
        offer = _offer(assessment, planned, one, short)
        if offer is not None and (one.person not in best or _worth(offer) > _worth(best[one.person])):
            best[one.person] = offer
    return tuple(sorted(best.values(), key=lambda one: (*(-part for part in _worth(one)), one.attendee.name)))


def _offer(assessment: Assessment, planned: Sequence[Attendee], one: Attendee, short: Sequence[Ruling]) -> Offer | None:
    after = [
        ruling
        for ruling in compose(assessment, (*planned, one), Stage.PLAN).rulings
        if ruling.outcome in {Outcome.SHORT, Outcome.UNKNOWN, Outcome.WARNING}
    ]
    still = Counter(ruling.rule for ruling in after if ruling.outcome is Outcome.SHORT)
    if still - Counter(ruling.rule for ruling in short):
        return None
    said = {(ruling.rule, ruling.zh) for ruling in after}
    settles = tuple(ruling for ruling in short if not still[ruling.rule])
    nears = tuple(ruling for ruling in short if still[ruling.rule] and (ruling.rule, ruling.zh) not in said)
    return Offer(one, settles, nears) if settles or nears else None


def _worth(offer: Offer) -> tuple[int, int]:
    return len(offer.settles), len(offer.nears)
