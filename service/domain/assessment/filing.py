"""Whether an assessment stays within what its institution has filed (督§12(1)2).

It is no rule of ``compose``: the filing is the register's, and a gate without a network does not have it.
"""

from __future__ import annotations

from collections.abc import Iterator

from service.domain.assessment.model import Assessment
from service.domain.assessment.ruling import Composition, Outcome, Ruling, composition_of, listed
from service.domain.filing import Filed, outside
from service.domain.fitness import LEVEL_NAMES
from service.domain.issuer import Institution


def within_filing(assessment: Assessment, place: Institution, filed: Filed) -> Iterator[Ruling]:
    """Name the job types and levels that the institution has not filed, for a person to judge. 督§12(1)2.

    Where nothing is filed yet nothing is said. Of the area (地域范围) a person judges.
    """
    found = outside(filed, [(job.occupation.name, job.level) for job in assessment.jobs])
    if found:
        zh = listed(f"{name} {LEVEL_NAMES[level][0]}" for name, level in found)
        en = ", ".join(f"{name}, {LEVEL_NAMES[level][1]}" for name, level in found)
        yield Ruling(
            "within-filing",
            "督§12(1)2",
            Outcome.WARNING,
            f"超出 {place.name} 备案的职业（工种）、等级：{zh}",
            f"outside what {place.name} has filed: {en}",
        )


def with_filing(composition: Composition, assessment: Assessment, place: Institution, filed: Filed) -> Composition:
    """Return what the rules say of an assessment's people, and what its institution's filing says of its jobs."""
    return composition_of((*composition.rulings, *within_filing(assessment, place, filed)))
