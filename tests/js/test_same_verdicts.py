"""One set of rules in two languages: what the browser says of a card is what Python says, whole and word for word."""

from __future__ import annotations

import hashlib
import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from keys.envelope import pack
from service.domain.card_number import CardNumber
from service.domain.credential import Claims, encode_claims, errors, text_of
from service.domain.fitness import Duty
from service.domain.kinds import SkillLevel
from service.domain.validity import last_valid_day
from tests.js.browser import Json, run
from tests.vectors import seeds
from tests.vectors.fitness_vectors import duty_json
from tests.vectors.offline_vectors import T0, judged
from tests.vectors.signing import HOSTS, sign
from tests.vectors.test_vectors import load

pytestmark = pytest.mark.slow  # hundreds of cases each, in a browser

FITNESS, OFFLINE, KEY_STATES = load("fitness.json"), load("offline-verdicts.json"), load("key-states.json")
TEXTS = {name: str(entry["text"]) for name, entry in OFFLINE["texts"].items()}
BUNDLES = {name: bytes.fromhex(data) for name, data in OFFLINE["bundles"].items()}
SHOWS_NO_CARD = {"unreadable", "forged", "unknown_key"}

both_kinds_of_browser = pytest.mark.parametrize("old", [False, True], ids=["with WebCrypto", "without"])


def job(case: Json, vectors: Json = OFFLINE) -> Json:
    return {
        "do": "open",
        "bundle": vectors["bundles"][case["bundle"]],
        "memory": case["memory"],
        "opened_at": case["opened_at"],
        "root": case["root"],
        "checks": [{**check, "text": vectors["texts"][check["text"]]["text"]} for check in case.get("checks", ())],
    }


def opened_as(case: Json, result: Json) -> Json:
    """What came of opening, with as much of what is remembered as the case tells."""
    memory = {field: value for field, value in result["memory"].items() if field in case["memory"]}
    return {"memory": memory, "root_is_new": result["root_is_new"], "notes": result["notes"]}


@both_kinds_of_browser
@pytest.mark.parametrize("vectors", [OFFLINE, KEY_STATES], ids=["offline", "key states"])
def test_bundles_and_verdicts_are_the_same(vectors: Json, *, old: bool) -> None:
    cases = vectors["cases"]
    for case, answer in zip(cases, run([job(case, vectors) for case in cases], old_browser=old), strict=True):
        if "refused" in case:
            assert answer.get("refused") == case["refused"], case["name"]
            continue
        result: Json = answer["result"]
        assert opened_as(case, result) == case["opened"], case["name"]
        assert [found["verdict"] for found in result["answers"]] == [check["verdict"] for check in case["checks"]]


def test_every_refusal_has_words_of_its_own_in_both_languages() -> None:
    cases = [case for case in OFFLINE["cases"] if "refused" in case]
    answers = run([job(case) for case in cases])
    said = {case["bundle"]: (answer["zh"], answer["en"]) for case, answer in zip(cases, answers, strict=True)}
    names = ("names-by-a-card-key", "names-altered", "names-without-sense", "names-replaced-by-a-list")
    documents = ("older-document", "document-by-a-stranger", "document-altered", "document-without-sense")
    others = ("document-of-another-form", "cut-short")
    distinct = {said[bundle] for bundle in (*names, *documents, *others)}
    assert len(distinct) == len(names) + len(documents) + len(others)
    assert said["names-by-a-card-key"] == said["names-by-a-stranger"]
    assert "证卡密钥不算" in said["names-by-a-card-key"][0]
    assert "altered" in said["document-altered"][1]


def test_every_finding_has_words() -> None:
    """Whatever the signature or the status failed for, and every code of a credential's refusal, can be told."""
    verdicts = [check["verdict"] for case in OFFLINE["cases"] if "opened" in case for check in case["checks"]]
    details = {
        check["detail"]
        for verdict in verdicts
        for check in verdict["checks"]
        if check["name"] in {"signature", "status"} and check["detail"] not in {verdict["verdict"], "in-force"}
    } - {"signed-by-issuer", "revoked", "replaced", "superseded", "voided", "unregistered"}
    codes = re.findall(r"^([a-z-]+)  ", str(errors.__doc__), re.MULTILINE)
    told = sorted(details | set(codes))
    assert len(told) > 30
    for detail, answer in zip(told, run([{"do": "detail", "detail": detail} for detail in told]), strict=True):
        assert answer["result"] is not None, detail
    quiet = ["in-force", "offline", "2026-03-02/2029-03-02", "督§3,督§14", "constructor", ""]
    assert all(answer["result"] is None for answer in run([{"do": "detail", "detail": detail} for detail in quiet]))


