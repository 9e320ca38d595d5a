"""Revoke, replace and void cards, and note copies found: one step, store and append in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection

from cardlayout.check import check
from service.domain.access import By
from service.domain.cancellation import Decision, check_decision, check_entitled, check_issuer, parse_ground, takes
from service.domain.card import COPY_ID_BYTES, Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.card_steps import check_decided_after_issue, enter_ground, replace, revoke, revoke_all, void
from service.domain.errors import DecisionRefused
from service.domain.event import Event, Json
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.printing import origin_of_replacement
from service.flows.cards.card_requests import FoundRequest, ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.documents import keep_document
from service.flows.cards.faces import face_of, printed_at
from service.flows.errors import Refused, no_such_card
from service.flows.issue.portraits import portrait_of_copy, withdraw_consent
from service.flows.issue.signing import CardSigner, unsigned_credential
from service.flows.register import Register
from service.store import cancellations, cards, copies, journal, numbers, people, proposals, restored, status_lists
from service.store.copies import Copy
from service.store.journal import Wanted
from service.store.states import ProposalState

_OF_CANCELLATION: Final = frozenset({"revoke", "decline", "correct", "close-case"})


def revoke_card(register: Register, number: CardNumber, request: RevocationRequest, by: By) -> tuple[CardNumber, ...]:
    """Cancel the qualification a card stands for, from today; return every card that is lost with it.

    考§21 takes all the person's assessor cards, 督§19 the
    supervisor cards of the issuer; proposals on any of them are decided with it. Raises Refused for a number that
    is not registered, DecisionRefused for a body that is not the issuer, and the refusals of the ground, the
    decision and the card's state.
    """
    today, now = register.effects.today(), register.effects.now()
    check_who_decides(register, number, by, {"act": "revoke", "ground": request.ground[:40]})
    with register.database.write() as connection:
        card = of_locked_person(connection, number)
        decision = Decision(
            ground=parse_ground(request.ground),
            body=card.issuer,
            decided_on=request.decided_on or today,
            decided_by=request.decided_by,
            reason=request.reason,
            document=request.document,
            attachment=keep_document(connection, request.document_file),
        )
        check_decision(decision, card.kind, card.issuer)
        check_decided_after_issue(card, decision, today)
        held = cards.for_update(connection, (c.number for c in cards.of_person(connection, card.person)))
        lost = (*revoke_all(held.values(), decision, today), *_ground_told(connection, held.values(), decision))
        if number not in {after.number for after, _ in lost}:
            revoke(card, decision, today)  # says by name why this card cannot be
        cards.save_many(connection, (after for after, _ in lost), today)
        cancellations.record_many(connection, (after.number for after, _ in lost), decision, now)
        answered = proposals.open_for(connection, (after.number for after, _ in lost))
        for one in answered:
            proposals.close(connection, one.id, ProposalState.DECIDED, today, request.decided_by)
        decided = (
            Event(
                "revocation-proposal-decided",
                one.number,
                {"proposal": one.id, "body": card.issuer, "decided_by": request.decided_by},
            )
            for one in answered
        )
        journal.append_many(connection, now, by.actor, (*(event for _, event in lost), *decided))
    return tuple(sorted(after.number for after, _ in lost))


def _ground_told(connection: Connection, held: Iterable[Card], decision: Decision) -> tuple[tuple[Card, Event], ...]:
    """Enter the ground for cards of which, at a restore, a status list told that they are revoked and not why."""
    return tuple(
        enter_ground(card, decision)
        for card in held
        if card.status is CardStatus.REVOKED
        and takes(decision, card.kind, card.issuer)
        and cancellations.get(connection, card.number) is None
        and journal.count(connection, Wanted(subjects=(card.number,), kind="card-status-taken"))
    )


def replace_card(register: Register, number: CardNumber, request: ReplacementRequest, by: By) -> None:
    """Make a new copy (补发): same number, same dates; the old copy answers ``replaced`` at once.

    ``without_portrait`` withdraws the holder's consent to a portrait in the code, for this copy and later ones.
    Raises Refused for a number that is not registered, DecisionRefused for a body that is not the issuer, and
    IllegalTransition for a card that is not in force.
    """
    today, now = register.effects.today(), register.effects.now()
    check_who_decides(register, number, by, {"act": "replace"})
    signer = CardSigner.of(register)
    with register.database.write() as connection:
        card = _locked(connection, number)
        check_confirmed(connection, number)
        after, event = replace(card, register.effects.random_bytes(COPY_ID_BYTES), request.reason, today)
        withdrawn = withdraw_consent(connection, card, today) if request.without_portrait else ()
        portrait = portrait_of_copy(connection, card)
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
                credential=signer.sign(after, slot, portrait),
                issued_at=now,
                origin=origin_of_replacement(request.reason),
            ),
            today,
        )
        journal.append_many(connection, now, by.actor, (*withdrawn, event))


def void_number(register: Register, number: CardNumber, request: VoidRequest, by: By) -> None:
    """Void a card that was issued by mistake, or a reserved number; it is never used again (督附3, 考附2).

    Raises IllegalTransition for a card that is not in force, NotFound for a number that is neither, NumberStep for one
    that is void already, Refused without a reason, and DecisionRefused for a body that is not the issuer.
    """
    today, now, reason = register.effects.today(), register.effects.now(), request.reason
    check_who_decides(register, number, by, {"act": "void"})
    with register.database.write() as connection:
        card = cards.for_update(connection, (number,)).get(number)
        restored.end_lost(connection, number, today)
        if card is not None:
            after, event = void(card, reason, today)
            cards.save_many(connection, (after,), today)
        elif not reason.strip():
            raise Refused("void-reason", "作废须写明原因", "voiding needs a stated reason")
        else:
            event = Event("number-voided", str(number), {"reason": reason})
        numbers.void_many(connection, (number,), reason, now)
        journal.append_many(connection, now, by.actor, (event,))


def record_found(register: Register, number: CardNumber, request: FoundRequest, by: By) -> int:
    """Note that a lost card was found again, and return how many copies are replaced: no step brings one back.

    Raises Refused for a number that is not registered, for one that has no replaced copy, and without a person, and
    DecisionRefused for a body that is not the issuer.
    """
    today, now = register.effects.today(), register.effects.now()
    if not request.reported_by.strip():
        raise Refused("found-by", "须写明由谁交回", "say who brings it back")
    check_who_decides(register, number, by, {"act": "found"})
    with register.database.write() as connection:
        _locked(connection, number)
        dead = copies.replaced(connection, number)
        if not dead:
            raise Refused(
                "no-replaced-copy",
                f"证卡 {number} 没有补发过，找回的就是现用的卡，仍然有效",
                f"card {number} was never replaced: what was found is the card in use, and counts",
            )
        data = {"on": today.isoformat(), "reported_by": request.reported_by, "copies": [one.hex() for one in dead]}
        journal.append_many(connection, now, by.actor, (Event("copy-found", number, data),))
    return len(dead)


def check_who_decides(register: Register, number: CardNumber, by: By, attempt: Mapping[str, Json]) -> None:
    """Refuse a body that is not the card's issuer, and put the attempt, its ``act`` and facts, into the journal.

    Raises DecisionRefused. 督§9, 督§19, 考§12, 考§21.
    """
    issuer = number.institution if number.kind is CardKind.INTERNAL else CENTRE
    if by.body is None or issuer is None:
        return
    try:
        (check_entitled if attempt["act"] in _OF_CANCELLATION else check_issuer)(by.body, issuer, number.kind)
    except DecisionRefused:
        event = Event("decision-refused", number, {"act": attempt["act"], "body": by.body, **attempt})
        with register.database.write() as connection:
            journal.append_many(connection, register.effects.now(), by.actor, (event,))
        raise


def check_confirmed(connection: Connection, number: CardNumber) -> None:
    """Refuse to go on from a card that waits, after a restore, to be confirmed. Raises Refused."""
    if restored.is_unconfirmed(connection, number):
        raise Refused(
            "card-unconfirmed",
            f"登记库由备份恢复，证卡 {number} 的现状待确认",
            f"the register was restored from a backup and card {number} waits to be confirmed",
            {"number": number},
        )


def registered(connection: Connection, number: CardNumber) -> Card:
    """Find a card. Raises Refused where there is none."""
    record = cards.get(connection, number)
    if record is None:
        raise no_such_card(number)
    return record.card


def of_locked_person(connection: Connection, number: CardNumber) -> Card:
    """Lock the holder before any card: a batch that is being issued to them waits, or is waited for."""
    people.lock(connection, registered(connection, number).person)
    return cards.for_update(connection, (number,))[number]


def _check_fits(register: Register, card: Card, portrait: bytes) -> None:
    """Refuse a copy whose back has no room for the larger code, which at the issue it may not have had."""
    with register.database.read() as connection:
        entered_at = cards.entered_at(connection, card.number)
        printed = printed_at(register, connection, card.issuer, entered_at)
    credential = unsigned_credential(card, portrait)
    face = face_of(card, printed, host=register.host, portrait=b"", credential=credential)
    problems = [problem for problem in check(face, register.fonts) if problem.field != "photo"]
    if problems:
        raise Refused(
            "face-unfit",
            f"证卡 {card.number}：{'；'.join(problem.zh for problem in problems)}；二维码含照片后放不下",
            f"card {card.number}: {'; '.join(problem.en for problem in problems)}: there is no room for a code with a "
            "portrait",
            {"number": str(card.number)},
        )


def _locked(connection: Connection, number: CardNumber) -> Card:
    card = cards.for_update(connection, (number,)).get(number)
    if card is None:
        raise no_such_card(number)
    return card
