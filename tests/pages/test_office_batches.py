"""The workbench over HTTP: a batch from its spreadsheet to rows that can be issued, and nobody else's."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest

from tests.api.staffed import Staffed
from tests.api.test_batches import two_lists
from tests.flows.drafts_at_work import book_of, sheet_of
from tests.flows.office import applicant, name_of, photo, resident_id
from tests.flows.people_at_work import PASSWORD
from tests.pages.test_forms import sign_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Desk:
    """A clerk's browser at the workbench."""

    def __init__(self, staffed: Staffed, who: str = "centre") -> None:
        sign_in(staffed, who)
        self.client = staffed.client

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return str(answer.text)

    def csrf(self) -> str:
        return str(re.findall('name="csrf" value="([^"]*)"', self.get("/office/batches"))[0])

    def post(self, path: str, **fields: object) -> httpx.Response:
        answer: httpx.Response = self.client.post(path, data={"csrf": self.csrf()} | fields, follow_redirects=False)
        return answer

    def begin(self, book: bytes) -> str:
        """Begin a batch with a spreadsheet, and return its address."""
        path = str(self.post("/office/batches", act="batch", name="第二批").headers["location"])
        files = {"roster": ("名单.xlsx", book, XLSX)}
        answer = self.client.post(f"{path}/file", data={"csrf": self.csrf()}, files=files, follow_redirects=False)
        assert answer.status_code == 303, re.findall('role="alert".*?</div>', answer.text, re.DOTALL)
        return path.removesuffix("/roster")

    def taken(self, book: bytes) -> str:
        path = self.begin(book)
        answer = self.post(f"{path}/roster", act="take")
        assert answer.status_code == 303, answer.text
        return path


def test_a_batch_goes_from_its_spreadsheet_to_rows_in_place(staffed: Staffed) -> None:
    """考§11: the refused score stands at its field, and is mended there."""
    desk = Desk(staffed)
    good, bad = applicant("standard", 31), applicant("standard", 32)
    path = desk.taken(book_of([good, replace(bad, cells={**bad.cells, "skill_score": "5"})]))
    listed = desk.get(path)
    assert "有问题 <b>2</b>" in listed, "neither has a photograph"
    assert resident_id(32) not in listed
    assert resident_id(32)[:3] + "*" * 11 + resident_id(32)[-4:] in listed
    (row,) = re.findall(r'rows/(\d+)"[^>]*>改这一行', listed.partition(name_of(32))[2])[:1]
    page = desk.get(f"{path}/rows/{row}")
    assert 'id="wrong-skill_score"' in page
    assert 'value="5"' in page.partition('id="cell-skill_score"')[2][:60]
    version = re.findall('name="version" value="([0-9]+)"', page)[0]
    answer = desk.post(f"{path}/rows/{row}", act="save", version=version, **{"cell-skill_score": "75"})
    assert answer.headers["location"] == f"{path}/rows/{row}?done=batch_saved"
    page = desk.get(f"{path}/rows/{row}")
    assert 'id="wrong-skill_score"' not in page
    stale = desk.post(f"{path}/rows/{row}", act="save", version=version, **{"cell-skill_score": "76"})
    assert stale.status_code == 409
    assert 'value="76"' in stale.text, "what was typed stays"


