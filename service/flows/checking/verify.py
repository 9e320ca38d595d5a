"""Check a card against the register: genuine, in force, this copy, and fit for the duty asked about.

1. ``scan``: text, envelope, signature, claims; 2. the register's row for the very copy; 3. the signed bytes must equal
the stored ones; where there is no row, a restore may have lost it; 4. ``verdict.judge``. Nothing is cached but the
public keys: the status is read each time.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from keys.envelope import unpack
from service.domain.check_facts import Doubt, Lost, Record, RegisterAnswer
from service.domain.fitness import Duty
from service.domain.issuer import CENTRE
from service.domain.verdict import NO_DUTY, Verdict, judge
from service.flows.checking.scan import Naming, Scanned, scan_text
from service.flows.people.engagements import places_of
from service.flows.register import Register
from service.store import copies, institutions, restored
from service.store.states import CopyState


def verify_text(register: Register, text: str, duty: Duty = NO_DUTY, at: datetime | None = None) -> Verdict:
    """Return the verdict on a QR code's text, whatever it holds; ``at`` stands in for the clock."""
    with register.database.read() as connection:
        keys = register.trusted_keys(connection)
        naming = Naming(
            lambda code: register.catalogue_on(connection).name_of(code),
            lambda issuer: _issuer_name(register, connection, issuer),
        )
        scanned = scan_text(text, keys.document, keys.ring, naming)
        record = _record(register, connection, scanned)
        lost = _lost(connection, scanned) if record is None else None
    return judge(scanned.scan, RegisterAnswer(record, lost), at or register.effects.now(), duty)


def _record(register: Register, connection: Connection, scanned: Scanned) -> Record | None:
    if scanned.claims is None:
        return None
    found = copies.find(connection, scanned.claims.copy_id)
    if found is None:
        return None
    engaged, sent = places_of(connection, found.card)
    return Record(
        card=found.card,
        issuer_name=_issuer_name(register, connection, found.card.issuer),
        copy_is_live=found.copy.state is CopyState.LIVE,
        claims_match=unpack(found.copy.credential).payload == scanned.payload,
        engagements=engaged,
        dispatches=sent,
        doubt=Doubt.UNCONFIRMED if found.unconfirmed else None,
    )


def _lost(connection: Connection, scanned: Scanned) -> Lost | None:
    """Find what is known of a copy that was made after the backup from which the register was restored."""
    claims = scanned.claims
    if claims is None:
        return None
    found = restored.find_lost_copy(connection, claims.copy_id)
    if found is not None:
        number, lost = found
        return lost if number == claims.number else None
    return Lost() if restored.is_lost_place(connection, claims.status_list, claims.status_index) else None


def _issuer_name(register: Register, connection: Connection, issuer: str) -> str | None:
    if issuer == CENTRE:
        return register.jurisdiction.centre.zh
    institution = institutions.get(connection, issuer)
    return None if institution is None else institution.name
