"""The administration at the desk: who may open what, and what is done there."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from typing import Any, Final
from zipfile import ZipFile

import httpx
import pytest
import zxingcpp
from litestar.testing import TestClient
from PIL import Image
from python_calamine import CalamineWorkbook

from service.domain.access import PERMISSIONS, Principal, Role, with_person_name
from service.flows.notices.deliver import Answered, Outgoing, deliver_due
from service.flows.people.accounts import list_users, name_person
from service.flows.people.devices import DeviceRequest, invite_device
from service.flows.people.second_factor import require_second_factor, roles_with_factor
from service.flows.people.sign_in import principal_of_token
from service.flows.publishing.contact import set_contact
from service.flows.running.backups import note_backup
from service.store.accounts import StoredAccount
from tests.api.staffed import ORIGIN, Staffed
from tests.flows.office import ACTOR, SCHOOL, applicant
from tests.flows.people_at_work import ACCOUNTS, PASSWORD
from tests.flows.test_notices import taking
from tests.pages.test_forms import HOSTILE, sign_in
from tests.pages.test_office_work import led_to, refused, send

MAY_OPEN: Final = {
    "/office/admin/users/new": {"boss", "school", "factory"},
    "/office/admin/devices": {"boss", "school", "factory"},
    "/office/admin/institutions": {"centre"},
    f"/office/admin/institutions/{SCHOOL.code}": {"centre"},
    "/office/admin/occupations": {"centre"},
    "/office/admin/tokens": {"boss"},
    "/office/admin/webhooks": {"boss", "centre", "school", "factory"},
    "/office/admin/state": {"boss"},
    "/office/admin/texts": {"boss", "centre"},
    "/office/admin/texts/standard/front.png": {"boss", "centre"},
    "/office/admin/rules": {"boss", "centre"},
}
"""Each page of the administration, and who may open it."""

USERS: Final = "/office/admin/users"
DEVICES: Final = "/office/admin/devices"
INSTITUTIONS: Final = "/office/admin/institutions"
OCCUPATIONS: Final = "/office/admin/occupations"
TOKENS: Final = "/office/admin/tokens"
RULES: Final = "/office/admin/rules"
WEBHOOKS: Final = "/office/admin/webhooks"


def stored(staffed: Staffed, name: str) -> StoredAccount:
    return next(one for one in list_users(staffed.office.register) if one.account.name == name)


def page_of(staffed: Staffed, name: str) -> str:
    return f"{USERS}/{stored(staffed, name).id}"


def principal_of(staffed: Staffed, name: str) -> Principal:
    found = stored(staffed, name)
    return Principal(found.id, found.account, PERMISSIONS[found.account.role])


def is_in(browser: TestClient[Any]) -> bool:
    """Return whether somebody is signed in in a browser."""
    return browser.get("/api/v1/session").json()["user"] is not None


def code(answer: httpx.Response) -> str:
    return str(answer.status_code) + " " + " ".join(re.findall(r'data-code="([a-z-]+)', answer.text))


def kinds(staffed: Staffed, subject: str) -> list[str]:
    return [event.kind for event in staffed.office.events() if event.subject == subject]


@pytest.mark.parametrize("path", MAY_OPEN)
def test_each_page_is_for_whom_the_table_says(staffed: Staffed, path: str) -> None:
    for name in ACCOUNTS:
        sign_in(staffed, name)
        assert staffed.client.get(path).status_code == (200 if name in MAY_OPEN[path] else 403), name
        if name not in MAY_OPEN[path] and not path.endswith(("/state", "/texts", ".png")):  # without a form
            refused(send(staffed, path, {"act": "none"}), 403, "")
    staffed.client.cookies.clear()
    assert staffed.client.get(path, follow_redirects=False).headers["location"].startswith("/sign-in")


def test_a_new_user_signs_in_with_the_password_that_is_shown_once(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    fields = {"person_name": "新来的", "name": "Xin.Lai", "role": "auditor"}
    answer = send(staffed, f"{USERS}/new", fields)
    assert answer.status_code == 200, answer.text
    password = re.findall(r'id="secret">([^<]+)<', answer.text)[0]
    assert kinds(staffed, "xin.lai") == ["user-added"]
    again = send(staffed, f"{USERS}/new", fields)
    assert again.status_code == 409
    assert 'value="新来的"' in again.text, "what was typed stays"
    assert "Set-Cookie" in sign_in(staffed, "xin.lai", password).headers


def test_a_form_that_cannot_be_read_names_each_field_by_its_label(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    answer = send(staffed, f"{USERS}/new", {"person_name": HOSTILE, "name": "", "role": "emperor"})
    assert answer.status_code == 422
    assert "用户名：" in answer.text
    assert "角色：" in answer.text
    assert HOSTILE not in answer.text


def test_an_institution_makes_accounts_of_its_own_site_staff_and_no_others(staffed: Staffed) -> None:
    sign_in(staffed, "school")
    made = send(staffed, f"{USERS}/new", {"person_name": "门二", "name": "gate-2", "role": "site-staff"})
    assert made.status_code == 200
    assert stored(staffed, "gate-2").account.institution == SCHOOL.code
    for role in ("administrator", "centre", "institution"):
        fields = {"person_name": "张三", "name": "zhang", "role": role, "institution": SCHOOL.code}
        assert code(send(staffed, f"{USERS}/new", fields)) == "422 account-role-not-yours"
    shown = staffed.client.get(USERS).text
    assert with_person_name("gate", "门小卫").partition("（")[0] in shown
    assert "王小明" not in shown
    for name in ("boss", "centre", "school", "factory"):  # not one's own: as if they were not there
        page = page_of(staffed, name)
        absent = staffed.client.get(f"{USERS}/99999")
        assert (staffed.client.get(page).status_code, absent.status_code) == (404, 404)
        fields = {"act": "disable", "own_password": PASSWORD}
        assert code(send(staffed, page, fields)) == "404 no-such-account"
    sign_in(staffed, "factory")
    assert staffed.client.get(page_of(staffed, "gate")).status_code == 404


def test_what_is_dangerous_takes_the_own_password_again(staffed: Staffed) -> None:
    gate = page_of(staffed, "gate")
    sign_in(staffed, "boss")
    before = len(kinds(staffed, "gate"))
    for act in ("password", "factor", "disable", "enable"):
        for typed in ({}, {"own_password": ""}, {"own_password": PASSWORD + "x"}):
            assert code(send(staffed, gate, {"act": act, **typed})) == "422 own-password-wrong", act
        staffed.office.clock.advance(minutes=11)
    assert len(kinds(staffed, "gate")) == before


def test_a_disabled_account_is_out_at_once_and_comes_back_with_another_password(staffed: Staffed) -> None:
    gate = page_of(staffed, "gate")
    telephone = staffed.browser()
    telephone.post("/sign-in", data={"name": "gate", "password": PASSWORD, "next": "/scan"})
    assert telephone.get("/api/v1/session").json()["user"] is not None
    sign_in(staffed, "boss")
    assert "门小卫" in staffed.client.get(gate).text
    led_to(send(staffed, gate, {"act": "disable", "own_password": PASSWORD}), gate, "user_disabled")
    assert telephone.get("/api/v1/session").json()["user"] is None
    assert code(send(staffed, gate, {"act": "disable", "own_password": PASSWORD})) == "422 user-disabled"
    answer = send(staffed, gate, {"act": "enable", "own_password": PASSWORD})
    assert answer.status_code == 200, code(answer)
    password = re.findall(r'id="secret">([^<]+)<', answer.text)[0]
    assert sign_in(staffed, "gate").status_code == 401
    assert sign_in(staffed, "gate", password).status_code == 303
    assert kinds(staffed, "gate")[-2:] == ["user-disabled", "user-enabled"]


def test_nobody_shuts_themselves_or_the_last_administrator_out(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    own = page_of(staffed, "boss")
    for act in ("password", "factor", "disable"):
        assert code(send(staffed, own, {"act": act, "own_password": PASSWORD})) == "422 account-own"
    assert 'value="disable"' not in staffed.client.get(own).text
    admin = page_of(staffed, "admin")
    led_to(send(staffed, admin, {"act": "disable", "own_password": PASSWORD}), admin, "user_disabled")
    send(staffed, admin, {"act": "enable", "own_password": PASSWORD})


def test_sign_ins_are_listed_with_when_and_where_and_ended(staffed: Staffed) -> None:
    auditor = page_of(staffed, "auditor")
    first, second = staffed.browser(), staffed.browser()
    for browser in (first, second):
        browser.post("/sign-in", data={"name": "auditor", "password": PASSWORD, "next": "/office"})
    sign_in(staffed, "boss")
    shown = staffed.client.get(auditor).text
    keys = re.findall(r'name="session" value="([0-9a-f]{64})"', shown)
    assert len(keys) == 2
    assert "unknown" in shown, "the network, which a test has none of"
    led_to(send(staffed, auditor, {"act": "end", "session": keys[0]}), auditor, "user_ended")
    signed = [browser.get("/office", follow_redirects=False).status_code for browser in (first, second)]
    assert sorted(signed) == [200, 303]
    gate = page_of(staffed, "gate")
    send(staffed, gate, {"act": "end", "session": keys[1]})  # of another account: nothing ends
    assert len(re.findall('name="session"', staffed.client.get(auditor).text)) == 1
    led_to(send(staffed, auditor, {"act": "end_all"}), auditor, "user_ended")
    assert {browser.get("/office", follow_redirects=False).status_code for browser in (first, second)} == {303}
    assert kinds(staffed, "auditor")[-2:] == ["sign-ins-ended", "sign-ins-ended"]


def test_whose_account_it_is_can_be_written_anew(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    page = page_of(staffed, "auditor")
    led_to(send(staffed, page, {"act": "name", "person_name": "沈小默"}), page, "user_named")
    assert stored(staffed, "auditor").account.person_name == "沈小默"
    assert code(send(staffed, page, {"act": "name", "person_name": "123"})) == "422 user-person-name"


def test_a_lost_telephones_second_factor_is_reset(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    page = page_of(staffed, "centre")
    assert code(send(staffed, page, {"act": "factor", "own_password": PASSWORD})) == "422 second-factor-none"
    assert stored(staffed, "centre").account.role is Role.CENTRE
    assert require_second_factor(staffed.office.register, (), ACTOR) == ()


def test_a_gates_telephone_signs_in_with_a_code_once_and_is_signed_out(staffed: Staffed) -> None:
    sign_in(staffed, "school")
    account = stored(staffed, "gate").id
    fields = {"act": "invite", "device": "南门一号", "account": account}
    shown = send(staffed, DEVICES, fields)
    assert 'src="data:image/png' in shown.text
    by = principal_of(staffed, "school")
    path = invite_device(staffed.office.register, by, DeviceRequest("东门二号", account)).address.removeprefix(ORIGIN)
    telephone = staffed.browser()
    for _ in range(2):  # looking uses nothing up
        assert "东门二号" in telephone.get(path).text
    answer = telephone.post(path, data={"act": "join"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/scan")
    assert is_in(telephone)
    stranger = staffed.browser()
    assert stranger.post(path, data={"act": "join"}).status_code == 410
    assert stranger.get(path).status_code == 410
    listed = staffed.client.get(DEVICES).text
    assert "东门二号" in listed
    assert "南门一号" not in listed, "nobody has scanned it"
    (key,) = re.findall(r'name="session" value="([0-9a-f]{64})"', listed)
    sign_in(staffed, "factory")  # another institution sees and ends nothing
    assert "东门二号" not in staffed.client.get(DEVICES).text
    send(staffed, DEVICES, {"act": "end", "session": key})
    assert is_in(telephone)
    assert code(send(staffed, DEVICES, fields)) == "404 no-such-account"
    sign_in(staffed, "school")
    led_to(send(staffed, DEVICES, {"act": "end", "session": key}), DEVICES, "device_ended")
    assert not is_in(telephone)


def test_a_code_is_over_after_five_minutes_and_from_another_sites_page(staffed: Staffed) -> None:
    by = principal_of(staffed, "school")
    made = invite_device(staffed.office.register, by, DeviceRequest("西门", stored(staffed, "gate").id))
    path = made.address.removeprefix(ORIGIN)
    elsewhere = staffed.client.post(path, data={"act": "join"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    staffed.office.clock.advance(minutes=5)
    assert staffed.client.post(path, data={"act": "join"}).status_code == 410


def test_only_site_staff_sign_in_with_a_code(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    fields = {"act": "invite", "device": "主任的手机", "account": stored(staffed, "centre").id}
    assert code(send(staffed, DEVICES, fields)) == "422 device-account"


def test_the_centre_enters_changes_closes_and_reopens_an_institution(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    page = f"{INSTITUTIONS}/500888"
    new = {"act": "add", "code": "500888", "letter": "S", "name": "重庆市新职业培训学校"}
    led_to(send(staffed, INSTITUTIONS, new), page, "institution_added")
    assert code(send(staffed, INSTITUTIONS, new)) == "409 institution-taken"
    job = {"act": "file", "jobs": "电工、消防设施操作员", "levels": ["3", "4"]}
    led_to(send(staffed, page, job), page, "institution_filed")
    assert code(send(staffed, page, job)) == "422 filing-reason"
    edit = {"act": "edit", "name": "重庆市新技能培训学校", "letter": "S", "printing_unit": "", "reason": "更名"}
    led_to(send(staffed, page, edit), page, "institution_changed")
    assert code(send(staffed, page, {"act": "close"})) == "422 request-invalid"
    led_to(send(staffed, page, {"act": "close", "reason": "停办"}), page, "institution_closed")
    assert "起关闭" in staffed.client.get(page).text
    led_to(send(staffed, page, {"act": "reopen", "reason": "复办"}), page, "institution_reopened")
    shown = staffed.client.get(page).text
    assert "重庆市新技能培训学校" in shown
    assert "消防设施操作员" in shown
    assert staffed.client.get(f"{INSTITUTIONS}/500999").status_code == 404
    led_to(send(staffed, INSTITUTIONS, {"act": "authority", "name": "巫山县人社局"}), INSTITUTIONS, "authority_added")


def test_the_centre_adds_a_job_type_to_the_catalogue(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    new = {"act": "add", "code": "4-99-99-01", "name": "证卡核验员"}
    led_to(send(staffed, OCCUPATIONS, new), OCCUPATIONS, "occupation_added")
    assert "证卡核验员" in staffed.client.get(f"{OCCUPATIONS}?text=核验").text
    assert send(staffed, OCCUPATIONS, {**new, "name": "另一个名称"}).status_code == 422


def test_a_token_is_shown_once_works_and_is_taken_away(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    new = {"act": "add", "label": "培训系统", "name": "centre", "days": "30", "scopes": ["check"]}
    assert code(send(staffed, TOKENS, new)) == "422 own-password-wrong"
    shown = send(staffed, TOKENS, {**new, "own_password": PASSWORD})
    secret = re.findall(r'id="secret">([^<]+)<', shown.text)[0]
    assert principal_of_token(staffed.office.register, secret) is not None
    assert secret not in staffed.client.get(TOKENS).text
    led_to(send(staffed, TOKENS, {"act": "revoke", "name": "centre", "label": "培训系统"}), TOKENS, "token_revoked")
    assert principal_of_token(staffed.office.register, secret) is None


def test_the_state_names_what_is_to_be_done_with_its_command(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    assert "zhengka backup" in staffed.client.get("/office/admin/state").text, "no backup is known"
    note_backup(staffed.office.register)
    shown = staffed.client.get("/office/admin/state").text
    assert "0 天前" in shown
    assert "keys rotate" in shown


def test_rules_for_all_are_set_by_whom_they_concern(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    contact = {"act": "contact", "contact_zh": "023-12345678"}
    led_to(send(staffed, RULES, contact), RULES, "rule_changed")
    assert "023-12345678" in staffed.client.get("/lookup").text
    for on in ("yes", "no"):
        led_to(send(staffed, RULES, {"act": "portrait", "issuer": "centre", "on": on}), RULES, "rule_changed")
    refused(send(staffed, RULES, {"act": "factor", "roles": "centre", "own_password": PASSWORD}), 403, "not-permitted")
    sign_in(staffed, "boss")
    assert code(send(staffed, RULES, {"act": "factor", "roles": ["auditor"]})) == "422 own-password-wrong"
    rule = {"act": "factor", "roles": ["auditor"], "own_password": PASSWORD}
    led_to(send(staffed, RULES, rule), RULES, "rule_changed")
    assert roles_with_factor(staffed.office.register) == {Role.AUDITOR}
    require_second_factor(staffed.office.register, (), ACTOR)


def test_an_institution_enters_an_address_sees_what_was_sent_and_removes_it(staffed: Staffed) -> None:
    sign_in(staffed, "school")
    new = {"act": "add", "target": "https://school.example.cn/zk", "topics": ["card.issued", "card.revoked"]}
    assert code(send(staffed, WEBHOOKS, new)) == "422 own-password-wrong"
    assert (
        code(send(staffed, WEBHOOKS, {**new, "target": "ftp://x/", "own_password": PASSWORD})) == "422 webhook-address"
    )
    shown = send(staffed, WEBHOOKS, {**new, "own_password": PASSWORD})
    assert re.findall(r'id="secret">(whsec_[^<]+)<', shown.text)
    (page,) = re.findall(r'href="(/office/admin/webhooks/\d+)"', shown.text)
    number = staffed.office.issue_one(applicant("internal", 981, certified_on=staffed.office.today))
    staffed.office.issue_one(applicant("external", 982, certified_on=staffed.office.today))
    sent: list[Outgoing] = []
    deliver_due(staffed.office.register, taking(sent, Answered(None, "not-reached")))
    assert [one.notice.data for one in sent] == [{"number": number}]
    shown = staffed.client.get(page).text
    assert "not-reached" in shown
    assert "通知投递失败" in staffed.client.get("/office").text
    (delivery,) = re.findall(r'name="delivery" value="(\d+)"', shown)
    led_to(send(staffed, page, {"act": "replay", "delivery": delivery}), page, "webhook_replayed")
    deliver_due(staffed.office.register, taking(sent, Answered(200)))
    assert len({one.headers["webhook-id"] for one in sent}) == 1
    assert "通知投递失败" not in staffed.client.get("/office").text
    sign_in(staffed, "factory")
    assert staffed.client.get(page).status_code == 404
    assert send(staffed, page, {"act": "remove", "own_password": PASSWORD}).status_code == 404
    sign_in(staffed, "school")
    led_to(send(staffed, page, {"act": "remove", "own_password": PASSWORD}), WEBHOOKS, "webhook_removed")
    assert staffed.client.get(page).status_code == 404


def test_the_journal_is_sought_by_who_acted_and_when_and_saved_without_formulas(staffed: Staffed) -> None:
    sign_in(staffed, "boss")
    name_person(staffed.office.register, "gate", "门小卫", "user:boss")
    set_contact(staffed.office.register, '=HYPERLINK("https://x.example","x")', "=1+1", "user:boss")
    sign_in(staffed, "auditor")
    day = staffed.office.today
    here = f"/office/journal?actor=boss&since={day}&until={day}"
    shown = staffed.client.get(here).text
    assert "登记账户使用人" in shown
    assert "核发证卡" not in shown.partition('id="found"')[2]
    later = staffed.client.get(f"/office/journal?actor=boss&since={day + timedelta(days=1)}").text
    assert "登记账户使用人" not in later.partition('id="found"')[2]
    lines = staffed.client.get(f"/office/journal/export?actor=boss&since={day}&format=jsonl").text.splitlines()
    assert [json.loads(line)["kind"] for line in lines][:2] == ["contact-set", "user-named"]
    book = staffed.client.get("/office/journal/export?actor=boss&kind=contact-set")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert rows[0][0].startswith("序号")
    with ZipFile(io.BytesIO(book.content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert staffed.client.get("/office/journal?since=x").status_code == 422
    sign_in(staffed, "centre")
    assert staffed.client.get("/office/journal/export").status_code == 403


def test_the_words_on_cards_are_shown_with_a_specimen_that_is_no_card(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    shown = staffed.client.get("/office/admin/texts").text
    for path in re.findall(r'src="(/office/admin/texts/[^"]+)"', shown):
        picture = staffed.client.get(path)
        assert picture.content.startswith(b"\x89PNG"), path
        codes = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.content)))
        assert all("zk.example.cn" not in found.text for found in codes)
    assert staffed.client.get("/office/admin/texts/standard/side.png").status_code == 404
