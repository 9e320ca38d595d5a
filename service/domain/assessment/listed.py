"""The people of an assessment as a spreadsheet lists them: one row each, all that is wrong with the list at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.domain.application import RawRow
from service.domain.application.headings import Heading
from service.domain.assessment.model import ROLE_NAMES
from service.domain.assessment.planning import NewPerson, person_of, plan_refused
from service.domain.errors import DomainError
from service.domain.problem import Problem

PEOPLE_HEADINGS: Final = (
    Heading("post", "岗位", "、".join(names[0] for names in ROLE_NAMES.values()), aliases=("角色",)),
    Heading("number", "证卡编号", "考评人员和督导员必填。"),
    Heading("name", "姓名", "没有证卡的人员必填。"),
    Heading("resident_id", "身份证号", "没有证卡的人员可填，用于区分同名人员。", aliases=("身份证号码",)),
    Heading("declared", "回避声明", "无、有，或不填。"),
)


def parse_people(rows: Sequence[RawRow]) -> tuple[NewPerson, ...]:
    """Read everybody of a list. Raises AssessmentRefused: the problems of all rows, without identity numbers."""
    people: list[NewPerson] = []
    problems: list[Problem] = []
    for row in rows:
        found = list(_faults(row))
        if not found:
            try:
                people.append(_person(row))
            except DomainError as error:
                found.append(Problem(error.code, "people", "", error.zh, error.en))
        problems += [
            Problem(one.code, one.field, one.article, f"第 {row.row} 行：{one.zh}", f"row {row.row}: {one.en}")
            for one in found
        ]
    if problems:
        raise plan_refused(tuple(problems))
    return tuple(people)


def rows_of_lines(text: str) -> tuple[RawRow, ...]:
    """Take lines as rows: what a spreadsheet's cells paste as, or role and number or name with a space between.

    Columns are those of ``PEOPLE_HEADINGS``; empty lines are none.
    """
    return tuple(
        RawRow(number, dict(zip(_FIELDS, _columns(line), strict=False)))
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    )


def _columns(line: str) -> list[str | None]:
    if "\t" in line or "," in line or "，" in line:
        return [cell.strip() or None for cell in re.split("[\t,，]", line)]
    role, _, who = line.strip().partition(" ") if " " in line.strip() else line.strip().partition("\u3000")
    return [role, who.strip() or None]


def _faults(row: RawRow) -> Iterator[Problem]:
    yield from row.problems
    if isinstance(row.cells.get("resident_id"), (int, float)):
        yield Problem(
            "resident-id-number",
            "resident_id",
            "",
            "身份证号存成了数字，末几位已丢失，请按文本重新填写",
            "the identity number is stored as a number and has lost its last digits: enter it as text",
        )


def _person(row: RawRow) -> NewPerson:
    texts = {field: "" if (cell := row.cells.get(field)) is None else str(cell) for field in _FIELDS}
    return person_of(
        texts["post"], texts["number"] or texts["name"], texts["name"], texts["resident_id"], texts["declared"]
    )


_FIELDS: Final = tuple(heading.field for heading in PEOPLE_HEADINGS)
