"""Check that the service can do its work now: the register answers, and the key that signs status lists is at hand."""

from __future__ import annotations

from typing import Final

from keys.keyring import Purpose
from service.flows.register import META_HOST, Register
from service.store import meta

_ANSWER_S: Final = 5.0


def check_ready(register: Register) -> None:
    """Raise whatever stands in the way; nothing is written."""
    with register.database.read(_ANSWER_S) as connection:
        meta.get(connection, META_HOST)
    register.signer(Purpose.STATUS)
