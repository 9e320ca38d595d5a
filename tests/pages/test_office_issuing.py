"""督§9: issuing at the desk without scripts: what is asked before a number is spent, and how it is answered."""

from __future__ import annotations

import re

import httpx

from service.domain.application import RawRow
from tests.api.staffed import Staffed
from tests.api.test_batches import photos_of, roster_of, two_lists
from tests.flows.office import applicant
from tests.pages.test_forms import sign_in
from tests.pages.test_office_work import csrf_of, send


def checked(staffed: Staffed, *rows: RawRow, roster: bytes | None = None, **fields: str) -> httpx.Response:
    """Hand a roster in to be checked and return the page that comes of it."""
    files: list[tuple[str, tuple[str | None, bytes]]] = [
        ("roster", ("名单.xlsx", roster_of(*rows) if roster is None else roster)),
        ("photos", ("照片.zip", photos_of(*rows))),
        *((name, (None, value.encode())) for name, value in {"reviewed_by": "李审核", **fields}.items()),
        ("csrf", (None, csrf_of(staffed).encode())),
    ]
    answer = staffed.client.post("/office/issue", files=files, follow_redirects=True)
    assert isinstance(answer, httpx.Response)
    return answer


def test_a_new_job_type_is_ticked_before_its_card_is_issued(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    rows = [
        applicant("special_skill", person, person, occupations=name) for person, name in ((2, "陶艺制作"), (3, "面塑"))
    ]
    page = checked(staffed, *rows)
    path = page.url.path
    assert re.findall(r'name="new_job_types" type="checkbox" value="([^"]*)"', page.text) == ["陶艺制作", "面塑"]
    assert "确认新工种" in page.text
    unticked = send(staffed, path, {})
    assert (unticked.status_code, "没有可以签发的行" in unticked.text) == (422, True)
    issued = send(staffed, path, {"new_job_types": ["面塑"]})
    assert issued.status_code == 303, issued.text
    batch = staffed.client.get(issued.headers["location"]).text
    assert batch.count(str(rows[1].cells["name"])) > 0
    assert "陶艺制作" in batch, "its row is refused, and says so"


def test_of_several_lists_the_one_is_named_that_is_issued(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    rows = [applicant("external", person, 2) for person in (4, 5)]
    page = checked(staffed, *rows, roster=two_lists(*rows))
    assert "文件中有 2 张名单：“名单1”、“名单2”" in page.text
    assert "在“用哪张工作表”一栏填写其名称" in page.text
    page = checked(staffed, *rows, roster=two_lists(*rows), roster_sheet="名单2")
    assert str(rows[1].cells["name"]) in page.text
    batch = staffed.client.get(send(staffed, page.url.path, {}).headers["location"]).text
    assert str(rows[1].cells["name"]) in batch
    assert str(rows[0].cells["name"]) not in batch
