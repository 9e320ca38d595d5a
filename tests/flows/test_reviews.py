"""督§16, 督§17, 督§20, 考§17, 考§18, 考§19, 考§20: the integrity record, at a register."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import BinaryIO

import pytest
from msgspec import structs
from sqlalchemy import delete, update

from cardlayout.errors import GlyphMissingError
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.errors import DecisionRefused
from service.domain.event import Event
from service.domain.issuer import CENTRE
from service.domain.review import EntryKind, Grade, RecordRefused
from service.domain.verdict_words import Word
from service.flows.cards.cancellations import correct_cancellation
from service.flows.cards.card_requests import CorrectionRequest, RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.people.cases import CaseClosingRequest, close_case, list_cases
from service.flows.people.dispatching import DispatchRequest, send
from service.flows.people.engagements import EndRequest, end_engagement
from service.flows.people.record import PersonRecord, person_record
from service.flows.people.reviews import (
    Entered,
    EvaluationRequest,
    RemarkRequest,
    SheetRequest,
    WarningRequest,
    enter_evaluation,
    enter_review,
    enter_reward_or_sanction,
    enter_warning,
)
from service.flows.running.audit import audit
from service.store.errors import AppendOnly
from service.store.tables import case_closing, integrity
from tests.cardlayout.reading import chars, pages
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant

TODAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Given:
    """Who gives an entry, of which body, and when."""

    by: str
    body: str | None = None
    on: date = TODAY


BY_CENTRE = Given("张主任")
BY_SCHOOL = Given("王校长", SCHOOL.code)
SUPERVISOR_POINTS = (4, 3, 3, 10, 10, 18, 17, 8, 8, 8)
ASSESSOR_POINTS = (4, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 10, 5, 5, 10, 2)


def review(
    office: Office, number: CardNumber, given: Given, points: tuple[int, ...], out: BinaryIO | None = None
) -> Entered:
    sheet = SheetRequest(points=list(points), on=given.on, by=given.by, plan="2026年第12批", occupation="电工/三级")
    return enter_review(office.register, number, sheet, By(ACTOR, given.body), out)


CORRECTED = CaseClosingRequest(reason="另一人的成绩", decided_by="李", result=Grade.PASSED)


def evaluate(office: Office, number: CardNumber, given: Given, result: Grade = Grade.FAILED) -> Entered:
    request = EvaluationRequest(result=result, on=given.on, by=given.by)
    return enter_evaluation(office.register, number, request, By(ACTOR, given.body))


def cancel(office: Office, number: CardNumber, ground: str) -> None:
    revoke_card(
        office.register, number, RevocationRequest(ground=ground, reason="经核实", decided_by="王主任"), By(ACTOR)
    )


def record(office: Office, number: CardNumber) -> PersonRecord:
    told = person_record(office.register, number)
    assert told is not None
    return told


def lines(office: Office, number: CardNumber) -> list[tuple[str, str, str]]:
    return [(line.what, line.article, line.outcome) for line in record(office, number).lines]


def test_a_sheet_is_summed_graded_and_drawn_for_signing(office: Office) -> None:
    """督§16, 督附2."""
    number = office.issue_one(applicant("external", 1))
    out = io.BytesIO()
    entered = review(office, number, BY_CENTRE, SUPERVISOR_POINTS, out=out)
    assert (entered.entry.outcome, entered.case) == (Grade.PASSED, False)
    (page,) = pages(out.getvalue())
    text = "".join(char.get_text() for char in chars(page))
    for told in ("合计得分10089合格", "2026年第12批", str(number), "√(外督)"):
        assert told in text, told
    (line,) = record(office, number).lines
    assert (line.total, line.outcome, line.body, line.by, line.note) == (
        89,
        "合格",
        CENTRE,
        "张主任",
        "2026年第12批；电工/三级",
    )


def test_an_external_supervisor_engaged_as_internal_is_reviewed_by_who_engages(office: Office) -> None:
    """督§14, 督§16, 督附2: on the same number, ticked as 内督 this time; nobody else's institution reviews him."""
    number = office.issue_one(applicant("external", 1))
    with pytest.raises(RecordRefused) as stranger:
        review(office, number, BY_SCHOOL, SUPERVISOR_POINTS)
    assert stranger.value.code == "record-body"
    engage(
        *(office.register, number, SCHOOL.code),
        since=office.today,
        until=None,
        as_internal=True,
        document="责任书1号",
        actor=ACTOR,
    )
    out = io.BytesIO()
    entered = review(office, number, BY_SCHOOL, SUPERVISOR_POINTS, out=out)
    assert (entered.entry.body, entered.entry.institution) == (SCHOOL.code, SCHOOL.code)
    (page,) = pages(out.getvalue())
    text = "".join(char.get_text() for char in chars(page))
    assert "□(外督)" in text
    assert "√(内督)" in text
    assert person_record(office.register, number, body=SCHOOL.code) is not None
    assert person_record(office.register, number, body=FACTORY.code) is None


