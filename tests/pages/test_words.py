"""The words and looks that templates and scripts share: all there, all used, and the same in both."""

from __future__ import annotations

import itertools
import json
import re
import string
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import service.pages
from service.domain.fitness import Answer
from service.domain.kinds import SkillLevel
from service.domain.verdict import Verdict, judge_number
from service.domain.verdict_checks import Outcome, Tone
from service.domain.verdict_words import Word
from service.pages.assets import FOLDER, shipped
from service.pages.words import Look, look_of, looks, speaker, texts
from tests.api.registers import NOON
from tests.js.browser import node

PAGES = Path(service.pages.__file__).parent
TEMPLATES = sorted(path for path in (PAGES / "templates").iterdir() if path.is_file())
SCRIPTS = sorted((FOLDER / "app").glob("*.js"))
SOURCES = {path.name: path.read_text("utf-8") for path in (*TEMPLATES, *SCRIPTS, PAGES / "shown.py")}

COMPUTED = {
    *(f"check_{name}" for name in ("signature", "register", "status", "validity", "scope", "place")),
    *(f"outcome_{outcome.value}" for outcome in Outcome),
    *(f"fit_{answer.value}" for answer in Answer),
    *(f"level_{level.value}" for level in SkillLevel),
    *(f"scan_{kind}" for kind in ("several", "foreign")),
    *(f"home_{way}_hint" for way in ("scan", "lookup", "sign_in", "office")),
}
"""Keys that are put together where they are used."""

SAID = re.compile(r"""\bt\('(\w+)'[,)]|\bsay\(['"](\w+)['"][,)]|data-t(?:-[a-z-]+)?="(\w+)\"""")


def test_every_text_stands_in_both_languages() -> None:
    for key, text in texts().items():
        assert text.zh.strip(), key
        assert text.en.strip(), key
        assert re.search(r"[\u4e00-\u9fff]", text.zh) or key == "other_language", key
        assert not re.search(r"[\u4e00-\u9fff]", text.en) or key == "other_language", key
        assert fields(text.zh) == fields(text.en), key


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_that_is_said_is_there() -> None:
    said = {key for source in SOURCES.values() for found in SAID.findall(source) for key in found if key}
    assert len(said) > 80, "what is looked for is found"
    assert sorted((said | COMPUTED) - texts().keys()) == []


def test_every_text_that_is_there_is_said() -> None:
    everything = "\n".join(SOURCES.values())
    unused = [key for key in texts() if key not in COMPUTED and not re.search(rf"""['"]{key}['"]""", everything)]
    assert unused == []


def test_a_text_is_filled() -> None:
    assert speaker("zh")("limited_wait", seconds=20) != speaker("en")("limited_wait", seconds=20)
    assert "20" in speaker("en")("limited_wait", seconds=20)


def test_every_verdict_has_a_look_and_every_look_its_colours_and_its_shape() -> None:
    assert looks().keys() == {word.value for word in Word} | {"valid_unfit", "valid_unsure", "valid_stale"}
    symbols = set(re.findall(r'id="i-([a-z-]+)"', SOURCES["icons.svg"]))
    for sheet in ("verdict.css", "lookup.css"):
        styles = set(re.findall(r"\.v-([a-z]+)", (FOLDER / "style" / sheet).read_text("utf-8")))
        assert {look.style for look in looks().values()} <= styles
    for key, look in looks().items():
        assert look.icon in symbols, key
        assert all((look.zh, look.en, look.act_zh, look.act_en)), key


def test_only_a_good_card_looks_good() -> None:
    good = looks()["valid"]
    for key, look in looks().items():
        assert (look.style == "ok") == (key == "valid"), key
        if key != "valid":
            assert (look.style, look.icon, look.act_zh) != (good.style, good.icon, good.act_zh), key


def test_a_copy_that_was_replaced_is_not_said_to_be_lost() -> None:
    replaced = looks()["replaced"]
    assert not re.search("挂失|丢失|遗失", replaced.zh + replaced.act_zh)
    assert not re.search("lost|stolen", replaced.en + replaced.act_en)


def every_verdict() -> list[Verdict]:
    """Every word with every tone and every answer about the duty, also those that no card can have."""
    bare = judge_number(None, NOON)
    fits: list[Any] = [None, *(type("Fit", (), {"answer": answer})() for answer in Answer)]
    return [
        replace(bare, verdict=word, tone=tone, fit_for_duty=fit)
        for word, tone, fit in itertools.product(Word, Tone, fits)
    ]


