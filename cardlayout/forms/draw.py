"""Draw forms as a PDF: the same forms give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Final

from cardlayout.artwork import fill, stroke
from cardlayout.card import INK
from cardlayout.fonts import FontSet
from cardlayout.forms.layout import PAGE, Page, lay_out
from cardlayout.forms.model import Form
from cardlayout.geometry import Rect, pt
from cardlayout.pdf import PdfWriter, Stamp, corner_points, nums
from cardlayout.typeset import Typesetter

_LINE: Final = 0.5  # points
_PREFERENCES: Final = "/ViewerPreferences<</PrintScaling/None/DisplayDocTitle true>>"


def draw(forms: Iterable[Form], title: str, fonts: FontSet, out: BinaryIO) -> None:
    """Write forms one after the other, each on pages of its own.

    Raises GlyphMissingError for a character that no font has, and FormTooHighError.
    """
    pdf = PdfWriter(out)
    setter = Typesetter(fonts, pdf)
    corners = corner_points(PAGE, PAGE)
    boxes = "".join(f"/{name}Box[{corners}]" for name in ("Media", "Trim", "Bleed"))
    for form in forms:
        for page in lay_out(form, fonts):
            pdf.add_page(f"{boxes}/Resources<</Font {setter.resources} 0 R>>", _content(page, setter).encode("ascii"))
    setter.close()
    pdf.close(Stamp(title, "A4", "zh-CN", _PREFERENCES))


def _content(page: Page, setter: Typesetter) -> str:
    paths = " ".join(_path(box) for box in page.boxes)
    texts = (
        setter.line(words.text, pt(words.x), pt(PAGE.height - words.y), words.size, bold=words.bold)
        for words in page.words
        if words.text
    )
    lines = f"{stroke(INK, _LINE)} {paths} S" if paths else ""
    return "\n".join((lines, fill(INK), *texts))


def _path(box: Rect) -> str:
    return nums((pt(box.x), pt(PAGE.height - box.bottom), pt(box.width), pt(box.height))) + " re"
