"""What the workbench's pages share: a batch's steps in words, its rows in groups, and what each problem asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from service.domain.application.headings import HEADING_OF
from service.domain.printing import CopyStage
from service.domain.problem import Problem
from service.flows.drafts.views import CellView, DraftView, FileLine, RowLine, RowState
from service.flows.printing.queue import count_stages
from service.flows.remedies import Words
from service.pages.office.base import Desk
from service.pages.words import Language

PAGE: Final = "/office/batches"
OPEN, ISSUING, ISSUED = "open", "issuing", "issued"  # as service.store.tables.DraftState says them
ROWS_A_PAGE: Final = 100


class Section(StrEnum):
    """A part of an application, as the row's page and the groups of problems have it."""

    IDENTITY = "identity"
    APPLYING = "applying"
    CERTIFYING = "certifying"
    PHOTO = "photo"
    MORE = "more"


_SECTIONS: Final[Mapping[str, Section]] = {
    **dict.fromkeys(("name", "resident_id", "work_unit", "phone"), Section.IDENTITY),
    **dict.fromkeys(
        ("certified_on", "notice", "theory_score", "skill_score", "review_score", "score"), Section.CERTIFYING
    ),
    **dict.fromkeys(("photo", "portrait_consent"), Section.PHOTO),
    **dict.fromkeys(("number", "number_reason", "reviewed_by", "recommended_by"), Section.MORE),
}
_OF_SECTION: Final[Mapping[Section, Words]] = {
    Section.IDENTITY: ("对照身份证改正", "correct it by the identity card"),
    Section.APPLYING: ("对照申报材料改正；确实未达到的，移出本批次", "correct it by the papers; else take the row out"),
    Section.CERTIFYING: (
        "对照认证成绩单改正；确实未达到的，移出本批次",
        "correct it by the list of scores; else take the row out",
    ),
    Section.PHOTO: ("从未认领的照片里选，或补传一张", "choose one of the unclaimed photographs, or send one"),
    Section.MORE: ("改这一行", "correct the row"),
}
_REMEDIES: Final[Mapping[str, Words]] = {
    "photo-coming": ("等它传完", "wait until it has come"),
    "occupation-new": (
        "确为新工种的，在上方“确认新工种”中勾选",
        "where it is right, tick it under “New job types” above",
    ),
    "person-twice": ("两行只留一行，另一行移出本批次", "keep one of the two rows and take the other out"),
}


def section_of(field: str) -> Section:
    """Return the part of an application that a field belongs to."""
    return _SECTIONS.get(field, Section.APPLYING if field else Section.MORE)


def field_name(field: str, language: Language) -> str:
    """Name a field of the roster."""
    known = HEADING_OF.get(field)
    return known.zh if known is not None and language == "zh" else field.replace("_", " ")


def remedies(problems: Iterable[Problem], language: Language) -> tuple[str, ...]:
    """Return what to do about problems, each thing once."""
    place = 0 if language == "zh" else 1
    asked = (_REMEDIES.get(one.code, _OF_SECTION[section_of(one.field)])[place] for one in problems)
    return tuple(dict.fromkeys(asked))


