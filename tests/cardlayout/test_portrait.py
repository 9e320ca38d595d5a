from __future__ import annotations

import struct
import zlib
from io import BytesIO
from math import ceil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from cardlayout.portrait import PortraitError, inspect, normalise
from cardlayout.portrait.containers import take_apart
from cardlayout.portrait.normalise import SPARE, decoded
from service.demo.faces import FOLDER, file_name
from service.domain.kinds import Sex

HEIC = Path(__file__).parent / "heic"
FACE = FOLDER / file_name(Sex.FEMALE, 31)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RED, GREEN, BLUE, SKIN, WHITE = (220, 30, 30), (30, 160, 60), (40, 90, 200), (224, 180, 150), (255, 255, 255)


def quarters(width: int, height: int) -> Image.Image:
    """A picture whose corners tell how it was turned: red, green above; blue, skin below."""
    picture = Image.new("RGB", (2, 2))
    for at, colour in {(0, 0): RED, (1, 0): GREEN, (0, 1): BLUE, (1, 1): SKIN}.items():
        picture.putpixel(at, colour)
    return picture.resize((width, height), Image.Resampling.NEAREST)


def as_file(picture: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data), formats=("JPEG",))
    picture.load()
    return picture


def corner_colours(data: bytes) -> list[tuple[int, int, int]]:
    picture = opened(data)
    width, height = picture.size
    return [picture.getpixel((width * x // 8, height * y // 8)) for y in (1, 7) for x in (1, 7)]


def assert_close(colours: list[tuple[int, int, int]], wanted: list[tuple[int, int, int]], off: int = 12) -> None:
    assert np.abs(np.array(colours, int) - np.array(wanted, int)).max() <= off


def refusal(data: bytes) -> PortraitError:
    with pytest.raises(PortraitError) as caught:
        normalise(data)
    assert caught.value.zh.endswith("。")
    return caught.value


@pytest.mark.parametrize(
    ("width", "height", "wanted"),
    [
        (295, 413, (295, 413)),
        (358, 441, (315, 441)),
        (390, 567, (390, 546)),
        (413, 579, (395, 553)),
        (413, 626, (395, 553)),
        (3024, 4032, (395, 553)),
        (4032, 3024, (395, 553)),
    ],
)
def test_a_portrait_is_five_to_seven_and_never_enlarged(width: int, height: int, wanted: tuple[int, int]) -> None:
    """督附5: 2.5 cm × 3.5 cm."""
    portrait = normalise(as_file(quarters(width, height)))
    assert inspect(portrait) == wanted == opened(portrait).size
    assert wanted[0] * 7 == wanted[1] * 5


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_from_every_format(form: str, orientation: int) -> None:
    turned_as_stored = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = quarters(500, 700)
    stored = upright if turned_as_stored is None else upright.transpose(turned_as_stored)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif[0x0112] = orientation
    portrait = normalise(as_file(stored, form, exif=exif))
    assert_close(corner_colours(portrait), [RED, GREEN, BLUE, SKIN])
    assert inspect(portrait) == (395, 553)


def segments(jpeg: bytes) -> list[tuple[int, bytes]]:
    """The segments of a JPEG up to its scan, read apart from the code under test."""
    found, at = [], 2
    while True:
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        found.append((marker, jpeg[at + 4 : at + 2 + length]))
        if marker == 0xDA:
            return found
        at += 2 + length


def test_no_metadata_is_left_and_the_jpeg_is_baseline_with_three_components() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Maker", {1: "N", 2: (29.0, 33.0, 0.0)}
    sent = as_file(
        quarters(600, 800), exif=exif, icc_profile=SRGB, comment=b"secret", xmp=b"<x:xmpmeta/>", progressive=True
    )
    portrait = normalise(sent)
    markers = [marker for marker, _ in segments(portrait)]
    assert set(markers) <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}
    ((jfif,), (frame,)) = ([body for marker, body in segments(portrait) if marker == kind] for kind in (0xE0, 0xC0))
    assert len(jfif) == 14
    assert (frame[0], frame[5]) == (8, 3)
    assert b"secret" not in portrait
    assert b"Maker" not in portrait


def test_the_same_photo_gives_the_same_bytes_and_a_portrait_is_left_untouched() -> None:
    sent = as_file(quarters(600, 800), "PNG")
    portrait = normalise(sent)
    assert normalise(sent) == portrait
    assert normalise(portrait) == portrait
    own = as_file(quarters(315, 441), quality=97, subsampling="4:4:4")
    assert normalise(own) == own


@pytest.mark.parametrize(
    "options",
    [
        {"comment": b"secret"},
        {"icc_profile": SRGB},
        {"progressive": True},
        {"exif": Image.Exif().tobytes() + b"Exif\0\0x"},
        {"xmp": b"<x:xmpmeta/>"},
        {"keep_rgb": True},
    ],
    ids=lambda options: next(iter(options)),
)
def test_anything_but_a_plain_jpeg_is_made_anew(options: dict[str, object]) -> None:
    sent = as_file(quarters(315, 441), **options)
    portrait = normalise(sent)
    assert portrait != sent
    assert_close(corner_colours(portrait), [RED, GREEN, BLUE, SKIN])


def test_a_jpeg_that_does_not_say_it_is_jfif_is_made_anew() -> None:
    sent = as_file(quarters(315, 441))
    assert sent[2:4] == b"\xff\xe0"
    anonymous = sent[:2] + sent[20:]
    assert normalise(anonymous)[2:4] == b"\xff\xe0"


def test_a_jpeg_that_is_not_baseline_or_has_an_adobe_marker_or_a_thumbnail_is_made_anew() -> None:
    sent = as_file(quarters(315, 441))
    assert normalise(sent) == sent
    extended = sent.replace(b"\xff\xc0", b"\xff\xc1", 1)
    with_adobe = sent[:20] + b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\x01" + sent[20:]
    with_thumbnail = sent[:5] + b"\x13" + sent[6:18] + b"\x01\x01abc" + sent[20:]
    with_padding = sent[:5] + b"\x13" + sent[6:18] + b"abc\0\0" + sent[20:]
    for other in (extended, with_adobe, with_thumbnail, with_padding):
        portrait = normalise(other)
        assert portrait != other
        assert_close(corner_colours(portrait), [RED, GREEN, BLUE, SKIN])


def test_an_adobe_marker_tells_rgb_from_ycc() -> None:
    rgb = as_file(quarters(500, 700), keep_rgb=True, quality=95)
    adobe = b"\xff\xee\x00\x0eAdobe\0\x64\0\0\0\0\0"  # transform 0: not YCC, whatever the components are called
    frame, scan = rgb.index(b"\xff\xc0"), rgb.index(b"\xff\xda")
    named = bytearray(rgb)
    for component in range(3):
        named[frame + 10 + 3 * component] = named[scan + 5 + 2 * component] = component + 1
    jpeg = b"\xff\xd8" + adobe + bytes(named[named.index(b"\xff\xdb") :])
    assert_close(corner_colours(normalise(jpeg)), [RED, GREEN, BLUE, SKIN])


def test_the_noisiest_picture_makes_a_portrait_too() -> None:
    noise, extremes = np.random.default_rng(3), np.array([0, 255], np.uint8)
    fine = noise.choice(extremes, (553, 395, 1)).repeat(3, axis=2)
    coarse = noise.choice(extremes, (277, 198, 3)).repeat(2, axis=0).repeat(2, axis=1)[:553, :395]
    picture = Image.fromarray(np.where(noise.integers(0, 2, (553, 395, 1)) > 0, fine, coarse))
    assert inspect(normalise(as_file(picture, "PNG"))) == (395, 553)


def test_what_hides_behind_or_between_the_parts_of_a_plain_jpeg_is_cut_off() -> None:
    sent = as_file(quarters(315, 441))
    assert b"hidden" not in normalise(sent + b"hidden")
    tables = sent.index(b"\xff\xdb")
    assert b"hidden" not in normalise(sent[:tables] + b"hidden" + sent[tables:])


def test_a_tall_photo_loses_its_foot_before_its_head() -> None:
    tall = Image.new("RGB", (500, 900), BLUE)  # 200 rows too many: 20 above and 180 below
    tall.paste(RED, (0, 0, 500, 18))
    tall.paste(GREEN, (0, 30, 500, 60))
    tall.paste(RED, (0, 725, 500, 900))
    pixels = np.asarray(opened(normalise(as_file(tall, "PNG")))).astype(int)
    red_rows = (pixels[:, :, 0] > 150).any(axis=1)
    green_rows = (pixels[:, :, 1] > 130).any(axis=1)
    assert not red_rows.any()
    assert green_rows[10:28].all()


def test_a_wide_photo_is_cropped_about_its_middle() -> None:
    wide = Image.new("RGB", (1000, 700), BLUE)
    wide.paste(RED, (0, 0, 245, 700))
    wide.paste(RED, (755, 0, 1000, 700))
    wide.paste(GREEN, (450, 0, 550, 700))
    pixels = np.asarray(opened(normalise(as_file(wide, "PNG")))).astype(int)
    assert not (pixels[:, :, 0] > 150).any()


def profile_with_red_and_blue_swapped() -> bytes:
    swapped = bytearray(SRGB)
    tags = {swapped[at : at + 4].decode(): at for at in range(132, 132 + 12 * int.from_bytes(SRGB[128:132], "big"), 12)}
    red, blue = tags["rXYZ"], tags["bXYZ"]
    swapped[red + 4 : red + 12], swapped[blue + 4 : blue + 12] = SRGB[blue + 4 : blue + 12], SRGB[red + 4 : red + 12]
    return bytes(swapped)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_colours_are_converted_by_the_profile_that_came_with_the_photo(form: str) -> None:
    bgr = Image.merge("RGB", quarters(500, 700).split()[::-1])
    portrait = normalise(as_file(bgr, form, icc_profile=profile_with_red_and_blue_swapped()))
    assert_close(corner_colours(portrait), [RED, GREEN, BLUE, SKIN])


def test_a_profile_in_parts_is_joined_by_their_numbers() -> None:
    plain, profile = as_file(Image.merge("RGB", quarters(500, 700).split()[::-1])), profile_with_red_and_blue_swapped()
    parts = [(b"\x02\x02", profile[300:]), (b"\x01\x02", profile[:300])]
    bodies = [b"ICC_PROFILE\0" + number + part for number, part in parts]
    sent = plain[:2] + b"".join(struct.pack(">HH", 0xFFE2, len(body) + 2) + body for body in bodies) + plain[2:]
    assert_close(corner_colours(normalise(sent)), [RED, GREEN, BLUE, SKIN])


def test_a_broken_profile_is_passed_over() -> None:
    portrait = normalise(as_file(quarters(500, 700), icc_profile=SRGB[:200]))
    assert_close(corner_colours(portrait), [RED, GREEN, BLUE, SKIN])


def test_a_cmyk_photo_of_a_printing_house_is_not_inverted() -> None:
    sent = as_file(quarters(500, 700).convert("CMYK"), quality=95)
    assert b"Adobe" in sent
    portrait = normalise(sent)
    assert opened(portrait).mode == "RGB"
    assert_close(corner_colours(portrait), [RED, GREEN, BLUE, SKIN])


def test_transparent_parts_become_white() -> None:
    photo = quarters(500, 700).convert("RGBA")
    photo.paste((0, 0, 0, 0), (0, 0, 250, 350))
    for form in ("PNG", "WEBP"):
        assert_close(corner_colours(normalise(as_file(photo, form))), [WHITE, GREEN, BLUE, SKIN])


def test_a_palette_with_transparency_becomes_white_too() -> None:
    photo = quarters(500, 700).quantize(4)
    red = photo.getpixel((0, 0))
    sent = as_file(photo, "PNG", transparency=bytes(0 if index == red else 255 for index in range(4)))
    assert_close(corner_colours(normalise(sent)), [WHITE, GREEN, BLUE, SKIN])


@pytest.mark.parametrize("mode", ["L", "LA", "1", "I;16"])
def test_a_grey_photo_is_refused(mode: str) -> None:
    """督附5: 彩色 1 寸照片."""
    grey = Image.new("I;16", (500, 700), 9000) if mode == "I;16" else quarters(500, 700).convert("L").convert(mode)
    assert refusal(as_file(grey, "PNG")).code == "portrait-not-colour"


def test_a_grey_photo_saved_in_colour_is_refused() -> None:
    """督附5: 彩色 1 寸照片."""
    noise = np.random.default_rng(7).integers(0, 8, (700, 500, 3), np.uint8)
    cast = np.array((8, 4, 0), np.uint8)  # of a scanner's lamp
    grey = np.asarray(quarters(500, 700).convert("L").convert("RGB")) // 2 + noise // 2 + cast
    assert refusal(as_file(Image.fromarray(grey), quality=70)).code == "portrait-not-colour"
    assert refusal(as_file(quarters(500, 700).convert("L"))).code == "portrait-not-colour"


@pytest.mark.parametrize("shade", [(67, 142, 219), (255, 240, 215), (40, 4, 9)])
def test_a_picture_of_one_colour_is_refused(shade: tuple[int, int, int]) -> None:
    """督附5: an empty wall, a sheet of paper, a covered lens is nobody's photo, however it was lit."""
    noise = np.random.default_rng(7).normal(0, 2, (700, 500, 1))
    falling_off = np.linspace(-4, 4, 500).reshape(1, 500, 1)
    wall = np.clip(np.array(shade) + noise + falling_off, 0, 255).astype(np.uint8)
    assert refusal(as_file(Image.fromarray(wall), quality=80)).code == "portrait-blank"


def test_a_pale_photo_on_white_is_still_in_colour() -> None:
    pale = Image.new("RGB", (500, 700), WHITE)
    pale.paste((250, 228, 215), (200, 200, 300, 330))
    assert inspect(normalise(as_file(pale))) == (395, 553)


@pytest.mark.parametrize(("width", "height"), [(294, 413), (295, 412), (200, 2000), (2000, 200), (1, 1)])
def test_a_photo_too_small_for_300_dpi_is_refused(width: int, height: int) -> None:
    refused = refusal(as_file(quarters(width, height)))
    assert refused.code == "portrait-too-small"
    assert f"{width}×{height}" in refused.zh


def test_a_photo_lying_on_its_side_is_measured_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert refusal(as_file(quarters(412, 600), exif=exif)).code == "portrait-too-small"
    assert inspect(normalise(as_file(quarters(413, 295), exif=exif))) == (295, 413)


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(width: int, height: int) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(10**6), 9))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + png_chunk(b"IEND", b"")