def test_what_a_scan_keeps_is_what_is_signed() -> None:
    (case,) = [case for case in OFFLINE["cases"] if case["name"] == "every text"]
    (answer,) = run([job(case)])
    for check, found in zip(case["checks"], answer["result"]["answers"], strict=True):
        signed = OFFLINE["texts"][check["text"]]
        word = found["verdict"]["verdict"]
        assert (word in SHOWS_NO_CARD) is (signed["number"] is None), check["text"]
        assert (found["number"], found["copy"]) == (signed["number"], signed["copy"])
        assert found["portrait"] == (None if word == "unregistered" else signed["portrait"])


def test_age_and_end_of_what_is_at_hand() -> None:
    of = {case["name"]: case for case in OFFLINE["cases"]}
    names = ["every text", "bundle an-hour-older, by a new checker", "bundle no-lists, by a new checker"]
    current, older, none = (answer["result"] for answer in run([job(of[name]) for name in names]))
    week = 7 * 86_400
    assert (current["as_of"], current["expires_at"]) == (T0, T0 + week)
    assert (older["as_of"], older["expires_at"]) == (T0 - 3600, T0 - 3600 + week)
    assert (none["as_of"], none["expires_at"]) == (None, T0 + 90 * 86_400)


@both_kinds_of_browser
def test_page_gives_the_verdict_with_the_one_list_it_needs(*, old: bool) -> None:
    """The page behind the QR has the key document and fetches one list: the verdict is the bundle's, names aside."""
    import cbor2  # noqa: PLC0415 - the test's own reading of a bundle

    parts = cbor2.loads(BUNDLES["current"])
    at = OFFLINE["cases"][0]["opened_at"]
    texts = [
        "assessor",
        "revoked",
        "never-issued",
        "revoked-in-list-2",
        "internal",
        "altered",
        "by-a-stranger",
        "empty",
    ]
    jobs = [
        {
            "do": "page",
            "key_document": parts[1].hex(),
            "lists": [body.hex() for body in parts[2]],
            "memory": {"root": None, "next_root": None, "version": 0, "highest_iat": {}},
            "opened_at": at,
            "text": TEXTS[name],
            "at": at,
            "duty": duty_json(Duty()),
        }
        for name in texts
    ]
    (every,) = [case for case in OFFLINE["cases"] if case["name"] == "every text"]
    expected = {check["text"]: check["verdict"] for check in every["checks"]}
    wanted = {"revoked-in-list-2": 2, "altered": None, "by-a-stranger": None, "empty": None}
    for name, answer in zip(texts, run(jobs, old_browser=old), strict=True):
        result = answer["result"]
        assert result["wanted"] == wanted.get(name, 1)
        (found,) = result["answers"]
        assert without_names(found["verdict"]) == without_names(expected[name]), name
        assert set(result["memory"]["highest_iat"]) == {str(n) for n in [result["wanted"]] if n}


def without_names(verdict: Json) -> Json:
    if verdict["card"] is None:
        return verdict
    occupations = [o["code"] or o["name"] for o in verdict["card"]["occupations"]]
    return {**verdict, "card": {**verdict["card"], "issuer_name": None, "occupations": occupations}}


def test_fitness_is_the_same() -> None:
    vectors = FITNESS["offline"]
    found = run([{"do": "fitness", "card": vector["card"], "duty": vector["duty"]} for vector in vectors])
    for vector, answer in zip(vectors, found, strict=True):
        assert answer["result"] == vector["fit"], vector["name"]


