"""What the rules judge: one application, what the register knows of the person, and the batch's policy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from service.domain.application import Application
from service.domain.application.headings import HEADING_OF
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.issuer import Institution
from service.domain.jurisdiction import Jurisdiction
from service.domain.kinds import CardKind
from service.domain.problem import Problem
from service.domain.validity import MONTHS_A_YEAR

_CONDITIONS: Final = {
    CardKind.SENIOR: "考§7(2)1",
    CardKind.STANDARD: "考§7(2)2",
    CardKind.SPECIAL_SKILL: "考§7(2)3",
}


@dataclass(frozen=True, slots=True)
class KnownCard:
    """A card in the register.

    ``applied_on`` and ``certified_on`` are the dates of the application it was granted on, None where they are not
    recorded, as of a card from before the system; ``decided_on`` the day of the decision that cancelled it, None where
    none is recorded; ``corrected`` tells that its cancellation was a mistake and has been corrected.
    """

    card: Card
    applied_on: date | None = None
    corrected: bool = False
    decided_on: date | None = None
    certified_on: date | None = None

    @property
    def cancelled_on(self) -> date | None:
        """Day on which the qualification was cancelled: that of the decision, however late it was entered. 考§21."""
        return (self.decided_on or self.card.status_on) if self.card.status is CardStatus.REVOKED else None


@dataclass(frozen=True, slots=True)
class Known:
    """What the register knows of one person.

    ``cards``: all cards of the person, of every kind and status, those of other issuers too; a cancellation is
    read off a revoked card and the day of its decision. ``assessments``: the days of the recorded assessments at which
    the person was assessor with a standard or senior card, by scope of the job type.
    """

    cards: tuple[KnownCard, ...] = ()
    assessments: Mapping[str, tuple[date, ...]] = field(default_factory=dict[str, tuple[date, ...]])


UNKNOWN: Known = Known()
"""A person the register has never met."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for a whole batch.

    ``institutions`` by code; ``authorities`` are the HR authorities of the list, None where it is not looked at;
    ``issued_on`` the civil date in Asia/Shanghai the cards will bear; ``issuer``
    None (an administrator: any card), ``centre`` or an institution's code; ``reviewer`` confirms, for rows that
    name nobody, what no spreadsheet can show; ``notice`` is the notice of the certification (认证通知) that allows the
    whole batch older dates; ``registered`` are those of the rows' stated card numbers that the register has, whosever
    they are. How long before expiry renewal opens, and how old a date may be, is the jurisdiction's.
    """

    jurisdiction: Jurisdiction
    institutions: Mapping[str, Institution]
    issued_on: date
    issuer: str | None = None
    reviewer: str | None = None
    authorities: Collection[str] | None = None
    notice: str | None = None
    registered: Collection[CardNumber] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One application before the rules."""

    application: Application
    known: Known
    policy: Policy

    @property
    def institution(self) -> Institution | None:
        """The institution the row names, if it is registered."""
        code = self.application.institution
        return None if code is None else self.policy.institutions.get(code)

    def cards_in(self, *statuses: CardStatus) -> tuple[Card, ...]:
        """Select the person's cards that have one of the statuses."""
        return tuple(known.card for known in self.known.cards if known.card.status in statuses)


def condition_article(kind: CardKind) -> str:
    """Return the item of 考§7(2) with the conditions of a grade."""
    return _CONDITIONS[kind]


def spoken_months(months: int) -> str:
    """Word a number of months in Chinese, as years and months."""
    years, rest = divmod(months, MONTHS_A_YEAR)
    return f"{years} 年" + (f" {rest} 个月" if rest else "")


def refusal(code: str, field: str, article: str, zh: str, en: str) -> Problem:
    """Word a problem as the rules do: the column first, the article last."""
    column = f"{HEADING_OF[field].zh}：" if field else ""
    citation = f"（{article}）" if article else ""
    return Problem(code, field, article, f"{column}{zh}{citation}", f"{en}{f' ({article})' if article else ''}")
