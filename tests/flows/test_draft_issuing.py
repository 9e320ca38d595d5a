"""A batch at work is issued beside the requests: once, whoever dies on the way; what is left over goes on."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from service.domain.draft_state import DraftState
from service.domain.verdict_words import Word
from service.flows.drafts.background import KEPT_ISSUED, KEPT_UNTOUCHED, carry_on, empty_drafts, judge_anew
from service.flows.drafts.desk import change_settings, draft_of, drop_draft, list_drafts
from service.flows.drafts.draft_requests import DraftSettings, RowEdit
from service.flows.drafts.issuing import LEASE, IssueOrder, start_issuing
from service.flows.drafts.photo_requests import Announced, PhotoClaim, PhotoPiece
from service.flows.drafts.photos import add_photo_piece, claim_photo, photo_bytes, photos_missing
from service.flows.drafts.reporting import report_of
from service.flows.drafts.rows import edit_row
from service.flows.errors import Refused
from service.flows.issue.batches import find_batch
from service.flows.register import open_register
from service.flows.running.audit import audit
from service.flows.running.back_up import back_up
from service.flows.running.restore import restore
from service.flows.running.restore_evidence import Later
from service.store import drafts
from service.store.tables import draft, draft_file, draft_piece, draft_row
from tests.flows.drafts_at_work import Clerk, clerk
from tests.flows.office import Office, applicant, name_of, photo, resident_id, settings_of
from tests.flows.people_at_work import PASSWORD
from tests.flows.test_draft_photos import Sender

ORDER = IssueOrder(password=PASSWORD)


def prepared(who: Clerk, *people: int, reviewer: str | None = "李审核") -> int:
    """A batch of external supervisors with their photographs; those with an even number have 59 points."""
    rows = [applicant("external", person, score=59 if person % 2 == 0 else 88) for person in people]
    identity = who.begin(*rows)
    for person in people:
        data = photo(person)
        sha256 = hashlib.sha256(data).hexdigest()
        announced = Announced(sha256, f"{resident_id(person)}.jpg", len(data))
        if photos_missing(who.office.register, who.principal, identity, [announced]):
            add_photo_piece(who.office.register, who.principal, identity, PhotoPiece(sha256, 0, data))
    change_settings(who.office.register, who.principal, identity, DraftSettings(name="外督", reviewed_by=reviewer))
    return identity


def test_good_rows_are_issued_and_the_others_go_on_in_another_draft(office: Office) -> None:
    who = clerk(office)
    register = office.register
    identity = prepared(who, 1, 2, 3)
    with pytest.raises(Refused) as refused:
        start_issuing(register, who.principal, identity, IssueOrder(password="wrong but long"))  # noqa: S106
    assert refused.value.code == "password-again-wrong"
    with pytest.raises(Refused) as refused:
        start_issuing(register, who.principal, identity, IssueOrder(password=PASSWORD, cards=3))
    assert refused.value.code == "draft-changed"
    start_issuing(register, who.principal, identity, IssueOrder(password=PASSWORD, cards=2))
    assert who.view(identity).state is DraftState.ISSUING
    with pytest.raises(Refused) as refused:
        claim_photo(register, who.principal, identity, PhotoClaim(3, None))
    assert refused.value.code == "draft-closed"
    assert carry_on(register) == 1
    assert carry_on(register) == 0

    view = who.view(identity)
    assert (view.state, view.progress.done, view.progress.total) == (DraftState.ISSUED, 3, 3)
    batch = find_batch(register, identity, "centre")
    assert [row.row for row in batch.outcome.issued] == [2, 4]
    assert [office.check(number) for number in batch.printable] == [Word.VALID, Word.VALID]
    assert audit(register).faults == ()

    assert view.rest is not None
    rest = who.view(view.rest)
    assert (rest.name, rest.rest_of, [row.row for row in rest.rows]) == ("外督 余下", identity, [3])
    assert [problem.code for problem in rest.rows[0].problems] == [p.code for p in batch.outcome.refused[0].problems]
    (file,) = rest.files
    assert photo_bytes(register, who.principal, rest.id, file.id) == photo(2)
    edit_row(register, who.principal, rest.id, RowEdit(3, {"score": "88"}, rest.rows[0].version))
    assert who.codes(rest.id) == {}
    start_issuing(register, who.principal, rest.id, ORDER)
    carry_on(register)
    assert len(find_batch(register, rest.id, "centre").printable) == 1


def test_the_report_can_be_had_before_and_at_any_time_after(lite: Office) -> None:
    who = clerk(lite)
    identity = prepared(who, 1, 2)

    def results() -> list[tuple[object, object]]:
        sheet = openpyxl.load_workbook(io.BytesIO(report_of(lite.register, who.principal, identity))).active
        assert sheet is not None
        headings = [cell.value for cell in sheet[1]]
        places = headings.index("处理结果"), headings.index("已发证卡编号")
        return [(row[places[0]], row[places[1]]) for row in sheet.iter_rows(min_row=2, values_only=True)]

    assert results() == [("可发证", None), ("未通过", None)]
    start_issuing(lite.register, who.principal, identity, ORDER)
    carry_on(lite.register)
    (issued,) = find_batch(lite.register, identity, "centre").outcome.issued
    assert results() == [("已发证", issued.number), ("未通过", None)]
    lite.clock.now += KEPT_ISSUED + timedelta(minutes=1)
    assert empty_drafts(lite.register) == 1
    assert (who.view(identity).rows, results()[0]) == ((), ("已发证", issued.number))
    other = lite.issue(applicant("external", 5), issuer="centre").batch
    assert other is not None
    with pytest.raises(Refused) as refused:
        report_of(lite.register, who.principal, other)
    assert refused.value.code == "no-report"


def test_nobody_issues_without_a_reviewer_or_a_good_row(lite: Office) -> None:
    who = clerk(lite)
    for identity, code in (
        (prepared(who, 1, reviewer=None), "reviewer-missing"),
        (prepared(who, 2), "nothing-to-issue"),
    ):
        with pytest.raises(Refused) as refused:
            start_issuing(lite.register, who.principal, identity, ORDER)
        assert refused.value.code == code
        assert who.view(identity).state is DraftState.OPEN


def test_work_whose_process_died_is_gone_on_with_when_its_lease_has_run_out(lite: Office) -> None:
    who = clerk(lite)
    identity = prepared(who, 1, 3)
    start_issuing(lite.register, who.principal, identity, ORDER)
    with lite.register.database.write() as connection:  # another process takes it, and is killed
        assert drafts.lease(connection, identity, lite.clock.now, lite.clock.now + LEASE, b"another")
    assert carry_on(lite.register) == 0
    lite.clock.now += LEASE
    assert carry_on(lite.register) == 1
    assert len(find_batch(lite.register, identity, "centre").printable) == 2


def test_what_speaks_against_the_batch_as_a_whole_opens_it_again(lite: Office) -> None:
    """Somebody else was first: nothing is left to issue, and the draft says why and stays open."""
    who = clerk(lite)
    identity = prepared(who, 1)
    start_issuing(lite.register, who.principal, identity, ORDER)
    lite.issue_one(applicant("external", 1))
    carry_on(lite.register)
    view = who.view(identity)
    assert (view.state, view.failure and view.failure.code) == (DraftState.OPEN, "nothing-to-issue")
    assert view.counts.problems == 1


def test_what_nobody_touches_goes_after_its_time(lite: Office) -> None:
    who = clerk(lite)
    dropped, left = prepared(who, 1), prepared(who, 3)
    drop_draft(lite.register, who.principal, dropped)
    lite.clock.now += KEPT_UNTOUCHED / 2
    assert judge_anew(lite.register) == 1  # nobody has touched it by that
    lite.clock.now += KEPT_UNTOUCHED / 2 + timedelta(minutes=1)
    assert empty_drafts(lite.register) == 1
    assert list_drafts(lite.register, who.principal) == ()
    with pytest.raises(Refused):
        who.view(left)


def test_a_backup_carries_batches_at_work_and_a_restore_issues_nothing_by_itself(lite: Office, tmp_path: Path) -> None:
    """What was asked for before the backup may have been issued since: a person looks first."""
    who = clerk(lite)
    identity = prepared(who, 1, 2)
    start_issuing(lite.register, who.principal, identity, ORDER)
    back_up(lite.register, tmp_path / "a.zip")
    url = f"sqlite:///{tmp_path / 'restored' / 'register.db'}"
    (tmp_path / "restored").mkdir()
    settings = settings_of(tmp_path / "restored", url)
    restore(settings, lite.effects, tmp_path / "a.zip", Later(void_ahead=10), actor="office")
    with open_register(settings, lite.effects) as register:
        assert carry_on(register) == 0
        view = draft_of(register, who.principal, identity)
        assert (view.state, view.counts.good, view.counts.photos) == (DraftState.OPEN, 1, 2)
        assert photo_bytes(register, who.principal, identity, view.files[0].id) == photo(1)


def test_a_batch_that_lies_is_judged_anew_on_another_day(lite: Office) -> None:
    """督§7: a certification grows too old while nobody looks; what the list says is true on the day it is read."""
    who = clerk(lite)
    identity = prepared(who, 1)
    assert (judge_anew(lite.register), who.codes(identity)) == (0, {})
    lite.clock.now += timedelta(days=400)
    assert judge_anew(lite.register) == 1
    assert list(who.codes(identity)) == [2]
    assert judge_anew(lite.register) == 0


def test_two_who_press_at_once_issue_once(office: Office) -> None:
    who = clerk(office)
    identity = prepared(who, 1)

    def press(_: int) -> str:
        try:
            start_issuing(office.register, who.principal, identity, ORDER)
        except Refused as refused:
            return refused.code
        return "asked"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == ["asked", "draft-closed"]
        assert len(list(pool.map(lambda _: carry_on(office.register), range(2)))) == 2
    assert len(find_batch(office.register, identity, "centre").printable) == 1


def test_what_lies_in_a_draft_can_be_read_with_the_registers_keys_alone(lite: Office) -> None:
    who = clerk(lite)
    identity = prepared(who, 1)
    Sender(who, identity).missing("half.jpg", photo(7))
    Sender(who, identity).piece(photo(7), 0, photo(7)[:500])
    with lite.register.database.read() as connection:
        stored = [
            value
            for table in (draft, draft_row, draft_file, draft_piece)
            for row in connection.execute(select(table))
            for value in row
            if isinstance(value, bytes)
        ]
    assert len(stored) > 10
    for value in stored:
        assert not value.startswith((b"PK", b"\xff\xd8"))
        assert resident_id(1).encode() not in value
        assert name_of(1).encode() not in value
