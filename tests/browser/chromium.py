"""Chromium as the tests start it, and a watch over everything its pages ask for and complain about."""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Request,
    sync_playwright,
)

from tests import needs

_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_LATE: Final = Path(__file__).with_name("late.js")
_SHELL: Final = "chromium-headless-shell"
_ANSWERED_WITH: Final = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")


def program() -> str:
    """Return the shell that draws on no screen, which takes half of the time, or else the whole browser."""
    return shutil.which(_SHELL) or str(needs.tool("chromium", apt=_SHELL))


def arguments(film: Path | None = None) -> list[str]:
    """Return the switches; with a film there is a camera, which shows it and may be used without asking."""
    if film is None:
        return list(_ARGUMENTS)
    camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    return [*_ARGUMENTS, *camera, f"--use-file-for-fake-video-capture={film}"]


@contextmanager
def browsing() -> Generator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


def make_late(browser: Browser) -> None:
    """Let every page of the browser be left late, with scripts in it, so that a test which does not wait fails."""
    made = browser.new_context

    def new_context(**options: Any) -> BrowserContext:  # noqa: ANN401 - whatever a context is made of
        context = made(**(options | {"java_script_enabled": True}))
        context.add_init_script(path=_LATE)
        return context

    browser.new_context = new_context  # type: ignore[method-assign]


def follow(link: Locator) -> None:
    """Click on what leads to another page, and wait until that is there.

    A click alone may return while the old page still stands, on a machine with much to do.
    """
    with link.page.expect_navigation():
        link.click()


def follow_enter(page: Page) -> None:
    """Press Enter in a form, and wait until its answer is there."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


@dataclass
class Watch:
    """What the pages of a context did: errors, breaches of the policy, other hosts asked, bad statuses."""

    host: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def clean(self, *deliberate: int) -> None:
        """Hold that nothing went wrong but answers with these statuses, and that nobody else was asked."""
        assert self.strangers == [], self.strangers
        assert self.complaints == [], self.complaints
        assert set(self.statuses) <= set(deliberate), self.statuses

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"blob", "data"} and parts.netloc != self.host:
            self.strangers.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        answered = _ANSWERED_WITH.match(message.text)
        if answered is None:
            self.complaints.append(message.text)
        else:
            self.statuses.append(int(answered[1]))


@dataclass(frozen=True, slots=True)
class Shown:
    """The verdict on the screen, as the page's own attributes tell it."""

    verdict: str
    tone: str
    fit: str
    source: str


def verdict_on(page: Page, timeout: float = 20_000) -> Shown:
    """Wait for a verdict and read it."""
    article = page.locator(".vd:visible")
    article.wait_for(timeout=timeout)
    names = ("verdict", "tone", "fit", "source")
    return Shown(*(article.get_attribute(f"data-{name}") or "" for name in names))


_INSTALLED: Final = """async () => {
  const { active } = await navigator.serviceWorker.ready
  while (active.state !== 'activated') await new Promise((resolve) => setTimeout(resolve, 50))
}"""
_KEYS: Final = """(text) => {
  for (const key of [...text, 'Enter']) {
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  }
}"""


def pull_trigger(page: Page, text: str) -> None:
    """Do what a hand-held scanner does: type the text faster than anybody can, and Enter."""
    page.locator("#scanning").wait_for()
    page.evaluate(_KEYS, text)


def is_installed(page: Page) -> None:
    """Wait until the page is on the device and opens without a network."""
    page.evaluate(_INSTALLED)
