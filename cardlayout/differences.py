"""Where two faces of one card differ, on the front as each is printed: the characters, and the portrait. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from cardlayout import sides
from cardlayout.card import FRAME, PHOTO
from cardlayout.face import CardFace
from cardlayout.fit import Line, Measure
from cardlayout.geometry import Rect, mm
from cardlayout.kerning import pieces
from cardlayout.sides import Block


@dataclass(frozen=True, slots=True)
class _Placed:
    """A character of the front's body, and the box it is set in, mm."""

    character: str
    row: int
    box: Rect


def differences(before: CardFace, after: CardFace, measure: Measure) -> tuple[tuple[Rect, ...], tuple[Rect, ...]]:
    """Return the boxes of what differs on each front, mm: runs of changed characters, and the portrait's frame."""
    old, new = (tuple(_placed(face, measure)) for face in (before, after))
    matcher = difflib.SequenceMatcher(
        None, [one.character for one in old], [one.character for one in new], autojunk=False
    )
    changed_old: list[_Placed] = []
    changed_new: list[_Placed] = []
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what != "equal":
            changed_old += old[old_from:old_to]
            changed_new += new[new_from:new_to]
    frame = () if before.portrait == after.portrait else (PHOTO.grown(FRAME),)
    return (*_runs(changed_old), *frame), (*_runs(changed_new), *frame)


def _placed(face: CardFace, measure: Measure) -> Iterator[_Placed]:
    _, body = sides.front(face, measure).blocks
    for line in body.lines:
        yield from _characters(line, body, measure)


def _characters(line: Line, body: Block, measure: Measure) -> Iterator[_Placed]:
    style = body.style
    top = body.top + mm(line.row * style.leading + (style.leading - style.size) / 2)
    width_of = partial(measure.width, size=line.size, bold=line.bold)
    for at, piece in pieces(line.text, width_of):
        x = line.x + at * line.scale
        for character in piece:
            width = width_of(character) * line.scale
            yield _Placed(character, line.row, Rect(body.left + mm(x), top, mm(width), mm(style.size)))
            x += width + line.spread


def _runs(changed: list[_Placed]) -> Iterator[Rect]:
    """Put boxes that touch together."""
    for _, group in groupby(changed, key=lambda one: one.row):
        boxes = [one.box for one in group]
        run = boxes[0]
        for box in boxes[1:]:
            if box.x - run.right > box.width / 2:
                yield run
                run = box
            else:
                run = Rect(run.x, run.y, box.right - run.x, run.height)
        yield run
