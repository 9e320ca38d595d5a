"""Readers of cells that hold a date, a score, a duration or a count: a domain value out, or CellRefused."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from service.domain.application.cells import CellRefused, as_text, number_text
from service.domain.application.model import Cell
from service.domain.regulation import FULL_MARK
from service.domain.tidy import tidy

MAX_YEARS: Final = 80


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


def read_date(cell: Cell) -> date:
    """Read a civil date: an Excel date, 2024-03-01, 2024/3/1, 2024.3.1, 2024年3月1日 or 20240301."""
    if isinstance(cell, datetime):
        return _of_our_time(cell.date())
    if isinstance(cell, date):
        return _of_our_time(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        text = number_text(cell)  # 20240301 typed into a number cell; a serial number does not match
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
    text = number_text(cell).removesuffix("分")
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
    text = "" if isinstance(cell, bool) else number_text(cell)
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
    match = None if isinstance(cell, bool) else _COUNT.fullmatch(number_text(cell))
    if match is None:
        raise CellRefused("应为次数（整数），如 3", "should be a whole number, as in 3", code="count-unreadable")
    return int(match["count"])


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