def in_node(script: str, given: object) -> Any:  # noqa: ANN401 - any JSON value
    """Run a script with the module of the decisions as ``decide`` and what is given as ``given``."""
    address = (FOLDER / "app" / "decide.js").as_uri()
    code = f"import * as decide from {json.dumps(address)}\nconst given = {json.dumps(given)}\n{script}"
    command = [str(node()), "--input-type=module", "-e", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_scripts_and_templates_choose_the_same_look() -> None:
    verdicts = every_verdict()
    given = [
        {
            "verdict": one.verdict.value,
            "tone": one.tone.value,
            "fit_for_duty": None if one.fit_for_duty is None else {"answer": one.fit_for_duty.answer.value},
        }
        for one in verdicts
    ]
    chosen = in_node("console.log(JSON.stringify(given.map(decide.lookOf)))", given)
    mine: list[Look] = [look_of(one) for one in verdicts]
    assert [looks()[key] for key in chosen] == mine
    assert len(set(chosen)) == len(looks())


ONE = {"fit_for_duty": None, "tone": "green"}


@pytest.mark.parametrize(
    ("local", "online", "source"),
    [
        (None, None, None),
        ("valid", None, "offline"),
        (None, "valid", "online"),
        ("valid", "revoked", "online"),
        ("revoked", "valid", "online"),
        ("unknown_key", "valid", "online"),
        ("forged", "valid", "offline"),
        ("forged", "unregistered", "offline"),
        ("forged", "forged", "online"),
    ],
)
def test_the_service_decides_but_never_makes_a_forgery_better(
    local: str | None, online: str | None, source: str | None
) -> None:
    given = [None if word is None else ONE | {"verdict": word} for word in (local, online)]
    found = in_node("console.log(JSON.stringify(decide.choose(...given)))", given)
    word = local if source == "offline" else online
    assert found == (None if source is None else {"verdict": ONE | {"verdict": word}, "source": source})


def test_worse_is_what_admits_less() -> None:
    script = "console.log(JSON.stringify(given.map((a) => given.map((b) => decide.isWorse(a, b)))))"
    unfit = {"verdict": "valid", "fit_for_duty": {"answer": "no"}}
    order = ["forged", "revoked", "replaced", "expired", "status_unknown", unfit, "valid"]
    given = [ONE | (one if isinstance(one, dict) else {"verdict": one}) for one in order]
    assert in_node(script, given) == [[a < b for b in range(len(given))] for a in range(len(given))]
    words = in_node("console.log(JSON.stringify(decide.WORDS))", None)
    assert set(words) == {word.value for word in Word} - {"unknown"}, "which no code on a card is answered with"


def test_the_scripts_fill_every_slot_of_the_verdict_and_no_other() -> None:
    slots = set(re.findall(r'data-slot="([\w-]+)"', SOURCES["verdict.html"]))
    view = SOURCES["view.js"]
    filled = set(re.findall(r"\b(?:slot|put|picture)\(\w+, '([\w-]+)'", view))
    filled |= {f"{name}-image" for name in re.findall(r"\bpicture\(\w+, '([\w-]+)'", view)}
    assert filled <= slots
    assert slots - filled == {"announcement"}, "which is only read out"


# What the pages may name of other hosts: the names of XML's own vocabularies, which nobody asks for.
NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.mark.parametrize(
    "path", sorted((PAGES / "templates").rglob("*.html")), ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_a_template_has_no_script_and_no_style_of_its_own_and_asks_no_other_host(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", text) == []
    assert re.findall(r"javascript:|\|\s*safe\b|autoescape", text) == []
    linked = re.findall(r'(?:src|href|action|content)="([^"]*)"', text)
    assert [one for one in linked if "//" in one] == []


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in shipped().files
        if name.startswith(("app/", "verifier/", "style/", "icons/")) and not name.endswith(".png")
    ],
)
def test_our_own_assets_name_no_other_host_and_make_no_markup(name: str) -> None:
    text = shipped().files[name].body.decode().replace(NAMESPACE, "")
    code = re.sub(r"^\s*(//|\*|/\*).*$|(?<=\s)//.*$", "", text, flags=re.MULTILINE)
    assert re.findall(r"https?://[a-z0-9]", code) == []
    assert (
        re.findall(
            r"\b(?:(?:inner|outer)HTML\s*\+?=(?!=)|insertAdjacentHTML|document\.write|eval\(|new Function)", code
        )
        == []
    )
    if name.endswith(".css"):
        assert re.findall(r"@import|url\((?!['\"]?data:)", code) == []
