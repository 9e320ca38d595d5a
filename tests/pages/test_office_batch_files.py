"""The files of a batch that are not in order: named on the page, with the way on."""

from __future__ import annotations

import hashlib
import io
import re
import time
import zipfile

import pytest

from tests.api.staffed import Staffed
from tests.flows.drafts_at_work import book_of, sheet_of
from tests.flows.office import applicant, name_of, photo
from tests.pages.test_office_batches import XLSX, Desk


def test_a_workbook_without_people_is_named_and_the_way_on(staffed: Staffed) -> None:
    desk = Desk(staffed)
    path = desk.post("/office/batches", act="batch").headers["location"]
    for book in (sheet_of((), (), ()), sheet_of((), list(applicant("standard", 62).cells), (), hidden="旧数据")):
        files = {"roster": ("名单.xlsx", book, XLSX)}
        answer = desk.client.post(f"{path}/file", data={"csrf": desk.csrf()}, files=files)
        assert answer.status_code == 422
        assert 'data-code="roster-empty"' in answer.text
        assert "可见的工作表 “报名表” 里没有标题行和下面的人员" in answer.text
        assert 'id="roster"' in answer.text, "another file can be chosen at once"
    assert "隐藏的 “旧数据” 不读取" in answer.text


def test_rows_that_were_mended_are_not_read_anew_by_an_older_page(staffed: Staffed) -> None:
    """Neither by a page that was left open, nor by the button of one's own page without saying what it takes away."""
    desk = Desk(staffed)
    book = book_of([applicant("standard", 66)])
    path = desk.taken(book)
    version = re.findall('name="version" value="([0-9]+)"', desk.get(f"{path}/rows/2"))[0]
    desk.post(f"{path}/rows/2", act="save", version=version, **{"cell-work_unit": "改过的单位"})
    answer = desk.post(f"{path}/roster", act="take")
    assert answer.status_code == 422
    assert "这一批已经读入 1 行；重新读入会丢掉" in answer.text
    files = {"roster": ("名单.xlsx", book, XLSX)}
    answer = desk.client.post(f"{path}/roster/file", data={"csrf": desk.csrf()}, files=files)
    assert 'data-code="draft-has-rows"' in answer.text
    assert 'value="改过的单位"' in desk.get(f"{path}/rows/2")
    page = desk.get(f"{path}/roster")
    assert 'value="take"' not in page
    assert "重新读入 1 人，丢掉改过的内容" in page
    assert 'name="anew" value="yes"' in page, "another file, which says that it replaces the rows"
    assert desk.post(f"{path}/roster", act="anew").status_code == 303
    assert 'value="改过的单位"' not in desk.get(f"{path}/rows/2")


def packed(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed(a_jpg=photo(1))[:900], "不是完好的压缩包"),
        (packed(readme_txt=b"x"), "压缩包里没有能用的照片：readme.txt（不是照片）"),
        (packed(), "压缩包里没有能用的照片"),
        (packed(a_jpg=photo(1), b_jpg=b""), "压缩包里有 1 个文件没有接收：b.jpg（损坏或是空文件）；其余已收下"),
    ],
    ids=["cut off", "no photograph", "empty", "an empty file"],
)
def test_an_archive_that_is_not_in_order_is_named_with_the_way_on(staffed: Staffed, data: bytes, said: str) -> None:
    """督附5."""
    desk = Desk(staffed)
    path = desk.taken(book_of([applicant("standard", 63)]))
    files = [("photos", ("照片.zip", data, "application/zip"))]
    desk.client.post(f"{path}/photos", data={"csrf": desk.csrf()}, files=files, follow_redirects=False)
    until = time.monotonic() + 30
    while "正在解压" in (page := desk.get(f"{path}/photos")):
        assert 'hx-trigger="every 2s"' in page, "the page looks again by itself"
        assert time.monotonic() < until
        time.sleep(0.05)
    assert said in page
    assert "重新打包后再传" in page
    assert "有 1 个照片文件没有收好" in desk.get(path), "the list of rows says so, too"
    (wrong,) = re.findall(r'photos/drop.*?name="photo" value="(\d+)"', page)
    assert desk.post(f"{path}/photos/drop", photo=wrong).status_code == 303
    page = desk.get(f"{path}/photos")
    assert said not in page
    assert ("1 张" in page.partition("没认出是谁的照片")[2]) == ("其余已收下" in said)
    assert desk.post(f"{path}/photos/drop", photo=wrong).status_code == 404, "it is gone"


def test_a_photograph_that_never_came_whole_is_named_and_can_be_dropped(staffed: Staffed) -> None:
    desk = Desk(staffed)
    path = desk.taken(book_of([applicant("standard", 64)]))
    data, headers = photo(2), {"X-CSRF-Token": desk.csrf()}
    sha256 = hashlib.sha256(data).hexdigest()
    told = [{"sha256": sha256, "name": f"{name_of(64)}.jpg", "size": len(data)}]
    assert desk.client.post(f"{path}/photos/announce", json=told, headers=headers).json()[0]["at"] == 0
    half = data[: len(data) // 2]
    assert desk.client.post(f"{path}/photos/{sha256}?at=0", content=half, headers=headers).status_code == 200
    page = desk.get(f"{path}/photos")
    assert "再选同一个文件会接着传；不要了可以移除" in page
    (coming,) = re.findall(r'photos/drop.*?name="photo" value="(\d+)"', page)
    assert desk.post(f"{path}/photos/drop", photo=coming).status_code == 303
    assert "再选同一个文件" not in desk.get(f"{path}/photos")
    page = desk.get(path)
    assert "有 1 个照片文件" not in page
    assert "去签发" not in page


def test_a_part_of_a_page_that_outlived_its_sign_in_leads_the_whole_page_away(staffed: Staffed) -> None:
    """Else the sign-in's page is searched for the part, and an empty page stands where cards were being issued."""
    path = Desk(staffed).taken(book_of([applicant("standard", 65)]))
    staffed.client.cookies.clear()
    headers = {"HX-Request": "true", "Referer": f"https://zk.example.cn{path}/issue"}
    answer = staffed.client.get(f"{path}/issue", headers=headers, follow_redirects=False)
    assert answer.status_code == 200
    assert answer.headers["hx-redirect"] == f"/sign-in?next={path.replace('/', '%2F')}%2Fissue"
