"""What a page is to people who see little, use no mouse or hold a small telephone."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests import needs

LANGUAGES: Final = ("zh", "en") if needs.everything() else ("zh",)
"""Those in which a walk looks at pages; their words differ, and nothing else that stands in anybody's way."""

_FOLDER: Final = Path(__file__).parent
# Of what is well it needs no account, nor a selector of any element: most of its time.
_FINDINGS: Final = """async () => (await axe.run({ resultTypes: ['violations'], selectors: false })).violations.map(
  (found) => found.id + ': ' + found.nodes.map((node) => node.html).join(' '))"""
# Of radio buttons the Tab key reaches the chosen one; the arrow keys go on from there.
_OPERABLE: Final = "a[href], button, input:not([type=hidden], [type=radio]:not(:checked)), select, summary, textarea"
_VISIBLE: Final = f"""() => {{
  const found = [...document.querySelectorAll('{_OPERABLE}')].filter(
    (element) => !element.disabled && element.getClientRects().length > 0)
  for (const element of found) element.dataset.tabbed ||= String(window.tabbed = (window.tabbed || 0) + 1)
  return found.map((element) => element.dataset.tabbed)
}}"""
_FOCUSED: Final = """() => {
  const element = document.activeElement
  const label = element.id ? document.querySelector(`label[for="${element.id}"]`) : null
  const marked = (one) => [null, '::after'].some((part) => { // a link over a whole row is marked by what lies there
    const { outlineStyle, boxShadow } = getComputedStyle(one, part)
    return outlineStyle !== 'none' || boxShadow !== 'none'
  })
  const isMarked = marked(element) || (label !== null && marked(label))
  return [element.dataset.tabbed || null, isMarked, element.outerHTML.slice(0, 120)]
}"""


@cache
def _axe() -> str:
    """Return axe-core, installed once as the lock file says."""
    installed = _FOLDER / "node_modules" / ".package-lock.json"
    lock = _FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        npm = needs.tool("npm", apt="npm")
        command = [str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=_FOLDER, capture_output=True, check=False, timeout=300)
        if done.returncode:
            needs.missing("axe-core", install="npm ci --ignore-scripts, in tests/browser")
    return (_FOLDER / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


def has_no_barriers(page: Page) -> None:
    """Hold that axe finds nothing, and that nothing stands beyond the edge of the smallest screen."""
    have_no_barriers([page])


def have_no_barriers(pages: Sequence[Page]) -> None:
    """Hold the same of a page in both languages, which axe looks at side by side, if in both at all."""
    looked_at = pages[: len(LANGUAGES)]
    for page in looked_at:
        if not page.evaluate("'axe' in window"):
            page.evaluate(_axe())
        page.evaluate(f"() => {{ window.found = ({_FINDINGS})() }}")
    for page in looked_at:
        findings: list[str] = page.evaluate("() => window.found")
        assert findings == [], (page.url, findings)
    for page in pages:
        size = page.viewport_size
        page.set_viewport_size({"width": 320, "height": 640})
        wide: Any = page.evaluate("document.scrollingElement.scrollWidth")
        assert wide <= 320, page.url
        if size is not None:
            page.set_viewport_size(size)


def all_by_keyboard(page: Page, stops: int = 3) -> None:
    """Hold that the Tab key reaches everything that can be operated, and that one sees where it is.

    ``stops`` are those beside: the browser itself, the parts of a date, tables that can be moved.
    """
    visible: set[str] = set()
    reached: set[str] = set()
    left = 0
    while not (now := set(page.evaluate(_VISIBLE))) <= reached:
        if now != visible:  # a page may still add to what it shows
            visible, left = now, len(now) + stops
        assert left, visible - reached
        left -= 1
        page.keyboard.press("Tab")
        number, is_marked, html = page.evaluate(_FOCUSED)
        if number is not None:
            reached.add(number)
            assert is_marked, html
