"""Files of a check at the desk: kept for its sign-in and an hour, good for one batch."""

from __future__ import annotations

import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from cardlayout.render import Job
from service.domain.access import Principal
from service.domain.card_number import CardNumber
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.errors import Refused
from service.flows.issue.batches import list_batches
from service.flows.issue.issue_files import IssueRequest
from service.flows.issue.upload_files import PIECE
from service.flows.issue.uploads import (
    KEPT_FOR,
    Checked,
    Files,
    check_files,
    find_check,
    issue_checked,
    report_of,
    sweep_uploads,
)
from service.flows.people.sign_in import SignIn
from service.flows.register import VAULT_FILE
from service.settings import Settings
from service.store import cards
from service.store.tables import upload, upload_piece
from tests.api.test_batches import photos_of, roster_of
from tests.flows.damage import stored_blobs
from tests.flows.office import ACTOR, PASSPHRASE, Office, applicant, resident_id
from tests.flows.people_at_work import enter, hire


@pytest.fixture
def centre(lite: Office) -> SignIn:
    hire(lite, "centre", "school")
    return enter(lite, "centre")


def check(office: Office, sign_in: SignIn, person: int = 1) -> Checked:
    row = applicant("external", person)
    files = Files("名单.xlsx", io.BytesIO(roster_of(row)), io.BytesIO(photos_of(row)))
    return check_files(office.register, sign_in, files, IssueRequest(reviewed_by="李审核"))


def kept(office: Office) -> list[tuple[str, bool, int]]:
    """Return what is kept: the key, whether the roster is, and how many pieces of the archive."""
    with office.register.database.read() as connection:
        return [
            (row.key, row.has_roster, row.pieces)
            for row in connection.execute(
                select(
                    upload.c.key,
                    upload.c.roster.is_not(None).label("has_roster"),
                    func.count(upload_piece.c.place).label("pieces"),
                )
                .outerjoin(upload_piece, upload_piece.c.key == upload.c.key)
                .group_by(upload.c.key)
            )
        ]


def test_a_check_spends_nothing_and_is_good_for_one_batch(lite: Office, centre: SignIn) -> None:
    checked = check(lite, centre)
    assert list_batches(lite.register, "centre") == ()
    assert kept(lite) == [(checked.key, True, 1)]
    batch = issue_checked(lite.register, centre, checked.key)
    assert issue_checked(lite.register, centre, checked.key) == batch
    assert len(list_batches(lite.register, "centre")) == 1
    assert kept(lite) == [(checked.key, False, 0)], "people's data is gone"
    assert find_check(lite.register, centre, checked.key).batch == batch
    assert report_of(lite.register, centre, checked.key)[:2] == b"PK"
    lite.clock.now += KEPT_FOR
    sweep_uploads(lite.register)
    assert kept(lite) == []
    assert issue_checked(lite.register, centre, checked.key) == batch, "the register knows, when all else is deleted"


def test_a_check_is_its_sign_ins_own(lite: Office, centre: SignIn) -> None:
    checked = check(lite, centre)
    for other in (enter(lite, "school"), enter(lite, "centre")):
        assert isinstance(other.principal, Principal)
        for ask in (find_check, report_of, issue_checked):
            with pytest.raises(Refused) as refused:
                ask(lite.register, other, checked.key)
            assert refused.value.code == "upload-gone"
    with pytest.raises(Refused):
        find_check(lite.register, centre, "../" + checked.key)


def test_one_check_a_sign_in_and_an_hour_at_most(lite: Office, centre: SignIn) -> None:
    first = check(lite, centre)
    second = check(lite, centre, 2)
    assert len(kept(lite)) == 1
    with pytest.raises(Refused):
        find_check(lite.register, centre, first.key)
    lite.clock.now += KEPT_FOR - timedelta(seconds=2)
    sweep_uploads(lite.register)
    assert len(kept(lite)) == 1
    lite.clock.now += timedelta(seconds=2)
    with pytest.raises(Refused):
        find_check(lite.register, centre, second.key)
    sweep_uploads(lite.register)
    assert kept(lite) == []


def test_a_roster_that_cannot_be_read_leaves_nothing(lite: Office, centre: SignIn) -> None:
    files = Files("x", io.BytesIO(b"nothing"), io.BytesIO(photos_of()))
    with pytest.raises(Refused):
        check_files(lite.register, centre, files, IssueRequest(reviewed_by="李审核"))
    assert kept(lite) == []


