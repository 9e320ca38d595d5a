"""A register of before photographs and documents were rows: files in its data folder, as that version wrote them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from service.flows.running.upgrade import Upgraded, upgrade_tables
from service.settings import Settings
from service.store import blobs
from service.store.engine import Database
from service.store.errors import FilesMissing, SchemaMismatch
from service.store.schema import check_current
from tests.flows.test_upgrade import EFFECTS, at_step

FORMER = "0013"
FACE, SMILE = b"\xff\xd8\xff a face", b"\xff\xd8\xff another"
PDF, PNG = b"%PDF-1.4 a decision", b"\x89PNG\r\n\x1a\n a report"
STRAY = b"\xff\xd8\xff of a batch that was broken off"

_ROWS = """
INSERT INTO series (prefix, scheme, last_no, top_no) VALUES ('R5026', 'external', 3, 3);
INSERT INTO person (id, blind_index, id_sealed, name) VALUES (1, :one, :one, '王五'), (2, :two, :two, '李四');
INSERT INTO number (number, prefix, sequence, state, set_at) VALUES
  ('R50260001', 'R5026', 1, 'issued', '2026-01-01 00:00:00'),
  ('R50260002', 'R5026', 2, 'issued', '2026-01-01 00:00:00'),
  ('R50260003', 'R5026', 3, 'issued', '2026-01-01 00:00:00');
INSERT INTO card (number, person_id, kind, issuer, work_unit, name, issued_on, expires_on, status, status_on, photo,
  created_at) VALUES
  ('R50260001', 1, 'external', 'centre', '单位', '王五', '2026-01-01', '2029-01-01', 'valid', NULL, :face,
  '2026-01-01 00:00:00'),
  ('R50260002', 2, 'external', 'centre', '单位', '李四', '2026-01-01', '2029-01-01', 'revoked', '2026-02-02', :smile,
  '2026-01-01 00:00:00'),
  ('R50260003', 1, 'external', 'centre', '单位', '王五', '2026-01-01', '2029-01-01', 'superseded', '2026-02-02', :face,
  '2026-01-01 00:00:00');
INSERT INTO cancellation (number, ground, body, decided_on, decided_by, reason, entered_at, attachment,
  attachment_digest) VALUES ('R50260002', '督§19(4)', 'centre', '2026-02-02', '王', '因', '2026-02-02 00:00:00',
  '决定', :pdf);
INSERT INTO proposal (number, ground, body, proposed_by, reason, entered_at, state, attachment, attachment_digest)
  VALUES ('R50260001', '督§19(4)', 'centre', '王', '因', '2026-02-02 00:00:00', 'proposed', '报告', :png)
