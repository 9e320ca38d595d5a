"""Why a photo cannot become a portrait, one tree.

PortraitError
├── PortraitTooHeavy       more bytes than any photo needs
├── PortraitNotAnImage     not an image at all
├── PortraitFormatUnknown  an image, but of a format that is not accepted
├── PortraitHeicUnreadable a telephone's HEIC that cannot be read
├── PortraitDamaged        cut short, or not what its format demands
├── PortraitAnimated       several pictures in one file
├── PortraitTooLarge       more pixels declared than will be decoded
├── PortraitTooSmall       too few pixels to print at 300 dpi
├── PortraitCropInvalid    a part of a picture that no portrait can be cut from
└── PortraitNotColour      grey
"""

from __future__ import annotations

from typing import ClassVar


class PortraitError(ValueError):
    """A photo that was refused; `code` is permanent, `zh` and `en` say what came, what was expected and what to do."""

    code: ClassVar[str] = "portrait"

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class PortraitTooHeavy(PortraitError):
    """A file of more bytes than any photo needs."""

    code = "portrait-too-heavy"

    def __init__(self, size: int, limit: int) -> None:
        came, most = f"{size / 2**20:.1f}", f"{limit // 2**20}"
        super().__init__(
            f"照片文件 {came} MB，超过上限 {most} MB，请压缩后重新提交。",
            f"The photo file has {came} MB, more than {most} MB; save it smaller.",
        )


class PortraitNotAnImage(PortraitError):
    """Bytes that are no image."""

    code = "portrait-not-an-image"

    def __init__(self) -> None:
        super().__init__(
            "文件不是图片，请提交 JPEG、PNG、WebP 或 HEIC 格式的照片。",
            "The file is not an image; give a photo as JPEG, PNG, WebP or HEIC.",
        )


class PortraitFormatUnknown(PortraitError):
    """An image of a format that is not accepted."""

    code = "portrait-format-not-accepted"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"不接受 {name} 格式，请另存为 JPEG、PNG 或 WebP 后重新提交。",
            f"{name} is not accepted; save the photo as JPEG, PNG or WebP.",
        )


class PortraitHeicUnreadable(PortraitError):
    """A HEIC or HEIF file that is broken, or of a kind that the library does not decode."""

    code = "portrait-heic-unreadable"

    def __init__(self) -> None:
        super().__init__(
            "HEIC 照片无法读取，请在手机或电脑上另存为 JPEG 后重新提交。",
            "The HEIC photo cannot be read; save it as JPEG on the telephone or a computer.",
        )


class PortraitDamaged(PortraitError):
    """An image that is cut short or broken."""

    code = "portrait-damaged"

    def __init__(self) -> None:
        super().__init__(
            "照片文件不完整或已损坏，无法解码，请重新导出或重新上传。",
            "The photo file is cut short or damaged and cannot be decoded; export or upload it again.",
        )


class PortraitAnimated(PortraitError):
    """Several pictures in one file."""

    code = "portrait-animated"

    def __init__(self) -> None:
        super().__init__(
            "文件含多幅画面（动图），请提交单张静态照片。",
            "The file holds several pictures (an animation); give one still photo.",
        )


class PortraitTooLarge(PortraitError):
    """More pixels declared than will be decoded."""

    code = "portrait-too-large"

    def __init__(self, width: int, height: int, limit: int) -> None:
        super().__init__(
            f"照片为 {width}×{height} 像素，超过上限 {limit // 10**6} 百万像素，请缩小后重新提交。",
            f"The photo has {width} × {height} pixels, more than {limit // 10**6} million; scale it down.",
        )


class PortraitTooSmall(PortraitError):
    """Too few pixels to print at 300 dpi."""

    code = "portrait-too-small"

    def __init__(self, width: int, height: int, least: tuple[int, int]) -> None:
        super().__init__(
            f"照片为 {width}×{height} 像素，裁成 5:7 后不足 {least[0]}×{least[1]} 像素"
            "（25×35 mm、300 dpi），请提交更清晰的照片。",
            f"The photo has {width} × {height} pixels and cropped to 5:7 less than {least[0]} × {least[1]} "
            "(25 × 35 mm at 300 dpi); give a larger one.",
        )


class PortraitNotColour(PortraitError):
    """A grey photo (督附5: 彩色 1 寸照片)."""

    code = "portrait-not-colour"

    def __init__(self) -> None:
        super().__init__(
            "照片为黑白（灰度）照片，督附5 要求彩色 1 寸照片，请提交彩色照片。",
            "The photo is grey; 督附5 asks for a colour photo.",
        )


class PortraitBlank(PortraitError):
    """A picture of one colour: an empty wall, a white sheet, a covered lens (督附5: 照片)."""

    code = "portrait-blank"

    def __init__(self) -> None:
        super().__init__(
            "照片几乎是单一颜色，看不到人像，请检查并重新提交照片。",
            "The photo is of one colour and nobody is seen in it: check it and give another.",
        )


class PortraitCropInvalid(PortraitError):
    """A part of a picture that is not 5:7, or lies beyond the picture."""

    code = "portrait-crop-invalid"

    def __init__(self) -> None:
        super().__init__(
            "裁切框应为 5 : 7，并在照片之内，请重新裁切。",
            "The part that is cut out is to be 5:7 and to lie within the photo; cut it anew.",
        )
