"""The cards every contestant draws: the same words, the same photo bytes, the same QR text."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import segno
from PIL import Image
from segno import consts

from service.demo import faces
from service.demo.people import people
from service.domain.kinds import Sex

PREFIX = "https://zk.example.cn/1#"
TITLE = ("重庆市技能人才评价", "考评人员证")
PRINTER = "重庆市职业技能鉴定指导中心"


@dataclass(frozen=True, slots=True)
class BenchCard:
    """What one card shows."""

    number: str
    fields: tuple[tuple[str, str], ...]
    portrait: bytes
    digits: str


def cards(count: int) -> list[BenchCard]:
    """Make that many different cards; no two share a photo or a code."""
    originals = [Image.open(io.BytesIO(faces.portrait(seed, Sex.MALE, 40))).convert("RGB") for seed in range(8)]
    sample = people(date(2026, 11, 23))
    made = []
    for index in range(count):
        person = sample[index % len(sample)]
        number = f"2631002{index + 1:04d}"
        fields = (
            ("姓名", person.name if "𰻝" not in person.name else "王明"),
            ("等级", "考评员"),
            ("职业（工种）", "电工"),
            ("证卡编号", number),
            ("有效期至", "2029年11月23日"),
        )
        # The credential of an assessor with two coded job types is 143 bytes long: 8 blocks of 41 digits and one of 17.
        digits = "".join(f"{(index + 1) * 7919 * (block + 3) % 10**17 * 10**22 + 31337:041d}" for block in range(8))
        made.append(BenchCard(number, fields, _jpeg(originals[index % 8], index), digits + f"{index:017d}"))
    return made


def qr_png(card: BenchCard, folder: Path) -> Path:
    """Write the card's symbol as a small PNG, made beforehand so that no contestant pays for finding it."""
    code = segno.make(
        [(PREFIX, consts.MODE_BYTE), (card.digits, consts.MODE_NUMERIC)], error="m", boost_error=False, micro=False
    )
    path = folder / f"{card.number}.png"
    code.save(str(path), scale=4, border=4)
    return path


def _jpeg(original: Image.Image, index: int) -> bytes:
    image = original.resize((413, 578))
    image.putpixel((index % 413, index // 413), (255, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()
