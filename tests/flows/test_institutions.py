"""What is filed of institutions, in the register: printed, planned, counted, seen, restored."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest

from cardlayout.render import Job
from service.domain.access import Account, By, Role
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.errors import InstitutionInvalid
from service.domain.filing import Fact
from service.domain.journal import parse_entry
from service.domain.kinds import SkillLevel
from service.domain.search import Search
from service.domain.sight import sight_of
from service.domain.verdict_words import Word
from service.flows.assessments.assessment_requests import AssessmentRequest
from service.flows.assessments.planning import plan_assessment
from service.flows.assessments.view import read_assessment
from service.flows.cards.card_requests import ReplacementRequest
from service.flows.cards.lifecycle import replace_card
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.people.filing_requests import ClosingRequest, FilingRequest, InstitutionEdit, InstitutionRequest
from service.flows.people.institutions import (
    close_institution,
    edit_institution,
    enter_institution,
    file_jobs,
    find_institution,
    reopen_institution,
)
from service.flows.people.staffing import staffing
from service.flows.running.audit import audit, export_journal
from service.flows.running.replay_journal import replay_entries
from service.store import journal, search
from service.store.errors import InstitutionTaken
from service.store.search import Asked
from tests.cardlayout.reading import text_of
from tests.flows.assessment_day import assessment_day
from tests.flows.office import ACTOR, AUTHORITIES, SCHOOL, Office, applicant, codes_of, make_office

REASON = "渝北人社函〔2026〕3号"


def back_of(office: Office, number: CardNumber) -> str:
    """The text on the card's back."""
    out = io.BytesIO()
    print_cards(office.register, Printing((number,), Job("证卡")), out, actor=ACTOR)
    return re.sub(r"\s", "", text_of(out.getvalue(), 1))


def edit(office: Office, **facts: object) -> None:
    edit_institution(office.register, SCHOOL.code, InstitutionEdit(reason=REASON, **facts), ACTOR)  # type: ignore[arg-type]


