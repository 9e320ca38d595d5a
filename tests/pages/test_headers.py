"""What each page carries, exactly; that all answer HEAD as GET; and that assets are what they are called."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from service.pages.assets import FOLDER, read_assets, shipped
from service.pages.shells import static_files
from tests.api.staffed import Staffed

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WITH_WASM = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
NO_CAMERA = "camera=(), geolocation=(), microphone=()"
HTML = "text/html; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
FOR_GOOD = "public, max-age=31536000, immutable"

PAGES = {
    "/": (HTML, POLICY, "no-store", NO_CAMERA, "no-referrer"),
    "/lookup": (HTML, POLICY, "no-store", NO_CAMERA, "no-referrer"),
    "/sign-in": (HTML, POLICY, "no-store", NO_CAMERA, "same-origin"),
    "/1/123": (HTML, POLICY, "no-store", NO_CAMERA, "no-referrer"),
    "/1": (HTML, POLICY, "no-cache", NO_CAMERA, "no-referrer"),
    "/scan": (HTML, WITH_WASM, "no-cache", "camera=(self), geolocation=(), microphone=()", "no-referrer"),
    "/sw.js": (SCRIPT, POLICY, "no-cache", NO_CAMERA, "no-referrer"),
    "/assets/x/y.js": (HTML, POLICY, "no-store", NO_CAMERA, "no-referrer"),
    "/nowhere": (HTML, POLICY, "no-store", NO_CAMERA, "no-referrer"),
}
NAMED = ("content-type", "content-security-policy", "cache-control", "permissions-policy", "referrer-policy")
SAME_FOR_ALL = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_carries_exactly_these(staffed: Staffed, path: str) -> None:
    answer = staffed.client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == (404 if path in {"/nowhere", "/assets/x/y.js"} else 200)
    assert tuple(answer.headers.get(name) for name in NAMED) == PAGES[path]
    assert {name: answer.headers.get(name) for name in SAME_FOR_ALL} == SAME_FOR_ALL
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", [*PAGES, "/manifest.webmanifest", "icon"])
def test_head_is_answered_as_get_is_without_the_body(staffed: Staffed, path: str) -> None:
    address = shipped().url("icons/icon.svg") if path == "icon" else path
    asked = {"accept": "text/html", "x-request-id": "0" * 32}
    get, head = (staffed.client.request(method, address, headers=asked) for method in ("GET", "HEAD"))
    assert head.content == b""
    assert (head.status_code, dict(head.headers)) == (get.status_code, dict(get.headers))


def test_every_static_file_is_what_the_service_serves(staffed: Staffed) -> None:
    """A file server that has ``zhengka publish``'s files answers as we do."""
    files = list(static_files(staffed.office.register))
    assert len({file.path for file in files}) == len(files) == 4 + len(shipped().files)
    for file in files:
        answer = staffed.client.get(file.path)
        assert answer.content == file.body, file.path
        assert answer.headers["content-type"] == file.media_type, file.path
        for name, value in file.headers.items():
            assert answer.headers[name] == value, file.path


MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": SCRIPT,
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "wasm": "application/wasm",
    "LICENSE": "text/plain; charset=utf-8",
}


def test_every_asset_is_kept_for_good_under_its_own_type(staffed: Staffed) -> None:
    for name in shipped().files:
        answer = staffed.client.head(shipped().url(name))
        kind = name.rpartition("/")[2].rpartition(".")[2]
        assert answer.headers["content-type"] == MEDIA_TYPES[kind], name
        assert (answer.headers["cache-control"], answer.headers["content-security-policy"]) == (FOR_GOOD, WITH_WASM)


