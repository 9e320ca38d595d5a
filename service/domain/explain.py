"""What each digit of a card number means, in the words of the regulation's own examples (考附2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from service.domain.card_number import CardNumber, Scheme
from service.domain.event import Json
from service.domain.jurisdiction import Jurisdiction
from service.domain.kinds import CardKind
from service.domain.regulation import EXTERNAL_LETTER, INSTITUTION_LETTERS

CENTURY: Final = 2000
"""A number says two digits of its year. The scheme began in the 2020s, so 22 is shown as 2022."""

_LETTERS_EN: Final = {"H": "an industry body", "Y": "an employer", "S": "a social training organisation"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A number taken apart.

    ``issuer`` is the issuer's code as it stands in the number: province, or institution. Assessors' numbers have a
    ``grade``, supervisors' a ``letter``.
    """

    number: CardNumber
    scheme: Scheme
    issuer: str
    year: int
    grade: CardKind | None
    letter: str | None
    sequence: int
    zh: str
    en: str

    def as_json(self) -> dict[str, Json]:
        """Return the explanation as programs get it: with either ``grade`` or ``letter``."""
        part: dict[str, Json] = {"letter": self.letter} if self.grade is None else {"grade": self.grade.value}
        return {
            "number": str(self.number),
            "scheme": self.scheme.value,
            "issuer": self.issuer,
            "year": self.year,
            **part,
            "sequence": self.sequence,
            "zh": self.zh,
            "en": self.en,
        }


def explain(number: CardNumber, jurisdictions: Iterable[Jurisdiction]) -> Explanation:
    """Return what the parts of a number mean; codes of no known jurisdiction are shown as they stand. 督附3, 考附2."""
    known = tuple(jurisdictions)
    match number.scheme:
        case Scheme.EXTERNAL:
            zh, en = _external(number, known)
        case Scheme.INTERNAL:
            zh, en = _internal(number)
        case Scheme.ASSESSOR:
            zh, en = _assessor(number, known)
    tail_zh = f"最后 4 位 {number[-4:]} 表示第 {number.sequence} 号{number.kind.zh}。"
    tail_en = f"the last four digits {number[-4:]}: {number.kind.en} no. {number.sequence}."
    return Explanation(
        number=number,
        scheme=number.scheme,
        issuer=number.issuer_code,
        year=_year(number),
        grade=number.kind if number.kind.is_assessor else None,
        letter=number.letter,
        sequence=number.sequence,
        zh="，".join((*zh, tail_zh)),
        en=", ".join((*en, tail_en)),
    )


def _assessor(number: CardNumber, known: tuple[Jurisdiction, ...]) -> tuple[list[str], list[str]]:
    home = next((j for j in known if j.assessor and j.assessor.province_code == number.issuer_code), None)
    zh = [
        f"前两位 {number[:2]} 表示 {_year(number)} 年",
        f"第 3、4 位 {number.issuer_code} 表示{home.name.zh if home else '本系统未收录的地区'}",
    ]
    en = [
        f"The first two digits {number[:2]}: the year {_year(number)}",
        f"digits 3-4 {number.issuer_code}: {home.name.en if home else 'a region not known here'}",
    ]
    if home and home.assessor and home.assessor.city_code == number.city_code:
        zh += [home.assessor.city_zh, f"第 5、6 位代码取 {number.city_code}"]
        en += [f"digits 5-6 {number.city_code}: {home.assessor.city_en}"]
    else:
        zh += [f"第 5、6 位 {number.city_code} 为地市代码"]
        en += [f"digits 5-6 {number.city_code}: the city's code"]
    zh += [f"第 7 位 {number[6]} 表示{number.kind.zh}"]
    en += [f"digit 7 {number[6]}: {number.kind.en}"]
    return zh, en


def _external(number: CardNumber, known: tuple[Jurisdiction, ...]) -> tuple[list[str], list[str]]:
    home = next((j for j in known if j.supervisor and j.supervisor.province_code == number.issuer_code), None)
    issuer_zh = f"{home.name.zh}人力资源社会保障部门" if home else "本系统未收录的地区"
    issuer_en = f"human resources authority of {home.name.en}" if home else "a region not known here"
    return (
        [
            f"第 1 位 {EXTERNAL_LETTER} 表示{number.kind.zh}",
            f"第 2、3 位 {number.issuer_code} 表示{issuer_zh}",
            f"第 4、5 位 {number[3:5]} 表示 {_year(number)} 年",
        ],
        [
            f"The letter {EXTERNAL_LETTER}: {number.kind.en}",
            f"digits 2-3 {number.issuer_code}: {issuer_en}",
            f"digits 4-5 {number[3:5]}: the year {_year(number)}",
        ],
    )


def _internal(number: CardNumber) -> tuple[list[str], list[str]]:
    letter = number[0]
    return (
        [
            f"第 1 位 {letter} 表示{INSTITUTION_LETTERS[letter]}的{number.kind.zh}",
            f"第 2 至 7 位 {number.issuer_code} 为颁发证卡的鉴定评价机构代码",
            f"第 8、9 位 {number[7:9]} 表示 {_year(number)} 年",
        ],
        [
            f"The letter {letter}: {number.kind.en} of {_LETTERS_EN[letter]}",
            f"digits 2-7 {number.issuer_code}: code of the issuing institution",
            f"digits 8-9 {number[7:9]}: the year {_year(number)}",
        ],
    )


def _year(number: CardNumber) -> int:
    return CENTURY + number.year
