"""The service worker keeps what is there, all that the two pages need, and nothing of anybody's."""

from __future__ import annotations

import json
import re

from service.pages.assets import FOLDER, shipped
from tests.api.staffed import Staffed


def kept_of(staffed: Staffed) -> list[str]:
    (listed,) = re.findall(r"^const SHELL = (.*)$", staffed.client.get("/sw.js").text, re.MULTILINE)
    kept: list[str] = json.loads(listed)
    return kept


def test_the_worker_keeps_only_what_is_served(staffed: Staffed) -> None:
    kept = kept_of(staffed)
    assert len(set(kept)) == len(kept)
    assert {"/scan", "/1"} <= set(kept)
    for path in kept:
        answer = staffed.client.head(path)
        assert answer.status_code == 200, path
        assert answer.headers["cache-control"] in {"no-cache", "public, max-age=31536000, immutable"}, path


def test_the_worker_keeps_all_that_the_two_pages_load(staffed: Staffed) -> None:
    kept = set(kept_of(staffed))
    for page in ("/scan", "/1"):
        text = staffed.client.get(page).text
        assert set(re.findall(r'"(/assets/[^"]+)"', text)) <= kept, page
    scripts = {name for name in shipped().files if name.endswith((".js", ".wasm", ".json"))}
    assert {shipped().url(name) for name in scripts} <= kept


def test_the_worker_is_that_of_these_assets(staffed: Staffed) -> None:
    text = staffed.client.get("/sw.js").text
    assert f'const VERSION = "{shipped().version}-' in text, "and of this contact, which stands in the pages it keeps"
    assert "/api/" not in text, "no answer of the service is kept"


def test_every_module_that_a_script_imports_is_there() -> None:
    for name in shipped().files:
        if not name.startswith(("app/", "verifier/")) or not name.endswith(".js"):
            continue
        for imported in re.findall(
            r"""^(?:import|\} from|export)\b[^'"]*['"](\.[^'"]+)['"]""", text_of(name), re.MULTILINE
        ):
            assert (FOLDER / name).parent.joinpath(imported).resolve().is_file(), (name, imported)


def text_of(name: str) -> str:
    return shipped().files[name].body.decode()


def test_each_page_loads_ahead_what_it_imports(staffed: Staffed) -> None:
    for page in ("/scan", "/1"):
        text = staffed.client.get(page).text
        ahead = set(re.findall(r'<link rel="modulepreload" href="([^"]+)">', text))
        (start,) = re.findall(r'<script type="module" src="([^"]+)">', text)
        needed = {shipped().url(name) for name in closure(start.partition(f"{shipped().version}/")[2])}
        assert {url for url in needed if "/app/" in url} <= ahead | {start}, page


def closure(name: str) -> set[str]:
    """List a script and all that it imports by itself, as names of assets."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        for imported in re.findall(
            r"""\bfrom ['"](\.[^'"]+)['"]|^import ['"](\.[^'"]+)['"]""", text_of(one), re.MULTILINE
        ):
            path = (FOLDER / one).parent.joinpath("".join(imported)).resolve()
            waiting.append(path.relative_to(FOLDER).as_posix())
    return found
