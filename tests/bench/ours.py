"""Draw and issue with this project's own code."""

from __future__ import annotations

import shutil
import time
from datetime import date, timedelta
from pathlib import Path

from cardlayout.face import CardFace, Field, QrContent
from cardlayout.fonts import FontSet
from cardlayout.impose import Sheet
from cardlayout.portrait import normalise
from cardlayout.render import Job, render
from cardlayout.symbol import symbol
from service.domain.application import RawRow
from service.domain.people import check_digit
from service.flows.issue.issue_batch import Request, issue_batch
from service.roster.photo_files import PhotoFile, PhotoFiles
from tests.api.registers import make_world, settings_of
from tests.bench.sample import PREFIX, PRINTER, TITLE, BenchCard


def draw(cards: list[BenchCard], folder: Path) -> int:
    """Write the PDF; choosing among the eight masks of each symbol is part of it."""
    fonts = FontSet.load()
    faces = (
        CardFace(
            number=card.number,
            title=TITLE,
            back_title=TITLE,
            fields=tuple(Field(label, value, "") for label, value in card.fields),
            portrait=card.photo(folder),
            qr=QrContent(PREFIX, card.digits),
            check_at="查验网址：zk.example.cn",
            notices=(),
            printer=PRINTER,
        )
        for card in cards
    )
    path = folder / "zhengka.pdf"
    with path.open("wb") as file:
        render(faces, fonts, Job("bench", Sheet.FOUR), file)
    return path.stat().st_size


def make_symbols(cards: list[BenchCard]) -> None:
    """Make the symbols alone, as drawing does."""
    for card in cards:
        symbol(PREFIX, card.digits)


def issue(count: int, folder: Path) -> dict[str, float]:
    """Issue one batch on SQLite: from the moment the last photograph is ready, through plan, trial layout, numbers,
    signatures and storage, to the commit.
    """
    data = folder / f"issue-{count}"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir()
    world = make_world(settings_of(data), names=("李在册",))
    photo = normalise(next(folder.glob("*.jpg")).read_bytes())
    today = world.effects.today()
    rows = [_row(index, today) for index in range(count)]
    files = PhotoFiles(tuple(PhotoFile(f"{row.cells['resident_id']}.jpg", lambda: photo) for row in rows))
    ready = 0.0

    def photographs(done: int, _total: int) -> None:
        nonlocal ready
        if done == count:
            ready = time.process_time()

    with world.open() as register:
        outcome = issue_batch(
            register, Request(rows=rows, photos=files, actor="bench", reviewed_by="张审核"), photographs
        )
        spent = time.process_time() - ready
    assert len(outcome.issued) == count, outcome.refused[:2]
    return {"cpu": spent}


def _row(index: int, today: date) -> RawRow:
    body = f"509901{1970 + index % 25}{1 + index % 12:02d}{1 + index % 28:02d}{index % 1000:03d}"
    return RawRow(
        index + 2,
        {
            "name": f"张{chr(0x4E00 + index % 5000)}",
            "resident_id": body + check_digit(body),
            "kind": "考评员",
            "occupations": "6-31-01-03 电工",
            "work_unit": "重庆市两江职业技能培训学校",
            "certified_on": today - timedelta(days=20),
            "theory_score": 80,
            "skill_score": 81,
            "hr_staff": "否",
            "qualification_level": 3,
            "occupation_years": 8,
        },
    )