@dataclass(frozen=True, slots=True)
class Group:
    """Rows whose first problem is of one part of the application."""

    section: str
    rows: tuple[RowLine, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a batch: its name, its state in words, how it is marked, and where it is done."""

    name: str
    state: str
    mark: str
    href: str = ""


def groups_of(rows: Iterable[RowLine]) -> tuple[Group, ...]:
    """Put rows with problems together by what is to be mended, in the order in which a clerk has the papers."""
    by_section: dict[Section, list[RowLine]] = {section: [] for section in Section}
    for row in rows:
        by_section[section_of(row.field)].append(row)
    order = (Section.PHOTO, Section.IDENTITY, Section.APPLYING, Section.CERTIFYING, Section.MORE)
    return tuple(Group(section.value, tuple(by_section[section])) for section in order if by_section[section])


def queue_of(draft: DraftView) -> tuple[RowLine, ...]:
    """List the rows with problems in the order in which the page of the batch shows them."""
    found = (row for row in draft.rows if row.state is RowState.PROBLEM)
    return tuple(row for group in groups_of(found) for row in group.rows)


def sections_of(cells: Iterable[CellView]) -> tuple[tuple[str, tuple[CellView, ...]], ...]:
    """Put a row's cells under the parts of the application; those that do not concern its kind of card come last."""
    found: dict[str, list[CellView]] = {section.value: [] for section in Section}
    for cell in cells:
        concerns = cell.concerns or cell.value or cell.problems
        found[(section_of(cell.field) if concerns else Section.MORE).value].append(cell)
    return tuple((name, tuple(of)) for name, of in found.items() if of)


def wrong_files(draft: DraftView) -> tuple[FileLine, ...]:
    """List the photographs and archives that cannot be used, or not all of which could be taken.

    A photograph that a row has is that row's problem.
    """
    return tuple(one for one in draft.files if one.problem is not None and not one.rows)


def steps_of(desk: Desk, draft: DraftView) -> tuple[Step, ...]:
    """Return how far a batch has come, step by step."""
    say, page = desk.say, f"{PAGE}/{draft.id}"
    return (
        _roster(say, draft, page),
        _photos(say, draft, page),
        _judged(say, draft, page),
        _issued(say, draft, page),
        *_on_paper(desk, draft),
    )


def _roster(say: Callable[..., str], draft: DraftView, page: str) -> Step:
    href = f"{page}/roster" if draft.state == OPEN else ""
    if draft.rows:
        return Step(say("batch_roster"), say("batch_read", count=draft.counts.people), "past", href)
    state = "batch_to_map" if draft.roster else "batch_no_roster"
    return Step(say("batch_roster"), say(state), "", href)


def _photos(say: Callable[..., str], draft: DraftView, page: str) -> Step:
    photos, people = draft.counts.photos, draft.counts.people
    href = f"{page}/photos" if draft.state == OPEN else ""
    mark = "past" if people and photos == people else "half" if photos else ""
    state = say("batch_with_photo", count=photos) if photos else say("batch_to_come")
    return Step(say("batch_photos"), state, mark, href)


def _judged(say: Callable[..., str], draft: DraftView, page: str) -> Step:
    counts = draft.counts
    if counts.problems:
        return Step(say("batch_check"), say("batch_problems", count=counts.problems), "", page)
    mark = "past" if counts.people else ""
    return Step(say("batch_check"), say("batch_good", count=counts.good) if mark else say("batch_to_come"), mark, page)


def _issued(say: Callable[..., str], draft: DraftView, page: str) -> Step:
    name, href = say("batch_issue"), f"{page}/issue"
    if draft.state == ISSUING:
        said = say("batch_issuing", done=draft.progress.done, total=draft.progress.total)
        return Step(name, said, "half", href)
    if draft.state == ISSUED:
        return Step(name, say("batch_issued"), "past", href)
    return Step(name, say("batch_to_come"), "", href if draft.counts.good else "")


def _on_paper(desk: Desk, draft: DraftView) -> tuple[Step, Step]:
    """Return how many of a batch's cards were printed and handed out; none before it is issued."""
    say, room = desk.say, f"/office/printing?batch={draft.id}"
    if draft.state != ISSUED:
        return Step(say("batch_print"), say("batch_to_come"), ""), Step(say("batch_hand_out"), say("batch_to_come"), "")
    found = count_stages(desk.register, draft.id)
    total, handed = found.total(), found[CopyStage.HANDED_OUT]
    printed = total - found[CopyStage.TO_PRINT]
    return (
        Step(say("batch_print"), say("batch_of", done=printed, total=total), _mark(printed, total), room),
        Step(
            say("batch_hand_out"),
            say("batch_of", done=handed, total=total),
            _mark(handed, total),
            "/office/printing?stage=checked" if found[CopyStage.CHECKED] else "",
        ),
    )


def _mark(done: int, total: int) -> str:
    return "past" if done and done == total else "half" if done else ""


def about(desk: Desk, draft: DraftView, at: int) -> dict[str, Any]:
    """Return what the head of every page of a batch shows."""
    return {
        "draft": draft,
        "steps": steps_of(desk, draft),
        "at": at,
        "page": f"{PAGE}/{draft.id}",
        "is_open": draft.state == OPEN,
        "field_name": partial(field_name, language=desk.language),
    }
