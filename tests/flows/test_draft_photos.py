"""Photographs of batches at work: taken in pieces, looked at once, found by name or chosen, and cut by hand."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from PIL import Image
from sqlalchemy import Engine, event

from cardlayout.portrait import inspect
from service.domain.draft_state import FileState
from service.flows.cards.preview import NUMBER_TO_COME
from service.flows.drafts.desk import row_of
from service.flows.drafts.faces import face_of_row
from service.flows.drafts.photo_requests import Announced, Missing, PhotoClaim, PhotoPiece, RowCrop
from service.flows.drafts.photos import (
    add_photo_piece,
    claim_photo,
    photo_bytes,
    photos_missing,
    portrait_bytes,
    set_crop,
)
from service.flows.drafts.unpacking import unpack_archives
from service.flows.drafts.views import Crop, FileLine
from service.flows.errors import Refused
from tests.flows.drafts_at_work import Clerk, clerk
from tests.flows.office import Office, applicant, name_of, photo, resident_id


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who sends photographs of a batch."""

    who: Clerk
    draft: int

    def missing(self, name: str, data: bytes) -> tuple[Missing, ...]:
        announced = Announced(hashlib.sha256(data).hexdigest(), name, len(data))
        return photos_missing(self.who.office.register, self.who.principal, self.draft, [announced])

    def piece(self, data: bytes, at: int, piece: bytes) -> FileLine:
        sha256 = hashlib.sha256(data).hexdigest()
        return add_photo_piece(self.who.office.register, self.who.principal, self.draft, PhotoPiece(sha256, at, piece))

    def send(self, name: str, data: bytes) -> FileLine:
        self.missing(name, data)
        return self.piece(data, 0, data)


def phone_photo(orientation: int = 6, size: tuple[int, int] = (2000, 1500)) -> bytes:
    """A photograph as a telephone stores it: large, lying on its side."""
    picture = Image.open(io.BytesIO(photo())).resize(size)
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def test_a_photograph_comes_in_pieces_and_goes_on_where_it_broke_off(office: Office) -> None:
    who = clerk(office)
    sender = Sender(who, who.begin(applicant("external", 1)))
    data, half = photo(), len(photo()) // 2
    sha256 = hashlib.sha256(data).hexdigest()
    assert sender.missing(f"{resident_id(1)}.jpg", data) == (Missing(sha256, 0),)
    assert sender.piece(data, 0, data[:half]).received == half
    assert sender.piece(data, 0, data[:half]).received == half
    assert sender.missing("again.jpg", data) == (Missing(sha256, half),)
    with pytest.raises(Refused) as refused:
        sender.piece(data, half + 1, data[half + 1 :])
    assert refused.value.code == "piece-out-of-place"
    assert who.codes(sender.draft) == {2: ["photo-coming"]}
    line = sender.piece(data, half - 10, data[half - 10 :])
    assert (line.state, line.rows, line.names[0]) == (
        FileState.KEPT,
        (2,),
        f"{resident_id(1)[:3]}***********{resident_id(1)[-4:]}.jpg",
    )
    assert who.codes(sender.draft) == {}
    assert sender.missing("elsewhere.jpg", data) == ()
    assert portrait_bytes(office.register, who.principal, sender.draft, 2) == data


def test_a_piece_on_the_way_reads_its_own_file_and_no_row_of_the_batch(lite: Office) -> None:
    who = clerk(lite)
    data, third = photo(), len(photo()) // 3
    read: list[list[str]] = []
    for rows in (1, 12):
        sender = Sender(who, who.begin(*(applicant("external", person) for person in range(1, 1 + rows))))
        sender.missing(f"{resident_id(1)}.jpg", data)
        sender.piece(data, 0, data[:third])
        with statements() as asked:
            line = sender.piece(data, third, data[third : 2 * third])
        assert (line.state, line.rows, line.received) == (FileState.COMING, (2,), 2 * third)
        read.append([statement for statement in asked if statement.startswith("SELECT")])
    assert read[0] == read[1]
    assert not [statement for statement in read[0] if "draft_row.cells" in statement]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note what the database is asked."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_one_picture_under_two_names_is_sent_once(lite: Office) -> None:
    who = clerk(lite)
    identity = who.begin(applicant("external", 1), applicant("external", 2))
    data = photo()
    sha256 = hashlib.sha256(data).hexdigest()
    announced = [Announced(sha256, f"{resident_id(person)}.jpg", len(data)) for person in (1, 2)]
    assert photos_missing(lite.register, who.principal, identity, announced) == (Missing(sha256, 0),)
    line = Sender(who, identity).piece(data, 0, data)
    assert (len(line.names), line.rows) == (2, (2, 3))
    assert photos_missing(lite.register, who.principal, identity, announced) == ()


