"""The id of a request, what limited routes say of their limit, and many checks in one request."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from service.domain.access import Permission
from service.flows.checking.admit_bulk import PER_NETWORK
from service.flows.people.sign_in_tries import PER_NAME
from tests.api.staffed import Staffed, staffed_service

SENT = "0B4F1C52-9d0e-4a53-8b55-6a1f3c2d7e90"
BULK = "/api/v1/verifications/bulk"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("ids") / "data") as found:
        yield found


@pytest.fixture
def staffed(running: Staffed) -> Staffed:
    """The service some hours on, when the limits have been forgotten."""
    running.office.clock.advance(hours=2)
    return running


@pytest.mark.parametrize("sent", [SENT, SENT.replace("-", "")])
def test_an_id_that_is_well_formed_comes_back(staffed: Staffed, sent: str) -> None:
    answer = staffed.client.get("/api/v1/nowhere", headers={"X-Request-Id": sent})
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == sent.lower()


@pytest.mark.parametrize("sent", ["", "500101198503120018", "11010519491231002X", "a" * 33, "0" * 31 + "\n"])
def test_any_other_is_replaced(staffed: Staffed, sent: str) -> None:
    """An identity number or a credential never gets into the log as an id."""
    answers = [staffed.client.get("/healthz", headers={"X-Request-Id": sent.strip()}) for _ in range(2)]
    first, second = (answer.headers["X-Request-Id"] for answer in answers)
    assert first != second
    assert all(len(bytes.fromhex(made)) == 16 for made in (first, second))


def test_a_limited_route_says_what_is_left(staffed: Staffed) -> None:
    asked = {"number": "R50260001", "name": "无此人"}
    first, second = (staffed.client.post("/api/v1/lookups", json=asked).headers for _ in range(2))
    assert first["RateLimit-Policy"] == '"default";q=30;w=600'
    assert (first["RateLimit"], second["RateLimit"]) == ('"default";r=29;t=20', '"default";r=28;t=40')


def test_every_counted_request_says_what_is_left_also_where_it_is_refused(staffed: Staffed) -> None:
    """Signing in, a code, the own password, a typed number, a photograph, somebody else's identity number."""
    told: dict[str, tuple[int, str, str]] = {}

    def ask(name: str, path: str, body: object, headers: dict[str, str]) -> None:
        method = "GET" if body is None else "POST"
        answer = staffed.client.request(method, f"/api/v1/{path}", json=body, headers=headers)
        told[name] = (answer.status_code, answer.headers["RateLimit-Policy"], answer.headers["RateLimit"])

    nobody = {"name": "centre", "password": "eight dragons"}
    ask("a wrong password", "session", nobody, {})
    signed_in = staffed.sign_in("centre")
    csrf = {"X-CSRF-Token": signed_in.json()["csrf"]}
    told["a right one"] = (200, signed_in.headers["RateLimit-Policy"], signed_in.headers["RateLimit"])
    ask("another password", "account/password", {"old": "eight dragons", "new": "ten dragons rising"}, csrf)
    ask("a code", "account/second-factor/confirmation", {"code": "000000"}, csrf)
    ask("a number", "staff/checks", {"number": staffed.number}, csrf)
    stranger = staffed.token("factory", Permission.CHECK, Permission.ENGAGE)
    ask("a photograph", f"cards/{staffed.number}/photo", None, stranger)
    contract = {"institution": "500777", "first_day": "2026-11-02", "resident_id": "11010519491231002X"}
    ask("not the holder", f"cards/{staffed.number}/engagements", contract, stranger)
    assert told == {
        "a wrong password": (401, '"default";q=30;w=600', '"default";r=29;t=20'),
        "a right one": (200, '"default";q=30;w=600', '"default";r=28;t=40'),
        "another password": (422, '"default";q=30;w=600', '"default";r=27;t=60'),
        "a code": (422, '"default";q=6;w=600', '"default";r=5;t=100'),
        "a number": (200, '"default";q=60;w=600', '"default";r=59;t=10'),
        "a photograph": (403, '"default";q=60;w=600', '"default";r=59;t=10'),
        "not the holder": (422, '"default";q=10;w=3600', '"default";r=9;t=360'),
    }


def test_who_signs_in_too_often_is_told_when_to_come_again(staffed: Staffed) -> None:
    for _ in range(PER_NAME.requests):
        assert staffed.sign_in("school", "eight dragons").status_code == 401
    refused = staffed.sign_in("school")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    told = {name: refused.headers[name] for name in ("Retry-After", "RateLimit", "RateLimit-Policy")}
    assert told == {
        "Retry-After": "60",
        "RateLimit": '"default";r=0;t=60',
        "RateLimit-Policy": '"default";q=10;w=600',
    }


def test_many_texts_are_answered_in_their_order(staffed: Staffed) -> None:
    text = staffed.text
    texts = ["no card\u200b", text, text[:-1] + str((int(text[-1]) + 1) % 10)]
    answer = staffed.client.post(BULK, json={"credentials": texts, "level": "3"})
    singles = [staffed.client.post("/api/v1/verifications", json={"credential": one, "level": "3"}) for one in texts]
    assert [one["verdict"] for one in answer.json()["verdicts"]] == [one.json()["verdict"] for one in singles]
    assert answer.json()["verdicts"][1]["card"]["number"] == staffed.number
    assert answer.headers["RateLimit"] == '"default";r=59;t=10'


@pytest.mark.parametrize("texts", [[], ["x"] * 101, "x"])
def test_none_too_many_or_no_texts_are_refused(staffed: Staffed, texts: object) -> None:
    answer = staffed.client.post(BULK, json={"credentials": texts})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "credentials")


def test_a_network_that_asks_too_often_waits(staffed: Staffed) -> None:
    for _ in range(PER_NETWORK.requests):
        assert staffed.client.post(BULK, json={"credentials": ["x"]}).status_code == 200
    refused = staffed.client.post(BULK, json={"credentials": ["x"]})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate-limited")
    assert refused.headers["Retry-After"] == "10"
    assert refused.headers["RateLimit"] == '"default";r=0;t=10'


def test_a_form_that_is_no_text_is_malformed(staffed: Staffed) -> None:
    """A file that came before it is closed, too: an open one would be warned of, and warnings fail."""
    asked = staffed.token("centre", Permission.ISSUE) | {"Content-Type": "multipart/form-data; boundary=b"}
    for charset, text in ((b"utf-8", b"\xff\xfe"), (b"klingon", b"500123")):
        body = (
            b'--b\r\nContent-Disposition: form-data; name="roster"; filename="a.xlsx"\r\n\r\nPK\r\n'
            b'--b\r\nContent-Disposition: form-data; name="issuer"\r\nContent-Type: text/plain; charset='
            + charset
            + b"\r\n\r\n"
            + text
            + b"\r\n--b--\r\n"
        )
        answer = staffed.client.post("/api/v1/batches", content=body, headers=asked)
        assert (answer.status_code, answer.json()["code"]) == (400, "request-malformed")
    gc.collect()
