"""A verdict as the page without scripts shows it: every text chosen, in one language."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from service.domain.card_view import CardView
from service.domain.validity import SHANGHAI, civil_date
from service.domain.verdict import Verdict
from service.domain.verdict_checks import Outcome
from service.domain.verdict_words import Word
from service.pages.words import Language, Look, look_of, speaker


@dataclass(frozen=True, slots=True)
class Shown:
    """What ``verdict.html`` is filled with. ``facts`` are (key of the label, value, whether it is a code)."""

    word: str
    tone: str
    fit: str | None
    look: Look
    where: str
    big: str
    other: str
    other_lang: str
    act: str
    card: CardView | None
    role: str
    facts: tuple[tuple[str, str, bool], ...]
    reasons: tuple[tuple[str, str], ...]
    reason: str
    says: str
    as_of: str
    checks: tuple[tuple[str, str, str], ...]
    photo: str | None


def show(verdict: Verdict, language: Language, now: datetime, photo: bytes | None = None) -> Shown:
    """Choose what is said of a verdict; ``photo`` is the registered JPEG, which goes into the page itself."""
    look = look_of(verdict)
    zh = language == "zh"
    fit = verdict.fit_for_duty
    card = verdict.card
    return Shown(
        word=verdict.verdict.value,
        tone=verdict.tone.value,
        fit=None if fit is None else fit.answer.value,
        look=look,
        where=speaker(language)("site_name"),
        big=look.zh if zh else look.en,
        other=look.en if zh else look.zh,
        other_lang="en" if zh else "zh-CN",
        act=look.public_zh if zh else look.public_en,
        card=card,
        role="" if card is None else _role(card, language),
        facts=() if card is None else tuple(_facts(verdict.verdict, card, language, now)),
        reasons=() if fit is None else tuple((r.article, r.zh if zh else r.en) for r in fit.reasons),
        reason=next((c.detail for c in verdict.checks if c.outcome is not Outcome.PASSED), ""),
        says=verdict.summary.zh if zh else verdict.summary.en,
        as_of=moment(verdict.as_of),
        checks=tuple((c.name, c.outcome.value, c.detail) for c in verdict.checks),
        photo=None if photo is None else "data:image/jpeg;base64," + base64.b64encode(photo).decode(),
    )


def moment(instant: datetime) -> str:
    """Write an instant as people in Shanghai read it, to the minute."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def kind_name(card: CardView, language: Language) -> str:
    """Name class or grade."""
    return card.kind.zh if language == "zh" else card.kind.en


def _role(card: CardView, language: Language) -> str:
    jobs = "、".join(occupation.name for occupation in card.occupations)
    return " · ".join(part for part in (kind_name(card, language), jobs) if part)


def _facts(word: Word, card: CardView, language: Language, now: datetime) -> list[tuple[str, str, bool]]:
    say = speaker(language)
    overdue = (civil_date(now) - card.expires_on).days
    rows = [
        ("card_number", str(card.number), True),
        ("card_issuer", card.issuer_name or card.issuer, False),
        ("card_unit", card.work_unit, False),
        ("card_released", "、".join(card.released), False),
        ("card_from", card.issued_on.isoformat(), True) if word is Word.NOT_YET_VALID else None,
        ("card_until", card.expires_on.isoformat(), True),
        ("card_overdue", say("card_overdue_days", days=overdue), True) if word is Word.EXPIRED else None,
        ("card_status_on", card.status_on.isoformat(), True) if card.status_on else None,
    ]
    return [(label, value, mono) for label, value, mono in (row for row in rows if row) if value]
