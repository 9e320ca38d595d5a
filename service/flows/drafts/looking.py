"""Look at a photograph once: the working copy, the portrait made of it, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cardlayout.portrait import PortraitError, inspect, working_copy
from service.domain.draft_state import DraftState, FileState
from service.domain.problem import Problem
from service.flows.drafts.bench import Bench
from service.flows.drafts.judge_rows import judge_again
from service.flows.drafts.sealed import file_place, seal, seal_value
from service.flows.issue.normalising import portrait_of
from service.flows.register import Register

_ARTICLE: Final = "督附5"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was made of a photograph: its working copy and its portrait, None where ``error`` speaks against it."""

    copy: bytes | None = None
    portrait: bytes | None = None
    error: PortraitError | None = None


def look(data: bytes) -> Looked:
    """Decode a photograph; threads may do so side by side."""
    copy: bytes | None = None
    try:
        copy = working_copy(data)
        return Looked(copy, portrait_of(data))
    except PortraitError as error:
        return Looked(copy, error=error)


def columns_of(register: Register, sha256: str, looked: Looked) -> dict[str, Any]:
    """Return what is kept of a photograph, sealed, as columns of its row."""
    problem = None if looked.error is None else _problem(register, sha256, looked.error)
    if looked.copy is None:
        return {"state": FileState.REFUSED.value, "problem": problem}
    width, height = inspect(looked.copy)
    values: dict[str, Any] = {
        "state": FileState.KEPT.value,
        "width": width,
        "height": height,
        "body": seal(register, file_place(sha256, "body"), looked.copy),
    }
    if looked.portrait is not None:
        values["portrait"] = seal(register, file_place(sha256, "portrait"), looked.portrait)
    if problem is not None:
        values["problem"] = problem
    return values


def take_in(bench: Bench, looked_at: Mapping[int, Mapping[str, Any]]) -> None:
    """Let a draft have photographs that were looked at, by file, and judge the rows that they concern."""
    concerned = {row.row for row in bench.live if row.file in looked_at}
    bench.take_in(looked_at)
    if bench.draft.state is DraftState.OPEN:  # one that is being issued is judged as a whole when all have come
        judge_again(bench, concerned)


def _problem(register: Register, sha256: str, error: PortraitError) -> bytes:
    problem = Problem(error.code, "photo", _ARTICLE, error.zh, error.en)
    return seal_value(register, file_place(sha256, "problem"), problem)
