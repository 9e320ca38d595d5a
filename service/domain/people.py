"""Persons as the register knows them: the resident identity number and what it says."""

from __future__ import annotations

import re
from datetime import date
from typing import Final, Self

from service.domain.errors import ResidentIdInvalid
from service.domain.kinds import Sex

_LENGTH: Final = 18
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643, 2**(17-i) mod 11
_CHECK_DIGITS: Final = "10X98765432"  # GB 11643: ISO 7064 MOD 11-2, by remainder
_FORM: Final = re.compile(r"[1-9][0-9]{16}[0-9X]", re.ASCII)
_FULL_WIDTH: Final = {0xFF10 + digit: str(digit) for digit in range(10)} | {ord(x): "X" for x in "xＸｘ"}
_INVISIBLE: Final = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e")
"""Zero-width characters and direction marks that travel with text pasted from web pages and spreadsheets."""


class ResidentId(str):
    """An 18-character resident identity number (居民身份证号码), upper-case ``X``.

    ``str`` gives the value, for encryption and the blind index; ``repr`` is masked, so that no traceback or log
    shows it. Raises ResidentIdInvalid, whose message never holds the number. GB 11643.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check length, characters, birth date and check digit, in this order."""
        if len(text) != _LENGTH:
            raise ResidentIdInvalid(
                f"身份证号应为 18 位，收到 {len(text)} 位；15 位的一代证号码已停用",
                f"an identity number has 18 characters, got {len(text)}; 15-digit numbers are no longer in use",
                code="resident-id-length",
            )
        if not _FORM.fullmatch(text):
            raise ResidentIdInvalid(
                "身份证号应为 17 位数字加 1 位数字或 X",
                "an identity number is 17 digits and a digit or X",
                code="resident-id-characters",
            )
        if _birth_date(text) is None:
            raise ResidentIdInvalid(
                "身份证号第 7—14 位不是有效日期，请核对",
                "characters 7-14 of the identity number are no date: compare it with the document",
                code="resident-id-birth-date",
            )
        if text[-1] != check_digit(text[:17]):
            raise ResidentIdInvalid(
                "身份证号校验码不符，请核对",
                "the identity number's check digit does not match: compare it with the document",
                code="resident-id-check-digit",
            )
        return super().__new__(cls, text)

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read a number as people type it: full-width digits, any ``x``, spaces and invisible marks anywhere."""
        return cls("".join(c for c in raw.translate(_FULL_WIDTH) if not c.isspace() and c not in _INVISIBLE))

    def __repr__(self) -> str:
        return "ResidentId(******************)"

    @property
    def birth_on(self) -> date:
        """Date of birth."""
        born = _birth_date(self)
        assert born is not None  # __new__ has checked it
        return born

    @property
    def sex(self) -> Sex:
        """Sex: an odd 17th digit is male (GB 11643)."""
        return Sex.MALE if int(self[16]) % 2 else Sex.FEMALE

    def age_on(self, on: date) -> int:
        """Age in full years on a civil date."""
        return full_years(self.birth_on, on)


def check_digit(first17: str) -> str:
    """Compute the 18th character for 17 ASCII digits. GB 11643, ISO 7064 MOD 11-2."""
    return _CHECK_DIGITS[sum(int(d) * w for d, w in zip(first17, _WEIGHTS, strict=True)) % 11]


def full_years(since: date, on: date) -> int:
    """Count the full years from ``since`` to ``on``; negative before ``since``.

    A year is full on the anniversary. Who was born on 29 February completes a common year with the end of
    28 February (民法典 202), and so is a year older on 1 March.
    """
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def _birth_date(text: str) -> date | None:
    try:
        return date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return None