def test_more_pixels_than_will_be_decoded_are_refused_by_what_the_file_declares() -> None:
    assert refusal(png_bomb(60_000, 60_000)).code == "portrait-too-large"
    webp = as_file(quarters(500, 700).convert("RGBA"), "WEBP", icc_profile=SRGB)
    assert webp[12:16] == b"VP8X"
    assert refusal(webp[:24] + b"\xff\xff\x00\xff\xff\x00" + webp[30:]).code == "portrait-too-large"
    jpeg = as_file(quarters(500, 700))
    at = jpeg.index(b"\xff\xc0") + 5
    assert refusal(jpeg[:at] + b"\xff\x00\xff\x00" + jpeg[at + 4 :]).code == "portrait-too-large"


def test_a_second_header_cannot_declare_another_size() -> None:
    first, other = as_file(quarters(500, 700), "PNG"), as_file(quarters(600, 800), "PNG")
    assert refusal(first[:33] + other[8:]).code == "portrait-damaged"
    jpeg = as_file(quarters(500, 700))
    at = jpeg.index(b"\xff\xc0")
    assert refusal(jpeg[:at] + jpeg[at : at + 19] + jpeg[at:]).code == "portrait-damaged"


def test_a_motion_photo_is_the_still_picture_before_the_film() -> None:
    """A telephone puts 5 to 8 MB of film behind the image; what looks like markers there is none."""
    still = as_file(quarters(1200, 1600), quality=90, progressive=True)
    film = b"\0\0\0\x18ftypmp42" + b"\xff\xda\x00\x08\xff\xc0\xff\xd9" * 700_000
    assert len(film) > 5_000_000
    assert normalise(still + film) == normalise(still)


