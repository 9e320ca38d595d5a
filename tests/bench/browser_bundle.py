"""``python -m tests.bench.browser_bundle``: how long a browser takes to open the bundle of a million cards.

The bundle is that of ``tests.bench.scale``: eight lists, four years of keys, 2,000 institutions. Every signature is
checked and every list inflated. Node opens it with WebCrypto and without; Chromium on an ordinary page, on one without
HTTPS, and on both with its processor slowed down four times, as on a cheap phone. The first opening on a fresh page
counts, the loading of the modules aside; the median of seven pages is given.
"""

from __future__ import annotations

import base64
import json
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from keys.signer import Signer
from tests import needs
from tests.bench.scale import CARDS, NOW, bundle_of, entries, sign_list
from tests.js.browser import node

RUNS: Final = 7
LIMIT: Final = 200
"""Milliseconds that are promised."""
SLOWER: Final = 4
ASSETS: Final = Path(__file__).parents[2] / "service" / "pages" / "assets"

_OPEN: Final = """async ([assets, data, at, lists, secure]) => {
  if (!secure) Object.defineProperty(globalThis, 'crypto', { value: undefined })
  const { openBundle, EMPTY_MEMORY } = await import(assets + 'verifier/checker.js')
  if (!secure) await import(assets + 'vendor/noble-ed25519/index.js')
  if (!secure) await import(assets + 'vendor/noble-hashes/sha2.js')
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
  const start = performance.now()
  const checker = await openBundle(bytes, EMPTY_MEMORY, new Date(at))
  const took = performance.now() - start
  if (checker.lists.size !== lists || checker.notes.length > 0) throw new Error('a list was not taken')
  return took
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has
        """Write nothing to the log."""


def main() -> int:
    """Measure, print, and fail when the promise is broken."""
    signer = Signer.from_private(bytes([1, 1]) * 16)  # the status key of the document
    lists = tuple(sign_list(packed, number, signer) for number, packed in enumerate(entries(CARDS), 1))
    bundle = bundle_of(lists, signer)
    question = [base64.b64encode(bundle).decode(), NOW * 1000, len(lists)]
    print(f"{CARDS:,} cards, {len(lists)} lists, {len(bundle):,} bytes; first opening, median of {RUNS}")
    found = {**dict(_in_node(question)), **dict(_in_chromium(question))}
    for name, took in found.items():
        print(f"  {name:<44}{took:7.1f} ms")
    kept = all(took < LIMIT for name, took in found.items() if "Chromium" in name and "slower" not in name)
    print(f"  {'kept' if kept else 'BROKEN'}: under {LIMIT} ms")
    return 0 if kept else 1


def _in_node(question: list[object]) -> Iterator[tuple[str, float]]:
    for name, secure in (("node", True), ("node, no WebCrypto", False)):
        asked = json.dumps([f"{ASSETS.as_uri()}/", *question, secure])
        script = f"({_OPEN})({asked}).then((took) => console.log(took))"
        runs = [
            subprocess.run([node(), "--input-type=module"], input=script, capture_output=True, text=True, check=True)
            for _ in range(RUNS)
        ]
        yield name, statistics.median(float(run.stdout) for run in runs)


def _in_chromium(question: list[object]) -> Iterator[tuple[str, float]]:
    chromium = needs.tool("chromium", apt="chromium")
    with _served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium))
        for secure, what in ((True, "Chromium"), (False, "Chromium, no WebCrypto")):
            for slower in (1, SLOWER):
                took = []
                for _ in range(RUNS):
                    page = browser.new_page()
                    page.goto(f"{address}verifier/checker.js")  # any page of the same address
                    _slow_down(page, slower)
                    took.append(float(page.evaluate(_OPEN, [address, *question, secure])))
                    page.close()
                yield what + (f", {slower} times slower" if slower > 1 else ""), statistics.median(took)
        browser.close()


def _slow_down(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


@contextmanager
def _served() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(ASSETS)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.exit(main())
