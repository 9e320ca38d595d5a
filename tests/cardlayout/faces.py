"""Faces for the layout's tests: ordinary cards and the hard ones."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image

from cardlayout.face import CardFace, Field, QrContent
from cardlayout.fonts import FontSet

PREFIX = "https://zk.example.cn/1#"
RARE_NAME = "䶮㛃𠅤𬭎𠀋𠀀"  # Extensions A, A, B, E; then one of the second font and one of the third


@cache
def fonts() -> FontSet:
    return FontSet.load()


@cache
def portrait(seed: int, width: int = 300, height: int = 420) -> bytes:
    """A colourful JPEG of portrait form; every seed has its own."""
    tints = np.random.default_rng(seed).integers(0, 255, (7, 5, 3), dtype=np.uint8)
    out = BytesIO()
    Image.fromarray(tints).resize((width, height), Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def digits(seed: int, count: int = 346) -> str:
    """As many digits as a credential of 143 bytes has: version 9, the common size."""
    return "".join(Random(seed).choices("0123456789", k=count))


def assessor(
    seed: int = 0, *, name: str = "欧阳明远", occupations: str = "电工、焊工", grade: str = "高级考评员"
) -> CardFace:
    number = f"2231001{seed % 10000:04d}"
    title = ("重庆市技能人才评价", "考评人员证")
    return CardFace(
        number=number,
        title=title,
        back_title=title,
        fields=(
            Field("姓名", name, "name"),
            Field("等级", grade, "kind"),
            Field("职业（工种）", occupations, "occupations"),
            Field("证卡编号", number, "number"),
            Field("有效期至", "2029年11月27日", "expires_on"),
        ),
        portrait=portrait(seed % 7),
        qr=QrContent(PREFIX, digits(seed)),
        check_at="核验网址 https://zk.example.cn/lookup",
        notices=(),
        printer="重庆市职业技能鉴定指导中心",
    )


def internal(
    seed: int = 0,
    *,
    name: str = "阿卜杜热合曼·阿卜杜拉",
    work_unit: str = "重庆市某某职业技能培训学校有限公司",
    institution: str = "重庆市某某职业技能培训学校",
) -> CardFace:
    number = f"S50012323{seed % 10000:04d}"
    title = ("重庆市技能人才评价", "质量督导员证")
    return CardFace(
        number=number,
        title=title,
        back_title=title,
        fields=(
            Field("姓名", name, "name"),
            Field("类别", "内部质量督导员", "kind"),
            Field("工作单位", work_unit, "work_unit"),
            Field("证卡编号", number, "number"),
            Field("有效期至", "2029年11月27日", "expires_on"),
        ),
        portrait=portrait(seed % 7),
        qr=QrContent(PREFIX, digits(seed, 420)),
        check_at="核验网址 https://zk.example.cn/lookup",
        notices=(f"仅限{institution}内部使用",),
        printer=institution,
    )
