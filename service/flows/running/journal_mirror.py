"""Mirror the journal: each entry, as it is committed, goes to a folder elsewhere (another disk, a mounted share).

The folder is set once and stands in the register, so that every process of every host follows it. Writing there
comes after the commit and never fails the work: a share that is away is reported, and caught up by the next commit
or by the running service. A share that hangs holds a commit up for ``WAIT_S`` once, and no other after it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from sqlalchemy import Connection

from keys import files
from service.domain.event import Event
from service.domain.merkle import leaf_hash
from service.effects import Effects
from service.flows.errors import Refused
from service.flows.running import mirror_files
from service.store import journal, meta
from service.store.engine import Database
from service.store.errors import Busy

META_MIRROR: Final = "journal-mirror"
WAIT_S: Final = 2.0
"""Seconds a commit waits for the mirror; what is not written then is written later."""

Problem: TypeAlias = tuple[str, str]
"""Why a mirror does not follow, in Chinese and English."""

_log: Final = logging.getLogger("zhengka.journal")


@dataclass(frozen=True, slots=True)
class MirrorState:
    """How the mirror stands: entries of the register and of the mirror, and why it does not follow, if so.

    ``folder`` None: there is none. ``mirrored`` None: it cannot be seen.
    """

    folder: Path | None
    entries: int = 0
    mirrored: int | None = None
    problem: Problem | None = None

    @property
    def is_behind(self) -> bool:
        """True if the register has entries that the mirror lacks, or may lack."""
        return self.folder is not None and (self.problem is not None or self.mirrored != self.entries)


class JournalMirror:
    """Keeps the mirror of one process's register going: one worker writes, and commits wait for it a while."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = threading.Condition()
        self._asked = 0
        self._done = 0
        self._worker: threading.Thread | None = None
        self._hangs = False
        self.last = MirrorState(None)
        """How the mirror stood when this process last looked."""

    def follow(self) -> None:
        """Bring the mirror up to what is committed, within ``WAIT_S``. Never raises: what goes wrong is reported."""
        if not self._is_set():
            self.last = MirrorState(None)
            return
        with self._turn:
            self._asked += 1
            ticket = self._asked
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="journal mirror", daemon=True)
                self._worker.start()
            if self._hangs:
                return
            if not self._turn.wait_for(lambda: self._done >= ticket, WAIT_S):
                self._hangs = True
                self._note(MirrorState(self.last.folder, self.last.entries, None, _HANGS))

    def write_head(self, size: int, kid: str, head: bytes) -> None:
        """Put a signed head beside the mirror's entries; a mirror that is away does without. Never raises."""
        if not self._is_set() or self._hangs:
            return
        try:
            with self._database.read() as connection:
                folder = _folder(connection)
            if folder is not None and mirror_files.position(folder) is not None:
                mirror_files.write_head(folder, size, kid, head)
        except (OSError, Refused, Busy) as error:
            _log.warning("a signed head was not written to the journal mirror: %s", type(error).__name__)

    def _is_set(self) -> bool:
        try:
            with self._database.read() as connection:
                return _folder(connection) is not None
        except Busy:
            return False  # the next commit sees to it

    def _work(self) -> None:
        while True:
            with self._turn:
                ticket = self._asked
            state = self._caught_up()
            with self._turn:
                self._hangs = False
                self._done = ticket
                self._note(state)
                self._turn.notify_all()
                if self._asked == ticket:
                    self._worker = None
                    return

    def _caught_up(self) -> MirrorState:
        try:
            return catch_up(self._database)
        except Exception as error:  # noqa: BLE001 - the work is done and committed, whatever becomes of its mirror
            name = type(error).__name__
            return MirrorState(
                self.last.folder, self.last.entries, None, (f"无法写入：{name}", f"it cannot be written: {name}")
            )

    def _note(self, state: MirrorState) -> None:
        """Remember the state, and log it where it is another than before."""
        if state.problem is not None and state.problem != self.last.problem:
            _log.warning("the journal mirror %s does not follow: %s", state.folder, state.problem[1])
        elif state.problem is None and self.last.problem is not None and state.folder is not None:
            _log.warning("the journal mirror %s follows again", state.folder)
        self.last = state


def set_mirror(database: Database, effects: Effects, mirror: JournalMirror, folder: Path, actor: str) -> MirrorState:
    """Mirror the journal to ``folder`` from now on, and copy all entries so far.

    Raises Refused for a mirror that is damaged or of another journal; nothing is set then. Raises OSError where the
    folder cannot be made.
    """
    folder = folder.absolute()
    mirror_files.begin(folder)
    state = _catch_up(database, folder)
    if state.problem is not None:
        raise Refused("mirror-not-ours", *state.problem)
    _put(database, effects, str(folder), actor)
    mirror.follow()
    return mirror.last


