"""Renewal, promotion, and the rule that nobody has two live cards for one scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.eligibility.case import Case, refusal
from service.domain.kinds import CardKind
from service.domain.problem import Problem
from service.domain.validity import renewal_opens_on

_GRADE: Final = {CardKind.SPECIAL_SKILL: 1, CardKind.STANDARD: 2, CardKind.SENIOR: 3}
"""Order of the assessor grades: each may assess all that the lower ones may (考§3)."""


def superseded(case: Case) -> tuple[tuple[CardNumber, frozenset[str]], ...]:
    """List the cards the new one takes over from, each with the scopes it takes; the latest first. 督§10, 考§12.

    A card with a second job type stays live for that one.
    """
    taken = [
        (card, shared)
        for card in case.cards_in(CardStatus.VALID)
        if (shared := card.live_scopes & frozenset(case.application.scopes))
    ]
    taken.sort(key=lambda pair: (pair[0].issued_on, pair[0].number), reverse=True)
    return tuple((card.number, shared) for card, shared in taken)


def new_certification(case: Case) -> Iterable[Problem]:
    """Require a certification later than the issue of any earlier card for the scope: one certification, one card.

    Cancelled and superseded cards count, voided ones do not: they were issued by mistake. 督§10, 考§12.
    """
    wanted = frozenset(case.application.scopes)
    certified_on = case.application.certified_on
    for card in case.cards_in(CardStatus.VALID, CardStatus.SUPERSEDED, CardStatus.REVOKED):
        if card.scopes & wanted and certified_on <= card.issued_on:
            yield refusal(
                "certification-not-new",
                "certified_on",
                _article(case),
                f"{certified_on} 不晚于证卡 {card.number} 的核发日期 {card.issued_on}，换发须重新认证",
                f"{certified_on} is not after the issue of card {card.number} on {card.issued_on}: "
                "a new card needs a new certification",
            )


def certified_in_window(case: Case) -> Iterable[Problem]:
    """Require the certification of a renewal to fall into the window, which opens before expiry and does not close.

    "有效期满后须重新参加培训和认证": one that is older than the window renews nothing, however late the card is
    issued. A promotion is no renewal. 督§10, 考§12.
    """
    wanted = frozenset(case.application.scopes)
    certified_on = case.application.certified_on
    for card in case.cards_in(CardStatus.VALID):
        opens_on = renewal_opens_on(card.expires_on, case.policy.jurisdiction.renewal_months)
        if (
            card.kind is case.application.kind
            and card.live_scopes & wanted
            and card.issued_on < certified_on < opens_on <= case.policy.issued_on  # else told by the other rules
        ):
            yield refusal(
                "certification-before-window",
                "certified_on",
                _article(case),
                f"认证日期 {certified_on} 早于证卡 {card.number}（有效期至 {card.expires_on}）换发期的首日 {opens_on}；"
                f"换发须在 {opens_on} 及以后重新认证",
                f"certified on {certified_on}, before {opens_on}, the first day on which that of a renewal "
                f"of card {card.number} (valid until {card.expires_on}) can be",
            )


def one_live_card(case: Case) -> Iterable[Problem]:
    """Allow a live card to be renewed in time or replaced by a higher grade, never doubled. 督§10, 考§12, 考§3."""
    wanted = frozenset(case.application.scopes)
    for card in case.cards_in(CardStatus.VALID):
        if card.live_scopes & wanted:
            yield from _conflict(case, card)


def _conflict(case: Case, card: Card) -> Iterable[Problem]:
    on = case.policy.issued_on
    if card.issued_on > on:
        yield refusal(
            "live-card-later",
            "",
            _article(case),
            f"已有核发日期更晚的证卡 {card.number}（{card.issued_on}）",
            f"card {card.number} for the same scope is issued later, on {card.issued_on}",
        )
    elif on > card.expires_on:
        return  # an expired card hinders nothing: renewal is open any time after
    elif card.kind is case.application.kind:
        opens_on = renewal_opens_on(card.expires_on, case.policy.jurisdiction.renewal_months)
        if on < opens_on:
            yield refusal(
                "renewal-too-early",
                "",
                _article(case),
                f"已有同一范围的有效证卡 {card.number}（至 {card.expires_on}），{opens_on} 起方可换发",
                f"card {card.number} is valid for the same scope until {card.expires_on}; renewal opens on {opens_on}",
            )
    elif _GRADE[case.application.kind] < _GRADE[card.kind]:
        yield refusal(
            "higher-grade-held",
            "kind",
            "考§3",
            f"已有同一职业（工种）的{card.kind.zh}有效证卡 {card.number}（至 {card.expires_on}）",
            f"card {card.number} of a {card.kind.en} is valid for the same job type until {card.expires_on}",
        )


def _article(case: Case) -> str:
    return "考§12" if case.application.kind.is_assessor else "督§10"
