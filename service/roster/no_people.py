"""Rows below the headings that are nobody's: signatures, sums, remarks, numbers without a person, headings again."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from service.domain.application.headings import canonical_heading
from service.domain.application.words import KINDS, fold
from service.roster.heading_row import Column
from service.roster.workbook import Value

_STRONG: Final = (
    *("填表人", "填报人", "制表人", "经办人", "联系人", "负责人", "审核人", "复核人", "合计", "总计", "共计", "小计"),
    *("单位盖章", "单位公章", "填表单位", "填报单位", "单位负责人", "填表日期", "填报日期", "填报时间", "制表日期"),
    *("以下空白", "领导签字", "审核意见", "单位(盖章)", "单位(公章)", "(盖章)", "(公章)", "主管部门"),
)
_WEAK: Final = (
    *("制表", "审核", "审批", "复核", "校对", "总人数", "人数", "备注", "说明", "注", "签字", "签名", "签章", "盖章"),
    *("申报单位", "推荐单位", "联系电话", "日期", "意见", "公章"),
)
_LABEL: Final = re.compile(
    rf"^(?:{'|'.join(map(re.escape, _STRONG))})"
    rf"|^(?:{'|'.join(_WEAK)})(?:[:0-9(].*)?$"
    r"|^(?:[0-9]{4})?年(?:[0-9]{1,2})?月(?:[0-9]{1,2})?日?$"
)
_SENTENCE: Final = re.compile("[,。;:!]")
_SUM: Final = re.compile(r"^(?:合计|总计|共计|小计|共)[0-9一二三四五六七八九十百]*[人名张]?$")
_DIGITS: Final = re.compile(r"[0-9]{6}")
_FEW: Final = 100_000  # people of one list; an identity number has more digits
_SAME: Final = 2  # headings that stand where they did: the heading row once more, as on every printed page


def is_no_person(values: Sequence[Value], columns: Sequence[Column], faulty: Collection[int] = ()) -> bool:
    """Return True for a row that names nobody: no identity number, no kind of card, and a label or nothing to read.

    A row of which no known column is filled is such one (numbers typed ahead of the people), and so are the headings
    once more. What looks like a person in any way is read, and refused if it lacks anything. ``faulty`` are the columns
    of cells that hold something and cannot be read.
    """
    known = {column.field: values[column.index] for column in columns if column.field and column.index < len(values)}
    if all(value == "" for value in known.values()):
        return all(columns[index].field is None for index in faulty) and any(value != "" for value in values)
    if sum(_is_heading(values, column) for column in columns) >= _SAME:
        return True
    kind = known.get("kind", "")
    if (isinstance(kind, str) and fold(kind) in KINDS) or _has_digits(known.get("resident_id", "")):
        return False
    filled = [value for value in values if value != ""]
    if not filled or not isinstance(filled[0], str):
        return False
    text = canonical_heading(filled[0])
    return bool(_LABEL.match(text) or _SUM.match(text) or (len(filled) == 1 and _SENTENCE.search(text)))


def _is_heading(values: Sequence[Value], column: Column) -> bool:
    return column.field is not None and column.index < len(values) and str(values[column.index]).strip() == column.text


def _has_digits(value: Value) -> bool:
    if isinstance(value, float) and abs(value) < _FEW:
        return False  # how many people there are, beside the word for a sum
    return not isinstance(value, str) or bool(_DIGITS.search(canonical_heading(value)))
