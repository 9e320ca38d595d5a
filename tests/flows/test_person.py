"""督§4, 考§5, 考§17, 考§19: a person's page holds all there is, and of other bodies' business nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from msgspec import structs

from service.domain.access import Account, By, Principal, Role
from service.domain.card_number import CardNumber
from service.domain.review import EntryKind
from service.domain.search import CardState
from service.flows.cards.cancellations import correct_cancellation
from service.flows.cards.card_requests import CorrectionRequest
from service.flows.errors import Refused
from service.flows.people.person import person_of, photo_of_person, whole_person_of
from service.flows.people.person_file import PersonFile
from service.flows.people.reviews import RemarkRequest, enter_reward_or_sanction
from service.store.states import CopyState, ProposalState
from tests.flows.crowd import BUREAU, SHEET, Crowd, make_crowd
from tests.flows.office import FACTORY, SCHOOL, Office, applicant, make_office, name_of, resident_id

CENTRE = Account("c1", Role.CENTRE)
IN_SCHOOL = Account("s1", Role.INSTITUTION, SCHOOL.code)
IN_COLLEGE = Account("k1", Role.INSTITUTION, "500888")
IN_BUREAU = Account("b1", Role.DISTRICT, district=BUREAU)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """The crowd, which nothing changes but the last test."""
    folder = tmp_path_factory.mktemp("crowd")
    office = make_office(folder / "data", f"sqlite:///{folder / 'register.db'}")
    yield make_crowd(office)
    office.register.close()


def told(crowd: Crowd, name: str, account: Account = CENTRE) -> PersonFile:
    return person_of(crowd.office.register, crowd.cards[name], Principal(1, account, frozenset()))


def test_the_page_of_a_cancelled_assessor_is_complete(crowd: Crowd) -> None:
    """考§19, 考§21: ground, document and the last day of the bar."""
    page = told(crowd, "revoked")
    assert (page.name, page.resident_id[-4:], page.resident_id[3:-4]) == (name_of(10), resident_id(10)[-4:], "*" * 11)
    (card,) = page.cards
    assert (card.state, card.status_on, card.institution_name) == (CardState.REVOKED, date(2029, 10, 20), SCHOOL.name)
    assert card.scopes == ("occupation:电工",)
    assert (card.batch is not None, card.batch_row, card.applied_on) == (True, 11, date(2028, 5, 1))
    assert {one.field: one.value_zh for one in card.stated}.items() >= {
        "certified_on": "2028-05-10",
        "reviewed_by": "李审核",
        "theory_scores": "80",
        "skill_scores": "85",
        "level": "三级/高级工",
        "occupation_months": "8 年",
        "hr_staff": "否",
    }.items()
    cancelled = card.cancelled
    assert cancelled is not None
    assert (cancelled.ground, cancelled.decided_by, cancelled.document, cancelled.attachment) == (
        "考§21(1)",
        "王主任",
        "渝职鉴〔2029〕8 号",
        "决定.pdf",
    )
    assert cancelled.barred_until == date(2032, 10, 20)
    (proposal,) = page.proposals
    assert (proposal.body, proposal.ground, proposal.state) == (BUREAU, "考§21(4)", ProposalState.DECIDED)
    assert [(line.what, line.article, line.outcome) for line in page.record] == [
        ("评议/年度考核结果", "考§18", "不合格（已办结）"),
        ("取消资格", "考§21(1)", ""),
    ]
    assert [noted.event for noted in page.journal] == [
        *("card-issued", "integrity-recorded", "revocation-proposed", "card-revoked", "revocation-proposal-decided"),
    ]
    assert "考§21(1)" in page.journal[3].detail


def test_copies_contracts_and_sheets_stand_with_the_cards(crowd: Crowd) -> None:
    """考§16, 考§17."""
    page = told(crowd, "engaged")
    assert [crowd.named([card.number]) for card in page.cards] == [{"inside"}, {"engaged"}]
    copies = page.cards[1].copies
    assert [(one.state, one.replaced_on) for one in copies] == [
        (CopyState.REPLACED, date(2029, 10, 20)),
        (CopyState.LIVE, None),
    ]
    (contract,) = page.contracts
    assert (contract.institution_name, contract.document, contract.ended_on) == (SCHOOL.name, "合同 7 号", None)
    (line,) = page.record
    assert (line.total, line.points, line.body, line.body_name) == (sum(SHEET), SHEET, SCHOOL.code, SCHOOL.name)
    assert photo_of_person(crowd.office.register, page) is not None


def test_a_renewed_card_names_the_one_before_and_the_one_after(crowd: Crowd) -> None:
    """考§12."""
    page = told(crowd, "former")
    newer, older = page.cards
    assert (newer.predecessor, older.successors) == (older.number, (newer.number,))
    assert (older.state, older.occupations, newer.occupations) == (CardState.SUPERSEDED, ("焊工",), ("焊工",))


def test_where_somebody_was_sent_is_told_also_what_was_taken_back(crowd: Crowd) -> None:
    """督§4."""
    with pytest.raises(Refused):
        told(crowd, "sent", IN_BUREAU)  # to have sent somebody opens no page
    (visit,) = told(crowd, "sent").visits
    assert (visit.institution_name, visit.authority, visit.plan, visit.withdrawn_on) == (
        FACTORY.name,
        BUREAU,
        "一号计划",
        None,
    )
    (visit,) = told(crowd, "not sent").visits
    assert visit.withdrawal_reason == "改期"


def test_other_bodies_business_is_left_out(crowd: Crowd) -> None:
    """督§4, 考§17: the college has the holder's internal card, and nothing to do with the contract elsewhere."""
    page = told(crowd, "inside", IN_COLLEGE)
    assert crowd.named([card.number for card in page.cards]) == {"inside"}
    assert (page.contracts, page.record) == ((), ())
    assert {noted.event for noted in page.journal} == {"card-issued"}
    school = told(crowd, "engaged", IN_SCHOOL)
    assert len(school.contracts) == 1
    assert len(school.record) == 1
    assert {noted.event for noted in school.journal} >= {"engagement-made", "integrity-recorded", "card-replaced"}


