"""Cards held up to the camera: one film for each kind of card."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.browser.chromium import Watch, arguments, program, verdict_on
from tests.browser.eyes import all_by_keyboard, has_no_barriers
from tests.browser.films import FRAMES, write_film
from tests.browser.office import WORDS, BrowserOffice
from tests.browser.server import Server
from tests.browser.test_check_page import is_announced
from tests.browser.test_scan_ways_in import is_ready

KINDS = ("valid", "expired", "revoked", "superseded", "replaced", "forged", "unknown_key", "internal")


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_before_the_camera_gets_its_verdict(
    playwright: Playwright, server: Server, film_of: Callable[[str, int], Path], kind: str
) -> None:
    film = film_of(kind, 100 + KINDS.index(kind))
    browser = playwright.chromium.launch(executable_path=program(), args=arguments(film))
    try:
        context = browser.new_context(locale="zh-CN", base_url=server.address)
        watch = Watch(f"localhost:{server.port}")
        watch.over(context)
        page = context.new_page()
        page.goto("/scan")
        shown = verdict_on(page)
        assert (shown.verdict, shown.source) == (WORDS[kind], "online")
        is_announced(page)
        took = page.wait_for_function(
            """() => {
              const [camera] = performance.getEntriesByName('zhengka-camera')
              const [verdict] = performance.getEntriesByName('zhengka-verdict')
              return camera && verdict && verdict.startTime - camera.startTime
            }"""
        ).json_value()
        assert 0 < took < 5000
        if kind == "valid":
            page.locator("#next").click()
            page.wait_for_timeout(1000)
            assert page.locator("#scanning").is_visible(), "a card that stays in view is not announced again"
        watch.clean(404)
    finally:
        browser.close()


def test_the_scanner_with_a_camera_is_for_everybody(
    playwright: Playwright, server: Server, office: BrowserOffice, tmp_path: Path
) -> None:
    film = tmp_path / "empty.mjpeg"
    write_film(office.backs["valid"].point(lambda _: 230), film, 1)  # a card with nothing on it
    browser = playwright.chromium.launch(executable_path=program(), args=arguments(film))
    try:
        context = browser.new_context(locale="zh-CN", base_url=server.address)
        watch = Watch(f"localhost:{server.port}")
        watch.over(context)
        page = context.new_page()
        page.goto("/scan")
        page.wait_for_function("() => performance.getEntriesByName('zhengka-camera').length")
        is_ready(page)
        has_no_barriers(page)
        all_by_keyboard(page)
        assert page.locator(".vd").count() == 0
        watch.clean(404)
    finally:
        browser.close()


def test_films_are_the_same_each_time_and_differ_by_seed(office: BrowserOffice, tmp_path: Path) -> None:
    films: list[bytes] = []
    for seed in (1, 1, 2):
        path = tmp_path / f"{len(films)}.mjpeg"
        write_film(office.backs["valid"], path, seed)
        films.append(path.read_bytes())
    assert films[0] == films[1] != films[2]
    assert films[0].count(b"\xff\xd8\xff\xe0") == FRAMES
