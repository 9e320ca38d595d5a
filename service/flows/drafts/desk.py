"""Begin a batch, list, show, hand over, set and drop batches at work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from service.domain.access import PERMISSIONS, Permission, Principal, Role, actor_of, user_key
from service.domain.draft_state import DraftState
from service.flows.drafts.bench import Bench, bench_of, change
from service.flows.drafts.draft_requests import DraftSettings, NewDraft
from service.flows.drafts.judge_rows import judge_again
from service.flows.drafts.opening import open_row, own_draft
from service.flows.drafts.refusals import changed_since, check_open, no_such_draft
from service.flows.drafts.viewing import draft_line, draft_view, names_of_holders, row_view
from service.flows.drafts.views import DraftLine, DraftView, RowView
from service.flows.errors import Refused
from service.flows.register import Register
from service.store import accounts, draft_files, draft_rows, drafts
from service.store.drafts import Draft

MOST_LISTED: Final = 50
AT_WORK: Final = (DraftState.OPEN, DraftState.ISSUING)
LISTED: Final = (*AT_WORK, DraftState.ISSUED)


def create_draft(register: Register, principal: Principal, request: NewDraft) -> int:
    """Begin a batch and return its id."""
    with register.database.write() as connection:
        return drafts.begin(
            connection,
            body=principal.body,
            holder=principal.actor,
            name=request.name.strip(),
            now=register.effects.now(),
        )


def list_drafts(register: Register, principal: Principal, before: int | None = None) -> tuple[DraftLine, ...]:
    """List the batches of one's body, the newest first: at most MOST_LISTED, with an id under ``before``."""
    with register.database.read() as connection:
        found = drafts.newest(connection, principal.body, before=before, most=MOST_LISTED, states=LISTED)
        return _lines(connection, principal, found)


def drafts_at_work(register: Register, principal: Principal, most: int) -> tuple[DraftLine, ...]:
    """List the newest ``most`` batches of one's body that are at work."""
    with register.database.read() as connection:
        found = drafts.newest(connection, principal.body, before=None, most=most, states=AT_WORK)
        return _lines(connection, principal, found)


def _lines(connection: Connection, principal: Principal, found: Sequence[Draft]) -> tuple[DraftLine, ...]:
    names = names_of_holders(connection, found)
    return tuple(draft_line(one, names, principal) for one in found)


def count_at_work(register: Register, principal: Principal) -> int:
    """Count the batches of one's body that are at work."""
    with register.database.read() as connection:
        return drafts.count(connection, principal.body, AT_WORK)


def draft_of(register: Register, principal: Principal, identity: int, *, with_files: bool = True) -> DraftView:
    """Show a batch, ``with_files`` with all its photographs and archives, else with what is no good photograph.

    Raises Refused for one that is not there, or another body's: nobody can tell which.
    """
    with register.database.read() as connection:
        bench = bench_of(register, connection, own_draft(connection, principal, identity), with_files=with_files)
        names = names_of_holders(connection, (bench.draft,))
        rest = drafts.rest_of(connection, identity)
    return draft_view(bench, names, principal, rest)


def row_of(register: Register, principal: Principal, identity: int, row: int) -> RowView:
    """Show a row of a batch with all its cells. Raises Refused for one that is not there."""
    with register.database.read() as connection:
        bench = open_row(register, connection, own_draft(connection, principal, identity), row)
    return row_view(bench, bench.row(row))


def hand_over(register: Register, principal: Principal, identity: int, to: str) -> None:
    """Hand a batch to an account of the same body, oneself too. Raises Refused for one that cannot issue."""
    name = user_key(to)
    with register.database.write() as connection:
        draft = _locked(connection, principal, identity)
        found = accounts.find(connection, name)
        body = None if found is None else Principal(found.id, found.account, frozenset()).body
        if found is None or found.disabled_at is not None or body != draft.body or not _may_issue(found.account.role):
            raise Refused(
                "hand-over-account",
                f"“{to[:40]}”不是本单位能签发的账户",
                f"{to[:40]!r} is no account of this body that may issue",
            )
        drafts.change(connection, identity, register.effects.now(), holder=actor_of(name))


def colleagues(register: Register, principal: Principal) -> tuple[tuple[str, str], ...]:
    """List the other accounts of one's body that may issue: user name and shown name."""
    with register.database.read() as connection:
        found = accounts.all_of(connection)
    return tuple(
        (one.account.name, one.account.shown)
        for one in found
        if one.disabled_at is None
        and one.account.name != principal.account.name
        and _may_issue(one.account.role)
        and Principal(one.id, one.account, frozenset()).body == principal.body
    )


def change_settings(register: Register, principal: Principal, identity: int, settings: DraftSettings) -> None:
    """Set what holds for the whole batch, and judge it again. Raises Refused."""

    def edit(bench: Bench) -> None:
        if settings.version not in {None, bench.draft.version}:
            raise changed_since()
        bench.changes.update(
            name=settings.name.strip(),
            issued_on=settings.issued_on,
            reviewed_by=(settings.reviewed_by or "").strip() or None,
            notice=(settings.notice or "").strip() or None,
        )
        judge_again(bench)

    change(register, principal, identity, edit)


def drop_draft(register: Register, principal: Principal, identity: int) -> None:
    """Drop a batch: all that was handed in for it is deleted. Raises Refused for one that is being issued."""
    now = register.effects.now()
    with register.database.write() as connection:
        check_open(_locked(connection, principal, identity))
        draft_rows.clear(connection, identity)
        draft_files.clear(connection, identity)
        drafts.change(
            connection,
            identity,
            now,
            state=DraftState.DROPPED.value,
            roster=None,
            reading=None,
            counts={},
            emptied_at=now,
        )


def _may_issue(role: Role) -> bool:
    return Permission.ISSUE in PERMISSIONS[role]


def _locked(connection: Connection, principal: Principal, identity: int) -> Draft:
    found = drafts.lock(connection, identity)
    if found is None or found.body != principal.body or found.state is DraftState.DROPPED:
        raise no_such_draft(identity)
    return found
