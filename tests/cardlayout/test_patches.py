"""What reportlab gets wrong, by reportlab itself: each of these fails once it is mended there, and the patch can go."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, makeToUnicodeCMap
from reportlab.pdfgen.canvas import Canvas

from cardlayout.impose import Sheet
from cardlayout.patches import PatchedFont, to_unicode
from cardlayout.render import Job, render
from tests.cardlayout.faces import assessor, fonts

RARE = "𬭎"  # U+2CB4E, beyond the first 65,536 characters


def copied(font: TTFont) -> str:
    """What a reader copies from a page on which reportlab wrote the rare character in this font."""
    pdfmetrics._fonts[font.fontName] = font
    out = BytesIO()
    canvas = Canvas(out, initialFontName=font.fontName)
    canvas.setFont(font.fontName, 12)
    canvas.drawString(72, 72, RARE)
    canvas.save()
    del pdfmetrics._fonts[font.fontName]
    with pypdfium2.PdfDocument(out.getvalue()) as opened:
        return str(opened[0].get_textpage().get_text_range())


def test_reportlab_still_maps_characters_beyond_the_first_plane_wrongly() -> None:
    path = str(fonts().file("NotoSansSC-Regular").path)
    assert copied(TTFont("unpatched", path)) != RARE, "mended upstream: PatchedFont.addObjects can go"
    assert copied(PatchedFont("patched", path)) == RARE
    assert "<01> <2CB4E>" in makeToUnicodeCMap("F", [0, ord(RARE)])
    assert "<01> <D872DF4E>" in to_unicode([0, ord(RARE)])


class Counting(BytesIO):
    """A stream that knows how much was written when."""

    sizes: list[int]


def test_reportlab_still_keeps_a_document_in_memory_until_it_is_saved() -> None:
    out = BytesIO()
    canvas = Canvas(out)
    canvas.showPage()
    assert out.tell() == 0, "written page by page upstream: StreamedDocument can go"


def test_a_batch_is_written_sheet_by_sheet_and_little_of_it_kept() -> None:
    out = BytesIO()
    sizes: list[int] = []
    render(
        (assessor(index) for index in range(12)),
        fonts(),
        Job("证卡", Sheet.FOUR),
        out,
        lambda _: sizes.append(out.tell()),
    )
    assert sizes == sorted(set(sizes))
    assert sizes[0] > 2 * len(assessor().portrait)
