"""Check a card against the register: genuine, in force, this copy, and fit for the duty asked about.

1. ``scan``: text, envelope, signature, claims; 2. the register's row for the very copy; 3. the signed bytes must equal
the stored ones; 4. ``verdict.judge``. Nothing is cached but the public keys: the status is read each time.
"""

from __future__ import annotations

from datetime import datetime

from keys.envelope import unpack
from service.domain.card_number import CardNumber
from service.domain.check_facts import Record, RegisterAnswer
from service.domain.fitness import Duty
from service.domain.issuer import CENTRE
from service.domain.verdict import NO_DUTY, Verdict, judge, judge_number
from service.flows.register import Register
from service.flows.scan import Naming, Scanned, scan_text
from service.store import cards, copies, institutions
from service.store.states import CopyState


def verify_text(register: Register, text: str, duty: Duty = NO_DUTY, at: datetime | None = None) -> Verdict:
    """Give the verdict on a QR code's text, whatever it holds; ``at`` stands in for the clock."""
    keys = register.trusted_keys()
    naming = Naming(register.catalogue.name_of, lambda issuer: _issuer_name(register, issuer))
    scanned = scan_text(text, keys.document, keys.ring, naming)
    return judge(scanned.scan, RegisterAnswer(_record(register, scanned)), at or register.effects.now(), duty)


def _record(register: Register, scanned: Scanned) -> Record | None:
    if scanned.claims is None:
        return None
    with register.database.read() as connection:
        found = copies.find(connection, scanned.claims.copy_id)
    if found is None:
        return None
    return Record(
        card=found.card,
        issuer_name=_issuer_name(register, found.card.issuer),
        copy_is_live=found.copy.state is CopyState.LIVE,
        claims_match=unpack(found.copy.credential).payload == scanned.payload,
    )


def _issuer_name(register: Register, issuer: str) -> str | None:
    if issuer == CENTRE:
        return register.jurisdiction.centre.zh
    with register.database.read() as connection:
        institution = institutions.get(connection, issuer)
    return None if institution is None else institution.name


def verify_number(register: Register, number: CardNumber, duty: Duty = NO_DUTY) -> Verdict:
    """Give the verdict on a card by its number, for those who may see that a number is unknown."""
    with register.database.read() as connection:
        found = cards.get(connection, number)
    record = None
    if found is not None:
        record = Record(found.card, register.issuer_name(found.card.issuer), copy_is_live=True, claims_match=True)
    return judge_number(record, register.effects.now(), duty)
