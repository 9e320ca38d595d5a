"""The holder's portrait inside the code: whose cards carry one, by the issuer's switch and the holder's consent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from cardlayout.portrait import miniature
from service.domain.card import Card
from service.domain.credential import bitstream_of
from service.domain.event import Event
from service.domain.issuer import CENTRE
from service.flows.cards.stored_photos import read_photo
from service.flows.errors import Refused
from service.flows.register import Register
from service.store import blobs, cards, journal, meta

ON_BY_DEFAULT: Final = False
"""Off. With a portrait the code grows from 31–34 mm to 45–47 mm and yet has smaller modules: the scanner reads 63 %
instead of 85 % of blurred frames, and at 5 px/mm 57 % instead of 64 % of all damaged ones (``tests.bench.decoding``).
And the photo is on the front already; one that every telephone shows is for issuer and holder to want.
"""

PORTRAIT_CONSENT: Final = "portrait_consent"
_WITHDRAWN_ON: Final = "portrait_consent_withdrawn_on"
_SWITCH: Final = "portrait-in-code:"
_ON, _OFF = "on", "off"
_DEFAULT: Final = _ON if ON_BY_DEFAULT else _OFF


@dataclass(frozen=True, slots=True)
class PortraitSwitch:
    """The switch by which an issuer's cards carry the portraits of those who consent."""

    issuer: str
    name: str
    on: bool


def set_portrait_in_code(register: Register, issuer: str, actor: str, *, on: bool) -> None:
    """Let an issuer's new copies carry portraits, or no longer; printed cards stay as they are.

    Raises Refused for an issuer that is not known.
    """
    _check_known(issuer, register.institutions())
    now = register.effects.now()
    with register.database.write() as connection:
        put_switch(connection, issuer, on=on)
        journal.append_many(connection, now, actor, (Event("portrait-in-code-set", issuer, {"on": on}),))


def put_switch(connection: Connection, issuer: str, *, on: bool) -> None:
    """Write an issuer's switch."""
    meta.put(connection, _SWITCH + issuer, _ON if on else _OFF)


def portrait_switches(register: Register, issuer: str | None = None) -> tuple[PortraitSwitch, ...]:
    """Show the switch of every issuer, the centre first, or of one. Raises Refused for one that is not known."""
    names = {CENTRE: register.issuer_name(CENTRE)} | {
        code: institution.name for code, institution in register.institutions().items()
    }
    if issuer is not None:
        _check_known(issuer, names)
    wanted = names if issuer is None else {issuer: names[issuer]}
    with register.database.read() as connection:
        on = issuers_with_portraits(connection, wanted)
    return tuple(PortraitSwitch(code, name, code in on) for code, name in wanted.items())


def issuers_with_portraits(connection: Connection, issuers: Iterable[str]) -> frozenset[str]:
    """Return which of these issuers have switched portraits on."""
    asked = tuple(issuers)
    stored = meta.get_many(connection, [_SWITCH + issuer for issuer in asked])
    return frozenset(issuer for issuer in asked if stored.get(_SWITCH + issuer, _DEFAULT) == _ON)


def small_portrait(photo: bytes) -> bytes:
    """Make of a normalised photo what a credential carries (claim -9)."""
    return bitstream_of(miniature(photo))


def portrait_of_copy(connection: Connection, card: Card) -> bytes | None:
    """Make the portrait for another copy of a card: with consent that stands, and the issuer's switch on.

    Raises Refused where the photograph it would be made of is missing.
    """
    record = cards.get(connection, card.number)
    if record is None or record.photo is None or not consents(record.application or {}):
        return None
    if not _is_on(connection, card.issuer):
        return None
    if not blobs.present(connection, (record.photo,)):
        raise Refused(
            "photo-missing",
            f"证卡 {card.number} 的照片丢失，无法写入二维码；请先恢复照片",
            f"the photograph of card {card.number} is missing: restore it",
            {"number": str(card.number)},
        )
    return small_portrait(read_photo(connection, record.photo))


def portrait_in_code(
    connection: Connection, card: Card, application: Mapping[str, object] | None, photo: bytes
) -> bytes | None:
    """Make the portrait of a photograph that a card is about to get, as ``portrait_of_copy`` does of the one it has."""
    wanted = consents(application or {}) and _is_on(connection, card.issuer)
    return small_portrait(photo) if wanted else None


def withdraw_consent(connection: Connection, card: Card, on: date) -> tuple[Event, ...]:
    """Note beside a card that its holder no longer consents; return the event, none where there was no consent."""
    record = cards.get(connection, card.number)
    application = {} if record is None else record.application or {}
    if not consents(application):
        return ()
    cards.put_application(connection, card.number, {**application, _WITHDRAWN_ON: on.isoformat()})
    return (Event("portrait-consent-withdrawn", card.number, {"on": on.isoformat()}),)


def consents(application: Mapping[str, object]) -> bool:
    """Return whether the holder's consent, as recorded beside a card, stands."""
    return application.get(PORTRAIT_CONSENT) is True and _WITHDRAWN_ON not in application


def _is_on(connection: Connection, issuer: str) -> bool:
    return issuer in issuers_with_portraits(connection, (issuer,))


def _check_known(issuer: str, known: Collection[str]) -> None:
    if issuer != CENTRE and issuer not in known:
        raise Refused(
            "issuer-unknown",
            f"没有代码为 {issuer} 的机构；市职鉴中心写 {CENTRE}",
            f"no institution has the code {issuer}; the centre is {CENTRE}",
        )
