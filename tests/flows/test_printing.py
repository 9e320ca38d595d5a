"""The print room: what waits, for whom, and each copy's way to its holder."""

from __future__ import annotations

import io
import time

import pytest
from sqlalchemy import text

from cardlayout.impose import Flip, Sheet
from cardlayout.render import Job
from service.domain.access import PERMISSIONS, Account, By, Principal, Role
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.errors import PrintStepRefused
from service.domain.issuer import CENTRE
from service.domain.printing import AgainReason, CopyOrigin, CopyStage, Delivery
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.checking.read_codes import read_codes
from service.flows.errors import Refused
from service.flows.printing.checking import check_print, draw_signatures, find_print, hand_out, read_picture
from service.flows.printing.desk import DrawnJob, draw_again, first_sheet, print_chosen, printer_of, sheets_of
from service.flows.printing.print_requests import HandOutRequest, PrintCardsRequest, PrinterRequest
from service.flows.printing.printers import list_printers, print_at_centre, remove_printer, set_printer
from service.flows.printing.queue import (
    Chosen,
    list_handed_out_today,
    list_recent,
    list_waiting,
    print_log,
    print_room,
    waiting_counts,
)
from service.flows.running.audit import audit
from service.store.errors import IdempotencyKeyReused
from tests.flows.office import ACTOR, SCHOOL, Office, applicant

CLERK = By("user:zhou", CENTRE)
OF_SCHOOL = By("user:school", SCHOOL.code)


def principal(role: Role, institution: str | None = None) -> Principal:
    return Principal(1, Account("zhou", role, institution), PERMISSIONS[role])


def counts(office: Office) -> tuple[int, int, int]:
    return waiting_counts(office.register, principal(Role.CENTRE))


def pdf(job: DrawnJob) -> bytes:
    with job.file:
        return job.file.read()


def printed(office: Office, *numbers: CardNumber, again: AgainReason | None = None, by: By = CLERK) -> bytes:
    request = PrintCardsRequest(numbers=list(numbers), again=again)
    return pdf(print_chosen(office.register, request, by, ""))


def stages(office: Office, stage: CopyStage, body: str = CENTRE) -> list[str]:
    return [line.number for line in list_waiting(office.register, body, Chosen(stage), 100)]


def test_a_card_goes_from_the_queue_to_its_holder(office: Office) -> None:
    register = office.register
    number, other = (office.issue_one(applicant(kind, person)) for person, kind in enumerate(("standard", "senior"), 1))
    assert counts(office) == (2, 0, 0)
    with pytest.raises(PrintStepRefused, match="not been printed"):
        check_print(register, office.text(number), CLERK)
    (code,) = read_codes(printed(office, number))
    assert counts(office) == (1, 1, 0)
    with pytest.raises(PrintStepRefused, match="scan the card"):
        hand_out(register, HandOutRequest([number], Delivery.SIGNED), CLERK)
    assert find_print(register, code, CLERK).line.name
    assert check_print(register, code, CLERK) == number
    assert check_print(register, code, CLERK) == number, "scanned twice, as happens"
    assert counts(office) == (1, 0, 1)
    out = io.BytesIO()
    draw_signatures(register, [number], CLERK, out)
    assert out.getvalue().startswith(b"%PDF-")
    with pytest.raises(Refused, match="tracking"):
        hand_out(register, HandOutRequest([number], Delivery.POSTED), CLERK)
    assert hand_out(register, HandOutRequest([number], Delivery.POSTED, "SF1234"), CLERK) == 1
    assert counts(office) == (1, 0, 0)
    steps = [(entry.step, entry.time, entry.tracking, by) for entry, by in print_log(register, number)]
    assert steps == [
        ("printed", 1, None, "zhou"),
        ("checked", None, None, "zhou"),
        ("checked", None, None, "zhou"),
        ("handed-out", None, "SF1234", "zhou"),
    ]
    assert [line.number for line in list_handed_out_today(register, CENTRE)] == [number]
    assert print_room(register, CENTRE).handed_out_today == 1
    with pytest.raises(PrintStepRefused, match="make a new copy"):
        printed(office, number, again=AgainReason.JAM)
    kinds = [event.kind for event in office.events()][-4:]
    assert kinds == ["cards-printed", "card-checked", "card-checked", "cards-handed-out"]
    assert stages(office, CopyStage.TO_PRINT) == [other]
    assert not audit(register).faults


