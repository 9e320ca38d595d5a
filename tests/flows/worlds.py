"""Registers for random lives: each world has one of its own, copied from an office in which nobody has worked."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psycopg

from tests.flows.lives import Lived, Lives, Row
from tests.flows.office import Office, settings_of


@dataclass(frozen=True, slots=True)
class OpenWorld:
    """An office at work, and another connection to its database."""

    office: Office
    read: Callable[[str], list[Row]]

    def rows(self, sql: str) -> list[Row]:
        return self.read(sql)


def lives_in_sqlite(template: Path) -> type[Lives]:
    """Lives in copies of the office in this folder, whose database is ``register.db`` in it."""

    def enter(stack: ExitStack) -> OpenWorld:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhengka-lives-"))) / "data"
        shutil.copytree(template, folder)
        file = folder / "register.db"
        office = _at_work(stack, folder, f"sqlite:///{file}")
        raw = stack.enter_context(closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)))
        return OpenWorld(office, lambda sql: raw.execute(sql).fetchall())

    return _machine(enter)


def lives_in_postgresql(template: Path, databases: Callable[[], AbstractContextManager[str]]) -> type[Lives]:
    """Lives in databases that are copies of the one of the office in this folder."""

    def enter(stack: ExitStack) -> OpenWorld:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zhengka-lives-"))) / "data"
        shutil.copytree(template, folder)
        url = stack.enter_context(databases())
        office = _at_work(stack, folder, url)
        raw = stack.enter_context(closing(psycopg.connect(url, autocommit=True)))
        return OpenWorld(office, lambda sql: raw.execute(sql.encode()).fetchall())

    return _machine(enter)


def _at_work(stack: ExitStack, folder: Path, url: str) -> Office:
    office = Office(settings_of(folder, url), random=Random(11))
    stack.callback(office.open().close)
    return office


def _machine(enter: Callable[[ExitStack], OpenWorld]) -> type[Lives]:
    return type("LivesHere", (Lives,), {"enter": staticmethod(enter), "lived": Lived(), "root": None})
