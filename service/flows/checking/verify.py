"""Check a card against the register: genuine, in force, this copy, and fit for the duty asked about.

1. ``scan``: text, envelope, signature, claims; 2. the register's row for the very copy; 3. the signed bytes must equal
the stored ones; where there is no row, a restore may have lost it; 4. ``verdict.judge``. What is kept from one check to
another is the public keys and what genuine texts hold (``scan``), never a status: that is read each time.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from keys.envelope import unpack
from service.counters import count_verdict
from service.domain.check_facts import Doubt, Lost, Record, RegisterAnswer
from service.domain.fitness import Dispatch, Duty, Engagement
from service.domain.issuer import CENTRE
from service.domain.verdict import NO_DUTY, Verdict, judge
from service.flows.checking.scan import Naming, Scanned, named, scan_text
from service.flows.people.engagements import places_of
from service.flows.register import Register
from service.store import checks, institutions, key_records, restored
from service.store.checks import CheckedCopy


def verify_text(register: Register, text: str, duty: Duty = NO_DUTY, at: datetime | None = None) -> Verdict:
    """Return the verdict on a QR code's text, whatever it holds; ``at`` stands in for the clock."""
    with register.database.read() as connection:
        keys = register.trusted_keys(connection)
        scanned = scan_text(text, keys.document, keys.ring)
        found = None if scanned.claims is None else checks.find(connection, scanned.claims.copy_id)
        places = _places(connection, found, duty)
        record = None if found is None else _record(register, found, scanned, *places)
        if record is None or not record.claims_match:
            scanned = named(scanned, _naming(register, connection))
        lost = _lost(connection, scanned) if record is None else None
    return _judged(scanned, RegisterAnswer(record, lost), at or register.effects.now(), duty)


async def verify_at_once(register: Register, text: str, duty: Duty = NO_DUTY) -> Verdict | None:
    """Return the verdict of ``verify_text`` where one read at once suffices for it, None where it takes more.

    It suffices for what is not genuine, and for a copy that the register has, unless a place was asked about. Raises
    NotAtOnce.
    """
    keys = register.keys_at_hand
    if keys is None or duty.place is not None:
        return None
    scanned, at_once = scan_text(text, keys.document, keys.ring), register.database.at_once
    if scanned.claims is None:
        record, (newest,) = None, await at_once.read(key_records.LATEST)
        version = newest.version
    else:
        found = checks.found_in(await at_once.read(checks.COPY, copy_id=scanned.claims.copy_id))
        if found is None:
            return None
        record, version = _record(register, found, scanned), found.key_version
        if not record.claims_match:
            return None
    if version != keys.document.version:  # published by another process a moment ago
        return None
    return _judged(scanned, RegisterAnswer(record), register.effects.now(), duty)


def _judged(scanned: Scanned, answer: RegisterAnswer, now: datetime, duty: Duty) -> Verdict:
    verdict = judge(scanned.scan, answer, now, duty)
    count_verdict(verdict.verdict)
    return verdict


def _record(
    register: Register,
    found: CheckedCopy,
    scanned: Scanned,
    engaged: tuple[Engagement, ...] = (),
    sent: tuple[Dispatch, ...] = (),
) -> Record:
    return Record(
        card=found.card,
        issuer_name=register.jurisdiction.centre.zh if found.card.issuer == CENTRE else found.institution,
        copy_is_live=found.is_live,
        claims_match=unpack(found.credential).payload == scanned.payload,
        engagements=engaged,
        dispatches=sent,
        doubt=Doubt.UNCONFIRMED if found.unconfirmed else None,
    )


def _places(
    connection: Connection, found: CheckedCopy | None, duty: Duty
) -> tuple[tuple[Engagement, ...], tuple[Dispatch, ...]]:
    """Read where the holder is engaged and sent, where it matters: for a place that was asked about."""
    return ((), ()) if found is None or duty.place is None else places_of(connection, found.card)


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


def _naming(register: Register, connection: Connection) -> Naming:
    return Naming(
        lambda code: register.catalogue_on(connection).name_of(code),
        lambda issuer: _issuer_name(register, connection, issuer),
    )


def _issuer_name(register: Register, connection: Connection, issuer: str) -> str | None:
    if issuer == CENTRE:
        return register.jurisdiction.centre.zh
    institution = institutions.get(connection, issuer)
    return None if institution is None else institution.name