@pytest.mark.parametrize("kind", ["wasm", "js", "css", "png"])
def test_an_asset_is_sent_as_the_client_takes_it_and_once(staffed: Staffed, kind: str) -> None:
    asset = max((one for one in shipped().files.values() if one.name.endswith(kind)), key=lambda one: len(one.body))
    assert (asset.packed is None) == (kind == "png"), "what is compressed already is sent as it is"
    tags = set()
    for accepted in ("gzip, br", "identity", "gzip;q=0"):
        with staffed.client.stream("GET", shipped().url(asset.name), headers={"Accept-Encoding": accepted}) as answer:
            sent = b"".join(answer.iter_raw())
        is_packed = accepted == "gzip, br" and kind != "png"
        assert sent == (asset.packed if is_packed else asset.body)
        assert answer.headers.get("content-encoding") == ("gzip" if is_packed else None)
        assert answer.headers.get("vary") == (None if kind == "png" else "Accept-Encoding")
        assert int(answer.headers["content-length"]) == len(sent)
        again = {"Accept-Encoding": accepted, "If-None-Match": f'"other", W/{answer.headers["etag"]}'}
        known = staffed.client.get(shipped().url(asset.name), headers=again)
        assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", answer.headers["etag"])
        assert known.headers["cache-control"] == FOR_GOOD
        tags.add(answer.headers["etag"])
    assert len(tags) == (1 if kind == "png" else 2), "each form has a tag of its own"


def test_pages_that_are_the_same_for_all_are_asked_about_by_their_tag(staffed: Staffed) -> None:
    for path in ("/1", "/scan", "/sw.js", "/manifest.webmanifest"):
        first = staffed.client.get(path)
        assert staffed.client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304, path


def test_the_licence_goes_with_every_vendored_folder(staffed: Staffed) -> None:
    folders = {name.split("/")[1] for name in shipped().files if name.startswith("vendor/")}
    assert folders == {path.name for path in (FOLDER / "vendor").iterdir()}
    for folder in folders:
        answer = staffed.client.get(shipped().url(f"vendor/{folder}/LICENSE"))
        assert re.search("Copyright|Zero-Clause BSD", answer.text), folder


def test_the_version_in_the_addresses_changes_with_any_byte_and_any_name(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "app", tmp_path / "a" / "app")
    before = read_assets(tmp_path / "a").version
    assert read_assets(tmp_path / "a").version == before
    file = tmp_path / "a" / "app" / "decide.js"
    body = file.read_bytes()
    file.write_bytes(body[:-1] + b" ")
    assert read_assets(tmp_path / "a").version != before
    file.write_bytes(body)
    file.rename(file.with_name("decided.js"))
    assert read_assets(tmp_path / "a").version != before


@pytest.mark.parametrize(
    "name",
    [
        "../assets.py",
        "..%2fassets.py",
        "%2e%2e/assets.py",
        "%2e%2e%2fassets.py",
        "app/../../assets.py",
        "app/..%2f..%2fassets.py",
        "..\\assets.py",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "app/decide.js%00",
        "vendor/zxing-wasm/README.md",
        "vendor/zxing-wasm/SHA256SUMS",
        "app",
        "",
    ],
)
def test_nothing_but_an_asset_is_served(staffed: Staffed, name: str) -> None:
    path = f"/assets/{shipped().version}/{name}"
    for method in ("GET", "HEAD"):
        request = staffed.client.build_request(method, "/")
        request.url = request.url.copy_with(raw_path=path.encode())
        assert staffed.client.send(request).status_code in {400, 404, 405}, path


def test_an_asset_of_another_version_is_not_there(staffed: Staffed) -> None:
    """Else a cache would keep for good what is not what the page was made for."""
    assert staffed.client.get(shipped().url("app/decide.js").replace(shipped().version, "0" * 12)).status_code == 404


def test_programs_get_problems_and_browsers_pages_in_the_language_they_ask_for(staffed: Staffed) -> None:
    client = staffed.client
    assert client.get("/nowhere").headers["content-type"] == "application/problem+json"
    assert client.get("/api/nowhere", headers={"accept": "text/html"}).headers["content-type"] == (
        "application/problem+json"
    )
    zh = client.get("/nowhere", headers={"accept": "text/html"}).text
    en = client.get("/nowhere?lang=en", headers={"accept": "text/html"}).text
    assert '<html lang="zh-CN">' in zh
    assert "没有这个地址" in zh
    assert '<html lang="en">' in en
    assert "there is no such route" in en
    wrong = client.put("/lookup", headers={"accept": "text/html"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, HTML)
    assert set(wrong.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
