"""The PDF writer, read back by other people's readers."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import resolve1
from pdfminer.psparser import literal_name

from cardlayout.pdf import PdfWriter, Stamp, num
from tests import needs

STAMP = Stamp(title="证卡 (2) \\ 𠅤", subject="", language="zh-CN", catalog="")


def document(pages: int, *, bookmarks: bool = False, stamp: Stamp = STAMP) -> bytes:
    out = BytesIO()
    pdf = PdfWriter(out)
    for number in range(pages):
        page = pdf.add_page("/MediaBox[0 0 100 200]/Resources<<>>", f"0 0 {number + 1} 5 re f".encode())
        if bookmarks:
            pdf.bookmark(f"卡 {number}", page, "/FitR 0 0 50 50")
    pdf.close(stamp)
    return out.getvalue()


@pytest.mark.parametrize("pages", [1, 64, 65, 200])
def test_every_page_is_found_in_its_order(pages: int) -> None:
    opened = pypdfium2.PdfDocument(document(pages))
    assert len(opened) == pages
    widths = [next(iter(page.get_objects())).get_bounds()[2] for page in opened]
    assert widths == pytest.approx(list(range(1, pages + 1)), abs=0.01)


@pytest.mark.parametrize("pages", [1, 200])
def test_qpdf_finds_nothing_wrong(pages: int, tmp_path: Path) -> None:
    qpdf = needs.tool("qpdf", apt="qpdf")
    file = tmp_path / "written.pdf"
    file.write_bytes(document(pages, bookmarks=True))
    done = subprocess.run([qpdf, "--check", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_bookmarks_open_their_pages() -> None:
    opened = pypdfium2.PdfDocument(document(70, bookmarks=True))
    found = [(mark.get_title(), mark.get_dest().get_index()) for mark in opened.get_toc()]
    assert found == [(f"卡 {number}", number) for number in range(70)]


def test_the_file_says_what_it_is() -> None:
    parsed = PDFDocument(PDFParser(BytesIO(document(1))))
    assert parsed.info[0]["Title"].decode("utf-16") == STAMP.title
    assert parsed.catalog["Lang"].decode("utf-16") == "zh-CN"
    assert "CreationDate" not in parsed.info[0]
    assert literal_name(resolve1(parsed.catalog["Pages"])["Type"]) == "Pages"


def test_the_same_calls_give_the_same_bytes_and_other_content_another_identifier() -> None:
    assert document(3) == document(3)

    def identifier(data: bytes) -> bytes:
        return data[data.rindex(b"/ID[") :].split(b">", 1)[0]

    assert identifier(document(3)) != identifier(document(4))


def test_only_what_was_written_counts_not_where_the_stream_stood() -> None:
    out = BytesIO()
    out.write(b"earlier")
    pdf = PdfWriter(out)
    pdf.add_page("/MediaBox[0 0 1 1]/Resources<<>>", b"")
    pdf.close(STAMP)
    assert len(pypdfium2.PdfDocument(out.getvalue()[len(b"earlier") :])) == 1


@given(st.floats(-1e6, 1e6))
def test_numbers_are_plain_and_true_to_a_thousandth(value: float) -> None:
    text = num(value)
    assert "e" not in text
    assert text != "-0"
    assert float(text) == pytest.approx(value, abs=0.0005001)
