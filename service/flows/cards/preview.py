"""Show both sides of a card as a picture, drawn by the code that prints and of no use as a card.

The picture bears no credential: the code in it has the printed one's size and says what it is, and a stamp lies over
it. So a screen at the desk, a photograph of it or a saved page passes at no door.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from threading import Lock
from typing import Final

import pypdfium2
from PIL import Image, ImageDraw

from cardlayout.card import CARD, PHOTO_PIXELS
from cardlayout.differences import differences
from cardlayout.face import CardFace, QrContent
from cardlayout.fonts import FontSet
from cardlayout.geometry import Rect
from cardlayout.impose import Sheet, Slot
from cardlayout.render import Job, render
from service.domain.access import Principal
from service.domain.access_record import Access, Act
from service.domain.card_number import CardNumber
from service.flows.cards.faces import face_of, printed_at
from service.flows.cards.stored_photos import read_photo
from service.flows.errors import no_such_card
from service.flows.people.access_records import record_access
from service.flows.people.record import may_read_of
from service.flows.register import Register
from service.store import blobs, cards, copies

STAMP: Final = "预览 不可查验"
NUMBER_TO_COME: Final = "签发时编号"
PREVIEW_WIDTH: Final = 330
"""Pixels, for a card shown beside a form; its height follows from 80 mm × 110 mm."""

LARGEST_WIDTH: Final = 800
COMPARED_WIDTH: Final = 440
_QUALITY: Final = 78
_MARK_GAP: Final = 0.5  # round what differs, mm
_RED: Final = "#b3131f"
_GREEN: Final = "#0a6b3d"
_KEPT: Final = 48  # cards whose pictures are remembered, about 0.3 MB each
_JOB: Final = Job(STAMP, Sheet.CARD, slot=Slot.GUIDE, stamp=STAMP)
_SAYS: Final = "PREVIEW-NOT-A-CARD-"  # of the symbol's prefix, over and over
_FILLER: Final = "31415926535897932384626433832795028841971693993751"
_USUAL_PREFIX: Final = 24  # characters of https://zk.example.cn/1#
_USUAL_DIGITS: Final = 346  # of a credential without a portrait
_pdfium = Lock()  # pdfium is one process-wide library and is used by one thread at a time


class CardSide(StrEnum):
    """One side of a card, as the picture's address names it."""

    FRONT = "front"
    BACK = "back"


def preview(face: CardFace, fonts: FontSet, side: CardSide, width: int = PREVIEW_WIDTH) -> bytes:
    """Return one side of a card as PNG, ``width`` pixels wide; whatever code the face has is not in it.

    A face without a portrait shows an empty frame. Both sides of the cards asked for last are remembered. Raises
    UnfitFaceError for a face that ``cardlayout.check`` refuses but for its portrait, and PortraitError.
    """
    front, back = _pictures(_of_no_use(face), fonts, min(width, LARGEST_WIDTH))
    return front if side is CardSide.FRONT else back


@dataclass(frozen=True, slots=True)
class Compared:
    """The fronts of a card as it is and as it will be, WebP, each with a frame round what differs."""

    now: bytes
    after: bytes


def compare(now: CardFace, after: CardFace, fonts: FontSet, width: int = COMPARED_WIDTH) -> Compared:
    """Return two fronts beside each other, what differs marked. Raises what ``preview`` does."""
    marks_now, marks_after = differences(now, after, fonts)
    return Compared(
        _marked(preview(now, fonts, CardSide.FRONT, width), marks_now, _RED),
        _marked(preview(after, fonts, CardSide.FRONT, width), marks_after, _GREEN),
    )


def side_as_webp(face: CardFace, fonts: FontSet, side: CardSide, width: int = PREVIEW_WIDTH) -> bytes:
    """Return a side as WebP, small enough to stand in a page. Raises what ``preview`` does."""
    return _marked(preview(face, fonts, side, width), (), _GREEN)


def front_as_webp(face: CardFace, fonts: FontSet, width: int = COMPARED_WIDTH) -> bytes:
    """Return a front as WebP, small enough to stand in a page. Raises what ``preview`` does."""
    return side_as_webp(face, fonts, CardSide.FRONT, width)


