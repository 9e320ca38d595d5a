"""Restore a register from its backup without ever giving a printed number again, and without taking a revocation back.

What came after the backup is told, the best first, by the journal's mirror, by later signed status lists, or by
nothing; then every card is left open until the office has confirmed it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from keys.backup_key import BackupKey
from keys.files import create as create_file
from service.domain.event import Event, Json
from service.domain.journal import parse_entry
from service.effects import Effects
from service.flows.errors import Refused
from service.flows.register import META_HOST, VAULT_FILE
from service.flows.running.audit import audit_on, faults_refused, is_signed
from service.flows.running.audit_entries import Fault
from service.flows.running.backup_file import (
    MANIFEST,
    Manifest,
    check_manifest,
    damaged,
    opened,
    read_entry,
    table_entry,
)
from service.flows.running.backup_folder import photographs_lost
from service.flows.running.give_up import begin_list, void_next
from service.flows.running.journal_mirror import META_MIRROR
from service.flows.running.later_entries import check_head, read_later_entries
from service.flows.running.later_lists import check_complete, read_later_lists, take_lists
from service.flows.running.photo_folder import FOLDER, keep_place
from service.flows.running.replay_journal import Replayed, replay_entries
from service.flows.running.restore_blobs import Beside, restore_blobs
from service.flows.running.restore_evidence import Later, behind_head, check_not_older, check_told, reason_of
from service.flows.running.restored_since import RestoredSince, note_restore
from service.settings import Settings
from service.store import blobs, drafts, dump, journal, key_records, meta, restored
from service.store.engine import open_database
from service.store.schema import migrate

_NOTHING: Final = Replayed(0, (), {}, {})


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back.

    ``journal_size`` is the backup's, ``replayed`` counts the later entries; ``not_replayed`` those, by kind, that the
    office has to enter again or to compare; ``lost`` the numbers of cards that are known by number alone; ``taken`` the
    cards whose status a later list told; ``unconfirmed`` the cards that wait for the office; ``voided`` the numbers
    that may have been printed since and are given up; ``faults`` where the backup was not what its journal says;
    ``since`` what the front page says, None where a head shows that nothing came after the backup.
    """

    journal_size: int
    voided: int
    replayed: int = 0
    not_replayed: Mapping[str, int] = field(default_factory=dict[str, int])
    lost: tuple[str, ...] = ()
    taken: int = 0
    unconfirmed: int = 0
    faults: tuple[Fault, ...] = ()
    since: RestoredSince | None = None


def restore(
    settings: Settings,
    effects: Effects,
    file: Path,
    later: Later,
    *,
    actor: str,
    beside: Path | None = None,
    key: BackupKey | None = None,
) -> Restored:
    """Bring a register back into an empty data folder and an empty database.

    1. ``later.mirror`` continues the backup's journal: its entries are replayed. 2. Else ``later.published`` tells
    which cards were revoked, voided, replaced or superseded since. 3. Else, unless ``later.head`` shows that nothing
    came after the backup, every card is left open until the office confirms it, and no status list is signed before
    that. Where nothing tells how far numbering went, ``later.void_ahead`` numbers of every series are given up and a
    new status list is begun. The backup is audited first: where its rows are not what its journal says they are named,
    and it is refused unless ``later.despite_faults``; so it is where photographs that lie beside it, in the folder
    ``beside`` and encrypted to ``key``, are missing or altered. Raises Refused; no register is left behind then.
    """
    with opened(file) as archive:
        manifest = read_entry(archive, MANIFEST, Manifest)
        check_manifest(manifest)
        check_told(manifest, later)
        if (settings.data / VAULT_FILE).exists():
            raise Refused(
                "register-exists",
                f"{settings.data} 中已有登记库，不会覆盖；请换一个空目录",
                f"{settings.data} already holds a register, which is never overwritten: name an empty folder",
            )
        settings.data.mkdir(parents=True, exist_ok=True)
        settings.data.chmod(0o700)
        database = open_database(settings.database_url)
        try:
            migrate(database)
            with database.write() as connection:
                source = Beside(beside or file.parent, key, despite=later.despite_faults)
                has_lost = _load(connection, archive, manifest, source)
                faults = _audited(connection, with_bytes=has_lost, despite=later.despite_faults)
                told = _bring_up(connection, manifest, later, faults, effects, actor)
                # Before the commit: what is damaged undoes it all.
                create_file(settings.data / VAULT_FILE, archive.read(VAULT_FILE))
                if manifest.photographs is not None:
                    keep_place(settings.data, manifest.photographs)
        finally:
            database.close()
    return told


