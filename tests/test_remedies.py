"""A refusal is a code with parameters; what to do is said by each door in its own words, and by nobody else."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import click
import pytest

from service import settings
from service.api.remedies import HTTP_REMEDIES
from service.cli import main
from service.cli.remedies import CLI_REMEDIES
from service.flows.remedies import Remedies, with_remedy
from service.pages.office.words import office_texts
from service.pages.remedies import PAGE_REMEDIES
from tests.inside import CHECKOUT

COMMAND_WORDS: Final = re.compile(r"zhengka [a-z]|(?<![\w-])--[a-z]|ZHENGKA_")
OTHER_ROOMS: Final = (
    *(f"service/{room}" for room in ("api", "domain", "flows", "pages", "roster", "store", "web")),
    "keys",
    "cardlayout",
)
ALLOWED: Final = {"zhengka cardlayout"}
"""Not the command: the name of the library, in the files it draws."""

DOORS: Final = {"cli": CLI_REMEDIES, "api": HTTP_REMEDIES, "pages": PAGE_REMEDIES}
VARIABLES: Final = {value for value in vars(settings).values() if isinstance(value, str)}
SAYINGS: Final = [
    pytest.param(door, code, text, id=f"{door}-{code}-{language}")
    for door, remedies in DOORS.items()
    for code, words in remedies.items()
    for language, text in zip(("zh", "en"), words, strict=True)
]
TEMPLATES_OF_ROUTES: Final = re.compile(r"/(?:api|schema)[\w/{}.]*")


@cache
def literals(file: Path) -> list[tuple[int, str]]:
    """Return line and text of every string of a module, those within f-strings too, but docstrings."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    standing_alone = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return [
        (node.lineno, node.value)
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in standing_alone
    ]


def test_no_room_but_the_command_line_speaks_of_commands() -> None:
    assert [
        f"{file.relative_to(CHECKOUT)}:{line}: {text}"
        for room in OTHER_ROOMS
        for file in sorted((CHECKOUT / room).rglob("*.py"))
        for line, text in literals(file)
        if COMMAND_WORDS.search(text) and text not in ALLOWED
    ] == []


@pytest.mark.parametrize("door", DOORS)
def test_every_remedy_is_for_a_code_that_there_is(door: str) -> None:
    files = [file for room in (*OTHER_ROOMS, "service/cli") for file in (CHECKOUT / room).rglob("*.py")]
    known = {text for file in files if file.name != "remedies.py" for _, text in literals(file)}
    assert DOORS[door].keys() <= known


@pytest.mark.parametrize(("door", "code", "text"), SAYINGS)
def test_every_remedy_is_in_its_doors_words(door: str, code: str, text: str) -> None:
    assert text.strip(), code
    assert (door == "cli") == bool(COMMAND_WORDS.search(text))
    assert (door == "api") == bool(TEMPLATES_OF_ROUTES.search(text) or "`" in text)


@pytest.mark.parametrize("words", [pytest.param(words, id=code) for code, words in CLI_REMEDIES.items()])
def test_a_remedy_at_the_command_line_names_what_there_is(words: tuple[str, str]) -> None:
    zh, en = words
    assert sorted(COMMAND_WORDS.findall(zh)) == sorted(COMMAND_WORDS.findall(en)), "both name the same"
    for text in words:
        assert set(re.findall(r"ZHENGKA_\w+", text)) <= VARIABLES
        taken: set[str] = set()
        for said in re.findall(r"zhengka((?: (?:[a-z][a-z-]*|\{\w+\}))*)((?: --[a-z-]+)*)", text):
            command = found(said[0].split())
            options = {option for parameter in command.params for option in parameter.opts}
            assert set(said[1].split()) <= options, said
            taken |= options
        assert set(re.findall(r"(?<![\w-])--[a-z-]+", text)) <= taken


def found(words: list[str]) -> click.Command:
    """Find the command that words begin with; whatever follows it is its argument."""
    command: click.Command = main
    for word in words:
        inner = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
        if isinstance(command, click.Group):
            assert inner is not None, words
            command = inner
        else:
            assert command.params, words
            break
    return command


@pytest.mark.parametrize("words", [pytest.param(words, id=code) for code, words in PAGE_REMEDIES.items()])
def test_a_remedy_on_a_page_quotes_what_stands_on_a_page(words: tuple[str, str]) -> None:
    zh, en = words
    assert zh[0] > "\u2e80"
    assert not re.search("[\u2e80-\U0003ffff]", en)
    texts = [(text.zh, text.en) for text in office_texts().values()]
    for language, text in enumerate(words):
        for quoted in re.findall("“(.*?)”", text):
            assert quoted in [both[language] for both in texts]


def test_a_remedy_is_left_out_where_it_would_name_what_nobody_knows() -> None:
    remedies: Remedies = {"a": ("用 {number}", "use {number}")}
    assert with_remedy(remedies, "a", ("错", "wrong"), {"number": "7"}) == ("错；用 7", "wrong; use 7")
    assert with_remedy(remedies, "a", ("错", "wrong")) == ("错", "wrong")
    assert with_remedy(remedies, "b", ("错", "wrong"), {"number": "7"}) == ("错", "wrong")
