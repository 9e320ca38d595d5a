"""``python -m tests.bench.scanner [--films 100] [--seed N]``: the scanner at the gate, with a camera and cards.

Each film shows one card of eight kinds, as ``tests.browser.films`` takes it, to the fake camera of a Chromium of its
own, which has been at the gate before: it knows its place, and has the scanner and the bundle on the device. All films
are shown twice, with the service, and again when it has been killed and the network is off. The time is that between
the first frame the scanner looks at and the verdict painted, as the page's own marks tell it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from playwright.sync_api import Error, Playwright

from tests.browser.chromium import Shown, arguments, browsing, is_installed, program, verdict_on
from tests.browser.films import Shot, write_film
from tests.browser.office import PLACE, WORDS, BrowserOffice, make_browser_office
from tests.browser.server import Server, free_port

KINDS: Final = ("valid", "expired", "revoked", "superseded", "replaced", "forged", "unknown_key", "internal")
RIGHT: Final = 0.95
"""Share of right verdicts that is promised."""
LIMIT: Final = 1500
"""Milliseconds from camera to verdict that are promised, at the median."""

_WAIT_MS: Final = 15_000
_TIMES: Final = """() => {
  const [camera] = performance.getEntriesByName('zhengka-camera')
  const [verdict] = performance.getEntriesByName('zhengka-verdict')
  return camera && verdict ? verdict.startTime - camera.startTime : null
}"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one film; ``took`` in milliseconds, None without a verdict."""

    kind: str
    seed: int
    shot: Shot
    shown: Shown | None
    took: float | None

    def is_right(self, source: str) -> bool:
        fit = "no" if self.kind == "internal" else None
        shown = self.shown
        return (
            shown is not None
            and (shown.verdict, shown.source) == (WORDS[self.kind], source)
            and (fit is None or shown.fit == fit)
        )


def main() -> int:
    """Show the films, print, and fail when a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scanner", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--films", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, browsing() as playwright:
        gate = _Gate(playwright, Path(folder))
        try:
            gate.settle()
            online = gate.show_all(wanted.films, wanted.seed)
            gate.server.kill()
            offline = gate.show_all(wanted.films, wanted.seed, is_offline=True)
        finally:
            gate.server.kill()
    kept = [_tell("online", online), _tell("offline", offline)]
    print("kept" if all(kept) else "BROKEN", f"right in {RIGHT:.0%}, median under {LIMIT} ms")
    return 0 if all(kept) else 1


class _Gate:
    """One telephone at one gate: its browser's profile stays from film to film."""

    def __init__(self, playwright: Playwright, folder: Path) -> None:
        port = free_port()
        self._playwright = playwright
        self._folder = folder
        self._office: BrowserOffice = make_browser_office(folder / "data", f"localhost:{port}", datetime.now(UTC))
        self.server = Server(self._office.office.settings, port, folder / "log")

    def settle(self) -> None:
        """Open the scanner for the first time, say where it stands, and let it keep what it needs."""
        self.server.start()
        context = self._playwright.chromium.launch_persistent_context(
            self._folder / "profile", executable_path=program(), args=arguments(), locale="zh-CN"
        )
        page = context.new_page()
        page.goto(f"{self.server.address}/scan")
        page.locator("#data-age:not(.old) #data-age-text:not(:empty)").wait_for()
        page.locator("#open-settings").click()
        page.locator("#place").fill(PLACE)
        page.locator("#settings-form button.pri").click()
        is_installed(page)
        context.close()

    def show_all(self, films: int, seed: int, *, is_offline: bool = False) -> list[Seen]:
        seen: list[Seen] = []
        for place in range(films):
            seen.append(self._show(KINDS[place % len(KINDS)], seed + place, is_offline=is_offline))
            if sys.stderr.isatty():
                print(f"\r{len(seen)}/{films}", end="", file=sys.stderr)
        return seen

    def _show(self, kind: str, seed: int, *, is_offline: bool) -> Seen:
        film = self._folder / "film.mjpeg"
        shot = write_film(self._office.backs[kind], film, seed)
        context = self._playwright.chromium.launch_persistent_context(
            self._folder / "profile",
            executable_path=program(),
            args=arguments(film),
            offline=is_offline,
            locale="zh-CN",
        )
        try:
            page = context.new_page()
            page.goto(f"{self.server.address}/scan")
            shown = verdict_on(page, _WAIT_MS)
            took = page.wait_for_function(_TIMES, timeout=_WAIT_MS).json_value()
        except Error:  # what it did not see in time it did not see
            return Seen(kind, seed, shot, None, None)
        finally:
            context.close()
        return Seen(kind, seed, shot, shown, float(took))


def _tell(source: str, seen: list[Seen]) -> bool:
    right = [one for one in seen if one.is_right(source)]
    times = sorted(one.took for one in seen if one.took is not None)
    middle = statistics.median(times) if times else float("inf")
    tenth = times[min(len(times) - 1, len(times) * 9 // 10)] if times else float("inf")
    print(f"{source}: {len(right)} of {len(seen)} right; camera to verdict {middle:.0f} ms, 90 % within {tenth:.0f} ms")
    for one in seen:
        if not one.is_right(source):
            print(f"  {one.kind}, seed {one.seed}: {one.shown or 'no verdict'}; {one.shot}")
    return len(right) >= RIGHT * len(seen) and middle < LIMIT


if __name__ == "__main__":
    sys.exit(main())