def test_bytes_that_were_not_announced_are_sent_again(lite: Office) -> None:
    who = clerk(lite)
    sender = Sender(who, who.begin())
    data = photo()
    with pytest.raises(Refused) as refused:
        sender.piece(data, 0, data)
    assert refused.value.code == "file-not-announced"
    (missing,) = sender.missing("a.jpg", data)
    with pytest.raises(Refused) as refused:
        sender.piece(data, 0, bytes(len(data)))
    assert refused.value.code == "photo-digest"
    assert sender.missing("a.jpg", data) == (missing,)
    assert sender.piece(data, 0, data).state is FileState.KEPT
    assert sender.send("b.jpg", b"no picture").problem is not None


def test_a_photograph_of_a_telephone_is_turned_reduced_and_cut_by_hand(lite: Office) -> None:
    who = clerk(lite)
    identity = who.begin(applicant("external", 1))
    sender = Sender(who, identity)
    line = sender.send("IMG_1.jpg", phone_photo())
    assert (line.width, line.height, line.rows) == (1200, 1600, ())
    assert who.view(identity).counts.unclaimed == 1
    claim_photo(lite.register, who.principal, identity, PhotoClaim(2, line.id))
    assert who.codes(identity) == {}
    before = portrait_bytes(lite.register, who.principal, identity, 2)
    set_crop(lite.register, who.principal, identity, RowCrop(2, Crop(100, 100, 500, 700)))
    assert inspect(portrait_bytes(lite.register, who.principal, identity, 2)) == (395, 553)
    assert portrait_bytes(lite.register, who.principal, identity, 2) != before
    assert row_of(lite.register, who.principal, identity, 2).crop == Crop(100, 100, 500, 700)
    set_crop(lite.register, who.principal, identity, RowCrop(2, Crop(0, 0, 500, 700, 1)))
    for wrong, code in (
        (Crop(0, 0, 500, 500), "portrait-crop-invalid"),
        (Crop(1000, 0, 500, 700), "portrait-crop-invalid"),
        (Crop(0, 0, 200, 280), "portrait-too-small"),
    ):
        with pytest.raises(Refused) as refused:
            set_crop(lite.register, who.principal, identity, RowCrop(2, wrong))
        assert refused.value.code == code
    set_crop(lite.register, who.principal, identity, RowCrop(2, None))
    assert portrait_bytes(lite.register, who.principal, identity, 2) == before
    claim_photo(lite.register, who.principal, identity, PhotoClaim(2, None))
    assert who.codes(identity) == {2: ["photo-missing"]}


def test_a_photograph_too_small_is_shown_and_refuses_its_row(lite: Office) -> None:
    who = clerk(lite)
    identity = who.begin(applicant("external", 1))
    line = Sender(who, identity).send(f"{name_of(1)}.jpg", photo(size=(90, 126)))
    assert (line.state, line.problem is not None, line.rows) == (FileState.KEPT, True, (2,))
    assert who.codes(identity) == {2: ["portrait-too-small"]}
    assert inspect(photo_bytes(lite.register, who.principal, identity, line.id)) == (90, 126)
    good = Sender(who, identity).send("other.jpg", photo(1))
    claim_photo(lite.register, who.principal, identity, PhotoClaim(2, good.id))
    assert who.codes(identity) == {}


def test_an_archive_is_unpacked_beside_the_requests_and_goes_on_after_a_crash(lite: Office) -> None:
    who = clerk(lite)
    identity = who.begin(*(applicant("external", person) for person in range(1, 11)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for person in range(1, 11):
            archive.writestr(f"照片/{name_of(person)}.jpg", photo(max(person, 2)))  # two have sent one picture
    sender = Sender(who, identity)
    assert sender.send("照片.zip", buffer.getvalue()).state is FileState.WAITING
    asked = iter((True, False))
    unpack_archives(lite.register, identity, lambda: next(asked))
    assert who.view(identity).counts.photos == 8
    unpack_archives(lite.register, identity, lambda: True)
    view = who.view(identity)
    assert (view.counts.photos, view.counts.good, view.counts.problems) == (10, 10, 0)
    assert [file.state for file in view.files] == [FileState.KEPT] * 10
    assert len(view.files[1].names) == 2
    broken = sender.send("x.zip", b"PK no archive")
    unpack_archives(lite.register, identity, lambda: True)
    again = next(file for file in who.view(identity).files if file.id == broken.id)
    assert (again.state, again.problem and again.problem.code) == (FileState.REFUSED, "photos-not-zip")


def test_the_card_of_a_row_is_seen_before_it_has_a_number(lite: Office) -> None:
    who = clerk(lite)
    identity = who.begin(applicant("external", 1), applicant("external", 2, certified_on="gestern"))
    face = face_of_row(lite.register, who.principal, identity, 2)
    assert (face.number, face.portrait, face.qr) == (NUMBER_TO_COME, b"", None)
    assert face.fields[0].value == name_of(1)
    Sender(who, identity).send(f"{resident_id(1)}.jpg", photo())
    assert face_of_row(lite.register, who.principal, identity, 2).portrait == photo()
    with pytest.raises(Refused) as refused:
        face_of_row(lite.register, who.principal, identity, 3)
    assert refused.value.code == "row-no-face"
