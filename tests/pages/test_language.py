"""The language of a page: chosen on it, chosen before, or what the browser asks for (RFC 9110 12.5.4)."""

from __future__ import annotations

import pytest

from service.pages.rendering import LANGUAGE_COOKIE, preferred_language
from tests.api.staffed import Staffed

ZH, EN = 'lang="zh-CN"', 'lang="en"'


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-US,en;q=0.9,zh-CN;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("de, en;q=0.5, zh;q=0.4", "en"),
        ("de", "zh"),
        ("*", "zh"),
        ("en;q=0", "zh"),
        ("en;q=0.5,zh;q=0.5", "zh"),
        ("EN-gb ; Q=0.7 , zh;q=0.1", "en"),
        ("en;q=nonsense,zh;q=0.1", "zh"),
        (",,;;q=,\x00", "zh"),
    ],
)
def test_header_chooses_between_our_languages(header: str, language: str) -> None:
    assert preferred_language(header) == language


@pytest.mark.parametrize("path", ["/", "/lookup", "/sign-in", "/1/0123", "/nowhere"])
def test_every_page_speaks_what_the_browser_asks_for(staffed: Staffed, path: str) -> None:
    page = {"accept": "text/html"}
    assert ZH in staffed.client.get(path, headers=page).text
    answer = staffed.client.get(path, headers=page | {"accept-language": "en-US,en;q=0.9"})
    assert EN in answer.text
    assert "Accept-Language" in answer.headers["vary"]


def test_a_language_once_chosen_stays_on_the_pages_that_follow(staffed: Staffed) -> None:
    """An English browser, and a visitor who asks for Chinese: links without the language do not lead back."""
    english = {"accept-language": "en"}
    try:
        assert EN in staffed.client.get("/", headers=english).text
        assert ZH in staffed.client.get("/?lang=zh", headers=english).text
        assert staffed.client.cookies[LANGUAGE_COOKIE] == "zh"
        assert ZH in staffed.client.get("/lookup", headers=english).text
        assert EN in staffed.client.get("/lookup?lang=en").text
        assert EN in staffed.client.get("/").text
        staffed.client.get("/?lang=klingon")
        assert staffed.client.cookies[LANGUAGE_COOKIE] == "en"
    finally:
        staffed.client.cookies.delete(LANGUAGE_COOKIE)
