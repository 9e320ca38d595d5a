"""Photographs, archives of them, and the pictures and PDFs in which codes are looked for."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import segno
from PIL import Image, ImageCms

from cardlayout.impose import Sheet
from cardlayout.portrait import inspect, normalise
from cardlayout.render import Job
from service.domain.application import Application, parse_row
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.checking.read_codes import read_codes
from service.flows.checking.verify import verify_text
from service.roster.photo_files import open_archive
from service.roster.photos import match_photos
from tests.flows.office import ACTOR, applicant, one_of_each, photo
from tests.fuzz.mutators.archives import mutate_zip_field, mutate_zip_name, settled
from tests.fuzz.mutators.images import mutate_image
from tests.fuzz.mutators.markup import mutate_pdf
from tests.fuzz.target import Target
from tests.fuzz.world import World, make_world

_MADE: Final = time.gmtime(0)
_LARGE: Final = (600, 900)
_ORIENTED: Final = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"  # turned by 90°


def photos(folder: Path, stack: ExitStack) -> Target:
    """A zip of photographs, matched to the people of a batch; their bytes are read."""
    world = make_world(folder, stack)
    rows = [
        parse_row(row, world.register.catalogue) for row in (*one_of_each(), applicant("external", 9, photo="a.jpg"))
    ]
    people = [row for row in rows if isinstance(row, Application)]

    def run(data: bytes) -> tuple[str, ...]:
        with open_archive(data) as files:
            matched = match_photos(files, rows)
            read = sum(len(file.read()) > 0 for file in files.photos)
        kinds = (problem.code for problem in matched.problems.values())
        return (f"{min(read, 9)} read, {len(matched.by_row)} matched", *kinds, *(f"unused {len(matched.unused)}",))

    named = {
        f"{people[0].resident_id}.jpg": b"\xff\xd8\xff1",
        f"a/b/{people[1].name}.JPEG": b"\xff\xd8\xff2",
        "A.jpg": b"3",
    }
    corpus = tuple(_zipped(named, method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    return Target(run, corpus, (mutate_zip_field, mutate_zip_name))


def portrait(_folder: Path, _stack: ExitStack) -> Target:
    """A photograph: what is taken has the form of a portrait, and is its own portrait."""

    def run(data: bytes) -> tuple[str, ...]:
        made = normalise(data)
        width, height = inspect(made)
        assert width * 7 == height * 5
        assert width >= 295
        assert normalise(made) == made
        return ("taken as it is" if made == data else "made", f"{width}")

    original = Image.open(io.BytesIO(photo(0, _LARGE)))
    corpus = [
        photo(),
        _saved(original, "JPEG", progressive=True, exif=_ORIENTED, icc_profile=_profile()),
        _saved(original.convert("CMYK"), "JPEG"),
        _saved(original, "PNG", icc_profile=_profile()),
        _saved(original.convert("P"), "PNG", transparency=0),
        _saved(original.convert("RGBA"), "PNG"),
        _saved(original, "WEBP", exif=_ORIENTED),
        _saved(original, "WEBP", lossless=True),
        _saved(original.resize((20, 28)), "BMP"),
    ]
    return Target(run, tuple(corpus), (mutate_image,))


def scan(folder: Path, stack: ExitStack) -> Target:
    """A picture in which codes are looked for, in every format that is read; what is found is verified."""
    world = make_world(folder, stack)
    code = _code(world)
    corpus = [_saved(code, kind) for kind in ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")]
    corpus += [
        _saved(code, "TIFF", compression="tiff_lzw"),
        _saved(code, "TIFF", compression="group4"),
        _saved(code.convert("P"), "GIF", save_all=True, append_images=[code.convert("P").rotate(90)]),
        _saved(code.convert("RGB"), "JPEG", exif=_ORIENTED, progressive=True),
        _saved(code.convert("L").convert("I;16"), "PNG"),
        _saved(code.convert("RGBA"), "PNG"),
    ]
    return Target(_reader(world), tuple(corpus), (mutate_image,))


def pdf(folder: Path, stack: ExitStack) -> Target:
    """A PDF in which codes are looked for: a printed card, a scan, and one written by hand."""
    world = make_world(folder, stack)
    printed = io.BytesIO()
    print_cards(world.register, Printing(world.numbers[:1], Job("fuzz", sheet=Sheet.SINGLE)), printed, actor=ACTOR)
    return Target(
        _reader(world),
        (_saved(_code(world).convert("L"), "PDF", creationDate=_MADE, modDate=_MADE), _plain_pdf(), printed.getvalue()),
        (mutate_pdf,),
    )


def _reader(world: World) -> Callable[[bytes], tuple[str, ...]]:
    def run(data: bytes) -> tuple[str, ...]:
        verdicts = [str(verify_text(world.register, found).verdict) for found in read_codes(data)]
        return (f"{len(verdicts)} codes" if len(verdicts) < 3 else "many codes", *verdicts)

    return run


def _code(world: World) -> Image.Image:
    """Draw the QR code of a card, small, as a bilevel picture."""
    drawn = io.BytesIO()
    segno.make(world.texts[0], error="m", boost_error=False).save(drawn, kind="png", scale=3)
    return Image.open(drawn).convert("1")


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _profile() -> bytes:
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + bytes(12) + made[36:]  # without the time of its making (ICC.1 7.2.10)


def _zipped(files: Mapping[str, bytes], method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return settled(buffer.getvalue())


def _plain_pdf() -> bytes:
    """Write a small PDF whose source is all plain text, without the table of references, which readers rebuild."""
    content = b"q 20 0 0 20 10 10 cm /Im1 Do Q BT /F1 12 Tf 10 80 Td (x) Tj ET 0 0 m 50 50 l S"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 100 100] >>",
        (
            b"<< /Type /Page /Parent 2 0 R /Rotate 0 /UserUnit 1 /CropBox [0 0 90 90] /Contents 4 0 R "
            b"/Resources << /XObject << /Im1 5 0 R >> /Font << /F1 6 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        (
            b"<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray "
            b"/Filter /ASCIIHexDecode /Length 9 >>\nstream\n00FF00FF>\nendstream"
        ),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, source) for number, source in enumerate(objects, 1))
    return b"%PDF-1.7\n" + body + b"trailer\n<< /Root 1 0 R /Size 7 >>\n%%EOF\n"
