"""The manual in each language as data, README and pages together: headings, tables, code blocks and commands."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Manual:
    """What is written for readers of one language: its README, then its pages in ``docs/``."""

    language: str
    readme: Path

    @property
    def pages(self) -> tuple[Path, ...]:
        return (self.readme, *sorted((ROOT / "docs" / self.language).glob("*.md")))


ENGLISH: Final = Manual("en", ROOT / "README.md")
CHINESE: Final = Manual("zh", ROOT / "README.zh.md")
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


def text_of(manual: Manual) -> str:
    return "\n".join(page.read_text("utf-8") for page in manual.pages)


def prose_of(manual: Manual) -> str:
    """Return the text without its code blocks."""
    return prose(text_of(manual))


def prose(markdown: str) -> str:
    """Return the text of one page without its code blocks."""
    return _FENCE.sub("", markdown)


def headings(markdown: str) -> tuple[tuple[int, str], ...]:
    return tuple((len(match["marks"]), match["text"]) for match in _HEADING.finditer(prose(markdown)))


def blocks(manual: Manual) -> tuple[tuple[str, str], ...]:
    """Return language and body of every code block."""
    return tuple((match["language"], match["body"]) for match in _FENCE.finditer(text_of(manual)))


def spans(manual: Manual) -> tuple[str, ...]:
    return tuple(_SPAN.findall(prose_of(manual)))


def links(markdown: str) -> tuple[Link, ...]:
    return tuple(Link(match["text"].strip("`"), match["target"]) for match in _LINK.finditer(markdown))


def table(manual: Manual, first_heading: str) -> Table:
    """Find the one table whose first heading is this."""
    (found,) = (one for one in _tables(prose_of(manual)) if one.head[0] == first_heading)
    return found


def _tables(markdown: str) -> Iterator[Table]:
    for block in re.findall(r"(?:^\|.*\|\n)+", markdown, re.MULTILINE):
        head, _, *rows = (_cells(line) for line in block.splitlines())
        assert all(len(row) == len(head) for row in rows), head
        yield Table(head, tuple(rows))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1])


def shell_lines(manual: Manual) -> tuple[str, ...]:
    """Return every command line that is shown: all of ``sh`` blocks, and after ``$`` those of ``console`` blocks."""
    found: list[str] = []
    for language, body in blocks(manual):
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


def shown_commands(manual: Manual) -> tuple[tuple[str, ...], ...]:
    """Return the words after ``zhengka`` of every command line that runs it."""
    return tuple(line[1:] for line in map(words, shell_lines(manual)) if line and line[0] == "zhengka")


def named_commands(manual: Manual) -> tuple[tuple[str, ...], ...]:
    """Return the words after ``zhengka`` of every command that the text names."""
    return tuple(words(span)[1:] for span in spans(manual) if span.startswith("zhengka "))
