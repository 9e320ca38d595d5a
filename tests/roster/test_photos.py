from __future__ import annotations

import io
import os
import stat
import zipfile
from pathlib import Path

import pytest

from service.domain.application import Application, Cell, MalformedRow
from service.roster.errors import PhotosRefused
from service.roster.photo_files import MAX_PHOTO_BYTES, PhotoFiles, open_archive, open_folder, open_photos
from service.roster.photos import PhotoMatches, match_photos
from tests.domain.applicants import application, malformed, resident_id

ID = str(resident_id())
OTHER_ID = str(resident_id(order=7))


def folder(tmp_path: Path, *names: str) -> PhotoFiles:
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"bytes of {name}".encode())
    return open_folder(tmp_path)


def archive(*names: str | bytes) -> bytes:
    """A zip; names given as bytes are stored unflagged, as they are."""
    out = io.BytesIO()
    placeholders: dict[bytes, bytes] = {}
    with zipfile.ZipFile(out, "w") as package:
        for index, name in enumerate(names):
            if isinstance(name, bytes):
                placeholder = bytes([ord("A") + index]) * len(name)
                placeholders[placeholder] = name
                package.writestr(placeholder.decode(), b"raw")
            else:
                package.writestr(name, name.encode())
    data = out.getvalue()
    for placeholder, name in placeholders.items():
        data = data.replace(placeholder, name)
    return data


def row(number: int = 2, **changes: Cell) -> Application:
    return application("external", row=number, **changes)


def found(matches: PhotoMatches) -> dict[int, str]:
    return {number: photo.path for number, photo in matches.by_row.items()}


def codes(matches: PhotoMatches) -> dict[int, str]:
    return {number: problem.code for number, problem in matches.problems.items()}


@pytest.mark.parametrize(
    ("files", "changes", "path"),
    [
        ((f"{ID}.jpg",), {}, f"{ID}.jpg"),
        ((f"{ID}.JPEG",), {}, f"{ID}.JPEG"),
        (("王小明.png",), {}, "王小明.png"),
        (("一班/王 小明.WebP",), {}, "一班/王 小明.WebP"),
        ((f"{ID}.bmp", "王小明.jpg"), {}, f"{ID}.bmp"),
        (("正面.jpg", f"{ID}.jpg"), {"photo": "正面.jpg"}, "正面.jpg"),
        (("正面.jpg", f"{ID}.jpg"), {"photo": "正面"}, "正面.jpg"),
        (("Front.JPG",), {"photo": "front.jpg"}, "Front.JPG"),
        (("阿依古丽•买买提.jpg",), {"name": "阿依古丽·买买提"}, "阿依古丽•买买提.jpg"),
        (("01.jpg",), {"photo": "01"}, "01.jpg"),
        ((f"{ID}王小明.jpg",), {}, f"{ID}王小明.jpg"),
        ((f"{ID}+王小明.jpg",), {}, f"{ID}+王小明.jpg"),
        ((f"王小明 {ID}.JPG",), {}, f"王小明 {ID}.JPG"),
        ((f"03-{ID}_照片.jfif",), {}, f"03-{ID}_照片.jfif"),
        (("王小明.jfif",), {}, "王小明.jfif"),
        (("王小明.heic",), {}, "王小明.heic"),
        (("01-王小明.jpg",), {}, "01-王小明.jpg"),
        (("1.王小明.png",), {}, "1.王小明.png"),
        (("某某学校_王小明.jpg",), {}, "某某学校_王小明.jpg"),
        (("王小明（2寸）.jpg",), {}, "王小明（2寸）.jpg"),
        (("王小明2寸照片.jpg",), {}, "王小明2寸照片.jpg"),
        (("王小明证件照.jpg",), {}, "王小明证件照.jpg"),
        (("王小明 照片.jpg",), {}, "王小明 照片.jpg"),
        (("７、王小明.jpg",), {}, "７、王小明.jpg"),
        (("03_阿依古丽买买提.jpg",), {"name": "阿依古丽·买买提"}, "03_阿依古丽买买提.jpg"),
    ],
)
def test_a_photo_is_found_by_cell_then_identity_number_then_name(
    tmp_path: Path, files: tuple[str, ...], changes: dict[str, Cell], path: str
) -> None:
    matches = match_photos(folder(tmp_path, *files), [row(**changes)])
    assert found(matches) == {2: path}
    assert matches.by_row[2].read() == f"bytes of {path}".encode()


def test_an_identity_number_ending_in_x_is_found_in_either_case(tmp_path: Path) -> None:
    with_x = next(i for i in (str(resident_id(order=n)) for n in range(1, 60)) if i.endswith("X"))
    matches = match_photos(folder(tmp_path, f"{with_x.lower()}.jpg"), [row(resident_id=with_x)])
    assert found(matches) == {2: f"{with_x.lower()}.jpg"}


