"""The description of the interface put to the test by schemathesis: whatever is sent, it answers as described."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
import schemathesis
from hypothesis.strategies import SearchStrategy
from hypothesis.strategies._internal import regex as hypothesis_regex
from litestar import Litestar
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.python.asgi import shutdown_lifespans

from service.app import create_app
from service.domain.access import PERMISSIONS, Account, By, Role
from service.effects import Effects
from service.flows.people.accounts import TokenRequest, add_token, add_user
from tests.api.registers import World

STRANGERS_TIMES: Final = 4
"""What strangers reach is tried so many times more often than the rest."""


def configuration(examples: int, token: str) -> dict[str, Any]:
    """Return what schemathesis is told; ``examples`` of good and of bad requests are made for each operation."""
    return {
        "auth": {"openapi": {"token": {"bearer": token}}},
        "suppress-health-check": ["filter_too_much"],  # of texts without NUL; what is left is counted below
        "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
        # A request that is well formed may still be one that a rule forbids: 422.
        "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 401, 403, 404, 409, 422, 429, "5xx"]}},
        "operations": [
            {
                "include-path-regex": "^/api/v1/(batches|reports)$",
                "include-method": "POST",
                # In a form a file may arrive as a bare text and null as an empty one: both are refused as malformed.
                "checks": {"positive_data_acceptance": {"enabled": False}},
            },
            {
                "include-path-regex": "^/api/v1/(cards/{number}/renewal|card-texts)$",
                # The description of a map says what its values hold, and nothing of the names in it.
                "checks": {"positive_data_acceptance": {"enabled": False}},
            },
            {
                "include-path-regex": "^/api/v1/(scans|assessments)",
                # JSON Schema has years that no database keeps; a query's moment may be seconds since 1970, too.
                "checks": {
                    "positive_data_acceptance": {"enabled": False},
                    "negative_data_rejection": {"enabled": False},
                },
            },
            {
                "include-path-regex": "^/api/v1/(verifications|lookups|staff|session$)",
                "generation": {"max-examples": STRANGERS_TIMES * examples},
                "phases": {"coverage": {"enabled": True}},
            },
            {"include-path-regex": "{identity}", "phases": {"coverage": {"enabled": True}}},
        ],
        # Every value at its bounds, for every field of every route, takes minutes: it is done for the routes that
        # strangers reach, and where a number of any size comes in.
        "phases": {"stateful": {"enabled": False}, "coverage": {"enabled": False}},
    }


@pytest.fixture
def remembered_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what Hypothesis makes of a pattern, and of the characters between two brackets.

    It lists the code points of a class one by one, each time that it draws: with the 131,000 of the private planes in
    the pattern of a line of text, that was nine tenths of this test's time (hypothesis 6.170).
    """
    build, make = hypothesis_regex.base_regex_strategy, hypothesis_regex._strategy
    built: dict[tuple[object, ...], SearchStrategy[str]] = {}
    made: dict[tuple[object, ...], tuple[object, SearchStrategy[str]]] = {}

    def remembering(regex: re.Pattern[str], **given: object) -> SearchStrategy[str]:
        key = (regex, repr(given))
        if key not in built:
            built[key] = build(regex, **given)
        return built[key]

    def remembering_classes(codes: Any, *given: Any, **named: Any) -> SearchStrategy[str]:  # noqa: ANN401 - its own
        if not isinstance(codes, tuple) or str(codes[0]) != "IN":
            return make(codes, *given, **named)
        (context, *others), alphabet = given, named["alphabet"]
        key = (repr(codes), context.flags, *others, id(alphabet))
        if key not in made:
            made[key] = (alphabet, make(codes, *given, **named))  # the alphabet is kept, and so is its id
        return made[key][1]

    monkeypatch.setattr(hypothesis_regex, "base_regex_strategy", remembering)
    monkeypatch.setattr(hypothesis_regex, "_strategy", remembering_classes)


@pytest.fixture
def app(world: World) -> Iterator[Litestar]:
    def later_each_time() -> datetime:
        world.clock.advance(timedelta(minutes=10))  # so that the limits, which have their own tests, hide nothing
        return world.clock.now

    yield create_app(world.settings, Effects(later_each_time, world.random.randbytes))
    shutdown_lifespans()


def token_of(world: World) -> str:
    """Make a token of somebody who may use every route that changes or lists anything."""
    with world.open() as register:
        add_user(register, Account("centre", Role.CENTRE, person_name="张三"), None, "test")
        scopes = sorted(PERMISSIONS[Role.CENTRE])
        return add_token(register, TokenRequest("centre", "description", tuple(scopes), 366), By("test")).secret


@pytest.mark.slow
@pytest.mark.usefixtures("remembered_patterns")
def test_every_answer_is_as_described(app: Litestar, world: World, pytestconfig: pytest.Config) -> None:
    examples: int = pytestconfig.getoption("examples")
    config = SchemathesisConfig.from_dict(configuration(examples, token_of(world)))
    description = schemathesis.openapi.from_asgi("/schema/openapi.json", app, config=config)
    answers: Counter[tuple[str, int]] = Counter()
    failures: set[str] = set()
    for event in from_schema(description).execute():
        match event:
            case events.ScenarioFinished(recorder=recorder):
                answers.update(answers_of(recorder))
                failures.update(failures_of(recorder))
            case events.NonFatalError() | events.FatalError():
                failures.add(str(event))
            case _:
                pass
    assert not failures, "\n\n".join(sorted(failures))
    assert answers.total() > (700 if examples >= 10 else 500)
    verifications, lookups = "POST /api/v1/verifications", "POST /api/v1/lookups"
    expected = {(verifications, 200), (verifications, 400), (lookups, 400), (lookups, 404)}
    checks, photos, scans = "POST /api/v1/staff/checks", "GET /api/v1/cards/{number}/photo", "POST /api/v1/scans"
    expected |= {(checks, 200), (checks, 401), (photos, 404), (scans, 400)}
    assert answers.keys() >= expected


def answers_of(recorder: ScenarioRecorder) -> Iterator[tuple[str, int]]:
    for interaction in recorder.interactions.values():
        if interaction.response is not None:
            yield recorder.label, interaction.response.status_code


def failures_of(recorder: ScenarioRecorder) -> Iterator[str]:
    for checks in recorder.checks.values():
        for check in checks:
            if check.status is not Status.SUCCESS:
                why = check.failure_info.failure if check.failure_info else check.status
                yield f"{recorder.label}: {check.name}: {why}"
