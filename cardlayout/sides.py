"""Both sides of one card as set text: blocks of fitted lines and the QR symbol's square. Pure.

`check` reads the problems found here and `render` paints what is here, so what was checked is what is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cardlayout.card import (
    ADDRESS,
    BACK_BOTTOM,
    BACK_GAP,
    BACK_TEXT_WIDTH,
    BODY,
    BODY_LEFT,
    BODY_TOP,
    CARD,
    DOT,
    INK,
    MODULE_DOTS,
    NAVY,
    NOTICE,
    PRINTER,
    PRINTER_LABEL,
    QR_SQUARE,
    QUIET_ZONE,
    RED,
    SAFE,
    TITLE,
    TITLE_TOP,
    TITLE_WIDTH,
    Colour,
    TypeSize,
)
from cardlayout.face import CardFace
from cardlayout.fit import FitProblem, Fitted, Line, Measure, fit_block, fit_body
from cardlayout.geometry import Rect, mm, pt

_MANY: Final = 9  # lines a block of the back may take; their common height is what limits them


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one style set from `top` down, `left` being where their x counts from; mm."""

    left: float
    top: float
    style: TypeSize
    colour: Colour
    lines: tuple[Line, ...]

    @property
    def height(self) -> float:
        """Height with leading, mm."""
        return mm(self.style.leading) * (1 + max((line.row for line in self.lines), default=-1))


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its text in reading order and what is wrong with it; the back has a square for the QR symbol."""

    blocks: tuple[Block, ...]
    problems: tuple[FitProblem, ...]
    square: Rect | None = None


def front(face: CardFace, measure: Measure) -> Side:
    """Set the front: title, then the body beside and below the photo."""
    title, problems = _title(face.title, measure, "title")
    body = fit_body(face.fields, measure)
    return Side(
        (title, Block(BODY_LEFT, BODY_TOP, BODY, INK, body.lines)),
        (*problems, *body.problems),
    )


def back(face: CardFace, measure: Measure, modules: int | None = None) -> Side:
    """Set the back: title, QR square, address, notices, 印制单位.

    `modules` is the size of the QR symbol without quiet zone; without it the square has its least size. Room that is
    left stands above and below 印制单位, so that the squares of all cards are level.
    """
    title, problems = _title(face.back_title, measure, "back_title")
    square = qr_square(modules)
    parts = [
        _centred([face.check_at], ADDRESS, INK, measure, "check_at"),
        _centred(face.notices, NOTICE, RED, measure, "notices"),
        _centred([PRINTER_LABEL + face.printer], PRINTER, INK, measure, "printer"),
    ]
    problems = (*problems, *(problem for _, found in parts for problem in found))
    top = title.top + title.height
    height = square + BACK_GAP + sum(block.height for block, _ in parts)
    spare = BACK_BOTTOM - top - height
    if spare < 0 and not problems:
        problems = (_too_high(-spare),)
    if problems:
        return Side((), problems)
    box = Rect((CARD.width - square) / 2, top + min(spare / 3, BACK_GAP), square, square)
    address, notices, printer = (block for block, _ in parts)
    address = replace(address, top=box.bottom + BACK_GAP)
    notices = replace(notices, top=address.top + address.height + min(spare / 3, BACK_GAP))
    room = BACK_BOTTOM - notices.top - notices.height - printer.height
    printer = replace(printer, top=BACK_BOTTOM - printer.height - room / 2)
    return Side((title, address, notices, printer), (), box)


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


def _title(lines: Sequence[str], measure: Measure, field: str) -> tuple[Block, tuple[FitProblem, ...]]:
    fitted = [fit_block(line, TITLE, pt(TITLE_WIDTH), 1, measure, field=field) for line in lines]
    return _block(fitted, TITLE, NAVY, top=TITLE_TOP)


def _centred(
    texts: Iterable[str], style: TypeSize, colour: Colour, measure: Measure, field: str
) -> tuple[Block, tuple[FitProblem, ...]]:
    fitted = [fit_block(text, style, pt(BACK_TEXT_WIDTH), _MANY, measure, field=field) for text in texts if text]
    return _block(fitted, style, colour, top=0)


def _block(
    fitted: Sequence[Fitted], style: TypeSize, colour: Colour, *, top: float
) -> tuple[Block, tuple[FitProblem, ...]]:
    """Stack fitted texts into one block."""
    lines: list[Line] = []
    for part in fitted:
        first = lines[-1].row + 1 if lines else 0
        lines += [replace(line, row=first + line.row) for line in part.lines]
    return Block(SAFE.x, top, style, colour, tuple(lines)), tuple(
        problem for part in fitted for problem in part.problems
    )


def _too_high(by: float) -> FitProblem:
    return FitProblem(
        code="text-does-not-fit",
        field="printer",
        zh=f"证卡背面的二维码、核验地址、使用提示和印制单位共超出 {by:.1f} mm，请缩短其中文字",
        en=f"the back's QR symbol, address, notices and 印制单位 together are {by:.1f} mm too high: shorten a text",
    )
