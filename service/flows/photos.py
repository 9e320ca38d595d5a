"""Give the registered photograph of a card to whoever may compare it with a face."""

from __future__ import annotations

from typing import Final

from keys.envelope import unpack
from service.domain.card_number import CardNumber
from service.flows.photo_files import has_photo, read_photo
from service.flows.register import Register
from service.flows.scan import Naming, scan_text
from service.store import copies

_NO_NAMES: Final = Naming(lambda _code: None, lambda _issuer: None)


def photo_of_credential(register: Register, text: str) -> bytes | None:
    """Find the photograph of the card whose genuine, registered credential is shown; None for anything else.

    The JPEG as it is printed. Whoever holds the code holds the card that bears the same picture.
    """
    with register.database.read() as connection:
        keys = register.trusted_keys(connection)
        scanned = scan_text(text, keys.document, keys.ring, _NO_NAMES)
        found = None if scanned.claims is None else copies.find(connection, scanned.claims.copy_id)
    if found is None or unpack(found.copy.credential).payload != scanned.payload:
        return None
    return _stored(register, found.photo)


def photo_of_number(register: Register, number: CardNumber) -> bytes | None:
    """Find the photograph of a card by its number, for signed-in staff; None where there is none."""
    with register.database.read() as connection:
        found = copies.find_live(connection, number)
    return None if found is None else _stored(register, found.photo)


def _stored(register: Register, digest: bytes | None) -> bytes | None:
    return read_photo(register.photos, digest) if digest is not None and has_photo(register.photos, digest) else None