def test_cards_keep_what_was_printed(lite: Office) -> None:
    """督附5: a later name and printing unit stand on later cards; a new copy of an earlier one is as it was."""
    first = lite.issue_one(applicant("internal", 1))
    assert f"印制单位：{SCHOOL.name}" in back_of(lite, first)
    lite.clock.advance(hours=1)
    edit(lite, name="重庆市新名学校", printing_unit="某印务公司")
    lite.clock.advance(hours=1)
    second = lite.issue_one(applicant("internal", 2))
    assert "某印务公司" in back_of(lite, second)
    assert "重庆市新名学校" in back_of(lite, second)
    replace_card(lite.register, first, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert f"印制单位：{SCHOOL.name}" in back_of(lite, first)
    assert "重庆市新名学校" not in back_of(lite, first)
    assert audit(lite.register).faults == ()


def test_a_closed_institution_issues_and_plans_nothing_and_its_cards_stand(lite: Office) -> None:
    """督§9."""
    number = lite.issue_one(applicant("internal", 1))
    day = assessment_day(lite)
    close_institution(lite.register, SCHOOL.code, ClosingRequest(reason=REASON), ACTOR)
    assert codes_of(lite.issue(applicant("internal", 2))) == {3: ["institution-closed"]}
    with pytest.raises(InstitutionInvalid) as refused:
        plan_assessment(lite.register, AssessmentRequest.of(day.new()), By(ACTOR))
    assert refused.value.code == "institution-closed"
    assert lite.check(number) is Word.VALID
    assert SCHOOL.code not in {row.subject for row in staffing(lite.register)}
    reopen_institution(lite.register, SCHOOL.code, ClosingRequest(reason=REASON), ACTOR)
    plan_assessment(lite.register, AssessmentRequest.of(day.new()), By(ACTOR))
    lite.issue_one(applicant("internal", 2))


def test_an_assessment_outside_the_filing_is_named(lite: Office) -> None:
    """督§12(1)2: beside what the rules say of its people."""
    day = assessment_day(lite)
    file_jobs(lite.register, SCHOOL.code, FilingRequest(jobs=["铣工"], levels=[SkillLevel.THREE]), ACTOR)
    view = read_assessment(lite.register, plan_assessment(lite.register, AssessmentRequest.of(day.new()), By(ACTOR)))
    assert "within-filing" in {one.rule for one in view.plan_check.rulings}
    job = day.new().assessment.jobs[0]
    file_jobs(lite.register, SCHOOL.code, FilingRequest(jobs=[job.occupation.name], levels=list(SkillLevel)), ACTOR)
    view = read_assessment(lite.register, view.held.id)
    assert "within-filing" not in {one.rule for one in view.plan_check.rulings}
    of_filed = [row for row in staffing(lite.register, institution=SCHOOL.code) if "铣工" in row.zh]
    assert [(row.article, row.have, row.outcome) for row in of_filed] == [("考§6", 0, "short")]


def test_another_bureau_sees_what_is_moved_to_it(lite: Office) -> None:
    """督§4, 考§5: the bureau of today, in lists as in the page."""
    lite.issue_one(applicant("internal", 1))

    def sees(bureau: str) -> int:
        sight = sight_of(Account("b1", Role.DISTRICT, district=bureau))
        with lite.register.database.read() as connection:
            return search.count(connection, Asked(Search(), sight, lite.today))

    assert [sees(one) for one in AUTHORITIES[:2]] == [1, 0]
    edit(lite, authority=AUTHORITIES[1])
    assert [sees(one) for one in AUTHORITIES[:2]] == [0, 1]
    assert {row.subject for row in staffing(lite.register, authority=AUTHORITIES[1])} == {SCHOOL.code, AUTHORITIES[1]}


def test_a_code_that_is_taken_is_refused_with_whose_it_is(lite: Office) -> None:
    """督附3: code and letter together name an institution."""
    with pytest.raises(InstitutionTaken, match=f"as S {SCHOOL.name}"):
        enter_institution(lite.register, InstitutionRequest(code=SCHOOL.code, letter="Y", name="另一家"), ACTOR)


def test_what_is_filed_is_replayed_from_the_journal(lite: Office, tmp_path: Path) -> None:
    """Every change has an entry, by which a restore brings it back."""
    known = len(lite.events())
    new = InstitutionRequest(code="500555", letter="S", name="新校", authority=AUTHORITIES[0], area="渝北区")
    enter_institution(lite.register, new, ACTOR)
    levels = [SkillLevel.FIVE, SkillLevel.FOUR]
    file_jobs(lite.register, "500555", FilingRequest(jobs=["电工"], levels=levels), ACTOR)
    lite.clock.advance(days=1)
    changed = InstitutionEdit(reason=REASON, name="改名", clear=["area"], on=lite.today - timedelta(days=1))
    edit_institution(lite.register, "500555", changed, ACTOR)
    close_institution(lite.register, "500555", ClosingRequest(reason=REASON), ACTOR)
    found = find_institution(lite.register, "500555")
    assert (found.record.name, found.record.area, found.record.closed_on) == ("改名", None, lite.today)
    assert found.jobs == {"电工": {SkillLevel.FIVE, SkillLevel.FOUR}}
    assert [one.fact for one in found.changes] == [Fact.AREA, Fact.NAME, Fact.AREA, Fact.CLOSED]
    entries = [parse_entry(entry) for entry in export_journal(lite.register)][known:]
    other = make_office(tmp_path, f"sqlite:///{tmp_path}/other.db")
    with other.register.database.write() as connection:
        told = replay_entries(connection, entries, lite.effects)
        journal.restate(connection, lite.effects.now(), ACTOR, "test")
    assert (told.not_replayed, told.entries) == ({}, len(entries))
    assert find_institution(other.register, "500555") == found
    other.register.close()