@pytest.mark.parametrize(
    ("files", "changes", "code"),
    [
        ((), {}, "photo-missing"),
        (("王小红.jpg",), {}, "photo-missing"),
        (("王小明明.jpg", "大王小明.jpg"), {}, "photo-missing"),  # another person's
        ((f"王小明{OTHER_ID}.jpg",), {}, "photo-missing"),  # the number decides
        ((f"{ID}{OTHER_ID}.jpg",), {}, "photo-missing"),
        ((f"{ID}.jpg", f"{ID}-王小明.jpg"), {}, "photo-ambiguous"),
        (("王小明.jpg", "01-王小明.jpg"), {}, "photo-ambiguous"),
        ((f"{ID}.txt",), {}, "photo-missing"),
        (
            (f"{ID}.jpg", "王小明.jpg"),
            {"photo": "正面.jpg"},
            "photo-missing",
        ),  # asked for by name: nothing else will do
        ((f"{ID}.jpg", f"{ID}.png"), {}, "photo-ambiguous"),
        (("一/王小明.jpg", "二/王小明.jpg"), {}, "photo-ambiguous"),
        (("一/正面.jpg", "二/正面.jpg"), {"photo": "正面.jpg"}, "photo-ambiguous"),
    ],
)
def test_what_is_missing_or_ambiguous_is_a_problem_of_the_row(
    tmp_path: Path, files: tuple[str, ...], changes: dict[str, Cell], code: str
) -> None:
    matches = match_photos(folder(tmp_path, *files), [row(**changes)])
    assert codes(matches) == {2: code}
    assert found(matches) == {}
    assert ID not in matches.problems[2].zh + matches.problems[2].en


def test_two_people_of_one_name_need_more_than_the_name(tmp_path: Path) -> None:
    files = folder(tmp_path, "王小明.jpg", f"{OTHER_ID}.jpg")
    rows: list[Application | MalformedRow] = [row(2), row(3, resident_id=OTHER_ID), row(4)]
    matches = match_photos(files, rows)
    assert codes(matches) == {2: "photo-name-shared", 4: "photo-name-shared"}
    assert found(matches) == {3: f"{OTHER_ID}.jpg"}


def test_somebody_whose_row_cannot_be_read_may_be_the_one_in_the_photo(tmp_path: Path) -> None:
    files = folder(tmp_path, "王小明.jpg")
    rows: list[Application | MalformedRow] = [row(2), malformed("external", row=3, resident_id="123")]
    assert codes(match_photos(files, rows)) == {2: "photo-name-shared"}


def test_two_cards_of_one_person_share_a_photo(tmp_path: Path) -> None:
    files = folder(tmp_path, "王小明.jpg")
    assert found(match_photos(files, [row(2), application("internal", row=3)])) == {2: "王小明.jpg", 3: "王小明.jpg"}


def test_unused_files_are_reported_without_identity_numbers(tmp_path: Path) -> None:
    files = folder(tmp_path, f"{ID}.jpg", f"{OTHER_ID}.jpg", "说明.txt", "Thumbs.db", "._王.jpg", "__MACOSX/a.jpg")
    matches = match_photos(files, [row()])
    assert matches.unused == (f"{OTHER_ID[:3]}***********{OTHER_ID[-4:]}.jpg", "说明.txt")


def test_photos_of_rows_that_were_refused_are_not_called_unused(tmp_path: Path) -> None:
    files = folder(tmp_path, "王小明.jpg")
    assert match_photos(files, [malformed("external", work_unit=None)]).unused == ()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("王小明.jpg", "照片/赵六.png"), {"王小明.jpg", "照片/赵六.png"}),
        (("王小明.jpg".encode("gbk"), "照片\\欧阳娜娜.png".encode("gbk")), {"王小明.jpg", "照片/欧阳娜娜.png"}),
        (("王小明.jpg".encode(),), {"王小明.jpg"}),
        (("龙䶮𬭎.jpg".encode("gb18030"),), {"龙䶮𬭎.jpg"}),
        (("学习.jpg".encode("gbk"),), {"学习.jpg"}),  # D1 A7 CF B0 is also valid UTF-8, of other scripts
        ((b"0001.jpg", b"a/b.JPG"), {"0001.jpg", "a/b.JPG"}),
        (("a\u0301.jpg".encode(), "王.jpg".encode()), {"á.jpg", "王.jpg"}),
    ],
)
def test_names_in_an_archive_are_read_in_the_encoding_they_were_written_in(
    names: tuple[str | bytes, ...], expected: set[str]
) -> None:
    with open_archive(archive(*names)) as files:
        assert {photo.path for photo in files.photos} == expected
        assert all(photo.read() for photo in files.photos)


@pytest.mark.parametrize(
    "name",
    [
        "../a.jpg",
        "a/../../b.jpg",
        "/etc/a.jpg",
        "..\\a.jpg",
        "\\a.jpg",
        "C:\\a.jpg",
        "c:a.jpg",
        "a/..",
        b"a\0b/../c.jpg",
    ],
)
def test_a_path_out_of_the_archive_refuses_it(name: str | bytes) -> None:
    with pytest.raises(PhotosRefused) as refused:
        open_archive(archive("good.jpg", name))
    assert refused.value.code == "photos-path"


