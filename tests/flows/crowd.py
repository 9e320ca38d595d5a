"""An office with a dozen people who are tied to bodies in every way there is."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date

from cardlayout.render import Job
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.issuer import Institution
from service.domain.kinds import SkillLevel
from service.domain.review import Grade
from service.flows.cards.cancellations import propose_revocation
from service.flows.cards.card_requests import ProposalRequest, ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.card_texts import set_texts
from service.flows.cards.documents import DocumentBody
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.people.dispatching import DispatchRequest, WithdrawalRequest, send, withdraw_dispatch
from service.flows.people.engagements import EndRequest, end_engagement
from service.flows.people.filing_requests import FilingRequest, InstitutionEdit
from service.flows.people.institutions import add_institution, edit_institution, file_jobs
from service.flows.people.reviews import EvaluationRequest, SheetRequest, enter_evaluation, enter_review
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant

BUREAU = str(SCHOOL.authority)
OTHER_BUREAU = "江北区人力资源和社会保障局"
COLLEGE = Institution("500888", "H", "重庆市某某职业学院", OTHER_BUREAU)
NOW = date(2029, 11, 10)
SHEET = (4, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 10, 5, 5, 10, 2)


@dataclass
class Crowd:
    """The office, and each card by what it is there for."""

    office: Office
    cards: dict[str, CardNumber] = field(default_factory=dict)

    def named(self, numbers: object) -> set[str]:
        """Report of numbers what they are there for."""
        assert isinstance(numbers, (list, tuple, set, frozenset))
        names = {number: name for name, number in self.cards.items()}
        return {names[number] for number in numbers}


def first_day(last_day: date) -> date:
    """Return the day on which the office is to begin, so that it ends on that one."""
    return date(2026, 11, 2) + (last_day - NOW)


def make_crowd(office: Office, last_day: date = NOW) -> Crowd:
    """Let three years pass with all that happens, up to the last day; the office begins on ``first_day`` of it."""
    crowd = Crowd(office)
    moved = last_day - NOW

    def dates(year: int, month: int) -> dict[str, date]:
        return {"certified_on": date(year, month, 10) + moved, "applied_on": date(year, month, 1) + moved}

    cards, register = crowd.cards, office.register
    add_institution(register, COLLEGE, ACTOR)
    file_jobs(register, COLLEGE.code, FilingRequest(jobs=["焊工"], levels=[SkillLevel.THREE]), ACTOR)
    edit_institution(register, COLLEGE.code, InstitutionEdit(reason="备案变更", area="荣昌区"), ACTOR)
    set_texts(register, CardTextsRequest(reason="更名", texts={"label_name": "持证人"}), ACTOR)
    cards["expired"] = office.issue_one(applicant("external", 21, recommended_by="荣昌区人社局", **dates(2026, 10)))
    cards["former"] = office.issue_one(applicant("standard", 2, occupations="焊工", **dates(2026, 10)))
    office.move_to(date(2028, 6, 1) + moved)
    dated = dates(2028, 5)
    cards["engaged"] = office.issue_one(applicant("standard", 3, **dated))
    engage(register, cards["engaged"], SCHOOL.code, since=office.today, until=None, document="合同 7 号", actor=ACTOR)
    cards["inside"] = office.issue_one(applicant("internal", 3, institution=COLLEGE.code, **dated))
    cards["once engaged"] = office.issue_one(applicant("senior", 4, **dated))
    contract = engage(register, cards["once engaged"], FACTORY.code, since=office.today, until=None, actor=ACTOR)
    end_engagement(register, contract.id, EndRequest(on=office.today, reason="辞聘"), By(ACTOR))
    cards["hired"] = office.issue_one(applicant("standard", 5, institution=FACTORY.code, **dated))
    cards["recommended"] = office.issue_one(applicant("external", 6, recommended_by=BUREAU, **dated))
    cards["employed"] = office.issue_one(applicant("external", 7, work_unit=BUREAU, **dated))
    cards["sent"] = office.issue_one(applicant("external", 8, **dated))
    send(
        register,
        cards["sent"],
        DispatchRequest(institution=FACTORY.code, on=office.today, plan="一号计划"),
        By(ACTOR, BUREAU),
    )
    cards["not sent"] = office.issue_one(applicant("external", 9, **dated))
    taken_back = send(
        register, cards["not sent"], DispatchRequest(institution=FACTORY.code, on=office.today), By(ACTOR, BUREAU)
    )
    withdraw_dispatch(register, taken_back.id, WithdrawalRequest(reason="改期"), By(ACTOR))
    cards["revoked"] = office.issue_one(applicant("standard", 10, institution=SCHOOL.code, **dated))
    cards["voided"] = office.issue_one(applicant("external", 11, **dated))
    void_number(register, cards["voided"], VoidRequest(reason="姓名有误"), By(ACTOR))
    office.move_to(date(2029, 10, 20) + moved)
    dated = dates(2029, 10)
    cards["renewed"] = office.issue_one(applicant("standard", 2, occupations="焊工", **dated))
    _let_things_happen(crowd)
    office.move_to(last_day)
    cards["later"] = office.issue_one(applicant("internal", 12, **dated), issued_on=date(2029, 11, 25) + moved)
    return crowd


def _let_things_happen(crowd: Crowd) -> None:
    register, cards = crowd.office.register, crowd.cards
    today, by_school = crowd.office.today, By(ACTOR, SCHOOL.code)
    sheet = SheetRequest(points=list(SHEET), on=today, by="周主任", plan="一号计划")
    enter_review(register, cards["engaged"], sheet, by_school)
    failed = EvaluationRequest(result=Grade.FAILED, on=today, by="周主任")
    enter_evaluation(register, cards["revoked"], failed, by_school)
    proposal = ProposalRequest(
        ground="考§21(4)", reason="评分出现重大错误", proposed_by="赵科长", document="渝北人社函〔2029〕3 号"
    )
    propose_revocation(register, cards["revoked"], proposal, By(ACTOR, BUREAU))
    revoke_card(
        register,
        cards["revoked"],
        RevocationRequest(
            ground="考§21(1)",
            reason="年度考核不合格",
            decided_by="王主任",
            document="渝职鉴〔2029〕8 号",
            document_file=DocumentBody("决定.pdf", b"%PDF-1.4\n%%EOF\n"),
        ),
        By(ACTOR),
    )
    replace_card(register, cards["engaged"], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    print_cards(register, Printing([cards["engaged"], cards["inside"]], Job("证卡")), io.BytesIO(), actor=ACTOR)
