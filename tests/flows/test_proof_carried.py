"""What the journal stands for goes along: into backups, through a restore and an upgrade, and to the mirror."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest
from sqlalchemy import text

from service.domain.access import By
from service.domain.journal import parse_entry
from service.domain.merkle import Frontier
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.errors import Refused
from service.flows.register import open_register
from service.flows.running import mirror_files
from service.flows.running.audit import audit, audit_on, export_journal, is_signed, read_head, signed_head
from service.flows.running.back_up import back_up
from service.flows.running.journal_mirror import set_mirror
from service.flows.running.mirrored_heads import HEAD_EVERY, keep_mirrored
from service.flows.running.restore import restore
from service.flows.running.restore_evidence import Later
from service.flows.running.upgrade import upgrade_tables
from service.store import key_records
from service.store.engine import open_database
from tests.flows.damage import alter_blobs, lose_blobs, photo_digest
from tests.flows.office import ACTOR, Office, applicant, numbers_of, one_of_each, settings_of
from tests.flows.people_at_work import hire
from tests.flows.test_backup import restored, rewritten
from tests.flows.test_upgrade import EFFECTS, unstated

ONE_WORD = {
    "a name": ("card", lambda row: {**row, "name": "王八"}),
    "a photograph": ("card", lambda row: {**row, "photo": None}),
    "a role": ("account", lambda row: {**row, "role": "centre"}),
    "a place in a list": ("copy", lambda row: {**row, "list_index": row["list_index"] + 900}),
    "a ground": ("cancellation", lambda row: {**row, "ground": "督§19(2)"}),
}


def altered(file: Path, table: str, change: Callable[[dict[str, object]], dict[str, object]]) -> Path:
    """Copy a backup with the first row of a table altered."""

    def edit(name: str, content: bytes) -> bytes:
        if name != f"tables/{table}.jsonl":
            return content
        first, *others = content.splitlines(keepends=True)
        row: dict[str, object] = msgspec.json.decode(first)
        assert change(row) != row
        return b"".join((msgspec.json.encode(change(row)), b"\n", *others))

    return rewritten(file, edit)


@pytest.fixture
def backup(lite: Office, tmp_path: Path) -> Path:
    lite.issue(*one_of_each())
    hire(lite, "centre")
    number = lite.issue_one(applicant("external", 8))
    revoke_card(
        lite.register, number, RevocationRequest(ground="督§19(4)", reason="查实", decided_by="李四"), By(ACTOR)
    )
    file = tmp_path / "register.zip"
    back_up(lite.register, file)
    return file


@pytest.mark.parametrize("what", ONE_WORD)
def test_a_backup_that_somebody_has_edited_is_refused_and_the_row_named(
    lite: Office, backup: Path, tmp_path: Path, what: str
) -> None:
    table, change = ONE_WORD[what]
    file = altered(backup, table, change)
    other = Office(settings_of(tmp_path / "there", f"sqlite:///{tmp_path}/there.db"), clock=lite.clock)
    later = Later(void_ahead=3)
    with pytest.raises(Refused, match=rf"1 faults.*{table} ") as refused:
        restore(other.settings, other.effects, file, later, actor=ACTOR)
    assert refused.value.code == "backup-altered"
    assert f"表 {table} 的" in refused.value.zh
    told = restore(other.settings, other.effects, file, Later(void_ahead=3, despite_faults=True), actor=ACTOR)
    assert {fault.table for fault in told.faults} == {table}
    with other.open() as register:
        assert audit(register).faults == (), "what was looked into and taken is stated from there on"
        event = next(event for event in other.events() if event.kind == "register-restored")
        assert event.data["faults"] == len(told.faults)


def test_a_backup_carries_a_signed_head_and_a_rewritten_journal_is_refused(
    lite: Office, backup: Path, tmp_path: Path
) -> None:
    """With a head of his own, without its signature, whoever computes the tree anew gets no further."""
    with ZipFile(backup) as archive:
        manifest = msgspec.json.decode(archive.read("manifest.json"))
    head = read_head(msgspec.json.encode(manifest["head"]))
    with lite.register.database.read() as connection:
        assert is_signed(head, key_records.all_of(connection))
    assert (head.size, head.root) == (manifest["journal_size"], manifest["journal_root"])
    assert audit(lite.register, head).faults == ()

    def resigned(name: str, content: bytes) -> bytes:
        return re.sub(rb'"signature": "..', b'"signature": "00', content) if name == "manifest.json" else content

    with (
        pytest.raises(Refused) as refused,
        restored(lite, rewritten(backup, resigned), tmp_path / "there", f"sqlite:///{tmp_path}/there.db", void_ahead=3),
    ):
        pass
    assert refused.value.code == "backup-damaged"


def test_a_restored_register_goes_on_proving_itself(lite: Office, backup: Path, tmp_path: Path) -> None:
    """Nothing false is reported, mirrored entries keep their bytes, and an edit is named as before."""
    mirror = tmp_path / "mirror"
    set_mirror(lite.register.database, lite.register.effects, lite.register.mirror, mirror, ACTOR)
    lite.issue_one(applicant("external", 9))
    before = list(export_journal(lite.register))
    other = Office(settings_of(tmp_path / "there", f"sqlite:///{tmp_path}/there.db"), clock=lite.clock)
    restore(other.settings, other.effects, backup, Later(mirror=mirror), actor=ACTOR)
    with other.open() as register:
        assert list(export_journal(register))[: len(before)] == before
        kinds = [parse_entry(entry).event.kind for entry in export_journal(register)][len(before) :]
        assert kinds == ["register-restored", "card-lost", "facts-restated"]
        assert audit(register).faults == ()
        other.issue_one(applicant("external", 10))
        assert audit(register, signed_head(register)).faults == ()
        database = open_database(other.settings.database_url)
        with database.write() as connection:
            connection.execute(text("DROP TRIGGER lost_card_ends"))
            connection.execute(text("UPDATE lost_card SET status = 'revoked', status_on = issued_on"))
        database.close()
        (fault,) = audit(register).faults
        assert (fault.table, fault.code) == ("lost_card", "row-differs")


def test_an_upgrade_audits_before_it_states_anew(tmp_path: Path) -> None:
    settings, database = unstated(tmp_path, "0016")
    with database.write() as connection:
        frontier = Frontier().extend([bytes(32)]).to_bytes()
        connection.execute(text("UPDATE journal_head SET size = 1, frontier = :made_up"), {"made_up": frontier})
    with pytest.raises(Refused) as refused:
        upgrade_tables(settings, EFFECTS)
    assert refused.value.code == "register-altered"
    assert "the journal differs from its tree" in refused.value.en
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0016", "all or nothing"
    assert upgrade_tables(settings, EFFECTS, despite_faults=True).faults[0].code == "journal-tree"
    database.close()


def test_an_upgrade_holds_rows_against_what_was_stated_but_for_reshaped_tables(lite: Office) -> None:
    lite.issue_one(applicant("external", 1))
    with lite.register.database.write() as connection:
        connection.execute(text("DROP TRIGGER card_fixed"))
        connection.execute(text("UPDATE card SET name = '王八'"))
        assert [fault.table for fault in audit_on(connection).faults] == ["card"]
        assert audit_on(connection, reshaped={"card"}).faults == ()
        connection.rollback()


def test_signed_heads_go_to_the_mirror_by_themselves(lite: Office, tmp_path: Path) -> None:
    register, mirror = lite.register, tmp_path / "mirror"
    set_mirror(register.database, register.effects, register.mirror, mirror, ACTOR)

    def sizes() -> list[int]:
        return [read_head(content).size for _, content in mirror_files.heads(mirror)]

    keep_mirrored(register)
    (first,) = sizes()
    lite.issue_one(applicant("external", 1))
    keep_mirrored(register)
    assert sizes() == [first], "once an hour is enough"
    lite.clock.now += HEAD_EVERY + timedelta(seconds=1)
    keep_mirrored(register)
    keep_mirrored(register)
    assert len(sizes()) == 2
    _, newest = max(mirror_files.heads(mirror))
    assert audit(register, read_head(newest)).faults == ()
    with open_register(lite.settings, lite.effects) as other:
        keep_mirrored(other)
    assert len(sizes()) == 2, "nor by another process"


def test_from_a_trusted_head_photographs_are_looked_for_and_not_read(lite: Office) -> None:
    """Only a full run reads what may be gigabytes; that a photograph is gone shows either way."""
    kept, gone = numbers_of(lite.issue(applicant("external", 1), applicant("external", 2)))
    database = lite.register.database
    head = signed_head(lite.register)
    alter_blobs(database, photo_digest(database, kept or ""))
    assert [fault.key for fault in audit(lite.register).faults] == [kept]
    assert audit(lite.register, head).faults == ()
    forged = msgspec.structs.replace(head, root="00" * 32)
    assert kept in {fault.key for fault in audit(lite.register, forged).faults}, (
        "a head that is not ours spares nothing"
    )
    lose_blobs(database, photo_digest(database, gone or ""))
    assert [fault.key for fault in audit(lite.register, head).faults] == [gone]
