"""A refusal told to a person: which field, which rule, what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason why something was refused.

    ``code`` is permanent kebab-case. ``article`` cites the regulation (``考§7(1)4``) or is empty where the
    problem is one of form. ``zh`` and ``en`` say what came, what was expected and what to do; neither ever
    holds an identity number. ``field`` is an English roster heading, or empty for the whole row.
    """

    code: str
    field: str
    article: str
    zh: str
    en: str