def test_what_one_host_has_checked_another_issues_and_a_restart_loses_nothing(office: Office, tmp_path: Path) -> None:
    """Hosts share the database and the sealed keys, and nothing else."""
    hire(office, "centre")
    sign_in = enter(office, "centre")
    checked = check(office, sign_in)
    office.register.close()
    office.open()
    assert find_check(office.register, sign_in, checked.key) == checked

    folder = tmp_path / "another host"
    folder.mkdir()
    (folder / VAULT_FILE).write_bytes((office.settings.data / VAULT_FILE).read_bytes())
    another = Office(Settings(folder, office.settings.database_url, passphrase=PASSPHRASE), office.clock, Random(23))
    with another.open():
        assert find_check(another.register, sign_in, checked.key) == checked
        batch = issue_checked(another.register, sign_in, checked.key)
        (number,) = (
            CardNumber(row.number or "") for row in find_check(office.register, sign_in, checked.key).outcome.issued
        )
        out = io.BytesIO()
        print_cards(another.register, Printing((number,), Job("证卡")), out, actor=ACTOR)
    assert issue_checked(office.register, sign_in, checked.key) == batch
    again = io.BytesIO()
    print_cards(office.register, Printing((number,), Job("证卡")), again, actor=ACTOR)
    assert again.getvalue() == out.getvalue(), "the photograph is where the card is"


def test_an_archive_of_several_pieces_comes_back_whole(lite: Office, centre: SignIn) -> None:
    rows = [applicant("external", person) for person in range(1, 4)]
    archive = photos_of(*rows, **{f"{resident_id(50 + place)} large": os.urandom(PIECE * 3 // 2) for place in range(3)})
    assert len(archive) > 4 * PIECE
    files = Files("名单.xlsx", io.BytesIO(roster_of(*rows)), io.BytesIO(archive))
    checked = check_files(lite.register, centre, files, IssueRequest(reviewed_by="李审核"))
    assert kept(lite) == [(checked.key, True, -(-len(archive) // PIECE))]
    assert len(checked.outcome.unused_photos) == 3
    issue_checked(lite.register, centre, checked.key)
    found = find_check(lite.register, centre, checked.key).outcome
    assert [row.row for row in found.issued] == [row.row for row in checked.outcome.issued]
    assert stored_blobs(lite.register.database)


def test_what_is_kept_can_be_read_with_the_registers_keys_alone(lite: Office, centre: SignIn) -> None:
    check(lite, centre)
    with lite.register.database.read() as connection:
        stored = [
            value
            for table in (upload, upload_piece)
            for row in connection.execute(select(table))
            for value in row
            if isinstance(value, bytes)
        ]
    assert len(stored) == 5
    for value in stored:
        assert b"PK" not in value[:40]
        assert resident_id(1).encode() not in value
        assert b"external" not in value


def test_two_presses_at_once_issue_once(office: Office) -> None:
    hire(office, "centre")
    sign_in = enter(office, "centre")
    for person in range(1, 4):
        press = partial(issue_checked, office.register, sign_in, check(office, sign_in, person).key)
        with ThreadPoolExecutor(3) as pool:
            assert len({press.result() for press in [pool.submit(press) for _ in range(3)]}) == 1
    assert len(list_batches(office.register, "centre")) == 3


def test_a_notice_of_the_certification_counts_when_checked_and_when_issued(lite: Office, centre: SignIn) -> None:
    """督§9, 考§12: it is kept with the card."""
    row = applicant("external", 1, certified_on=date(2025, 10, 1), applied_on=date(2025, 9, 1))

    def checked(**more: str) -> Checked:
        files = Files("名单.xlsx", io.BytesIO(roster_of(row)), io.BytesIO(photos_of(row)))
        return check_files(lite.register, centre, files, IssueRequest(reviewed_by="李审核", **more))

    assert [one.code for one in checked().outcome.refused[0].problems] == ["certification-too-old"]
    issue_checked(lite.register, centre, checked(notice="渝职鉴发〔2025〕12号").key)
    with lite.register.database.read() as connection:
        record = cards.get(connection, CardNumber("R50260001"))
    assert record is not None
    assert (record.application or {})["notice"] == "渝职鉴发〔2025〕12号"
