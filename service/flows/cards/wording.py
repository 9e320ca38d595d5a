"""The words that cards bear: those that held when a card was entered, and those that hold today (督附5)."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import structs
from sqlalchemy import Connection

from service.domain.card_text import CardText, Wording, holding
from service.domain.jurisdiction import Jurisdiction
from service.domain.validity import civil_date
from service.flows.register import Register
from service.store import wordings


def text_at(register: Register, connection: Connection, at: datetime) -> CardText:
    """Return the words that held at an instant, as far as they had been set by then: a card of then bears them."""
    return holding(register.jurisdiction.card, wordings.entered(connection, at), civil_date(at)).text


def wording_on(register: Register, connection: Connection, on: date) -> Wording:
    """Return the words that hold on a day, as they are set now."""
    return holding(register.jurisdiction.card, wordings.entered(connection), on)


def text_now(register: Register, connection: Connection) -> CardText:
    """Return the words that a card bears which is entered now."""
    return text_at(register, connection, register.effects.now())


def current_jurisdiction(register: Register) -> Jurisdiction:
    """Return the register's jurisdiction with the words that a card bears which is entered now."""
    with register.database.read() as connection:
        return structs.replace(register.jurisdiction, card=text_now(register, connection))
