"""Faces in photographs, found by the optional package: the crop about one, and what is asked about others. 督附5.

The faces are the twelve painted portraits of the demonstration, for a repository holds no pictures of people.
"""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from cardlayout.portrait import PortraitNotColour, count_faces, inspect, normalise
from cardlayout.portrait.faces import find_faces
from service.demo.faces import FOLDER

PORTRAITS = sorted(FOLDER.glob("*.jpg"))


def taken(*portraits: tuple[Path, float, tuple[int, int]], size: tuple[int, int] = (1600, 1200)) -> bytes:
    """Hang portraits before a wall, each with its scale and its upper left corner, as a telephone takes them."""
    wall = Image.new("RGB", size, (196, 204, 210))
    for path, scale, corner in portraits:
        picture = Image.open(path).convert("RGB")
        wall.paste(picture.resize((round(picture.width * scale), round(picture.height * scale))), corner)
    out = BytesIO()
    wall.save(out, "JPEG", quality=92)
    return out.getvalue()


def framed(jpeg: bytes) -> tuple[float, float, float]:
    """Return where the middle of a portrait's one face stands, and its size: shares of width, height and height."""
    width, height = inspect(jpeg)
    (face,) = find_faces(Image.open(BytesIO(jpeg))) or ()
    return (face.x + face.size / 2) / width, (face.y + face.size / 2) / height, face.size / height


@pytest.mark.parametrize("path", PORTRAITS, ids=lambda path: path.stem)
def test_one_face_is_found_in_each_portrait(path: Path) -> None:
    assert count_faces(path.read_bytes()) == 1


def test_the_crop_is_made_about_the_face_wherever_it_stands() -> None:
    off_centre = taken((PORTRAITS[0], 1.2, (1050, 300)))
    across, down, share = framed(normalise(off_centre))
    assert abs(across - 0.5) < 0.05
    assert abs(down - 0.45) < 0.06
    assert 0.33 < share < 0.47
    with pytest.raises(PortraitNotColour):  # the middle of the picture shows the wall
        normalise(off_centre, lambda _: None)


def test_a_face_in_the_corner_is_cut_out_within_the_picture_and_not_enlarged() -> None:
    jpeg = normalise(taken((PORTRAITS[3], 0.8, (1270, 0))))
    assert count_faces(jpeg) == 1
    assert inspect(jpeg) == (395, 553)


def test_a_portrait_that_is_well_framed_keeps_all_of_its_height() -> None:
    picture = Image.open(PORTRAITS[5]).convert("RGB")
    out = BytesIO()
    picture.resize((600, 840)).crop((0, 0, 600, 820)).save(out, "JPEG", quality=92)
    assert abs(framed(normalise(out.getvalue()))[2] - framed(PORTRAITS[5].read_bytes())[2]) < 0.03


def test_several_faces_and_none_are_counted_and_cropped_as_before() -> None:
    both = taken((PORTRAITS[0], 1.5, (150, 150)), (PORTRAITS[7], 1.5, (850, 150)))
    assert len(find_faces(Image.open(BytesIO(both))) or ()) == 2
    assert normalise(both) == normalise(both, lambda _: None)
    wall = taken((PORTRAITS[0], 1.0, (1590, 1190)))
    assert find_faces(Image.open(BytesIO(wall))) == ()


def test_somebody_small_behind_the_holder_is_no_second_face() -> None:
    picture = taken((PORTRAITS[0], 1.9, (500, 50)), (PORTRAITS[7], 0.5, (100, 100)))
    assert len(find_faces(Image.open(BytesIO(picture))) or ()) == 1


def test_without_the_package_nothing_looks_for_faces() -> None:
    script = (
        "import sys; sys.modules['cv2'] = None\n"
        "from cardlayout.portrait import count_faces, normalise\n"
        "data = sys.stdin.buffer.read()\n"
        "assert count_faces(data) is None\n"
        "assert normalise(data) == normalise(data, lambda _: None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=PORTRAITS[0].read_bytes(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