def without_number(face: CardFace) -> CardFace:
    """Return the face of a card that has no number yet: where it will stand, ``NUMBER_TO_COME`` does."""
    fields = (replace(one, value=NUMBER_TO_COME) if one.name == "number" else one for one in face.fields)
    return replace(face, number=NUMBER_TO_COME, fields=tuple(fields))


def preview_of_card(register: Register, number: CardNumber, side: CardSide, by: Principal) -> bytes:
    """Return one side of a registered card's copy in use as PNG, to its issuer and to who keeps the holder's record.

    Raises Refused as if there were no such card for others, and for a card without a copy; where the photograph is
    lost. That the face was read is recorded. 督§4, 考§17.
    """
    return _preview_of(register, number, side, by)


def front_for_printers(register: Register, number: CardNumber, by: Principal, prints_for: Collection[str]) -> bytes:
    """Return the front as ``preview_of_card`` does, also to the body that prints the cards of its issuer.

    ``prints_for`` are the issuers whose cards the body prints, and so sees. Raises what ``preview_of_card`` does.
    """
    return _preview_of(register, number, CardSide.FRONT, by, prints_for)


def _preview_of(
    register: Register, number: CardNumber, side: CardSide, by: Principal, prints_for: Collection[str] = ()
) -> bytes:
    with register.database.read() as connection:
        found = copies.find_live(connection, number)
        if found is None or not (
            found.card.issuer in prints_for or may_read_of(connection, found.card, by.body, register.effects.today())
        ):
            raise no_such_card(number)
        card, credential = found.card, found.copy.credential
        entered_at = cards.entered_at(connection, number)
        printed = printed_at(register, connection, card.issuer, entered_at)
        has_photo = found.photo is not None and blobs.present(connection, (found.photo,))
        portrait = read_photo(connection, found.photo) if found.photo is not None and has_photo else b""
    if side is CardSide.FRONT:
        record_access(register, by.actor, Access(act=Act.PHOTO, number=number, ground="decides-or-keeps"))
    face = face_of(card, printed, host=register.host, portrait=portrait, credential=credential)
    return preview(face, register.fonts, side)


def _of_no_use(face: CardFace) -> CardFace:
    """Put a text of the same length, that no checker takes for a credential, in place of the code's."""
    prefix, digits = (_USUAL_PREFIX, _USUAL_DIGITS) if face.qr is None else (len(face.qr.prefix), len(face.qr.digits))
    code = QrContent(_repeated(_SAYS, prefix), _repeated(_FILLER, digits))
    return replace(face, qr=code, portrait=face.portrait or _empty_frame())


def _repeated(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]


@lru_cache(maxsize=_KEPT)
def _pictures(face: CardFace, fonts: FontSet, width: int) -> tuple[bytes, bytes]:
    pdf = io.BytesIO()
    render((face,), fonts, _JOB, pdf)
    with _pdfium, pypdfium2.PdfDocument(pdf.getvalue()) as document:
        front, back = (_page(document, index, width) for index in (0, 1))
    return _png(front), _png(back)


def _page(document: pypdfium2.PdfDocument, index: int, width: int) -> Image.Image:
    page = document[index]
    scale = width / page.get_width()
    bitmap = page.render(scale=scale)  # pyright: ignore[reportArgumentType] - takes any number
    try:
        image: Image.Image = bitmap.to_pil()
        return image.copy()  # the bitmap's memory ends with it
    finally:
        bitmap.close()
        page.close()


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _marked(png: bytes, boxes: Sequence[Rect], colour: str) -> bytes:
    image = Image.open(io.BytesIO(png)).convert("RGB")
    draw, scale = ImageDraw.Draw(image), image.width / CARD.width
    for box in boxes:
        around = box.grown(_MARK_GAP)
        corners = [side * scale for side in (around.x, around.y, around.right, around.bottom)]
        draw.rounded_rectangle(corners, radius=scale, outline=colour, width=max(2, round(scale / 2)))
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=2)
    return out.getvalue()


@lru_cache(maxsize=1)
def _empty_frame() -> bytes:
    """Draw what stands where a photograph is missing: an outline of a head that nobody takes for a face."""
    width, height = PHOTO_PIXELS
    image = Image.new("RGB", (width, height), "#eef1f5")
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.32, height * 0.2, width * 0.68, height * 0.5), outline="#9aa5b4", width=4)
    draw.arc((width * 0.16, height * 0.58, width * 0.84, height * 1.25), 180, 360, fill="#9aa5b4", width=4)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()
