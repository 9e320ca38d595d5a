"""Every list is read in parts: limit, cursor, the Link to the next part, the total."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from service.domain.access import PERMISSIONS, By
from service.domain.assessment import Assessment
from service.domain.issuer import CENTRE
from service.domain.notice import Topic
from service.flows.assessments.assessment_requests import AssessmentRequest
from service.flows.assessments.planning import plan_assessment
from service.flows.cards.cancellations import propose_revocation
from service.flows.cards.card_requests import ProposalRequest
from service.flows.cards.card_text_requests import CardTextsRequest
from service.flows.cards.card_texts import set_texts
from service.flows.checking.reports import ReportRequest, report_card
from service.flows.drafts.desk import create_draft
from service.flows.drafts.draft_requests import NewDraft
from service.flows.notices.subscriptions import WebhookRequest, add_webhook
from service.flows.paging import MOST_ITEMS
from tests.api.staffed import Staffed, staffed_service
from tests.flows.assessment_day import SKILLS, assessment_day
from tests.flows.office import ACTOR, SCHOOL, applicant
from tests.flows.people_at_work import ACCOUNTS, enter
from tests.flows.test_reviews import BY_CENTRE, evaluate

Json = Any
Tokens = dict[str, dict[str, str]]
ABOUT_THE_LIST = {"total", "size", "older", "now"}
UNCOUNTED = {"listScans"}
WHICH = {"since": "2026-01-01T00:00:00Z", "months": "36"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    """A service in which there are several of everything that is listed."""
    with staffed_service(tmp_path_factory.mktemp("lists") / "data") as running:
        office = running.office
        register, centre = office.register, enter(office, "centre").principal
        for name in ("one", "two", "three"):
            add_webhook(register, centre.by, WebhookRequest(f"https://{name}.example.cn/", list(Topic)))
            create_draft(register, centre, NewDraft(name=name))
            report_card(register, ReportRequest(nonce=name.encode().hex().zfill(32), place=name), {}, "192.0.2.1")
            set_texts(register, CardTextsRequest(reason="更名", texts={"printer": f"{name} 印务"}), ACTOR)
        day = assessment_day(office)
        for later in range(3):
            held = Assessment(SCHOOL.code, day.starts_at + timedelta(days=later), (SKILLS,))
            plan_assessment(register, AssessmentRequest.of(day.new(assessment=held)), By(ACTOR))
        for person in (131, 132, 133):
            number = office.issue_one(applicant("external", person))
            proposal = ProposalRequest(ground="督§19(4)", reason="查实", proposed_by="张三")
            propose_revocation(register, number, proposal, By(ACTOR, CENTRE))
            evaluate(office, number, BY_CENTRE)
        scans = [
            {"nonce": f"{n:032x}", "number": running.number, "verdict": "valid", "offline": False}
            | {"scanned_at": "2026-11-23T01:00:00Z", "same_person": None, "copy": None, "as_of": None}
            | {"place": None, "occupation": None, "level": None}
            for n in (3, 1, 2)
        ]
        answer = running.client.post("/api/v1/scans", json={"scans": scans}, headers=running.token("gate"))
        assert answer.status_code == 200, answer.text
        yield running


@pytest.fixture(scope="module")
def lists(service: Staffed) -> dict[str, tuple[str, Json]]:
    """Every operation that is called a list, or answers with one and next to nothing beside it.

    By its name, with its path and its description.
    """
    description: Json = service.client.get("/schema/openapi.json").json()
    schemas = description["components"]["schemas"]
    found: dict[str, tuple[str, Json]] = {}
    for path, item in description["paths"].items():
        answer = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
        reference = answer.get("schema", {}).get("$ref")
        if reference is None or not path.startswith("/api/"):
            continue
        parts: Json = schemas[reference.rpartition("/")[2]].get("properties", {})
        several = [name for name, part in parts.items() if "$ref" in part.get("items", {})]
        is_called_so = item["get"]["operationId"].startswith("list")
        if is_called_so or (len(several) == 1 and parts.keys() - {*several} <= ABOUT_THE_LIST):
            found[item["get"]["operationId"]] = (path, item["get"])
    return found


@pytest.fixture(scope="module")
def tokens(service: Staffed) -> Tokens:
    """The tokens of programs that may do what their account may."""
    return {
        name: service.token(name, *sorted(PERMISSIONS[ACCOUNTS[name].role])) for name in ("centre", "auditor", "school")
    }


def headers_for(service: Staffed, tokens: Tokens, path: str) -> dict[str, str]:
    """Return the token of an account that may read a list."""
    for headers in tokens.values():
        if service.client.get(path, params=WHICH, headers=headers).status_code == 200:
            return headers
    raise AssertionError(path)


def items(answer: Json) -> list[Json]:
    (found,) = (value for name, value in answer.json().items() if name not in ABOUT_THE_LIST)
    return list(found)


def walk(service: Staffed, path: str, headers: dict[str, str], limit: int) -> list[Json]:
    """Follow the Link header from the first part of a list to the last one."""
    found: list[Json] = []
    address = f"{path}?{urlencode({'limit': limit, **WHICH})}"
    while len(found) < MOST_ITEMS:
        answer = service.client.get(address, headers=headers)
        assert answer.status_code == 200, answer.text
        part = items(answer)
        found += part
        if "next" not in answer.links:
            return found
        assert len(part) == limit
        address = answer.links["next"]["url"]
        assert f"limit={limit}" in address
        assert part[-1] not in found[: -len(part)], "it goes round in circles"
    raise AssertionError("it goes on without end")


def test_every_list_of_the_description_is_read_in_parts(
    service: Staffed, tokens: Tokens, lists: dict[str, tuple[str, Json]]
) -> None:
    assert {"listCases", "listAccessRecords", "staffing", "listJournalEntries", "listDeliveries"} < lists.keys()
    for name, (path, operation) in lists.items():
        told = {one["name"]: one["schema"] for one in operation["parameters"]}
        assert told.get("limit", {}).get("maximum") == MOST_ITEMS, name
        assert 50 <= told["limit"]["default"] <= MOST_ITEMS, name
        assert "cursor" in told, name
        assert operation["responses"]["200"]["headers"].keys() >= {"Link", "X-Total-Count"}, name
        assert {"400", "422"} <= operation["responses"].keys(), name

        address = path.replace("{identity}", "1")
        headers = headers_for(service, tokens, address)
        if name in {"listAccessRecords", "listJournalEntries"}:  # grow while they are read
            continue
        plain = service.client.get(address, params=WHICH, headers=headers)
        whole = items(plain)
        assert len(whole) >= 2, name
        assert plain.headers.get("X-Total-Count") == (None if name in UNCOUNTED else str(len(whole))), name
        assert "Link" not in plain.headers
        assert walk(service, address, headers, max(1, len(whole) // 3)) == whole, name


def test_a_list_is_read_on_while_rows_are_added_and_taken_away(service: Staffed, tokens: Tokens) -> None:
    headers = tokens["centre"]
    centre = enter(service.office, "centre").principal

    def part(address: str) -> tuple[list[str], str | None]:
        answer = service.client.get(address, headers=headers)
        names = [str(one.get("batch") or one["target"]) for one in items(answer)]
        return names, answer.links.get("next", {}).get("url")

    first, address = part("/api/v1/batches?limit=2&before=1000")  # the newest first: what comes now is before it
    added = create_draft(service.office.register, centre, NewDraft(name="four"))
    assert address is not None
    second, _ = part(address)
    assert len(first) == len(second) == 2
    assert not {*first} & {*second}
    assert str(added) not in first + second

    first, address = part("/api/v1/webhooks?limit=1")  # the oldest first: what comes now is at the end
    add_webhook(service.office.register, centre.by, WebhookRequest("https://four.example.cn/", [Topic.ISSUED]))
    assert service.client.delete("/api/v1/webhooks/1", headers=headers).status_code == 204
    assert address is not None
    second, address = part(address)
    assert address is not None
    third, address = part(address)
    assert [first, second, third] == [[f"https://{name}.example.cn/"] for name in ("one", "two", "three")]
    assert address is not None
    assert part(address) == (["https://four.example.cn/"], None)


def test_a_log_that_grows_by_being_read(service: Staffed, tokens: Tokens) -> None:
    headers = tokens["auditor"]
    first = service.client.get("/api/v1/journal/entries?limit=2&first=1", headers=headers)
    assert [one["seq"] for one in items(first)] == [1, 2]
    assert first.headers["X-Total-Count"] == str(first.json()["size"])
    second = service.client.get(first.links["next"]["url"], headers=headers)
    assert [one["seq"] for one in items(second)] == [3, 4]
    assert len(items(service.client.get("/api/v1/journal/entries?count=3", headers=headers))) == 3


@pytest.mark.parametrize("cursor", ["x", "AAAA", "A" * 40, "e30", "A" * 1000])
def test_a_cursor_that_is_not_ours_is_refused(service: Staffed, tokens: Tokens, cursor: str) -> None:
    headers = tokens["centre"]
    answer = service.client.get(f"/api/v1/webhooks?cursor={cursor}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "cursor-unknown")


def test_a_cursor_of_another_list_and_a_changed_one_are_refused(service: Staffed, tokens: Tokens) -> None:
    headers = tokens["centre"]
    ours = service.client.get("/api/v1/cases?limit=1", headers=headers).links["next"]["url"].rpartition("=")[2]
    assert service.client.get(f"/api/v1/cases?cursor={ours}", headers=headers).status_code == 200
    for path, cursor in (("/api/v1/webhooks", ours), ("/api/v1/cases", ours[:-2] + "AA")):
        answer = service.client.get(f"{path}?cursor={cursor}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor-unknown")


@pytest.mark.parametrize("query", ["limit=0", "limit=5001", "limit=x", "cursor=", "cursor=%E8%AF%81"])
def test_limits_and_cursors_there_are_not(service: Staffed, tokens: Tokens, query: str) -> None:
    headers = tokens["centre"]
    answer = service.client.get(f"/api/v1/webhooks?{query}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "request-malformed")
    assert [one["field"] for one in answer.json()["errors"]] == [query.partition("=")[0]]
