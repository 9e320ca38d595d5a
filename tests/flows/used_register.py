"""A register in which something of everything has happened: a row in every table that is covered by facts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from sqlalchemy import Connection, make_url, text

from keys.keyring import Purpose
from service.domain.access import By, Permission
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.event import Event
from service.domain.issuer import CENTRE
from service.domain.kinds import SkillLevel
from service.domain.notice import Topic
from service.domain.printing import AgainReason, Delivery
from service.domain.replaying import LostCard
from service.domain.reporting import ReportSide
from service.domain.review import Grade
from service.flows.assessments.assessment_requests import RecordRequest
from service.flows.assessments.records import make_record
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.cancellations import correct_cancellation, propose_revocation
from service.flows.cards.card_requests import CorrectionRequest, ProposalRequest, ReplacementRequest, RevocationRequest
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.card_texts import set_texts
from service.flows.cards.lifecycle import replace_card, revoke_card
from service.flows.checking.reports import ReportRequest, report_card
from service.flows.issue.number_series import ReservationRequest, reserve_numbers
from service.flows.issue.portraits import set_portrait_in_code
from service.flows.notices.subscriptions import WebhookRequest, add_webhook
from service.flows.people.accounts import TokenRequest, add_token
from service.flows.people.cases import CaseClosingRequest, close_case
from service.flows.people.filing_requests import FilingRequest, InstitutionEdit
from service.flows.people.institutions import edit_institution, file_jobs
from service.flows.printing.checking import check_print, hand_out
from service.flows.printing.desk import print_chosen
from service.flows.printing.print_requests import HandOutRequest, PrintCardsRequest, PrinterRequest
from service.flows.printing.printers import print_at_centre, set_printer
from service.flows.publishing.publish import keep_current
from service.store import journal, numbers, restored
from tests.flows.assessment_day import call_everybody, planned_day
from tests.flows.office import ACTOR, SCHOOL, Office, applicant, one_of_each, photo
from tests.flows.people_at_work import hire
from tests.flows.test_reviews import BY_CENTRE, evaluate
from tests.flows.test_second_factor import enrolled


def use(office: Office) -> None:
    """Let all of it happen."""
    register = office.register
    edited = InstitutionEdit(reason="渝北人社函〔2026〕3号", printing_unit="某印务公司")
    edit_institution(register, SCHOOL.code, edited, ACTOR)
    file_jobs(register, SCHOOL.code, FilingRequest(jobs=["电工"], levels=[SkillLevel.THREE]), ACTOR)
    set_texts(register, CardTextsRequest(reason="更名", texts={"printer": "重庆市技能中心"}), ACTOR)
    office.issue(*one_of_each(), applicant("external", 6, score=59))
    lost = office.issue_one(applicant("external", 7))
    replace_card(register, lost, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    amend_card(register, lost, AmendmentRequest(reason="错字", work_unit="重庆市某某厂"), By(ACTOR))
    revoked = office.issue_one(applicant("external", 8))
    proposal = ProposalRequest(ground="督§19(4)", reason="查实", proposed_by="张三")
    propose_revocation(register, revoked, proposal, By(ACTOR, CENTRE))
    revoke_card(register, revoked, RevocationRequest(ground="督§19(4)", reason="查实", decided_by="李四"), By(ACTOR))
    correct_cancellation(register, revoked, CorrectionRequest(reason="查实", decided_by="李四"), By(ACTOR))
    case = evaluate(office, office.issue_one(applicant("external", 9)), BY_CENTRE).id
    close_case(register, case, CaseClosingRequest(reason="已整改", decided_by="李", result=Grade.PASSED), By(ACTOR))
    let_print(office, lost)
    asked = ReportRequest(nonce="0" * 32, place="考点", number=lost)
    report_card(register, asked, {ReportSide.FRONT: photo()}, "192.0.2.1")
    reserve_numbers(register, ReservationRequest("R5026", 40, 42, "留用"), By(ACTOR))
    set_portrait_in_code(register, CENTRE, ACTOR, on=True)
    hire(office, "centre", "gate")
    add_token(register, TokenRequest("centre", "door", (Permission.CHECK,), 7), By(ACTOR))
    add_webhook(register, By(ACTOR, CENTRE), WebhookRequest("https://hooks.example.cn/", list(Topic)))
    enrolled(office)
    office.rotate(Purpose.STATUS)
    _, identity = planned_day(office)
    call_everybody(office, identity)
    make_record(register, identity, RecordRequest(made_by="何负责"), By(ACTOR))
    keep_current(register)
    office.clock.now += timedelta(hours=2)
    keep_current(register)
    leave_open(office, lost)


def let_print(office: Office, number: CardNumber) -> None:
    """Let a card be printed, spoilt, printed again, checked and handed out, with a printer of one's own."""
    register, by = office.register, By(ACTOR, CENTRE)
    printer = set_printer(register, PrinterRequest(name="1 号机", back_x=0.3, calibrated=True), by)
    print_at_centre(register, By(ACTOR, SCHOOL.code), on=True)
    for again in (None, AgainReason.JAM):
        print_chosen(register, PrintCardsRequest([number], printer, again=again), by, "").file.close()
    check_print(register, office.text(number), by)
    hand_out(register, HandOutRequest([number], Delivery.POSTED, "SF1"), by)


def leave_open(office: Office, number: CardNumber) -> None:
    """Leave a card, a lost one and a place open, as a restore does."""
    now, lost = office.clock.now, CardNumber("R50270001")
    with office.register.database.write() as connection:
        restored.doubt(connection, (number,), now)
        numbers.record_lost(connection, lost, "lost", now)
        made = {bytes(range(8)): None}
        restored.record_lost(connection, (LostCard(lost, office.today, office.today, copies=made),))
        restored.record_lost_place(connection, 1, 100, 200)
        told = Event("register-restored", "register", {"entries": 1, "reason": "journal"})
        journal.append_many(connection, now, ACTOR, (told, Event("card-lost", lost, {"copies": []})))


@contextmanager
def past_every_rule(office: Office) -> Iterator[Connection]:
    """Write as somebody who has the database's password and drops the triggers; what is done is undone at the end."""
    database = office.register.database
    database.needs_entries = False
    with database.write() as connection:
        if database.dialect == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        connection.rollback()


def without_checks(office: Office) -> None:
    """Let SQLite forget its CHECK constraints for good, as whoever edits a file may."""
    path = make_url(office.settings.database_url).database
    assert path is not None
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
