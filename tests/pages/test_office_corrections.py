"""Pages on which a card is put right, replaced, renewed and voided: looked at first, said in words, done once."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import httpx
import pytest

from keys.keyring import Purpose
from service.domain.access import By
from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from service.domain.verdict_words import Word
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.card_desk import cards_named_otherwise
from service.flows.drafts.desk import row_of
from service.flows.drafts.photo_requests import PhotoClaim
from service.flows.drafts.photos import claim_photo
from service.flows.drafts.views import Crop
from tests.api.staffed import Staffed
from tests.flows.drafts_at_work import clerk_of
from tests.flows.office import ACTOR, applicant
from tests.flows.people_at_work import PASSWORD
from tests.flows.test_amend import other_photo
from tests.flows.test_draft_photos import Sender, phone_photo
from tests.pages.test_forms import sign_in
from tests.pages.test_office_work import card_of, csrf_of, refused

REASON: Final = {"reason": "申报表录入错误", "evidence": "身份证复印件", "old_card": "returned"}


@pytest.fixture(scope="module")
def people() -> list[int]:
    return list(range(2_900, 2_000, -1))


@pytest.fixture
def number(staffed: Staffed, people: list[int]) -> CardNumber:
    """The card of somebody who has no other."""
    return card_of(staffed, "standard", people.pop())


def send(
    staffed: Staffed, number: CardNumber, page: str, fields: Mapping[str, str], photo: bytes = b""
) -> httpx.Response:
    typed = {"csrf": csrf_of(staffed), **fields}
    files = [(name, (None, value.encode())) for name, value in typed.items()]
    file = ("photo_file", ("new.jpg", photo) if photo else ("", b""))
    answer = staffed.client.post(f"/office/cards/{number}/{page}", files=[*files, file], follow_redirects=False)
    assert isinstance(answer, httpx.Response)
    return answer


def hidden(answer: httpx.Response, name: str) -> str:
    return "".join(re.findall(f'name="{name}" value="([^"]*)"', answer.text))


def test_an_amendment_is_seen_before_it_is_made(staffed: Staffed, number: CardNumber) -> None:
    """The name differs by a character, which is marked; the centre states its password again."""
    sign_in(staffed, "centre")
    before, old = staffed.office.card(number), staffed.office.text(number)
    page = staffed.client.get(f"/office/cards/{number}/amend").text
    assert f"/office/cards/{number}/front.png" in page
    assert 'value="amend"' not in page, "nothing is confirmed that nobody has seen"
    fields = REASON | {"name": before.name[:-1] + "淇", "work_unit": before.work_unit, "act": "look"}
    seen = send(staffed, number, "amend", fields)
    assert seen.status_code == 200, seen.text[:2000]
    assert f"<del>{before.name[-1]}</del>" in seen.text
    assert "<ins>淇</ins>" in seen.text
    assert f"改为“{before.name[:-1]}淇”，旧卡失效" in seen.text
    assert staffed.office.card(number) == before
    shown = {"shown": hidden(seen, "shown"), "seen": hidden(seen, "seen"), "act": "amend"}
    refused(send(staffed, number, "amend", fields | shown), 422, "password-again-missing")
    refused(send(staffed, number, "amend", fields | shown | {"password": "x"}), 422, "password-again-wrong")
    again = send(staffed, number, "amend", fields | shown | {"name": before.name[:-1] + "琳", "password": PASSWORD})
    assert "请看一下改后的卡" in again.text, "what is confirmed is what was seen"
    assert staffed.office.card(number) == before
    made = send(staffed, number, "amend", fields | shown | {"password": PASSWORD})
    assert (made.status_code, made.headers["location"]) == (303, f"/office/cards/{number}?done=amended")
    assert staffed.office.card(number).name == before.name[:-1] + "淇"
    assert staffed.office.verdict(old).verdict is Word.REPLACED
    assert '<a href="/office/printing">' in staffed.client.get(made.headers["location"]).text
    stale = send(staffed, number, "amend", fields | shown | {"name": "另一个名", "password": PASSWORD})
    refused(stale, 422, "card-changed")


def test_another_card_that_keeps_the_old_name_leads_to_its_amendment(staffed: Staffed, people: list[int]) -> None:
    """督§10: a holder's cards bear one name; no name goes in an address."""
    sign_in(staffed, "centre")
    person = people.pop()
    number, second = (card_of(staffed, kind, person) for kind in ("standard", "external"))
    before = staffed.office.card(number)
    assert "另一张在用证卡" not in staffed.client.get(f"/office/cards/{number}").text
    new = before.name[:-1] + "淇"
    amend_card(staffed.office.register, number, AmendmentRequest(reason="录入错误", name=new), By(ACTOR))
    assert [one.number for one in cards_named_otherwise(staffed.office.register, number)] == [second]
    page = staffed.client.get(f"/office/cards/{number}").text
    assert f"此人另一张在用证卡 {second} 上的姓名是“{before.name}”" in page
    (way,) = re.findall(r'href="(/office/cards/[^"]*/amend\?like=[^"]*)"', page)
    assert way == f"/office/cards/{second}/amend?like={number}"
    assert f'name="name" value="{new}"' in staffed.client.get(way).text
    for strange in ("", "?like=R50260001", "?like=" + "9" * 300):
        there = staffed.client.get(f"/office/cards/{second}/amend{strange}").text
        assert f'name="name" value="{before.name}"' in there, "only a card of the same holder fills it in"
        assert f"把本卡改为“{new}”" in there
    sign_in(staffed, "school")
    assert staffed.client.get(way).status_code == 404


