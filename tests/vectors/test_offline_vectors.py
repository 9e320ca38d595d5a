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
BUNDLES = {name: bytes.fromhex(data) for name, data in OFFLINE["bundles"].items()}
TEXTS = {name: str(entry["text"]) for name, entry in OFFLINE["texts"].items()}
VERDICTS = [check["verdict"] for case in OFFLINE["cases"] if "opened" in case for check in case["checks"]]


@named(OFFLINE["cases"])
def test_offline_check_gives_the_committed_verdicts(vector: Json) -> None:
    expected = dict(vector)
    asked = {"checks": [], **vector}
    assert judged(asked, BUNDLES, TEXTS) == expected


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
