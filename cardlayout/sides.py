"""Both sides of one card as set text: blocks of fitted lines and the QR symbol's square. Pure.

`check` reads the problems found here and `render` paints what is here, so what was checked is what is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from cardlayout.card import (
    ADDRESS,
    BACK_BOTTOM,
    BACK_GAP,
    BODY,
    BODY_LEFT,
    BODY_TOP,
    CARD,
    DOT,
    HEAD_RULE,
    MODULE_DOTS,
    NOTICE,
    PRINTER,
    PRINTER_LABEL,
    QR_SQUARE,
    QR_TOP,
    QUIET_ZONE,
    SAFE,
    TITLE,
    TypeSize,
)
from cardlayout.face import CardFace
from cardlayout.fit import FitProblem, Line, Measure, fit_block, fit_body
from cardlayout.geometry import Rect, mm, pt

_TITLE_BLANK: Final = mm(TITLE.leading - TITLE.size) / 2  # of its leading, what a large symbol may take
_MANY: Final = 9  # lines a block of the back may take; their common height is what limits them


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one style set from `top` down, `left` being where their x counts from; mm."""

    left: float
    top: float
    style: TypeSize
    lines: tuple[Line, ...]

    @property
    def height(self) -> float:
        """Height with leading, mm."""
        return mm(self.style.leading) * (1 + max((line.row for line in self.lines), default=-1))

    def at(self, top: float) -> Block:
        """Return the block moved to another height, mm."""
        return Block(self.left, top, self.style, self.lines)


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its text in reading order and what is wrong with it; the back has a square for the QR symbol."""

    blocks: tuple[Block, ...]
    problems: tuple[FitProblem, ...]
    square: Rect | None = None


def front(face: CardFace, measure: Measure) -> Side:
    """Set the front: title, then the body beside and below the photo."""
    title, problems = _stacked(face.title, TITLE, 1, measure, "title")
    body = fit_body(face.fields, measure)
    return Side(
        (_midway(title, QR_TOP), Block(BODY_LEFT, BODY_TOP, BODY, body.lines)),
        (*problems, *body.problems),
    )


def back(face: CardFace, measure: Measure, modules: int | None = None) -> Side:
    """Set the back: title, QR square, address, notices, 印制单位.

    `modules` is the size of the QR symbol without quiet zone; without it the square has its least size. The square is
    level with the front's photo; a large symbol raises it, and lines are saved by narrower characters. Room that is
    left stands above and below 印制单位.
    """
    title, problems = _stacked(face.back_title, TITLE, 1, measure, "back_title")
    texts = (
        _Part((face.check_at,), ADDRESS, "check_at"),
        _Part(face.notices, NOTICE, "notices"),
        _Part((PRINTER_LABEL + face.printer,), PRINTER, "printer"),
    )
    square = qr_square(modules)
    highest = HEAD_RULE.bottom + title.height - _TITLE_BLANK
    room = BACK_BOTTOM - highest - square - BACK_GAP
    (address, notices, printer), found, spare = _column(texts, room, measure)
    problems = (*problems, *found)
    if problems:
        return Side((), problems)
    box = Rect((CARD.width - square) / 2, min(QR_TOP, highest + spare / 2), square, square)
    address = address.at(box.bottom + BACK_GAP)
    left = BACK_BOTTOM - address.top - sum(block.height for block in (address, notices, printer))
    notices = notices.at(address.top + address.height + min(left / 3, BACK_GAP))
    below = BACK_BOTTOM - notices.top - notices.height - printer.height
    printer = printer.at(BACK_BOTTOM - printer.height - below / 2)
    return Side((_midway(title, box.y), address, notices, printer), (), box)


def module_size(modules: int) -> float:
    """Choose the module of a symbol, mm: seven printer dots where the least square holds it, else six."""
    whole = modules + 2 * QUIET_ZONE
    for dots in MODULE_DOTS:
        if whole * dots * DOT <= QR_SQUARE:
            return dots * DOT
    return MODULE_DOTS[-1] * DOT


def qr_square(modules: int | None) -> float:
    """Return the side of the white square, mm: 44, or more where a symbol with its quiet zone needs more."""
    if modules is None:
        return QR_SQUARE
    return max(QR_SQUARE, (modules + 2 * QUIET_ZONE) * module_size(modules))


def _midway(title: Block, frame: float) -> Block:
    """Put a title midway between the rule at the head and the frame below it (mm)."""
    return title.at((HEAD_RULE.bottom + frame - title.height) / 2)


@dataclass(frozen=True, slots=True)
class _Part:
    """Texts of the back that are set alike, one under the other; `field` is to blame for them."""

    texts: tuple[str, ...]
    style: TypeSize
    field: str

    def set(self, measure: Measure, max_lines: int = _MANY) -> tuple[Block, tuple[FitProblem, ...]]:
        """Set the texts, each centred on at most so many lines."""
        return _stacked(self.texts, self.style, max_lines, measure, self.field)


@lru_cache(maxsize=1024)
def _stacked(
    texts: tuple[str, ...], style: TypeSize, max_lines: int, measure: Measure, field: str
) -> tuple[Block, tuple[FitProblem, ...]]:
    """Set centred texts one under the other as a block at the top; remembered, for a batch repeats them."""
    lines: list[Line] = []
    problems: list[FitProblem] = []
    for text in texts:
        fitted = fit_block(text, style, pt(SAFE.width), max_lines, measure, field=field)
        first = lines[-1].row + 1 if lines else 0
        lines += [replace(line, row=first + line.row) for line in fitted.lines]
        problems += fitted.problems
    return Block(SAFE.x, 0, style, tuple(lines)), tuple(problems)


def _column(parts: Sequence[_Part], room: float, measure: Measure) -> tuple[list[Block], tuple[FitProblem, ...], float]:
    """Set the parts below one another in `room` mm; return the blocks, what is wrong, and the room to spare."""
    done = [part.set(measure) for part in parts]
    blocks = [block for block, _ in done]
    problems = tuple(problem for _, found in done for problem in found)
    spare = room - sum(block.height for block in blocks)
    for index in reversed(range(len(parts))):
        while spare < 0 and not problems:
            saved = _with_a_line_less(parts[index], blocks[index], measure)
            if saved is None:
                break
            spare += blocks[index].height - saved.height
            blocks[index] = saved
    if spare < 0 and not problems:
        problems = (_too_high(-spare),)
    return blocks, problems, spare


def _with_a_line_less(part: _Part, block: Block, measure: Measure) -> Block | None:
    """Set a part on fewer lines by narrower characters, if that can be done."""
    longest = max((line.row for line in block.lines), default=0)
    if not longest:
        return None
    saved, problems = part.set(measure, longest)
    return None if problems or saved.height >= block.height else saved


def _too_high(by: float) -> FitProblem:
    return FitProblem(
        code="text-does-not-fit",
        field="printer",
        zh=f"证卡背面的二维码、核验地址、使用提示和印制单位共超出 {by:.1f} mm，请缩短其中文字",
        en=f"the back's QR symbol, address, notices and 印制单位 together are {by:.1f} mm too high: shorten a text",
    )
