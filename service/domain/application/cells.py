"""Readers of single cells: a typed value in, a domain value out, or CellRefused with what to write instead.

No reader guesses: what has two readings (a two-digit year, 3/1/2024, a number that Excel has rounded) is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeVar

from service.domain.application.model import Cell, ExceptionArticle, Title
from service.domain.application.words import ANSWERS, ARTICLES, KINDS, LEVELS, NONE_WORDS, TITLES, fold
from service.domain.card_number import CardNumber
from service.domain.errors import DomainError
from service.domain.issuer import is_institution_code
from service.domain.kinds import CardKind, SkillLevel
from service.domain.people import ResidentId
from service.domain.regulation import FULL_MARK
from service.domain.shared import LIMITS
from service.domain.tidy import is_name, tidy, tidy_name
from service.domain.visible import invisible_character

MAX_NAME_BYTES: Final = LIMITS.name_bytes  # of the holder's name in the credential, UTF-8
MAX_UNIT_BYTES: Final = LIMITS.work_unit_bytes  # of the work unit in the credential, UTF-8
MAX_TEXT_CHARACTERS: Final = 500  # of a stated basis or another remark
MAX_PHONE_CHARACTERS: Final = 40
MAX_YEARS: Final = 80

_T = TypeVar("_T")
_YEARS: Final = range(1900, 2100)  # a year typed wrong is no term to reckon with
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９－．／；：　", "0123456789-./;: ")
_DATE: Final = re.compile(
    r"(?P<y>[0-9]{4})(?:(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})"
    r"|年(?P<m_zh>[0-9]{1,2})月(?P<d_zh>[0-9]{1,2})[日号]"
    r"|(?P<m_8>[0-9]{2})(?P<d_8>[0-9]{2}))(?: +0{1,2}:00(?::00)?)?",
    re.ASCII,
)
_SHORT_YEAR: Final = re.compile(r"[0-9]{2}(?:[-/.][0-9]{1,2}[-/.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}[日号])", re.ASCII)
_DECIMAL: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?", re.ASCII)
_DURATION: Final = re.compile(
    r"(?P<years>[0-9]{1,2}(?:\.[0-9]{1,2})?)(?:年(?P<half>半)?)?"
    r"|(?:(?P<whole_years>[0-9]{1,2})年)?[零又]?(?P<months>[0-9]{1,3})个?月",
    re.ASCII,
)
_COUNT: Final = re.compile(r"(?P<count>[0-9]{1,6})次?", re.ASCII)
_PHONE: Final = re.compile(r"[0-9+() \-/;、]+", re.ASCII)


class CellRefused(DomainError):
    """A cell that cannot be read; the message goes behind the column's heading."""

    default_code = "cell-refused"


def read_text(cell: Cell, *, limit: int = MAX_TEXT_CHARACTERS) -> str:
    """Read free text: tidy, printable, at most ``limit`` characters."""
    text = _visible(tidy(as_text(cell)))
    if len(text) > limit:
        raise CellRefused(
            f"过长：{len(text)} 个字，最多 {limit} 个", f"{len(text)} characters, at most {limit}", code="text-too-long"
        )
    return text


def read_person_name(cell: Cell) -> str:
    """Read a person's name: at most 60 bytes, letters of any script and ``·`` (credential key -2)."""
    name = _visible(tidy_name(as_text(cell)))
    if not is_name(name):
        raise CellRefused(
            f"“{name[:20]}”含有姓名中不应出现的字符（只能是文字、“·”“-”“'”“.”）",
            f"{name[:20]!r} holds characters no name has: letters, '·', '-', ''' and '.' only",
            code="name-characters",
        )
    return _fitting(name, MAX_NAME_BYTES)


def read_unit_name(cell: Cell) -> str:
    """Read the name of a unit, at most 90 bytes (credential key -8)."""
    return _fitting(_visible(tidy_name(as_text(cell))), MAX_UNIT_BYTES)


def read_resident_id(cell: Cell) -> ResidentId:
    """Read an identity number. A number cell is refused: Excel keeps 15 digits and has lost the last three."""
    if isinstance(cell, (int, float)):
        raise CellRefused(
            "单元格存成了数字，末几位已丢失；请把单元格设为文本格式后重新输入",
            "the cell is stored as a number and has lost its last digits: make it text and type the number again",
            code="resident-id-number-cell",
        )
    try:
        return ResidentId.parse(as_text(cell))
    except DomainError as error:
        raise CellRefused(error.zh, error.en, code=error.code) from None  # the context would show the number


def read_kind(cell: Cell) -> CardKind:
    """Read the kind of card, in any of its names."""
    return _word(cell, KINDS, "高级考评员、考评员、专项职业能力考核考评员、外督、内督", "kind-unknown")


