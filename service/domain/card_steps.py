"""The steps a card can take. A step gives the new card *and* the event that records it.

::

    issue, adopt ──> VALID ── supersede (all scopes) ──> SUPERSEDED
                      │ │ └── supersede (some), replace ──> VALID     │
                      │ └──── void ──> VOIDED                         │
                      └────── revoke ──> REVOKED <────────────────────┘

REVOKED and VOIDED are final. Expiry is no step: it is read off the dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace as changed
from datetime import date
from typing import Final

from service.domain.cancellation import Correction, Decision, check_decision, check_entitled, takes
from service.domain.card import Card, CardStatus, ReplacementReason, journaled
from service.domain.card_number import CardNumber
from service.domain.errors import IllegalTransition
from service.domain.event import Event, Json


def issue(card: Card, *, number_reason: str | None = None) -> tuple[Card, Event]:
    """Put a new card into the register.

    ``number_reason`` is stated for a number assigned by hand (督附3). Raises IllegalTransition for a card that
    already has a history.
    """
    if card.status is not CardStatus.VALID or card.released:
        raise _illegal(card, "card-is-not-new", "新证卡不能已有状态或已转出的范围", "a new card has no history yet")
    data = journaled(card)
    if number_reason is not None:
        data["number_reason"] = number_reason
    return card, Event("card-issued", card.number, data)


def adopt(card: Card) -> tuple[Card, Event]:
    """Take a card from before the system into the register, with the number and the status it has."""
    data = journaled(card) | {"status": card.status.value}
    if card.status_on is not None:
        data["status_on"] = card.status_on.isoformat()
    return card, Event("card-imported", card.number, data)


def revoke(card: Card, decision: Decision, on: date) -> tuple[Card, Event]:
    """Cancel the qualification a card stands for, from the day ``on``.

    A superseded card can be revoked too: the cancellation is of the person's qualification. Raises
    IllegalTransition, GroundInvalid, DecisionRefused. 督§19, 考§21.
    """
    check_revocable(card)
    check_decision(decision, card.kind, card.issuer)
    if decision.decided_on > on:
        raise _illegal(
            card,
            "date-before-decision",
            f"生效日期 {on} 早于决定日期 {decision.decided_on}",
            f"it cannot take effect on {on}, before it is decided on {decision.decided_on}",
        )
    event = Event("card-revoked", card.number, _decided(decision, on))
    return changed(card, status=CardStatus.REVOKED, status_on=on), event


def check_decided_after_issue(card: Card, decision: Decision, today: date) -> None:
    """Refuse a decision that lies before the issue of the card it is about. Raises IllegalTransition. 督§19, 考§21.

    A card that bears a later date than today can be cancelled today.
    """
    if decision.decided_on < min(card.issued_on, today):
        raise _illegal(
            card,
            "decision-before-issue",
            f"决定日期 {decision.decided_on} 早于核发日期 {card.issued_on}，请核对",
            f"it was issued on {card.issued_on}, after the decision of {decision.decided_on}: check the date",
        )


def enter_ground(card: Card, decision: Decision) -> tuple[Card, Event]:
    """Enter the ground of a cancellation of which only a status list told: the card stays as it is. 督§19, 考§21.

    Raises GroundInvalid, DecisionRefused.
    """
    check_decision(decision, card.kind, card.issuer)
    on = card.status_on or decision.decided_on
    return card, Event("card-revoked", card.number, _decided(decision, on))


def check_revocable(card: Card) -> None:
    """Refuse to cancel what stands for no qualification: a card that is revoked or voided. 督§19, 考§21."""
    _require(card, CardStatus.VALID, CardStatus.SUPERSEDED)


def correct(card: Card, correction: Correction) -> Event:
    """Correct a mistaken cancellation: the card stays revoked, the bar of 考§21 falls.

    Raises IllegalTransition for a card that is not revoked, and DecisionRefused for any body but the one that
    decided, the card's issuer. 督§19, 考§21.
    """
    if card.status is not CardStatus.REVOKED or card.status_on is None:
        raise _illegal(card, "card-is-not-revoked", "未被取消资格，无需更正", "it is not revoked: nothing to correct")
    check_entitled(correction.body, card.issuer, card.kind)
    if correction.corrected_on < card.status_on:
        raise _illegal(
            card,
            "date-before-decision",
            f"更正日期 {correction.corrected_on} 早于取消日期 {card.status_on}",
            f"it cannot be corrected on {correction.corrected_on}, before it was revoked on {card.status_on}",
        )
    data: dict[str, Json] = {
        "on": correction.corrected_on.isoformat(),
        "body": correction.body,
        "decided_by": correction.decided_by,
        "reason": correction.reason,
    }
    if correction.document is not None:
        data["document"] = correction.document
    if correction.attachment is not None:
        data["attachment"] = correction.attachment.as_json()
    return Event("cancellation-corrected", card.number, data)


def check_renewable(card: Card) -> None:
    """Refuse to renew a card that is revoked, voided or taken over already; an expired one may be. 督§10, 考§12."""
    _require(card, CardStatus.VALID)


def revoke_all(cards: Iterable[Card], decision: Decision, on: date) -> tuple[tuple[Card, Event], ...]:
    """Revoke every one of a person's cards that a decision takes; the others are passed over.

    考§21 takes all assessor cards, 督§19 the supervisor cards of the issuer that decides.
    """
    return tuple(
        revoke(card, decision, on)
        for card in cards
        if card.status in {CardStatus.VALID, CardStatus.SUPERSEDED} and takes(decision, card.kind, card.issuer)
    )


def void(card: Card, reason: str, on: date) -> tuple[Card, Event]:
    """Void a card issued by mistake or misprinted before it was handed out; its number is never reused."""
    _require(card, CardStatus.VALID)
    if not reason.strip():
        raise _illegal(card, "void-reason", "作废须写明原因", "voiding needs a stated reason")
    return (
        changed(card, status=CardStatus.VOIDED, status_on=on),
        Event("card-voided", card.number, {"on": on.isoformat(), "reason": reason}),
    )


def replace(card: Card, copy_id: bytes, reason: ReplacementReason, on: date) -> tuple[Card, Event]:
    """Make a new copy (补发): same number, same expiry, new copy id; the old copy then answers ``replaced``.

    An expired card is not replaced but renewed (督§10, 考§12). Raises IllegalTransition.
    """
    _require(card, CardStatus.VALID)
    if on > card.expires_on:
        raise _illegal(
            card,
            "card-is-expired",
            f"已于 {card.expires_on} 到期，须重新认证换发，不能补发",
            f"it expired on {card.expires_on}: it can be renewed, not replaced",
        )
    if copy_id == card.copy_id:
        raise _illegal(card, "copy-id-reused", "新副本须有新的副本号", "a new copy has a new copy id")
    data: dict[str, Json] = {
        "on": on.isoformat(),
        "reason": reason.value,
        "copy": copy_id.hex(),
        "former_copy": card.copy_id.hex(),
    }
    return changed(card, copy_id=copy_id), Event("card-replaced", card.number, data)


def supersede(card: Card, scopes: frozenset[str], by: CardNumber, on: date) -> tuple[Card, Event]:
    """Let a later card take over ``scopes``, from the day ``on`` on which that one takes effect.

    The card stays valid for what is left, and is superseded when nothing is. Raises IllegalTransition. 督§10, 考§12.
    """
    _require(card, CardStatus.VALID)
    if by == card.number:
        raise _illegal(card, "scope-same-card", "证卡不能被自身取代", "a card cannot supersede itself")
    if not scopes or not scopes <= card.live_scopes:
        raise _illegal(
            card,
            "scope-not-held",
            f"不再涵盖所要转出的范围：{'、'.join(sorted(scopes - card.live_scopes)) or '（空）'}",
            f"it does not cover what is to be taken over: {sorted(scopes - card.live_scopes)}",
        )
    if on < card.issued_on:
        raise _illegal(
            card,
            "date-before-issue",
            f"取代日期 {on} 早于核发日期 {card.issued_on}",
            f"it cannot be superseded on {on}, before its issue on {card.issued_on}",
        )
    released = card.released | scopes
    complete = released == card.scopes
    data: dict[str, Json] = {"on": on.isoformat(), "scopes": sorted(scopes), "by": str(by), "complete": complete}
    status, status_on = (CardStatus.SUPERSEDED, on) if complete else (card.status, card.status_on)
    after = changed(card, released=released, status=status, status_on=status_on)
    return after, Event("card-superseded", card.number, data)


def _decided(decision: Decision, on: date) -> dict[str, Json]:
    data: dict[str, Json] = {
        "on": on.isoformat(),
        "ground": str(decision.ground),
        "body": decision.body,
        "decided_on": decision.decided_on.isoformat(),
        "decided_by": decision.decided_by,
        "reason": decision.reason,
    }
    if decision.document is not None:
        data["document"] = decision.document
    if decision.attachment is not None:
        data["attachment"] = decision.attachment.as_json()
    return data


_STATUS_ZH: Final = {
    CardStatus.VALID: "有效",
    CardStatus.REVOKED: "已取消资格",
    CardStatus.VOIDED: "已作废",
    CardStatus.SUPERSEDED: "已被换发的证卡取代",
}


def _require(card: Card, *allowed: CardStatus) -> None:
    if card.status not in allowed:
        raise _illegal(
            card, f"card-is-{card.status}", f"{_STATUS_ZH[card.status]}，不能再作此处理", f"it is {card.status} already"
        )


def _illegal(card: Card, code: str, zh: str, en: str) -> IllegalTransition:
    return IllegalTransition(f"证卡 {card.number}：{zh}", f"card {card.number}: {en}", code=code)
