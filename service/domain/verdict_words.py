"""What a verdict says to a person: one sentence in Chinese and one in English for each word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from service.domain.card_view import CardView
from service.domain.check_facts import Doubt
from service.domain.fitness import Answer, FitForDuty
from service.domain.shared import SHARED
from service.domain.validity import SHANGHAI


class Word(StrEnum):
    """The answers to a check, in order of precedence: of several that apply, the first is given.

    UNKNOWN answers a number that no card has, when signed-in staff look it up; no scan gives it.
    """

    UNREADABLE = "unreadable"
    FORGED = "forged"
    UNKNOWN_KEY = "unknown_key"
    SUSPECT = "suspect"
    UNREGISTERED = "unregistered"
    REVOKED = "revoked"
    VOIDED = "voided"
    REPLACED = "replaced"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    STATUS_UNKNOWN = "status_unknown"
    VALID = "valid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Summary:
    """One sentence in two languages."""

    zh: str
    en: str


_TEXTS: Final[Mapping[Word, tuple[str, str]]] = {
    **{Word(word): texts for word, texts in SHARED.verdicts.items()},
    Word.UNKNOWN: ("没有这个编号的证卡。", "No card has this number."),
}
_OF_DOUBT: Final[Mapping[Doubt, tuple[str, str]]] = {
    Doubt.UNCONFIRMED: (
        "证卡为颁发机构签发，但登记库由备份恢复，这张证卡的现状尚待颁发机构确认，请向颁发机构查询。",
        "Genuine, but since the register was restored from a backup the issuer has not confirmed this card. Ask there.",
    ),
    Doubt.LOST: (
        "证卡为颁发机构签发，但其核发记录在恢复登记库时丢失，现状无法确认，请向颁发机构查询。",
        "Genuine, but its record was lost when the register was restored: its status cannot be told. Ask the issuer.",
    ),
}
"""What ``status_unknown`` says at the register, which is not to be asked again."""

_UNFIT: Final = {Answer(answer): texts for answer, texts in SHARED.fitness.items()}


def summarise(
    word: Word, as_of: datetime, card: CardView | None, fit: FitForDuty | None, doubt: Doubt | None = None
) -> Summary:
    """Print a verdict in a sentence; dates are civil dates and times in Asia/Shanghai."""
    on = card.status_on if card is not None else None
    dates = {
        "as_of": as_of.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ", "minutes"),
        "expires_on": "" if card is None else card.expires_on.isoformat(),
        "issued_on": "" if card is None else card.issued_on.isoformat(),
    }
    zh, en = _OF_DOUBT[doubt] if word is Word.STATUS_UNKNOWN and doubt is not None else _TEXTS[word]
    more_zh, more_en = ("", "") if fit is None else _UNFIT[fit.answer]
    return Summary(
        zh.format(on=f"（{on}）" if on else "", **dates) + more_zh,
        en.format(on=f" on {on}" if on else "", **dates) + more_en,
    )
