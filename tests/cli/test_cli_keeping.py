"""``audit``, ``backup`` and ``restore``."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import URL, make_url

from service import settings
from tests import databases
from tests.cli.desk import PASSPHRASE, TODAY, Desk, assessor

YY = f"{TODAY:%y}"


def test_an_untouched_register_passes_the_audit(made: Desk) -> None:
    found = made.done("audit", "verify", "--json").json
    assert found["faults"] == []
    assert found["cards"] == 5
    assert "全部相符" in made.done("audit", "verify").out


def test_an_altered_register_fails_it(desk: Desk) -> None:
    with sqlite3.connect(desk.data / "register.db") as connection:
        connection.execute("PRAGMA writable_schema = ON")
        triggers = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
    answer = desk.run("audit", "verify", "--json")
    assert answer.code == 1
    assert answer.json["faults"]
    assert json.loads(answer.err)["error"]["code"] == "audit-failed"
    assert desk.run("audit", "verify").refusal == "audit-failed"


def test_the_head_is_the_same_text_with_and_without_json(made: Desk) -> None:
    plain, told = json.loads(made.done("audit", "head").out), made.done("audit", "head", "--json").json
    assert plain | {"at": "", "signature": ""} == told | {"at": "", "signature": ""}
    assert {"size", "root", "at", "host", "kid", "signature"} == set(plain)


def test_the_journal_is_exported_an_entry_a_line(desk: Desk) -> None:
    head = desk.done("audit", "head", "--json").json
    out = desk.path("journal.jsonl")
    assert desk.done("audit", "export", "--out", out, "--json").json == {"file": out, "entries": head["size"]}
    lines = Path(out).read_bytes().splitlines()
    assert len(lines) == head["size"]
    assert hashlib.sha256(b"\0" + lines[0]).hexdigest() == json.loads(desk.done("audit", "proof", "0").out)["leaf"]


def test_a_backup_is_restored_where_the_head_shows_that_nothing_came_after_it(desk: Desk) -> None:
    desk.done("backup", "--out", desk.path("b.zip"))
    (desk.folder / "head.json").write_text(desk.done("audit", "head").out)
    restored = Desk(desk.folder / "restored")
    assert restored.run("restore", desk.path("b.zip")).refusal == "restore-needs-head"
    told = restored.done("restore", desk.path("b.zip"), "--head", desk.path("head.json"), "--json").json
    assert told["voided"] == 0
    assert restored.run("verify", desk.texts[f"{YY}310020001"]).code == 0
    (restored.data / "passphrase").write_text(PASSPHRASE)
    assert restored.issue(assessor("孙七", 201)).json["issued"][0]["number"] == f"{YY}310020003"
    assert restored.run("restore", desk.path("b.zip"), "--void-ahead", "1").refusal == "register-exists"


def test_a_backup_is_restored_with_numbers_given_up(desk: Desk) -> None:
    """督附3, 考附2: no number twice."""
    desk.done("backup", "--out", desk.path("b.zip"))
    restored = Desk(desk.folder / "restored")
    restored.done("restore", desk.path("b.zip"), "--void-ahead", "3")
    (restored.data / "passphrase").write_text(PASSPHRASE)
    assert restored.issue(assessor("孙七", 201)).json["issued"][0]["number"] == f"{YY}310020006"
    assert restored.done("audit", "verify", "--json").json["faults"] == []


def test_a_backup_overwrites_nothing(desk: Desk) -> None:
    desk.done("backup", "--out", desk.path("b.zip"))
    assert desk.run("backup", "--out", desk.path("b.zip")).refusal == "file-exists"
    assert desk.run("backup", "--out", desk.path("missing/b.zip")).refusal == "file-error"


def test_a_damaged_backup_restores_nothing_and_a_good_one_after_it_all(desk: Desk) -> None:
    desk.done("backup", "--out", desk.path("b.zip"))
    whole = (desk.folder / "b.zip").read_bytes()
    with ZipFile(desk.folder / "b.zip") as archive:
        largest = max(archive.infolist(), key=lambda one: one.compress_size)
    middle = largest.header_offset + 30 + len(largest.filename) + largest.compress_size // 2
    restored = Desk(desk.folder / "restored")
    for damaged in (b"", whole[:5000], b"PK" + whole[9:], whole[:middle] + bytes(9) + whole[middle + 9 :]):
        (desk.folder / "damaged.zip").write_bytes(damaged)
        assert restored.run("restore", desk.path("damaged.zip"), "--void-ahead", "1").refusal == "backup-damaged"
        assert restored.run("verify", "hello").refusal == "no-register"
    restored.done("restore", desk.path("b.zip"), "--void-ahead", "1")
    assert restored.run("verify", desk.texts[f"{YY}310020001"]).code == 1, "nothing tells what came after the backup"
    restored.done("confirm", f"{YY}310020001", "--reason", "查台账")
    assert restored.run("verify", desk.texts[f"{YY}310020001"]).code == 0


def test_a_head_that_is_none_is_refused(desk: Desk) -> None:
    desk.done("backup", "--out", desk.path("b.zip"))
    answer = Desk(desk.folder / "r").run("restore", desk.path("b.zip"), "--head", desk.path("texts.json"))
    assert answer.refusal == "head-malformed"


def test_a_register_of_this_version_has_nothing_to_upgrade(desk: Desk) -> None:
    assert desk.done("upgrade", "--json").json == {"upgraded": False, "files_left": 0, "faults": []}
    assert "最新" in desk.done("upgrade").out
    assert Desk(desk.folder / "empty").run("upgrade").refusal == "no-register"


def test_a_backup_is_encrypted_to_a_key_that_the_server_does_not_have(desk: Desk) -> None:
    (desk.folder / "words").write_text("seven lakes\n")
    words = ("--key-passphrase-file", desk.path("words"))
    made = desk.done("keys", "backup-key", "--out", desk.path("backup.key"), *words, "--json").json
    assert desk.run("keys", "backup-key", "--out", desk.path("backup.key"), *words).refusal == "file-exists"
    out = desk.path("b.age")
    assert desk.run("backup", "--out", out, "--encrypt-to", "age1no").refusal == "backup-key-invalid"
    assert not Path(out).exists()
    desk.done("backup", "--out", out, "--encrypt-to", made["public"])
    assert b"PK" not in Path(out).read_bytes()[:4]
    assert Path(out).stat().st_mode & 0o777 == 0o600
    restored = Desk(desk.folder / "restored")
    assert restored.run("restore", out, "--void-ahead", "1").refusal == "backup-encrypted"
    (desk.folder / "wrong").write_text("six lakes")
    by_key = ("restore", out, "--void-ahead", "1", "--key", desk.path("backup.key"), "--key-passphrase-file")
    assert restored.run(*by_key, desk.path("wrong")).refusal == "wrong-passphrase"
    cut = Path(desk.path("cut.age"))
    cut.write_bytes(Path(out).read_bytes()[:-1])
    assert restored.run("restore", str(cut), *by_key[2:], desk.path("words")).refusal == "backup-unreadable"
    assert [path for path in restored.data.rglob("*") if path.is_file()] == []
    restored.done(*by_key, desk.path("words"))
    restored.done("confirm", "--all", "--reason", "查台账")
    assert restored.run("verify", desk.texts[f"{YY}310020001"]).code == 0


def test_backups_share_their_photographs(desk: Desk) -> None:
    """Made, checked, restored with the key, and pruned, by the words of the manual."""
    (desk.folder / "words").write_text("seven lakes\n")
    words = ("--key-passphrase-file", desk.path("words"))
    public = desk.done("keys", "backup-key", "--out", desk.path("backup.key"), *words, "--json").json["public"]
    kept = desk.folder / "kept"
    kept.mkdir()
    for name in ("1.age", "2.age"):
        desk.done("backup", "--out", str(kept / name), "--encrypt-to", public, "--apart")
    elsewhere = Desk(desk.folder / "elsewhere")
    checked = elsewhere.done("backups", "check", str(kept), "--json").json
    assert (checked["backups"], checked["damages"], checked["unlisted"]) == (2, [], [])
    assert checked["photographs"] > 0
    (kept / "1.age").unlink()
    pruned = desk.done("backups", "prune", str(kept), "--json").json
    assert (pruned["removed"], pruned["kept"]) == (0, checked["photographs"])
    (elsewhere.folder / "data").mkdir(parents=True)
    by_key = ("restore", str(kept / "2.age"), "--void-ahead", "1", "--key", desk.path("backup.key"), *words)
    elsewhere.done(*by_key)
    lost = next((kept / "photographs").glob("*/??/*"))
    lost.unlink()
    assert elsewhere.run("backups", "check", str(kept)).refusal == "backup-folder-damaged"
    assert Desk(desk.folder / "third").run(*by_key).refusal == "backup-photographs-lost"
    for words in ("prune", "check"):
        assert desk.run("backups", words, desk.path("photos")).refusal == "backup-folder-empty", "no disk is mounted"


def test_the_journal_is_mirrored_and_compared(desk: Desk) -> None:
    folder = desk.folder / "elsewhere" / "journal"
    assert desk.done("journal", "mirror", "--json").json["folder"] is None
    state = desk.done("journal", "mirror", str(folder), "--json").json
    assert (state["folder"], state["problem"]) == (str(folder), None)
    assert state["entries"] == state["mirrored"] == desk.done("audit", "head", "--json").json["size"]
    assert desk.done("audit", "verify", "--mirror", str(folder), "--json").json["faults"] == []
    away = folder.with_name("away")
    folder.rename(away)
    desk.done("numbers", "reserve", f"R50{YY}", "90", "91", "--reason", "预留")
    assert "not mounted" in desk.done("audit", "verify").out, "a warning, and no refusal"
    away.rename(folder)
    desk.done("numbers", "reserve", f"R50{YY}", "95", "96", "--reason", "预留")
    state = desk.done("journal", "mirror", "--json").json
    assert (state["mirrored"], state["problem"]) == (state["entries"], None)
    (folder / "entries" / "000000000000-000000000000.jsonl").write_bytes(b"{}\n")
    assert desk.run("audit", "verify", "--mirror", str(folder)).refusal == "audit-failed"
    assert desk.run("journal", "mirror", str(folder), "--off").code == 2
    assert desk.done("journal", "mirror", "--off", "--json").json["folder"] is None
    assert desk.run("journal", "mirror", "--off").refusal == "mirror-not-set"


@pytest.mark.slow
def test_a_drill_by_the_words_of_the_manual(desk: Desk) -> None:
    """The day of a restore: mirror, else published lists, else confirmation."""
    revoked, kept, replaced = f"{YY}310020001", f"{YY}310020002", f"R50{YY}0001"
    desk.done("journal", "mirror", desk.path("mirror"))
    desk.done("publish", "--out", desk.path("before"))
    desk.done("backup", "--out", desk.path("b.zip"))
    time.sleep(1)  # a list is dated in whole seconds: one of the same second may be older than the backup
    desk.done("revoke", revoked, "--ground", "考§21(4)", "--reason", "查实", "--decided-by", "王主任")
    desk.done("replace", replaced, "--reason", "lost")
    lost = desk.issue(assessor("孙七", 201)).json["issued"][0]["number"]
    desk.done("publish", "--out", desk.path("public"))

    def words(other: Desk) -> list[str]:
        return [
            other.run("verify", desk.texts[number], "--json").json["verdict"] for number in (revoked, replaced, kept)
        ]

    by_mirror = Desk(desk.folder / "by-mirror")
    told = by_mirror.done("restore", desk.path("b.zip"), "--journal", desk.path("mirror"))
    assert f"只知编号，请重新核发 cards issued since, known by number alone, to be issued again: {lost}" in told.out
    assert words(by_mirror) == ["revoked", "replaced", "valid"]

    by_lists = Desk(desk.folder / "by-lists")
    lists = ("--published", desk.path("public"), "--void-ahead", "50")
    untold = by_lists.run("restore", desk.path("b.zip"), *lists[:2])
    assert untold.refusal == "restore-needs-head"
    assert all(option in untold.err for option in ("--journal", "--published", "--void-ahead", "--head"))
    older = ("--published", desk.path("before"), "--void-ahead", "50")
    assert by_lists.run("restore", desk.path("b.zip"), *older).refusal == "status-list-older"
    told = by_lists.done("restore", desk.path("b.zip"), *lists, "--json")
    assert (told.json["taken"], told.json["unconfirmed"]) == (2, 1)
    assert words(by_lists) == ["revoked", "replaced", "valid"]
    assert by_lists.done("confirm", "--json").json["waiting"] == [replaced]

    by_hand = Desk(desk.folder / "by-hand")
    by_hand.done("restore", desk.path("b.zip"), "--void-ahead", "50")
    assert words(by_hand) == ["status_unknown"] * 3
    unpublished = by_hand.run("publish", "--out", desk.path("by-hand-public"))
    assert (unpublished.refusal, "zhengka confirm" in unpublished.err) == ("register-unconfirmed", True)
    (by_hand.data / "passphrase").write_text(PASSPHRASE)
    by_hand.done("revoke", revoked, "--ground", "考§21(4)", "--reason", "查实", "--decided-by", "王主任")
    assert by_hand.run("confirm", kept).refusal == "confirm-reason"
    assert by_hand.done("confirm", kept, "--reason", "查台账", "--json").json["confirmed"] == 1
    assert by_hand.run("confirm", "--all", kept).code == 2
    assert "已确认 4 张" in by_hand.done("confirm", "--all", "--reason", "逐张核对").out
    assert words(by_hand) == ["revoked", "valid", "valid"], "the office has said so"
    by_hand.done("publish", "--out", desk.path("by-hand-public"))
    for other in (by_mirror, by_lists, by_hand):
        assert other.done("audit", "verify", "--json").json["faults"] == []


def test_a_register_is_moved_and_the_old_one_says_where_to(desk: Desk, postgresql_server: URL) -> None:
    with databases._new_database(postgresql_server) as name:
        address = make_url(databases._text(postgresql_server, name)).set(password="geheim")  # noqa: S106
        url = address.render_as_string(hide_password=False)
        told = desk.run("move", "--to", url, "--json")
        assert told.code == 0, told
        assert "geheim" not in told.out + told.err
        assert told.json["rows"]["card"] == 5
        assert "***" not in told.json["place"]
        refused = desk.run("audit", "verify")
        assert refused.refusal == "register-moved"
        assert settings.DATABASE_URL in refused.err
        assert desk.run("move", "--to", url).refusal == "register-moved"
        assert desk.run("audit", "verify", ZHENGKA_DATABASE_URL=url).code == 0