def test_a_photograph_stays_in_the_form_until_it_is_confirmed(staffed: Staffed, number: CardNumber) -> None:
    sign_in(staffed, "centre")
    seen = send(staffed, number, "amend", REASON | {"act": "look"}, other_photo())
    kept = hidden(seen, "photo_kept")
    assert base64.b64decode(kept).startswith(b"\xff\xd8\xff")
    assert seen.text.count("data:image/webp") == 2
    fields = REASON | {"act": "amend", "photo_kept": kept, "shown": hidden(seen, "shown"), "password": PASSWORD}
    assert send(staffed, number, "amend", fields).status_code == 303
    refused(send(staffed, number, "amend", fields | {"reason_more": "再来一次"}), 409, "amend-nothing")


def test_a_renewal_is_judged_and_seen_before_a_number_is_spent(staffed: Staffed, number: CardNumber) -> None:
    """督§10, 考§12."""
    sign_in(staffed, "centre")
    today = staffed.office.today
    fields = {
        "applied_on": today.isoformat(),
        "certified_on": today.isoformat(),
        "theory_score": "80",
        "skill_score": "81",
        "reviewed_by": "李审核",
    }
    early = send(staffed, number, "renew", fields | {"act": "look"})
    assert early.status_code == 422
    assert "还不到换发期" in early.text
    assert f'value="{today}"' in early.text, "what was typed stays"
    before = len(staffed.office.events())
    staffed.office.clock.advance(days=365 * 2 + 300)
    staffed.office.rotate(*Purpose)
    sign_in(staffed, "centre")
    on = staffed.office.today - timedelta(days=3)
    fields |= {"applied_on": on.isoformat(), "certified_on": on.isoformat()}
    low = send(staffed, number, "renew", fields | {"act": "look", "skill_score": "59"})
    assert low.status_code == 422
    seen = send(staffed, number, "renew", fields | {"act": "look"})
    assert seen.status_code == 200, seen.text[:3000]
    assert "换发新卡" in seen.text
    assert "还不到换发期" not in seen.text
    assert staffed.office.card(number).status is CardStatus.VALID
    confirmed = fields | {"act": "renew", "shown": hidden(seen, "shown"), "password": PASSWORD}
    made = send(staffed, number, "renew", confirmed)
    assert made.status_code == 303, made.text[:3000]
    new = CardNumber(made.headers["location"].split("/")[3].partition("?")[0])
    assert staffed.office.card(new).predecessor == number
    assert "card-issued" in [event.kind for event in staffed.office.events()[before:]]


