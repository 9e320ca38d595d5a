"""``verify``, ``lookup``, ``explain`` and ``bundle``, as a checker uses them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pypdfium2
import pytest
import segno
from PIL import Image

from tests.cli.desk import FACTORY, SCHOOL, TODAY, Desk


def card(desk: Desk, start: str) -> str:
    """Number of the first card with that beginning."""
    return next(number for number in desk.texts if number.startswith(start))


def assessor_of(desk: Desk) -> str:
    return next(number for number in desk.texts if number[0].isdigit())


def photo_of_page(pdf: Path, page: int, out: Path) -> None:
    """A photo of a printed page: 150 dpi, a little askew, grey table around it."""
    with pypdfium2.PdfDocument(pdf.read_bytes()) as document:
        picture = document[page].render(scale=150 / 72).to_pil().convert("RGB")
    picture.rotate(3, expand=True, fillcolor=(140, 140, 140), resample=Image.Resampling.BICUBIC).save(out, quality=80)


def test_the_text_of_a_code_is_judged(made: Desk) -> None:
    number = assessor_of(made)
    answer = made.done("verify", made.texts[number])
    first, *_ = answer.out.splitlines()
    assert first.startswith("valid  证卡有效")
    assert number in answer.out
    assert "张伟" in answer.out


def test_the_json_of_a_verdict_has_the_shape_others_rely_on(made: Desk) -> None:
    verdict = made.done("verify", made.texts[assessor_of(made)], "--json").json
    assert {"verdict", "summary", "as_of", "checks", "card", "fit_for_duty"} <= set(verdict)
    assert set(verdict["summary"]) == {"zh", "en"}
    assert {"name", "outcome", "detail"} == set(verdict["checks"][0])
    assert verdict["fit_for_duty"] is None


def test_a_pdf_a_scan_and_a_photo_give_one_verdict_a_card_in_page_order(desk: Desk) -> None:
    numbers = list(desk.texts)[:3]
    desk.done("print", *numbers, "--sheet", "single", "--out", desk.path("cards.pdf"))
    verdicts = desk.done("verify", desk.path("cards.pdf"), "--json").json_lines
    assert [verdict["card"]["number"] for verdict in verdicts] == numbers
    photo_of_page(desk.folder / "cards.pdf", 3, desk.folder / "photo.jpg")
    assert desk.done("verify", desk.path("photo.jpg"), "--json").json["card"]["number"] == numbers[1]


def test_of_several_codes_in_a_picture_the_cards_are_judged(made: Desk) -> None:
    """A code for following an account hangs beside the card; alone, it is answered for what it is."""
    number = assessor_of(made)
    codes = [segno.make(text, error="m") for text in ("https://weixin.qq.com/r/abcdef", made.texts[number])]
    pictures = []
    for place, code in enumerate(codes):
        code.save(made.path(f"{place}.png"), scale=5, border=4)
        pictures.append(Image.open(made.path(f"{place}.png")).convert("L"))
    both = Image.new("L", (sum(one.width for one in pictures) + 40, max(one.height for one in pictures)), "white")
    both.paste(pictures[0], (0, 0))
    both.paste(pictures[1], (pictures[0].width + 40, 0))
    both.save(made.path("both.png"))

    answer = made.run("verify", made.path("both.png"), "--json")
    assert (answer.code, answer.json["card"]["number"]) == (0, number)
    assert "1 other codes" in answer.err
    alone = made.run("verify", made.path("0.png"), "--json")
    assert (alone.code, alone.json["verdict"]) == (1, "unreadable")


def test_texts_come_from_standard_input_one_a_line(made: Desk) -> None:
    texts = list(made.texts.values())[:2]
    answer = made.run("verify", "-", "--json", stdin=f"{texts[0]}\n\nhello\r\n{texts[1]}")
    assert [verdict["verdict"] for verdict in answer.json_lines] == ["valid", "unreadable", "valid"]
    assert answer.code == 1
    assert made.run("verify", "-", stdin="\n").refusal == "nothing-to-check"
    assert made.run("verify", "-", stdin=b"\xff\xfe\n").code == 1


@pytest.mark.parametrize("text", ["hello", "", "9" * 3000, "https://zk.example.cn/1#12", "\x00", "一" * 300])
def test_whatever_a_code_says_is_judged(made: Desk, text: str) -> None:
    answer = made.run("verify", "--json", "--", text)
    assert (answer.code, answer.json["verdict"], answer.err) == (1, "unreadable", "")


@pytest.mark.parametrize(
    ("duty", "answer"),
    [
        (["--occupation", "电工", "--level", "3", "--place", FACTORY], "unknown"),
        (["--occupation", "6-31-01-03", "--level", "1"], "no"),
        (["--occupation", "焊工", "--level", "3"], "no"),
    ],
)
def test_fitness_for_a_duty_is_answered(made: Desk, duty: list[str], answer: str) -> None:
    verdict = made.done("verify", made.texts[assessor_of(made)], *duty, "--json").json
    assert verdict["fit_for_duty"]["answer"] == answer
    assert set(verdict["fit_for_duty"]["reasons"][0]) == {"article", "zh", "en"}


def test_an_internal_card_counts_at_home_only(made: Desk) -> None:
    """督§9: 内督 only inside its own issuer."""
    text = made.texts[card(made, f"S{SCHOOL}")]
    at_home = made.done("verify", text, "--place", SCHOOL, "--json").json
    elsewhere = made.done("verify", text, "--place", FACTORY, "--json").json
    assert (at_home["tone"], elsewhere["tone"]) == ("green", "red")
    assert "[no] 督§9" in made.done("verify", text, "--place", FACTORY).out


@pytest.mark.parametrize(
    ("at", "word"),
    [
        ("2020-01-01", "not_yet_valid"),
        (f"{TODAY.year + 5}-01-01T08:00", "expired"),
        (f"{TODAY.year + 1}-01-01 08:00+08:00", "valid"),
    ],
)
def test_a_card_is_judged_as_of_an_instant(made: Desk, at: str, word: str) -> None:
    assert made.run("verify", made.texts[assessor_of(made)], "--at", at, "--json").json["verdict"] == word


@pytest.mark.parametrize(
    "words", [["--at", "foo"], ["--level", "9"], ["--offline", "nowhere"], ["--root", "ab"], ["--root", "a" * 64]]
)
def test_wrong_words_are_told_with_exit_2(made: Desk, words: list[str]) -> None:
    assert made.run("verify", "hello", *words).code == 2


def test_files_that_cannot_be_read_are_refused(desk: Desk) -> None:
    desk.done("print", "--batch", "1", "--out", desk.path("cards.pdf"))
    whole = (desk.folder / "cards.pdf").read_bytes()
    for name, content in {"empty.pdf": b"", "cut.pdf": whole[:3000], "text.png": b"hello"}.items():
        (desk.folder / name).write_bytes(content)
        assert desk.run("verify", desk.path(name)).refusal == "file-unreadable"
    assert desk.run("verify", desk.path("missing.PNG")).refusal == "no-such-file"
    assert desk.run("verify", str(desk.folder)).refusal == "no-such-file"
    Image.new("RGB", (200, 200), "white").save(desk.folder / "blank.png")
    assert desk.run("verify", desk.path("blank.png")).refusal == "no-code-found"


def test_a_bundle_answers_without_the_register(made: Desk, tmp_path: Path) -> None:
    text = made.texts[assessor_of(made)]
    bundle = str(tmp_path / "bundle")
    assert made.done("bundle", "--out", bundle, "--json").json["file"] == bundle
    checker = tmp_path / "checker"
    first = made.run_on(checker, "verify", text, "--offline", bundle)
    assert first.code == 0
    assert "root fingerprint taken on trust" in first.err
    again = made.run_on(checker, "verify", text, "--offline", bundle, "--json")
    assert (again.err, again.json["verdict"]) == ("", "valid")
    later = made.run_on(checker, "verify", text, "--offline", bundle, "--at", f"{TODAY.year + 1}-01-01", "--json")
    assert (later.code, later.json["verdict"]) == (1, "status_unknown")
    assert sorted(path.name for path in checker.iterdir()) == ["checker.json"]


def test_a_bundle_is_trusted_under_its_root_only(made: Desk, tmp_path: Path) -> None:
    text = made.texts[assessor_of(made)]
    bundle = tmp_path / "bundle"
    made.done("bundle", "--out", str(bundle))
    first = made.run_on(tmp_path / "a", "verify", text, "--offline", str(bundle), "--json")
    root = json.loads(first.err)["note"]["en"].rpartition(" ")[2]
    pinned = made.run_on(tmp_path / "b", "verify", text, "--offline", str(bundle), "--root", root.upper())
    assert (pinned.code, pinned.err) == (0, "")
    other = made.run_on(tmp_path / "c", "verify", text, "--offline", str(bundle), "--root", "ab" * 32)
    assert other.refusal == "root-not-pinned"
    assert not (tmp_path / "c").exists(), "what is refused is not remembered"


def test_a_damaged_bundle_is_refused(made: Desk, tmp_path: Path) -> None:
    text = made.texts[assessor_of(made)]
    path = tmp_path / "bundle"
    made.done("bundle", "--out", str(path))
    whole = path.read_bytes()
    altered = bytearray(whole)
    altered[200] ^= 1
    for content, code in ((b"", "bundle-invalid"), (whole[:900], "bundle-invalid"), (altered, "signature-invalid")):
        path.write_bytes(content)
        assert made.run_on(tmp_path / "checker", "verify", text, "--offline", str(path)).refusal == code


def test_a_damaged_memory_of_the_checker_is_refused(made: Desk, tmp_path: Path) -> None:
    made.done("bundle", "--out", str(tmp_path / "bundle"))
    (tmp_path / "checker.json").write_text("x")
    answer = made.run_on(tmp_path, "verify", "hello", "--offline", str(tmp_path / "bundle"))
    assert answer.refusal == "checker-memory-damaged"


def test_anyone_may_look_a_card_up_by_number_and_name(made: Desk) -> None:
    number = assessor_of(made)
    answer = made.done("lookup", number, "--name", "张伟", "--json").json
    assert answer["verdict"] == "valid"
    assert answer["card"]["name"] == "张*"
    assert "张伟" not in made.done("lookup", number, "--name", "张伟").out


def test_a_wrong_name_and_no_such_card_are_refused_alike(made: Desk) -> None:
    wrong = made.run("lookup", assessor_of(made), "--name", "李四")
    unknown = made.run("lookup", "99310020001", "--name", "张伟")
    nonsense = made.run("lookup", "x", "--name", "张伟")
    assert wrong.refusal == "not-found"
    assert wrong == unknown == nonsense


@pytest.mark.parametrize(
    ("number", "zh"),
    [
        (
            "22310010023",
            "前两位 22 表示 2022 年，第 3、4 位 31 表示重庆市，没有二级地市，第 5、6 位代码取 00，",
        ),
        ("r50230001", "第 1 位 R 表示外部质量督导员"),
        (" S５００１２３23０００1 ", "第 1 位 S 表示社会培训评价组织的内部质量督导员"),
    ],
)
def test_a_number_is_explained_without_a_register(tmp_path: Path, number: str, zh: str) -> None:
    """考附2, 督附3."""
    assert Desk(tmp_path).done("explain", number).out.startswith(zh)
    assert not (tmp_path / "data").exists()


def test_an_explanation_in_json(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assessor, supervisor = (desk.done("explain", n, "--json").json for n in ("22310020124", "R50230001"))
    assert {k: assessor[k] for k in ("number", "scheme", "issuer", "year", "grade", "sequence")} == {
        "number": "22310020124",
        "scheme": "assessor",
        "issuer": "31",
        "year": 2022,
        "grade": "standard",
        "sequence": 124,
    }
    assert set(assessor) == {"number", "scheme", "issuer", "year", "grade", "sequence", "zh", "en"}
    assert supervisor["letter"] == "R"


def test_what_is_no_number_is_refused(tmp_path: Path) -> None:
    for text in ("1", "", "22310010000", "22310040001"):
        assert Desk(tmp_path).run("explain", text).refusal == "card-number-malformed"


def test_an_empty_data_folder_is_no_register(tmp_path: Path, made: Desk) -> None:
    shutil.rmtree(tmp_path)
    for words in (
        ["verify", "hello"],
        ["lookup", "R50230001", "--name", "x"],
        ["bundle", "--out", str(tmp_path / "b")],
    ):
        answer = made.run_on(tmp_path, *words)
        assert answer.refusal == "no-register"
    assert not tmp_path.exists()
