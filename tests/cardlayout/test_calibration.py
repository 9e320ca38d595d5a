"""The calibration sheet: what a person reads on it is what has to be typed."""

from __future__ import annotations

import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pytest
from pdfminer.layout import LTChar, LTLine, LTPage

from cardlayout.calibration import calibration
from cardlayout.geometry import Point
from cardlayout.impose import Flip
from tests import needs
from tests.cardlayout.faces import fonts
from tests.cardlayout.reading import POINTS, chars, pages

CROSSES = 5


@cache
def sheet(flip: Flip) -> bytes:
    out = BytesIO()
    calibration(flip, fonts(), out)
    return out.getvalue()


class Stroke(NamedTuple):
    """A drawn line, mm from the top left."""

    x0: float
    y0: float
    x1: float
    y1: float


def strokes(page: LTPage) -> list[Stroke]:
    return [
        Stroke(line.x0 / POINTS, 297 - line.y1 / POINTS, line.x1 / POINTS, 297 - line.y0 / POINTS)
        for line in page
        if isinstance(line, LTLine)
    ]


def hairs(flip: Flip) -> list[Point]:
    """Where the back's hairs cross, seen through the paper from the front."""
    found = strokes(pages(sheet(flip), 1)[0])
    lying = [line for line in found if abs(line.y0 - line.y1) < 0.01]
    crossings = [
        Point((line.x0 + line.x1) / 2, line.y0)
        for line in lying
        if any(abs(other.x0 - (line.x0 + line.x1) / 2) < 0.01 and other.y0 < line.y0 < other.y1 for other in found)
    ]
    if flip is Flip.LONG:
        return [Point(210 - point.x, point.y) for point in crossings]
    return [Point(point.x, 297 - point.y) for point in crossings]


class Label(NamedTuple):
    """A number beside a tick: its value and middle, mm from the top left."""

    value: int
    x: float
    y: float


def labels(flip: Flip) -> list[Label]:
    words: list[list[LTChar]] = []
    for char in chars(pages(sheet(flip), 0)[0]):
        if char.size != pytest.approx(4.5):
            continue
        if words and words[-1][-1].y0 == char.y0 and abs(char.x0 - words[-1][-1].x1) < 0.01:
            words[-1].append(char)
        else:
            words.append([char])
    return [
        Label(
            int("".join(char.get_text() for char in word).replace("−", "-")),
            (word[0].x0 + word[-1].x1) / 2 / POINTS,
            297 - (word[0].y0 + word[0].y1) / 2 / POINTS,
        )
        for word in words
    ]


def scales(flip: Flip) -> tuple[list[Stroke], list[Stroke]]:
    """The base lines of the scales: 16 mm long, lying and standing."""
    found = strokes(pages(sheet(flip), 0)[0])
    lying = [line for line in found if line.x1 - line.x0 == pytest.approx(16, abs=0.01)]
    standing = [line for line in found if line.y1 - line.y0 == pytest.approx(16, abs=0.01)]
    return lying, standing


@pytest.mark.parametrize("flip", list(Flip))
def test_every_hair_of_the_back_meets_the_zeros_of_the_scales_on_the_front(flip: Flip) -> None:
    lying, standing = scales(flip)
    crossings = hairs(flip)
    assert len(crossings) == CROSSES
    for point in crossings:
        assert any(abs((scale.x0 + scale.x1) / 2 - point.x) < 0.01 and abs(scale.y0 - point.y) < 12 for scale in lying)
        assert any(
            abs((scale.y0 + scale.y1) / 2 - point.y) < 0.01 and abs(scale.x0 - point.x) < 12 for scale in standing
        )


def reading(flip: Flip, shift: tuple[float, float]) -> tuple[int, int]:
    """What a person reads where the back's first hair, printed too far by `shift`, crosses the scales."""
    moved = (-shift[0], shift[1]) if flip is Flip.LONG else (shift[0], -shift[1])
    hair = min(hairs(flip), key=lambda point: point.x + point.y)
    at = Point(hair.x + moved[0], hair.y + moved[1])
    upper = [label for label in labels(flip) if 10 < hair.y - label.y < 16 and abs(label.x - hair.x) < 12]
    right = [label for label in labels(flip) if 10 < label.x - hair.x < 18 and abs(label.y - hair.y) < 12]
    assert len(upper) == len(right) == 9
    across = min(upper, key=lambda label: abs(label.x - at.x))
    down = min(right, key=lambda label: abs(label.y - at.y))
    return across.value, down.value


@pytest.mark.parametrize("flip", list(Flip))
@pytest.mark.parametrize("shift", [(0, 0), (2, 0), (-4, 0), (0, 6), (2, -4)])
def test_what_is_read_through_the_paper_undoes_the_shift_of_the_back(flip: Flip, shift: tuple[int, int]) -> None:
    assert reading(flip, shift) == (-shift[0], -shift[1])


@pytest.mark.parametrize("flip", list(Flip))
def test_edge_scales_are_labelled_with_the_correction_of_the_front(flip: Flip) -> None:
    lying, standing = scales(flip)
    assert any((scale.x0 + scale.x1) / 2 == pytest.approx(20, abs=0.01) for scale in lying)
    assert any((scale.y0 + scale.y1) / 2 == pytest.approx(20, abs=0.01) for scale in standing)
    left = sorted(label.x for label in labels(flip) if label.x < 30 and label.value > 0)
    assert all(x > 20 for x in left), "printed 2 mm too far right, the tick −2 stands at 20 mm"


@pytest.mark.parametrize("flip", list(Flip))
def test_the_rule_at_the_foot_is_a_hundred_and_fifty_millimetres(flip: Flip) -> None:
    lengths = [line.x1 - line.x0 for line in strokes(pages(sheet(flip), 0)[0])]
    assert max(lengths) == pytest.approx(150, abs=0.01)


@pytest.mark.parametrize("flip", list(Flip))
def test_the_sheet_says_what_to_do_in_both_languages(flip: Flip) -> None:
    with pypdfium2.PdfDocument(sheet(flip)) as opened:
        assert len(opened) == 2
        text = opened[0].get_textpage().get_text_range()
        back = opened[1].get_textpage().get_text_range()
    assert [text.count(words) for words in ("反面偏移", "正面偏移", "back offset", "front offset")] == [2, 1, 1, 1]
    assert {"长边翻转" in text, "短边翻转" in text} == {True, False}
    assert "反面 back" in back
    assert all(str(number) in back for number in range(1, CROSSES + 1))


def test_qpdf_finds_nothing_wrong(tmp_path: Path) -> None:
    qpdf = needs.tool("qpdf", apt="qpdf")
    file = tmp_path / "calibration.pdf"
    file.write_bytes(sheet(Flip.LONG))
    done = subprocess.run([qpdf, "--check", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