def test_segments_between_scans_are_stepped_over() -> None:
    still = as_file(quarters(295, 413), progressive=True)
    at = still.index(b"\xff\xda", still.index(b"\xff\xda") + 2)
    comment = b"\xff\xfe\x00\x08\xff\xd9\xff\xda\xff\xd9"
    assert normalise(still[:at] + comment + still[at:] + b"\xff\xda" * 99) == normalise(still)


def test_thousands_of_scans_are_refused() -> None:
    progressive = as_file(quarters(500, 700), progressive=True)
    last = progressive.rindex(b"\xff\xda")
    assert refusal(progressive[:-2] + progressive[last:-2] * 100 + b"\xff\xd9").code == "portrait-damaged"


def test_a_profile_that_inflates_without_end_is_passed_over() -> None:
    photo = as_file(quarters(500, 700), "PNG")
    bomb = png_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(2**26), 9))
    assert_close(corner_colours(normalise(photo[:33] + bomb + photo[33:])), [RED, GREEN, BLUE, SKIN])


def test_a_heavy_file_is_refused_unread() -> None:
    assert refusal(bytes(20 * 2**20 + 1)).code == "portrait-too-heavy"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animation_is_refused(form: str) -> None:
    frames = [quarters(500, 700), quarters(500, 700).rotate(180)]
    sent = as_file(frames[0], form, save_all=True, append_images=frames[1:], duration=100)
    assert refusal(sent).code == "portrait-animated"


