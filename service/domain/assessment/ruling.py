"""What the rules say of an assessment: one ruling for each rule that speaks, and the verdict over all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.domain.event import Json


class Outcome(StrEnum):
    """How a rule is met; a warning is for a person to judge and decides nothing."""

    MET = "met"
    WARNING = "warning"
    UNKNOWN = "unknown"
    SHORT = "short"


class Verdict(StrEnum):
    """The answer whether the people are those the rules ask for; ``unknown`` where what is known does not tell."""

    COMPLETE = "complete"
    UNKNOWN = "unknown"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says; ``people`` are the names it is about."""

    rule: str
    article: str
    outcome: Outcome
    zh: str
    en: str
    people: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """Return the ruling as programs get it."""
        return {
            "rule": self.rule,
            "article": self.article,
            "outcome": self.outcome.value,
            "zh": self.zh,
            "en": self.en,
            "people": list(self.people),
        }


@dataclass(frozen=True, slots=True)
class Composition:
    """The verdict on an assessment's people, and every ruling behind it."""

    verdict: Verdict
    rulings: tuple[Ruling, ...]

    def as_json(self) -> dict[str, Json]:
        """Return the verdict as programs get it."""
        return {"verdict": self.verdict.value, "rulings": [one.as_json() for one in self.rulings]}


def composition_of(rulings: Iterable[Ruling]) -> Composition:
    """Take the verdict from the rulings: one that is short decides, else one that cannot be told."""
    told = tuple(rulings)
    outcomes = {one.outcome for one in told}
    if Outcome.SHORT in outcomes:
        return Composition(Verdict.SHORT, told)
    return Composition(Verdict.UNKNOWN if Outcome.UNKNOWN in outcomes else Verdict.COMPLETE, told)


def listed(names: Iterable[str]) -> str:
    """Write names one after the other."""
    return "、".join(names)