def read_level(cell: Cell) -> SkillLevel | None:
    """Read a skill level: 1–5, 特级, 首席 or their names; 无 is none."""
    if _is_none_word(cell):
        return None
    return _word(cell, LEVELS, "1、2、3、4、5、特级、首席", "level-unknown")


def read_title(cell: Cell) -> Title | None:
    """Read a professional title (职称): 正高 and 副高 are senior, 助理 and 员 junior; 无 is none."""
    if _is_none_word(cell):
        return None
    return _word(
        cell, TITLES, "高级（含正高、副高）、中级、初级（含助理、员），技能等级请填在“证书等级”", "title-unknown"
    )


def read_answer(cell: Cell) -> bool:
    """Read 是 or 否, or an Excel truth value."""
    return cell if isinstance(cell, bool) else _word(cell, ANSWERS, "是、否", "answer-unknown")


def read_articles(cell: Cell) -> frozenset[ExceptionArticle]:
    """Read the clauses of an exception: 考§7(2)4, 考§11 or both."""
    parts = [part for part in re.split("[、;；,，和]", as_text(cell)) if part.strip()]
    return frozenset(_word(part, ARTICLES, "考§7(2)4、考§11", "exception-article-unknown") for part in parts)


def read_date(cell: Cell) -> date:
    """Read a civil date: an Excel date, 2024-03-01, 2024/3/1, 2024.3.1, 2024年3月1日 or 20240301."""
    if isinstance(cell, datetime):
        return _of_our_time(cell.date())
    if isinstance(cell, date):
        return _of_our_time(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        text = _number_text(cell)  # 20240301 typed into a number cell; a serial number does not match
    else:
        text = tidy(as_text(cell)).translate(_FULL_WIDTH)
    spaceless = text if ":" in text else text.replace(" ", "")
    if _SHORT_YEAR.fullmatch(spaceless):
        raise CellRefused(
            f"“{text[:20]}”的年份只有两位，请写四位年份，如 2024-03-01",
            f"{text[:20]!r} has a two-digit year: write four digits, as in 2024-03-01",
            code="date-two-digit-year",
        )
    match = _DATE.fullmatch(spaceless)
    if match is None:
        raise _not_a_date(text)
    month = match["m"] or match["m_zh"] or match["m_8"]
    day = match["d"] or match["d_zh"] or match["d_8"]
    try:
        on = date(int(match["y"]), int(month), int(day))
    except ValueError:
        raise _not_a_date(text) from None
    return _of_our_time(on)


def _of_our_time(on: date) -> date:
    if on.year not in _YEARS:
        raise CellRefused(
            f"“{on}”的年份不在 {_YEARS[0]}—{_YEARS[-1]} 之间，请核对",
            f"the year of {on} is not between {_YEARS[0]} and {_YEARS[-1]}: check it",
            code="date-out-of-range",
        )
    return on


def read_score(cell: Cell) -> Decimal:
    """Read one score, 0–100 out of 100 (督§8, 考§11)."""
    if isinstance(cell, bool):
        raise _not_a_score(str(cell))
    text = _number_text(cell).removesuffix("分")
    if not _DECIMAL.fullmatch(text) or (score := Decimal(text)) > FULL_MARK:
        raise _not_a_score(text)
    return score


def read_scores(cell: Cell, occupations: int) -> tuple[Decimal, ...]:
    """Read the scores of a subject, one for each job type in order: ``85;90``, or one that holds for all."""
    if not isinstance(cell, str):
        return (read_score(cell),) * occupations
    parts = [part for part in re.split("[;；、]", cell) if part.strip()]
    if len(parts) == 1:
        return (read_score(parts[0]),) * occupations
    if len(parts) != occupations:
        raise CellRefused(
            f"有 {len(parts)} 个成绩，而职业工种有 {occupations} 个；请按工种顺序逐一填写，用“;”分隔",
            f"{len(parts)} scores for {occupations} job types: give one for each, in order, separated by ';'",
            code="scores-count",
        )
    return tuple(read_score(part) for part in parts)


def read_months(cell: Cell) -> int:
    """Read a duration in years (3, 1.5, 3年, 1年6个月, 18个月, 1年半) as whole months, rounded down."""
    text = "" if isinstance(cell, bool) else _number_text(cell)
    match = _DURATION.fullmatch(text)
    if match is None:
        raise CellRefused(
            f"“{text[:20]}”不是年限，请填年数，如 3、1.5、1年6个月",
            f"{text[:20]!r} is no duration in years: write 3, 1.5 or 1年6个月",
            code="duration-unreadable",
        )
    years = Decimal(match["years"] or match["whole_years"] or 0)
    months = int(years * 12) + (6 if match["half"] else int(match["months"] or 0))
    if months > MAX_YEARS * 12:
        raise CellRefused(
            f"“{text}”超过 {MAX_YEARS} 年", f"{text!r} is more than {MAX_YEARS} years", code="duration-too-long"
        )
    return months


def read_count(cell: Cell) -> int:
    """Read a whole number of times: 3, 3次."""
    match = None if isinstance(cell, bool) else _COUNT.fullmatch(_number_text(cell))
    if match is None:
        raise CellRefused("应为次数（整数），如 3", "should be a whole number, as in 3", code="count-unreadable")
    return int(match["count"])


def read_institution_code(cell: Cell) -> str:
    """Read an institution's code, 6 digits (督附3); a number cell is taken only while no leading zero can be lost."""
    text = "" if isinstance(cell, bool) else _number_text(cell)
    if not is_institution_code(text):
        raise CellRefused(
            f"“{text[:20]}”不是机构代码，应为 6 位数字；以 0 开头的请设为文本格式",
            f"{text[:20]!r} is no institution code: 6 digits, as text where the first is 0",
            code="institution-code",
        )
    return text


def read_card_number(cell: Cell) -> CardNumber:
    """Read a card number (督附3, 考附2); 11 digits survive in a number cell unless the first is 0, which is refused."""
    text = "" if isinstance(cell, bool) else _number_text(cell).upper()
    try:
        return CardNumber(text)
    except DomainError as error:
        raise CellRefused(error.zh, error.en, code=error.code) from None


def read_phone(cell: Cell) -> str:
    """Read a telephone number as written, digits and separators."""
    text = "" if isinstance(cell, bool) else _number_text(cell)
    if not _PHONE.fullmatch(text) or len(text) > MAX_PHONE_CHARACTERS:
        raise CellRefused("不是电话号码", "is no telephone number", code="phone-unreadable")
    return text


def read_photo_name(cell: Cell) -> str:
    """Read the name of a photo file: a name, never a path."""
    name = read_text(_number_text(cell) if isinstance(cell, (int, float)) else cell, limit=255)
    if any(c in name for c in "/\\:") or name in {".", ".."}:
        raise CellRefused(
            "应为照片文件名，不含文件夹", "should be the name of a photo file, without a folder", code="photo-name"
        )
    return name


def as_text(cell: Cell) -> str:
    """Take a cell that must hold text."""
    if not isinstance(cell, str):
        raise CellRefused(
            "应为文本，而单元格是数字或日期；请把单元格设为文本格式后重新输入",
            "should be text, but the cell holds a number or a date: make it text and type it again",
            code="text-expected",
        )
    return cell


def _number_text(cell: Cell) -> str:
    """Write a number as it was typed: whole floats without ``.0``; full-width digits to ASCII."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, int):
        return str(cell)
    return unicodedata.normalize("NFKC", tidy(as_text(cell))).replace(" ", "")


def _word(cell: Cell, words: Mapping[str, _T], expected: str, code: str) -> _T:
    text = _number_text(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else as_text(cell)
    found = words.get(fold(text))
    if found is None:
        raise CellRefused(
            f"“{tidy(text)[:20]}”无法识别，应为：{expected}",
            f"{tidy(text)[:20]!r} is not one of: {expected}",
            code=code,
        )
    return found


def _is_none_word(cell: Cell) -> bool:
    return isinstance(cell, str) and fold(cell) in NONE_WORDS


def _visible(text: str) -> str:
    if character := invisible_character(text):
        raise CellRefused(
            f"含有不可见或控制字符（{character}），请重新输入",
            f"holds the invisible character {character}: type it again",
            code="text-invisible-character",
        )
    return text


def check_visible_value(value: object) -> None:
    """Raise CellRefused if a value that was read is a text with an invisible character: the guard of every column."""
    if isinstance(value, str):
        _visible(value)


def _fitting(text: str, limit: int) -> str:
    if (size := len(text.encode())) > limit:
        raise CellRefused(
            f"过长：UTF-8 编码 {size} 字节，最多 {limit} 字节（{limit // 3} 个汉字）",
            f"{size} bytes in UTF-8, at most {limit} fit the card's QR code",
            code="text-too-long",
        )
    return text


def _not_a_date(text: str) -> CellRefused:
    return CellRefused(
        f"“{text[:20]}”不是日期，请写成 2024-03-01，或把单元格设为日期格式",
        f"{text[:20]!r} is no date: write 2024-03-01, or give the cell a date format",
        code="date-unreadable",
    )


def _not_a_score(text: str) -> CellRefused:
    return CellRefused(
        f"“{text[:20]}”不是成绩，应为 0—{FULL_MARK} 的数字，最多四位小数",
        f"{text[:20]!r} is no score: a number 0-{FULL_MARK} with at most four decimals",
        code="score-unreadable",
    )
