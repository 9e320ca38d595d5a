"""Every article of the regulation that the code cites stands in the manual's table, with the code and its test."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from service.domain.eligibility import RULES
from tests.manual import BOTH, CHINESE, ENGLISH, ROOT, Manual, Table, table

FIRST_HEADING: Final = {ENGLISH: "Article", CHINESE: "条款"}
REST_HEADING: Final = {ENGLISH: "Other articles", CHINESE: "其余条款"}

# 督§1–21 with five annexes, 考§1–22 with three, and the standard of identity numbers.
ALL_ARTICLES: Final = frozenset(
    (
        *(f"督§{n}" for n in range(1, 22)),
        *(f"督附{n}" for n in range(1, 6)),
        *(f"考§{n}" for n in range(1, 23)),
        *(f"考附{n}" for n in range(1, 4)),
        "GB 11643",
    )
)

ITEMS: Final = {"督§12": 6, "考§14": 9, "督附1": 12}
"""Articles of whose items some are the program's and some are for people, and how many items they have."""

_ITEM: Final = r"(?:\([^()\s]{1,3}\)[0-9]*(?:[–-]\(?[0-9]+\)?)?)?"  # (4), (2)1–3, (1)–(10), (四)
_REFERENCE: Final = rf"(?:§[0-9]+(?:[–-][0-9]+)?|附[0-9]+){_ITEM}"
_CITATIONS: Final = re.compile(rf"(?P<rule>[督考])(?P<references>{_REFERENCE}(?:[,、] ?{_REFERENCE})*)")
_ARTICLE: Final = re.compile(r"§(?P<first>[0-9]+)(?:[–-](?P<last>[0-9]+))?|附(?P<annex>[0-9]+)")


def cited(text: str) -> frozenset[str]:
    """Collect the articles a text cites, items folded to their article: ``考§7(2)1–3`` is 考§7, ``考§2–4`` three."""
    return frozenset(_cited(text))


def items_of(article: str, text: str) -> set[int]:
    """Collect the items of one article that a text cites: ``督附1(4)–(6)`` are three."""
    found = re.finditer(rf"{article}\((?P<first>[0-9]+)\)(?:[–-]\((?P<last>[0-9]+)\))?", text)
    return {number for one in found for number in range(int(one["first"]), int(one["last"] or one["first"]) + 1)}


def _cited(text: str) -> Iterator[str]:
    if "GB 11643" in text:
        yield "GB 11643"
    for citation in _CITATIONS.finditer(text):
        for article in _ARTICLE.finditer(citation["references"]):
            if article["annex"]:
                yield f"{citation['rule']}附{article['annex']}"
                continue
            first = int(article["first"])
            for number in range(first, int(article["last"] or first) + 1):
                yield f"{citation['rule']}§{number}"


def source_files() -> list[Path]:
    return [path for package in ("service", "cardlayout", "keys") for path in sorted((ROOT / package).rglob("*.py"))]


def cited_in_code() -> dict[str, list[str]]:
    """Return every article the code cites, with the files that cite it."""
    found: dict[str, list[str]] = {}
    for path in source_files():
        for article in cited(path.read_text("utf-8")):
            found.setdefault(article, []).append(str(path.relative_to(ROOT)))
    return found


def articles(manual: Manual = ENGLISH) -> Table:
    return table(manual, FIRST_HEADING[manual])


def code_spans(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def resolve(dotted: str) -> tuple[object, ModuleType]:
    """Import what a dotted path names, and the module it stands in. Raises where there is no such thing."""
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        found: object = module
        for part in parts[end:]:
            found = getattr(found, part)
        return found, module
    raise ModuleNotFoundError(dotted)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("督§6(4), 考§7(1)4.", {"督§6", "考§7"}),
        ("考§7(2)1–3, unless 考§7(2)4", {"考§7"}),
        ("(督§3, §9; 考§2–4, §16)", {"督§3", "督§9", "考§2", "考§3", "考§4", "考§16"}),
        ("督§19(1)—督§19(10) 或 考§21(1)-考§21(10)", {"督§19", "考§21"}),
        ("督附3 表4，考附2(四)", {"督附3", "考附2"}),
        ("考§7(1)、考§8 GB 11643", {"考§7", "考§8", "GB 11643"}),
        ("RFC 9052 §4.4, §9", set()),
    ],
)
def test_citations_are_read_with_their_ranges_and_items(text: str, expected: set[str]) -> None:
    assert cited(text) == expected


def test_every_article_the_code_cites_is_in_the_table_and_no_other() -> None:
    in_table = cited("\n".join(articles().column(0)))
    in_code = cited_in_code()
    assert {article: files for article, files in in_code.items() if article not in in_table} == {}
    assert in_table - in_code.keys() == set()


def test_every_article_of_the_regulation_is_accounted_for() -> None:
    in_table = cited("\n".join(articles().column(0)))
    rest = cited("\n".join(table(ENGLISH, REST_HEADING[ENGLISH]).column(0)))
    assert in_table & rest <= ITEMS.keys()
    assert in_table | rest == ALL_ARTICLES


@pytest.mark.parametrize("article", ITEMS)
def test_every_item_of_an_article_that_is_partly_for_people_is_accounted_for(article: str) -> None:
    in_table = items_of(article, "\n".join(articles().column(0)))
    rest = items_of(article, "\n".join(table(ENGLISH, REST_HEADING[ENGLISH]).column(0)))
    assert in_table & rest == set()
    assert in_table | rest == set(range(1, ITEMS[article] + 1))


def test_every_row_names_code_that_exists_and_cites_the_article() -> None:
    for key, _, code, _ in articles().rows:
        files = set()
        for dotted in code_spans(code):
            _, module = resolve(dotted)
            assert module.__file__ is not None
            files.add(Path(module.__file__))
        assert files, key
        assert cited(key) <= cited("\n".join(file.read_text("utf-8") for file in files)), key


def test_every_row_names_a_test_that_exists_and_is_named_for_the_article() -> None:
    for key, _, _, tests in articles().rows:
        sources = []
        for span in code_spans(tests):
            file, _, function = span.partition("::")
            sources.append((ROOT / file).read_text("utf-8"))
            assert not function or re.search(rf"^def {function}\(", sources[-1], re.MULTILINE), span
        assert sources, key
        assert cited(key) & cited("\n".join(sources)), key


def test_every_rule_of_eligibility_cites_its_article_and_is_in_the_table() -> None:
    named = set(code_spans("\n".join(articles().column(2))))
    for rule in RULES:
        assert cited(rule.__doc__ or ""), f"{rule.__name__} cites no article"
        assert f"{rule.__module__}.{rule.__name__}" in named


def test_both_manuals_have_the_same_table() -> None:
    english, chinese = (articles(manual) for manual in BOTH)
    for place in (0, 2, 3):
        assert english.column(place) == chinese.column(place)
    rests = [table(manual, REST_HEADING[manual]).column(0) for manual in BOTH]
    assert rests[0] == rests[1]