def _load(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, source: Beside) -> bool:
    """Load rows and bytes; return whether some bytes are lost, and given up."""
    if not dump.is_empty(connection):
        raise Refused(
            "register-exists",
            "数据库不是空的，不会覆盖；请换一个空数据库",
            "the database is not empty and is not overwritten: name an empty one",
        )
    lost = restore_blobs(connection, archive, manifest, source)
    for table in dump.TABLES:
        with archive.open(table_entry(table.name)) as lines:
            dump.load(connection, table, (line.rstrip(b"\n") for line in lines))
    if lost and not source.despite:
        raise photographs_lost(source.folder / FOLDER, lost, blobs.uses(connection))
    drafts.stand_still(connection)
    file = Path(str(archive.filename))
    if journal.head(connection).root.hex() != manifest.journal_root:
        raise damaged(file)
    signed = manifest.head
    if signed is not None and not (
        (signed.size, signed.root) == (manifest.journal_size, manifest.journal_root)
        and is_signed(signed, key_records.all_of(connection))
    ):
        raise damaged(file)
    return bool(lost)


def _audited(connection: Connection, *, with_bytes: bool, despite: bool) -> tuple[Fault, ...]:
    """Return what the audit finds in a backup's content. Raises Refused for any fault that is not to be taken."""
    # Each photograph has just been held against its digest: they are read where some are known to be lost.
    faults = audit_on(connection, with_bytes=with_bytes).faults
    if faults and not despite:
        raise faults_refused(
            "backup-altered",
            faults,
            "备份与其中的日志不符，共 {count} 处；未恢复任何数据。请核对各行，或用更早的备份",
            "the backup is not what its own journal says, {count} faults; nothing has been restored. Look into each "
            "row, or use an earlier backup",
        )
    return faults


def _bring_up(
    connection: Connection, manifest: Manifest, later: Later, faults: tuple[Fault, ...], effects: Effects, actor: str
) -> Restored:
    """Bring the rows of a backup up to what is told of the time since, and write it into the journal."""
    now, today = effects.now(), effects.today()
    # A drill beside the living register must not write into its mirror: it is set again by whoever goes on from here.
    if meta.get(connection, META_MIRROR):
        meta.put(connection, META_MIRROR, "")
    known = key_records.all_of(connection)
    replayed = _NOTHING
    if later.mirror is not None:
        entries = read_later_entries(connection, later.mirror, known)
        journal.adopt(connection, entries)
        replayed = replay_entries(connection, map(parse_entry, entries), effects)
    is_told = later.mirror is not None
    if later.head is not None:
        is_told = check_head(connection, later.head, known)
        if not is_told and later.void_ahead is None:
            raise behind_head(journal.head(connection).size, later.head)
        if later.mirror is None and later.void_ahead is None:
            check_not_older(manifest, later.head)
    taken: tuple[Event, ...] = ()
    through = 0
    if later.published is not None:
        lists = read_later_lists(later.published, meta.get(connection, META_HOST) or "", known)
        check_complete(connection, lists, manifest.made_at)
        taken, _ = take_lists(connection, lists, now)
        through, is_told = max(lists), True
    elif later.void_ahead is not None and later.mirror is None:
        is_told = False
    voided = void_next(connection, later.void_ahead or 0, manifest, now)
    if later.void_ahead or through or replayed.copies_made:
        begin_list(connection, replayed.copies_made, len(voided), through)
    unconfirmed = 0 if is_told else restored.doubt_all(connection, today, now)
    lost = _lost_events(replayed)
    told: dict[str, Json] = {
        "entries": manifest.journal_size,
        "reason": reason_of(later),
        "replayed": replayed.entries,
        "not_replayed": dict(sorted(replayed.not_replayed.items())),
        "lost": len(replayed.lost),
        "taken": len(taken),
        "unconfirmed": restored.count_unconfirmed(connection),
        **({"faults": len(faults)} if faults else {}),
    }
    is_current = is_told and later.mirror is None and later.published is None
    since = None if is_current else _since(connection, manifest, later, replayed, now)
    event = Event("register-restored", "register", told)
    journal.append_many(connection, now, actor, (event, *lost, *taken, *voided))
    if replayed.entries or faults:  # what the entries state is no longer what can be held: cards are lost, files too
        journal.restate(connection, now, actor, "restore")
    return Restored(
        journal_size=manifest.journal_size,
        voided=len(voided),
        replayed=replayed.entries,
        not_replayed=replayed.not_replayed,
        lost=tuple(one.number for one in replayed.lost),
        taken=len(taken),
        unconfirmed=unconfirmed or restored.count_unconfirmed(connection),
        faults=faults,
        since=since,
    )


def _since(
    connection: Connection, manifest: Manifest, later: Later, replayed: Replayed, now: datetime
) -> RestoredSince:
    """Keep what the office compares."""
    since = RestoredSince(
        at=now,
        backup_at=manifest.made_at,
        is_replayed=later.mirror is not None,
        lost=len(replayed.lost),
        not_replayed=replayed.not_replayed,
    )
    note_restore(connection, since)
    return since


def _lost_events(replayed: Replayed) -> tuple[Event, ...]:
    """Return in the journal what the register lacks of what its journal tells."""
    cards = (Event("card-lost", one.number, {"copies": [copy.hex() for copy in one.copies]}) for one in replayed.lost)
    copies = (
        Event("copy-lost", number, {"copy": copy_id.hex()})
        for number, made in replayed.lost_copies.items()
        for copy_id, replaced_on in made.items()
        if replaced_on is None
    )
    return (*cards, *copies)
