"""The drill: a register that serves is backed up while it issues, and restored on the other kind of database."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from time import sleep
from typing import Final

import httpx
import pytest
from sqlalchemy import func, select

from keys.keyring import Purpose
from service.domain.access import By, Permission
from service.domain.assessment import Assessment, NewAssessment, NewPerson, Role
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.kinds import SkillLevel
from service.domain.notice import Topic
from service.domain.reporting import ReportSide
from service.domain.review import Grade
from service.domain.validity import SHANGHAI
from service.flows.assessments.assessment_requests import AssessmentRequest, RecordRequest
from service.flows.assessments.planning import plan_assessment
from service.flows.assessments.records import make_record
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.cancellations import correct_cancellation
from service.flows.cards.card_requests import CorrectionRequest, ReplacementRequest
from service.flows.cards.lifecycle import replace_card
from service.flows.cards.photos import photo_of_credential
from service.flows.checking.reports import ReportRequest, report_card
from service.flows.checking.staff import take_scans
from service.flows.drafts.draft_requests import Columns, RosterFile
from service.flows.drafts.rosters import map_columns, read_roster_into, take_rows
from service.flows.notices.subscriptions import WebhookRequest, add_webhook
from service.flows.people.accounts import TokenRequest, add_token, list_users
from service.flows.people.cases import CaseClosingRequest, close_case, list_cases
from service.flows.people.filing_requests import FilingRequest, InstitutionEdit
from service.flows.people.institutions import edit_institution, file_jobs
from service.flows.people.reviews import EvaluationRequest, enter_evaluation
from service.flows.people.second_factor import begin_enrolment, confirm_enrolment
from service.flows.people.watch_list import note_looked
from service.flows.running.audit import audit, signed_head
from service.flows.running.back_up import back_up
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.store import copies, dump
from service.store.engine import Database
from service.store.scans import Scan
from service.store.tables import blob, journal, journal_head
from tests.api.test_batches import photos_of, roster_of
from tests.api.test_serve import Served, served, wait_until_started
from tests.flows.assessment_day import PLACE, PLAN, SKILLS, call_everybody
from tests.flows.crowd import Crowd, first_day, make_crowd
from tests.flows.damage import stored_blobs
from tests.flows.drafts_at_work import clerk_of, sheet_of
from tests.flows.office import (
    ACTOR,
    CHEAP,
    SCHOOL,
    Clock,
    Office,
    applicant,
    enter_bodies,
    photo,
    resident_id,
    settings_of,
)
from tests.flows.people_at_work import NETWORK, enter, hire
from tests.flows.test_backup import empty_database, restored
from tests.flows.test_draft_photos import Sender
from tests.flows.test_second_factor import code_now
from tests.flows.used_register import let_print

WHILE_ISSUING: Final = 5  # batches that are issued before the backup is made, while it is, and after
_SCOPES: Final = (Permission.ISSUE, Permission.CHECK, Permission.CHANGE_CARDS)
ONLY_A_RESTORE_FILLS: Final = {"unconfirmed", "lost_card", "lost_copy", "lost_place"}


@pytest.mark.slow
def test_a_register_that_serves_is_restored_on_the_other_database(
    bare_database_url: str, dialect: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    other_kind = "sqlite" if dialect == "postgresql" else "postgresql"
    office, crowd = worked_in(tmp_path / "data", bare_database_url)
    with office.register, served(office, tmp_path) as server:
        wait_until_started(server)
        texts = {number: office.text(number) for number in crowd.cards.values() if has_copy(office, number)}
        assert httpx.get(f"{server.address}/status-lists/1").status_code == 200
        before = {number: answer_of(server, text) for number, text in texts.items()}
        token = add_token(office.register, TokenRequest("centre", "drill", tuple(_SCOPES), 30), By(ACTOR)).secret
        office.rotate(Purpose.STATUS, Purpose.CARD)
        made = tmp_path / "while-issuing.zip"
        issued = back_up_while_issuing(office, server, token, made)
        replaced = httpx.post(
            f"{server.address}/api/v1/cards/{max(issued)}/replacement",
            json={"reason": "lost"},
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "drill-replacement"},
        )
        assert replaced.is_success, replaced.text
        assert httpx.get(f"{server.address}/status-lists/1").status_code == 200
        server.stopped()

        # Made while others issued: everything of one moment, and no card without its photograph.
        with (
            empty_database(other_kind, request, tmp_path / "one") as url,
            restored(office, made, tmp_path / "one" / "data", url, void_ahead=50) as (one, _),
        ):
            assert audit(one.register).faults == ()
            known = sum(one.verdict(text).card is not None for text in issued.values())
            assert 0 < known <= len(issued)
            assert stored_blobs(one.register.database).items() <= stored_blobs(office.register.database).items()

        # Made of the register at rest, with the head exported after it: every row and every photograph.
        replace_card(
            office.register, min(issued), ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR)
        )  # which no list tells of yet
        texts |= issued
        whole = tmp_path / "whole.zip"
        manifest = back_up(office.register, whole)
        empty = {name for name, rows in manifest.rows.items() if rows == 0}
        assert empty == ONLY_A_RESTORE_FILLS, "every other table has been put to use"
        office.clock.advance(seconds=2)
        head = signed_head(office.register)
        with (
            empty_database(other_kind, request, tmp_path / "all") as url,
            restored(office, whole, tmp_path / "all" / "data", url, head=head) as (moved, _),
        ):
            assert differing(office.register.database, moved.register.database) == []
            assert stored_blobs(moved.register.database) == stored_blobs(office.register.database)
            assert audit(moved.register).faults == ()
            for number, text in texts.items():
                assert moved.verdict(text) == office.verdict(text), number
                assert photo_of_credential(moved.register, text) == photo_of_credential(office.register, text)
            assert {number: moved.verdict(texts[number]).verdict.value for number in before} == before
        assert audit(office.register).faults == ()


def worked_in(folder: Path, url: str) -> tuple[Office, Crowd]:
    """Make a register in which three years of work leave a row in every table, up to yesterday; it is now today."""
    now = datetime.now(UTC).replace(microsecond=0)
    last_day = (now - timedelta(days=1)).astimezone(SHANGHAI).date()
    office = Office(settings_of(folder, url), Clock(), Random(31))
    office.clock.set_to(first_day(last_day))
    set_up(office.settings, office.effects, jurisdiction_text=shipped_jurisdiction("chongqing"), cost=CHEAP)
    enter_bodies(office.open())
    crowd = make_crowd(office, last_day)
    register, cards = office.register, crowd.cards
    edited = InstitutionEdit(reason="渝北人社函〔2026〕3号", printing_unit="某印务公司")
    edit_institution(register, SCHOOL.code, edited, ACTOR)
    file_jobs(register, SCHOOL.code, FilingRequest(jobs=["电工"], levels=[SkillLevel.THREE]), ACTOR)
    hire(office)
    gate = enter(office, "gate").principal
    scan = Scan(
        nonce=b"n" * 16,
        number=cards["sent"],
        copy=None,
        verdict="valid",
        verdict_now=None,
        place="门口",
        occupation=None,
        level=None,
        same_person=True,
        offline=True,
        scanned_at=office.clock.now,
        as_of=None,
    )
    take_scans(register, gate, [scan])
    enter_evaluation(
        register,
        cards["engaged"],
        EvaluationRequest(result=Grade.FAILED, on=office.today, by="周"),
        By(ACTOR, SCHOOL.code),
    )
    case = next(one for one in list_cases(register) if one.is_open)
    close_case(
        register, case.id, CaseClosingRequest(reason="已整改", decided_by="李主任", result=Grade.PASSED), By(ACTOR)
    )
    correct_cancellation(
        register, cards["revoked"], CorrectionRequest(reason="查无此事", decided_by="李主任"), By(ACTOR)
    )
    owner = next(one for one in list_users(register) if one.account.name == "school")
    confirm_enrolment(register, owner, code_now(office, begin_enrolment(register, owner).secret))
    plan_and_hold(office, cards)
    let_the_desk_work(office, cards["sent"])
    office.clock.now = now
    return office, crowd


def let_the_desk_work(office: Office, number: CardNumber) -> None:
    """Amend a card of which somebody is told, print it, and begin a batch that is still at work."""
    register, at_desk = office.register, clerk_of(office, "centre")
    add_webhook(register, at_desk.principal.by, WebhookRequest("https://hooks.example.cn/", list(Topic)))
    amend_card(register, number, AmendmentRequest(reason="错字", work_unit="重庆市某某厂"), By(ACTOR))
    let_print(office, number)
    at_work = at_desk.begin()
    book = sheet_of((), ["姓名", "单位名"], [["王小明", "重庆市某某厂"]])
    read_roster_into(register, at_desk.principal, at_work, RosterFile("名单.xlsx", book))
    map_columns(register, at_desk.principal, at_work, Columns(fields={1: "work_unit"}, remember=frozenset({1})))
    take_rows(register, at_desk.principal, at_work)
    Sender(at_desk, at_work).send(f"{resident_id(400)}.jpg", photo())
    seen = ReportRequest(nonce="a" * 32, place="门口", number=number)
    report_card(register, seen, {ReportSide.FRONT: photo()}, NETWORK)
    note_looked(register, clerk_of(office, "school").principal)


def plan_and_hold(office: Office, cards: Mapping[str, CardNumber]) -> None:
    """Plan an assessment for the next hour, call the roll, and make its record."""
    starts_at = (office.clock.now + timedelta(hours=1)).astimezone(SHANGHAI)
    people = (
        NewPerson(role=Role.LEADER, number=cards["engaged"]),
        NewPerson(role=Role.EXTERNAL, number=cards["sent"]),
        NewPerson(role=Role.ON_SITE_HEAD, name="何负责"),
    )
    new = NewAssessment(assessment=Assessment(SCHOOL.code, starts_at, (SKILLS,)), plan=PLAN, place=PLACE, people=people)
    identity = plan_assessment(office.register, AssessmentRequest.of(new), By(ACTOR))
    office.clock.advance(minutes=30)
    call_everybody(office, identity)
    make_record(office.register, identity, RecordRequest(made_by="何负责"), By(ACTOR))


def back_up_while_issuing(office: Office, server: Served, token: str, out: Path) -> dict[CardNumber, str]:
    """Make a backup while the server issues; return what the codes of the cards say that it issued."""
    begun, over = threading.Event(), threading.Event()
    today = office.today
    dates: dict[str, date] = {"certified_on": today - timedelta(days=20), "applied_on": today - timedelta(days=30)}

    def issue() -> list[CardNumber]:
        numbers: list[CardNumber] = []
        person = 500
        while len(numbers) < WHILE_ISSUING or not over.is_set():
            person += 1
            row = applicant("external", person, **dates)
            answer = httpx.post(
                f"{server.address}/api/v1/batches",
                files={"roster": ("名单.xlsx", roster_of(row)), "photos": ("照片.zip", photos_of(row))},
                data={"reviewed_by": "李审核"},
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"drill-{person}"},
                timeout=60,
            )
            assert answer.status_code == 202, answer.text
            numbers += [CardNumber(one["number"]) for one in _issued(server, token, answer.headers["location"])]
            begun.set()
        return numbers

    with ThreadPoolExecutor(1) as pool:
        issuing = pool.submit(issue)
        try:
            begun.wait(60)
            back_up(office.register, out)
        finally:
            over.set()
        numbers = issuing.result()
    return {number: office.text(number) for number in numbers}


def _issued(server: Served, token: str, address: str) -> Sequence[Mapping[str, str]]:
    """Wait until a batch is issued, and return its cards."""
    for _ in range(600):
        answer = httpx.get(f"{server.address}{address}", headers={"Authorization": f"Bearer {token}"}).json()
        if answer["state"] != "issuing":
            assert not answer["refused"], answer
            issued: Sequence[Mapping[str, str]] = answer["issued"]
            return issued
        sleep(0.1)
    raise AssertionError("it is never issued")


def answer_of(server: Served, text: str) -> str:
    answer = httpx.post(f"{server.address}/api/v1/verifications", json={"credential": text})
    assert answer.status_code == 200, answer.text
    word: str = answer.json()["verdict"]
    return word


def has_copy(office: Office, number: CardNumber) -> bool:
    with office.register.database.read() as connection:
        return copies.find_live(connection, number) is not None


def differing(one: Database, other: Database) -> list[tuple[str, int]]:
    """Name the tables whose rows differ, but for the one entry that says that the register was restored."""
    with one.read() as here, other.read() as there:
        found = []
        for table in dump.TABLES:
            mine, theirs = list(dump.dump(here, table)), list(dump.dump(there, table))
            if table is journal:
                theirs.pop()
            if table is not journal_head and mine != theirs:
                found.append((table.name, len(set(mine) ^ set(theirs))))
        assert here.execute(select(func.count()).select_from(blob)).scalar_one() > 0
        return found
