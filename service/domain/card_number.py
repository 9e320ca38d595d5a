"""Card numbers (证卡编号): their three forms, the series they come from, and what may be assigned by hand.

==========  ==================================================  ======  =============
scheme      form                                                length  example
==========  ==================================================  ======  =============
external    ``R`` + issuer 2 + YY + NNNN (督附3 表1)                9      R50230001
internal    letter + institution 6 + YY + NNNN (督附3 表3)          13     S500123230001
assessor    YY + province 2 + city 2 + grade 1 + NNNN (考附2)        11     22310010023
==========  ==================================================  ======  =============

All that stands before NNNN is the *prefix*, and each prefix has one counter: per issuer and year for
supervisors (督附3), per year and grade for assessors (考附2). 督附3 表3's column spans contradict its text; the
text governs (1+6+2+4).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import Final, Self

from service.domain.errors import (
    CardNumberMalformed,
    HandNumberRefused,
    InstitutionMissing,
    SchemeMissing,
    SeriesExhausted,
)
from service.domain.issuer import Institution
from service.domain.jurisdiction import Jurisdiction
from service.domain.kinds import CardKind
from service.domain.regulation import EXTERNAL_LETTER, FIRST_SEQUENCE, GRADE_DIGITS, LAST_SEQUENCE

SEQUENCE_DIGITS: Final = 4
NEARLY_FULL: Final = 9000
"""Numbers used from which the office is warned: 90 % of 9999, rounded up."""

SLACK_OF_IMPORT: Final = 50
"""Numbers that an import may pass over without being asked, beside those of its cards."""

_GRADE_OF_DIGIT: Final = {digit: kind for kind, digit in GRADE_DIGITS.items()}
_FORM: Final = re.compile(
    r"(?:R(?P<issuer>[0-9]{2})(?P<year_r>[0-9]{2})"
    r"|(?P<letter>[HYS])(?P<institution>[0-9]{6})(?P<year_i>[0-9]{2})"
    r"|(?P<year_a>[0-9]{2})(?P<province>[0-9]{2})(?P<city>[0-9]{2})(?P<grade>[1-3]))"
    r"(?!0000)[0-9]{4}",
    re.ASCII,
)


class Scheme(StrEnum):
    """The three ways a number is built."""

    EXTERNAL = "external"
    INTERNAL = "internal"
    ASSESSOR = "assessor"


class CardNumber(str):
    """A card number; its text is its value. Raises CardNumberMalformed. 督附3, 考附2."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Check the form."""
        if not _FORM.fullmatch(text):
            raise CardNumberMalformed(
                f"证卡编号“{text[:20]}”格式不符：外督为 R 加 8 位数字，内督为 H、Y 或 S 加 12 位数字，"
                "考评人员为 11 位数字（第 7 位 1—3），末 4 位为 0001—9999",
                f"{text[:20]!r} is no card number: R and 8 digits (external supervisor), H, Y or S and 12 digits "
                "(internal supervisor) or 11 digits with the 7th 1-3 (assessor), ending in 0001-9999",
            )
        return super().__new__(cls, text)

    @classmethod
    def compose(cls, prefix: str, sequence: int) -> Self:
        """Put a prefix and a sequence 1–9999 together."""
        return cls(f"{prefix}{sequence:0{SEQUENCE_DIGITS}d}")

    @property
    def scheme(self) -> Scheme:
        """Which of the three forms the number has."""
        if self[0].isdigit():
            return Scheme.ASSESSOR
        return Scheme.EXTERNAL if self[0] == EXTERNAL_LETTER else Scheme.INTERNAL

    @property
    def prefix(self) -> str:
        """All that stands before the sequence: the name of the number's series."""
        return self[:-SEQUENCE_DIGITS]

    @property
    def sequence(self) -> int:
        """NNNN as a number, 1–9999."""
        return int(self[-SEQUENCE_DIGITS:])

    @property
    def year(self) -> int:
        """YY of the issue date, 0–99. Never compared: full dates are stored."""
        return int(self[:2] if self.scheme is Scheme.ASSESSOR else self.prefix[-2:])

    @property
    def kind(self) -> CardKind:
        """The kind of card the number is for."""
        match self.scheme:
            case Scheme.EXTERNAL:
                return CardKind.EXTERNAL
            case Scheme.INTERNAL:
                return CardKind.INTERNAL
            case Scheme.ASSESSOR:
                return _GRADE_OF_DIGIT[self[6]]

    @property
    def letter(self) -> str | None:
        """``R`` for external, the institution's letter for internal supervisors, None for assessors."""
        return None if self.scheme is Scheme.ASSESSOR else self[0]

    @property
    def institution(self) -> str | None:
        """Code of the issuing institution, for internal supervisors only."""
        return self[1:7] if self.scheme is Scheme.INTERNAL else None

    @property
    def issuer_code(self) -> str:
        """The digits that stand for the issuer: province code, or institution code."""
        match self.scheme:
            case Scheme.EXTERNAL:
                return self[1:3]
            case Scheme.INTERNAL:
                return self[1:7]
            case Scheme.ASSESSOR:
                return self[2:4]

    @property
    def city_code(self) -> str | None:
        """Digits 5–6 of an assessor's number (地市代码), None for supervisors. 考附2(三)."""
        return self[4:6] if self.scheme is Scheme.ASSESSOR else None


