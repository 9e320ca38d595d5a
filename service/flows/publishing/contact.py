"""Whom the public calls about a card: a telephone number, an address, opening hours, in two languages."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from service.domain.event import Event
from service.domain.jurisdiction import Contact
from service.domain.tidy import tidy
from service.domain.visible import invisible_character
from service.flows.errors import Refused
from service.flows.register import Register
from service.flows.requests.types import line
from service.store import journal, meta

META_CONTACT: Final = "contact"
MAX_CONTACT: Final = 120  # characters; it stands on one or two lines of a phone


class ContactRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the public calls; the English text is the Chinese one where it is not stated."""

    contact_zh: Annotated[str, line("contact_zh", MAX_CONTACT, min_length=1)]
    contact_en: Annotated[str, line("contact_en", MAX_CONTACT)] = ""


def contact_of(register: Register) -> Contact | None:
    """Return the contact set in the register, else its jurisdiction's; None where neither names one."""
    with register.database.read() as connection:
        stored = meta.get(connection, META_CONTACT)
    return register.jurisdiction.contact if stored is None else msgspec.json.decode(stored, type=Contact)


def contact_or_centre(register: Register) -> Contact:
    """Return the contact, or the centre's name where none is set."""
    centre = register.jurisdiction.centre
    return contact_of(register) or Contact(centre.zh, centre.en)


def put_contact(connection: Connection, contact: Contact) -> None:
    """Write whom the public calls."""
    meta.put(connection, META_CONTACT, msgspec.json.encode(contact).decode())


def set_contact(register: Register, zh: str, en: str, actor: str) -> Contact:
    """Set whom the public calls. Raises Refused for a text that is empty, too long or holds invisible characters."""
    contact = Contact(_line(zh), _line(en))
    with register.database.write() as connection:
        put_contact(connection, contact)
        event = Event("contact-set", "register", {"zh": contact.zh, "en": contact.en})
        journal.append_many(connection, register.effects.now(), actor, (event,))
    return contact


def _line(text: str) -> str:
    tidied = tidy(text)
    if not 0 < len(tidied) <= MAX_CONTACT or invisible_character(tidied) is not None:
        raise Refused(
            "contact-text",
            f"联系方式应为 1—{MAX_CONTACT} 个可见字符，收到 {len(tidied)} 个",
            f"a contact has 1-{MAX_CONTACT} visible characters, got {len(tidied)}",
        )
    return tidied