def test_an_assessors_sheet_comes_from_who_engages(office: Office) -> None:
    """考§17, 考附1."""
    number = office.issue_one(applicant("standard", 1))
    with pytest.raises(RecordRefused) as refused:
        review(office, number, BY_CENTRE, ASSESSOR_POINTS)
    assert refused.value.code == "record-body"
    entered = review(office, number, BY_SCHOOL, ASSESSOR_POINTS)
    assert (entered.entry.outcome, entered.entry.institution) == (Grade.PASSED, SCHOOL.code)
    with pytest.raises(RecordRefused) as another:
        review(office, number, BY_SCHOOL, SUPERVISOR_POINTS)
    assert another.value.code == "sheet-items"


def test_a_sheet_that_cannot_be_drawn_is_not_stored(office: Office) -> None:
    number = office.issue_one(applicant("external", 1))
    with pytest.raises(GlyphMissingError):
        enter_review(
            office.register,
            number,
            SheetRequest(points=list(SUPERVISOR_POINTS), on=TODAY, by="张主任", plan="𱍐"),
            By(ACTOR),
            io.BytesIO(),
        )
    assert lines(office, number) == []


@pytest.mark.parametrize(
    ("kind", "given", "ground"),
    [("external", BY_CENTRE, "督§19(1)"), ("internal", BY_SCHOOL, "督§19(1)"), ("standard", BY_SCHOOL, "考§21(1)")],
)
def test_a_failed_result_opens_a_case_that_a_cancellation_closes(
    office: Office, kind: str, given: Given, ground: str
) -> None:
    """督§17, 督§19(1), 考§18, 考§21(1): the card counts until a person decides."""
    number = office.issue_one(applicant(kind, 1))
    assert evaluate(office, number, given).case
    assert office.check(number) is Word.VALID
    assert [case.is_open for case in list_cases(office.register)] == [True]
    cancel(office, number, ground)
    assert [(case.is_open, case.cancelled_on) for case in list_cases(office.register)] == [(False, TODAY)]
    assert office.check(number) is Word.REVOKED


def test_a_cancellation_on_another_ground_ends_the_case_too(office: Office) -> None:
    """督§19(1): there is nothing left to cancel."""
    number = office.issue_one(applicant("external", 1))
    evaluate(office, number, BY_CENTRE)
    cancel(office, number, "督§19(4)")
    assert [(case.is_open, case.cancelled_on) for case in list_cases(office.register)] == [(False, TODAY)]


