"""Files of a check at the desk: kept for its sign-in and an hour, good for one batch."""

from __future__ import annotations

import io
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from service.domain.access import Principal
from service.flows.batches import list_batches
from service.flows.errors import Refused
from service.flows.sign_in import SignIn
from service.flows.uploads import (
    KEPT_FOR,
    UPLOADS_FOLDER,
    Checked,
    Files,
    check_files,
    find_check,
    issue_checked,
    report_of,
    sweep_uploads,
)
from tests.api.test_batches import photos_of, roster_of
from tests.flows.office import Office, applicant
from tests.flows.people_at_work import enter, hire


@pytest.fixture
def centre(lite: Office) -> SignIn:
    hire(lite, "centre", "school")
    return enter(lite, "centre")


def check(office: Office, sign_in: SignIn, person: int = 1) -> Checked:
    row = applicant("external", person)
    files = Files("名单.xlsx", io.BytesIO(roster_of(row)), io.BytesIO(photos_of(row)))
    return check_files(office.register, sign_in, files, issued_on=None, reviewed_by="李审核")


def kept(office: Office) -> list[Path]:
    root = office.settings.data / UPLOADS_FOLDER
    return sorted(root.iterdir()) if root.exists() else []


def test_a_check_spends_nothing_and_is_good_for_one_batch(lite: Office, centre: SignIn) -> None:
    checked = check(lite, centre)
    assert list_batches(lite.register, "centre") == ()
    (folder,) = kept(lite)
    assert {path.name for path in folder.iterdir()} >= {"roster.xlsx", "photos.zip", "report.xlsx"}
    assert folder.stat().st_mode & 0o077 == 0
    batch = issue_checked(lite.register, centre, checked.key)
    assert issue_checked(lite.register, centre, checked.key) == batch
    assert len(list_batches(lite.register, "centre")) == 1
    assert {path.name for path in folder.iterdir()} == {"report.xlsx", "checked.json"}, "people's data is gone"
    assert find_check(lite.register, centre, checked.key).batch == batch
    shutil.rmtree(folder)
    assert issue_checked(lite.register, centre, checked.key) == batch, "the register knows, whatever the disk has lost"


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
        check_files(lite.register, centre, files, issued_on=None, reviewed_by="李审核")
    assert kept(lite) == []
