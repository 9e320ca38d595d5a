"""What Python and the browser share stands in one file, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from keys import document
from service.domain.shared import LIMITS, SHARED
from service.domain.status_list import MAX_INSTANT
from service.domain.verdict_words import Word
from tests.manual import ROOT

JSON = ROOT / "service" / "domain" / "shared.json"
GENERATED = ROOT / "service" / "pages" / "assets" / "verifier" / "shared.js"


def sources() -> list[Path]:
    python = [path for room in ("service", "keys", "cardlayout") for path in (ROOT / room).rglob("*.py")]
    scripts = [path for folder in ("app", "verifier") for path in (GENERATED.parents[1] / folder).rglob("*.js")]
    return [path for path in (*python, *scripts) if path != GENERATED]


def sentences(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from sentences(one)
    elif isinstance(value, list):
        for one in value:
            yield from sentences(one)
    elif isinstance(value, str) and len(value) > 15:
        yield value


def test_no_shared_sentence_stands_in_the_code() -> None:
    shared = set(sentences(msgspec.json.decode(JSON.read_bytes())))
    assert len(shared) > 40
    for path in sources():
        text = path.read_text("utf-8")
        assert [sentence for sentence in shared if sentence in text] == [], path


def test_no_shared_figure_stands_in_the_domain_or_the_verifier() -> None:
    """Of those that are too long to be anything else, however they are grouped."""
    figures = {str(figure) for figure in msgspec.structs.astuple(LIMITS) if figure > 2000} - {"86400"}
    assert len(figures) == 6
    for path in sources():
        if path.is_relative_to(ROOT / "service" / "domain") or path.is_relative_to(GENERATED.parent):
            numbers = {found.replace("_", "") for found in re.findall(r"\b[0-9][0-9_]+\b", path.read_text("utf-8"))}
            assert numbers & figures == set(), path


def test_a_key_document_ends_where_a_status_list_does() -> None:
    """The leaf library cannot read the file."""
    assert vars(document)["_MAX_INSTANT"] == MAX_INSTANT


def test_the_words_are_those_of_the_verdicts_in_their_order() -> None:
    assert [*SHARED.verdicts, Word.UNKNOWN] == list(Word)


@pytest.mark.parametrize("name", ["fitness", "kinds", "levels", "status_list_notes"])
def test_every_shared_text_is_said_in_both_languages(name: str) -> None:
    for texts in msgspec.to_builtins(getattr(SHARED, name)).values():
        zh, en = texts.values() if isinstance(texts, dict) else texts
        assert bool(zh) == bool(en)


def test_no_figure_of_one_name_is_written_in_python_and_in_the_verifier() -> None:
    literal = {".py": r"^_?([A-Z_]+): Final = [0-9]", ".js": r"^(?:export )?const ([A-Z_]+) = [0-9]"}
    names: dict[str, set[str]] = {".py": set(), ".js": set()}
    for path in sources():
        if path.is_relative_to(ROOT / "service" / "domain") or path.is_relative_to(GENERATED.parent):
            names[path.suffix] |= set(re.findall(literal[path.suffix], path.read_text("utf-8"), re.MULTILINE))
    assert names[".py"] & names[".js"] == set()