def test_photographs_come_by_a_form_in_pieces_and_by_claim(staffed: Staffed) -> None:
    """督附5."""
    desk = Desk(staffed)
    path = desk.taken(book_of([applicant("standard", 33), applicant("standard", 34)]))
    files = [("photos", (f"{name_of(33)}.jpg", photo(1), "image/jpeg")), ("photos", ("IMG_1.jpg", photo(2), ""))]
    answer = desk.client.post(f"{path}/photos", data={"csrf": desk.csrf()}, files=files, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    page = desk.get(f"{path}/photos")
    (found,) = re.findall(r'name="photo-(\d+)"', page)
    (row,) = re.findall(rf'<option value="(\d+)">\1 {name_of(34)}', page)
    assert desk.client.get(f"{path}/photos/{found}/image").headers["content-type"] == "image/jpeg"
    desk.post(f"{path}/photos/claim", **{f"photo-{found}": row})
    listed = desk.get(path)
    assert "可签发 <b>2</b>" in listed
    for image in ("portrait", "front.png", "back.png"):
        assert desk.client.get(f"{path}/rows/{row}/{image}").status_code == 200, image


def test_one_person_needs_no_spreadsheet(staffed: Staffed) -> None:
    desk = Desk(staffed)
    path = desk.post("/office/batches", act="one").headers["location"]
    assert re.fullmatch(r"/office/batches/\d+/rows/\d+", path)
    cells = {f"cell-{key}": str(value) for key, value in applicant("standard", 35).cells.items() if value is not None}
    version = re.findall('name="version" value="([0-9]+)"', desk.get(path))[0]
    answer = desk.post(path, act="save", version=version, **cells)
    assert answer.status_code == 303, re.findall('role="alert".*?</div>', answer.text, re.DOTALL)
    page = desk.get(path)
    assert re.findall('id="wrong-([a-z_]+)"', page) == ["photo"]
    assert 'class="queue"' not in page


def test_an_unknown_column_is_mapped_once_and_remembered(staffed: Staffed) -> None:
    desk = Desk(staffed)
    row = applicant("standard", 36)
    path = desk.begin(book_of([row], above=("重庆市报名汇总",), headings={"hr_staff": "是不是人社在编"}))
    page = desk.get(f"{path}/roster")
    assert "不认识的列" in page
    (column,) = re.findall(r'name="remember-(\d+)"', page)
    desk.post(f"{path}/roster", act="map", **{f"column-{column}": "hr_staff", f"remember-{column}": "yes"})
    assert "不认识的列" not in desk.get(f"{path}/roster")
    again = desk.begin(book_of([row], headings={"hr_staff": "是不是人社在编"}))
    assert "上次记住" in desk.get(f"{again}/roster")


def test_many_rows_are_filled_in_and_taken_out_at_once(staffed: Staffed) -> None:
    desk = Desk(staffed)
    path = desk.taken(book_of([applicant("standard", place) for place in (37, 38, 39)]))
    rows = re.findall(r'name="row" value="(\d+)"', desk.get(path))
    assert desk.post(path, act="remove").status_code == 422, "none was ticked"
    assert desk.post(path, act="fill", row=rows[:2], field="work_unit", value="渝北职校").status_code == 303
    assert "渝北职校" in desk.get(f"{path}/rows/{rows[0]}")
    assert desk.post(path, act="remove", row=rows[:1]).status_code == 303
    assert "全部 <b>2</b>" in desk.get(path)
    assert desk.post(path, act="back", row=rows[:1]).status_code == 303
    assert "全部 <b>3</b>" in desk.get(path)
    leads_to = str(desk.post(f"{path}/find", find=name_of(38)).headers["location"])
    assert quote(name_of(38)) not in leads_to, "no name goes in an address"
    found = desk.get(leads_to)
    assert name_of(38) in found
    assert name_of(39) not in found.partition("<tbody>")[2]


@pytest.mark.parametrize("who", ["school", "yubei"])
def test_another_body_s_batch_is_not_there(staffed: Staffed, who: str) -> None:
    path = Desk(staffed).taken(book_of([applicant("standard", 40)]))
    sign_in(staffed, who)
    for page in ("", "/roster", "/photos", "/settings", "/rows/2", "/rows/2/front.png", "/rows/2/portrait"):
        answer = staffed.client.get(path + page)
        assert answer.status_code == (404 if who == "school" else 403), page
        assert name_of(40) not in answer.text


def test_a_form_that_outlived_its_sign_in_leads_back_to_its_page(staffed: Staffed) -> None:
    path = Desk(staffed).taken(book_of([applicant("standard", 41)]))
    staffed.client.cookies.clear()
    page = f"{path}/rows/2"
    headers = {"Referer": f"https://zk.example.cn{page}"}
    answer = staffed.client.post(page, data={"act": "save"}, headers=headers, follow_redirects=False)
    leads_to = answer.headers["location"]
    assert f"next={page.replace('/', '%2F')}" in leads_to
    assert f'value="{page}"' in staffed.client.get(leads_to).text
    stranger = {"Referer": "https://evil.example/office//evil.example"}
    answer = staffed.client.post(page, data={"act": "save"}, headers=stranger, follow_redirects=False)
    assert 'name="next" value=""' in staffed.client.get(answer.headers["location"]).text


def test_a_sheet_is_chosen_where_several_could_be_meant(staffed: Staffed) -> None:
    desk = Desk(staffed)
    row = applicant("standard", 42)
    book = sheet_of((), list(row.cells), [list(row.cells.values())], hidden="旧数据")
    page = desk.get(f"{desk.begin(book)}/roster")
    assert "隐藏工作表，已忽略" in page


def test_the_good_rows_are_issued_and_the_others_go_on(staffed: Staffed) -> None:
    """督附5: the button says how many, the password comes again, and a row without a photograph stays."""
    desk = Desk(staffed)
    path = desk.taken(book_of([applicant("standard", place) for place in (43, 44, 45)]))
    files = [("photos", (f"{name_of(place)}.jpg", photo(place % 3), "image/jpeg")) for place in (43, 44)]
    desk.client.post(f"{path}/photos", data={"csrf": desk.csrf()}, files=files, follow_redirects=False)
    assert "去签发 2 行" in desk.get(path)
    page = desk.get(f"{path}/issue")
    assert "签发 2 张证卡" in page
    assert "其中 2 张还没人看过卡面" in page
    assert 'id="reviewed_by"' in page
    refused = desk.post(f"{path}/issue", cards="2", password=PASSWORD + "x", reviewed_by="李审核")
    assert refused.status_code == 422
    assert "登录密码不对" in refused.text
    assert desk.post(f"{path}/issue", cards="3", password=PASSWORD).status_code == 409
    assert desk.post(f"{path}/issue", cards="2", password=PASSWORD).status_code == 303
    until = time.monotonic() + 30
    while "已签发 2 张证卡" not in (page := desk.get(f"{path}/issue")):
        assert "hx-get" in page, "the page looks again while it is being done"
        assert time.monotonic() < until
        time.sleep(0.1)
    assert "hx-get" not in page
    steps = page.partition('class="steps')[2].partition("</ol>")[0]
    assert steps.count("0 / 2 张") == 2, "neither printed nor handed out"
    assert f"/office/printing?batch={path.rpartition('/')[2]}" in page
    (rest,) = re.findall(r'href="(/office/batches/\d+)">批次', page.partition('id="done"')[2])
    assert name_of(45) in desk.get(rest)
    assert desk.client.get(f"{path}/issue/report.xlsx").status_code == 200
    assert desk.client.get(f"{path}/roster", follow_redirects=False).headers["location"] == f"{path}/issue"
    settings = desk.get(f"{path}/settings")
    assert "这一批已不在办理中" in settings
    assert "放弃批次" not in settings, "nothing is offered that will be refused"


def test_a_new_job_type_is_ticked_before_its_card_is_issued(staffed: Staffed) -> None:
    desk = Desk(staffed)
    named = zip((46, 47), ("陶艺制作", "面塑"), strict=True)
    path = desk.taken(book_of([applicant("special_skill", place, occupations=name) for place, name in named]))
    page = desk.get(path)
    assert re.findall(r'name="new_job_types" type="checkbox" value="([^"]*)"', page) == ["陶艺制作", "面塑"]
    assert "确认新工种" in page
    assert page.count("在上方“确认新工种”中勾选") == 2
    assert desk.post(path, act="confirm", new_job_types=["面塑"]).status_code == 303
    page = desk.get(path)
    assert page.count("在上方“确认新工种”中勾选") == 1, "its row is refused, and says so"
    assert re.findall(r'value="([^"]*)" checked', page) == ["面塑"]


def test_of_several_lists_the_one_is_chosen_that_is_read(staffed: Staffed) -> None:
    desk = Desk(staffed)
    rows = [applicant("external", place, 2) for place in (48, 49)]
    path = desk.begin(two_lists(*rows))
    assert re.findall(r'name="sheet" value="([^"]*)"', desk.get(f"{path}/roster")) == ["名单1", "名单2"]
    desk.post(f"{path}/roster", act="map", sheet="名单2")
    desk.post(f"{path}/roster", act="take", sheet="名单2")
    listed = desk.get(path)
    assert str(rows[1].cells["name"]) in listed
    assert str(rows[0].cells["name"]) not in listed


def test_an_institution_issues_its_own_cards_only(staffed: Staffed) -> None:
    """督§9."""
    desk = Desk(staffed, "school")
    path = desk.taken(book_of([applicant("standard", 50), applicant("external", 51)]))
    page = desk.get(path)
    assert "有问题 <b>2</b>" in page
    assert "去签发" not in page
    assert desk.post(f"{path}/issue", cards="1").status_code == 422


def test_what_cannot_be_read_is_said_on_the_page(staffed: Staffed) -> None:
    desk = Desk(staffed)
    path = desk.post("/office/batches", act="batch").headers["location"]
    files = {"roster": ("名单.xlsx", b"no spreadsheet", XLSX)}
    answer = desk.client.post(f"{path}/file", data={"csrf": desk.csrf()}, files=files)
    assert answer.status_code == 422
    assert 'data-code="roster-' in answer.text


def test_where_batches_were_issued_before_leads_on(staffed: Staffed) -> None:
    """Addresses stand in letters and bookmarks; a batch that was never at the workbench is shown all the same."""
    desk = Desk(staffed)
    moved = desk.client.get("/office/issue", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (303, "/office/batches")
    moved = desk.client.get("/office/issue/1?lang=en", follow_redirects=False)
    assert moved.headers["location"] == "/office/batches/1/issue?lang=en"
    assert staffed.number in desk.get("/office/issue/1")
    assert desk.client.get("/office/issue/999").status_code == 404


def test_where_no_row_is_good_the_page_leads_back_to_the_check(staffed: Staffed) -> None:
    desk = Desk(staffed)
    path = desk.taken(book_of([applicant("standard", 61)]))
    page = desk.get(f"{path}/issue")
    assert "还没有可以签发的行（有问题的 1 行），请先核对。" in page
    assert 'name="cards"' not in page
