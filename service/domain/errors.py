"""The domain's refusals. Every one is a ``ValueError`` with a permanent ``code`` and a sentence in two languages.

::

    DomainError
    ├── CardNumberMalformed            card-number-malformed
    ├── SeriesRefused
    │   ├── SeriesExhausted            series-exhausted
    │   ├── SchemeMissing              scheme-missing
    │   ├── InstitutionMissing         institution-missing
    │   └── HandNumberRefused          hand-number-*, reservation-*
    ├── ResidentIdInvalid              resident-id-length, -characters, -birth-date, -check-digit
    ├── InstitutionInvalid             institution-code, institution-letter, institution-name
    ├── AuthorityInvalid               authority-unknown, authority-name, authority-taken
    ├── JurisdictionInvalid            jurisdiction-invalid
    ├── CardTextInvalid                card-text-*
    ├── TermInvalid                    term-*
    ├── CardInvalid                    card-*
    ├── IllegalTransition              card-is-*, copy-*, scope-*, ground-*, void-*, date-*
    ├── GroundInvalid                  ground-unknown, ground-other-rule
    ├── DecisionRefused                decision-*
    ├── EngagementRefused              engagement-*
    ├── DispatchRefused                dispatch-*
    ├── PrintStepRefused               print-*, check-*, hand-out-*
    └── JournalInvalid                 event-*, entry-*, proof-*, frontier-*

Messages say what came, what was expected and what to do. None holds an identity number.
"""

from __future__ import annotations

from typing import ClassVar


class DomainError(ValueError):
    """A value or a step the rules do not allow; ``zh`` and ``en`` are for people, ``code`` is for programs."""

    default_code: ClassVar[str] = "domain-error"

    def __init__(self, zh: str, en: str, *, code: str | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.code = code if code is not None else self.default_code


class CardNumberMalformed(DomainError):
    """The text has none of the three forms of a card number (督附3, 考附2)."""

    default_code = "card-number-malformed"


class SeriesRefused(DomainError):
    """A number cannot be taken from a series."""

    default_code = "series-refused"


class SeriesExhausted(SeriesRefused):
    """The series has reached 9999 or would pass it (督附3, 考附2)."""

    default_code = "series-exhausted"


class SchemeMissing(SeriesRefused):
    """The jurisdiction has no code for this kind of card."""

    default_code = "scheme-missing"


class InstitutionMissing(SeriesRefused):
    """An internal supervisor's number needs the issuing institution (督附3)."""

    default_code = "institution-missing"


class HandNumberRefused(SeriesRefused):
    """A number may not be reserved or assigned by hand here (督附3 allows it, 考附2 does not)."""

    default_code = "hand-number-refused"


class ResidentIdInvalid(DomainError):
    """The text is no 18-digit resident identity number (GB 11643)."""

    default_code = "resident-id-invalid"


class InstitutionInvalid(DomainError):
    """The institution's record cannot stand (督附3)."""

    default_code = "institution-invalid"


class AuthorityInvalid(DomainError):
    """The text names no HR authority of the list, or none that could be entered (督§4, 考§5)."""

    default_code = "authority-unknown"


class JurisdictionInvalid(DomainError):
    """The configuration of a jurisdiction cannot be used; the message names the place in the file."""

    default_code = "jurisdiction-invalid"


class CardTextInvalid(DomainError):
    """The words to be printed on cards lack what 督附5 asks for, or would hold from a day that is past."""

    default_code = "card-text-invalid"


class TermInvalid(DomainError):
    """A card's term is not allowed (督§10, 考§12)."""

    default_code = "term-invalid"


class CardInvalid(DomainError):
    """The parts of a card contradict each other."""

    default_code = "card-invalid"


class IllegalTransition(DomainError):
    """A card in this state cannot take this step."""

    default_code = "illegal-transition"


class GroundInvalid(DomainError):
    """The text names no ground of 督§19 or 考§21, or one of the other rule."""

    default_code = "ground-unknown"


class DecisionRefused(DomainError):
    """A cancellation decided by the wrong body, without a person or without a reason (督§19, 考§21)."""

    default_code = "decision-refused"


class EngagementRefused(DomainError):
    """A contract that the card does not bear (考§16, 督§9, 督§14)."""

    default_code = "engagement-refused"


class DispatchRefused(DomainError):
    """Nobody may be sent there so (督§3, 督§15)."""

    default_code = "dispatch-refused"


class PrintStepRefused(DomainError):
    """A copy is not in the stage from which it is printed, checked or handed out."""

    default_code = "print-refused"


class JournalInvalid(DomainError):
    """An event, entry or proof that the journal cannot take."""

    default_code = "journal-invalid"