def some_claims(chance: random.Random) -> Claims:
    number = chance.choice(["26310010007", "26310020007", "26310030007", "R50260007", "S500123260007", "Y500124260007"])
    issued_on = date(2023, 5, 1) + timedelta(days=chance.randrange(1300))
    job_types: list[int | str] = [6310103, 6180102, 4040504, "重庆小面制作", "C++ 程序员·初级", "𬙊工", "电工"]
    is_assessor = number[0].isdigit()
    return Claims(
        number=CardNumber(number),
        name=chance.choice(["欧阳娜娜", "王芳", "阿卜杜热合曼·买买提", "𬙊㛃", "O'Brien"]),
        occupations=tuple(chance.sample(job_types, chance.choice([1, 2]))) if is_assessor else (),
        copy_id=chance.randbytes(8),
        status_list=chance.choice([1, 1, 1, 2, 3]),
        status_index=chance.choice([*range(26), 70, 131_071]),
        issued_on=issued_on,
        expires_on=chance.choice([last_valid_day(issued_on), issued_on, issued_on + timedelta(days=400)]),
        work_unit=None if is_assessor else chance.choice([None, "重庆市某某局"]),
    )


def some_text(chance: random.Random) -> str:
    key = chance.choice([seeds.CARD] * 8 + [seeds.CARD_SAME_KID, seeds.CARD_RETIRED, seeds.CARD_STOLEN, seeds.STRANGER])
    host = chance.choice([*HOSTS] * 5 + ["evil.example"])
    text = text_of(host, pack(sign(encode_claims(some_claims(chance)), key)))
    if chance.random() < 0.1:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice("0123456789x/#") + text[at + 1 :]
    return text


def some_duty(chance: random.Random) -> Duty:
    pieces = [
        "铣",
        "工",
        "电",
        " ",
        "\u3000",
        "(",
        "）",
        "·",
        "・",
        "C++",
        "初级",
        "'",
        '"',
        "\\",
        "\n",
        "𬙊",
        "e\u0301",
        "6-31-01-03",
    ]
    return Duty(
        chance.choice([None, "500123", "500124", "", "＊"]),
        chance.choice(
            [None, "电工", "6-18-01-02", "重庆小面制作", "C++  程序员・初级", "".join(chance.choices(pieces, k=4))]
        ),
        chance.choice([None, *SkillLevel]),
    )


def some_case(chance: random.Random, texts: dict[str, str]) -> Json:
    def instant() -> str:
        after = chance.choice([3600, 86_400, 7 * 86_400, 90 * 86_400, chance.uniform(-4e7, 1e8)])
        return datetime.fromtimestamp(T0 + round(after + chance.choice([-1, 0, 0.5, 1]), 1), UTC).isoformat()

    memory = {"root": None, "next_root": None, "version": chance.choice([0, 3]), "highest_iat": {}}
    if chance.random() < 0.5:
        memory["highest_iat"] = {"1": T0 + chance.randrange(-9000, 9000), "7": T0 + chance.randrange(10**7)}
    checks: list[Json] = []
    for _ in range(6):
        name = hashlib.sha256(chance.randbytes(8)).hexdigest()
        texts[name] = some_text(chance)
        checks.append({"text": name, "at": instant(), "duty": duty_json(some_duty(chance))})
    opens = [name for name in BUNDLES if name.startswith(("list", "document", "an-hour", "newer", "no-", "one-"))]
    bundle = chance.choice(["current", chance.choice(opens)])
    return {"bundle": bundle, "memory": memory, "opened_at": instant(), "root": None, "checks": checks}


@both_kinds_of_browser
def test_any_card_any_question_any_clock_gives_the_same_answer(*, old: bool) -> None:
    chance, texts = random.Random(20_260_601), dict[str, str]()
    cases = [some_case(chance, texts) for _ in range(80)]
    expected = [judged(case, BUNDLES, texts) for case in cases]
    asked: list[dict[str, Any]] = [
        {
            "do": "open",
            **case,
            "bundle": OFFLINE["bundles"][case["bundle"]],
            "checks": [{**check, "text": texts[check["text"]]} for check in case["checks"]],
        }
        for case in cases
    ]
    words = set()
    for case, answer in zip(expected, run(asked, old_browser=old), strict=True):
        assert answer.get("refused") == case.get("refused")
        if "opened" not in case:
            continue
        result = answer["result"]
        assert opened_as(case, result) == case["opened"]
        for check, found in zip(case["checks"], result["answers"], strict=True):
            assert found["verdict"] == check["verdict"], texts[check["text"]]
            words.add(found["verdict"]["verdict"])
    assert len(words) >= 10
