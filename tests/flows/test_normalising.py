"""Photographs are decoded several at a time and once, and a request is known by what came."""

from __future__ import annotations

import hashlib
import io
import sqlite3
from collections.abc import Iterator

import msgspec
import pytest
from PIL import Image

from cardlayout.portrait import EARLIER_SPARE, VERSION, PortraitError, normalise
from service.demo.faces import portrait
from service.domain.card_number import CardNumber
from service.domain.kinds import Sex
from service.flows.cards.stored_photos import read_photo
from service.flows.issue.normalising import Kept, _kept, in_turn, portrait_or_error
from service.store import cards
from service.store.blobs import digest_of
from service.store.errors import IdempotencyKeyReused
from tests.flows.office import Office, applicant, archive_of


def large(seed: int) -> bytes:
    picture = Image.open(io.BytesIO(portrait(seed, Sex.FEMALE, 31))).resize((1772, 2480))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def test_what_was_made_of_a_photograph_is_kept_within_a_bound() -> None:
    photo, other = portrait(0, Sex.MALE, 24), portrait(0, Sex.FEMALE, 52)
    kept = Kept()
    first = kept.portrait(photo)
    assert kept.portrait(bytes(bytearray(photo))) is first
    assert first == normalise(photo)
    small = Kept(len(first) + 1)
    made = small.portrait(photo)
    small.portrait(other)
    assert small.portrait(photo) is not made
    assert small.portrait(photo) == made


def test_an_issue_takes_what_its_check_has_made(lite: Office) -> None:
    """What is kept is exchanged between the two: the card bears what was put there, so nothing was decoded again."""
    row, photo, other = applicant("external", 1), large(3), normalise(large(4))
    files = {f"{row.cells['resident_id']}.jpg": photo}
    assert len(lite.issue(row, photos=archive_of(files), dry_run=True).issued) == 1
    key = (VERSION, hashlib.sha256(photo).digest())
    assert _kept._portraits[key] == normalise(photo)
    _kept._portraits[key] = other
    try:
        (issued,) = lite.issue(row, photos=archive_of(files)).issued
    finally:
        del _kept._portraits[key]
    with lite.register.database.read() as connection:
        record = cards.get(connection, CardNumber(issued.number or ""))
        assert record is not None
        assert read_photo(connection, record.photo or b"") == other


def test_photographs_keep_their_order_and_are_not_all_read_ahead() -> None:
    read = 0

    def photos() -> Iterator[tuple[int, bytes]]:
        nonlocal read
        for index in range(40):
            read += 1
            yield index, b"no picture" if index % 3 else portrait(0, Sex.MALE, 24)

    for index, (key, made) in enumerate(in_turn(portrait_or_error, photos())):
        assert key == index
        assert isinstance(made, PortraitError) == bool(index % 3)
        assert read - index <= 9
    assert read == 40


def test_a_retry_after_an_upgrade_is_the_same_request(lite: Office) -> None:
    """Earlier versions knew a batch by the portraits as they made them."""
    row, photo = applicant("external", 1), large(3)
    name = f"{row.cells['resident_id']}.jpg"
    done = lite.issue(row, photos=archive_of({name: photo}), key="K")
    earlier = normalise(photo, spare=EARLIER_SPARE)
    assert earlier != normalise(photo)
    before = hashlib.sha256(
        msgspec.json.encode(
            ([(row.row, dict(row.cells))], [(row.row, digest_of(earlier))], None, None, "李审核", False),
            order="deterministic",
        )
    ).digest()
    with sqlite3.connect(lite.settings.data / "register.db") as connection:
        connection.execute("DROP TRIGGER batch_result_fixed")
        connection.execute("UPDATE batch SET request_hash = ?", (before,))
    assert lite.issue(row, photos=archive_of({name: photo}), key="K") == done
    with pytest.raises(IdempotencyKeyReused):
        lite.issue(row, photos=archive_of({name: large(4)}), key="K")
