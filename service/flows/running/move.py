"""Move a register from SQLite to PostgreSQL: every row, compared on both sides, and one register that goes on.

1. Nobody serves the old register, and nobody writes it while it is copied.
2. All rows are written to the new database in one transaction, with a mark that keeps it closed.
3. The old register is closed for good: it takes nothing more, from any program.
4. The new one is opened, with an entry in its journal.

Wherever that breaks off, at most one of the two can be used, and the same command again goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from service.domain.event import Event
from service.effects import Effects
from service.flows.errors import NoRegister, Refused
from service.flows.register import VAULT_FILE
from service.flows.running.move_rows import STEPS, Progress, Sum, copy_rows, differing, sum_rows
from service.settings import Settings
from service.store import dump, journal, moving
from service.store.engine import Database, open_database
from service.store.errors import UrlUnsupported
from service.store.moving import Move, MoveState
from service.store.schema import check_current, check_whole, migrate
from service.store.serving import out_of_service

COPIED: Final = "copied"
CLOSED: Final = "closed"
"""What ``Progress`` is told between the steps."""

_ID_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: rows by table, the journal's head before the move's own entry, and where to."""

    rows: Mapping[str, int]
    journal_size: int
    journal_root: str
    place: str


@dataclass(frozen=True, slots=True)
class _Way:
    """What all steps of a move share; addresses without passwords."""

    origin: str
    place: str
    effects: Effects
    actor: str
    progress: Progress


def move(settings: Settings, effects: Effects, target: str, *, actor: str, progress: Progress) -> Moved:
    """Move the register of the data folder to the PostgreSQL database ``target``, which holds nothing yet.

    Raises Refused while a process serves it, for a database that holds anything or loses characters, and where the
    rows on both sides differ; NoRegister, SchemaMismatch, UrlUnsupported, and RegisterMoved for one that has gone.
    """
    file, place = _file_of(settings), _place_of(target)
    with out_of_service(file) as nobody_serves:
        if not nobody_serves:
            raise Refused(
                "register-in-service",
                "服务正在使用该登记库，未作任何改动：请先停止服务",
                "the service uses the register; nothing has been changed: stop it first",
            )
        old, new = open_database(settings.database_url), open_database(target)
        try:
            return _move(old, new, _Way(str(file), place, effects, actor, progress))
        finally:
            old.close()
            new.close()


def _move(old: Database, new: Database, way: _Way) -> Moved:
    now = way.effects.now()
    with old.read() as here:
        gone = moving.find_move(here)
    if gone is None:
        check_current(old)
        with old.write() as here:  # nobody else writes it until it is closed
            check_whole(here)
            move_id, sums = _bring(here, old, new, way)
            way.progress(COPIED, STEPS, STEPS)
            moving.mark_gone(here, move_id, way.place, now)
    else:
        with old.read() as here:
            if _arrived(new, gone.id) is None:
                moving.check_open(here)  # it has gone to another place, or its move was completed
            move_id, sums = gone.id, _compared(here, old, new, way)
    way.progress(CLOSED, STEPS, STEPS)
    rows = {name: one.rows for name, one in sums.items()}
    with new.write() as there:
        head = journal.head(there)
        journal.append_many(there, now, way.actor, (Event("register-moved", "register", {"rows": sum(rows.values())}),))
        moving.open_moved(there)
    return Moved(rows, head.size, head.root.hex(), way.place)


def _bring(here: Connection, old: Database, new: Database, way: _Way) -> tuple[str, Mapping[str, Sum]]:
    """Copy every row, unless a move that broke off has done so and nothing was changed since."""
    with new.read() as there:
        if not moving.is_utf8(there):
            raise Refused(
                "move-target-encoding",
                "目标数据库的编码不是 UTF8，会丢失字符：请以 ENCODING 'UTF8' 建库",
                "the database is not encoded in UTF8 and would lose characters: create it with ENCODING 'UTF8'",
            )
        if moving.others_tables(there):
            raise _not_empty()
    arrived = _arrived(new)
    if arrived is not None:
        return arrived.id, _compared(here, old, new, way)
    migrate(new)
    move_id = way.effects.random_bytes(_ID_BYTES).hex()
    with new.write() as there:
        moving.lock_target(there)
        if not dump.is_empty(there):
            raise _not_empty()
        sums = copy_rows(here, old, there, way.progress)
        if names := differing(sums, sum_rows(there, None, way.progress)):
            raise Refused(
                "move-differs",
                f"写入后与原登记库不一致：{'、'.join(names)}；未作任何改动",
                f"what was written differs from the register in {', '.join(names)}; nothing has been changed",
            )
        moving.mark_arriving(there, move_id, way.origin, way.effects.now())
    return move_id, sums


def _arrived(new: Database, move_id: str | None = None) -> Move | None:
    """Find the mark that a move which broke off has left in the new database."""
    with new.read() as there:
        found = moving.find_move(there)
    is_it = found is not None and found.state is MoveState.ARRIVING and move_id in {None, found.id}
    return found if is_it else None


def _compared(here: Connection, old: Database, new: Database, way: _Way) -> Mapping[str, Sum]:
    """Compare what an earlier try has brought with the register as it is now."""
    with new.read() as there:
        ours, theirs = sum_rows(here, old, way.progress), sum_rows(there, None, way.progress)
    if names := differing(ours, theirs):
        raise Refused(
            "move-target-stale",
            f"目标数据库中是上次未完成的迁移，其后登记库又有变动（{'、'.join(names)}）：请清空目标数据库后重试",
            f"the database holds a move that broke off, and the register has changed since ({', '.join(names)}): make "
            "it empty and try again",
        )
    return ours


def _file_of(settings: Settings) -> Path:
    """Return the SQLite file of the register. Raises NoRegister, and Refused for a register elsewhere."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise Refused(
            "move-not-sqlite",
            "登记库已不在 SQLite 中：数据库地址指向另一种数据库",
            "the register is not in SQLite: the database's address names another kind",
        )
    file = Path(url.database or "")
    if not (settings.data / VAULT_FILE).is_file() or not file.is_file():
        raise NoRegister(str(settings.data))
    return file


def _place_of(target: str) -> str:
    """Return the new database's address without its password. Raises UrlUnsupported for all but PostgreSQL."""
    try:
        url = make_url(target)
    except (ArgumentError, ValueError):
        url = URL.create("none")
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise UrlUnsupported(
            "迁移目标应为 postgresql://用户@主机/库名",
            "a register is moved to postgresql://USER@HOST/NAME",
        )
    kept = {name: value for name, value in url.query.items() if name in {"host", "port", "service"}}
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database, kept).render_as_string()


def _not_empty() -> Refused:
    return Refused(
        "move-target-not-empty",
        "目标数据库不是空的，未作任何改动：请换一个空数据库",
        "the database is not empty; nothing has been changed: name an empty one",
    )