def prefix_for(
    kind: CardKind, issued_on: date, jurisdiction: Jurisdiction, institution: Institution | None = None
) -> str:
    """Compose the prefix of the series a new card's number comes from.

    ``issued_on`` is the civil date in Asia/Shanghai. Raises SchemeMissing where the jurisdiction has no code
    for the kind, InstitutionMissing for an internal card without its issuer. 督附3, 考附2.
    """
    year = f"{issued_on.year % 100:02d}"
    if kind is CardKind.INTERNAL:
        if institution is None:
            raise InstitutionMissing(
                "内督证卡编号需要颁发机构的类别字母和代码", "an internal supervisor's number needs the institution"
            )
        return f"{institution.letter}{institution.code}{year}"
    if kind is CardKind.EXTERNAL:
        if jurisdiction.supervisor is None:
            raise _scheme_missing(jurisdiction, kind)
        return f"{EXTERNAL_LETTER}{jurisdiction.supervisor.province_code}{year}"
    if jurisdiction.assessor is None:
        raise _scheme_missing(jurisdiction, kind)
    return f"{year}{jurisdiction.assessor.province_code}{jurisdiction.assessor.city_code}{GRADE_DIGITS[kind]}"


def plan_claim(last_no: int, taken: Collection[int], wanted: int) -> tuple[int, ...]:
    """Choose the next ``wanted`` sequences after ``last_no``, in order, passing over those ``taken``.

    ``taken`` holds sequences above the counter that are reserved, assigned by hand or imported. The counter
    then stands at the last one chosen, so that every number up to it is accounted for. Raises
    SeriesExhausted if the series would pass 9999; nothing is chosen then. 督附3, 考附2.
    """
    free = (no for no in range(last_no + 1, LAST_SEQUENCE + 1) if no not in taken)
    chosen = tuple(no for no, _ in zip(free, range(wanted), strict=False))
    if len(chosen) < wanted:
        raise SeriesExhausted(
            f"该编号段只剩 {len(chosen)} 个号（至 {LAST_SEQUENCE} 止），本次需要 {wanted} 个；未占用任何编号",
            f"the series has {len(chosen)} numbers left up to {LAST_SEQUENCE}, {wanted} were asked for; "
            "none has been taken",
        )
    return chosen


def is_doubtful_leap(last_no: int, highest: int, brought: int) -> bool:
    """Return True if an import moves a counter further than its cards explain: one mistyped digit would do it.

    Assessor numbers run in order and are never assigned by hand, so what is passed over is lost. 督附3, 考附2.
    """
    return highest - last_no > brought + SLACK_OF_IMPORT


def is_nearly_full(last_no: int, taken: Iterable[int] = ()) -> bool:
    """Return whether 90 % of the series is used: by the counter, or by numbers taken above it."""
    return last_no + sum(1 for no in taken if no > last_no) >= NEARLY_FULL


def check_hand_number(number: CardNumber, *, prefix: str, reason: str) -> None:
    """Refuse a number assigned by hand that 督附3 does not allow.

    ``prefix`` is the issuer's own series for the issue date. Only supervisors' issuers may assign numbers
    ("或由证卡颁发机构统筹研究确定并赋码"), inside their own series and with a stated reason. Raises HandNumberRefused.
    督附3.
    """
    _check_hand(number.scheme, reason)
    if number.prefix != prefix:
        raise HandNumberRefused(
            f"编号 {number} 不在本颁发机构当年的编号段 {prefix} 内",
            f"{number} is outside the issuer's own series {prefix} of that year",
            code="hand-number-outside-series",
        )


def check_reservation(prefix: str, first: int, last: int, *, last_no: int, reason: str) -> None:
    """Refuse a range ``first``–``last`` that may not be kept back from the series ``prefix``.

    ``last_no`` is where the counter stands: what lies at or below it is accounted for. Raises
    HandNumberRefused, or CardNumberMalformed for a prefix of no scheme. 督附3.
    """
    _check_hand(CardNumber.compose(prefix, FIRST_SEQUENCE).scheme, reason)
    if not max(last_no, FIRST_SEQUENCE - 1) < first <= last <= LAST_SEQUENCE:
        raise HandNumberRefused(
            f"预留范围 {first}—{last} 应在 {last_no + 1}—{LAST_SEQUENCE} 之间且从小到大",
            f"a reserved range lies in order between {last_no + 1} and {LAST_SEQUENCE}, got {first}-{last}",
            code="reservation-range",
        )


def _check_hand(scheme: Scheme, reason: str) -> None:
    if scheme is Scheme.ASSESSOR:
        raise HandNumberRefused(
            "考评人员证卡编号只能依次顺序取值，不得预留或指定（考附2）",
            "assessor numbers run in order and may be neither reserved nor assigned by hand (考附2)",
            code="hand-number-assessor",
        )
    if not reason.strip():
        raise HandNumberRefused(
            "预留或指定编号须写明依据（督附3）",
            "a number reserved or assigned by hand needs a stated reason (督附3)",
            code="hand-number-reason",
        )


def _scheme_missing(jurisdiction: Jurisdiction, kind: CardKind) -> SchemeMissing:
    return SchemeMissing(
        f"{jurisdiction.name.zh}未配置{kind.zh}的编号代码，不能编号",
        f"{jurisdiction.name.en} has no code for a {kind.en}'s number in its configuration",
    )
