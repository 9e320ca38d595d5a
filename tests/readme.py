"""The two READMEs as data: headings, tables, code blocks and commands."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
ENGLISH: Final = ROOT / "README.md"
CHINESE: Final = ROOT / "README.zh.md"
BOTH: Final = (ENGLISH, CHINESE)

_FENCE: Final = re.compile(r"^ *```(?P<language>\w*)\n(?P<body>.*?)^ *```$", re.MULTILINE | re.DOTALL)
_HEADING: Final = re.compile(r"^(?P<marks>#+) (?P<text>.+)$", re.MULTILINE)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_LINK: Final = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Link:
    """A Markdown link; ``text`` without the marks of code."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """A Markdown table: cells as they are written."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, place: int) -> tuple[str, ...]:
        return tuple(row[place] for row in self.rows)


def text_of(readme: Path) -> str:
    return readme.read_text("utf-8")


def prose_of(readme: Path) -> str:
    """Give the text without its code blocks."""
    return _FENCE.sub("", text_of(readme))


def headings(readme: Path) -> tuple[tuple[int, str], ...]:
    return tuple((len(match["marks"]), match["text"]) for match in _HEADING.finditer(prose_of(readme)))


def blocks(readme: Path) -> tuple[tuple[str, str], ...]:
    """Give language and body of every code block."""
    return tuple((match["language"], match["body"]) for match in _FENCE.finditer(text_of(readme)))


def spans(readme: Path) -> tuple[str, ...]:
    return tuple(_SPAN.findall(prose_of(readme)))


def links(markdown: str) -> tuple[Link, ...]:
    return tuple(Link(match["text"].strip("`"), match["target"]) for match in _LINK.finditer(markdown))


def table(readme: Path, first_heading: str) -> Table:
    """Find the one table whose first heading is this."""
    (found,) = (one for one in _tables(prose_of(readme)) if one.head[0] == first_heading)
    return found


def _tables(markdown: str) -> Iterator[Table]:
    for block in re.findall(r"(?:^\|.*\|\n)+", markdown, re.MULTILINE):
        head, _, *rows = (_cells(line) for line in block.splitlines())
        assert all(len(row) == len(head) for row in rows), head
        yield Table(head, tuple(rows))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])


def shell_lines(readme: Path) -> tuple[str, ...]:
    """Give every command line that is shown: all of ``sh`` blocks, and after ``$`` those of ``console`` blocks."""
    found: list[str] = []
    for language, body in blocks(readme):
        lines = [line.strip() for line in body.replace("\\\n", " ").splitlines()]
        if language == "sh":
            found += lines
        elif language == "console":
            found += [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return tuple(line for line in found if line)


def words(line: str) -> tuple[str, ...]:
    """Split a line of shell into the words of its first command, without its comment."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return tuple(itertools.takewhile(lambda word: not set(word) <= set("|<>;&()"), lexer))


def shown_commands(readme: Path) -> tuple[tuple[str, ...], ...]:
    """Give the words after ``zhengka`` of every command line that runs it."""
    return tuple(line[1:] for line in map(words, shell_lines(readme)) if line and line[0] == "zhengka")


def named_commands(readme: Path) -> tuple[tuple[str, ...], ...]:
    """Give the words after ``zhengka`` of every command that the text names."""
    return tuple(words(span)[1:] for span in spans(readme) if span.startswith("zhengka "))
