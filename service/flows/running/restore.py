"""Restore a register from its backup without ever giving a printed number again, and without taking a revocation back.

What came after the backup is told, the best first, by the journal's mirror, by later signed status lists, or by
nothing; then every card is left open until the office has confirmed it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from keys.files import create as create_file
from service.domain.card_number import prefix_for
from service.domain.errors import SchemeMissing
from service.domain.event import Event, Json
from service.domain.journal import parse_entry
from service.domain.jurisdiction import parse_jurisdiction
from service.domain.kinds import CardKind
from service.domain.regulation import LAST_SEQUENCE
from service.domain.status_list import LIST_SIZE
from service.domain.validity import civil_date
from service.effects import Effects
from service.flows.errors import Refused
from service.flows.register import META_HOST, META_JURISDICTION, VAULT_FILE
from service.flows.running.audit import SignedHead, audit_on, faults_refused, is_signed
from service.flows.running.audit_entries import Fault
from service.flows.running.backup_file import (
    MANIFEST,
    Manifest,
    check_manifest,
    damaged,
    opened,
    read_blobs,
    read_entry,
    table_entry,
)
from service.flows.running.journal_mirror import META_MIRROR
from service.flows.running.later_entries import check_head, read_later_entries
from service.flows.running.later_lists import check_complete, read_later_lists, take_lists
from service.flows.running.replay_journal import Replayed, replay_entries
from service.settings import Settings
from service.store import blobs, dump, institutions, journal, key_records, meta, numbers, restored, status_lists
from service.store.engine import open_database
from service.store.restored import GIVEN_UP
from service.store.schema import migrate
from service.store.statements import chunks
from service.store.tables import blob

_NOTHING: Final = Replayed(0, (), {}, {})


@dataclass(frozen=True, slots=True)
class Later:
    """What tells of the time after the backup.

    ``head``: the journal's last exported head; ``mirror``: folder of the journal's mirror; ``published``: folder with
    status lists; ``void_ahead``: how many numbers of every series are given up, where nothing tells how far they went.
    ``despite_faults``: whether a backup is taken whose rows are not what its own journal says.
    """

    head: SignedHead | None = None
    mirror: Path | None = None
    published: Path | None = None
    void_ahead: int | None = None
    despite_faults: bool = False


_BLOBS_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back.

    ``journal_size`` is the backup's, ``replayed`` counts the later entries; ``not_replayed`` those, by kind, that the
    office has to enter again; ``lost`` the numbers of cards that are known by number alone; ``taken`` the cards whose
    status a later list told; ``unconfirmed`` the cards that wait for the office; ``voided`` the numbers that may have
    been printed since and are given up; ``faults`` where the backup was not what its journal says.
    """

    journal_size: int
    voided: int
    replayed: int = 0
    not_replayed: Mapping[str, int] = field(default_factory=dict[str, int])
    lost: tuple[str, ...] = ()
    taken: int = 0
    unconfirmed: int = 0
    faults: tuple[Fault, ...] = ()


def restore(settings: Settings, effects: Effects, file: Path, later: Later, *, actor: str) -> Restored:
    """Bring a register back into an empty data folder and an empty database.

    1. ``later.mirror`` continues the backup's journal: its entries are replayed. 2. Else ``later.published`` tells
    which cards were revoked, voided, replaced or superseded since. 3. Else, unless ``later.head`` shows that nothing
    came after the backup, every card is left open until the office confirms it, and no status list is signed before
    that. Where nothing tells how far numbering went, ``later.void_ahead`` numbers of every series are given up and a
    new status list is begun. The backup is audited first: where its rows are not what its journal says they are named,
    and it is refused unless ``later.despite_faults``. Raises Refused; no register is left behind then.
    """
    with opened(file) as archive:
        manifest = read_entry(archive, MANIFEST, Manifest)
        check_manifest(manifest)
        _check_told(manifest, later)
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
                _load(connection, archive, manifest, file)
                faults = _audited(connection, despite=later.despite_faults)
                told = _bring_up(connection, manifest, later, faults, effects, actor)
                # Before the commit: what is damaged undoes it all.
                create_file(settings.data / VAULT_FILE, archive.read(VAULT_FILE))
        finally:
            database.close()
    return told


def _load(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest, file: Path) -> None:
    if not dump.is_empty(connection):
        raise Refused(
            "register-exists",
            "数据库不是空的，不会覆盖；请换一个空数据库",
            "the database is not empty and is not overwritten: name an empty one",
        )
    _restore_blobs(connection, archive, manifest)
    for table in dump.TABLES:
        with archive.open(table_entry(table.name)) as lines:
            dump.load(connection, table, (line.rstrip(b"\n") for line in lines))
    if journal.head(connection).root.hex() != manifest.journal_root:
        raise damaged(file)
    signed = manifest.head
    if signed is not None and not (
        (signed.size, signed.root) == (manifest.journal_size, manifest.journal_root)
        and is_signed(signed, key_records.all_of(connection))
    ):
        raise damaged(file)


