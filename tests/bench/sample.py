"""The cards every contestant draws: the same words, the same photo bytes, the same QR text."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path

import segno
from PIL import Image
from segno import consts

from service.demo.faces import AGES, portrait
from service.demo.people import people
from service.domain.kinds import Sex

PREFIX = "https://zk.example.cn/1#"
TITLE = ("重庆市技能人才评价", "考评人员证")
PRINTER = "重庆市职业技能鉴定指导中心"


@dataclass(frozen=True, slots=True)
class BenchCard:
    """What one card shows; its photograph and its symbol stand in the folder under its number."""

    number: str
    fields: tuple[tuple[str, str], ...]
    digits: str

    def photo(self, folder: Path) -> bytes:
        """Read the photograph: a JPEG of its own."""
        return (folder / f"{self.number}.jpg").read_bytes()


def load(_folder: Path, count: int) -> list[BenchCard]:
    """Return that many different cards; no two share a photograph or a code."""
    names = [person.name for person in people(date(2026, 11, 23)) if max(person.name) < "\U00030000"]
    return [_card(index, names[index % len(names)]) for index in range(count)]


def prepare(folder: Path, count: int) -> None:
    """Write the photographs before anybody's time is taken."""
    originals = [Image.open(io.BytesIO(portrait(0, sex, age))).convert("RGB") for sex, age in product(Sex, AGES)]
    for index, card in enumerate(load(folder, count)):
        (folder / f"{card.number}.jpg").write_bytes(_jpeg(originals[index % len(originals)], index))


def write_symbols(cards: list[BenchCard], folder: Path) -> None:
    """Write each card's symbol as a small PNG, with the library that others would take for it."""
    for card in cards:
        segments = [(PREFIX, consts.MODE_BYTE), (card.digits, consts.MODE_NUMERIC)]
        code = segno.make(segments, error="m", boost_error=False, micro=False)
        code.save(str(folder / f"{card.number}.png"), scale=4, border=4)


def _card(index: int, name: str) -> BenchCard:
    number = f"{26 + index // 9999}31002{index % 9999 + 1:04d}"
    fields = (
        ("姓名", name),
        ("等级", "考评员"),
        ("职业（工种）", "电工"),
        ("证卡编号", number),
        ("有效期至", "2029年11月23日"),
    )
    # The credential of an assessor with two coded job types has 143 bytes: 8 blocks of 41 digits, and one of 17.
    blocks = "".join(f"{(index + 1) * 7919 * (block + 3) ** 9 % 10**38:041d}" for block in range(8))
    return BenchCard(number, fields, blocks + f"{index * 104729 % 10**16:017d}")


def _jpeg(original: Image.Image, index: int) -> bytes:
    image = original.resize((415, 581))
    image.putpixel((index % 415, index // 415), (255, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
