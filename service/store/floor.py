"""Programs of several versions over one register: which of them may work with its tables.

Beside the step its tables stand at, a database names its *floor*: the newest step that changed what was there before.
A program that knows this step may go on, also where later steps, which only added, are unknown to it.

A program that has begun is held to it too. In SQLite each transaction looks, within its snapshot. In PostgreSQL each
session holds a lock from its beginning, which a step that raises the floor takes alone: it ends the sessions of the
programs that are running, and they find out when they begin others.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, text

from service.store.errors import Busy, Superseded

FLOOR: Final = "SELECT works_since FROM alembic_version"

_GATE: Final = 0x7A686B67  # "zhkg"
_SESSIONS: Final = 0x7A686B66  # "zhkf"
ENTER: Final = (
    f"SELECT CASE WHEN pg_try_advisory_xact_lock_shared({_GATE}) THEN pg_try_advisory_lock_shared({_SESSIONS})"
    " ELSE false END"
)
"""First statement of each session in PostgreSQL, a transaction of its own: True unless the floor is being raised."""

_TRIES: Final = 600
_HOLDERS: Final = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 AND objsubid = 1"
    " AND objid = :key AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND pid <> pg_backend_pid()"
)


class Known:
    """The steps that a program knows. Before they are told, as while it migrates, it is held to nothing."""

    def __init__(self) -> None:
        self.steps: Collection[str] = ()
        self._is_superseded = False

    def check(self, floor: Sequence[Any] | None) -> None:
        """Raise Superseded for a floor, a row of ``FLOOR``, that is no step of this program's, and from then on."""
        if self.steps and floor is not None and floor[0] is not None and floor[0] not in self.steps:
            self._is_superseded = True
        self.check_again()

    def check_again(self) -> None:
        """Raise Superseded where that was found before: a floor is never lowered."""
        if self._is_superseded:
            raise Superseded(
                "数据库结构已由新版本程序升级，本版本不能继续使用，请在本机安装并启动新版本",
                "the tables were upgraded by a newer version, and this one cannot work with them: install and start "
                "the newer version on this host",
            )


def check_entered(row: Sequence[Any] | None) -> None:
    """Raise Busy unless a row of ``ENTER`` says that the session has begun."""
    if row is None or not row[0]:
        raise Busy("数据库结构正在升级，请稍后重试", "the tables are being upgraded; try again later")


def evict(connection: Connection) -> None:
    """End the sessions of all other programs, and let none begin before this transaction ends. Raises Busy."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _GATE})
    for _ in range(_TRIES):
        if connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _SESSIONS}).scalar_one():
            return
        connection.execute(_HOLDERS, {"key": _SESSIONS}).all()
        connection.execute(text("SELECT pg_sleep(0.05)"))
    raise Busy(
        "其他程序的数据库会话未能结束，未作任何改动",
        "sessions of other programs do not end; nothing has been changed",
    )
