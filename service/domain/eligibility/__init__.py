"""Who may have a card: every rule is one pure function of a case and ends its docstring with its article."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from service.domain.eligibility import assessor, chronology, common, conditions, recommending, succession, supervisor
from service.domain.eligibility.case import UNKNOWN, Case, Known, KnownCard, Policy
from service.domain.problem import Problem

__all__ = ["RULES", "UNKNOWN", "WARNINGS", "Case", "Known", "KnownCard", "Policy", "refusals", "warnings"]

Rule: TypeAlias = Callable[[Case], Iterable[Problem]]

RULES: Final[tuple[Rule, ...]] = (
    common.age,
    chronology.order_of_life,
    chronology.order_of_dates,
    chronology.distance_of_dates,
    chronology.application_date,
    chronology.durations,
    common.reviewer,
    common.institution,
    common.issuer,
    common.scheme,
    common.hand_number,
    recommending.recommender,
    recommending.own_institution,
    recommending.issuer_open,
    supervisor.score,
    assessor.hr_staff,
    assessor.bar,
    assessor.scores,
    conditions.conditions,
    succession.new_certification,
    succession.certified_in_window,
    succession.one_live_card,
)
"""What refuses an application, whoever else is in the batch."""

WARNINGS: Final[tuple[Rule, ...]] = (
    common.record,
    common.names,
    conditions.stated_standard_card,
)
"""What a person should look at; it hinders nothing."""


def refusals(case: Case) -> tuple[Problem, ...]:
    """Apply every rule and list all that speaks against the card."""
    return tuple(problem for rule in RULES for problem in rule(case))


def warnings(case: Case) -> tuple[Problem, ...]:
    """List what a person should look at, with what the reading of the row already noted."""
    return (*case.application.notices, *(problem for rule in WARNINGS for problem in rule(case)))
