"""Draw forms as a PDF: the same forms give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Final

from cardlayout.fonts import FontSet
from cardlayout.forms.layout import PAGE, Page, lay_out
from cardlayout.forms.model import Form
from cardlayout.geometry import pt
from cardlayout.paper import Paper, Stamp

_LINE: Final = 0.5  # points


def draw(forms: Iterable[Form], title: str, fonts: FontSet, out: BinaryIO) -> None:
    """Write forms one after the other, each on pages of its own.

    Raises GlyphMissingError for a character that no font has, and FormTooHighError.
    """
    paper = Paper(out, fonts, Stamp(title, "A4"))
    paper.set_page(PAGE, PAGE, 0)
    for form in forms:
        for page in lay_out(form, fonts):
            _draw(page, paper)
            paper.showPage()
    paper.save()


def _draw(page: Page, paper: Paper) -> None:
    paper.ink()
    paper.setLineWidth(_LINE)
    for box in page.boxes:
        paper.rect(pt(box.x), pt(PAGE.height - box.bottom), pt(box.width), pt(box.height))
    for words in page.words:
        paper.write(words.text, pt(words.x), pt(PAGE.height - words.y), words.size, bold=words.bold)
