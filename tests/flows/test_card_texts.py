"""The words printed on cards are set, hold from a day on, and cards keep those they were printed with. 督附4, 督附5."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cardlayout.face import CardFace
from cardlayout.portrait import normalise
from service.domain.access import By
from service.domain.application import parse_row
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.errors import CardTextInvalid
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.card_requests import ReplacementRequest
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.card_texts import read_texts, set_texts
from service.flows.cards.faces import face_of, printed_at
from service.flows.cards.lifecycle import replace_card
from service.flows.cards.wording import current_jurisdiction
from service.flows.errors import Refused
from service.flows.issue.entering import Entry, enter_batch
from service.flows.issue.judging import Portraits, Terms, judge, policy_for
from service.flows.register import open_register
from service.flows.running.audit import audit
from service.store import cards
from service.store.errors import WordingTaken
from tests.flows.office import ACTOR, Office, applicant, photo
from tests.flows.test_institutions import back_of

REASON = "渝职鉴发〔2026〕12号"
NEW_TITLE = {"supervisor_title_1": "重庆市职业技能评价", "supervisor_back_title_1": "重庆市职业技能评价"}


def set_(office: Office, **more: object) -> int:
    return set_texts(office.register, CardTextsRequest(**{"reason": REASON} | more), ACTOR).number  # type: ignore[arg-type]


def face(office: Office, number: CardNumber) -> CardFace:
    """Return what a copy printed now would bear."""
    register = office.register
    with register.database.read() as connection:
        record = cards.get(connection, number)
        assert record is not None
        printed = printed_at(register, connection, record.card.issuer, cards.entered_at(connection, number))
    return face_of(record.card, printed, host=register.host, portrait=b"", credential=None)


def refused(office: Office, **more: object) -> str:
    with pytest.raises((CardTextInvalid, Refused, WordingTaken)) as caught:
        set_(office, **more)
    return f"{caught.value.code} {caught.value.zh}"


def test_cards_keep_their_words_and_new_ones_take_the_new(office: Office) -> None:
    """督附5: a new copy of an earlier card is as it was, however it comes about."""
    first = office.issue_one(applicant("external", 1))
    before = face(office, first)
    office.clock.advance(hours=1)
    assert set_(office, texts={**NEW_TITLE, "printer": "重庆市技能中心印制", "label_name": "持证人"}) == 1
    office.clock.advance(hours=1)
    second = office.issue_one(applicant("external", 2))
    assert face(office, second).title == ("重庆市职业技能评价", "质量督导员证")
    assert face(office, second).fields[0].label == "持证人"
    assert "印制单位：重庆市技能中心印制" in back_of(office, second)
    replace_card(office.register, first, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert face(office, first) == before
    assert "重庆市技能中心印制" not in back_of(office, first)
    amend_card(office.register, first, AmendmentRequest(reason="错字", work_unit="重庆市某某厂"), By(ACTOR))
    assert face(office, first).title == before.title
    assert "重庆市技能中心印制" not in back_of(office, first)
    assert audit(office.register).faults == ()


def test_words_hold_from_their_day_and_earlier_ones_are_taken_again(lite: Office) -> None:
    tomorrow = lite.today + timedelta(days=1)
    assert set_(lite, texts=NEW_TITLE, on=tomorrow) == 1
    today = lite.issue_one(applicant("external", 1))
    assert face(lite, today).title[0] == "重庆市技能人才评价"
    assert [one.number for one in read_texts(lite.register).planned] == [1]
    lite.clock.advance(hours=24)
    morrow = lite.issue_one(applicant("external", 2))
    assert face(lite, morrow).title[0] == "重庆市职业技能评价"
    lite.clock.advance(hours=1)
    assert set_(lite, again=0, seen=1) == 2
    lite.clock.advance(hours=1)
    assert face(lite, lite.issue_one(applicant("external", 3))).title[0] == "重庆市技能人才评价"
    assert [face(lite, one).title[0] for one in (today, morrow)] == ["重庆市技能人才评价", "重庆市职业技能评价"]
    found = read_texts(lite.register)
    assert [(one.number, one.reason) for one in found.history] == [(2, REASON), (1, REASON), (0, "")]
    assert (found.now.number, found.planned) == (2, ())
    assert audit(lite.register).faults == ()


def test_the_later_of_two_who_change_them_at_once_is_told(lite: Office) -> None:
    assert refused(lite, texts=NEW_TITLE, seen=3).startswith("card-texts-changed")
    assert set_(lite, texts=NEW_TITLE, seen=0) == 1
    assert refused(lite, texts={"printer": "甲"}, seen=0).startswith("card-texts-changed")
    assert read_texts(lite.register).last == 1


def test_another_host_prints_them_at_once(office: Office) -> None:
    """A register that was opened before, by another process, keeps no words of its own."""
    with open_register(office.settings, office.effects) as other:
        assert read_texts(other).last == 0
        set_(office, texts=NEW_TITLE)
        assert current_jurisdiction(other).card.supervisor.title[0] == "重庆市职业技能评价"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"supervisor_title_1": "重庆市技能人才评价质量督导工作"}, "正面标题"),
        ({"supervisor_title_2": "督导证"}, "质量督导员"),
        ({"assessor_back_title_2": "技能评价证"}, "考评"),
        ({"label_name": "姓名\U0002ebf0"}, "U+2EBF0"),
        ({"label_name": ""}, "不能为空"),
        ({"label_name": "类别"}, "另有栏目"),
        ({"label_name": "持证人的全部姓名"}, "至多 6 字"),
        ({"check_at": "查验网址"}, "{host}"),
        ({"check_at": "{host} {port}"}, "{host}"),
        ({"internal_notice": "仅限内部使用"}, "{institution}"),
        ({"internal_notice": "仅限{institution!r}使用"}, "{institution}"),
        ({"date": "%Y年%m月"}, "%d"),
        ({"date": "%Y-%m-%d %H"}, "%d"),
        ({"label_name": "持证人的姓名"}, "过长"),
        ({"label_printer": "印"}, "card-text-field"),
        ({}, "card-text-unchanged"),
    ],
)
def test_what_cannot_be_printed_or_lacks_what_is_prescribed_is_refused(
    lite: Office, texts: dict[str, str], said: str
) -> None:
    """督附5."""
    assert said in refused(lite, texts=texts)
    assert read_texts(lite.register).last == 0


def test_of_labels_beside_each_other_the_widest_is_to_blame(lite: Office) -> None:
    said = refused(lite, texts={"label_name": "持证人的姓名"})
    assert "姓名的栏目名：过长" in said
    assert "类别" not in said


def test_no_day_that_is_past_and_no_number_that_never_was(lite: Office) -> None:
    assert refused(lite, texts=NEW_TITLE, on=lite.today - timedelta(days=1)).startswith("card-text-date")
    assert refused(lite, again=7).startswith("card-texts-unknown")


def test_cards_looked_at_with_other_words_are_not_entered(lite: Office) -> None:
    """Between the look and the number somebody sets words: what was seen to fit is what is printed."""
    register = lite.register
    row = parse_row(applicant("external", 1), register.catalogue)
    policy = policy_for(register, Terms(issuer=None, issued_on=lite.today, reviewed_by="李"), [row])
    judged = judge(register, policy, [row], Portraits(jpegs={2: normalise(photo())}))
    set_(lite, texts=NEW_TITLE)
    entry = Entry(
        actor=ACTOR, key="1", digest=bytes(32), issuer=None, issued_on=lite.today, reviewed_by="李", notice=None
    )
    with pytest.raises(WordingTaken), register.database.write() as connection:
        enter_batch(register, connection, entry, [row], judged)
    assert face(lite, lite.issue_one(applicant("external", 1))).title[0] == "重庆市职业技能评价"
