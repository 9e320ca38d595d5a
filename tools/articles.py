"""The table of articles, from the code: which rule carries an article out, and which tests hold it.

A rule is a public function or class whose docstring, or the first paragraph of it, ends with its article; a test
belongs to the articles with which its docstring begins. What an article asks in one line, and what it leaves to people,
stands in ``docs/articles.json``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

ROOT: Final = Path(__file__).parents[1]
TEXTS: Final = ROOT / "docs" / "articles.json"

_ITEM: Final = r"(?:\([^()\s]{1,3}\)[0-9]*(?:[–-]\(?[0-9]+\)?)?)?"  # (4), (2)1–3, (1)–(10), (四)
_REFERENCE: Final = rf"(?:§[0-9]+(?:[–-][0-9]+)?|附[0-9]+){_ITEM}"
_CITATION: Final = rf"(?:[督考]{_REFERENCE}(?:[,、] ?{_REFERENCE})*|GB 11643)"
_CITATIONS: Final = re.compile(rf"(?P<rule>[督考])(?P<references>{_REFERENCE}(?:[,、] ?{_REFERENCE})*)")
_ARTICLE: Final = re.compile(r"§(?P<first>[0-9]+)(?:[–-](?P<last>[0-9]+))?|附(?P<annex>[0-9]+)")
_LIST: Final = rf"(?P<cited>{_CITATION}(?:,\s+{_CITATION})*)"
_ENDS: Final = re.compile(rf"(?:[.:;)\"”]\s+|\((?:cf\. )?){_LIST}(?: rows? [0-9]+(?: and [0-9]+)?)?\)?\.?$")
_BEGINS: Final = re.compile(rf"^{_LIST}")

_RULES: Final = ("service/domain", "cardlayout")
_NO_RULES: Final = ".errors."  # an error cites the article it is raised by
_TESTS: Final = (("tests/domain/", "tests/cardlayout/"), ("tests/",))
"""Folders, the nearest to the rules first: of an article's tests those of the first that have any are listed."""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    zh: str
    en: str


class Article(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of an article.

    ``asks`` is absent where the program carries nothing out; ``people`` is what is left to people, of ``items``
    numbered items those in ``items_for_people``.
    """

    asks: Words | None = None
    people: Words | None = None
    items: int = 0
    items_for_people: tuple[int, ...] = ()


class Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of texts."""

    articles: dict[str, Article]
    readings: Words


def texts() -> Texts:
    """Read what people have written of each article."""
    return msgspec.json.decode(TEXTS.read_bytes(), type=Texts)


def cited(text: str) -> frozenset[str]:
    """Collect the articles a text cites, items folded to their article: ``考§7(2)1–3`` is 考§7, ``考§2–4`` three."""
    return frozenset(_cited(text))


def items_of(article: str, text: str) -> set[int]:
    """Collect the items of one article that a text cites: ``督附1(4)–(6)`` are three."""
    found = re.finditer(rf"{article}\((?P<first>[0-9]+)\)(?:[–-]\((?P<last>[0-9]+)\))?", text)
    return {number for one in found for number in range(int(one["first"]), int(one["last"] or one["first"]) + 1)}


def rules() -> dict[str, str]:
    """Return every rule by its dotted name, with the citation its docstring ends with."""
    return {
        name: found["cited"]
        for folder in _RULES
        for name, text in _documented(ROOT / folder, "")
        if _NO_RULES not in name and (found := _ENDS.search(text) or _ENDS.search(text.partition("\n\n")[0]))
    }


def named_tests() -> dict[str, str]:
    """Return every test of an article, ``file::function``, with the citation its docstring begins with."""
    return {
        name: found["cited"]
        for name, text in _documented(ROOT / "tests", "test_")
        if (found := _BEGINS.search(text)) and "::" in name
    }


def rules_of(article: str, found: Mapping[str, str]) -> list[str]:
    """Return the rules that carry an article out."""
    return sorted(name for name, citation in found.items() if article in cited(citation))


def nearest_tests(article: str, found: Mapping[str, str]) -> list[str]:
    """Return the tests of an article that stand nearest to its rules."""
    named = [name for name, citation in found.items() if article in cited(citation)]
    for folders in _TESTS:
        if near := sorted(name for name in named if name.startswith(folders)):
            return near
    return []


def _documented(folder: Path, prefix: str) -> Iterator[tuple[str, str]]:
    """Return name and docstring of the public functions, classes and methods below a folder."""
    for path in sorted(folder.rglob("*.py")):
        inside = path.relative_to(ROOT)
        start = f"{inside.as_posix()}::" if prefix else ".".join(inside.with_suffix("").parts) + "."
        yield from _documented_in(ast.parse(path.read_text("utf-8")), start.replace(".__init__.", "."), prefix)


def _documented_in(parent: ast.Module | ast.ClassDef, start: str, prefix: str) -> Iterator[tuple[str, str]]:
    for node in parent.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if node.name.startswith(prefix) and (text := ast.get_docstring(node)):
            yield start + node.name, text
        if isinstance(node, ast.ClassDef):
            yield from _documented_in(node, f"{start}{node.name}.", prefix)


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


_TITLE: Final = {"en": "# Articles, code, tests", "zh": "# 条款、代码、测试"}
_INTRODUCTION: Final = {
    "en": "What each article asks; the functions and values in `service/domain/` and `cardlayout/` whose docstrings "
    "end with it; the tests whose docstrings begin with it, where there are many those nearest to the rules. This page "
    "is generated from the code and from `docs/articles.json`: `python -m tools.reference`.",
    "zh": "每一条要求什么；`service/domain/` 和 `cardlayout/` 里哪些函数和值执行它（其说明以该条结尾）；哪些测试把关"
    "（其说明以该条开头，多的只列离规则最近的）。本页由代码和 `docs/articles.json` 生成：`python -m tools.reference`。",
}
HEAD: Final = {
    "en": ("Article", "What it asks", "Rules", "Tests", "Left to people"),
    "zh": ("条款", "要求", "规则", "测试", "由人执行"),
}
REST_HEAD: Final = {"en": ("Other articles", "Why they are not above"), "zh": ("其余条款", "为何不在上表")}


def page(language: str) -> str:
    """Return the page of articles in a language, ``en`` or ``zh``."""
    said, carried_out, held = texts(), rules(), named_tests()
    rows, rest = [], []
    for key, article in said.articles.items():
        people = "" if article.people is None else _in(language, article.people)
        if article.asks is None:
            rest.append((key, people))
            continue
        marked = "".join(f"({item})" for item in article.items_for_people)
        own_rules = "<br>".join(f"`{name}`" for name in rules_of(key, carried_out))
        rows.append(
            (
                key,
                _in(language, article.asks),
                own_rules,
                _by_file(nearest_tests(key, held)),
                f"{marked} {people}".strip(),
            )
        )
    parts = (
        _TITLE[language],
        _INTRODUCTION[language],
        table(HEAD[language], rows),
        table(REST_HEAD[language], rest),
        _in(language, said.readings),
    )
    return "\n\n".join(parts) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def _in(language: str, words: Words) -> str:
    return words.zh if language == "zh" else words.en


def _by_file(names: Iterable[str]) -> str:
    """Return a cell: each file once, with its tests as the sentences their names are."""
    files: dict[str, list[str]] = {}
    for name in names:
        file, _, test = name.partition("::")
        files.setdefault(file, []).append(test.removeprefix("test_").replace("_", " "))
    return "<br>".join(f"`{file}`: {'; '.join(sentences)}" for file, sentences in files.items())
