"""Readers of single cells: a typed value in, a domain value out, or CellRefused with what to write instead.

No reader guesses: what has two readings (a two-digit year, 3/1/2024, a number that Excel has rounded) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeVar

from service.domain.application.model import Cell, Condition, ExceptionArticle, ExceptionKind, Title
from service.domain.application.words import (
    ANSWERS,
    ARTICLES,
    CANCELLED,
    CONDITIONS,
    EXCEPTION_KINDS,
    KINDS,
    LEVELS,
    NONE_WORDS,
    TITLES,
    fold,
)
from service.domain.card_number import CardNumber
from service.domain.errors import DomainError
from service.domain.issuer import is_institution_code
from service.domain.kinds import CardKind, SkillLevel
from service.domain.people import ResidentId
from service.domain.shared import LIMITS
from service.domain.tidy import has_stray_dot, is_name, number_typed, tidy, tidy_name
from service.domain.visible import invisible_character, words_for

MAX_NAME_BYTES: Final = LIMITS.name_bytes  # of the holder's name in the credential, UTF-8
MAX_UNIT_BYTES: Final = LIMITS.work_unit_bytes  # of the work unit in the credential, UTF-8
MAX_TEXT_CHARACTERS: Final = 500  # of a stated basis or another remark
MAX_PHONE_CHARACTERS: Final = 40

_T = TypeVar("_T")
_DOCUMENT: Final = re.compile(
    "《.+》|[0-9]+ *号|(?:文件|通知|通告|公告|批复|决定|函|方案|纪要|目录|名录|名单|办法|规定)$"
)
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
    if has_stray_dot(name):
        raise CellRefused(
            f"“{name[:20]}”的间隔号或句点在首尾，或连写了两个；请按身份证填写，如“阿力木·买买提”",
            f"{name[:20]!r} begins or ends with a dot, or has two together: write it as the identity card has it",
            code="name-dots",
        )
    return _fitting(name, MAX_NAME_BYTES)


def read_unit_name(cell: Cell) -> str:
    """Read the name of a unit; one over 90 bytes is printed and left out of the code (credential key -8)."""
    return tidy_name(read_text(cell))


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


def read_cancelled(cell: Cell) -> bool:
    """Read the state of a card from before the system: True for a cancelled one."""
    return _word(cell, CANCELLED, "有效、已取消", "status-unknown")


def read_articles(cell: Cell) -> frozenset[ExceptionArticle]:
    """Read the clauses of an exception: 考§7(2)4, 考§11 or both."""
    parts = [part for part in re.split("[、;；,，和]", as_text(cell)) if part.strip()]
    return frozenset(_word(part, ARTICLES, "考§7(2)4、考§11", "exception-article-unknown") for part in parts)


def read_exception_kind(cell: Cell) -> ExceptionKind:
    """Read which of the article's kinds of job types an exception is for. 考§7(2)4."""
    expected = "新职业、紧缺职业、地方传统特色、乡村特色、非物质文化遗产、技艺传承与创新"
    return _word(cell, EXCEPTION_KINDS, expected, "exception-kind-unknown")


def read_adjusted(cell: Cell) -> frozenset[Condition]:
    """Read which conditions a document adjusts: 证书, 年限, 考评次数, one or more."""
    parts = [part for part in re.split("[、;；,，和]", as_text(cell)) if part.strip()]
    return frozenset(_word(part, CONDITIONS, "证书、年限、考评次数", "exception-adjusts-unknown") for part in parts)


def read_document(cell: Cell) -> str:
    """Read the document an exception rests on: its number or title. Somebody's consent is no document."""
    text = read_text(cell)
    if not _DOCUMENT.search(text):
        raise CellRefused(
            f"“{text[:20]}”不是文件，请写明文件名称或文号，如“渝人社发〔2024〕12号”",
            f"{text[:20]!r} names no document: state its title or number",
            code="exception-no-document",
        )
    return text


def read_institution_code(cell: Cell) -> str:
    """Read an institution's code, 6 digits (督附3); a number cell is taken only while no leading zero can be lost."""
    text = "" if isinstance(cell, bool) else number_text(cell)
    if not is_institution_code(text):
        raise CellRefused(
            f"“{text[:20]}”不是机构代码，应为 6 位数字；以 0 开头的请设为文本格式",
            f"{text[:20]!r} is no institution code: 6 digits, as text where the first is 0",
            code="institution-code",
        )
    return text


def read_card_number(cell: Cell) -> CardNumber:
    """Read a card number (督附3, 考附2); 11 digits survive in a number cell unless the first is 0, which is refused."""
    text = "" if isinstance(cell, bool) else number_text(cell).upper()
    try:
        return CardNumber(text)
    except DomainError as error:
        raise CellRefused(error.zh, error.en, code=error.code) from None


def read_phone(cell: Cell) -> str:
    """Read a telephone number as written, digits and separators."""
    text = "" if isinstance(cell, bool) else number_text(cell)
    if not _PHONE.fullmatch(text) or len(text) > MAX_PHONE_CHARACTERS:
        raise CellRefused("不是电话号码", "is no telephone number", code="phone-unreadable")
    return text


def read_photo_name(cell: Cell) -> str:
    """Read the name of a photo file: a name, never a path."""
    name = read_text(number_text(cell) if isinstance(cell, (int, float)) else cell, limit=255)
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


def number_text(cell: Cell) -> str:
    """Write a number as it was typed: whole floats without ``.0``; full-width digits to ASCII, ``10²`` as it is."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, int):
        return str(cell)
    return number_typed(as_text(cell)).replace(" ", "")


def _word(cell: Cell, words: Mapping[str, _T], expected: str, code: str) -> _T:
    text = number_text(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else as_text(cell)
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
            f"含有的 {words_for(character)[0]}",
            f"holds {words_for(character)[1]}",
            code="text-invisible-character",
        )
    return text


def check_visible_cell(cell: Cell) -> None:
    """Raise CellRefused if a cell holds, once tidied, an invisible character: the guard of every column.

    Looked at before the cell is read, so that no reason quotes a word that looks right.
    """
    if isinstance(cell, str):
        _visible(tidy(cell))


def _fitting(text: str, limit: int) -> str:
    if (size := len(text.encode())) > limit:
        raise CellRefused(
            f"过长：UTF-8 编码 {size} 字节，最多 {limit} 字节（{limit // 3} 个汉字）",
            f"{size} bytes in UTF-8, at most {limit} fit the card's QR code",
            code="text-too-long",
        )
    return text
