"""The composition of an assessment: whether those planned, or those who have come, are the people the rules ask for.

督§3, §9, §12(1), §12(4), §13, §15, 督附1; 考§2–4, §6, §14–16. The browser has the same rules
(``pages/assets/verifier/assessment.js``), held to these by shared vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from service.domain.assessment import assessors, people, supervisors
from service.domain.assessment.attendee import Attendee
from service.domain.assessment.gathering import Gathering
from service.domain.assessment.model import Assessment, Stage
from service.domain.assessment.ruling import Composition, Ruling, composition_of

Rule: TypeAlias = Callable[[Gathering], Iterator[Ruling]]

RULES: Final[tuple[Rule, ...]] = (
    assessors.leader,
    assessors.skill_assessors,
    assessors.review_group,
    assessors.theory_markers,
    assessors.within_scope,
    assessors.engaged,
    people.on_site_head,
    supervisors.internal_supervisor,
    supervisors.engaged_as_internal,
    supervisors.internal_in_time,
    supervisors.internal_elsewhere,
    supervisors.externals_together,
    supervisors.rotation,
    supervisors.dispatched,
    supervisors.avoidance,
    people.valid_cards,
    people.one_post_each,
    people.as_planned,
    people.declarations,
    assessors.assessors_a_candidate,
    people.invigilators_a_candidate,
)


def compose(assessment: Assessment, attendees: Iterable[Attendee], stage: Stage) -> Composition:
    """Judge an assessment's people, all rules at once; a rule that has nothing to say stays silent."""
    gathering = Gathering(assessment, tuple(attendees), stage)
    return composition_of(ruling for rule in RULES for ruling in rule(gathering))
