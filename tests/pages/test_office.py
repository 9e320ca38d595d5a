"""The office's frame: who gets in, what a form must bring, and what is said to whoever may not."""

from __future__ import annotations

import re

import pytest

from tests.api.staffed import Staffed
from tests.flows.office import resident_id
from tests.pages.test_forms import sign_in


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/office", "/sign-in?next=%2Foffice"),
        ("/office?lang=en", "/sign-in?lang=en&next=%2Foffice%3Flang%3Den"),
    ],
)
def test_a_stranger_is_led_to_the_sign_in_and_back(staffed: Staffed, path: str, leads_to: str) -> None:
    answer = staffed.client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    (way_on,) = re.findall('name="next" value="([^"]*)"', staffed.client.get(leads_to).text)
    assert sign_in(staffed, "school", way_on=way_on).headers["location"] == path.partition("?x")[0]


def test_the_front_page_lists_what_is_due_of_ones_own_body(staffed: Staffed) -> None:
    """督§5, 考§6: the institution's, not another's; nothing for who sees nobody."""
    sign_in(staffed, "school")
    page = staffed.client.get("/office").text
    assert "待办事项（共 3 项）" in page
    assert "内督中的本机构在职人员 0 名" in page
    assert page.index("待办事项") < page.index('<nav class="ways'), "what waits stands first"
    assert page.count('<td><a href="/office/staffing">') == 3, "each leads to where it is seen to"
    sign_in(staffed, "auditor")
    assert "待办事项" not in staffed.client.get("/office").text


def test_the_front_page_says_who_sits_there_and_ends_the_sign_in(staffed: Staffed) -> None:
    sign_in(staffed, "school")
    answer = staffed.client.get("/office")
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "school" in answer.text
    assert "重庆市某某职业技能培训学校" in answer.text
    csrf = re.findall('name="csrf" value="([^"]*)"', answer.text)[0]
    assert staffed.client.post("/sign-out", data={"csrf": csrf}, follow_redirects=False).status_code == 303
    assert staffed.client.get("/office", follow_redirects=False).status_code == 303


def test_a_token_is_no_sign_in_at_the_desk(staffed: Staffed) -> None:
    answer = staffed.client.get("/office", headers=staffed.token("school"), follow_redirects=False)
    assert answer.status_code == 303


SEARCH = {"text": "", "kind": "external"}


def csrf_of(staffed: Staffed) -> str:
    return str(re.findall('name="csrf" value="([^"]*)"', staffed.client.get("/office/search").text)[0])


@pytest.mark.parametrize("path", ["/office/search", "/office/search/list"])
def test_a_form_of_another_page_finds_nothing(staffed: Staffed, path: str) -> None:
    """Else a page of a stranger could let people's lists be made, and their names be looked for."""
    sign_in(staffed, "centre")
    csrf = csrf_of(staffed)
    assert staffed.client.post(path, data=SEARCH | {"csrf": csrf}).status_code == 200
    for form, headers in (
        (SEARCH, {}),
        (SEARCH | {"csrf": "A" * 43}, {}),
        (SEARCH | {"csrf": csrf}, {"Origin": "https://evil.example"}),
        (SEARCH | {"csrf": csrf}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        answer = staffed.client.post(path, data=form, headers=headers)
        assert answer.status_code == 403, form
        assert staffed.number not in answer.text


@pytest.mark.parametrize("name", ["gate", "auditor", "boss"])
def test_who_may_not_read_people_is_told_so(staffed: Staffed, name: str) -> None:
    sign_in(staffed, name)
    for path in ("/office/search", f"/office/people/{staffed.number}"):
        answer = staffed.client.get(path)
        assert answer.status_code == 403
        assert "您的账户没有此项权限" in answer.text
    front = staffed.client.get("/office").text
    assert "/office/search" not in front
    assert 'href="/scan"' in front


def test_a_stranger_s_search_is_led_to_the_sign_in(staffed: Staffed) -> None:
    answer = staffed.client.post("/office/search", data=SEARCH, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Foffice")
    answer = staffed.client.get(f"/office/people/{staffed.number}?lang=en", follow_redirects=False)
    leads_to = f"/sign-in?lang=en&next=%2Foffice%2Fpeople%2F{staffed.number}%3Flang%3Den"
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)


@pytest.mark.parametrize(
    "form",
    [
        {"kind": "x"},
        {"state": "lost"},
        {"sort": "id"},
        {"by": "-id"},
        {"institution": "12"},
        {"expiring_months": "37"},
        {"expiring_months": "2.5"},
        {"holder": "R5"},
        {"text": "王" * 61},
    ],
)
def test_what_the_page_does_not_offer_is_refused_on_the_page(staffed: Staffed, form: dict[str, str]) -> None:
    sign_in(staffed, "centre")
    answer = staffed.client.post("/office/search", data=form | {"csrf": csrf_of(staffed)})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'id="text"' in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "9" * 40, "x", "²", ""])
def test_any_page_is_some_page(staffed: Staffed, page: str) -> None:
    sign_in(staffed, "centre")
    answer = staffed.client.post("/office/search", data={"page": page, "csrf": csrf_of(staffed)})
    assert answer.status_code == 200
    assert staffed.number in answer.text


def test_what_is_typed_into_the_search_is_text_and_nothing_else(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    hostile = "<script>alert(1)</script>\"'><img src=x>"
    for field in (
        "text",
        "institution",
        "occupation",
        "kind",
        "state",
        "expiring_months",
        "holder",
        "sort",
        "by",
        "page",
    ):
        answer = staffed.client.post("/office/search", data={field: hostile, "csrf": csrf_of(staffed)})
        assert answer.status_code in {200, 422}, field
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


def test_a_person_is_kept_by_nobody_on_the_way(staffed: Staffed) -> None:
    sign_in(staffed, "centre")
    answer = staffed.client.get(f"/office/people/{staffed.number}")
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    listed = staffed.client.post("/office/search/list", data={"csrf": csrf_of(staffed)})
    assert listed.headers["content-disposition"].startswith("attachment; ")
    assert listed.headers["cache-control"] == "no-store"


def test_an_identity_number_goes_into_no_answer(staffed: Staffed) -> None:
    """GB 11643: right or wrong, and whether it is found or not."""
    sign_in(staffed, "centre")
    right, strange = resident_id(1), resident_id(444)
    wrong = right[:-1] + ("1" if right[-1] == "0" else "0")
    for text, status, finds in (
        (right, 200, True),
        (strange, 200, False),
        (wrong, 422, False),
        (right[:17], 422, False),
    ):
        answer = staffed.client.post("/office/search", data={"text": text, "csrf": csrf_of(staffed)})
        assert answer.status_code == status
        assert (staffed.number in answer.text) is finds
        assert text not in answer.text
    again = staffed.client.post("/office/search", data={"holder": staffed.number, "csrf": csrf_of(staffed)})
    assert staffed.number in again.text
