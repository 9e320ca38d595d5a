"""A card that somebody reports, at a gate or in passing: its receipt, and whose desk it goes to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Final

from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind

RECEIPT_BYTES: Final = 5
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 and O, 1, I and L, nor U and V that look alike when written


class ReportSide(StrEnum):
    """A side of the reported card, as it was photographed."""

    FRONT = "front"
    BACK = "back"


def desk_of_report(number: CardNumber | None, institutions: Collection[str]) -> str:
    """Return whose desk a report goes to: the issuer that the number names, else the centre (督§9, 考§12)."""
    named = number.institution if number is not None and number.kind is CardKind.INTERNAL else None
    return named if named is not None and named in institutions else CENTRE


def receipt_of(random: bytes, on: date) -> str:
    """Write a receipt number, as 261130-7KQ2M: the day, and what nobody guesses, from RECEIPT_BYTES random bytes."""
    return f"{on:%y%m%d}-" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in random)
