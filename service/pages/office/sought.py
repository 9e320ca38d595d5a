"""What somebody sought, sealed in the address of what it found: the way back leads there, and no name stands in it.

A browser that goes back to the answer of a form asks to send the form again, or shows an error in its place.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec
from litestar.response import Redirect

from keys.errors import SealedFieldInvalid
from keys.fields import NONCE_SIZE
from service.pages.office.base import Desk

SOUGHT: Final = "sought"
"""The field of the address."""

_MOST: Final = 4096


def lead_to_found(desk: Desk, path: str, fields: Mapping[str, str], **more: str) -> Redirect:
    """Lead to the page of what was found, which only the same account opens."""
    register = desk.register
    typed = {name: text for name, text in fields.items() if text}
    nonce = register.effects.random_bytes(NONCE_SIZE)
    sealed = register.cipher.seal_bytes(msgspec.json.encode(typed), _context(desk), nonce)
    english = {"lang": "en"} if desk.language == "en" else {}
    asked = {**more, SOUGHT: urlsafe_b64encode(sealed).rstrip(b"=").decode(), **english}
    return Redirect(f"{path}?{urlencode(asked)}", status_code=303)


def sought(desk: Desk, text: str) -> dict[str, str] | None:
    """Return what was sought by an address; None for one that was not made for this account, or was altered."""
    try:
        sealed = urlsafe_b64decode(text[:_MOST].encode("ascii") + b"==")
        body = desk.register.cipher.open_bytes(sealed, _context(desk))
        return msgspec.json.decode(body, type=dict[str, str])
    except (ValueError, SealedFieldInvalid, msgspec.DecodeError):
        return None


def _context(desk: Desk) -> bytes:
    return f"sought/{desk.path.removesuffix('/find')}/{desk.principal.actor}".encode()
