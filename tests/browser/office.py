"""A register in which every kind of verdict stands ready, with the faces of its cards, made as an office makes them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, Final

import pypdfium2
from PIL import Image

from cardlayout.face import CardFace, QrContent
from cardlayout.impose import Sheet
from cardlayout.render import Job, render
from keys.envelope import Envelope, pack, to_be_signed, unpack
from keys.keyring import Purpose
from keys.signer import Signer
from service.domain.access import Account, By, Role
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.credential import CARD_AAD, bytes_of, decode_claims, encode_claims, prefix_of, text_of
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest
from service.flows.cards.faces import Printed, face_of
from service.flows.cards.lifecycle import replace_card, revoke_card
from service.flows.cards.stored_photos import read_photo
from service.flows.people.accounts import add_user
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.store import cards
from tests.flows.office import (
    ACTOR,
    CHEAP,
    FACTORY,
    SCHOOL,
    Clock,
    Office,
    applicant,
    enter_bodies,
    name_of,
    settings_of,
)

PASSWORD: Final = "forty people in the rain"  # noqa: S105 - of a register that lasts for one test run
_STAFF: Final = tuple(f"gate-{number}" for number in range(1, 9))
PLACE: Final = FACTORY.code
"""Where the scanner stands: the school's internal card counts elsewhere only (督§9)."""

WORDS: Final = {
    "valid": "valid",
    "expired": "expired",
    "revoked": "revoked",
    "superseded": "superseded",
    "replaced": "replaced",
    "forged": "forged",
    "unknown_key": "unknown_key",
    "internal": "valid",
    "not_yet_valid": "not_yet_valid",
    "unregistered": "unregistered",
}
"""The verdict on each specimen."""
SCALE: Final[Any] = 300 / 72  # to 300 dpi; typed as whole numbers where it is taken


@dataclass(frozen=True, slots=True)
class Specimen:
    """A card that somebody may show: what its code says, and the card's number and holder as printed."""

    text: str
    number: CardNumber
    name: str

    @property
    def digits(self) -> str:
        return self.text.partition("#")[2]


@dataclass
class BrowserOffice:
    """The register, closed and ready to be served at ``host``, and the specimens by the name of their kind."""

    office: Office
    host: str
    specimens: dict[str, Specimen]
    _staff: Iterator[str] = field(default_factory=lambda: cycle(_STAFF))

    def staff(self) -> str:
        """Name somebody of the site's staff, in turn: nobody may sign in too often."""
        return next(self._staff)

    @cached_property
    def backs(self) -> dict[str, Image.Image]:
        """Draw the back of every specimen, grey, at 300 dpi."""
        with self.office.open() as register:
            names = {code: found.name for code, found in register.institutions().items()}
            with register.database.read() as connection:
                numbers = tuple({one.number for one in self.specimens.values()})
                printed = {found.card.number: found for found in cards.printable(connection, numbers)}
                faces: list[CardFace] = []
                for one in self.specimens.values():
                    found = printed[one.number]
                    face = face_of(
                        found.card,
                        Printed(
                            register.jurisdiction.card, names.get(found.card.issuer, register.jurisdiction.centre.zh)
                        ),
                        host=register.host,
                        portrait=read_photo(connection, found.photo or b""),
                        credential=found.credential,
                    )
                    faces.append(replace(face, qr=QrContent(prefix_of(register.host), one.digits)))
            pdf = io.BytesIO()
            render(faces, register.fonts, Job("证卡", Sheet.SINGLE), pdf)
        with pypdfium2.PdfDocument(pdf.getvalue()) as opened:
            pages = [
                opened[2 * place + 1].render(scale=SCALE, grayscale=True).to_pil().convert("L")
                for place in range(len(faces))
            ]
        return dict(zip(self.specimens, pages, strict=True))


def make_browser_office(folder: Path, host: str, now: datetime) -> BrowserOffice:
    """Set up a register that has worked for three years until this moment, and issue the specimens."""
    office = Office(
        settings_of(folder, f"sqlite:///{folder / 'register.db'}"),
        Clock(now - timedelta(days=3 * 366 + 10)),
        Random(23),
    )
    set_up(office.settings, office.effects, jurisdiction_text=shipped_jurisdiction("chongqing"), host=host, cost=CHEAP)
    enter_bodies(office.open())
    for name in _STAFF:
        add_user(office.register, Account(name, Role.SITE_STAFF, FACTORY.code, person_name="张三"), PASSWORD, ACTOR)

    expired = _issued(office, "external", 1)
    _move_to(office, now - timedelta(days=3 * 365 - 60))
    superseded = _issued(office, "external", 2)
    _move_to(office, now - timedelta(hours=2))
    _issued(office, "external", 2)
    valid = _issued(office, "standard", 3)
    revoked = _issued(office, "standard", 4)
    replaced = _issued(office, "external", 5)
    internal = _issued(office, "internal", 6, institution=SCHOOL.code)
    later = _issued(office, "external", 7, days_ahead=20)
    revoke_card(
        office.register,
        revoked.number,
        RevocationRequest(ground="考§21(4)", reason="违反考评纪律", decided_by="市职鉴中心"),
        By(ACTOR),
    )
    replace_card(office.register, replaced.number, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    stranger = Signer.from_private(bytes(range(32)))
    specimens = {
        "valid": valid,
        "expired": expired,
        "revoked": revoked,
        "superseded": superseded,
        "replaced": replaced,
        "forged": replace(valid, text=_with_a_bit_flipped(valid.text)),
        "unknown_key": replace(valid, text=_signed_by(stranger, valid.text, office)),
        "internal": internal,
        "not_yet_valid": later,
        "unregistered": replace(valid, text=_signed_by(office.register.signer(Purpose.CARD), valid.text, office)),
    }
    office.register.close()
    return BrowserOffice(office, host, specimens)


def _issued(office: Office, kind: str, person: int, *, days_ahead: int = 0, institution: str | None = None) -> Specimen:
    today = office.today
    row = applicant(
        kind,
        person,
        certified_on=today - timedelta(days=20),
        applied_on=today - timedelta(days=40),
        institution=institution,
    )
    number = office.issue_one(row, issued_on=today + timedelta(days=days_ahead))
    return Specimen(office.text(number), number, name_of(person))


def _move_to(office: Office, instant: datetime) -> None:
    """Let time pass; keys sign for a year, so the office rotates them."""
    office.clock.now = instant
    office.rotate(*Purpose)


def _with_a_bit_flipped(text: str) -> str:
    """Alter a credential as a forger would: the payload says something else, the signature stays."""
    prefix, _, digits = text.partition("#")
    envelope = unpack(bytes_of(digits))
    payload = bytearray(envelope.payload)
    payload[len(payload) // 2] ^= 1
    altered = pack(Envelope(envelope.kid, bytes(payload), envelope.signature))
    return text_of(prefix.removeprefix("https://").removesuffix("/1"), altered)


def _signed_by(signer: Signer, text: str, office: Office) -> str:
    """Make a copy that was never issued, as whoever has a key can."""
    claims = decode_claims(unpack(bytes_of(text.partition("#")[2])).payload)
    payload = encode_claims(replace(claims, copy_id=office.random.randbytes(8), status_index=claims.status_index + 40))
    signature = signer.sign(to_be_signed(signer.kid, payload, CARD_AAD))
    return text_of(office.register.host, pack(Envelope(signer.kid, payload, signature)))
