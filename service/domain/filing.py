"""The filing of an institution (备案): what it may assess, and what becomes of its name, authority and printing unit.

Each change has a day, a reason and an entry of its own; what was there before stays on record. 督§12(1)2, 督附3, 考§6.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from service.domain.card_number import CardNumber
from service.domain.errors import InstitutionInvalid
from service.domain.issuer import Institution
from service.domain.kinds import CardKind, SkillLevel
from service.domain.problem import Problem

Filed: TypeAlias = Mapping[str, frozenset[SkillLevel]]
"""The filed job types by name, each with its levels."""


class Fact(StrEnum):
    """A fact of an institution's record that may change."""

    NAME = "name"
    LETTER = "letter"
    AUTHORITY = "authority"
    PRINTING_UNIT = "printing_unit"
    AREA = "area"
    CLOSED = "closed_on"

    @property
    def zh(self) -> str:
        """The fact's name."""
        return _FACTS_ZH[self]


_FACTS_ZH: Final = {
    Fact.NAME: "机构名称",
    Fact.LETTER: "类别字母",
    Fact.AUTHORITY: "备案部门",
    Fact.PRINTING_UNIT: "印制单位",
    Fact.AREA: "地域范围",
    Fact.CLOSED: "关闭日期",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A fact put otherwise from a day on; ``value`` None: none any more."""

    fact: Fact
    value: str | None
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class FiledJob:
    """A job type filed with its levels from a day on; without levels it is withdrawn. 督§12(1)2."""

    occupation: str
    levels: frozenset[SkillLevel]
    on: date
    reason: str


def filed_on(jobs: Iterable[FiledJob], on: date) -> Filed:
    """Return what is filed on a day; ``jobs`` are in the order of entry. 督§12(1)2.

    Of several filings of a job type that of the latest day holds, and of one day that entered last.
    """
    found: dict[str, FiledJob] = {}
    for one in jobs:
        before = found.get(one.occupation)
        if one.on <= on and (before is None or before.on <= one.on):
            found[one.occupation] = one
    return {name: one.levels for name, one in sorted(found.items()) if one.levels}


def letter_problem(number: CardNumber, place: Institution) -> Problem | None:
    """Return what speaks against an internal card's number whose letter is not its institution's. 督附3.

    Code and letter together name an institution: with another letter the number is another's.
    """
    if number.kind is not CardKind.INTERNAL or number.letter == place.letter:
        return None
    return Problem(
        "institution-letter-other",
        "number",
        "督附3",
        f"{number} 的类别字母是 {number.letter}，机构 {place.code} 登记为 {place.letter} {place.name}（督附3）",
        f"number {number} has letter {number.letter}, institution {place.code} is {place.letter} {place.name} (督附3)",
    )


def check_day(on: date, today: date) -> None:
    """Refuse a change of a day to come: it would be printed before it holds. Raises InstitutionInvalid."""
    if on > today:
        raise InstitutionInvalid(
            f"日期 {on} 晚于今天 {today}，请在当日办理",
            f"{on} is after today, {today}: enter it on the day",
            code="filing-date",
        )


def check_edit(before: Institution, after: Institution, *, has_issued: bool) -> None:
    """Refuse an edit that changes nothing, and another letter once it stands in numbers of cards. 督附3.

    Code and letter together name an institution: with other cards' letter it would be another one. Raises
    InstitutionInvalid.
    """
    if before == after:
        raise InstitutionInvalid(
            f"机构 {before.code} 的登记没有变化",
            f"nothing about institution {before.code} is changed",
            code="filing-unchanged",
        )
    if before.letter != after.letter and has_issued:
        raise InstitutionInvalid(
            f"机构 {before.code} 已用字母 {before.letter} 发出证卡编号，不能改为 {after.letter}："
            "代码和字母合起来才是一家机构（督附3）",
            f"institution {before.code} has issued numbers with letter {before.letter}, which cannot become "
            f"{after.letter}: code and letter together name it (督附3)",
            code="institution-letter-used",
        )


def check_closable(place: Institution) -> None:
    """Refuse to close an institution that is closed. Raises InstitutionInvalid."""
    if place.closed_on is not None:
        raise InstitutionInvalid(
            f"机构 {place.code} 已于 {place.closed_on} 关闭",
            f"institution {place.code} was closed on {place.closed_on}",
            code="institution-closed",
        )


def check_closed(place: Institution, on: date) -> None:
    """Refuse to reopen an institution that is open, or before the day it was closed. Raises InstitutionInvalid."""
    if place.closed_on is None:
        raise InstitutionInvalid(
            f"机构 {place.code} 没有关闭", f"institution {place.code} is open", code="institution-open"
        )
    if on < place.closed_on:
        raise InstitutionInvalid(
            f"重新开放日期 {on} 早于关闭日期 {place.closed_on}",
            f"it is reopened on {on}, before it was closed on {place.closed_on}",
            code="filing-date",
        )


def check_open(place: Institution, on: date) -> None:
    """Refuse what only an institution may do of one that is closed on a day. Raises InstitutionInvalid. 督附3."""
    if place.is_closed(on):
        raise InstitutionInvalid(
            f"机构 {place.code} {place.name} 已于 {place.closed_on} 关闭",
            f"institution {place.code} {place.name} was closed on {place.closed_on}",
            code="institution-closed",
        )


def outside(filed: Filed, jobs: Collection[tuple[str, SkillLevel]]) -> tuple[tuple[str, SkillLevel], ...]:
    """Return which job types and levels are not filed; none where nothing at all is: it is not known. 督§12(1)2."""
    return tuple((name, level) for name, level in jobs if filed and level not in filed.get(name, frozenset()))
