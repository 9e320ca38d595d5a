"""督§4, 考§5, 考§19: the search and a person's page over HTTP, for each body of the people it answers for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from service.domain.access import Permission
from tests.api.staffed import Staffed, staffed_service
from tests.flows.crowd import Crowd, make_crowd
from tests.flows.office import name_of, resident_id

READ = Permission.READ_PEOPLE


@pytest.fixture(scope="module")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staffed]:
    with staffed_service(tmp_path_factory.mktemp("people") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def crowd(staffed: Staffed) -> Crowd:
    """Three years later: tokens are made after this."""
    return make_crowd(staffed.office)


def ask(staffed: Staffed, who: str, **wanted: Any) -> httpx.Response:  # noqa: ANN401 - whatever JSON holds
    answer: httpx.Response = staffed.client.post("/api/v1/searches", json=wanted, headers=token(staffed, who))
    return answer


_tokens: dict[str, dict[str, str]] = {}


def token(staffed: Staffed, who: str) -> dict[str, str]:
    if who not in _tokens:
        _tokens[who] = staffed.token(who, READ)
    return _tokens[who]


def person(staffed: Staffed, who: str, number: str) -> httpx.Response:
    answer: httpx.Response = staffed.client.get(f"/api/v1/cards/{number}/person", headers=token(staffed, who))
    return answer


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("school", {"engaged", "inside", "revoked", "later"}),
        ("factory", {"hired"}),
        ("yubei", {"recommended", "employed", "engaged", "inside", "revoked", "later"}),
    ],
)
def test_each_body_finds_its_own_and_reads_nobody_else(
    staffed: Staffed, crowd: Crowd, who: str, expected: set[str]
) -> None:
    """督§4, 考§5."""
    answer = ask(staffed, who, size=200)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["total"], found["page"], found["pages"]) == (len(expected), 1, 1)
    assert crowd.named([card["number"] for card in found["cards"]]) == expected
    for name, number in crowd.cards.items():
        opened = person(staffed, who, number)
        assert opened.status_code == (200 if name in expected else 404), name
        if name not in expected:
            assert opened.json() == person(staffed, who, "R50299999").json() | {
                key: text.replace("R50299999", number)
                for key, text in person(staffed, who, "R50299999").json().items()
                if isinstance(text, str)
            }


def test_the_centre_finds_by_each_criterion(staffed: Staffed, crowd: Crowd) -> None:
    """考§19."""

    def names(**wanted: Any) -> set[str]:  # noqa: ANN401 - whatever JSON holds
        answer = ask(staffed, "centre", size=200, **wanted)
        assert answer.status_code == 200, answer.text
        return {name for name, number in crowd.cards.items() if number in {c["number"] for c in answer.json()["cards"]}}

    assert names() == crowd.cards.keys()
    assert names(text=resident_id(2)) == {"former", "renewed"}
    assert names(text=crowd.cards["sent"]) == {"sent"}
    assert names(text=name_of(7)[1:]) >= {"employed"}
    assert names(state="revoked") == {"revoked"}
    assert names(occupation="焊工", state="valid") == {"renewed"}
    assert names(kind="senior", institution="500777") == {"once engaged"}
    assert names(expiring_months=19, kind="senior") == {"once engaged"}


def test_a_person_s_page_is_told_whole(staffed: Staffed, crowd: Crowd) -> None:
    """考§19, 考§21."""
    answer = person(staffed, "centre", crowd.cards["revoked"])
    told = answer.json()
    assert told["name"] == name_of(10)
    assert told["resident_id"] == resident_id(10)[:3] + "*" * 11 + resident_id(10)[-4:]
    assert resident_id(10) not in answer.text
    (card,) = told["cards"]
    assert card["cancelled"]["barred_until"] == "2032-10-20"
    assert {one["field"] for one in card["stated"]} >= {"theory_scores", "skill_scores", "reviewed_by", "certified_on"}
    assert told["proposals"][0]["state"] == "decided"
    assert told["journal"][0]["event"] == "card-issued"
    assert "photo" not in told


def test_who_may_not_read_people_is_refused(staffed: Staffed, crowd: Crowd) -> None:
    number = crowd.cards["engaged"]
    for who, scope in (
        ("gate", Permission.CHECK),
        ("auditor", Permission.READ_JOURNAL),
        ("school", Permission.ENGAGE),
        ("boss", Permission.READ_METRICS),
    ):
        headers = staffed.token(who, scope)
        assert staffed.client.post("/api/v1/searches", json={}, headers=headers).status_code == 403
        assert staffed.client.get(f"/api/v1/cards/{number}/person", headers=headers).status_code == 403
    assert staffed.client.post("/api/v1/searches", json={}).status_code == 401
    assert staffed.client.get(f"/api/v1/cards/{number}/person").status_code == 401


def test_an_identity_number_is_neither_quoted_nor_logged(
    staffed: Staffed, crowd: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    """GB 11643."""
    assert crowd
    good = resident_id(2)
    wrong = good[:-1] + ("1" if good[-1] == "0" else "0")
    with caplog.at_level(logging.DEBUG):
        answers = [ask(staffed, "centre", text=text) for text in (good, wrong, good[:17], good + "0" * 50)]
    assert [answer.status_code for answer in answers] == [200, 422, 422, 400]
    assert [answer.json()["code"] for answer in answers[1:]] == [
        "resident-id-check-digit",
        "resident-id-length",
        "request-malformed",
    ]
    for answer in answers:
        assert good[:17] not in answer.text + caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "lost"},
        {"kind": "x"},
        {"expiring_months": 0},
        {"page": 0},
        {"size": 201},
        {"name": "x"},
        {"sort": "id"},
    ],
)
def test_what_cannot_be_sought_is_refused_by_field(staffed: Staffed, crowd: Crowd, wrong: dict[str, Any]) -> None:
    assert crowd
    answer = ask(staffed, "centre", **wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "request-malformed")
    assert answer.json()["errors"]


def test_pages_follow_each_other(staffed: Staffed, crowd: Crowd) -> None:
    seen: list[str] = []
    for page in (1, 2, 3):
        found = ask(staffed, "centre", sort="expires_on", order="desc", page=page, size=5).json()
        seen += [card["expires_on"] for card in found["cards"]]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == found["total"] == len(crowd.cards) + 1, "and the card that was there before"