def test_the_first_picture_of_a_telephones_multi_picture_jpeg_is_taken() -> None:
    frames = [quarters(500, 700), quarters(500, 700).rotate(180)]
    sent = as_file(frames[0], "MPO", save_all=True, append_images=frames[1:])
    assert_close(corner_colours(normalise(sent)), [RED, GREEN, BLUE, SKIN])


@pytest.mark.parametrize(("form", "name"), [("GIF", "GIF"), ("BMP", "BMP"), ("TIFF", "TIFF"), ("AVIF", "AVIF")])
def test_other_formats_are_refused_by_name(form: str, name: str) -> None:
    refused = refusal(as_file(quarters(500, 700), form))
    assert refused.code == "portrait-format-not-accepted"
    assert name in refused.zh


def test_a_telephones_heic_is_read() -> None:
    """Red rises and green falls from top to bottom."""
    made = opened(normalise((HEIC / "slope.heic").read_bytes()))
    assert made.size == (360, 504)
    (red, green, _), (last_red, last_green, _) = made.getpixel((9, 9)), made.getpixel((9, 494))
    assert max(red, last_green) < 60
    assert min(green, last_red) > 200


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.99])
def test_a_heic_that_cannot_be_read_is_refused_by_name(share: float) -> None:
    whole = (HEIC / "slope.heic").read_bytes()
    refused = refusal(whole[: int(len(whole) * share)])
    assert refused.code == "portrait-heic-unreadable"
    assert "HEIC" in refused.zh
    assert "另存为 JPEG" in refused.zh


