"""Rosters: the spreadsheet as a file, its parts, its cells; the list of earlier cards; read, planned and reported."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Final

import xlsxwriter
from openpyxl import load_workbook

from service.demo.people import people
from service.demo.sample import write_roster
from service.domain.application import Cell, RawRow
from service.domain.application.headings import EARLIER_HEADINGS, HEADINGS
from service.flows.issue.import_cards import import_cards
from service.flows.issue.issue_batch import Request, issue_batch
from service.flows.issue.outcome import Outcome
from service.flows.issue.row_report import row_report
from service.roster.photo_files import PhotoFiles
from service.roster.reader import Roster, read_roster
from service.roster.template import write_template
from tests.domain.applicants import ROWS
from tests.flows.office import ACTOR, Office, applicant, archive_of, one_of_each, photo, settings_of
from tests.fuzz.mutators.archives import mutate_zip_field, mutate_zip_name, part_mutator, settled
from tests.fuzz.mutators.markup import mutate_xml
from tests.fuzz.mutators.trees import mutate_json
from tests.fuzz.target import Target
from tests.fuzz.world import make_world

_DAY: Final = date(2026, 11, 2)
_CREATED: Final = datetime(2026, 11, 2, 12, 0)  # noqa: DTZ001 - a spreadsheet's dates have no zone
_PEOPLE: Final = 6


def roster(folder: Path, stack: ExitStack) -> Target:
    """A spreadsheet, altered as a file and as an archive."""
    return Target(_read_and_report(folder, stack), _workbooks(folder), (mutate_zip_field, mutate_zip_name))


def sheet(folder: Path, stack: ExitStack) -> Target:
    """A spreadsheet whose parts are altered and packed again, so that the alteration gets past the checksums."""
    parts = part_mutator({".xml": mutate_xml, ".rels": mutate_xml})
    return Target(_read_and_report(folder, stack), _workbooks(folder), (parts,))


def cells(folder: Path, stack: ExitStack) -> Target:
    """Rows of a roster as JSON, any value in any column, planned and issued without being stored."""
    world = make_world(folder, stack)
    rows = one_of_each(first=100)
    photos = _photos(*(str(row.cells["resident_id"]) for row in rows))

    def run(data: bytes) -> tuple[str, ...]:
        return _issued(world.office, _rows(data), photos)

    single = tuple(_json_of([row]) for row in rows)
    return Target(run, (*single, _json_of(rows), _json_of(_full_rows())), (mutate_json,))


def earlier(folder: Path, stack: ExitStack) -> Target:
    """Rows of the list of cards from before the system, stored in a copy of the register."""
    world = make_world(folder, stack)
    template, copy = world.register.folder, folder / "copy"
    world.register.close()

    def run(data: bytes) -> tuple[str, ...]:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(template, copy)
        office = Office(settings_of(copy, f"sqlite:///{copy / 'register.db'}"))
        with office.open() as register:
            found = import_cards(register, _rows(data), ACTOR)
        problems = (problem.code for row in found.refused for problem in row.problems)
        return ("imported" if found.imported else "rows refused", *problems)

    rows = [_earlier_row(kind, place) for place, kind in enumerate(ROWS)]
    return Target(run, (*(_json_of([row]) for row in rows), _json_of(rows)), (mutate_json,))


def earlierlist(folder: Path, _stack: ExitStack) -> Target:
    """The list of earlier cards as a spreadsheet, read."""
    path = folder / "earlier.xlsx"
    _write(path, [_earlier_row(kind, place) for place, kind in enumerate(ROWS)])

    def run(data: bytes) -> tuple[str, ...]:
        found = read_roster(data, EARLIER_HEADINGS)
        return ("read", *(problem.code for row in found.rows for problem in row.raw.problems))

    parts = part_mutator({".xml": mutate_xml, ".rels": mutate_xml})
    return Target(run, (path.read_bytes(),), (parts, mutate_zip_field))


def _read_and_report(folder: Path, stack: ExitStack) -> Callable[[bytes], tuple[str, ...]]:
    """Read a roster, issue it without storing, write the report, and read the report as the office feeds it back."""
    world = make_world(folder, stack)
    photos = _photos(*(person.resident_id for person in people(_DAY)[:_PEOPLE]))

    def run(data: bytes) -> tuple[str, ...]:
        found = read_roster(data)
        outcome = _outcome(world.office, found.open_rows, photos)
        again = read_roster(row_report(found, outcome, _CREATED, dry_run=True))
        assert _numbered(again) == _numbered(found), "the report does not hold the rows of the roster"
        return (*_words(outcome), *(note.code for note in found.notes))

    return run


def _issued(office: Office, rows: list[RawRow], photos: PhotoFiles) -> tuple[str, ...]:
    return _words(_outcome(office, tuple(rows), photos))


def _outcome(office: Office, rows: tuple[RawRow, ...], photos: PhotoFiles) -> Outcome:
    request = Request(rows=rows, photos=photos, actor=ACTOR, reviewed_by="李审核", dry_run=True)
    return issue_batch(office.register, request)


def _words(outcome: Outcome) -> tuple[str, ...]:
    problems = (problem.code for row in (*outcome.refused, *outcome.warned) for problem in row.problems)
    good, bad = bool(outcome.issued), bool(outcome.refused)
    return ("some rows good" if good and bad else "all good" if good else "none good", *problems)


def _numbered(found: Roster) -> list[int]:
    return [row.raw.row for row in found.rows]


def _photos(*names: str) -> PhotoFiles:
    return archive_of({f"{name}.jpg": photo(place % 3) for place, name in enumerate(names)})


def _workbooks(folder: Path) -> tuple[bytes, ...]:
    """Return rosters as several programs write them."""
    plain, plain_dates, odd = folder / "plain.xlsx", io.BytesIO(), io.BytesIO()
    write_roster(plain, people(_DAY)[:_PEOPLE], _DAY)
    workbook = load_workbook(plain)
    workbook.save(plain_dates)  # another library's package: other parts, other order, other styles
    page = workbook.active
    assert page is not None
    page["A9"], page["B9"], page["C9"] = "=A2", 500101198505171230, "#N/A"
    page["D9"], page["E9"], page["F9"] = True, datetime(2026, 1, 1, 12), 0.1  # noqa: DTZ001 - as above
    page.merge_cells("A11:C12")
    page.row_dimensions[4].hidden = True
    workbook.create_sheet("第二张")["A1"] = "别的"
    workbook.save(odd)
    return plain.read_bytes(), settled(plain_dates.getvalue()), settled(odd.getvalue()), write_template(_CREATED)


def _write(path: Path, rows: list[RawRow]) -> None:
    headings = list(dict.fromkeys(field for row in rows for field in row.cells))
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as workbook:
        workbook.set_properties({"created": _CREATED})
        page = workbook.add_worksheet()
        page.write_row(0, 0, headings)
        for place, row in enumerate(rows, 1):
            page.write_row(place, 0, [row.cells.get(heading, "") for heading in headings])


def _earlier_row(kind: str, place: int) -> RawRow:
    numbers = {
        "senior": "24310010023",
        "standard": "24310020124",
        "special_skill": "24310030125",
        "external": "R50240001",
        "internal": "S500123240001",
    }
    fields = ("name", "resident_id", "kind", "occupations", "work_unit", "institution", "in_house", "phone")
    given = applicant(kind, place + 200).cells
    known = {field: given[field] for field in fields if field in given}
    return RawRow(place + 2, {**known, "number": numbers[kind], "issued_on": date(2024, 3, 1)})


def _full_rows() -> list[RawRow]:
    """Return a row for each kind with every column filled, so that every reader of cells has work."""
    filled = {heading.field: "x" for heading in HEADINGS}
    return [RawRow(place, {**filled, **row}) for place, row in enumerate(ROWS.values(), 2)]


def _json_of(rows: list[RawRow] | tuple[RawRow, ...]) -> bytes:
    shown = [
        {field: f"@{cell}" if isinstance(cell, date) else cell for field, cell in row.cells.items()} for row in rows
    ]
    return json.dumps(shown, ensure_ascii=False).encode()


def _rows(data: bytes) -> list[RawRow]:
    """Read rows of JSON; what is no row there is no row here. ``@2026-11-02`` is a date, as a spreadsheet has them."""
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        given = [{"name": data.decode(errors="surrogateescape")}]
    rows = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    return [
        RawRow(place, {_whole(field): _cell(value) for field, value in row.items()})
        for place, row in enumerate(rows, 2)
    ]


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        value = _whole(value)
        if value.startswith("@"):
            with suppress(ValueError):
                return date.fromisoformat(value[1:])
    return value if isinstance(value, (str, int, float)) else None


def _whole(text: str) -> str:
    """Replace half characters, which no spreadsheet can hold."""
    return text.encode(errors="replace").decode()