def test_a_symbolic_link_in_an_archive_refuses_it() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        link = zipfile.ZipInfo("a.jpg")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        package.writestr(link, "/etc/passwd")
    with pytest.raises(PhotosRefused) as refused:
        open_archive(out.getvalue())
    assert refused.value.code == "photos-symlink"


def test_a_small_file_may_be_compressed_as_well_as_it_can() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("white.bmp", bytes(5 << 20))  # a thousand times
    with open_archive(out.getvalue()) as files:
        assert len(files.photos[0].read()) == 5 << 20


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_beyond_the_limits_is_refused(compression: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as package:
        package.writestr("a.jpg", bytes(MAX_PHOTO_BYTES + 1))
    with pytest.raises(PhotosRefused) as refused:
        open_archive(out.getvalue())
    assert refused.value.code == "photos-zip-bomb"


@pytest.mark.parametrize("data", [b"", b"PK", b"\xff\xd8\xff\xe0 a photo itself"])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(PhotosRefused) as refused:
        open_archive(data)
    assert refused.value.code == "photos-not-zip"


def test_a_damaged_photo_is_found_when_it_is_read() -> None:
    data = bytearray(archive("a.jpg", "b.jpg"))
    at = data.find(b"a.jpg", data.find(b"a.jpg") + 1)
    data[at] = ord("z")
    with open_archive(bytes(data)) as files, pytest.raises(PhotosRefused) as refused:
        files.photos[0].read()
    assert refused.value.code == "photos-damaged"
    assert len(files.photos) == 2


def test_a_link_out_of_the_folder_refuses_it(tmp_path: Path) -> None:
    (tmp_path / "outside.jpg").write_bytes(b"x")
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").symlink_to("../outside.jpg")
    with pytest.raises(PhotosRefused) as refused:
        open_folder(photos)
    assert refused.value.code == "photos-symlink"


def test_links_inside_the_folder_are_files_and_linked_folders_are_not_entered(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jpg").write_bytes(b"one")
    (tmp_path / "2.jpg").symlink_to("a/1.jpg")
    (tmp_path / "again").symlink_to("a")
    (tmp_path / "a" / "loop").symlink_to("..")
    files = open_folder(tmp_path)
    assert [photo.path for photo in files.photos] == ["2.jpg", "a/1.jpg"]
    assert files.photos[0].read() == b"one"


def test_special_files_and_bottomless_folders(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert open_folder(tmp_path).photos == ()
    (tmp_path / "/".join("abcdefghij")).mkdir(parents=True)
    with pytest.raises(PhotosRefused) as refused:
        open_folder(tmp_path)
    assert refused.value.code == "photos-too-deep"


def test_a_photo_that_has_grown_or_gone_is_refused_when_read(tmp_path: Path) -> None:
    files = folder(tmp_path, "a.jpg", "b.jpg")
    (tmp_path / "a.jpg").write_bytes(bytes(MAX_PHOTO_BYTES + 1))
    (tmp_path / "b.jpg").unlink()
    for photo, code in zip(files.photos, ("photos-too-large", "photos-unreadable"), strict=True):
        with pytest.raises(PhotosRefused) as refused:
            photo.read()
        assert refused.value.code == code


def test_photos_come_from_a_folder_or_an_archive(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.jpg").write_bytes(b"x")
    (tmp_path / "photos.zip").write_bytes(archive("1.jpg"))
    for name in ("photos", "photos.zip"):
        with open_photos(tmp_path / name) as files:
            assert [photo.name for photo in files.photos] == ["1.jpg"]
    for name, code in (("nothing", "photos-missing"), ("photos/1.jpg", "photos-not-zip")):
        with pytest.raises(PhotosRefused) as refused:
            open_photos(tmp_path / name)
        assert refused.value.code == code


def test_a_file_with_the_names_of_two_people_is_neithers(tmp_path: Path) -> None:
    files = folder(tmp_path, "王小明、赵六.jpg")
    rows: list[Application | MalformedRow] = [row(2), row(3, name="赵六", resident_id=OTHER_ID)]
    assert codes(match_photos(files, rows)) == {2: "photo-missing", 3: "photo-missing"}


def test_a_file_with_the_number_of_one_and_the_name_of_another_is_refused(tmp_path: Path) -> None:
    files = folder(tmp_path, f"{ID}赵六.jpg", f"{OTHER_ID}.jpg")
    rows: list[Application | MalformedRow] = [row(2), row(3, name="赵六", resident_id=OTHER_ID)]
    matches = match_photos(files, rows)
    assert codes(matches) == {2: "photo-contradicts"}
    assert ID not in matches.problems[2].zh
    assert found(matches) == {3: f"{OTHER_ID}.jpg"}
