"""Codes are read from pictures as people have them: inverted, transparent, in a palette, several at once."""

from __future__ import annotations

import io

import pytest
import segno
from PIL import Image, ImageOps

from service.flows.checking.read_codes import read_codes

CARD = "https://zk.example.cn/1#" + "0123456789" * 20
OTHER = "https://weixin.qq.com/r/abcdef"


def code(text: str) -> Image.Image:
    """Black modules on white, in shades of grey."""
    buffer = io.BytesIO()
    segno.make(text, error="m").save(buffer, kind="png", scale=5, border=4)
    return Image.open(buffer).convert("L")


def cut_out(shade: int) -> Image.Image:
    """The modules alone, in one shade; the paper is transparent, and black or white underneath."""
    ink = ImageOps.invert(code(CARD))
    image = Image.merge("LA", (Image.new("L", ink.size, shade), ink))
    return image.convert("RGBA")


def in_a_palette() -> Image.Image:
    """As drawing programs store it: two colours of a palette, one of them transparent."""
    image = code(CARD).point(lambda value: value // 255).convert("P")
    image.putpalette([0, 0, 0, 0, 0, 0])
    image.info["transparency"] = 1
    return image


PICTURES = {
    "as printed": code(CARD),
    "inverted": ImageOps.invert(code(CARD)),
    "black on nothing": cut_out(0),
    "white on nothing": cut_out(255),
    "black on nothing in a palette": in_a_palette(),
    "sixteen bits": code(CARD).convert("I;16").point(lambda value: value * 257),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_a_code_reads_however_the_picture_is_stored(picture: Image.Image) -> None:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    assert list(read_codes(buffer.getvalue())) == [CARD]


def test_all_codes_of_a_picture_are_read_in_order() -> None:
    first, second = code(OTHER), code(CARD)
    both = Image.new("L", (first.width + second.width + 40, max(first.height, second.height)), "white")
    both.paste(first, (0, 0))
    both.paste(second, (first.width + 40, 0))
    buffer = io.BytesIO()
    both.save(buffer, "PNG")
    assert list(read_codes(buffer.getvalue())) == [OTHER, CARD]
