"""督附1, 督附2, 考附1, 考附3: the forms hold the regulation's own words, all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from service.domain.forms import FormName, FormsInvalid, parse_forms
from service.flows.shipped import shipped_forms

REGULATION = Path(__file__).parents[3] / "shared" / "regulation.txt"
# Where each form's table begins and the next text after it.
PLACES = {
    FormName.FEEDBACK: ("技能人才评价质量督导情况反馈表（样表）", "附件 2"),
    FormName.SUPERVISOR_REVIEW: ("技能人才评价质量督导员工作评议表 (样表)", "技能人才评价质量督导员证卡编码规则"),
    FormName.ASSESSOR_REVIEW: ("技能人才评价考评人员工作评议表（样表）", "技能人才评价考评人员证卡编码规则"),
    FormName.SESSION_RECORD: ("技能考核考场情况记录表", "\0"),
}


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
    begin, end = PLACES[name]
    regulation = REGULATION.read_text("utf-8")
    table = regulation[regulation.rindex(f"\n{begin}\n") :].split(end)[0]
    form = next(form for form in msgspec.to_builtins(shipped_forms()).values() if form["annex"] == name)
    mine = {part for key, value in form.items() if key not in {"annex", "mark"} for part in texts(value) if part}
    assert {part for part in mine if bare(part) not in bare(table)} == set()
    left = bare(table)
    for part in sorted(mine, key=len, reverse=True):
        left = left.replace(bare(part), "")
    assert re.sub(r"[\d\0]", "", left) == "", "points are looked at below"


def test_the_points_of_both_review_sheets_are_a_hundred() -> None:
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