def test_a_failed_sheet_of_a_supervisor_opens_a_case_that_other_points_end(lite: Office) -> None:
    """督§16, 督§19(1): 督附2 is the 工作评议, ≤59 不合格; a corrected result says what it was, what it is, why."""
    number = lite.issue_one(applicant("external", 1))
    points = [4, 3, 3, 0, 0, 10, 10, 10, 10, 9]
    made = enter_review(
        lite.register, number, SheetRequest(points=points, on=TODAY, by="王科长", plan="第1批"), By(ACTOR)
    )
    assert (sum(points), made.entry.outcome, made.case) == (59, Grade.FAILED, True)
    (case,) = list_cases(lite.register)
    assert (case.id, case.is_open) == (made.id, True)
    corrected = structs.replace(CORRECTED, result=None)
    for request, code in (
        (corrected, "case-correction"),
        (CORRECTED, "case-correction"),
        (structs.replace(corrected, points=points), "case-still-failed"),
        (structs.replace(corrected, points=[5, *points[1:]]), "sheet-points"),
    ):
        with pytest.raises(RecordRefused) as refused:
            close_case(lite.register, case.id, request, By(ACTOR))
        assert refused.value.code == code
    closed = close_case(lite.register, case.id, structs.replace(corrected, points=[*points[:-1], 10]), By(ACTOR))
    assert closed.closing is not None
    assert (closed.closing.corrected_to, sum(closed.closing.points or ())) == (Grade.PASSED, 60)
    assert (closed.entry.outcome, closed.entry.points) == (Grade.FAILED, tuple(points)), "the record keeps what it was"
    assert lines(lite, number) == [("工作评议表", "督附2", "不合格（更正为合格）")]
    event = lite.events()[-1]
    assert (event.kind, event.data["outcome"], event.data["reason"]) == ("case-closed", "合格", CORRECTED.reason)


@pytest.mark.parametrize(("kind", "given"), [("external", BY_CENTRE), ("standard", BY_SCHOOL)])
def test_no_case_ends_with_the_failed_result_standing(lite: Office, kind: str, given: Given) -> None:
    """督§19(1), 考§21(1): 予以取消."""
    number = lite.issue_one(applicant(kind, 1))
    case = evaluate(lite, number, given).id
    for result, code in ((None, "case-correction"), (Grade.FAILED, "case-still-failed")):
        with pytest.raises(RecordRefused) as refused:
            close_case(lite.register, case, structs.replace(CORRECTED, result=result), By(ACTOR))
        assert refused.value.code == code
    assert [one.is_open for one in list_cases(lite.register)] == [True]


def test_a_case_is_closed_once_by_the_issuer_with_a_reason(office: Office) -> None:
    """督§17, 督§19: the result stays in the record."""
    number = office.issue_one(applicant("external", 1))
    case = evaluate(office, number, BY_CENTRE).id
    with pytest.raises(DecisionRefused):
        close_case(office.register, case, CORRECTED, By(ACTOR, SCHOOL.code))
    with pytest.raises(Refused, match="states a reason"):
        close_case(office.register, case, structs.replace(CORRECTED, reason=" "), By(ACTOR))
    with pytest.raises(Refused, match="there is no case"):
        close_case(office.register, case + 1, CORRECTED, By(ACTOR))
    assert not close_case(office.register, case, CORRECTED, By(ACTOR)).is_open
    with pytest.raises(Refused, match="decided already"):
        close_case(office.register, case, CORRECTED, By(ACTOR))
    assert lines(office, number) == [("评议/年度考核结果", "督§17", "不合格（更正为合格）")]
    assert [event.kind for event in office.events()][-2:] == ["decision-refused", "case-closed"]
    assert audit(office.register).faults == ()


def test_a_warning_changes_no_status(office: Office) -> None:
    """考§20: given by the institution."""
    number = office.issue_one(applicant("standard", 1))
    warning = WarningRequest(ground="考§20（2）", reason="未佩戴证卡", on=TODAY, by="王校长")
    enter_warning(office.register, number, warning, By(ACTOR, SCHOOL.code))
    assert office.check(number) is Word.VALID
    assert lines(office, number) == [("劝告", "考§20(2)", "")]


def test_the_record_is_of_the_person_over_all_cards(office: Office) -> None:
    """督§20, 考§19: rewards, sanctions, cancellations and corrections stand in it, by day."""
    standard, external = office.issue_one(applicant("standard", 1)), office.issue_one(applicant("external", 1))
    other = office.issue_one(applicant("standard", 2))
    office.clock.advance(days=9)
    late = RemarkRequest(on=TODAY + timedelta(days=9), by="张主任", reason="通报批评")
    early = RemarkRequest(on=TODAY + timedelta(days=1), by="王校长", reason="优秀考评员")
    enter_reward_or_sanction(office.register, external, EntryKind.SANCTION, late, By(ACTOR))
    enter_reward_or_sanction(office.register, standard, EntryKind.REWARD, early, By(ACTOR, SCHOOL.code))
    cancel(office, standard, "考§21(4)")
    correct_cancellation(
        office.register, standard, CorrectionRequest(reason="查无此事", decided_by="王主任"), By(ACTOR)
    )
    expected = [("奖励", "考§19", ""), ("处分", "督§20", ""), ("取消资格", "考§21(4)", ""), ("更正", "考§21(4)", "")]
    assert lines(office, standard) == lines(office, external) == expected
    assert lines(office, other) == []
    told = record(office, standard)
    assert {card.number for card in told.cards} == {standard, external}
    assert len(told.keepers) == 2


