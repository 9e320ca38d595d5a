"""Revoke, replace and void cards: load for update, one step of the card, store and append in one transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from cardlayout.check import check
from keys.keyring import Purpose
from service.domain.cancellation import Decision, check_decision, parse_ground
from service.domain.card import COPY_ID_BYTES, Card, ReplacementReason, replace, revoke, revoke_all, void
from service.domain.card_number import CardNumber
from service.domain.event import Event
from service.flows.errors import Refused
from service.flows.faces import face_of
from service.flows.issuing import sign_card, unsigned_credential
from service.flows.portraits import portrait_of_copy, withdraw_consent
from service.flows.register import Register
from service.store import cancellations, cards, copies, journal, numbers, people, status_lists
from service.store.copies import Copy


def revoke_card(
    register: Register,
    number: CardNumber,
    *,
    ground: str,
    reason: str,
    decided_by: str,
    actor: str,
    decided_on: date | None = None,
    document: str | None = None,
) -> tuple[CardNumber, ...]:
    """Cancel the qualification a card stands for, from today; give every card that is lost with it.

    The body that decides is the card's issuer: the centre, or for an internal card its institution. 考§21 takes
    all the person's assessor cards, 督§19 the supervisor cards of the issuer. Raises Refused for a number that is
    not registered, and the refusals of the ground, the decision and the card's state.
    """
    today, now = register.effects.today(), register.effects.now()
    with register.database.write() as connection:
        card = _of_locked_person(connection, number)
        decision = Decision(
            ground=parse_ground(ground),
            body=card.issuer,
            decided_on=decided_on or today,
            decided_by=decided_by,
            reason=reason,
            document=document,
        )
        check_decision(decision, card.kind, card.issuer)
        held = cards.for_update(connection, (c.number for c in cards.of_person(connection, card.person)))
        lost = revoke_all(held.values(), decision, today)
        if number not in {after.number for after, _ in lost}:
            revoke(card, decision, today)  # says by name why this card cannot be
        cards.save_many(connection, (after for after, _ in lost), today)
        cancellations.record_many(connection, (after.number for after, _ in lost), decision, now)
        journal.append_many(connection, now, actor, (event for _, event in lost))
    return tuple(sorted(after.number for after, _ in lost))


def replace_card(
    register: Register, number: CardNumber, reason: ReplacementReason, actor: str, *, without_portrait: bool = False
) -> None:
    """Make a new copy (补发): same number, same dates; the old copy answers ``replaced`` at once.

    ``without_portrait`` withdraws the holder's consent to a portrait in the code, for this copy and later ones.
    Raises Refused for a number that is not registered, IllegalTransition for a card that is not in force.
    """
    today, now = register.effects.today(), register.effects.now()
    signer = register.signer(Purpose.CARD)
    with register.database.write() as connection:
        card = _locked(connection, number)
        after, event = replace(card, register.effects.random_bytes(COPY_ID_BYTES), reason, today)
        withdrawn = withdraw_consent(connection, card, today) if without_portrait else ()
        portrait = portrait_of_copy(register, connection, card)
        if portrait is not None:
            _check_fits(register, after, portrait)
        (slot,) = status_lists.claim(connection, 1)
        copies.replace(
            connection,
            Copy(
                copy_id=after.copy_id,
                number=number,
                list_no=slot.list_no,
                list_index=slot.index,
                credential=sign_card(after, slot, signer, portrait),
                issued_at=now,
            ),
            today,
        )
        journal.append_many(connection, now, actor, (*withdrawn, event))


def void_number(register: Register, number: CardNumber, reason: str, actor: str) -> None:
    """Void a card that was issued by mistake, or a reserved number; it is never used again (督附3, 考附2).

    Raises IllegalTransition for a card that is not in force, NotFound for a number that is neither, NumberStep for one
    that is void already, and Refused without a reason.
    """
    today, now = register.effects.today(), register.effects.now()
    with register.database.write() as connection:
        card = cards.for_update(connection, (number,)).get(number)
        if card is not None:
            after, event = void(card, reason, today)
            cards.save_many(connection, (after,), today)
        elif not reason.strip():
            raise Refused("void-reason", "作废须写明原因", "voiding needs a stated reason")
        else:
            event = Event("number-voided", str(number), {"reason": reason})
        numbers.void_many(connection, (number,), reason, now)
        journal.append_many(connection, now, actor, (event,))


def _check_fits(register: Register, card: Card, portrait: bytes) -> None:
    """Refuse a copy whose back has no room for the larger code, which at the issue it may not have had."""
    face = face_of(
        card,
        register.jurisdiction,
        host=register.host,
        issuer_name=register.issuer_name(card.issuer),
        portrait=b"",
        credential=unsigned_credential(card, portrait),
    )
    problems = [problem for problem in check(face, register.fonts) if problem.field != "photo"]
    if problems:
        raise Refused(
            "face-unfit",
            f"证卡 {card.number}：{'；'.join(problem.zh for problem in problems)}；"
            "二维码含照片后放不下，可用 --without-portrait 不带照片补发",
            f"card {card.number}: {'; '.join(problem.en for problem in problems)}: there is no room for a code with a "
            "portrait, replace the card with --without-portrait",
        )


def _of_locked_person(connection: Connection, number: CardNumber) -> Card:
    """Lock the holder before any card: a batch that is being issued to them waits, or is waited for."""
    found = cards.get(connection, number)
    if found is not None:
        people.lock(connection, found.card.person)
    return _locked(connection, number)


def _locked(connection: Connection, number: CardNumber) -> Card:
    card = cards.for_update(connection, (number,)).get(number)
    if card is None:
        raise Refused(
            "no-such-card",
            f"登记库中没有证卡 {number}",
            f"there is no card {number} in the register",
        )
    return card