def unset_mirror(database: Database, effects: Effects, actor: str) -> None:
    """Mirror the journal no longer; what is in the folder stays. Raises Refused where there is no mirror."""
    if mirror_state(database).folder is None:
        raise Refused("mirror-not-set", "没有设置日志镜像", "no journal mirror is set")
    _put(database, effects, "", actor)


def mirror_state(database: Database) -> MirrorState:
    """Return how the mirror stands, without writing to it."""
    with database.read() as connection:
        folder, size = _folder(connection), journal.head(connection).size
    if folder is None:
        return MirrorState(None, size)
    try:
        position = mirror_files.position(folder)
    except OSError as error:
        return MirrorState(folder, size, None, unusable(error))
    except Refused as refusal:
        return MirrorState(folder, size, None, (refusal.zh, refusal.en))
    if position is None:
        return MirrorState(folder, size, None, _AWAY)
    with database.read() as connection:  # after the mirror: what it has is committed, and seen now
        size = journal.head(connection).size
        return MirrorState(folder, size, position.size, _divergence(connection, position, size))


def catch_up(database: Database) -> MirrorState:
    """Write to the mirror what it lacks, and return how it stands then. Raises what the database raises."""
    with database.read() as connection:
        folder = _folder(connection)
    return MirrorState(None) if folder is None else _catch_up(database, folder)


_PAGE: Final = mirror_files.BLOCK
_AWAY: Final[Problem] = (
    "镜像目录不在：可能未挂载，恢复后自动补写",
    "the mirror's folder is not there: not mounted, perhaps; it is caught up when it is back",
)
_HANGS: Final[Problem] = ("镜像目录没有响应", "the mirror's folder does not answer")


def _catch_up(database: Database, folder: Path) -> MirrorState:
    size = 0
    try:
        if mirror_files.position(folder) is None:
            return MirrorState(folder, size, None, _AWAY)
        # The register is read under the lock: whatever other processes have mirrored is committed, and seen.
        with files.locked(mirror_files.lock_path(folder)), database.read() as connection:
            size = journal.head(connection).size
            position = mirror_files.position(folder) or mirror_files.Position(0)
            problem = _divergence(connection, position, size)
            if problem is not None:
                return MirrorState(folder, size, position.size, problem)
            first = position.size
            for page in pages_from(connection, first):
                mirror_files.append(folder, first, page)
                first += len(page)
    except OSError as error:
        return MirrorState(folder, size, None, unusable(error))
    except Refused as refusal:
        return MirrorState(folder, size, None, (refusal.zh, refusal.en))
    return MirrorState(folder, size, first)


def _divergence(connection: Connection, position: mirror_files.Position, size: int) -> Problem | None:
    """Return why a mirror is not the beginning of this journal; None if it is, as far as its last entry shows."""
    if position.size == 0:
        return None
    own = journal.entries(connection, position.size - 1, 1)
    if not own:
        return (
            f"镜像有 {position.size} 条，登记库只有 {size} 条：登记库被退回过，镜像不再续写",
            f"the mirror has {position.size} entries, the register {size}: it was set back, and the mirror is left so",
        )
    if leaf_hash(own[0]).hex() != position.last:
        return (
            f"镜像第 {position.size - 1} 条与登记库不同：是另一登记库的镜像，或被改动，不再续写",
            f"entry {position.size - 1} of the mirror is not the register's: another's, or altered; it is left so",
        )
    return None


def pages_from(connection: Connection, first: int) -> Iterator[tuple[bytes, ...]]:
    """Yield the journal's entries from a place on, in pages that do not cross a block."""
    while page := journal.entries(connection, first, _PAGE - first % _PAGE):
        yield page
        first += len(page)


def _folder(connection: Connection) -> Path | None:
    folder = meta.get(connection, META_MIRROR)
    return Path(folder) if folder else None


def _put(database: Database, effects: Effects, folder: str, actor: str) -> None:
    with database.write() as connection:
        meta.put(connection, META_MIRROR, folder)
        event = Event("journal-mirror-set", "register", {"folder": folder})
        journal.append_many(connection, effects.now(), actor, (event,))


def unusable(error: OSError) -> Problem:
    """Return in two languages why a folder cannot be used."""
    return f"镜像目录无法使用：{error.strerror}", f"the mirror's folder cannot be used: {error.strerror}"