def test_days_before_the_card_and_to_come_are_refused(office: Office) -> None:
    number = office.issue_one(applicant("external", 1))
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(Refused) as refused:
            evaluate(office, number, Given("张主任", on=day))
        assert refused.value.code == "record-date"


def test_an_institution_that_is_not_entered_is_refused(office: Office) -> None:
    number = office.issue_one(applicant("standard", 1))
    with pytest.raises(Refused, match="there is no institution 999999"):
        evaluate(office, number, Given("王校长", "999999"))


def test_another_institution_does_not_judge_an_internal_supervisor(office: Office) -> None:
    """督§4."""
    number = office.issue_one(applicant("internal", 1))
    with pytest.raises(RecordRefused):
        evaluate(office, number, Given("赵", FACTORY.code))


def test_the_journal_tells_what_was_entered_and_no_name(office: Office) -> None:
    """督§20, 考§19."""
    number = office.issue_one(applicant("external", 1))
    entered = review(office, number, BY_CENTRE, SUPERVISOR_POINTS)
    assert office.events()[-1] == Event(
        "integrity-recorded",
        number,
        {
            "entry": entered.id,
            "what": "review",
            "on": "2026-11-02",
            "article": "督附2",
            "body": "centre",
            "outcome": "合格",
            "points": list(SUPERVISOR_POINTS),
        },
    )


def test_the_record_only_grows(office: Office) -> None:
    number = office.issue_one(applicant("external", 1))
    case = evaluate(office, number, BY_CENTRE).id
    close_case(office.register, case, CORRECTED, By(ACTOR))
    for statement in (
        delete(case_closing),
        update(case_closing).values(reason=""),
        delete(integrity),
        update(integrity).values(outcome="合格"),
    ):
        with pytest.raises(AppendOnly), office.register.database.write() as connection:
            connection.execute(statement)


def test_a_body_reads_what_it_keeps(office: Office) -> None:
    """督§4, 考§17: an institution of those it engages or issued to, a district bureau of external supervisors."""
    standard, external = office.issue_one(applicant("standard", 1)), office.issue_one(applicant("external", 1))
    internal = office.issue_one(applicant("internal", 1))
    held = (standard, external, internal)

    def cards_read(body: str) -> list[set[CardNumber]]:
        told = [person_record(office.register, number, body=body) for number in held]
        return [set() if one is None else {card.number for card in one.cards} for one in told]

    assert cards_read(CENTRE) == [set(held)] * 3
    assert cards_read(SCHOOL.code) == [set(), set(), {internal}]
    assert cards_read(FACTORY.code) == [set()] * 3
    bureau = "渝北区人力资源和社会保障局"
    assert cards_read(bureau) == [set()] * 3
    send(office.register, external, DispatchRequest(institution=SCHOOL.code, on=TODAY), By(ACTOR, bureau))
    assert cards_read(bureau) == [set(), {external}, set()]
    assert cards_read("江北区人力资源和社会保障局") == [set()] * 3
    made = engage(office.register, standard, FACTORY.code, since=TODAY, until=None, actor=ACTOR)
    assert cards_read(FACTORY.code) == [{standard}, set(), set()]
    end_engagement(office.register, made.id, EndRequest(on=TODAY, reason="辞聘"), By(ACTOR))
    assert cards_read(FACTORY.code) == [{standard}, set(), set()]
    office.clock.advance(days=1)
    assert cards_read(FACTORY.code) == [set()] * 3
    passed = EvaluationRequest(result=Grade.PASSED, on=TODAY, by="厂长")  # of what was done while it lasted: 考§17
    enter_evaluation(office.register, standard, passed, By("user:factory", FACTORY.code))
