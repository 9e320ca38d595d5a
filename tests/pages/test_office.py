"""The office's frame: who gets in, what a form must bring, and what is said to whoever may not."""

from __future__ import annotations

import re

import pytest

from tests.api.staffed import Staffed
from tests.pages.test_forms import sign_in


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/office", "/sign-in?next=%2Foffice"),
        ("/office?lang=en", "/sign-in?lang=en&next=%2Foffice%3Flang%3Den"),
        ("/office?x=%0d%0aSet-Cookie:y", "/sign-in?next=%2Foffice"),
    ],
)
def test_a_stranger_is_led_to_the_sign_in_and_back(staffed: Staffed, path: str, leads_to: str) -> None:
    answer = staffed.client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    (way_on,) = re.findall('name="next" value="([^"]*)"', staffed.client.get(leads_to).text)
    assert sign_in(staffed, "school", way_on=way_on).headers["location"] == path.partition("?x")[0]


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
