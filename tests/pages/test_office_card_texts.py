"""The words on cards at the desk: looked at while they are typed, set, refused, and taken again. 督附4, 督附5."""

from __future__ import annotations

import base64
import io
import re
from typing import Final

import pytest
import zxingcpp
from PIL import Image

from service.domain.card_text import texts_of
from service.flows.cards.card_texts import read_texts
from tests.api.staffed import Staffed
from tests.flows.office import SCHOOL
from tests.pages.test_forms import HOSTILE, sign_in
from tests.pages.test_office_work import led_to, refused, send

TEXTS: Final = "/office/admin/texts"
TITLE: Final = "重庆市职业技能评价"


@pytest.fixture(autouse=True)
def at_the_centre(staffed: Staffed) -> None:
    sign_in(staffed, "centre")


def form(staffed: Staffed, **more: str) -> dict[str, str]:
    """Return what the page's form brings when it is sent as it stands, but for some fields."""
    found = read_texts(staffed.office.register)
    return {"act": "set", "seen": str(found.last), "reason": "更名", **texts_of(found.now.text)} | more


def shown(page: str, field: str) -> str:
    (found,) = re.findall(rf'name="{field}" type="text" value="([^"]*)"', page)
    return str(found)


def test_what_is_typed_is_drawn_and_only_then_set(staffed: Staffed) -> None:
    before = read_texts(staffed.office.register).last
    looked = send(staffed, TEXTS + "/preview", form(staffed, supervisor_title_1=TITLE)).text
    pictures = [base64.b64decode(one) for one in re.findall(r'src="data:image/webp;base64,([^"]+)"', looked)]
    assert len(pictures) == 6
    assert not any("zk.example.cn" in found.text for one in pictures for found in codes_in(one))
    assert "按正在输入的字样" in looked
    assert shown(looked, "supervisor_title_1") == TITLE
    assert read_texts(staffed.office.register).last == before
    led_to(send(staffed, TEXTS, form(staffed, supervisor_title_1=TITLE)), TEXTS, "texts_set")
    after = staffed.client.get(TEXTS).text
    assert shown(after, "supervisor_title_1") == TITLE
    assert f"督导员证正面标题第一行：{TITLE}" in after
    led_to(send(staffed, TEXTS, form(staffed, again="0", **own(staffed))), TEXTS, "texts_set")
    assert read_texts(staffed.office.register).now.text == staffed.office.register.jurisdiction.card


def own(staffed: Staffed) -> dict[str, str]:
    return texts_of(staffed.office.register.jurisdiction.card)


def codes_in(picture: bytes) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(Image.open(io.BytesIO(picture))))


def test_an_earlier_wording_is_filled_in_and_shown_before_it_is_taken_again(staffed: Staffed) -> None:
    led_to(send(staffed, TEXTS, form(staffed, printer="重庆市技能中心")), TEXTS, "texts_set")
    number = read_texts(staffed.office.register).last
    led_to(send(staffed, TEXTS, form(staffed, printer="重庆市评价中心")), TEXTS, "texts_set")
    page = staffed.client.get(f"{TEXTS}?again={number}").text
    assert shown(page, "printer") == "重庆市技能中心"
    assert f'<input type="hidden" name="again" value="{number}">' in page
    for path in re.findall(r'src="(/office/admin/texts/[^"]+)"', page):
        assert f"number={number}" in path
        assert staffed.client.get(path).content.startswith(b"\x89PNG")
    led_to(send(staffed, TEXTS, form(staffed, printer="重庆市技能中心", again=str(number))), TEXTS, "texts_set")
    (event,) = [one for one in staffed.office.events() if one.kind == "card-texts-set"][-1:]
    assert (event.data["again"], event.data["texts"]) == (number, {"printer": "重庆市技能中心"})
    sign_in(staffed, "auditor")
    listed = staffed.client.get(f"/office/journal?subject={event.subject}").text
    (seq,) = re.findall(r'href="/office/journal/(\d+)', listed)
    assert "市职鉴中心证卡的印制单位" in staffed.client.get(f"/office/journal/{seq}").text, "in words, not by its key"
    sign_in(staffed, "centre")
    assert staffed.client.get(f"{TEXTS}?again=999").status_code == 404
    assert staffed.client.get(f"{TEXTS}/standard/front.png?number=999").status_code == 404


def test_what_cannot_be_printed_is_said_while_it_is_typed_and_refused(staffed: Staffed) -> None:
    before = read_texts(staffed.office.register).last
    for typed, said in (
        ({"printer": ""}, "不能为空"),
        ({"supervisor_title_2": "督导证"}, "质量督导员"),
        ({"supervisor_title_1": "重庆市技能人才评价质量督导工作"}, "排不下"),
    ):
        looked = send(staffed, TEXTS + "/preview", form(staffed, **typed))
        assert looked.status_code == 200
        assert said in looked.text
        answer = send(staffed, TEXTS, form(staffed, **typed))
        refused(answer, 422, "card-text-invalid")
        assert said in answer.text
        ((field, value),) = typed.items()
        assert shown(answer.text, field) == value, "what was typed stays"
    refused(send(staffed, TEXTS, form(staffed, printer=HOSTILE)), 422, "request-invalid")
    assert read_texts(staffed.office.register).last == before


def test_the_later_of_two_is_told_and_has_what_was_typed(staffed: Staffed) -> None:
    mine = form(staffed, check_at="网上查验：{host}")
    led_to(send(staffed, TEXTS, form(staffed, check_at="查询网址：{host}")), TEXTS, "texts_set")
    answer = send(staffed, TEXTS, mine)
    refused(answer, 409, "card-texts-changed")
    assert shown(answer.text, "check_at") == "网上查验：{host}"


def test_an_institution_and_the_service_s_keeper_set_nothing(staffed: Staffed) -> None:
    for who, status in (("school", 403), ("boss", 403)):
        sign_in(staffed, who)
        assert send(staffed, TEXTS, {"act": "set"}).status_code == status
        assert send(staffed, TEXTS + "/preview", {}).status_code == status
    assert 'name="printer"' not in staffed.client.get(TEXTS).text, "boss sees the words, and no form"
    assert SCHOOL.code
