"""What to do about a refusal, in the words of the door it came through: each door has its own table of remedies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeAlias

from service.domain.problem import Problem

Words: TypeAlias = tuple[str, str]
"""A sentence in Chinese and in English."""

Remedies: TypeAlias = Mapping[str, Words]
"""By the permanent code of a refusal, what to do; ``{name}`` stands for a parameter of the refusal."""


def with_remedy(remedies: Remedies, code: str, words: Words, parameters: Mapping[str, str] | None = None) -> Words:
    """Return the words of a refusal with the door's remedy behind them.

    They stay as they are where the door has none, or where the refusal lacks a parameter that the remedy names.
    """
    remedy = remedies.get(code)
    if remedy is None:
        return words
    try:
        zh, en = (text.format_map(parameters or {}) for text in remedy)
    except KeyError:
        return words
    return words[0] + "；" + zh, words[1] + "; " + en


def with_remedies(remedies: Remedies, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems of a row with the door's remedies behind their words."""
    return tuple(_with_remedy(remedies, problem) for problem in problems)


def _with_remedy(remedies: Remedies, problem: Problem) -> Problem:
    zh, en = with_remedy(remedies, problem.code, (problem.zh, problem.en))
    return replace(problem, zh=zh, en=en)
