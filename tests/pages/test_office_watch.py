"""An institution hears what has happened to the cards of those it engages."""

from __future__ import annotations

import re

from service.domain.access import By
from service.domain.card import ReplacementReason
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest
from service.flows.cards.lifecycle import replace_card, revoke_card
from tests.api.staffed import Staffed
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, SCHOOL, applicant
from tests.pages.test_forms import sign_in
from tests.pages.test_office_work import csrf_of, led_to, refused

PAGE = "/office/watch"


def test_what_happens_to_ones_people_is_told_until_it_was_seen(staffed: Staffed) -> None:
    office, today = staffed.office, staffed.office.today
    lost, revoked, foreign = (
        office.issue_one(applicant("standard", person, certified_on=today, applied_on=today))
        for person in (811, 812, 813)
    )
    for number in (lost, revoked):
        engage(office.register, number, SCHOOL.code, since=today, until=None, actor=ACTOR)
    sign_in(staffed, "school")
    assert "近 90 天没有变化" in staffed.client.get(PAGE).text
    decision = RevocationRequest(ground="考§21(9)", reason="查实", decided_by="李主任")
    replace_card(office.register, lost, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    for number in (revoked, foreign):
        revoke_card(office.register, number, decision, By(ACTOR))
    text = staffed.client.get(PAGE).text
    assert re.findall(r"(资格被取消|补发了新卡)", text) == ["资格被取消", "补发了新卡"]
    assert text.count("<b>新</b>") == 2
    assert foreign not in text
    assert "聘用人员的证卡有变化" in staffed.client.get("/office").text
    office.clock.advance(minutes=1)
    led_to(staffed.client.post(PAGE, data={"csrf": csrf_of(staffed)}, follow_redirects=False), PAGE, "watch_seen")
    assert "<b>新</b>" not in staffed.client.get(PAGE).text
    assert "聘用人员的证卡有变化" not in staffed.client.get("/office").text
    for who in ("factory", "centre"):
        sign_in(staffed, who)
        assert lost not in staffed.client.get(PAGE).text
    sign_in(staffed, "yubei")
    refused(staffed.client.get(PAGE), 403, "not-permitted")
