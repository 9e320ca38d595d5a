"""The words of the office: all there, all used, in both languages, and kept from the telephones at the gate."""

from __future__ import annotations

import re
from pathlib import Path

import service.pages.office
from cardlayout.impose import Flip, Sheet, Slot
from keys.keyring import KeyState, Purpose
from service.domain.access import Permission, Role
from service.domain.amending import AmendedFact
from service.domain.assessment import Outcome, Part, Verdict
from service.domain.draft_state import DraftState
from service.domain.duties import DutyKind
from service.domain.filing import Fact
from service.domain.forms import FormName
from service.domain.printing import AgainReason, CopyOrigin, CopyStage, Delivery
from service.domain.watching import Change
from service.flows.drafts.crop_requests import CropRequest
from service.pages.assets import shipped
from service.pages.office.batch_shown import Section
from service.pages.office.batches import DONE, TABS
from service.pages.office.front import TILES
from service.pages.office.front_tasks import WORK_KEYS
from service.pages.office.menu import MENU
from service.pages.office.words import office_texts
from service.pages.words import texts
from service.roster.survey import How
from tests.pages.test_words import SAID, fields

OFFICE = Path(service.pages.office.__file__).parent
TEMPLATES = sorted((OFFICE.parent / "templates" / "office").glob("*.html"))
SOURCES = [path.read_text("utf-8") for path in (*TEMPLATES, *sorted(OFFICE.rglob("*.py")))]

COMPUTED = {
    *(f"role_{role.value.replace('-', '_')}" for role in Role),
    *(f"menu_{entry.key}" for entry in MENU),
    *(f"menu_{part.key}" for entry in MENU for part in entry.parts),
    *(f"task_{kind.value.replace('-', '_')}{end}" for kind in DutyKind for end in ("", "_unit", "_go")),
    *(f"task_{key}{end}" for key in WORK_KEYS for end in ("", "_unit", "_go")),
    *(f"tile_{tile.key}{end}" for tile in TILES for end in ("", "_hint")),
    *(f"done_{done}" for done in DONE.values()),
    *(f"batch_tab_{tab}" for tab in TABS),
    *(f"issue_page_{state.value}" for state in DraftState if state is not DraftState.DROPPED),
    *(f"batch_state_{state.value}" for state in DraftState if state is not DraftState.OPEN),
    *(f"{part}_{section.value}" for section in Section for part in ("section", "group")),
    *(f"map_how_{how.value}" for how in (How.SAME, How.ALIAS, How.REMEMBERED, How.CHOSEN)),
    *(f"form_{name.name.lower()}" for name in FormName),
    *(f"sheet_{sheet.name.lower()}" for sheet in Sheet),
    *(f"flip_{flip.name.lower()}" for flip in Flip),
    *(f"slot_{slot.name.lower()}" for slot in Slot),
    *(f"plan_part_{part.value}" for part in Part),
    *(f"crop_{field}" for field in CropRequest.__struct_fields__),
    *(f"amend_{fact.value}" for fact in AmendedFact),
    *(f"renew_{score}" for score in ("theory_score", "skill_score", "review_score", "score")),
    *(f"pr_stage_{stage}" for stage in ("none", *(one.name.lower() for one in CopyStage))),
    *(f"pr_origin_{origin}" for origin in ("none", *CopyOrigin)),
    *(f"pr_reason_{reason.value}" for reason in AgainReason),
    *(f"pr_delivery_{delivery.value}" for delivery in Delivery),
    *(f"pr_{name}" for name in ("front_x", "front_y", "back_x", "back_y")),
    *(f"watch_{change.value}" for change in Change),
    *(f"task_watch{end}" for end in ("", "_unit", "_go")),
    *("done_centre_prints", "done_prints_itself", "reports_photo_front", "reports_photo_back"),
    *(f"composition_{verdict.value}" for verdict in Verdict),
    *(f"ruling_{outcome.value}" for outcome in Outcome),
    *(f"texts_{group}" for group in ("supervisor", "assessor", "labels", "rest")),
    *(f"task_webhooks{end}" for end in ("", "_unit", "_go")),
    *(f"task_restored{end}" for end in ("", "_unit")),
    *("search_for_amend", "search_for_replace", "search_to_amend", "search_to_replace", "search_to_renew"),
    *(f"letter_{letter}" for letter in "hys"),
    *(f"fact_{fact.value}" for fact in Fact),
    *(f"key_purpose_{purpose.name.lower()}" for purpose in Purpose),
    *(f"key_state_{state.name.lower()}" for state in KeyState),
    *(f"may_{permission.name.lower()}" for permission in Permission),
    *(f"institution_{act}{end}" for act in ("close", "reopen") for end in ("", "_does", "_go")),
    *(f"done_institution_{done}" for done in ("changed", "closed", "reopened", "filed")),
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
    assert office_texts()["find_what"].zh.encode() not in everything
