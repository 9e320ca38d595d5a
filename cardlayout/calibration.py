"""The duplex calibration sheet: shows by how much a printer misplaces each side, to be given to the printer offsets.

Every scale is labelled with the correction itself. A back that appears `a` mm right and `b` mm down of its place, seen
through the sheet from the front, is corrected by (a, −b) in the back's own coordinates where the paper turns over its
long edge, by (−a, b) over its short edge. A front printed `s` mm too far from the paper's edge is corrected by −s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from cardlayout.fonts import FontSet
from cardlayout.geometry import Point, Rect, pt
from cardlayout.impose import Flip, Line, turned_over
from cardlayout.paper import Paper, Stamp

_A4: Final = Rect(0, 0, 210, 297)
_CROSSES: Final = (Point(40, 62), Point(170, 62), _A4.centre, Point(40, 235), Point(170, 235))
_HAIR: Final = 0.3  # width of a line, points
_FRAME: Final = 10.0  # from a cross to the scales round it, mm
_HAIR_ARM: Final = 16.0  # of the back's hairs
_LEFT: Final = 24.0  # of headings and instructions
_RANGE: Final = 8  # mm a scale shows to each side
_EDGE: Final = 20  # mm from the paper's edge to the zero of an edge scale
_RULE: Final = 150.0  # length of the line that shows whether the sheet was scaled

_STEPS_ZH: Final = (
    "1. 按实际大小（100%）双面打印本页；页脚线段应长 150.0 mm，否则打印时被缩放了。",
    "2. 正面朝向自己，对着光看。在每个编号处，读出反面细线与正面刻度相交处的数字：",
    "    上边的刻度是 X，右边的刻度是 Y。五处取平均。",
    "3. 打印证卡时，反面偏移填 X,Y。",
    "4. 只有用预先切好的卡纸时才需要：直尺的 0 对齐纸边，读出直尺 20 mm 处的数字，",
    "    左边的刻度是 X，上边的刻度是 Y，正面偏移填 X,Y；",
)
_STEPS_EN: Final = (
    "1. Print this sheet on both sides at actual size (100 %). The line at the foot must be 150.0 mm long.",
    "2. Hold it against a light, this side towards you. At each number read where the back's hairs cross",
    "    the scales: X on the upper scale, Y on the right-hand scale. Take the mean of the five.",
    "3. Print cards with the back offset X,Y.",
    "4. Only for pre-cut sheets: put a ruler's 0 at the paper's edge and read the scale at its 20 mm mark,",
    "    X at the left, Y at the top: the front offset is X,Y;",
)
# Moving the front moves what the back must meet: the same shift, seen from the other side.
_BOTH: Final = {
    Flip.LONG: ("反面偏移 X − 正面 X, Y + 正面 Y", "offset X − front X, Y + front Y"),
    Flip.SHORT: ("反面偏移 X + 正面 X, Y − 正面 Y", "offset X + front X, Y − front Y"),
}


@dataclass(frozen=True, slots=True)
class _Text:
    """A line of text at its baseline; x and y in mm, size in points."""

    x: float
    y: float
    size: float
    words: str
    bold: bool = False


_Mark = Line | _Text


def calibration(flip: Flip, fonts: FontSet, out: BinaryIO) -> None:
    """Write the two-page calibration sheet for printers that turn paper over this edge."""
    paper = Paper(out, fonts, Stamp("双面校准页 Duplex calibration sheet", flip.value, flip=flip))
    paper.set_page(_A4, _A4, 0)
    for marks in (_front(flip), _back(flip)):
        paper.ink()
        paper.setLineWidth(_HAIR)
        for mark in marks:
            _draw(mark, paper)
        paper.showPage()
    paper.save()


def _draw(mark: _Mark, paper: Paper) -> None:
    if isinstance(mark, _Text):
        paper.write(mark.words, pt(mark.x), pt(_A4.height - mark.y), mark.size, bold=mark.bold)
        return
    start, end = mark.start, mark.end
    paper.line(pt(start.x), pt(_A4.height - start.y), pt(end.x), pt(_A4.height - end.y))


def _front(flip: Flip) -> Iterator[_Mark]:
    across, down = (1, -1) if flip is Flip.LONG else (-1, 1)
    yield from _heading("正面 front", flip)
    for number, cross in enumerate(_CROSSES, 1):
        yield _Text(cross.x - 1.2, cross.y + 1.6, 12, str(number), bold=True)
        yield from _scale_across(Point(cross.x, cross.y - _FRAME), across)
        yield from _scale_down(Point(cross.x + _FRAME, cross.y), down)
    yield from _scale_across(Point(_EDGE, _A4.centre.y), 1)
    yield from _scale_down(Point(_A4.centre.x, _EDGE), 1)
    yield _Text(_EDGE - 7, _A4.centre.y - 6, 6.5, "正面 front X")
    yield _Text(_A4.centre.x + 7, _EDGE + 0.8, 6.5, "正面 front Y")
    left, rule = (_A4.width - _RULE) / 2, 277.0
    yield Line(Point(left, rule), Point(left + _RULE, rule))
    for x in (left, left + _RULE):
        yield Line(Point(x, rule - 2), Point(x, rule + 2))
    yield _Text(left + 66, rule - 1.2, 7, f"{_RULE:.0f} mm")
    both_zh, both_en = _BOTH[flip]
    yield from _paragraphs(85, (*_STEPS_ZH, f"    同时反面改用 {both_zh}。"), 9.5)
    yield from _paragraphs(174, (*_STEPS_EN, f"    then the back takes the {both_en}."), 8.5)


def _back(flip: Flip) -> Iterator[_Mark]:
    yield from _heading("反面 back", flip)
    for number, cross in enumerate(_CROSSES, 1):
        behind = turned_over(Rect(cross.x, cross.y, 0, 0), _A4, flip)
        x, y = behind.x, behind.y
        yield Line(Point(x - _HAIR_ARM, y), Point(x + _HAIR_ARM, y))
        yield Line(Point(x, y - _HAIR_ARM), Point(x, y + _HAIR_ARM))
        yield _Text(x + 2, y - 2, 8, str(number), bold=True)


def _heading(side: str, flip: Flip) -> Iterator[_Mark]:
    edge = {Flip.LONG: "长边翻转 long edge", Flip.SHORT: "短边翻转 short edge"}[flip]
    yield _Text(_LEFT, 25, 14, "双面校准页 Duplex calibration", bold=True)
    yield _Text(_LEFT, 32, 10, f"{side} · {edge}")


def _scale_across(zero: Point, sign: int) -> Iterator[_Mark]:
    """Draw a lying scale whose ticks stand up from it, labelled from left to right by sign × mm."""
    yield Line(Point(zero.x - _RANGE, zero.y), Point(zero.x + _RANGE, zero.y))
    for half in range(-2 * _RANGE, 2 * _RANGE + 1):
        x = zero.x + half / 2
        yield Line(Point(x, zero.y), Point(x, zero.y - _tick(half)))
        if half % 4 == 0:
            label = _label(sign * half // 2)
            yield _Text(x - 0.45 * len(label), zero.y - 3.2, 4.5, label)


def _scale_down(zero: Point, sign: int) -> Iterator[_Mark]:
    """Draw a standing scale whose ticks point right, labelled from the top down by sign × mm."""
    yield Line(Point(zero.x, zero.y - _RANGE), Point(zero.x, zero.y + _RANGE))
    for half in range(-2 * _RANGE, 2 * _RANGE + 1):
        y = zero.y + half / 2
        yield Line(Point(zero.x, y), Point(zero.x + _tick(half), y))
        if half % 4 == 0:
            yield _Text(zero.x + 3.2, y + 0.6, 4.5, _label(sign * half // 2))


def _tick(half: int) -> float:
    return 2.6 if half % 4 == 0 else 1.8 if half % 2 == 0 else 1.0


def _label(value: int) -> str:
    return f"−{-value}" if value < 0 else str(value)


def _paragraphs(top: float, lines: tuple[str, ...], size: float) -> Iterator[_Mark]:
    for index, line in enumerate(lines):
        yield _Text(_LEFT, top + 6.2 * index, size, line)
