"""Which of two answers counts: what the device found, or what the service said."""

from __future__ import annotations

import pytest

from tests.js.app import run_module

BAD = ("revoked", "voided", "replaced", "superseded")


def chosen(local: str, online: str) -> list[str]:
    verdicts = [{"verdict": word, "tone": "green", "fit_for_duty": None} for word in (local, online)]
    script = "const found = app.choose(given[0], given[1]); give([found.verdict.verdict, found.source])"
    found: list[str] = run_module("decide.js", script, verdicts)
    return found


@pytest.mark.parametrize("word", BAD)
def test_what_was_published_as_bad_stands_where_a_restored_register_does_not_know(word: str) -> None:
    """Known-bad is not unknown: a checker that had seen the revocation goes on saying so."""
    assert chosen(word, "status_unknown") == [word, "offline"]


@pytest.mark.parametrize(
    ("local", "online"), [("valid", "revoked"), ("valid", "status_unknown"), ("revoked", "valid"), ("expired", "valid")]
)
def test_else_the_service_decides(local: str, online: str) -> None:
    assert chosen(local, online) == [online, "online"]


def test_a_forgery_stays_one() -> None:
    assert chosen("forged", "valid") == ["forged", "offline"]
