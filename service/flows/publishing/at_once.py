"""What anyone may download, where it was signed before and still stands: one read at once tells that it does."""

from __future__ import annotations

from service.domain import status_list as lists
from service.flows.publishing.publish import KEY_DOCUMENT_AGE, KEY_DOCUMENT_TYPE, Published, published_as, standing_body
from service.flows.register import Register
from service.store import key_records, status_lists


async def key_document_at_once(register: Register) -> Published | None:
    """Return the newest key document; None where it has not been read yet. Raises NotAtOnce."""
    keys = register.keys_at_hand
    if keys is None:
        return None
    (newest,) = await register.database.at_once.read(key_records.LATEST)
    if newest.version != keys.document.version:
        return None
    return published_as(keys.body, KEY_DOCUMENT_TYPE, max_age=KEY_DOCUMENT_AGE)


async def status_list_at_once(register: Register, number: int) -> Published | None:
    """Return a status list; None where there is none, or it has to be signed, or must not be. Raises NotAtOnce."""
    rows = await register.database.at_once.read(status_lists.STANDING, list_no=number)
    if not rows or rows[0].held:
        return None
    body = standing_body(register, status_lists.standing_in(rows[0]), rows[0].newest_keys)
    return None if body is None else published_as(body, lists.MEDIA_TYPE, max_age=0)