def test_a_second_press_draws_the_same_sheet_and_counts_once(lite: Office) -> None:
    numbers = [lite.issue_one(applicant("external", person)) for person in (1, 2)]
    request = PrintCardsRequest(numbers=numbers)
    first = print_chosen(lite.register, request, CLERK, "key")
    again = print_chosen(lite.register, request, CLERK, "key")
    assert (first.id, pdf(first)) == (again.id, pdf(again))
    assert pdf(draw_again(lite.register, first.id, CENTRE))
    assert [entry.time for entry, _ in print_log(lite.register, *numbers)] == [1, 1]
    with pytest.raises(IdempotencyKeyReused):
        print_chosen(lite.register, PrintCardsRequest(numbers=numbers[:1]), CLERK, "key")
    with pytest.raises(PrintStepRefused) as refused:
        printed(lite, *numbers)
    assert refused.value.code == "print-again-unexplained"
    with pytest.raises(Refused) as unknown:
        draw_again(lite.register, first.id, SCHOOL.code)
    assert unknown.value.code == "no-such-print-job"
    replace_card(lite.register, numbers[0], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    with pytest.raises(Refused) as outdated:
        draw_again(lite.register, first.id, CENTRE)
    assert outdated.value.code == "print-job-outdated"


def test_a_spoilt_print_is_made_again_with_its_reason_and_the_same_code(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    first = list(read_codes(printed(lite, number)))
    check_print(lite.register, first[0], CLERK)
    assert list(read_codes(printed(lite, number, again=AgainReason.CUT))) == first
    assert counts(lite) == (0, 1, 0), "what was printed anew is to be checked anew"
    log = [(entry.step, entry.time, entry.reason) for entry, _ in print_log(lite.register, number)]
    assert log == [("printed", 1, None), ("checked", None, None), ("printed", 2, "cut")]
    (last,) = [event for event in lite.events() if event.kind == "cards-reprinted"]
    assert last.data["reason"] == "cut"
    assert [line.number for line in list_recent(lite.register, CENTRE)] == [number]


def test_replaced_copies_come_first_and_what_has_ended_leaves_the_queue(office: Office) -> None:
    register = office.register
    lost, revoked, voided, new = (office.issue_one(applicant("external", person)) for person in range(1, 5))
    old_code = office.text(lost)
    printed(office, lost, revoked)
    replace_card(register, lost, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    revoke_card(register, revoked, RevocationRequest(ground="督§19(4)", reason="查实", decided_by="李"), By(ACTOR))
    void_number(register, voided, VoidRequest(reason="印错"), By(ACTOR))
    first, second = list_waiting(register, CENTRE, Chosen(), 100)
    assert (first.number, first.origin, second.number, second.origin) == (lost, CopyOrigin.LOST, new, CopyOrigin.NEW)
    assert counts(office) == (2, 0, 0)
    (at_centre,) = print_room(register, CENTRE).issuers
    assert {origin: count for origin, count in at_centre.by_origin.items() if count} == {"new": 1, "lost": 1}
    with pytest.raises(Refused) as replaced:
        check_print(register, old_code, CLERK)
    assert replaced.value.code == "print-replaced"
    assert not audit(register).faults


def test_cards_of_before_the_log_do_not_wait(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    with lite.register.database.write() as connection:
        lite.register.database.needs_entries = False
        for trigger in ("copy_origin_fixed", "copy_stage_step"):
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("UPDATE copy SET origin = NULL, stage = NULL"))
    lite.register.database.needs_entries = True
    assert counts(lite) == (0, 0, 0)
    out = io.BytesIO()
    print_cards(lite.register, Printing((number,), Job("证卡")), out, actor=ACTOR)
    assert counts(lite) == (0, 0, 0), "a batch of years ago that is drawn again fills no queue"
    assert [entry.time for entry, _ in print_log(lite.register, number)] == [1]
    printed(lite, number, again=AgainReason.COLOUR)
    assert counts(lite) == (0, 1, 0)


def test_an_institution_prints_its_own_or_has_the_centre_print_them(lite: Office) -> None:
    register = lite.register
    number, own = lite.issue_one(applicant("internal", 1)), lite.issue_one(applicant("external", 2))
    school = principal(Role.INSTITUTION, SCHOOL.code)
    assert (counts(lite), waiting_counts(register, school)) == ((1, 0, 0), (1, 0, 0))
    with pytest.raises(Refused):
        printed(lite, number)
    print_at_centre(register, OF_SCHOOL, on=True)
    assert (counts(lite), waiting_counts(register, school)) == ((2, 0, 0), (0, 0, 0))
    room = print_room(register, CENTRE)
    assert [(one.issuer, one.at_centre, one.total) for one in room.issuers] == [
        (CENTRE, False, 1),
        (SCHOOL.code, True, 1),
    ]
    assert print_room(register, SCHOOL.code).sends_to_centre
    with pytest.raises(Refused) as refused:
        printed(lite, number, by=OF_SCHOOL)
    assert refused.value.code == "no-such-card"
    (code,) = read_codes(printed(lite, number))
    check_print(register, code, CLERK)
    assert waiting_counts(register, school) == (0, 0, 1), "what the centre has printed, the institution hands out"
    hand_out(register, HandOutRequest([number], Delivery.SIGNED), OF_SCHOOL)
    assert [(entry.step, entry.body) for entry, _ in print_log(register, number)] == [
        ("printed", CENTRE),
        ("checked", CENTRE),
        ("handed-out", SCHOOL.code),
    ]
    with pytest.raises(Refused):
        hand_out(register, HandOutRequest([own], Delivery.SIGNED), OF_SCHOOL)
    with pytest.raises(Refused) as no_institution:
        print_at_centre(register, CLERK, on=True)
    assert no_institution.value.code == "institution-only"


def test_a_printer_keeps_its_paper_and_its_calibration(lite: Office) -> None:
    register = lite.register
    request = PrinterRequest(name="证卡室 1 号机", sheet=Sheet.FIVE, flip=Flip.SHORT, back_x=-0.3, calibrated=True)
    identity = set_printer(register, request, CLERK)
    (one,) = list_printers(register, CENTRE)
    assert (one.id, one.sheet, one.offset_back, one.calibrated_by) == (identity, Sheet.FIVE, (-0.3, 0.0), "user:zhou")
    lite.clock.advance(hours=1)
    assert set_printer(register, PrinterRequest(name="证卡室 1 号机", back_x=-0.3), CLERK) == identity
    assert list_printers(register, CENTRE)[0].calibrated_at == one.calibrated_at, "another paper is no calibration"
    assert printer_of(register, CENTRE, 0).id == identity
    assert (sheets_of(one, 34, 1), len(first_sheet(one, [CardNumber("R50260001")] * 9, 3))) == (7, 3)
    for body, wrong in ((SCHOOL.code, identity), (CENTRE, 99)):
        with pytest.raises(Refused) as refused:
            printer_of(register, body, wrong)
        assert refused.value.code == "no-such-printer"
    remove_printer(register, identity, CLERK)
    assert list_printers(register, CENTRE) == ()
    assert not audit(register).faults


def test_a_code_that_is_not_ours_is_no_print(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    printed(lite, number)
    for wrong, by in (
        ("https://example.com", CLERK),
        (lite.text(number)[:-4], CLERK),
        (lite.text(number), OF_SCHOOL),
    ):
        with pytest.raises(Refused) as refused:
            check_print(lite.register, wrong, by)
        assert refused.value.code == "print-not-ours"
    with pytest.raises(Refused) as none:
        read_picture(b"no picture")
    assert none.value.code == "file-unreadable"


def test_counts_of_a_large_register_come_from_the_index(lite: Office) -> None:
    lite.issue_one(applicant("external", 1))
    with lite.register.database.read() as connection:
        plan = connection.execute(
            text(
                "EXPLAIN QUERY PLAN SELECT substr(number, 1, 1), stage, origin, count(*) FROM copy"
                " WHERE stage IN ('to-print', 'printed', 'checked') GROUP BY substr(number, 1, 1), stage, origin"
            )
        )
        assert "USING COVERING INDEX ix_copy_stage" in " ".join(str(row) for row in plan)
    started = time.perf_counter()
    counts(lite)
    assert time.perf_counter() - started < 1
