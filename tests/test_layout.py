"""The house is laid out as it is described: modules of one noun, and use cases in folders by noun."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.manual import ROOT

MOST_LINES: Final = 300
FOLDERS: Final = {
    *("assessments", "cards", "checking", "drafts", "issue", "keys", "notices", "people"),
    *("printing", "publishing", "requests", "running"),
}
# A step of the tables is a document of the day it was written, and is never changed again.
WRITTEN_ONCE: Final = ROOT / "service" / "store" / "migrations" / "versions"


def modules(folder: str) -> list[Path]:
    return [path for path in (ROOT / folder).rglob("*.py") if not path.is_relative_to(WRITTEN_ONCE)]


@pytest.mark.parametrize("folder", ["service", "cardlayout", "keys", "notices", "tools"])
def test_no_module_is_longer_than_three_hundred_lines(folder: str) -> None:
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in modules(folder)}
    long = {name: count for name, count in lines.items() if count > MOST_LINES}
    assert long == {}, "split them, a noun each"


def test_use_cases_stand_in_folders_by_noun_and_each_says_what_it_owns() -> None:
    flows = ROOT / "service" / "flows"
    folders = {path.name for path in flows.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == FOLDERS
    for name in folders:
        text = ast.get_docstring(ast.parse((flows / name / "__init__.py").read_text("utf-8")))
        assert text, f"service/flows/{name}/__init__.py says what stands in the folder"
        assert text.split("\n")[0].endswith((".", ":")), name
