"""``publish``: a folder with which any web server serves verification; nginx does so here."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path

from litestar import Litestar
from litestar.testing import TestClient

from service import effects, settings
from service.app import create_app
from service.flows.register import open_register
from service.pages.shells import static_files
from tests import needs
from tests.cli.desk import PASSPHRASE, Desk

DATA = {
    "/.well-known/zhengka-keys": ".well-known/zhengka-keys",
    "/status-lists": "status-lists/index.json",
    "/status-lists/1": "status-lists/1",
    "/verifier-bundle": "verifier-bundle",
}
NOT_SERVED = ("/", "/nginx.conf", "/status-lists/", "/status-lists/index.json", "/status-lists/2", "/1.html", "/%2e/")
WAITS = 100
WAIT_S = 0.05


@contextmanager
def nginx(configuration: Path, scratch: Path) -> Generator[str]:
    """Serve with the configuration as ``publish`` wrote it, but for the port; return the origin."""
    program = needs.tool("nginx", apt="nginx-light")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = configuration.read_text("utf-8")
    assert site.count("listen 80;") == 1
    (scratch / "site.conf").write_text(site.replace("listen 80;", f"listen 127.0.0.1:{port};"), "utf-8")
    folders = "".join(
        f"{kind}_temp_path {scratch / kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    main = scratch / "main.conf"
    main.write_text(
        f"daemon off; master_process off; {user} pid {scratch / 'pid'}; error_log stderr; events {{}}"
        f" http {{ access_log off; {folders} include {scratch / 'site.conf'}; }}",
        "utf-8",
    )
    process = subprocess.Popen([program, "-p", scratch, "-e", "stderr", "-c", main], stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(WAITS):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.communicate()[1]
            time.sleep(WAIT_S)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


def get(url: str, **headers: str) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:  # noqa: S310 - loopback
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_only_what_has_changed_is_replaced_and_nothing_is_removed(desk: Desk) -> None:
    out = desk.folder / "public"
    first = desk.done("publish", "--out", str(out), "--json").json
    assert {*DATA.values(), "nginx.conf"} <= set(first["changed"])
    (out / "status-lists" / "notes.txt").write_text("ours")
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}

    again = desk.done("publish", "--out", str(out), "--json").json
    assert again["changed"] == []
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == before

    number = next(number for number in desk.texts if number.startswith("R"))
    desk.done("revoke", number, "--ground", "督§19(4)", "--reason", "试验", "--decided-by", "王主任")
    after = desk.done("publish", "--out", str(out), "--json").json
    assert after["changed"] == ["status-lists/1", "verifier-bundle"]
    assert (out / "status-lists" / "notes.txt").read_text() == "ours"
    assert {path.stat().st_mode & 0o777 for path in out.rglob("*") if path.is_file()} == {0o644}


def test_a_folder_that_nginx_cannot_be_told_of_is_refused(desk: Desk) -> None:
    answer = desk.run("publish", "--out", str(desk.folder / "public$root"))
    assert answer.code == 1
    assert answer.refusal == "nginx-folder"
    assert not (desk.folder / "public$root").exists()


def addresses(desk: Desk) -> list[str]:
    """Every address that is served without the service."""
    with open_register(settings.load({"ZHENGKA_PASSPHRASE": PASSPHRASE}, desk.data), effects.real()) as register:
        return [*DATA, *(file.path for file in static_files(register))]


def test_nginx_serves_the_folder_as_the_service_would(desk: Desk, tmp_path: Path) -> None:
    out = desk.folder / "公开 files"
    desk.done("publish", "--out", str(out))
    app = create_app(settings.load({"ZHENGKA_PASSPHRASE": PASSPHRASE}, desk.data), effects.real())
    with TestClient[Litestar](app) as service, nginx(out / "nginx.conf", tmp_path) as origin:
        for path in addresses(desk):
            status, headers, body = get(origin + path)
            theirs = service.get(path, headers={"accept-encoding": "identity"})  # which the client of nginx takes
            assert (status, body) == (200, theirs.content), path
            ignored = {"content-length", "etag", "date", "x-request-id", "vary"}  # of the file, or of one request
            assert {name: value for name, value in theirs.headers.items() if name not in ignored}.items() <= {
                name.lower(): value for name, value in headers.items()
            }.items()
            etag = headers["ETag"]
            assert get(origin + path, **{"If-None-Match": etag})[0] == 304
        for path in (
            "/",
            "/nginx.conf",
            "/status-lists/",
            "/status-lists/index.json",
            "/status-lists/2",
            "/1.html",
            "/%2e%2e/",
        ):
            assert get(origin + path)[0] in {400, 404}, path

        (tmp_path / "downloaded").write_bytes(get(f"{origin}/verifier-bundle")[2])
    texts = list(desk.texts.values())
    verdict = desk.done("verify", texts[0], "--offline", str(tmp_path / "downloaded"), "--json").json
    assert verdict["verdict"] == "valid"
