"""Find every reason why a face cannot be printed, before a number is spent on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from cardlayout import sides
from cardlayout.card import PHOTO_PIXELS, PRINTER_LABEL
from cardlayout.errors import PortraitFormError
from cardlayout.face import CardFace, Field
from cardlayout.fonts import FontSet
from cardlayout.portrait import PortraitError
from cardlayout.portrait.containers import take_apart
from cardlayout.symbol import version_of

_SHOWN_POINTS: Final = 3  # code points that a reason names; a whole name in another script has many
_STAND_IN: Final = "一"  # as wide as any 汉字: stands for a character without a glyph while the rest is fitted


@dataclass(frozen=True, slots=True)
class FaceProblem:
    """One reason: a permanent code, the roster heading or face part to blame, and a sentence in both languages."""

    code: str
    field: str
    zh: str
    en: str


def check(face: CardFace, fonts: FontSet) -> tuple[FaceProblem, ...]:
    """Return all problems of a face: characters without a glyph, text that does not fit, a portrait out of form.

    Before signing `face.qr` is None and the QR symbol is taken to fit the least square; give trial content of the same
    length where the symbol may be larger (a portrait inside).
    """
    glyphs = tuple(_missing_glyphs(face, fonts))
    legible = _legible(face, fonts) if glyphs else face
    unfit = (problem for side in _sides(legible, fonts) for problem in side.problems)
    return (
        *glyphs,
        *(FaceProblem(problem.code, problem.field, problem.zh, problem.en) for problem in unfit),
        *_portrait_problems(face.portrait),
    )


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A line set narrower than its type, and by how much: per cent of its natural width, 90 to 99."""

    text: str
    percent: int


def narrowed(face: CardFace, fonts: FontSet) -> tuple[Narrowed, ...]:
    """Return the lines of a sound face that are printed with narrower characters, for the batch's record."""
    return tuple(
        Narrowed(line.text, int(100 * line.scale))
        for side in _sides(face, fonts)
        for block in side.blocks
        for line in block.lines
        if line.scale < 1
    )


@lru_cache(maxsize=1)  # `narrowed` is asked about the face that `check` has just set
def _sides(face: CardFace, fonts: FontSet) -> tuple[sides.Side, sides.Side]:
    modules = 17 + 4 * version_of(face.qr.prefix, face.qr.digits) if face.qr else None  # ISO/IEC 18004 6.3.1
    return sides.front(face, fonts), sides.back(face, fonts, modules)


def _texts(face: CardFace) -> Iterator[tuple[str, str]]:
    """Yield each printed text with the name to blame."""
    yield "title", "".join(face.title)
    yield "back_title", "".join(face.back_title)
    for field in face.fields:
        yield field.name, field.label + field.value
    yield "check_at", face.check_at
    yield "notices", "".join(face.notices)
    yield "printer", PRINTER_LABEL + face.printer


def _missing_glyphs(face: CardFace, fonts: FontSet) -> Iterator[FaceProblem]:
    for name, text in _texts(face):
        if lacking := tuple(fonts.missing_glyphs(text)):
            yield _missing(name, lacking)


def _missing(name: str, lacking: tuple[str, ...]) -> FaceProblem:
    """Word what the fonts lack of one text: the characters, and what to do about them."""
    points = [f"U+{ord(char):04X}" for char in lacking]
    if all(map(_is_han, lacking)):
        zh = "、".join(f"“{char}”（{point}）" for char, point in zip(lacking, points, strict=True))
        en = ", ".join(f"{char!r} ({point})" for char, point in zip(lacking, points, strict=True))
        return FaceProblem(
            "glyph-missing",
            name,
            f"字体中没有{zh}，无法印制，请核对该字",
            f"no font has a glyph for {en}: check the character",
        )
    shown = points[:_SHOWN_POINTS]
    more = "" if len(points) == len(shown) else "…"
    return FaceProblem(
        "glyph-missing",
        name,
        f"有 {len(points)} 个字符证卡字体没有（{'、'.join(shown)}{more}），无法印制：证卡只印汉字和拉丁字母，"
        "请按身份证填写汉字，少数民族姓名填写汉字译名",
        f"the card's fonts lack {len(points)} characters ({', '.join(shown)}{more}): a card is printed in Chinese or "
        "Latin characters, so write it as the identity card has it in Chinese",
    )


def _is_han(char: str) -> bool:
    """Return True for a Han character, and for what lies in the planes kept for more of them."""
    return unicodedata.name(char, "").startswith("CJK") or "\U00020000" <= char <= "\U0003ffff"


def _legible(face: CardFace, fonts: FontSet) -> CardFace:
    """Return the face with a stand-in for every character that has no glyph."""

    def filled(text: str) -> str:
        return text.translate({ord(char): _STAND_IN for char in fonts.missing_glyphs(text)})

    return replace(
        face,
        title=tuple(map(filled, face.title)),
        back_title=tuple(map(filled, face.back_title)),
        fields=tuple(Field(filled(field.label), filled(field.value), field.name) for field in face.fields),
        check_at=filled(face.check_at),
        notices=tuple(map(filled, face.notices)),
        printer=filled(face.printer),
    )


def portrait_size(jpeg: bytes) -> tuple[int, int]:
    """Return width and height of a portrait in pixels, judged by its headers alone.

    It must be a plain baseline JPEG in colour, 5:7, with 300 dpi on its place: else PortraitError where it is no such
    image at all, PortraitFormError where it was not normalised. 督附5 row 2.
    """
    file = take_apart(jpeg)
    width, height = PHOTO_PIXELS
    if not (file.bare and file.width * height == file.height * width and file.width >= width):
        raise PortraitFormError(
            f"the portrait must be a plain colour JPEG of {width} × {height} px or larger in proportion, "
            f"not {file.format} of {file.width} × {file.height} px: normalise it"
        )
    return file.width, file.height


def _portrait_problems(jpeg: bytes) -> Iterator[FaceProblem]:
    try:
        portrait_size(jpeg)
    except PortraitError as error:
        yield FaceProblem(error.code, "photo", error.zh, error.en)
    except PortraitFormError as error:
        zh = "照片须为 {}×{} 像素或同比例更大的彩色 JPEG，且不含附加信息".format(*PHOTO_PIXELS)
        yield FaceProblem(error.code, "photo", zh, str(error))
