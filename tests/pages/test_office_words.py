"""The words of the office: all there, all used, in both languages, and kept from the telephones at the gate."""

from __future__ import annotations

import re
from pathlib import Path

import service.pages.office
from cardlayout.impose import Flip, Sheet, Slot
from service.domain.access import Role
from service.domain.assessment import Outcome, Verdict
from service.domain.forms import FormName
from service.pages.assets import shipped
from service.pages.office.base import MENU
from service.pages.office.words import office_texts
from service.pages.words import texts
from tests.pages.test_words import SAID, fields

OFFICE = Path(service.pages.office.__file__).parent
TEMPLATES = sorted((OFFICE.parent / "templates" / "office").glob("*.html"))
SOURCES = [path.read_text("utf-8") for path in (*TEMPLATES, *sorted(OFFICE.rglob("*.py")))]

COMPUTED = {
    *(f"role_{role.value.replace('-', '_')}" for role in Role),
    *(f"menu_{entry.key}{end}" for entry in MENU for end in ("", "_hint")),
    *(f"form_{name.name.lower()}" for name in FormName),
    *(f"step_{step}" for step in ("upload", "check", "print")),
    *(f"sheet_{sheet.name.lower()}" for sheet in Sheet),
    *(f"flip_{flip.name.lower()}" for flip in Flip),
    *(f"slot_{slot.name.lower()}" for slot in Slot),
    *(f"composition_{verdict.value}" for verdict in Verdict),
    *(f"ruling_{outcome.value}" for outcome in Outcome),
    *(f"done_{done}" for source in SOURCES for done in re.findall(r'done="(\w+)"', source)),
}
"""Keys that are put together where they are used."""


def test_every_text_of_the_office_stands_in_both_languages() -> None:
    for key, text in office_texts().items():
        assert re.search(r"[\u4e00-\u9fff]", text.zh), key
        assert text.en.strip(), key
        assert not re.search(r"[\u4e00-\u9fff]", text.en), key
        assert fields(text.zh) == fields(text.en), key


def test_every_text_that_the_office_says_is_there() -> None:
    said = {key for source in SOURCES for found in SAID.findall(source) for key in found if key}
    assert len(said) >= 10, "what is looked for is found"
    assert sorted((said | COMPUTED) - office_texts().keys() - texts().keys()) == []


def test_every_text_of_the_office_is_said() -> None:
    everything = "\n".join(SOURCES)
    unused = [key for key in office_texts() if key not in COMPUTED and not re.search(rf"""['"]{key}['"]""", everything)]
    assert unused == []


def test_the_office_has_no_second_word_for_what_all_pages_say() -> None:
    assert office_texts().keys() & texts().keys() == set()


def test_telephones_do_not_download_the_office() -> None:
    everything = b"".join(asset.body for name, asset in shipped().files.items() if name.startswith("app/"))
    assert office_texts()["menu_search_hint"].zh.encode() not in everything
