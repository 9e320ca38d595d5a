"""The code gives the committed verdicts and answers, whole. No test here writes a vector."""

from __future__ import annotations

from datetime import date

import pytest

from service.domain.fitness import Dispatch, Engagement, fit_for_duty
from service.domain.occupation import Occupation
from service.domain.verdict_words import Word
from tests.vectors.fitness_vectors import duty_of, view_of
from tests.vectors.offline_vectors import judged
from tests.vectors.test_vectors import Json, load, named

FITNESS, OFFLINE = load("fitness.json"), load("offline-verdicts.json")
KEY_STATES = load("key-states.json")
VERDICTS = [check["verdict"] for case in OFFLINE["cases"] if "opened" in case for check in case["checks"]]


def judged_again(vectors: Json, vector: Json) -> Json:
    bundles = {name: bytes.fromhex(data) for name, data in vectors["bundles"].items()}
    texts = {name: str(entry["text"]) for name, entry in vectors["texts"].items()}
    return judged({"checks": [], **vector}, bundles, texts)


@named(OFFLINE["cases"])
def test_offline_check_gives_the_committed_verdicts(vector: Json) -> None:
    assert judged_again(OFFLINE, vector) == vector


@named(KEY_STATES["cases"])
def test_keys_vouch_by_their_state_and_days_as_committed(vector: Json) -> None:
    """CONTRACT: states hold for every purpose."""
    assert judged_again(KEY_STATES, vector) == vector


def test_no_list_of_a_thief_makes_a_revoked_card_valid() -> None:
    """Whatever date is in it, and whatever the checker has seen before."""
    told: dict[str, set[str]] = {}
    for case in KEY_STATES["cases"]:
        words = {check["verdict"]["verdict"] for check in case.get("checks", ()) if check["text"] == "revoked"}
        told.setdefault(case["bundle"], set()).update(words)
    forged = {name for name in told if "forged" in name} | {"rotated-old-list-after-its-days"}
    assert len(forged) > 4
    assert {word for name in forged - {"one-key-earlier-and-forged"} for word in told[name]} <= {"status_unknown"}


@named([*FITNESS["offline"], *FITNESS["registered"]])
def test_fitness_is_as_committed(vector: Json) -> None:
    card = vector["card"]
    held = tuple(Occupation(o["name"], o["code"]) for o in card["occupations"])
    view = view_of(card["number"], held, institution=card.get("institution"), in_house=card.get("in_house"))
    assert view.issuer == card["issuer"]
    fit = fit_for_duty(
        view,
        duty_of(vector["duty"]),
        date.fromisoformat(vector.get("on", "2026-06-01")),
        engagements=[
            Engagement(place, date.fromisoformat(since), until and date.fromisoformat(until))
            for place, since, until in vector.get("engagements", ())
        ],
        dispatches=[Dispatch(place, date.fromisoformat(on)) for place, on in vector.get("dispatches", ())],
    )
    assert fit.as_json() == vector["fit"]


def test_vectors_hold_every_word_that_a_checker_without_network_can_say() -> None:
    assert {verdict["verdict"] for verdict in VERDICTS} == {word.value for word in Word} - {Word.UNKNOWN}
    assert {(verdict["verdict"], verdict["tone"]) for verdict in VERDICTS} >= {
        ("valid", "green"),
        ("valid", "amber"),
        ("valid", "red"),
        ("status_unknown", "amber"),
    }


def test_vectors_hold_every_refusal_of_a_bundle() -> None:
    assert {case["refused"] for case in OFFLINE["cases"] if "refused" in case} == {
        "bundle-invalid",
        "envelope-malformed",
        "key-document-malformed",
        "key-document-older",
        "root-not-pinned",
        "signature-invalid",
        "unknown-key",
    }


@pytest.mark.parametrize("article", ["考§2", "考§3", "考§4", "督§3", "督§9", "督§14"])
def test_vectors_hold_every_article_that_decides_fitness(article: str) -> None:
    """考§2, 考§3, 考§4, 督§3, 督§9, 督§14."""
    cited = {reason["article"] for vector in FITNESS["offline"] for reason in vector["fit"]["reasons"]}
    assert article in cited
