"""Find the printed copy of a card whose code is shown."""

from __future__ import annotations

from sqlalchemy import Connection

from keys.envelope import unpack
from service.flows.checking.scan import scan_text
from service.flows.register import Register
from service.store import copies
from service.store.copies import CopyOnCard


def copy_of_credential(register: Register, connection: Connection, text: str) -> CopyOnCard | None:
    """Find the copy whose genuine, registered credential is shown, live or not; None for anything else."""
    keys = register.trusted_keys(connection)
    scanned = scan_text(text, keys.document, keys.ring)
    found = None if scanned.claims is None else copies.find(connection, scanned.claims.copy_id)
    if found is None or unpack(found.copy.credential).payload != scanned.payload:
        return None
    return found
