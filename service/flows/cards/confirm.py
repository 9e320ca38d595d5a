"""Confirm, after a restore, that cards stand as the register has them."""

from __future__ import annotations

from collections.abc import Sequence

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.event import Event
from service.flows.cards.lifecycle import check_who_decides
from service.flows.errors import Refused, no_such_card
from service.flows.register import Register
from service.store import cards, journal, restored


def confirm_cards(register: Register, numbers: Sequence[CardNumber], reason: str, by: By) -> tuple[CardNumber, ...]:
    """Confirm cards one by one; return those that waited. They answer what the register says from then on.

    Raises Refused for a number that no card has, for one that
    does not wait, and without a reason, and DecisionRefused for a body that is not the issuer: none is confirmed then.
    """
    _check_reason(reason)
    for number in numbers:
        check_who_decides(register, number, by, {"act": "confirm"})
    now = register.effects.now()
    with register.database.write() as connection:
        held = cards.for_update(connection, numbers)
        settled = restored.confirm(connection, numbers)
        for number in numbers:
            if number not in held:
                raise no_such_card(number)
            if number not in settled:
                raise Refused(
                    "card-confirmed", f"证卡 {number} 无需确认", f"card {number} does not wait to be confirmed"
                )
        events = (Event("card-confirmed", number, {"reason": reason.strip()}) for number in settled)
        journal.append_many(connection, now, by.actor, events)
    return settled


def confirm_all(register: Register, reason: str, actor: str) -> int:
    """Confirm every card that waits, and return how many there were. Raises Refused without a reason, and for none."""
    _check_reason(reason)
    now = register.effects.now()
    with register.database.write() as connection:
        count = restored.confirm_all(connection)
        if not count:
            raise Refused("nothing-to-confirm", "没有待确认的证卡", "no card waits to be confirmed")
        event = Event("cards-confirmed", "register", {"cards": count, "reason": reason.strip()})
        journal.append_many(connection, now, actor, (event,))
    return count


def list_unconfirmed(register: Register) -> tuple[CardNumber, ...]:
    """List the cards that wait to be confirmed, by number."""
    with register.database.read() as connection:
        return restored.unconfirmed_numbers(connection)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused("confirm-reason", "确认须写明依据", "say what the confirmation rests on")
