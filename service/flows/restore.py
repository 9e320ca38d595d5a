"""Restore a register from its backup without ever giving a printed number again."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from keys.files import create as create_file
from service.domain.card_number import prefix_for
from service.domain.errors import SchemeMissing
from service.domain.event import Event
from service.domain.jurisdiction import parse_jurisdiction
from service.domain.kinds import CardKind
from service.domain.regulation import LAST_SEQUENCE
from service.domain.validity import civil_date
from service.effects import Effects
from service.flows.audit import SignedHead, is_signed
from service.flows.backup_file import (
    MANIFEST,
    Manifest,
    check_manifest,
    damaged,
    opened,
    read_blobs,
    read_entry,
    table_entry,
)
from service.flows.errors import Refused
from service.flows.register import META_JURISDICTION, VAULT_FILE
from service.settings import Settings
from service.store import blobs, dump, institutions, journal, key_records, meta, numbers, status_lists
from service.store.engine import open_database
from service.store.schema import migrate
from service.store.statements import chunks
from service.store.tables import blob

_RESTORED: Final = "恢复备份后作废：备份之后可能已打印 voided after a restore: may have been printed since the backup"

_BLOBS_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back; ``voided`` counts the numbers that may have been printed since and are given up."""

    journal_size: int
    voided: int


def restore(
    settings: Settings,
    effects: Effects,
    file: Path,
    *,
    head: SignedHead | None = None,
    void_ahead: int | None = None,
    actor: str,
) -> Restored:
    """Bring a register back into an empty data folder and an empty database.

    Numbers given after the backup may be in people's hands: so either ``head``, the journal's last exported head,
    shows that nothing came after it, or the next ``void_ahead`` numbers of every series are voided and a new status
    list is begun. Without one of them a restore is refused. An institution entered after the backup is not known to
    it: its numbers are for the office to void. Raises Refused; no register is left behind then.
    """
    with opened(file) as archive:
        manifest = read_entry(archive, MANIFEST, Manifest)
        check_manifest(manifest)
        if void_ahead is None:
            _check_head(manifest, head)
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
                if void_ahead is None:
                    _check_signed(connection, manifest, head)
                voided = _void_ahead(connection, void_ahead or 0, manifest, effects)
                reason = f"void-ahead {void_ahead}" if void_ahead else "head"
                event = Event("register-restored", "register", {"entries": manifest.journal_size, "reason": reason})
                journal.append_many(connection, effects.now(), actor, (event, *voided))
                # Before the commit: what is damaged undoes it all.
                create_file(settings.data / VAULT_FILE, archive.read(VAULT_FILE))
        finally:
            database.close()
    return Restored(manifest.journal_size, len(voided))


def _void_ahead(connection: Connection, ahead: int, manifest: Manifest, effects: Effects) -> tuple[Event, ...]:
    """Give up the next numbers of every series and the rest of the status list: they may be in use out there."""
    if not ahead:
        return ()
    now = effects.now()
    used = {series.prefix: series.used for series in numbers.all_series(connection)}
    events: list[Event] = []
    for prefix in sorted(used.keys() | _begun_since(connection, manifest, now)):
        wanted = min(ahead, LAST_SEQUENCE - used.get(prefix, 0))
        if wanted > 0:
            given_up = numbers.claim_many(connection, {prefix: wanted}, now)[prefix]
            numbers.void_many(connection, given_up, _RESTORED, now)
            events.extend(Event("number-voided", str(number), {"reason": _RESTORED}) for number in given_up)
    status_lists.close_last(connection)
    return tuple(events)


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


def _check_head(manifest: Manifest, head: SignedHead | None) -> None:
    if head is None:
        raise Refused(
            "restore-needs-head",
            "备份之后核发的编号可能已打印：请用 --head 给出最后导出的日志头，或用 --void-ahead N 作废各段其后 N 个号",
            "numbers issued after the backup may be printed already: give the last exported journal head with --head, "
            "or void the next N numbers of every series with --void-ahead N",
        )
    if head.size > manifest.journal_size:
        raise Refused(
            "backup-older-than-head",
            f"备份止于日志第 {manifest.journal_size} 条，日志头已到 {head.size} 条：其间编号或已打印，用 --void-ahead",
            f"the backup ends at entry {manifest.journal_size}, the head says {head.size}: numbers given since may be "
            "printed, use --void-ahead N",
        )

    if (head.size, head.root) != (manifest.journal_size, manifest.journal_root):
        older = head.size < manifest.journal_size
        raise (
            _head_too_old()
            if older
            else Refused(
                "head-of-another-journal",
                "日志头与备份中的日志不符，不是同一登记库的，或备份已被改动",
                "the head is not of the journal in the backup: it is another register's, or the backup was altered",
            )
        )


def _check_signed(connection: Connection, manifest: Manifest, head: SignedHead | None) -> None:
    """Check the head's signature, with the keys of the backup, and that it is not from before the backup was made."""
    if head is None or not is_signed(head, key_records.all_of(connection)):
        raise Refused(
            "head-not-signed",
            "日志头的签名不符：内容被改动，或不是由本登记库签署",
            "the head's signature does not hold: it was altered, or another register signed it",
        )
    if datetime.fromisoformat(head.at) < manifest.made_at:
        raise _head_too_old()


def _head_too_old() -> Refused:
    return Refused(
        "head-older-than-backup",
        "日志头早于备份，不能说明备份之后没有核发：请给出备份之后导出的日志头，或用 --void-ahead",
        "the head is from before the backup and does not show that nothing came after it: give one exported since, or "
        "use --void-ahead N",
    )


def _restore_blobs(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Store photographs and documents, each checked against its digest, before the rows that refer to them."""
    count = 0
    for some in chunks(read_blobs(archive), _BLOBS_AT_ONCE):
        blobs.put_many(connection, some)
        count += len(some)
    if count != manifest.rows.get(blob.name):
        raise damaged(Path(str(archive.filename)))
