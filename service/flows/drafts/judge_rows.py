"""Judge the rows of a batch at work: all of them, or one and those it touches. No number is spent, nothing is signed.

A row touches those of the same person, those with the same number assigned by hand, and those whose photograph is found
by a name that it changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from service.domain.application import Application, MalformedRow, parse_row
from service.domain.draft_state import FileKind, FileState
from service.domain.problem import Problem
from service.flows.drafts.bench import JUDGED_ON, Bench, BenchRow, portraits_of
from service.flows.drafts.sealed import Judgement, file_place, unseal_value
from service.flows.issue.judging import Judged, Portraits, Row, judge, policy_for
from service.flows.issue.new_job_types import asked_about, known_job_types, questions
from service.roster.photo_files import PhotoFile, PhotoFiles
from service.roster.photos import match_photos

_UNNAMED: Final = "（核发时填写）"
"""Stands for the reviewer while nobody is named: one question for the batch, not a problem of each row."""

_ARTICLE: Final = "督附5"


@dataclass(frozen=True, slots=True)
class Found:
    """The rows that were judged, as they were read, and what was found of them."""

    rows: Sequence[Row]
    judged: Judged


def judge_again(
    bench: Bench,
    only: Iterable[int] | None = None,
    progress: Callable[[int], None] = lambda _: None,
    *,
    is_final: bool = False,
) -> Found:
    """Judge the rows ``only`` and those they touch, or all; the judgements stand in the bench's rows.

    ``is_final``: cards are issued by it, so a row without a reviewer is refused.
    """
    register = bench.register
    confirmed = bench.changes.get("new_job_types", bench.draft.new_job_types)
    catalogue = known_job_types(register, confirmed)
    live = bench.live
    read = {row.row: parse_row(row.content.raw(row.row), catalogue) for row in live}
    asked_for = set(read) if only is None else set(only) & set(read)
    moved, problems = _match(bench, live, read)
    wanted = set(read) if only is None else asked_for | moved | _touched(bench, read, asked_for)
    if only is None:
        bench.changes[JUDGED_ON] = True
    rows = [row for row in live if row.row in wanted]
    parsed = [read[row.row] for row in rows]
    policy = policy_for(register, bench.terms, parsed)
    lacking = {one.row for one in parsed if isinstance(one, Application) and not (one.reviewed_by or policy.reviewer)}
    with register.database.read() as connection:
        jpegs = portraits_of(connection, bench, rows)
    portraits = Portraits(jpegs=jpegs, problems={row: [*found] for row, found in problems.items() if row in wanted})
    for place, asked in questions(parsed, catalogue).items():
        portraits.problems[place] = [*asked, *portraits.problems.get(place, ())]
    if not is_final:
        policy = replace(policy, reviewer=policy.reviewer or _UNNAMED)
    judged = judge(register, policy, parsed, portraits, progress)
    for row, one in zip(rows, parsed, strict=True):
        row.judgement = Judgement(
            one.name,
            tuple(judged.refused.get(row.row, ())),
            tuple(judged.warned.get(row.row, ())),
            asked_about([one]),
            row.row in lacking,
        )
        row.is_judged = True
    return Found(parsed, judged)


def _match(
    bench: Bench, live: Sequence[BenchRow], read: Mapping[int, Row]
) -> tuple[set[int], dict[int, list[Problem]]]:
    """Find each row's photograph by its name; return the rows whose photograph is another now, and all problems."""
    claimed = {row.file for row in live if row.is_claimed}
    by_path: dict[str, int] = {}
    for one in bench.files.values():
        if one.kind is FileKind.PHOTO and one.id not in claimed:
            by_path.update((name, one.id) for name in bench.names_of(one))
    matches = match_photos(PhotoFiles(tuple(PhotoFile(path, bytes) for path in by_path)), list(read.values()))
    moved: set[int] = set()
    problems: dict[int, list[Problem]] = {}
    for row in live:
        if not row.is_claimed:
            photo = matches.by_row.get(row.row) or matches.likely.get(row.row)
            found = None if photo is None else by_path[photo.path]
            if found != row.file:
                row.file, row.crop, row.portrait, row.has_portrait = found, None, None, False
                row.is_changed, row.is_seen = True, False
                moved.add(row.row)
            if row.row in matches.problems:
                problems[row.row] = [matches.problems[row.row]]
        if row.file is not None and (problem := _problem_of(bench, row)) is not None:
            problems[row.row] = [problem]
    return moved, problems


def _problem_of(bench: Bench, row: BenchRow) -> Problem | None:
    """Return what is wrong with a row's photograph: it is on its way, or cannot be used."""
    file = bench.files.get(row.file or 0)
    if file is None:
        return None
    if file.problem is not None and not (row.has_portrait or row.portrait is not None):
        return unseal_value(bench.register, file_place(file.digest.hex(), "problem"), file.problem, Problem)
    if file.state in {FileState.COMING, FileState.WAITING}:
        return Problem("photo-coming", "photo", _ARTICLE, "照片：正在接收", "photo: it is on its way")
    return None


def _touched(bench: Bench, read: Mapping[int, Row], only: set[int]) -> set[int]:
    """Return the rows that a change of some may concern: of the same people and numbers, as they are and were."""
    by_key: defaultdict[object, set[int]] = defaultdict(set)
    for row, one in read.items():
        for key in _keys(one):
            by_key[key].add(row)
    touched: set[int] = set()
    for row in only:
        for key in _keys(read[row]):
            touched |= by_key[key]
    for key in bench.former_keys:
        touched |= by_key[key]
    return touched


def keys_of(row: BenchRow, bench: Bench) -> set[object]:
    """Return by what a row touches others, before it is changed."""
    catalogue = known_job_types(bench.register, bench.draft.new_job_types)
    return _keys(parse_row(row.content.raw(row.row), catalogue))


def _keys(one: Application | MalformedRow) -> set[object]:
    keys: set[object] = set()
    if one.resident_id is not None:
        keys.add(one.resident_id)
    if isinstance(one, Application) and one.number is not None:
        keys.add(("number", one.number))
    return keys
