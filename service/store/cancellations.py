"""Decisions to cancel (取消资格) and their corrections, one a card, never rewritten (督§19, 考§21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from service.domain.cancellation import Attachment, Correction, Decision, parse_ground
from service.domain.card_number import CardNumber
from service.store.facts import note
from service.store.tables import cancellation, correction


def record_many(connection: Connection, numbers: Iterable[CardNumber], decision: Decision, now: datetime) -> None:
    """Enter a decision for each card it takes. Raises AlreadyCancelled."""
    rows = [
        {
            "number": str(number),
            "ground": str(decision.ground),
            "body": decision.body,
            "decided_on": decision.decided_on,
            "decided_by": decision.decided_by,
            "reason": decision.reason,
            "document": decision.document,
            "entered_at": now,
            **attachment_values(decision.attachment),
        }
        for number in sorted(numbers)
    ]
    if rows:
        connection.execute(cancellation.insert(), rows)
        note(connection, "cancellation", [str(row["number"]) for row in rows])


def get(connection: Connection, number: CardNumber) -> Decision | None:
    """Find the decision that took a card."""
    row = connection.execute(select(cancellation).where(cancellation.c.number == str(number))).one_or_none()
    if row is None:
        return None
    return Decision(
        parse_ground(row.ground),
        row.body,
        row.decided_on,
        row.decided_by,
        row.reason,
        row.document,
        attachment_of(row.attachment, row.attachment_digest),
    )


def record_correction(connection: Connection, number: CardNumber, new: Correction, now: datetime) -> None:
    """Enter a correction beside the decision it corrects. Raises AlreadyCorrected, ReferenceMissing."""
    connection.execute(
        correction.insert(),
        {
            "number": str(number),
            "body": new.body,
            "corrected_on": new.corrected_on,
            "decided_by": new.decided_by,
            "reason": new.reason,
            "document": new.document,
            "entered_at": now,
            **attachment_values(new.attachment),
        },
    )
    note(connection, "correction", (str(number),))


def get_correction(connection: Connection, number: CardNumber) -> Correction | None:
    """Find the correction of the decision that took a card."""
    row = connection.execute(select(correction).where(correction.c.number == str(number))).one_or_none()
    if row is None:
        return None
    return Correction(
        row.body,
        row.corrected_on,
        row.decided_by,
        row.reason,
        row.document,
        attachment_of(row.attachment, row.attachment_digest),
    )


def attachment_values(attachment: Attachment | None) -> dict[str, object]:
    """Return the two columns that a document takes."""
    return {
        "attachment": None if attachment is None else attachment.name,
        "attachment_digest": None if attachment is None else attachment.digest,
    }


def attachment_of(name: str | None, digest: bytes | None) -> Attachment | None:
    """Read the two columns that a document takes."""
    return None if name is None or digest is None else Attachment(name, digest)
