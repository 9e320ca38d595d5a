from __future__ import annotations

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from service.domain.application import Application, RawRow, parse_row
from service.domain.application.headings import HEADINGS
from service.domain.application.words import KINDS, fold
from service.domain.kinds import CardKind
from service.roster.columns import CHOICES
from service.roster.errors import RosterError
from service.roster.reader import read_roster
from service.roster.template import write_template
from tests.domain.applicants import CATALOGUE, EXCEPTION, ROWS

CREATED = datetime(2026, 11, 2, tzinfo=UTC).replace(tzinfo=None)


def workbook() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(write_template(CREATED)))


def test_the_template_has_every_heading_with_a_note() -> None:
    first = workbook().worksheets[0]
    assert [cell.value for cell in first[1]] == [heading.zh for heading in HEADINGS]
    for cell, heading in zip(first[1], HEADINGS, strict=True):
        assert cell.comment is not None
        assert heading.note in cell.comment.text
        assert ("每行必填" in cell.comment.text) is heading.mandatory


def test_identity_numbers_are_typed_as_text_and_dates_as_dates() -> None:
    first = workbook().worksheets[0]
    formats = {
        heading.field: first.column_dimensions[cell.column_letter].number_format
        for cell, heading in zip(first[1], HEADINGS, strict=True)
    }
    for field in ("resident_id", "institution", "number", "phone", "standard_card"):
        assert formats[field] == "@"
    assert formats["certified_on"] == "yyyy-mm-dd"


def test_drop_downs_offer_what_the_reader_understands() -> None:
    assert len(workbook().worksheets[0].data_validations.dataValidation) == len(CHOICES)
    for field, choices in CHOICES.items():
        for choice in choices:
            row = dict(ROWS["senior"]) | EXCEPTION | {field: choice}
            if field == "kind":
                assert fold(choice) in KINDS
                continue
            read = parse_row(RawRow(2, row), CATALOGUE)
            assert isinstance(read, Application), (field, choice, read)
    assert set(CHOICES["kind"]) == {kind.zh for kind in CardKind}


def test_the_second_sheet_explains_every_column() -> None:
    second = workbook().worksheets[1]
    assert second.title == "填表说明"
    text = [cell.value for row in second.iter_rows() for cell in row]
    for heading in HEADINGS:
        assert heading.zh in text
        assert heading.field in text
        assert heading.note in text


@pytest.mark.parametrize("kind", ROWS)
def test_a_filled_template_is_a_roster(kind: str) -> None:
    book = workbook()
    for column, heading in enumerate(HEADINGS, 1):
        book.worksheets[0].cell(2, column).value = ROWS[kind].get(heading.field)  # type: ignore[assignment]
    out = io.BytesIO()
    book.save(out)
    roster = read_roster(out.getvalue())
    assert roster.notes == ()
    assert isinstance(parse_row(roster.open_rows[0], CATALOGUE), Application)


def test_the_empty_template_names_nobody() -> None:
    with pytest.raises(RosterError) as refused:
        read_roster(write_template(CREATED))
    assert refused.value.code == "roster-empty"


def test_the_template_is_the_same_every_time() -> None:
    assert write_template(CREATED) == write_template(CREATED)
