"""The office's front page: what there is to do, for whoever is signed in, and how the service stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from litestar import Controller, Request, Response, route
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromQuery, SkipValidation

from service.domain.access import Permission
from service.domain.check_up import BACKUP_LATE
from service.domain.duties import Duty, DutyKind, in_order
from service.domain.verdict_checks import FRESH
from service.flows.notices.subscriptions import count_failing
from service.flows.people.duties import KindDue, duties_by_kind
from service.flows.register import Register
from service.flows.running.desk_state import DeskState, desk_state, sees_state
from service.flows.running.restored_since import restored_since
from service.pages.home import READ
from service.pages.office.base import OFFICE, OFFICE_ERRORS, Desk, at_desk
from service.pages.office.front_tasks import (
    DUTIES,
    WORK_KEYS,
    Task,
    key_task,
    page_of,
    restored_task,
    tasks_of,
    webhooks_task,
    work_tasks,
)
from service.roster.template import write_template
from service.web.downloads import spreadsheet

TEMPLATE: Final = "/office/template.xlsx"
_MOST_LISTED: Final = 300
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Tile:
    """A way to what is done often: ``key`` names its texts ``tile_…`` and ``tile_…_hint``."""

    key: str
    path: str
    icon: str
    permissions: tuple[Permission, ...] = ()


TILES: Final = (
    Tile("person", "/office/batches", "person-add", (Permission.ISSUE,)),
    Tile("batch", "/office/batches", "upload", (Permission.ISSUE,)),
    Tile("replace", "/office/search?for=replace", "swap", (Permission.CHANGE_CARDS,)),
    Tile("amend", "/office/search?for=amend", "pen", (Permission.CHANGE_CARDS,)),
    Tile("scan", "/scan", "scan"),
    Tile("template", TEMPLATE, "sheet", (Permission.ISSUE,)),
    Tile("journal", "/office/journal", "clock", (Permission.READ_JOURNAL,)),
    Tile("account", "/office/account", "person", (Permission.READ_METRICS, Permission.READ_JOURNAL)),
)
"""What is done often, in its order."""


class OfficePage(Controller):
    """The front page, and the list of what is due."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(OFFICE, http_method=READ, sync_to_thread=True)
    def front(
        self, request: Request[Any, Any, State], register: NamedDependency[SkipValidation[Register]]
    ) -> Response[str]:
        """Show what waits for whoever is signed in, the latest first, what does not, and the ways to work."""
        desk = at_desk(request, register)
        now, today = register.effects.now(), register.effects.today()
        tasks = list(tasks_of(_due(desk, 1), desk.principal, today, desk.language))
        tasks += work_tasks(register, desk.principal, desk.language)
        state = desk_state(register) if sees_state(desk.principal) else None
        if state is not None and (keys := key_task(state, today, desk.language)) is not None:
            tasks.append(keys)
        tells = state is not None or desk.principal.may(Permission.ISSUE)
        if tells and (told := restored_since(register)) is not None:
            tasks.append(restored_task(told, desk.language))
        if failing := count_failing(register, desk.principal):
            tasks.append(webhooks_task(failing, desk.language))
        return desk.show(
            "office/front.html",
            tasks=sorted(tasks, key=lambda task: task.order),
            nothing=_nothing(desk, tasks),
            state=state,
            key_days=None if state is None or state.first_key is None else (state.first_key - today).days,
            list_age=None if state is None or state.list_age is None else _age(state.list_age),
            backup_age=None if state is None or state.backup_at is None else _age(now - state.backup_at),
            is_backup_late=state is not None and (state.backup_at is None or now - state.backup_at > BACKUP_LATE),
            is_list_late=state is not None and _is_late(state),
            tiles=[tile for tile in TILES if not tile.permissions or any(map(desk.principal.may, tile.permissions))],
        )

    @route(TEMPLATE, http_method=READ, sync_to_thread=True)
    def template(
        self, request: Request[Any, Any, State], register: NamedDependency[SkipValidation[Register]]
    ) -> Response[bytes]:
        """Return an empty roster, to be filled in and handed in at the workbench."""
        at_desk(request, register, Permission.ISSUE)
        return spreadsheet(write_template(register.effects.now()), "roster")

    @route(DUTIES, http_method=READ, sync_to_thread=True)
    def duties(
        self,
        request: Request[Any, Any, State],
        register: NamedDependency[SkipValidation[Register]],
        kind: FromQuery[DutyKind | None] = None,
    ) -> Response[str]:
        """List what is due of one's body, of one kind or all."""
        desk = at_desk(request, register, Permission.READ_PEOPLE)
        found = _due(desk, _MOST_LISTED)
        chosen = [one for one in found if kind in {None, one.kind}]
        shown = in_order(duty for one in chosen for duty in one.first)[:_MOST_LISTED]
        today = register.effects.today()
        return desk.show(
            "office/duties.html",
            due=[(one, page_of(one, desk.principal), one.is_late(today)) for one in shown],
            cut=sum(one.count for one in chosen) - len(shown),
            kinds=[(one.kind.value, one.kind.value.replace("-", "_"), one.count) for one in found],
            kind="" if kind is None else kind.value,
            total=sum(one.count for one in found),
        )


def _due(desk: Desk, most: int) -> tuple[KindDue, ...]:
    """Return what is due of one's body, by its kind; nothing for who sees nobody."""
    reads = desk.principal.may(Permission.READ_PEOPLE)
    return duties_by_kind(desk.register, desk.principal.body, most) if reads else ()


def _nothing(desk: Desk, tasks: list[Task]) -> list[str]:
    """Name what could wait for somebody, and does not."""
    here = {task.key for task in tasks}
    seen_to = [kind for kind in DutyKind if page_of(_any(kind), desk.principal)]
    keys = [kind.value.replace("-", "_") for kind in seen_to] if desk.principal.may(Permission.READ_PEOPLE) else []
    keys += WORK_KEYS if desk.principal.may(Permission.ISSUE) else ()
    return [key for key in keys if key not in here]


def _any(kind: DutyKind) -> Duty:
    return Duty(kind=kind, article="", body="", due_on=date.max, zh="", en="", number="0")


def _age(age: timedelta) -> tuple[str, int]:
    """Return how long ago something was: the unit's text and the count."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < _HOUR:
        return "ago_minutes", seconds // _MINUTE
    return ("ago_hours", seconds // _HOUR) if seconds < 2 * _DAY else ("ago_days", seconds // _DAY)


def _is_late(state: DeskState) -> bool:
    return state.list_age is None or state.list_age > FRESH
