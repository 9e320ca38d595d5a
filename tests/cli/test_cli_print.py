"""``print`` and ``calibrate``; what the pages hold is tested in tests/cardlayout."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from tests.cli.desk import Desk


def pages(path: str) -> list[tuple[float, float]]:
    """Sizes of a PDF's pages, mm; a single card has 3 mm of bleed around it."""
    with pypdfium2.PdfDocument(Path(path).read_bytes()) as document:
        return [tuple(round(side * 25.4 / 72) for side in page.get_size()) for page in document]


def numbers(desk: Desk) -> list[str]:
    return list(desk.texts)


@pytest.mark.parametrize(
    ("words", "sizes"),
    [
        (["--sheet", "single"], [(86, 116)] * 10),
        (["--sheet", "card", "--slot", "guide"], [(80, 110)] * 10),
        ([], [(210, 297)] * 4),
        (["--start", "4"], [(210, 297)] * 4),
        (["--sheet", "a4-5", "--flip", "short-edge"], [(297, 210)] * 2),
        (["--offset-front", "0.5,-1.2", "--offset-back=-0.5,1"], [(210, 297)] * 4),
    ],
)
def test_a_batch_is_printed_on_every_sheet(desk: Desk, tmp_path: Path, words: list[str], sizes: list[object]) -> None:
    out = str(tmp_path / "cards.pdf")
    answer = desk.done("print", "--batch", "1", "--out", out, *words, "--json")
    assert answer.json == {"file": out, "numbers": numbers(desk)}
    assert sorted(map(sorted, pages(out))) == sorted(map(sorted, sizes))


def test_a_reprint_has_the_same_bytes(desk: Desk) -> None:
    number = numbers(desk)[0]
    for name in ("a.pdf", "b.pdf"):
        desk.done("print", number, "--out", desk.path(name))
    assert Path(desk.path("a.pdf")).read_bytes() == Path(desk.path("b.pdf")).read_bytes()


def test_numbers_are_taken_as_people_type_them_and_each_once(desk: Desk) -> None:
    number = next(number for number in numbers(desk) if number.startswith("S"))
    full_width = number.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    answer = desk.done("print", number.lower(), f" {full_width} ", "--out", desk.path("a.pdf"), "--json")
    assert answer.json["numbers"] == [number]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--batch", "99"], "batch-without-cards"),
        (["abc"], "card-number-malformed"),
        (["99310020001"], "cards-not-printable"),
        (["--batch", "1", "--start", "5"], "sheet-place-unknown"),
        (["--batch", "1", "--offset-front", "50,50"], "printer-offset-too-large"),
        (["--batch", "1", "--offset-back", "nan,1"], "printer-offset-too-large"),
    ],
)
def test_what_cannot_be_printed_is_refused_and_leaves_no_file(desk: Desk, words: list[str], code: str) -> None:
    before = sorted(path.name for path in desk.folder.iterdir())
    answer = desk.run("print", *words, "--out", desk.path("a.pdf"))
    assert answer.refusal == code
    assert sorted(path.name for path in desk.folder.iterdir()) == before


def test_a_failed_print_leaves_the_earlier_file(desk: Desk) -> None:
    desk.done("print", "--batch", "1", "--out", desk.path("a.pdf"))
    before = Path(desk.path("a.pdf")).read_bytes()
    assert desk.run("print", "99310020001", "--out", desk.path("a.pdf")).code == 1
    assert Path(desk.path("a.pdf")).read_bytes() == before


def test_a_revoked_card_is_not_printed(desk: Desk) -> None:
    number = numbers(desk)[0]
    desk.done("revoke", number, "--ground", "考§21(7)", "--reason", "收礼", "--decided-by", "李主任")
    answer = desk.run("print", number, "--out", desk.path("a.pdf"))
    assert answer.refusal == "cards-not-printable"
    assert number in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ["--out", "a.pdf"],
        ["R50260001", "--batch", "1", "--out", "a.pdf"],
        ["--batch", "1"],
        ["--batch", "1", "--out", "."],
        ["--batch", "1", "--out", "a.pdf", "--sheet", "a3"],
        ["--batch", "1", "--out", "a.pdf", "--offset-front", "1"],
        ["--batch", "1", "--out", "a.pdf", "--start", "6"],
    ],
)
def test_wrong_words_are_told_with_exit_2(desk: Desk, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    assert desk.run("print", *words).code == 2
    assert not (desk.folder / "a.pdf").exists()


def test_a_calibration_sheet_has_two_sides_and_needs_no_register(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for flip in ("long-edge", "short-edge"):
        out = desk.path(f"{flip}.pdf")
        assert desk.done("calibrate", "--out", out, "--flip", flip, "--json").json == {"file": out}
        assert len(pages(out)) == 2


def test_fonts_that_are_not_there_are_refused(desk: Desk) -> None:
    empty = desk.folder / "empty"
    empty.mkdir()
    for words in (["calibrate"], ["print", "--batch", "1"]):
        answer = desk.run(*words, "--out", desk.path("a.pdf"), ZHENGKA_FONTS=str(empty))
        assert answer.refusal == "font-missing"
        assert answer.err.startswith("找不到字体文件")
    assert not (desk.folder / "a.pdf").exists()