def test_a_proposal_is_between_whoever_makes_it_and_whoever_decides(crowd: Crowd) -> None:
    """考§21: the school whose assessor it is reads the cancellation, not who proposed one."""
    page = told(crowd, "revoked", IN_SCHOOL)
    assert page.proposals == ()
    assert page.cards[0].cancelled is not None
    assert {noted.event for noted in page.journal} == {"card-issued", "card-revoked"}
    assert len(told(crowd, "revoked", IN_BUREAU).proposals) == 1


def test_what_is_recorded_of_a_card_one_does_not_see_is_not_told(lite: Office) -> None:
    """督§4: the bureau recommended the holder for the card of today, and had nothing to do with the one before."""
    older = lite.issue_one(applicant("external", 1, recommended_by="荣昌区人社局"))
    given = RemarkRequest(on=lite.today, by="王主任", reason="表彰")
    enter_reward_or_sanction(lite.register, older, EntryKind.REWARD, given, By("office"))
    lite.move_to(date(2029, 10, 20))
    dated = {"certified_on": date(2029, 10, 10), "applied_on": date(2029, 10, 1)}
    newer = lite.issue_one(applicant("external", 1, recommended_by=BUREAU, **dated))
    enter_reward_or_sanction(
        lite.register, newer, EntryKind.REWARD, structs.replace(given, on=lite.today), By("office")
    )
    page = person_of(lite.register, newer, Principal(1, IN_BUREAU, frozenset()))
    assert [card.number for card in page.cards] == [newer]
    assert [line.number for line in page.record] == [newer]
    assert {noted.number for noted in page.journal} == {newer}
    assert [line.number for line in whole_person_of(lite.register, newer, "cli:test").record] == [older, newer]


def test_a_card_one_does_not_see_reads_as_a_number_nobody_has(crowd: Crowd) -> None:
    """督§4, 考§5."""
    nobody_has = CardNumber("R50299999")
    texts = []
    for number, account in ((crowd.cards["hired"], IN_SCHOOL), (nobody_has, IN_SCHOOL), (nobody_has, CENTRE)):
        with pytest.raises(Refused) as refused:
            person_of(crowd.office.register, number, Principal(1, account, frozenset()))
        assert refused.value.code == "no-such-card"
        texts.append((refused.value.zh.replace(number, "N"), refused.value.en.replace(number, "N")))
    assert len(set(texts)) == 1


def test_whoever_sits_at_the_machine_reads_all(crowd: Crowd) -> None:
    for name, number in crowd.cards.items():
        page = whole_person_of(crowd.office.register, number, "cli:test")
        assert name in crowd.named([card.number for card in page.cards])


def test_a_correction_ends_the_bar(crowd: Crowd) -> None:
    """考§21."""
    correct_cancellation(
        crowd.office.register,
        crowd.cards["revoked"],
        CorrectionRequest(reason="查错了人", decided_by="王主任"),
        By("office"),
    )
    cancelled = told(crowd, "revoked").cards[0].cancelled
    assert cancelled is not None
    assert (cancelled.barred_until, cancelled.correction_reason) == (None, "查错了人")
