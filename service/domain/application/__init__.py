"""Applications for cards: a roster's columns, its cells, and the row read as an application."""

from __future__ import annotations

from service.domain.application.model import (
    Application,
    Cell,
    Condition,
    Evidence,
    ExceptionArticle,
    ExceptionKind,
    MalformedRow,
    RawRow,
    Title,
)
from service.domain.application.parse import parse_row

__all__ = [
    "Application",
    "Cell",
    "Condition",
    "Evidence",
    "ExceptionArticle",
    "ExceptionKind",
    "MalformedRow",
    "RawRow",
    "Title",
    "parse_row",
]