def _audited(connection: Connection, *, despite: bool) -> tuple[Fault, ...]:
    """Return what the audit finds in a backup's content. Raises Refused for any fault that is not to be taken."""
    faults = audit_on(connection, with_bytes=False).faults  # each photograph has just been held against its digest
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
            raise _behind_head(journal.head(connection).size, later.head)
        if later.mirror is None and later.void_ahead is None:
            _check_not_older(manifest, later.head)
    taken: tuple[Event, ...] = ()
    through = 0
    if later.published is not None:
        lists = read_later_lists(later.published, meta.get(connection, META_HOST) or "", known)
        check_complete(connection, lists, manifest.made_at)
        taken, _ = take_lists(connection, lists, now)
        through, is_told = max(lists), True
    elif later.void_ahead is not None and later.mirror is None:
        is_told = False
    voided = _void_ahead(connection, later.void_ahead or 0, manifest, now)
    if later.void_ahead or through or replayed.copies_made:
        _begin_list(connection, replayed.copies_made, len(voided), through)
    unconfirmed = 0 if is_told else restored.doubt_all(connection, today, now)
    lost = _lost_events(replayed)
    told: dict[str, Json] = {
        "entries": manifest.journal_size,
        "reason": _reason(later),
        "replayed": replayed.entries,
        "not_replayed": dict(sorted(replayed.not_replayed.items())),
        "lost": len(replayed.lost),
        "taken": len(taken),
        "unconfirmed": restored.count_unconfirmed(connection),
        **({"faults": len(faults)} if faults else {}),
    }
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
    )


def _reason(later: Later) -> str:
    told = {
        "journal": later.mirror is not None,
        "published": later.published is not None,
        "head": later.head is not None,
        f"void-ahead {later.void_ahead}": later.void_ahead is not None,
    }
    return ", ".join(word for word, given in told.items() if given)


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


def _void_ahead(connection: Connection, ahead: int, manifest: Manifest, now: datetime) -> tuple[Event, ...]:
    """Void the next numbers of every series: they may be in use out there."""
    if not ahead:
        return ()
    used = {series.prefix: series.used for series in numbers.all_series(connection)}
    events: list[Event] = []
    for prefix in sorted(used.keys() | _begun_since(connection, manifest, now)):
        wanted = min(ahead, LAST_SEQUENCE - used.get(prefix, 0))
        if wanted > 0:
            given_up = numbers.claim_many(connection, {prefix: wanted}, now)[prefix]
            numbers.void_many(connection, given_up, GIVEN_UP, now)
            events.extend(Event("number-voided", str(number), {"reason": GIVEN_UP}) for number in given_up)
    return tuple(events)


def _begin_list(connection: Connection, known: int, given_up: int, through: int) -> None:
    """Begin a new status list beyond every place that may have been given since the backup.

    ``known`` copies are known by their ids; where numbers were ``given_up``, or a list is known up to ``through`` which
    no row tells of, copies of other ids may hold the places.
    """
    last = status_lists.last_place(connection)
    reached = last.list_no + (last.index + known + given_up) // LIST_SIZE
    for slot in status_lists.close_last(connection, max(reached, through)):
        if given_up or through:
            restored.record_lost_place(connection, slot.list_no, slot.index, LIST_SIZE - 1)


def _begun_since(connection: Connection, manifest: Manifest, now: datetime) -> frozenset[str]:
    """Name the series that may have been begun after the backup: from its year to the next, cards being dated ahead."""
    jurisdiction = parse_jurisdiction(meta.get(connection, META_JURISDICTION) or "")
    years = range(civil_date(min(manifest.made_at, now)).year, civil_date(now).year + 2)
    issuers = (None, *institutions.all_of(connection))
    prefixes: set[str] = set()
    for year, kind, issuer in product(years, CardKind, issuers):
        if (issuer is not None) is (kind is CardKind.INTERNAL):
            with suppress(SchemeMissing):
                prefixes.add(prefix_for(kind, date(year, 1, 1), jurisdiction, issuer))
    return frozenset(prefixes)


def _check_told(manifest: Manifest, later: Later) -> None:
    """Refuse where nothing tells how far numbering went, or that nothing came after the backup."""
    if later.void_ahead is not None or later.mirror is not None:
        return
    if later.head is None:
        raise Refused(
            "restore-needs-head",
            "备份之后核发的编号可能已打印，此后的取消、补发也不在备份中。须有以下之一，先有先用：日志镜像；"
            "此后签发的状态列表，并作废各段其后若干个号；证明备份之后没有变化的日志头；"
            "都没有则作废其后的号，证卡须经确认才答有效",
            "numbers issued after the backup may be printed already, and it lacks what was cancelled since: "
            "the first that there is of these is needed: the journal's mirror; status lists signed since, with the "
            "next numbers of every series voided; a journal head that shows that nothing came after; without any of "
            "them the next numbers are voided, and cards read valid once they are confirmed",
        )
    if later.published is not None:
        return
    if later.head.size > manifest.journal_size:
        raise _behind_head(manifest.journal_size, later.head)
    if later.head.size < manifest.journal_size:
        raise _head_too_old()


def _behind_head(size: int, head: SignedHead) -> Refused:
    return Refused(
        "backup-older-than-head",
        f"备份（及镜像）止于日志第 {size} 条，日志头已到 {head.size} 条：其间编号或已打印，须作废其后的号",
        f"backup and mirror end at entry {size}, the head says {head.size}: numbers given since may be printed, "
        "so the next ones are to be voided",
    )


def _check_not_older(manifest: Manifest, head: SignedHead) -> None:
    if head.size == manifest.journal_size and datetime.fromisoformat(head.at) < manifest.made_at:
        raise _head_too_old()


def _head_too_old() -> Refused:
    return Refused(
        "head-older-than-backup",
        "日志头早于备份，不能说明备份之后没有核发：须有备份之后导出的日志头，或作废其后若干个号",
        "the head is from before the backup and does not show that nothing came after it: one exported since is "
        "needed, or the next numbers are to be voided",
    )


def _restore_blobs(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Store photographs and documents, each checked against its digest, before the rows that refer to them."""
    count = 0
    for some in chunks(read_blobs(archive), _BLOBS_AT_ONCE):
        blobs.put_many(connection, some)
        count += len(some)
    if count != manifest.rows.get(blob.name):
        raise damaged(Path(str(archive.filename)))
