"""督附1, 督附2, 考附1, 考附3: the forms hold the regulation's own words, all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from service.domain.forms import FormName, FormsInvalid, parse_forms
from service.flows.shipped import shipped_forms

# The four annexes as the regulation prints them; the file's first line names its source.
REGULATION = Path(__file__).with_name("regulation_forms.txt")


def texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield from re.split(r"\s+", value)
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list() | tuple():
            for inner in value:
                yield from texts(inner)
        case int():
            yield str(value)
        case _:
            pass


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("name", FormName)
def test_every_word_of_the_regulations_table_stands_in_the_form_and_no_other(name: FormName) -> None:
    """督附1, 督§12(2)."""
    annexes = re.split(r"^【(.+)】$", REGULATION.read_text("utf-8"), flags=re.MULTILINE)
    table = annexes[annexes.index(name) + 1]
    form = next(form for form in msgspec.to_builtins(shipped_forms()).values() if form["annex"] == name)
    mine = {part for key, value in form.items() if key not in {"annex", "mark"} for part in texts(value) if part}
    assert {part for part in mine if bare(part) not in bare(table)} == set()
    left = bare(table)
    for part in sorted(mine, key=len, reverse=True):
        left = left.replace(bare(part), "")
    assert re.sub(r"[\d\0]", "", left) == "", "points are looked at below"


def test_the_points_of_both_review_sheets_are_a_hundred() -> None:
    """督附2, 考附1, 督§16, 考§17."""
    forms = shipped_forms()
    for form in (forms.supervisor_review, forms.assessor_review):
        assert sum(item.points for group in form.groups for item in group.items) == 100
        for group in form.groups:
            stated = re.search(r"(\d+)分", group.group)
            assert stated is not None
            assert sum(item.points for item in group.items) == int(stated[1])


def test_other_files_are_refused() -> None:
    with pytest.raises(FormsInvalid, match="the forms cannot be read"):
        parse_forms("{}")
