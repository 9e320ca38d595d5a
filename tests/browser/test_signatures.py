"""Chromium's own Ed25519 gives the verdict of Python's, and so does the library that stands in for it elsewhere."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Opener
from tests.vectors.test_vectors import load

_CHECK = """async (vectors) => {
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16))
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
  const base = loaded.find((name) => name.includes('/app/')).replace(/app\\/.*/, '')
  const { verify } = await import(`${base}verifier/crypto.js`)
  const found = []
  for (const { signature, message, public: key } of vectors) {
    found.push(await verify(unhex(signature), unhex(message), unhex(key)))
  }
  return [found, performance.getEntriesByType('resource').some(({ name }) => name.includes('noble-ed25519'))]
}"""


@pytest.mark.parametrize("old", [False, True], ids=["WebCrypto", "the library"])
def test_a_signature_holds_in_chromium_as_it_does_in_python(opened: Opener, *, old: bool) -> None:
    page, _ = opened()
    if old:
        page.add_init_script(
            "crypto.subtle.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))"
        )
    page.goto("/scan")
    page.wait_for_load_state("networkidle")
    vectors = load("signatures.json")["signatures"]
    found, is_library = page.evaluate(_CHECK, vectors)
    differing = [vector["name"] for vector, holds in zip(vectors, found, strict=True) if holds is not vector["holds"]]
    assert (differing, is_library) == ([], old)