"""


def digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def upgrade(settings: Settings) -> Upgraded:
    """Upgrade rows that stand in no entry of a journal."""
    return upgrade_tables(settings, EFFECTS, despite_faults=True)


def keep(folder: Path, place: str, content: bytes, suffix: str) -> Path:
    """Write a file where and as the former version kept it."""
    name = digest(content).hex()
    path = folder / place / name[:2] / (name + suffix)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def former(bare_database: Database, bare_database_url: str, tmp_path: Path) -> tuple[Database, Settings]:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "vault.sealed").write_bytes(b"sealed")
    at_step(bare_database, FORMER)
    with bare_database.write() as connection:
        fill(connection)
    for place, content, suffix in (
        ("photos", FACE, ".jpg"),
        ("photos", SMILE, ".jpg"),
        ("documents", PDF, ".pdf"),
        ("documents", PNG, ".png"),
    ):
        keep(folder, place, content, suffix)
    (folder / "uploads" / ("0" * 32 + ".1700000000")).mkdir(parents=True)
    (folder / "uploads" / ("0" * 32 + ".1700000000") / "roster.xlsx").write_bytes(b"PK")
    return bare_database, Settings(folder, bare_database_url)


def fill(connection: Connection) -> None:
    values = {
        "one": digest(b"one"),
        "two": digest(b"two"),
        "face": digest(FACE),
        "smile": digest(SMILE),
        "pdf": digest(PDF),
        "png": digest(PNG),
    }
    for statement in _ROWS.split(";"):
        connection.execute(text(statement), {key: value for key, value in values.items() if f":{key}" in statement})


def test_files_become_rows_and_are_gone(former: tuple[Database, Settings]) -> None:
    database, settings = former
    stray = keep(settings.data, "photos", STRAY, ".jpg")
    (settings.data / "photos" / "readme.txt").write_text("of the office")
    with pytest.raises(SchemaMismatch, match="older"):
        check_current(database)
    done = upgrade(settings)
    assert (done.steps_taken, done.files_left) == (True, 1)
    check_current(database)
    with database.read() as connection:
        stored = {one.body: one.media_type.value for _, one in blobs.every(connection)}
        assert blobs.unmet(connection) == ()
    assert stored == {FACE: "image/jpeg", SMILE: "image/jpeg", PDF: "application/pdf", PNG: "image/png"}
    left = sorted(path.relative_to(settings.data).as_posix() for path in settings.data.rglob("*") if path.is_file())
    assert left == [
        stray.relative_to(settings.data).as_posix(),
        "photos/readme.txt",
        "vault.sealed",
    ]
    stray.unlink()
    assert upgrade(settings) == Upgraded(steps_taken=False, files_left=0)


@pytest.mark.parametrize("damage", ["lost", "altered", "cut", "folder gone"])
def test_a_missing_or_damaged_file_is_named_and_nothing_is_changed(
    former: tuple[Database, Settings], damage: str
) -> None:
    """The former version goes on working with its files, and the upgrade goes through once they are back."""
    database, settings = former
    photo = keep(settings.data, "photos", FACE, ".jpg")
    document = keep(settings.data, "documents", PDF, ".pdf")
    match damage:
        case "lost":
            photo.unlink()
            document.unlink()
        case "altered":
            photo.write_bytes(FACE[:-1] + b"x")
            document.write_bytes(PDF + b"x")
        case "cut":
            photo.write_bytes(FACE[:-1])
            document.write_bytes(b"")
        case _:
            (settings.data / "photos").rename(settings.data / "aside")
            document.unlink()
    before = {path: path.read_bytes() for path in settings.data.rglob("*") if path.is_file() and path.suffix != ".db"}
    with pytest.raises(FilesMissing) as refused:
        upgrade(settings)
    assert refused.value.code == "files-missing"
    for words in (refused.value.zh, refused.value.en):
        assert {number for number in ("R50260001", "R50260002", "R50260003") if number in words} == {
            "R50260001",
            "R50260002",
            "R50260003",
        }
    kept = (path for path in settings.data.rglob("*") if path.is_file() and path.suffix != ".db")
    assert {path: path.read_bytes() for path in kept} == before
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == FORMER
        assert not inspect(connection).has_table("blob")
    if damage == "folder gone":
        (settings.data / "aside").rename(settings.data / "photos")
    keep(settings.data, "photos", FACE, ".jpg")
    keep(settings.data, "documents", PDF, ".pdf")
    done = upgrade(settings)
    assert (done.steps_taken, done.files_left) == (True, 0)


def test_many_and_large_files_are_moved_in_pieces(former: tuple[Database, Settings]) -> None:
    database, settings = former
    statement = text(
        "INSERT INTO proposal (number, ground, body, proposed_by, reason, entered_at, state, attachment,"
        " attachment_digest) VALUES ('R50260001', 'g', 'centre', 'w', 'r', '2026-02-02 00:00:00', 'proposed', 'a', :d)"
    )
    contents = [b"%PDF-" + bytes([place]) * 1_500_000 for place in range(8)]
    with database.write() as connection:
        for content in contents:
            keep(settings.data, "documents", content, ".pdf")
            connection.execute(statement, {"d": digest(content)})
    upgrade(settings)
    with database.read() as connection:
        assert set(contents) <= {one.body for _, one in blobs.every(connection)}
