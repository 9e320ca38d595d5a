"""What is printed on one card, and nothing else.

A face holds finished strings: titles, labels and notices are the caller's configuration, not the layout's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of the front body, printed as `label：value`.

    `name` is the roster heading (English) that a problem with this entry blames.
    """

    label: str
    value: str
    name: str


@dataclass(frozen=True, slots=True)
class QrContent:
    """The text of the QR symbol in its two segments: BYTE up to and with `#`, NUMERIC for the rest."""

    prefix: str
    digits: str


@dataclass(frozen=True, slots=True)
class CardFace:
    """All that is printed on both sides of one card.

    `title` and `back_title` are lines; `portrait` is a normalised JPEG, 5:7, at least 295 × 413 px; `qr` is None only
    before the card is signed, when a face may be checked but not rendered; `printer` is the value of 印制单位.
    """

    number: str
    title: tuple[str, ...]
    back_title: tuple[str, ...]
    fields: tuple[Field, ...]
    portrait: bytes
    qr: QrContent | None
    check_at: str
    notices: tuple[str, ...]
    printer: str
