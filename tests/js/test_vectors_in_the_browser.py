"""The browser's verifier reads and refuses the committed vectors, with the very codes of the server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.js.browser import Json, run

FOLDER = Path(__file__).parent.parent / "vectors"


def load(name: str) -> Json:
    content: Json = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


DIGITS, CARDS = load("digits.json"), load("cards.json")
SIGNATURES = load("signatures.json")["signatures"]
TEXTS = load("texts.json")["texts"]
LISTS, DOCUMENTS = load("status-lists.json"), load("key-documents.json")

both_kinds_of_browser = pytest.mark.parametrize("old", [False, True], ids=["with WebCrypto", "without"])


@both_kinds_of_browser
def test_digits_stand_for_the_same_bytes(*, old: bool) -> None:
    vectors = [*DIGITS["valid"], *DIGITS["refused"]]
    found = run([{"do": "digits", "digits": vector["digits"]} for vector in vectors], old_browser=old)
    assert [answer.get("result", answer.get("refused")) for answer in found] == [
        vector.get("bytes", vector.get("code")) for vector in vectors
    ]


@both_kinds_of_browser
def test_cards_are_read_and_refused_alike(*, old: bool) -> None:
    vectors = [*CARDS["valid"], *CARDS["refused"]]
    found = run([{"do": "card", "text": vector["text"], "keys": CARDS["keys"]} for vector in vectors], old_browser=old)
    public = {key["name"]: key["public"] for key in CARDS["keys"]}
    for vector, answer in zip(vectors, found, strict=True):
        if vector.get("stage") == "host":  # what comes last, after a good signature and good claims
            assert answer["result"]["host"] not in CARDS["hosts"], vector["name"]
        elif vector.get("stage") == "date":
            assert answer["result"]["claims"]["issued_on"] > answer["result"]["signs_until"], vector["name"]
        elif "code" in vector:
            assert answer.get("refused") == vector["code"], vector["name"]
        else:
            read = {field: answer["result"][field] for field in ("claims", "payload", "public")}
            expected = {"claims": vector["claims"], "payload": vector["payload"], "public": public[vector["key"]]}
            assert read == expected, vector["name"]


def test_texts_are_folded_alike() -> None:
    found = run([{"do": "tidy", "as": vector["as"], "text": vector["typed"]} for vector in TEXTS])
    assert [answer["result"] for answer in found] == [vector["tidy"] for vector in TEXTS]


@both_kinds_of_browser
def test_a_signature_holds_in_every_browser_or_in_none(*, old: bool) -> None:
    """WebCrypto and the library that stands in for it give the verdict of Python's, bit for bit."""
    found = run([{"do": "signature", **vector} for vector in SIGNATURES], old_browser=old)
    differing = [v["name"] for v, a in zip(SIGNATURES, found, strict=True) if a["result"] is not v["holds"]]
    assert differing == []


@both_kinds_of_browser
def test_bad_keys_are_refused(*, old: bool) -> None:
    found = run([{"do": "key", "key": vector["public"]} for vector in CARDS["refused_keys"]], old_browser=old)
    assert {answer.get("refused") for answer in found} == {"bad-key"}
    good = run([{"do": "key", "key": key["public"]} for key in CARDS["keys"]], old_browser=old)
    assert {answer.get("result") for answer in good} == {"ok"}


@both_kinds_of_browser
def test_status_lists_are_read_and_refused_alike(*, old: bool) -> None:
    vectors = [*LISTS["valid"], *LISTS["refused"]]
    found = run(
        [
            {
                "do": "list",
                "token": vector["token"],
                "number": vector["number"],
                "keys": LISTS["keys"],
                "indices": list(vector.get("statuses", {})),
            }
            for vector in vectors
        ],
        old_browser=old,
    )
    for vector, answer in zip(vectors, found, strict=True):
        expected = {field: vector[field] for field in vector if field not in {"name", "token"}}
        assert answer.get("result", {"number": 1, "code": answer.get("refused")}) == expected, vector["name"]


@both_kinds_of_browser
def test_key_documents_are_read_and_refused_alike(*, old: bool) -> None:
    vectors = [*DOCUMENTS["valid"], *DOCUMENTS["refused"]]
    found = run(
        [{"do": "document", "document": vector["document"], "pin": vector["pin"]} for vector in vectors],
        old_browser=old,
    )
    assert [answer.get("result", answer.get("refused")) for answer in found] == [
        vector.get("content", vector.get("code")) for vector in vectors
    ]