@pytest.mark.parametrize("data", [b"", b"x", "姓名,身份证号".encode(), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_image_is_refused(data: bytes) -> None:
    assert refusal(data).code == "portrait-not-an-image"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.9, 0.99])
def test_a_file_cut_short_is_refused(form: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 256, (700, 500, 3), np.uint8))
    whole = as_file(noise, form)
    assert refusal(whole[: max(16, int(len(whole) * share))]).code == "portrait-damaged"


def test_a_portrait_is_measured_without_being_decoded() -> None:
    portrait = normalise(as_file(quarters(600, 800)))
    scan = portrait.index(b"\xff\xda")
    assert inspect(portrait[: scan + 14]) == (395, 553)
    with pytest.raises(PortraitError):
        inspect(portrait[: scan // 2])


@pytest.mark.parametrize("size", [(800, 1120), (1772, 2480), (2480, 3508), (3024, 4032)])
def test_a_photo_decoded_reduced_looks_as_if_it_were_not(size: tuple[int, int]) -> None:
    """Before it is encoded, within half a level of what twice the portrait's size gives; however the file lies."""
    face = Image.open(FACE).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    file = take_apart(as_file(face, quality=90))
    reduced, finer = (
        np.asarray(decoded(file, enough).resize((395, 553), Image.Resampling.LANCZOS, reducing_gap=3.0), float)
        for enough in ((ceil(395 * SPARE), ceil(553 * SPARE)), (1106, 1106))
    )
    assert np.sqrt(((reduced - finer) ** 2).mean()) <= 0.5
    made = opened(normalise(as_file(face, quality=92), lambda _: None))
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = as_file(face.transpose(Image.Transpose.ROTATE_90), exif=exif, quality=92)
    turned = np.asarray(opened(normalise(lying, lambda _: None)), float)
    assert np.sqrt(((turned - np.asarray(made, float)) ** 2).mean()) <= 1.5
