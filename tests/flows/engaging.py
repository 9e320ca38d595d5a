"""Engage people as at a desk where the holder has come: with the card in hand, or, without one, the identity card."""

from __future__ import annotations

from datetime import date

from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.people import ResidentId
from service.flows.cards.print_cards import card_text
from service.flows.errors import Refused
from service.flows.issue.issuing import ID_CONTEXT
from service.flows.people import engagements
from service.flows.people.engagements import Engaged, EngagementRequest
from service.flows.people.shown import Shown
from service.flows.register import Register
from service.store import cards, people


def shown_by(register: Register, number: CardNumber) -> Shown:
    """Return what the holder of a card can show; of a number nobody has, nothing that fits."""
    try:
        return Shown(credential=card_text(register, number))
    except Refused:
        return Shown(resident_id=identity_of(register, number))


def identity_of(register: Register, number: CardNumber) -> str:
    """Return the identity number of a card's holder."""
    with register.database.read() as connection:
        record = cards.get(connection, number)
        person = None if record is None else people.get(connection, record.card.person)
    if person is None:
        return "11010519491231002X"
    return ResidentId(register.cipher.open(person.id_sealed, ID_CONTEXT + person.blind_index))


def engage(
    register: Register,
    number: CardNumber,
    institution: str,
    *,
    since: date,
    until: date | None,
    as_internal: bool = False,
    document: str | None = None,
    body: str | None = None,
    actor: str,
) -> Engaged:
    """Enter a contract with what the holder shows."""
    shown = shown_by(register, number)
    request = EngagementRequest(
        institution=institution,
        first_day=since,
        last_day=until,
        as_internal=as_internal,
        document=document,
        credential=shown.credential,
        resident_id=shown.resident_id,
    )
    return engagements.engage(register, number, request, By(actor, body))
