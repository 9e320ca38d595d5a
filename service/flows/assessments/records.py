"""The record of a roll-call: what the rules said of who had come, dated by the journal and signed with its head.

The record's digest is an entry of the journal. The file that is given away holds the record, that entry, the proof that
the entry is in the journal (RFC 9162 2.1.3) and the signed head the proof leads to: whoever has the head's public key
can check all of it without the register.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import msgspec

from keys.keyring import KeyRecord
from service.domain.access import By, Principal
from service.domain.assessment.model import instant_text
from service.domain.errors import JournalInvalid
from service.domain.event import Event, Json, current_kind
from service.domain.journal import canonical, parse_entry
from service.domain.merkle import leaf_hash, verify_inclusion
from service.flows.assessments.assessment_requests import RecordRequest
from service.flows.assessments.view import AssessmentView, read_assessment, subject_of
from service.flows.errors import Refused
from service.flows.publishing.proofs import Inclusion
from service.flows.register import Register
from service.flows.running.audit import SignedHead, is_signed, prove_signed
from service.store import assessments, journal
from service.store.assessments import StoredRecord

VERSION: Final = 1
_RECORDED: Final = "assessment-recorded"


class SignedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it is given away; ``entry`` is the journal entry's own text."""

    record: dict[str, Any]
    entry: str
    proof: Inclusion
    head: SignedHead


@dataclass(frozen=True, slots=True)
class Verified:
    """A record that holds: what it says, when the journal has taken it down, and the head's moment."""

    record: dict[str, Any]
    seq: int
    recorded_at: datetime
    head: SignedHead


def make_record(register: Register, identity: int, request: RecordRequest, by: Principal | By) -> int:
    """Record who has come by now and what the rules say of it; return the record's id.

    It closes nothing: what a device hands in later stands in a later record. Raises Refused for an assessment that is
    not there, not one's own, or to which nobody has come, and without the name of who answers for it.
    """
    if not request.made_by.strip():
        raise Refused("record-by", "须写明记录人", "say who answers for the record")
    view = read_assessment(register, identity, by if isinstance(by, Principal) else None)
    if not view.has_been_called:
        raise Refused("record-empty", f"场次 {identity} 尚未点名", f"assessment {identity} has no roll-call yet")
    now = register.effects.now()
    body = canonical(_content(register, view, request.made_by.strip(), now))
    digest = hashlib.sha256(body).hexdigest()
    event = Event(_RECORDED, subject_of(identity), {"digest": digest, "verdict": view.roll_call.verdict.value})
    with register.database.write() as connection:
        head = journal.append_many(connection, now, by.actor, (event,))
        record = assessments.add_record(connection, identity, head.size - 1, body, now)
        kept = Event("assessment-record-kept", subject_of(identity), {"record": record, "entry": head.size - 1})
        journal.append_many(connection, now, by.actor, (kept,))
        return record


def signed_record(
    register: Register, identity: int, record: int | None = None, *, by: Principal | None = None
) -> SignedRecord:
    """Return an assessment's record with its proof, the newest unless one is named. Raises Refused."""
    stored = _stored(register, identity, record, by)
    proof, head = prove_signed(register, stored.seq)
    with register.database.read() as connection:
        (entry,) = journal.entries(connection, stored.seq, 1)
    return SignedRecord(record=msgspec.json.decode(stored.body), entry=entry.decode(), proof=proof, head=head)


def list_records(register: Register, identity: int, by: Principal | None = None) -> tuple[StoredRecord, ...]:
    """List an assessment's records, the newest first. Raises Refused where there is none of one's own."""
    read_assessment(register, identity, by)
    with register.database.read() as connection:
        return assessments.records_of(connection, identity)


def verify_record(data: bytes, keys: Iterable[KeyRecord]) -> Verified:
    """Check a record that has been given away, with the public keys alone.

    1. it reads as one; 2. its digest is the one in the journal's entry; 3. the entry is in the journal by its proof;
    4. a head key has signed the head the proof leads to. Raises Refused.
    """
    try:
        given = msgspec.json.decode(data, type=SignedRecord)  # 1
        entry = parse_entry(given.entry.encode())
        body = canonical(cast("Json", given.record))
        root, leaf = bytes.fromhex(given.head.root), leaf_hash(given.entry.encode())
        path = [bytes.fromhex(node) for node in given.proof.path]
        proved = verify_inclusion(leaf, entry.seq, given.head.size, path, root)  # 3
    except (msgspec.DecodeError, UnicodeError, RecursionError, JournalInvalid, ValueError) as error:
        raise Refused(
            "record-malformed", "这不是场次点名记录文件", "this is no record of a roll-call that has been given out"
        ) from error
    digest = hashlib.sha256(body).hexdigest()
    told = current_kind(entry.event.kind) == _RECORDED and entry.event.data["digest"] == digest  # 2
    if not told or not proved:
        raise Refused(
            "record-altered",
            "点名记录与日志不符：内容被改动，或不是原来的证明",
            "the record differs from the journal: it was altered, or the proof is another's",
        )
    if not is_signed(given.head, keys):  # 4
        raise Refused(
            "record-unsigned", "日志头的签名不符，或密钥不明", "no head key known here has signed the journal's head"
        )
    return Verified(given.record, entry.seq, entry.at, given.head)


def assessment_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the assessment a record is of; records of before version 1.0 call it ``session``."""
    found: dict[str, Any] = record["assessment"] if "assessment" in record else record["session"]
    return found


def _stored(register: Register, identity: int, record: int | None, by: Principal | None) -> StoredRecord:
    for one in list_records(register, identity, by):
        if record in {None, one.id}:
            return one
    raise Refused("no-such-record", f"场次 {identity} 没有此点名记录", f"assessment {identity} has no such record")


def _content(register: Register, view: AssessmentView, made_by: str, now: datetime) -> dict[str, Json]:
    held = view.held
    return {
        "version": VERSION,
        "host": register.host,
        "assessment": {
            "id": held.id,
            "institution_name": view.place.name,
            "plan": held.plan,
            "place": held.place,
            **held.assessment.as_json(),
        },
        "made_at": instant_text(now),
        "made_by": made_by,
        "people": [one.as_json() for one in view.called],
        "plan_check": view.plan_check.as_json(),
        "roll_call": view.roll_call.as_json(),
    }
