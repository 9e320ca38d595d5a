"""What an office is sent on an ordinary day: a spreadsheet made by hand, and photographs named anyhow.

Two titles above the headings, a hidden sheet of last year, headings in the sender's own words, no date that is the
same for everybody, a sum and a signature below; two people with a mark too low, one of whose name a character was
lost on the way; photographs by identity number, by name, with a running number, by a telephone's own name and 12 MB.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from service.domain.application import Cell
from tests.flows.office import name_of, resident_id

TRADES: Final = ("电工", "焊工", "茶艺师")
PORTRAITS: Final = Path(__file__).parents[2] / "service" / "demo" / "portraits"
HEADINGS: Final = (
    *("序号", "姓名", "身份证号码", "性别", "申报类别", "申报工种", "单位", "理论成绩", "实操"),
    *("证书等级", "从业年限", "是否在职人社", "备注"),
)
"""As the sender calls them; 性别, 备注 are of no use to the office."""
FIRST_ROW: Final = 4
LOW_MARK, LOST_CHARACTER, CUT_OFF, NO_PHOTO, WRONG_LEVEL = 7, 11, 19, 23, 31
"""People, counted from 0, with whom something is wrong."""
MISSING: Final = "\ue863"
"""A character of private use, as an old input method gives for 䶮."""


@dataclass(frozen=True)
class Sloppy:
    """The files: the spreadsheet and the folder of photographs, and the people's names in the order of the rows."""

    roster: Path
    photos: Path
    names: tuple[str, ...]


def make(folder: Path, people: int, *, first: int = 2001, anyhow: int = 40) -> Sloppy:
    """Write both; ``first`` is the running number of the first person, ``anyhow`` counts photographs named anyhow."""
    names = tuple(_name(first + place, place) for place in range(people))
    roster = folder / "报名汇总（电焊茶）定稿2.xlsx"
    _write_roster(roster, names, first)
    photos = folder / "照片"
    photos.mkdir()
    for place, name in enumerate(names):
        if place != NO_PHOTO:
            (photos / _file_name(place, name, resident_id(first + place), anyhow)).write_bytes(_picture(place))
    return Sloppy(roster, photos, names)


def _name(person: int, place: int) -> str:
    name = name_of(person)
    return f"{name[0]}{MISSING}" if place == LOST_CHARACTER else f"{name}{'甲乙丙丁戊己庚辛壬癸'[person // 1000 % 10]}"


def _write_roster(path: Path, names: tuple[str, ...], first: int) -> None:
    book = openpyxl.Workbook()
    old = book.active
    assert isinstance(old, Worksheet)
    old.title = "2025年旧数据"
    old.append(["姓名", "身份证号"])
    old.append(["某去年", resident_id(1)])
    old.sheet_state = "hidden"
    sheet = book.create_sheet("报名表")
    book.active = sheet
    sheet.append(["重庆市某某职业技能培训学校考评人员报名汇总表"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADINGS))
    sheet.append(["填报单位：培训科", None, None, "联系电话：023-6000 0000"])
    sheet.append(list(HEADINGS))
    for place, name in enumerate(names):
        sheet.append(_row(place, name, first))
    sheet.append(["合计", len(names)])
    sheet.append([])
    sheet.append(["填表人：", "何某", None, "审核人："])
    book.save(path)


def _row(place: int, name: str, first: int) -> list[Cell]:
    person = first + place
    return [
        *(place + 1, name, resident_id(person), "男" if person % 2 else "女", "考评员", TRADES[place % len(TRADES)]),
        *("重庆嘉陵江电力检修有限公司", 81, 5 if place == LOW_MARK else 85),
        *("四级" if place == WRONG_LEVEL else "三级", 12, "否", None),
    ]


def _file_name(place: int, name: str, identity: str, anyhow: int) -> str:
    if place >= anyhow:
        return f"{identity}.jpg"
    match place % 4:
        case 0:
            return f"{name}.jpg" if MISSING not in name else f"{identity}.jpg"
        case 1:
            return f"{place + 1}-{identity}{'' if MISSING in name else name}.JPG"
        case 2:
            return f"{identity} 一寸照.jpeg"
        case _:
            return f"IMG_{20261100 + place}.jpg" if place == CUT_OFF else f"{place + 1:03d} {identity}.jfif"


def _picture(place: int) -> bytes:
    sitters = sorted(PORTRAITS.glob("*.jpg"))
    sitter = sitters[place % len(sitters)]
    if place == CUT_OFF:
        return _before_a_wall(sitter)
    if place < 2:
        return _by_telephone(sitter)
    return sitter.read_bytes()


@cache
def _by_telephone(sitter: Path) -> bytes:
    """Return a picture of 12 MB and 48 million pixels, grainy, as a telephone takes it."""
    picture = Image.open(sitter).convert("RGB").resize((6000, 8000))
    grain = Image.effect_noise((1500, 2000), 90).resize((6000, 8000), Image.Resampling.NEAREST).convert("RGB")
    out = io.BytesIO()
    for quality in range(88, 99, 2):
        out = io.BytesIO()
        Image.blend(picture, grain, 0.12).save(out, "JPEG", quality=quality)
        if out.tell() >= 12_000_000:
            break
    return out.getvalue()


def _before_a_wall(sitter: Path) -> bytes:
    """Return a broad picture with the sitter at its right edge: cut about its middle, half the face is lost."""
    face = Image.open(sitter).convert("RGB")
    width, height = face.size
    wide = Image.new("RGB", (width * 3, height * 5 // 4), (96, 110, 128))
    wide.paste(face, (width * 7 // 5, height // 4))
    out = io.BytesIO()
    wide.save(out, "JPEG", quality=92)
    return out.getvalue()
