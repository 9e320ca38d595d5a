"""Forms on A4: read back with other tools than the ones that drew them."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from cardlayout.errors import FormTooHighError
from cardlayout.forms.draw import draw
from cardlayout.forms.layout import AREA, Page, lay_out
from cardlayout.forms.model import Align, Cell, Form, Row, Table
from tests import needs
from tests.cardlayout.faces import fonts
from tests.cardlayout.reading import chars, pages

LONG = "质量督导过程中善于发现问题，勇于指出问题，现场提出整改要求，并督促机构整改落实到位后开展评价工作" * 3


def form(*rows: Row, columns: tuple[float, ...] = (30, 60, 80), heading: int = 0) -> Form:
    return Form("标题", Table(columns, rows, heading), "附件 1", ("日期：2026",), ("备注：完",))


def drawn(made: Form) -> bytes:
    out = BytesIO()
    draw([made], "表", fonts(), out)
    return out.getvalue()


def texts(page: Page) -> list[str]:
    return [words.text for words in page.words]


def test_cells_tile_the_table_whatever_they_span() -> None:
    (page,) = lay_out(
        form(
            Row((Cell("a", rows=2), Cell("b", columns=2))),
            Row((Cell("c"), Cell("d"))),
            Row((Cell("e", columns=3),)),
        ),
        fonts(),
    )
    height = max(box.bottom for box in page.boxes) - min(box.y for box in page.boxes)
    assert sum(box.width * box.height for box in page.boxes) == pytest.approx(170 * height)
    assert not any(one.grown(-0.01).overlaps(other) for one in page.boxes for other in page.boxes if one is not other)


def test_a_row_grows_with_its_text_and_every_line_stays_inside_its_cell() -> None:
    (page,) = lay_out(form(Row((Cell(), Cell(LONG, align=Align.LEFT), Cell()))), fonts())
    cell = page.boxes[1]
    lines = [words for words in page.words if words.text in LONG and len(words.text) > 2]
    assert "".join(words.text for words in lines) == LONG
    assert all(cell.y < words.y < cell.bottom for words in lines)
    for words in lines:
        width = fonts().width(words.text, words.size) / 72 * 25.4
        assert cell.x < words.x < words.x + width < cell.right


def test_the_heading_stands_again_on_every_page_and_no_row_is_lost() -> None:
    made = lay_out(
        form(Row((Cell("头"), Cell(), Cell())), *(Row((Cell(f"行{n}"), Cell(), Cell())) for n in range(80)), heading=1),
        fonts(),
    )
    assert len(made) > 1
    assert all("头" in texts(page) for page in made)
    assert [text for page in made for text in texts(page) if text.startswith("行")] == [f"行{n}" for n in range(80)]
    assert all(box.bottom <= AREA.bottom + 0.01 for page in made for box in page.boxes)
    assert texts(made[0])[:3] == ["附件 1", "标题", "日期：2026"]
    assert texts(made[-1])[-1] == "备注：完"


def test_rows_that_a_span_ties_together_are_not_parted() -> None:
    tied = [Row((Cell("组", rows=10), Cell("0"), Cell()))] + [Row((Cell(str(n)), Cell())) for n in range(1, 10)]
    made = lay_out(form(*(Row((Cell(), Cell(), Cell())) for _ in range(27)), *tied), fonts())
    assert len(made) == 2
    assert {"组", "0", "9"} <= set(texts(made[1]))


def test_rows_that_no_page_holds_are_refused() -> None:
    with pytest.raises(FormTooHighError, match="rows 1 to 1 need 400 mm"):
        lay_out(form(Row((Cell(), Cell(), Cell()), height=400)), fonts())
    with pytest.raises(FormTooHighError, match="cannot be broken"):
        lay_out(form(Row((Cell("工"), Cell(), Cell())), columns=(4, 80, 86)), fonts())


def test_no_character_stands_alone_on_the_last_line_of_a_text() -> None:
    for length in range(20, 60):
        (page,) = lay_out(form(Row((Cell(), Cell("工" * length, align=Align.LEFT), Cell()))), fonts())
        assert min(len(text) for text in texts(page) if set(text) == {"工"}) > 1


def test_the_pdf_is_sound_repeatable_and_has_its_fonts(tmp_path: Path) -> None:
    made = form(Row((Cell("王𬭎"), Cell(LONG), Cell("22310010023"))))
    assert drawn(made) == drawn(made)
    path = tmp_path / "form.pdf"
    path.write_bytes(drawn(made))
    qpdf, pdffonts = needs.tool("qpdf", apt="qpdf"), needs.tool("pdffonts", apt="poppler-utils")
    assert subprocess.run([qpdf, "--check", path], capture_output=True, check=False).returncode == 0
    listed = subprocess.run([pdffonts, path], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert listed
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in listed), "embedded, subset, with ToUnicode"
    (page,) = pages(drawn(made))
    text = "".join(char.get_text() for char in chars(page))
    assert "王𬭎" in text
    assert "22310010023" in text