@pytest.mark.parametrize("page", ["amend", "renew", "replace", "void"])
def test_who_does_not_decide_finds_no_such_card(staffed: Staffed, number: CardNumber, page: str) -> None:
    for who, status in (("school", 404), ("yubei", 403)):
        sign_in(staffed, who)
        assert staffed.client.get(f"/office/cards/{number}/{page}").status_code == status
        if page in {"amend", "renew"}:
            assert send(staffed, number, page, REASON | {"act": "look", "name": "王"}).status_code == status


def test_the_other_rules_grounds_are_not_offered(staffed: Staffed, number: CardNumber, people: list[int]) -> None:
    """督§19 is for supervisors only, 考§21 for assessors only."""
    sign_in(staffed, "centre")
    external = card_of(staffed, "external", people.pop())
    for one, offered in ((number, "考§21"), (external, "督§19")):
        for page in (f"/office/cards/{one}/cancellation", f"/office/proposals?number={one}"):
            grounds = re.findall('<option value="([^"(]+)\\(', staffed.client.get(page).text)
            assert set(grounds) == {offered}, page


def test_lists_of_proposals_name_the_holder_for_who_sees_the_holder(staffed: Staffed, people: list[int]) -> None:
    """A number alone tells a bureau nothing (督§4)."""
    on = staffed.office.today
    row = applicant("external", people.pop(), work_unit="重庆市远处单位", certified_on=on, applied_on=on)
    number = staffed.office.issue_one(row)
    name = staffed.office.card(number).name
    sign_in(staffed, "yubei")
    fields = {
        "csrf": csrf_of(staffed),
        "number": number,
        "ground": "督§19(9)",
        "reason": "举报",
        "proposed_by": "王科长",
    }
    files = [(key, (None, value.encode())) for key, value in fields.items()]
    made = staffed.client.post("/office/proposals", files=files, follow_redirects=False)
    assert made.status_code == 303, made.text[:2000]
    row = f'<td class="mono nw">{number}</td><td class="nw">%s</td>'
    assert row % "—" in staffed.client.get("/office/proposals").text
    sign_in(staffed, "centre")
    assert row % name in staffed.client.get("/office/proposals").text
    assert f"取消{name}的资格" in staffed.client.get(made.headers["location"].partition("?")[0]).text


def test_a_portrait_is_cut_by_four_numbers_without_scripts(staffed: Staffed, people: list[int]) -> None:
    who = clerk_of(staffed.office, "centre")
    identity = who.begin(applicant("external", people.pop()))
    sign_in(staffed, "centre")
    page = f"/office/batches/{identity}/rows/2"
    refused(staffed.client.get(f"{page}/crop"), 404, "no-such-photo")
    photo = Sender(who, identity).send("IMG_1.jpg", phone_photo())
    claim_photo(staffed.office.register, who.principal, identity, PhotoClaim(2, photo.id))
    shown = staffed.client.get(f"{page}/crop").text
    assert hidden_value(shown, "width") == "1140"
    assert staffed.client.get(f"{page}/whole.jpg").headers["content-type"] == "image/jpeg"
    cut = {"act": "crop", "x": "100", "y": "100", "width": "500", "height": "700", "turn": "0"}
    wrong = cut | {"csrf": csrf_of(staffed), "height": "500"}
    refused(staffed.client.post(f"{page}/crop", data=wrong), 422, "portrait-crop-invalid")
    sent = staffed.client.post(f"{page}/crop", data=cut | {"csrf": csrf_of(staffed)}, follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{page}?done=cropped")
    assert row_of(staffed.office.register, who.principal, identity, 2).crop == Crop(100, 100, 500, 700)
    automatic = {"act": "automatic", "csrf": csrf_of(staffed)}
    assert staffed.client.post(f"{page}/crop", data=automatic, follow_redirects=False).status_code == 303
    assert row_of(staffed.office.register, who.principal, identity, 2).crop is None
    sign_in(staffed, "school")
    for path in ("crop", "whole.jpg"):
        assert staffed.client.get(f"{page}/{path}").status_code == 404


def hidden_value(text: str, name: str) -> str:
    (found,) = re.findall(f'name="{name}"[^>]* value="([^"]*)"', text)
    return str(found)
