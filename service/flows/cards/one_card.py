"""One card as a resource: what is held of it, the text of its code, and its sheet to print."""

from __future__ import annotations

from service.domain.access import By, Principal
from service.domain.access_record import Access, Act
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.printing import issuer_of
from service.flows.cards.print_cards import card_text
from service.flows.errors import Refused, no_such_card
from service.flows.issue.batches import Drawn, PrintRequest, draw_numbers
from service.flows.people.access_records import record_access
from service.flows.people.person import person_of
from service.flows.people.person_file import HeldCard
from service.flows.printing.queue import scope
from service.flows.register import Register
from service.store import cards


def card_of(register: Register, number: CardNumber, by: Principal) -> HeldCard:
    """Return a card to whoever sees its holder's page, recorded as that. Raises Refused, as for no such card."""
    return next(one for one in person_of(register, number, by).cards if one.number == number)


def credential_of(register: Register, number: CardNumber, by: By) -> str:
    """Return the whole text of the code on a card, to who prints it. Raises Refused, as for no such card."""
    _check_prints(register, number, by)
    return card_text(register, number)


def draw_card(register: Register, number: CardNumber, request: PrintRequest, by: By) -> Drawn:
    """Draw a card's PDF for who prints it, and enter that in the log of its copy.

    Raises Refused, as for no such card, and for one that cannot be printed: revoked, voided, without its photograph.
    """
    _check_prints(register, number, by)
    return draw_numbers(register, (number,), request, by)


def _check_prints(register: Register, number: CardNumber, by: By) -> None:
    with register.database.read() as connection:
        found = cards.get(connection, number)
        may = found is not None and issuer_of(number) in scope(connection, by.body or CENTRE)
    outcome: Refused | None = None if may else no_such_card(number)
    act = Access(act=Act.CARD, number=number, ground="decides-or-keeps")
    if outcome is not None:
        act = Access(act=Act.REFUSED, number=number, ground=Act.CARD, outcome=outcome.code)
    record_access(register, by.actor, act)
    if outcome is not None:
        raise outcome
