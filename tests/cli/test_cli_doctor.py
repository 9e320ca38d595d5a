"""``doctor`` on an installation: what it finds where something is wrong; it changes nothing and shows no secret."""

from __future__ import annotations

import datetime as dt
import http.server
import ssl
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from service.cli.doctor_remedies import DOCTOR_REMEDIES
from service.domain import check_up
from service.flows.running import check_up as looking
from tests.certificates import certificate
from tests.cli.desk import PASSPHRASE, Answer, Desk
from tests.test_remedies import COMMAND_WORDS

ALL_CHECKS: Final = {
    "backup", "clock", "disk", "host", "keys", "lists", "mirror", "modes", "notices", "proxy", "register", "root",
}  # fmt: skip


def by_check(answer: Answer) -> Mapping[str, Any]:
    """Return the worst finding of each check."""
    order = ["ok", "look", "bad"]
    found: dict[str, Any] = {}
    for one in answer.json["findings"]:
        before = found.setdefault(one["check"], one)
        if order.index(one["standing"]) > order.index(before["standing"]):
            found[one["check"]] = one
    return found


def look(desk: Desk, *words: str, **env: str) -> Answer:
    return desk.run("doctor", "--json", *words, **env)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".db-shm", ".db-wal", ".counters"}
    }


def test_every_check_is_made_without_passphrase_and_changes_nothing(desk: Desk) -> None:
    (desk.data / "passphrase").unlink()
    (desk.data / "root.passphrase").unlink(missing_ok=True)
    before = contents(desk.data)
    answer = look(desk, "--offline")
    found = by_check(answer)
    assert set(found) == ALL_CHECKS
    assert answer.code == 2
    assert answer.json["standing"] == "bad"
    assert {name for name, one in found.items() if one["standing"] == "bad"} == {"backup"}
    assert found["root"]["remedy"] in {"root-unpinned", "root-beside-vault"}
    assert found["mirror"]["standing"] == "look"
    assert contents(desk.data) == before
    shown = desk.run("doctor", "--offline")
    assert shown.code == 2
    assert PASSPHRASE not in shown.out + answer.out
    assert "→ 运行 zhengka backup" in shown.out


def test_what_is_wrong_is_found_and_what_is_mended_is_well(desk: Desk) -> None:
    desk.done("backup", "--out", desk.path("b.zip"))
    desk.done("journal", "mirror", desk.path("mirror"))
    (desk.data / "root.sealed").unlink()
    (desk.data / "passphrase").chmod(0o644)
    found = by_check(look(desk, "--offline", "--root", "0" * 64))
    assert found["backup"]["standing"] == "ok"
    assert found["mirror"]["standing"] == "ok"
    assert found["modes"]["standing"] == "bad"
    assert "passphrase" in found["modes"]["zh"]
    assert found["root"]["remedy"] == "root-other"
    (root,) = (one for one in look(desk, "--offline").json["findings"] if one["check"] == "root")
    fingerprint = root["en"].split()[2].rstrip(",")
    (desk.data / "passphrase").chmod(0o600)
    (Path(desk.path("mirror")) / "gone").mkdir()
    answer = look(desk, "--offline", "--root", fingerprint)
    assert answer.code == 1, "no status list was ever signed, and all else is well"
    assert [one["check"] for one in answer.json["findings"] if one["standing"] != "ok"] == ["lists"]
    assert look(desk, "--offline", ZHENGKA_TRUSTED_PROXIES="0.0.0.0/0").code == 2


def test_what_cannot_be_opened_is_bad_and_not_a_refusal(desk: Desk, tmp_path: Path) -> None:
    for answer, remedy in (
        (desk.run_on(tmp_path / "none", "doctor", "--json", "--offline"), "no-register"),
        (look(desk, "--offline", ZHENGKA_DATABASE_URL=f"sqlite:///{tmp_path / 'empty.db'}"), "schema-missing"),
        (look(desk, "--offline", ZHENGKA_TRUSTED_PROXIES="x"), None),
    ):
        assert answer.code == 2
        assert answer.json["findings"][-1]["remedy"] == remedy
    assert desk.run("doctor", "--root", "x").code == 2


@contextmanager
def shown_to_visitors(folder: Path, body: bytes, days: int, ahead_s: int = 0) -> Generator[int]:
    """Run a server with a certificate that lasts so long, and yield its port."""
    certificate(folder, days)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            del timestamp
            return super().date_time_string(dt.datetime.now(dt.UTC).timestamp() + ahead_s)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("body", "days", "ahead_s", "standings"),
    [
        (b"", 60, 0, {"public": "ok", "tls": "ok", "clock": "ok"}),
        (b"theirs", 5, 0, {"public": "bad", "tls": "look", "clock": "ok"}),
        (b"", 60, 900, {"public": "ok", "tls": "ok", "clock": "bad"}),
        (b"", -1, 0, {"public": "bad"}),
    ],
    ids=["well", "another register", "clock", "expired"],
)
def test_the_public_address_is_looked_at(
    desk: Desk, tmp_path: Path, body: bytes, days: int, ahead_s: int, standings: Mapping[str, str]
) -> None:
    desk.done("keys", "export", "--out", desk.path("keys.cose"))
    body = body or Path(desk.path("keys.cose")).read_bytes()
    with shown_to_visitors(tmp_path, body, days, ahead_s) as port:
        answer = look(desk, "--address", f"https://localhost:{port}", SSL_CERT_FILE=str(tmp_path / "cert.pem"))
    found = by_check(answer)
    assert {name: found[name]["standing"] for name in standings} == standings, found
    if days < 0:
        assert "expired" in found["public"]["en"]


def test_a_public_address_that_cannot_be_reached_is_bad(desk: Desk) -> None:
    found = by_check(look(desk, "--address", "https://localhost:1"))
    assert found["public"]["standing"] == "bad"
    assert found["public"]["remedy"] == "public-unreachable"


def test_every_remedy_is_of_a_finding_and_speaks_of_commands_in_both_languages() -> None:
    said = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (check_up, looking))
    assert [code for code in DOCTOR_REMEDIES if f'"{code}"' not in said] == []
    for zh, en in DOCTOR_REMEDIES.values():
        assert sorted(COMMAND_WORDS.findall(zh)) == sorted(COMMAND_WORDS.findall(en))
