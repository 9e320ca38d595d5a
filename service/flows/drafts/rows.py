"""Edit the rows of a batch in place; what is changed, and what it touches, is judged again at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from service.domain.access import Principal
from service.domain.application import Cell
from service.domain.application.headings import HEADING_OF, HEADINGS
from service.domain.tidy import tidy_occupation
from service.flows.drafts.bench import Bench, BenchRow, change
from service.flows.drafts.draft_requests import Filling, RowEdit
from service.flows.drafts.judge_rows import judge_again, keys_of
from service.flows.drafts.refusals import changed_since
from service.flows.drafts.rosters import MOST_ROWS, field_unknown
from service.flows.drafts.sealed import RowContent
from service.flows.errors import Refused
from service.flows.register import Register

_FIELDS: Final = frozenset(heading.field for heading in HEADINGS)
_LONGEST: Final = 2_000  # characters of a cell; what may be in it is judged with the row


def edit_row(register: Register, principal: Principal, identity: int, typed: RowEdit) -> None:
    """Put cells in place of a row's; those that are absent stay, an empty one is emptied.

    Raises Refused for a row that is not there, and for a version of it that is no longer the newest.
    """
    check_fields(typed.cells)

    def edit(bench: Bench) -> None:
        one = bench.row(typed.row)
        if one.version != typed.version:
            raise changed_since()
        _touch(bench, one)
        _put(one, typed.cells)
        judge_again(bench, {typed.row})

    change(register, principal, identity, edit)


def fill_rows(register: Register, principal: Principal, identity: int, filling: Filling) -> None:
    """Put one value into a field of several rows. Raises Refused."""
    cells = {filling.field: filling.value}
    check_fields(cells)

    def edit(bench: Bench, one: BenchRow) -> None:
        _touch(bench, one)
        _put(one, cells)

    _each(register, principal, identity, filling.rows, edit)


def remove_rows(register: Register, principal: Principal, identity: int, rows: Iterable[int]) -> None:
    """Take rows out of the batch; they stay listed as taken out. Raises Refused."""

    def edit(bench: Bench, one: BenchRow) -> None:
        _touch(bench, one)
        one.is_removed = one.is_changed = True

    _each(register, principal, identity, rows, edit)


def put_back(register: Register, principal: Principal, identity: int, rows: Iterable[int]) -> None:
    """Take rows into the batch again. Raises Refused."""

    def edit(_bench: Bench, one: BenchRow) -> None:
        one.is_removed, one.is_changed = False, True

    _each(register, principal, identity, rows, edit)


def add_row(register: Register, principal: Principal, identity: int, cells: Mapping[str, str]) -> int:
    """Add a person to the batch and return the number of the row. Raises Refused for a batch that is full."""
    check_fields(cells)

    def edit(bench: Bench) -> int:
        if len(bench.rows) >= MOST_ROWS:
            raise Refused("draft-full", f"一批最多 {MOST_ROWS} 人", f"a batch has at most {MOST_ROWS} people")
        row = max(bench.rows, default=1) + 1
        bench.rows[row] = BenchRow(row, RowContent({}), is_changed=True)
        _put(bench.rows[row], cells)
        judge_again(bench, {row})
        return row

    return change(register, principal, identity, edit)


def confirm_new_job_types(register: Register, principal: Principal, identity: int, names: Iterable[str]) -> None:
    """Confirm that these job types, and no others, are called as they are written; the rows are judged again."""
    tidied = list(dict.fromkeys(map(tidy_occupation, names)))

    def edit(bench: Bench) -> None:
        bench.changes["new_job_types"] = tidied
        judge_again(bench)

    change(register, principal, identity, edit)


def mark_seen(register: Register, principal: Principal, identity: int, rows: Iterable[int]) -> None:
    """Note that somebody has looked at the cards of rows. Raises Refused."""
    wanted = list(rows)

    def edit(bench: Bench) -> None:
        for row in wanted:
            one = bench.row(row)
            one.is_seen = one.is_changed = True

    change(register, principal, identity, edit)


def check_fields(cells: Mapping[str, str]) -> None:
    """Raise Refused for a field that no roster has, and for a cell that is too long."""
    for field, value in cells.items():
        if field not in _FIELDS:
            raise field_unknown(field)
        if len(value) > _LONGEST:
            zh = HEADING_OF[field].zh
            raise Refused("cell-too-long", f"{zh}：至多 {_LONGEST} 字", f"{field}: {_LONGEST} characters at most")


def _each(
    register: Register,
    principal: Principal,
    identity: int,
    rows: Iterable[int],
    edit: Callable[[Bench, BenchRow], None],
) -> None:
    wanted = set(rows)

    def work(bench: Bench) -> None:
        for row in wanted:
            edit(bench, bench.row(row))
        judge_again(bench, wanted)

    change(register, principal, identity, work)


def _touch(bench: Bench, one: BenchRow) -> None:
    """Remember whom a row touches as it is."""
    bench.former_keys |= keys_of(one, bench)


def _put(one: BenchRow, cells: Mapping[str, str]) -> None:
    kept: dict[str, Cell] = {field: cell for field, cell in one.content.cells.items() if field not in cells}
    typed = {field: value.strip() for field, value in cells.items() if value.strip()}
    faults = tuple(fault for fault in one.content.faults if fault.field not in cells)
    one.content = RowContent({**kept, **typed}, faults)
    one.is_changed, one.is_seen = True, False
