"""Cards held up to the camera: one film for each kind of card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.chromium import Watch, arguments, program, verdict_on
from tests.browser.eyes import all_by_keyboard, has_no_barriers
from tests.browser.films import write_film
from tests.browser.office import WORDS, BrowserOffice
from tests.browser.server import Server
from tests.browser.test_check_page import is_announced
from tests.browser.test_scan_ways_in import is_ready

END = """() => {
  const [track] = document.getElementById('video').srcObject.getVideoTracks()
  track.stop()
  track.dispatchEvent(new Event('ended'))
}"""
REMEMBER = """async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open('zhengka')
    request.onsuccess = () => resolve(request.result)
  })
  const settings = database.transaction('settings', 'readwrite').objectStore('settings')
  const kept = await new Promise((resolve) => {
    const request = settings.get(0)
    request.onsuccess = () => resolve(request.result)
  })
  await new Promise((resolve) => {
    settings.put({ ...kept, camera: '00'.repeat(32) }, 0).onsuccess = resolve
  })
  database.close()
}"""
Filmed = Callable[[Image.Image, int], tuple[Page, Watch]]
KINDS = ("valid", "expired", "revoked", "superseded", "replaced", "forged", "unknown_key", "internal")


@pytest.fixture(scope="module")
def cinema(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, Path]]:
    """One Chromium, whose camera shows the film that lies at a path when a page opens it."""
    film = tmp_path_factory.mktemp("cinema") / "film.mjpeg"
    browser = playwright.chromium.launch(executable_path=program(), args=arguments(film))
    yield browser, film
    browser.close()


@pytest.fixture
def filmed(cinema: tuple[Browser, Path], server: Server) -> Iterator[Filmed]:
    """Film a picture, and open a page before whose camera it is."""
    browser, film = cinema
    with browser.new_context(locale="zh-CN", base_url=server.address) as context:

        def film_and_open(picture: Image.Image, seed: int) -> tuple[Page, Watch]:
            write_film(picture, film, seed)
            watch = Watch(f"localhost:{server.port}")
            watch.over(context)
            return context.new_page(), watch

        yield film_and_open


@pytest.mark.parametrize("kind", KINDS)
def test_a_card_before_the_camera_gets_its_verdict(filmed: Filmed, office: BrowserOffice, kind: str) -> None:
    page, watch = filmed(office.backs[kind], 100 + KINDS.index(kind))
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


def test_the_scanner_with_a_camera_is_for_everybody(filmed: Filmed, office: BrowserOffice) -> None:
    page, watch = filmed(office.backs["valid"].point(lambda _: 230), 1)  # a card with nothing on it
    page.goto("/scan")
    page.wait_for_function("() => performance.getEntriesByName('zhengka-camera').length")
    is_ready(page)
    has_no_barriers(page)
    all_by_keyboard(page)
    assert page.locator(".vd").count() == 0
    expect(page.locator("#hint")).to_be_visible()
    page.evaluate(END)  # unplugged, or taken by another program: it is started anew
    expect(page.locator("#trouble")).to_be_hidden()
    page.wait_for_function(
        "() => { const { srcObject: live } = document.getElementById('video'); return live && live.active }"
    )
    page.evaluate(END)  # and when that does not hold, it is said
    expect(page.locator("#trouble")).to_contain_text("相机已中断")
    expect(page.locator("#hint")).to_be_hidden()
    page.locator("#retry").click()
    expect(page.locator("#trouble")).to_be_hidden()
    page.evaluate(REMEMBER)  # a camera that is not there any more
    page.reload()
    expect(page.locator("[data-banner=camera]")).to_contain_text("已改用自动选择")
    expect(page.locator("#hint")).to_be_visible()
    watch.clean(404)


def test_films_are_the_same_each_time_and_differ_by_seed(office: BrowserOffice, tmp_path: Path) -> None:
    films: list[bytes] = []
    for seed in (1, 1, 2):
        path = tmp_path / f"{len(films)}.mjpeg"
        write_film(office.backs["valid"], path, seed, frames=4)
        films.append(path.read_bytes())
    assert films[0] == films[1] != films[2]
    assert films[0].count(b"\xff\xd8\xff\xe0") == 4
