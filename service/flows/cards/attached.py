"""Read back what was handed in with a proposal, a cancellation or a correction (督§19, 考§21).

Who may not read it is told what he would be told if there were none.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection

from service.domain.cancellation import Attachment
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.flows.cards.documents import DocumentBody, read_document
from service.flows.errors import Refused
from service.flows.people.record import may_read_of
from service.flows.register import Register
from service.store import cancellations, cards, proposals


class Attached(StrEnum):
    """To what of a card a document belongs."""

    REVOCATION = "revocation"
    CORRECTION = "correction"


def proposal_document(register: Register, identity: int, *, body: str = CENTRE) -> DocumentBody:
    """Read the document of a proposal, for the centre, whoever proposed and whoever decides. Raises Refused."""
    with register.database.read() as connection:
        found = proposals.get(connection, identity)
        if found is None or found.proposal.attachment is None:
            raise _no_document()
        if body not in {CENTRE, found.issuer, found.proposal.body}:
            raise _no_document()
        return read_document(connection, found.proposal.attachment)


def card_document(register: Register, number: CardNumber, of: Attached, *, body: str = CENTRE) -> DocumentBody:
    """Read the document of the decision that took a card, or of its correction, for whoever reads the record.

    Raises Refused.
    """
    with register.database.read() as connection:
        record = cards.get(connection, number)
        readable = record is not None and may_read_of(connection, record.card, body, register.effects.today())
        attachment = _attachment(connection, number, of) if readable else None
        if attachment is None:
            raise _no_document()
        return read_document(connection, attachment)


def _attachment(connection: Connection, number: CardNumber, of: Attached) -> Attachment | None:
    match of:
        case Attached.REVOCATION:
            decision = cancellations.get(connection, number)
            return None if decision is None else decision.attachment
        case Attached.CORRECTION:
            correction = cancellations.get_correction(connection, number)
            return None if correction is None else correction.attachment


def _no_document() -> Refused:
    return Refused("no-document", "没有您可以查看的附件", "there is no document that you may read")
