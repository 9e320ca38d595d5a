"""Who issues cards: the centre, or an evaluation institution with its six-digit code and its letter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from service.domain.errors import InstitutionInvalid
from service.domain.regulation import INSTITUTION_LETTERS

CENTRE: Final = "centre"
"""Stands in ``Card.issuer`` for the centre (市职鉴中心); every other issuer is an institution's code."""

CODE_LENGTH: Final = 6  # 督附3: 机构代码 6 位


@dataclass(frozen=True, slots=True)
class Institution:
    """An evaluation institution (鉴定评价机构).

    ``code`` is the 6-digit sequence code under which its filing authority keeps it, opaque; ``letter`` is
    ``H``, ``Y`` or ``S`` and mandatory, since 督附3 表4 gives 技工院校 none and it cannot be derived;
    ``authority`` is the filing HR authority (备案地人社部门), where known; ``printing_unit`` (印制单位) stands on the
    back of its own cards in place of its name (督附5); ``area`` is where it may assess (督§12(1)2); ``closed_on`` the
    first day on which it is one no more. Raises InstitutionInvalid. 督附3.
    """

    code: str
    letter: str
    name: str
    authority: str | None = None
    printing_unit: str | None = None
    area: str | None = None
    closed_on: date | None = None

    def __post_init__(self) -> None:
        if not is_institution_code(self.code):
            raise InstitutionInvalid(
                f"机构代码应为 6 位阿拉伯数字，收到“{self.code}”",
                f"an institution code has 6 digits 0-9, got {self.code!r}",
                code="institution-code",
            )
        if self.letter not in INSTITUTION_LETTERS:
            raise InstitutionInvalid(
                f"机构类别字母应为 H（行业部门）、Y（用人单位）或 S（社会培训评价组织，技工院校亦建议用），"
                f"收到“{self.letter}”",
                f"an institution's letter is H, Y or S, got {self.letter!r}; a technical school usually takes S",
                code="institution-letter",
            )
        if not self.name.strip():
            raise InstitutionInvalid("机构名称不能为空", "an institution needs a name", code="institution-name")

    @property
    def printed_by(self) -> str:
        """The printing unit of its own cards: the one it has stated, else itself. 督附5."""
        return self.printing_unit or self.name

    def is_closed(self, on: date) -> bool:
        """Return True on a day on which it is an institution no more."""
        return self.closed_on is not None and self.closed_on <= on


def is_institution_code(text: str) -> bool:
    """Return whether ``text`` has the form of an institution code: six ASCII digits. 督附3."""
    return len(text) == CODE_LENGTH and text.isascii() and text.isdigit()
