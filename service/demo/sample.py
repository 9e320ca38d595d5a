"""The sample files of the guided run: a roster as an office would send it, and the folder of photographs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

import xlsxwriter
from PIL import Image

from service.demo.faces import portrait
from service.demo.people import SamplePerson
from service.domain.people import full_years

_FIRST: Final = ("姓名", "身份证号", "类别")


def write_roster(path: Path, people: Sequence[SamplePerson], today: date) -> None:
    """Write the sample people as an xlsx roster; identity numbers as text, dates as dates."""
    headings: list[str] = [*_FIRST]
    for person in people:
        headings.extend(heading for heading in person.cells if heading not in headings)
    properties = {"title": "申报表（示例）", "author": "zhengka", "created": datetime.combine(today, time.min)}
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.set_properties(properties)
        sheet = workbook.add_worksheet("名单")
        bold = workbook.add_format({"bold": True, "border": 1, "bg_color": "#DEEBF7"})
        text, day = workbook.add_format({"num_format": "@"}), workbook.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, headings, bold)
        sheet.set_column(0, len(headings), 16)
        sheet.freeze_panes(1, 1)
        for row, person in enumerate(people, 1):
            cells = {"姓名": person.name, "类别": person.kind.zh} | dict(person.cells)
            for column, heading in enumerate(headings):
                value = cells.get(heading, "")
                if isinstance(value, date):
                    sheet.write_datetime(row, column, datetime.combine(value, time.min), day)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value, text)
                else:
                    sheet.write_number(row, column, value)


def write_photos(folder: Path, people: Iterable[SamplePerson], today: date) -> None:
    """Draw a portrait for everyone who sends one: most named by person, some by identity number."""
    folder.mkdir(parents=True, exist_ok=True)
    people = tuple(people)
    names = [person.name for person in people]
    for person in people:
        seed = int(person.resident_id[14:17])
        if person.photo == "none":
            continue
        picture = portrait(seed, person.sex, full_years(person.birth_on, today))
        if person.photo == "grey":
            picture = _grey(picture)
        by_number = seed % 3 == 0 or names.count(person.name) > 1
        (folder / f"{person.resident_id if by_number else person.name}.jpg").write_bytes(picture)


def _grey(jpeg: bytes) -> bytes:
    buffer = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).convert("L").save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
