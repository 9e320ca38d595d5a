"""Cells that cannot be read for what they show: formulas, error values, pictures, merged cells, times of day."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from service.domain.application.headings import HEADING_OF
from service.domain.problem import Problem
from service.roster.errors import WorkbookRefused
from service.roster.sheet_xml import Area, Position, SheetFacts, cell_name
from service.roster.workbook import Sheet, Value

FORMULA_MARK: Final = "#公式"
ERROR_MARK: Final = "#错误"
"""What the row report writes into a cell that held a formula or an error, so that it is refused until corrected."""

MAX_AREA_CELLS: Final = 200_000  # cells in merged areas and array formulas
_EXCEL_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", FORMULA_MARK, ERROR_MARK}
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell is not read; ``mark`` replaces its value in the report, None keeps it. Text without the heading."""

    code: str
    mark: str | None
    zh: str
    en: str

    def problem(self, field: str) -> Problem:
        """Word it as a problem of the row."""
        return Problem(self.code, field, "", f"{HEADING_OF[field].zh}：{self.zh}", f"{field}: {self.en}")

    @property
    def fills_cell(self) -> bool:
        """Return whether the cell holds something of its own; a merged one may be empty."""
        return self.mark is not None


def sheet_faults(sheet: Sheet) -> dict[int, dict[int, Fault]]:
    """List the faults the XML shows, by row and column from 0; a formula outranks an error, an error a merge."""
    facts = sheet.facts
    faults: defaultdict[int, dict[int, Fault]] = defaultdict(dict)
    areas = [_clipped(area, facts) for area in (*facts.merged, *facts.formula_areas)]
    if sum(_size(area) for area in areas) > MAX_AREA_CELLS:
        raise WorkbookRefused(
            "roster-merged-cells",
            "合并单元格或数组公式过多，请取消后重新提交",
            "too many merged cells or array formulas: remove them",
        )
    for area in facts.merged:
        fault = _merged(area)
        for row, column in _positions(_clipped(area, facts)):
            faults[row][column] = fault
    for row, column in facts.errors:
        faults[row][column] = _error((row, column))
    for row, column in facts.pictures:
        faults[row][column] = _picture((row, column))
    filled = (position for area in facts.formula_areas for position in _positions(_clipped(area, facts)))
    for row, column in (*filled, *facts.formulas):
        if (row, column) not in facts.pictures:
            faults[row][column] = _formula((row, column))
    return dict(faults)


def value_fault(value: Value, position: Position) -> Fault | None:
    """Find what speaks against a value itself: an error's text, a number without a value, a time of day."""
    if isinstance(value, str):
        return _error(position) if value.startswith("#") and value.strip() in _EXCEL_ERRORS else None
    if isinstance(value, float):
        return None if math.isfinite(value) else _error(position)
    if isinstance(value, (time, timedelta)):
        name = cell_name(position)
        zh, en = f"单元格 {name} 是时间，请更正单元格格式", f"cell {name} holds a time of day: correct its format"
        return Fault("cell-time", ERROR_MARK, zh, en)
    return None


def _formula(position: Position) -> Fault:
    name = cell_name(position)
    zh = f"单元格 {name} 是公式，其结果可能未更新；请选择性粘贴为数值"
    return Fault("cell-formula", FORMULA_MARK, zh, f"cell {name} holds a formula: paste its value")


def _picture(position: Position) -> Fault:
    name = cell_name(position)
    zh = (
        f"单元格 {name} 里是嵌入的图片，读不出；请清空该单元格，把图片另存为文件，以身份证号或姓名命名，"
        "放入照片文件夹或压缩包"
    )
    en = (
        f"cell {name} holds an embedded picture, which is not read: empty it, save the picture as a file named by "
        "identity number or name, and put it into the folder or archive of photographs"
    )
    return Fault("cell-picture", ERROR_MARK, zh, en)


def _error(position: Position) -> Fault:
    name = cell_name(position)
    return Fault("cell-error", ERROR_MARK, f"单元格 {name} 是错误值，请更正", f"cell {name} holds an error value")


def _merged(area: Area) -> Fault:
    zh = f"在合并单元格 {area} 内，请取消合并并逐行填写"
    return Fault("cell-merged", None, zh, f"lies in the merged cells {area}: unmerge them")


def _clipped(area: Area, facts: SheetFacts) -> Area:
    """Cut an area to the part of the sheet that is filled; it may be empty."""
    (last_row, last_column) = area.last
    return Area(area.first, (min(last_row, facts.last_row), min(last_column, facts.last_column)))


def _size(area: Area) -> int:
    rows, columns = (max(0, high - low + 1) for low, high in zip(area.first, area.last, strict=True))
    return rows * columns


def _positions(area: Area) -> Iterable[Position]:
    (top, left), (bottom, right) = area.first, area.last
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))
