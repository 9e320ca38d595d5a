"""Who works for which institution, and under what term: contracts of card holders, 责任书 of external supervisors.

考§4, §16; 督§3, §9, §14.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from service.domain.card import Card, CardStatus
from service.domain.errors import EngagementRefused
from service.domain.fitness import Engagement
from service.domain.kinds import CardKind
from service.domain.regulation import INTERNAL_TERM_YEARS, MAX_INTERNAL_TERMS
from service.domain.validity import add_years


@dataclass(frozen=True, slots=True)
class Warned:
    """What a person should look at before it stands, with the article; it refuses nothing."""

    article: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEngagement:
    """A contract to be entered; ``as_internal``: an external supervisor engaged as internal one, by a 责任书.

    ``document`` names the contract or the 责任书.
    """

    institution: str
    since: date
    until: date
    as_internal: bool = False
    document: str | None = None


def full_term(card: Card, since: date, *, as_internal: bool) -> date:
    """Return the last day of a term for which none is stated: the card's, or of three years. 考§16, 督§14."""
    return add_years(since, INTERNAL_TERM_YEARS) - timedelta(days=1) if as_internal else card.expires_on


def check_engagement(card: Card, new: NewEngagement, at_institution: Iterable[Engagement]) -> None:
    """Refuse a contract that the card does not bear; ``at_institution`` are the card's other terms there.

    Assessors: within the card's validity (考§16). Internal supervisors: by their issuer (督§9), and within the
    card's validity, which is our reading. External ones are dispatched and not engaged (督§3) but as internal, by a
    责任书, for three years at most (督§14). Raises EngagementRefused. 督§9, 督§14, 考§16.
    """
    if card.status is not CardStatus.VALID:
        article = _article_of(card.kind)
        raise _refused(
            card, "engagement-card", f"已不再有效，不能聘用（{article}）", f"it is no longer in force ({article})"
        )
    if new.until < new.since:
        raise _refused(card, "engagement-term", "聘期止日早于起日", "the term ends before it begins")
    _check_kind(card, new)
    if new.as_internal and card.issued_on <= new.since <= card.expires_on:
        longest = full_term(card, new.since, as_internal=True)
        if new.until > longest:
            raise _refused(
                card,
                "engagement-too-long",
                f"聘为内督的聘期 3 年为一届，至迟到 {longest}，收到 {new.until}（督§14）",
                f"a term as internal supervisor is three years, to {longest} at most, got {new.until} (督§14)",
            )
    elif not card.issued_on <= new.since <= new.until <= card.expires_on:
        article = "考§16" if card.kind.is_assessor else _article_of(card.kind)
        raise _refused(
            card,
            "engagement-outside-card",
            f"聘期 {new.since} 至 {new.until} 应在证卡有效期 {card.issued_on} 至 {card.expires_on} 之内（{article}）",
            f"a term lies within {card.issued_on} to {card.expires_on}, the card's; got {new.since} to {new.until} "
            f"({article})",
        )
    for other in at_institution:
        if new.since <= (other.until or date.max) and other.since <= new.until:
            raise _refused(
                card,
                "engagement-overlaps",
                f"与在本机构的另一聘期 {other.since} 至 {other.until} 重叠",
                f"it overlaps another term at the institution, {other.since} to {other.until}",
            )


def terms_warning(earlier_terms: int) -> tuple[Warned, ...]:
    """Warn of a fourth term of one person as internal supervisor at one institution (原则上不得超过3届). 督§14."""
    if earlier_terms < MAX_INTERNAL_TERMS:
        return ()
    return (
        Warned(
            "督§14",
            f"已在本机构任内督 {earlier_terms} 届，原则上不得超过 {MAX_INTERNAL_TERMS} 届",
            f"{earlier_terms} terms at this institution already; normally there are {MAX_INTERNAL_TERMS} at most",
        ),
    )


def last_day(card: str, term: Engagement, on: date) -> date:
    """Check the day on which a contract ends before its term. Raises EngagementRefused."""
    until = term.until or date.max
    if not term.since <= on <= until:
        raise EngagementRefused(
            f"证卡 {card}：终止日期应在聘期 {term.since} 至 {until} 之内，收到 {on}",
            f"card {card}: the last day lies within the term, {term.since} to {until}, got {on}",
            code="engagement-end",
        )
    return on


def _article_of(kind: CardKind) -> str:
    """Cite by what a holder is engaged: an assessor, an external supervisor as internal one, an internal one."""
    if kind.is_assessor:
        return "考§4"
    return "督§14" if kind is CardKind.EXTERNAL else "督§9"


def _check_kind(card: Card, new: NewEngagement) -> None:
    external = card.kind is CardKind.EXTERNAL
    if external and not new.as_internal:
        raise _refused(
            card,
            "engagement-external",
            "外督由人社部门委派，不由机构聘用；聘为内督须注明（督§3、督§14）",
            "external supervisors are dispatched, not engaged; one engaged as internal is to be named so (督§14)",
        )
    if new.as_internal and not external:
        raise _refused(
            card,
            "engagement-as-internal",
            "只有外督才可注明“聘为内督”（督§14）",
            "only an external supervisor is engaged as an internal one (督§14)",
        )
    if new.as_internal and not (new.document or "").strip():
        raise _refused(
            card, "engagement-document", "须写明工作责任书（督§14）", "name the 责任书 that has been signed (督§14)"
        )
    if card.kind is CardKind.INTERNAL and card.issuer != new.institution:
        raise _refused(
            card,
            "engagement-elsewhere",
            f"内督证卡仅限颁发机构（{card.issuer}）内部使用（督§9）",
            f"an internal card counts only inside its issuer {card.issuer} (督§9)",
        )


def _refused(card: Card, code: str, zh: str, en: str) -> EngagementRefused:
    return EngagementRefused(f"证卡 {card.number}：{zh}", f"card {card.number}: {en}", code=code)
