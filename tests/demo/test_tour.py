"""The guided run: the main job end to end on sample data."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import openpyxl
import pypdfium2
import pytest
from click.testing import CliRunner, Result

from keys.envelope import unpack
from service.cli import main
from service.demo.people import people
from service.domain.credential import decode_claims, parse_text
from service.domain.kinds import CardKind
from service.effects import real
from service.flows.checking.read_codes import read_codes

pytestmark = pytest.mark.slow  # a whole run is made, more than once

CLOSING: Final = {
    "valid",
    "revoked",
    "replaced",
    "voided",
    "expired",
    "not_yet_valid",
    "superseded",
    "forged",
    "unknown_key",
    "unregistered",
    "unreadable",
    "status_unknown",
}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words, catch_exceptions=False)


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    out = tmp_path_factory.mktemp("demo")
    return out, run("demo", "--out", str(out))


def test_it_ends_well_and_leaves_everything_to_look_at(toured: tuple[Path, Result]) -> None:
    out, result = toured
    assert (result.exit_code, result.stderr) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == [
        "cards.pdf",
        "data",
        "photos",
        "record.json",
        "record.pdf",
        "report.xlsx",
        "roster.xlsx",
        "sheets.pdf",
    ]


def test_an_assessment_is_short_until_the_last_has_come_and_its_record_holds(toured: tuple[Path, Result]) -> None:
    out, result = toured
    assert "人员不足 short" in result.stdout
    assert "9 人到场 have come" not in result.stdout
    assert "8 人到场 have come；人员齐备 complete" in result.stdout
    checked = run("--data", str(out / "data"), "assessment", "verify", str(out / "record.json"))
    assert "人员齐备 complete" in checked.stdout


def test_the_closing_table_shows_every_verdict(toured: tuple[Path, Result]) -> None:
    _, result = toured
    table = result.stdout[result.stdout.index("5. 查验") :]
    words = {word for line in table.splitlines() for word in line.replace(" · ", " ").split()}
    assert words >= CLOSING
    assert {"yes", "no"} <= words


def test_the_sample_roster_is_large_varied_and_has_rows_to_refuse(toured: tuple[Path, Result]) -> None:
    out, _ = toured
    sheet = openpyxl.load_workbook(out / "report.xlsx").worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    rows = [dict(zip(headings, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(rows) >= 40
    assert len({row["类别"] for row in rows}) == 5
    results = Counter(row["处理结果"] for row in rows)
    assert results["未通过"] == 11
    assert results["已发证"] == len(rows) - 11
    names = "".join(str(row["姓名"]) for row in rows)
    assert set("䶮㛃𠅤𬭎·") <= set(names)
    assert all(row["问题说明"] for row in rows if row["处理结果"] == "未通过")
    narrowed = [row for row in rows if "字宽" in str(row["问题说明"])]
    assert {(str(row["类别"]), str(row["照片入码同意"])) for row in narrowed} == {("内部质量督导员", "是")}


def test_codes_with_and_without_a_portrait_are_printed_and_read_back(toured: tuple[Path, Result]) -> None:
    out, result = toured
    assert "36 个二维码，36 个有效，11 个含照片" in result.stdout
    texts = list(read_codes((out / "cards.pdf").read_bytes()))
    claims = [decode_claims(unpack(parse_text(text).envelope).payload) for text in texts]
    with_portrait = {claim.number.kind for claim in claims if claim.portrait is not None}
    assert with_portrait == set(CardKind)
    assert {claim.number.kind for claim in claims if claim.portrait is None} == set(CardKind)


def test_each_row_that_is_refused_is_refused_for_what_the_sample_says(toured: tuple[Path, Result]) -> None:
    told = toured[1].stdout.splitlines()
    notes = {person.name: person.note.partition("，")[2] for person in people(real().today()) if "，" in person.note}
    assert len(notes) >= 6
    for name, article in notes.items():
        assert any(name in line and line.endswith(article) for line in told), (name, article)


def test_single_cards_and_sheets_have_two_sides_each(toured: tuple[Path, Result]) -> None:
    out, _ = toured
    with pypdfium2.PdfDocument((out / "cards.pdf").read_bytes()) as cards:
        assert len(cards) == 72
    with pypdfium2.PdfDocument((out / "sheets.pdf").read_bytes()) as sheets:
        assert len(sheets) == 18


def test_the_register_it_leaves_is_sound_and_answers(toured: tuple[Path, Result]) -> None:
    out, _ = toured
    data = str(out / "data")
    audit = json.loads(run("--data", data, "audit", "verify", "--json").stdout)
    assert audit["faults"] == []
    checked = run("--data", data, "verify", str(out / "cards.pdf"), "--json")
    verdicts: list[Any] = [json.loads(line)["verdict"] for line in checked.stdout.splitlines()]
    assert Counter(verdicts) == {"valid": 33, "revoked": 1, "replaced": 1, "voided": 1}


def test_a_folder_with_something_in_it_is_refused(toured: tuple[Path, Result], tmp_path: Path) -> None:
    out, _ = toured
    again = run("demo", "--out", str(out))
    assert again.exit_code == 1
    assert again.stderr.rstrip().endswith("[folder-not-empty]")
    (tmp_path / "note").write_text("mine")
    assert run("demo", "--out", str(tmp_path)).exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["note"]
    assert run("demo", "--out", str(tmp_path / "note")).exit_code == 2


def test_the_json_of_a_run_lists_the_cases(tmp_path: Path) -> None:
    result = run("demo", "--out", str(tmp_path), "--json")
    (line,) = result.stdout.splitlines()
    assert {case["verdict"] for case in json.loads(line)} == CLOSING
