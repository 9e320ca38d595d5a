"""Read the QR codes of a photograph, a scan or a PDF: the texts of all codes, in page order."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import Final

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps

from service.flows.errors import Refused

PDF_DPI: Final = 300
SECOND_TRY: Final = 1.5  # a damaged code often reads once enlarged
MAX_PIXELS: Final = 120_000_000  # an A4 page at 1,200 dpi has 139 million; at 1,000 dpi 97 million
MAX_SIDE: Final = 65_535  # what the reader of codes takes; that of an A4 page at 1,200 dpi is 14,032
MAX_PDF_PAGES: Final = 2_000
MAX_FILE_BYTES: Final = 512 * 1024 * 1024
_PDF_MAGIC: Final = b"%PDF-"
_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF")


def read_codes(data: bytes) -> Iterator[str]:
    """Yield the text of every QR code in a PDF or an image, by page, top to bottom and left to right.

    A page without a code yields nothing. Raises Refused for what is neither an image nor a PDF, for a page or an
    image beyond MAX_PIXELS or MAX_SIDE, and for a file beyond MAX_FILE_BYTES.
    """
    if len(data) > MAX_FILE_BYTES:
        raise Refused(
            "file-too-large",
            f"文件有 {len(data):,} 字节，上限为 {MAX_FILE_BYTES:,} 字节；请拆分后再查验",
            f"the file has {len(data):,} bytes, at most {MAX_FILE_BYTES:,} are read: split it",
        )
    if data[:1024].lstrip().startswith(_PDF_MAGIC):
        yield from _codes_of_pdf(data)
    else:
        yield from codes_of_image(_open_image(data))


def codes_of_image(image: Image.Image) -> list[str]:
    """Return the texts of an image's QR codes, top to bottom and left to right; enlarge and retry if none reads.

    Light codes on dark paper are read too. An image with transparent parts is read as it looks on white paper, then on
    black.
    """
    for grey in _as_seen(image):
        larger = int(grey.width * SECOND_TRY), int(grey.height * SECOND_TRY)
        if found := _decode(grey) or (_decode(grey.resize(larger)) if _is_readable(*larger) else []):
            return found
    return []


def _as_seen(image: Image.Image) -> Iterator[Image.Image]:
    """Yield the image in shades of grey; one with transparent parts on white, then on black."""
    if not image.has_transparency_data:
        yield image.convert("L")
        return
    painted = image if image.mode in {"LA", "RGBA"} else image.convert("RGBA")
    for paper in ("white", "black"):
        seen = Image.new("L", image.size, paper)
        seen.paste(painted.convert("L"), mask=painted.getchannel("A"))
        yield seen


def _decode(grey: Image.Image) -> list[str]:
    codes = zxingcpp.read_barcodes(grey, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    # Codes on one row of cards differ by a few pixels in height: rows are told apart by half a code.
    placed: list[tuple[int, int, int, str]] = []
    for code in codes:
        corner = code.position.top_left
        height = max(1, abs(code.position.bottom_left.y - corner.y), abs(code.position.bottom_left.x - corner.x))
        placed.append((corner.y, corner.x, height, code.text))
    placed.sort()
    ordered: list[str] = []
    while placed:
        first_y, _, height, _ = placed[0]
        row = [code for code in placed if code[0] - first_y <= height / 2]
        placed = placed[len(row) :]
        ordered.extend(text for _, _, _, text in sorted(row, key=lambda code: code[1]))
    return ordered


def _codes_of_pdf(data: bytes) -> Iterator[str]:
    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > MAX_PDF_PAGES:
                raise Refused(
                    "too-many-pages",
                    f"PDF 有 {len(document)} 页，上限为 {MAX_PDF_PAGES} 页；请拆分后再查验",
                    f"the PDF has {len(document)} pages, at most {MAX_PDF_PAGES} are read: split it",
                )
            for index in range(len(document)):
                yield from codes_of_image(_page(document, index))
    except pypdfium2.PdfiumError as error:
        raise _unreadable_file() from error


def _page(document: pypdfium2.PdfDocument, index: int) -> Image.Image:
    page = document[index]
    width, height = page.get_size()
    _check_pixels(width / 72 * PDF_DPI, height / 72 * PDF_DPI)
    scale = PDF_DPI / 72
    bitmap = page.render(scale=scale, grayscale=True)  # pyright: ignore[reportArgumentType] - takes any number
    try:
        image: Image.Image = bitmap.to_pil()
        return image.copy()  # the bitmap's memory ends with it
    finally:
        bitmap.close()
        page.close()


def _open_image(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of oddities in files; the size is checked below
            image = Image.open(io.BytesIO(data), formats=_FORMATS)
            _check_pixels(image.width, image.height)
            image.load()
            return ImageOps.exif_transpose(image)
    except Refused:
        raise
    except Exception as error:  # whatever a decoder raises over foreign bytes, it could not read them
        raise _unreadable_file() from error


def _check_pixels(width: float, height: float) -> None:
    if not _is_readable(width, height):
        raise Refused(
            "image-too-large",
            f"图像为 {width:.0f}×{height:.0f} 像素，上限为 {MAX_PIXELS:,} 像素、每边 {MAX_SIDE:,} 像素；请缩小后再查验",
            f"the image has {width:.0f}x{height:.0f} pixels, at most {MAX_PIXELS:,}, and {MAX_SIDE:,} on a side, "
            "are read: make it smaller",
        )


def _is_readable(width: float, height: float) -> bool:
    return max(width, height) <= MAX_SIDE and width * height <= MAX_PIXELS


def _unreadable_file() -> Refused:
    return Refused(
        "file-unreadable",
        "文件既不是可读的图像（JPEG、PNG、WebP、BMP、TIFF、GIF），也不是可读的 PDF",
        "the file is neither a readable image (JPEG, PNG, WebP, BMP, TIFF, GIF) nor a readable PDF",
    )
