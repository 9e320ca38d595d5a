"""Rules for supervisors: the score, and the external supervisor whom an institution engages."""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.card import CardStatus
from service.domain.eligibility.case import Case, refusal
from service.domain.kinds import CardKind
from service.domain.problem import Problem
from service.domain.regulation import PASS_MARK


def score(case: Case) -> Iterable[Problem]:
    """Require 60 out of 100; what 督§8 says of external supervisors we read of internal ones too.

    An internal card for the holder of a valid external card needs no new score (督§14), but one that is given
    counts. 督§8.
    """
    a = case.application
    if a.kind.is_assessor:
        return
    if a.score is not None:
        if a.score < PASS_MARK:
            yield refusal(
                "score-below-pass",
                "score",
                "督§8",
                f"{a.score} 分，{PASS_MARK} 分及以上为合格",
                f"score {a.score}: {PASS_MARK} is needed to pass",
            )
    elif not holds_external_card(case):
        internal = a.kind is CardKind.INTERNAL
        hint = "；持有效外督证卡者转任内督可不填（督§14），系统内没有其有效外督证卡" if internal else ""
        yield refusal("cell-missing", "score", "督§8", f"未填写{hint}", "the supervisor's score is missing")


def holds_external_card(case: Case) -> bool:
    """Return whether an internal card is applied for by a holder of an external card valid on the issue date. 督§14."""
    on = case.policy.issued_on
    return case.application.kind is CardKind.INTERNAL and any(
        card.kind is CardKind.EXTERNAL and card.issued_on <= on <= card.expires_on
        for card in case.cards_in(CardStatus.VALID)
    )
