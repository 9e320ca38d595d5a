"""Reports of cards over HTTP: made by anybody, read and closed by the issuer's desk alone."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from service.domain.access import Permission
from service.domain.issuer import CENTRE
from service.flows.checking.reports import PER_NETWORK
from service.store import card_reports
from tests.api.staffed import Staffed, staffed_service
from tests.flows.office import SCHOOL, applicant, photo

REPORTS = "/api/v1/reports"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("reports") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def tokens(service: Staffed) -> dict[str, dict[str, str]]:
    return {name: service.token(name, Permission.CHANGE_CARDS) for name in ("centre", "school", "factory")}


def report(service: Staffed, nonce: int, *sides: str, **fields: str) -> httpx.Response:
    """Report a card as a program does, without an account."""
    service.office.clock.advance(hours=1)
    service.client.cookies.clear()
    sent = {"nonce": f"{nonce:032x}", "place": "一号考点", **fields}
    files = [(side, (f"{side}.jpg", photo(), "image/jpeg")) for side in sides] or [("none", ("", b""))]
    answer: httpx.Response = service.client.post(REPORTS, data=sent, files=files)
    return answer


def test_a_report_reaches_the_desk_of_the_issuer_and_is_closed_there(
    service: Staffed, tokens: dict[str, dict[str, str]]
) -> None:
    own = service.office.issue_one(applicant("internal", 111))
    made = report(service, 1, "front", number=own.lower(), verdict="revoked", seen_on="2026-11-02", note="照片不符")
    assert made.status_code == 201, made.text
    assert made.headers["RateLimit"] == '"default";r=5;t=600'
    assert report(service, 1).json() == made.json(), "the same nonce has one receipt"

    listed = service.client.get(REPORTS, headers=tokens["school"])
    (one,) = listed.json()["reports"]
    assert listed.headers["X-Total-Count"] == "1"
    told = ("receipt", "number", "verdict", "place", "seen_on", "note", "closed_at")
    expected = [made.json()["receipt"], own, "revoked", "一号考点", "2026-11-02", "照片不符", None]
    assert [one[name] for name in told] == expected
    address = f"{REPORTS}/{one['id']}"
    assert service.client.get(address, headers=tokens["school"]).json() == {**one, "photos": ["front"]}
    picture = service.client.get(f"{address}/photos/front", headers=tokens["school"])
    assert (picture.headers["content-type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert service.client.get(f"{address}/photos/back", headers=tokens["school"]).json()["code"] == "no-photo"

    for stranger in ("factory", "centre"):
        answers = [
            service.client.get(address, headers=tokens[stranger]),
            service.client.get(f"{address}/photos/front", headers=tokens[stranger]),
            service.client.post(f"{address}/closing", json={"reason": "x"}, headers=tokens[stranger]),
            service.client.get(f"{REPORTS}/999", headers=tokens[stranger]),
        ]
        assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "no-such-report")] * 4
        assert service.client.get(REPORTS, headers=tokens[stranger]).json() == {"reports": []}

    closed = service.client.post(f"{address}/closing", json={"reason": "已收回旧卡"}, headers=tokens["school"])
    assert (closed.status_code, closed.json()["answer"], closed.json()["closed_by"]) == (
        200,
        "已收回旧卡",
        "user:school",
    )
    again = service.client.post(f"{address}/closing", json={"reason": "x"}, headers=tokens["school"])
    assert (again.status_code, again.json()["code"]) == (422, "report-closed")
    for query, count in (("?open=true", 0), ("?open=false", 1), ("", 1)):
        found = service.client.get(REPORTS + query, headers=tokens["school"])
        assert (len(found.json()["reports"]), found.headers["X-Total-Count"]) == (count, str(count))


def test_what_cannot_be_read_is_refused_and_leaves_nothing(service: Staffed) -> None:
    def codes(answer: httpx.Response) -> tuple[int, str, list[str]]:
        told = answer.json()
        return answer.status_code, told["code"], [one["field"] for one in told.get("errors", ())]

    assert codes(report(service, 2, place="", seen_time="25:00"))[::2] == (400, ["place"])
    assert codes(report(service, 2, seen_on="2027-01-01")) == (422, "report-day", [])
    files = {"front": ("front.jpg", b"no picture", "image/jpeg")}
    sent = {"nonce": "2" * 32, "place": "x"}
    assert codes(service.client.post(REPORTS, data=sent, files=files)) == (422, "report-photo", [])
    assert codes(service.client.post(REPORTS, json=sent)) == (415, "multipart-expected", [])
    with service.office.register.database.read() as connection:
        assert card_reports.count_open(connection, CENTRE) == card_reports.count_open(connection, SCHOOL.code) == 0


def test_a_network_that_reports_too_often_waits(service: Staffed) -> None:
    service.office.clock.advance(hours=1)
    for nonce in range(10, 10 + PER_NETWORK.requests):
        assert report_now(service, nonce).status_code == 201
    refused = report_now(service, 99)
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (429, "rate-limited", "600")
    assert refused.headers["RateLimit"] == '"default";r=0;t=600'


def report_now(service: Staffed, nonce: int) -> httpx.Response:
    sent = {"nonce": f"{nonce:032x}", "place": "x"}
    answer: httpx.Response = service.client.post(REPORTS, data=sent, files=[("none", ("", b""))])
    return answer
