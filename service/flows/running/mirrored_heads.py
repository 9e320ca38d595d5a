"""Keep signed heads beside the journal's mirror: whoever rewrites both has to have the key as well."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from service.flows.register import Register
from service.flows.running import mirror_files
from service.flows.running.audit import read_head, signed_head

HEAD_EVERY: Final = timedelta(hours=1)


def keep_mirrored(register: Register) -> None:
    """Catch the mirror up, and put a signed head beside it once an hour while the journal grows.

    A mirror that is away or behind goes without. Raises Refused for a head there that cannot be read, and OSError.
    """
    register.mirror.follow()
    state = register.mirror.last
    if state.folder is None or state.is_behind:
        return
    newest = mirror_files.newest_head(state.folder)
    if newest is not None:
        last = read_head(newest)
        if last.size == state.entries or register.effects.now() - datetime.fromisoformat(last.at) < HEAD_EVERY:
            return
    signed_head(register)
