"""What a verdict rests on: each check with its outcome, and the tone they come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from service.domain.card_view import CardView
from service.domain.check_facts import (
    Doubt,
)
from service.domain.fitness import Answer, FitForDuty, Reason
from service.domain.shared import LIMITS
from service.domain.verdict_words import Word

FRESH: Final = timedelta(seconds=LIMITS.status_list_fresh_s)


"""A status list younger than this gives green, an older one amber until its ``exp``."""


class Outcome(StrEnum):
    """How one check went."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


class Tone(StrEnum):
    """The colour a screen shows a verdict in."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``detail`` is a permanent code, or dates."""

    name: str
    outcome: Outcome
    detail: str


def tone_of(word: Word, fit: FitForDuty | None, age: timedelta) -> Tone:
    """Return the tone of a verdict; ``age`` is that of what it rests on."""
    if word is Word.STATUS_UNKNOWN:
        return Tone.AMBER
    if word is not Word.VALID or (fit is not None and fit.answer is Answer.NO):
        return Tone.RED
    return Tone.AMBER if age >= FRESH or (fit is not None and fit.answer is Answer.UNKNOWN) else Tone.GREEN


def signature_check(key_fault: str | None) -> Check:
    """Return the check of the signature; ``key_fault`` is what is wrong with its key."""
    return Check("signature", Outcome.FAILED if key_fault else Outcome.PASSED, key_fault or "signed-by-issuer")


def unknown_word(doubt: Doubt | None) -> Word | None:
    """Return the word of a doubt, None where there is none."""
    return None if doubt is None else Word.STATUS_UNKNOWN


def status_check(word: Word | None, doubt: Doubt | None = None) -> Check:
    """Return the check of the status, as the register has it."""
    if word is None and doubt is not None:
        return Check("status", Outcome.UNKNOWN, doubt.value)
    return Check("status", Outcome.FAILED, word.value) if word else Check("status", Outcome.PASSED, "in-force")


def term_word(view: CardView, today: date) -> Word | None:
    """Return the word of a card whose days do not include ``today``."""
    if today > view.expires_on:  # 10
        return Word.EXPIRED
    return Word.NOT_YET_VALID if today < view.issued_on else None  # 11


def term_checks(view: CardView | None, term: Word | None) -> tuple[Check, ...]:
    """Return the check of the days; none where the card could not be read."""
    if view is None:
        return ()
    return (Check("validity", Outcome.FAILED if term else Outcome.PASSED, f"{view.issued_on}/{view.expires_on}"),)


def duty_checks(fit: FitForDuty | None) -> tuple[Check, ...]:
    """Return the checks of the work asked about; none where nothing was asked."""
    if fit is None:
        return ()
    scope = tuple(reason for reason in fit.reasons if reason.is_about_scope)
    place = tuple(reason for reason in fit.reasons if not reason.is_about_scope)
    return (_duty_check("scope", scope), _duty_check("place", place))


def _duty_check(name: str, reasons: tuple[Reason, ...]) -> Check:
    """Sum up the reasons of one sort; where none is left, that side raises no objection."""
    answers = {reason.answer for reason in reasons}
    articles = ",".join(reason.article for reason in reasons)
    if Answer.NO in answers:
        return Check(name, Outcome.FAILED, articles)
    return Check(name, Outcome.UNKNOWN if Answer.UNKNOWN in answers else Outcome.PASSED, articles)
