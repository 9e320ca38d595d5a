"""Backups of a folder that share their photographs: each is copied once, and every backup is restored whole."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
import pytest

from keys.backup_key import BackupKey, make_backup_key
from service.flows.errors import Refused
from service.flows.running.audit import audit
from service.flows.running.back_up import back_up
from service.flows.running.backup_folder import LIST_SUFFIX, check_folder, prune
from service.flows.running.encrypted_backup import readable
from service.flows.running.photo_folder import FOLDER, locked
from service.flows.running.restore import restore
from service.flows.running.restore_evidence import Later
from tests.flows.damage import alter_blobs, photo_digest, stored_blobs
from tests.flows.office import ACTOR, CHEAP, PASSPHRASE, Office, applicant, photo, photos_of, resident_id, settings_of
from tests.inside import CHECKOUT
from tests.store.test_full_disk import full_disk

FOREVER: Final = Later(void_ahead=1)


def issue(office: Office, *people: int) -> list[str]:
    """Issue a card to each of these people, with a photograph of their own; return the numbers."""
    numbers: list[str] = []
    for person in people:
        row = applicant("external", person)
        outcome = office.issue(row, photos=photos_of(row, **{resident_id(person): photo(person)}))
        numbers += [one.number or "" for one in outcome.issued]
    return numbers


def copied(folder: Path) -> dict[str, int]:
    """Every photograph beside the backups, with the number of its inode: what is written again has another."""
    return {path.name: path.stat().st_ino for path in (folder / FOLDER).glob("*/??/*")}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, str]:
    file = tmp_path / "backup.key"
    return file, make_backup_key(file, PASSPHRASE, lambda size: b"x" * size, CHEAP)


@pytest.fixture
def brought_back(tmp_path: Path) -> Callable[..., dict[bytes, bytes]]:
    """Restore a backup into a folder of its own; return the photographs that are there then."""
    opened: list[Office] = []

    def bring(office: Office, file: Path, key_file: Path | None = None, later: Later = FOREVER) -> dict[bytes, bytes]:
        place = tmp_path / f"there-{len(opened)}"
        there = Office(settings_of(place / "data", f"sqlite:///{place}/register.db"), office.clock, office.random)
        place.mkdir(exist_ok=True)
        with readable(file, key_file, lambda: PASSPHRASE, place) as read:
            restore(there.settings, there.effects, read.plain, later, actor=ACTOR, beside=file.parent, key=read.key)
        opened.append(there)
        with there.open():
            if not later.despite_faults:
                assert audit(there.register).faults == ()
            return stored_blobs(there.register.database)

    return bring


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_photograph_is_copied_once_and_every_backup_is_whole(
    office: Office,
    kept: Path,
    key: tuple[Path, str],
    brought_back: Callable[..., dict[bytes, bytes]],
    encrypted: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Also the older one, also from a copy of the folder, and with a key one file's bytes tell nothing."""
    key_file, public = key if encrypted else (None, None)
    moments: dict[str, dict[bytes, bytes]] = {}
    before: dict[str, int] = {}
    for name, people in (("1.zip", (1, 2)), ("2.zip", (3,)), ("3.zip", ())):
        issue(office, *people)
        back_up(office.register, kept / name, encrypt_to=public, apart=True)
        moments[name] = stored_blobs(office.register.database)
        now = copied(kept)
        assert now.items() >= before.items(), "what was there is left as it is"
        assert len(now) == len(moments[name])
        before = now
    for path in (kept / FOLDER).glob("*/??/*"):
        assert path.stat().st_mode & 0o777 == 0o600
        holds = any(body in path.read_bytes() for body in moments["3.zip"].values())
        assert holds is not encrypted
    away = kept.with_name("another machine")
    shutil.copytree(kept, away)
    shutil.rmtree(kept)
    assert check_folder(away).damages == ()
    assert check_folder(away).photographs == 3
    for name in ("1.zip", "3.zip"):
        assert brought_back(office, away / name, key_file) == moments[name]


def test_another_key_and_a_backup_in_one_file_share_nothing(
    lite: Office, kept: Path, key: tuple[Path, str], brought_back: Callable[..., dict[bytes, bytes]]
) -> None:
    """What one key opens is not mixed with what lies open or is another's; old backups in one file stay readable."""
    issue(lite, 1)
    other = kept.with_name("other.key")
    back_up(lite.register, kept / "whole.zip")
    back_up(lite.register, kept / "plain.zip", apart=True)
    back_up(lite.register, kept / "1.age", encrypt_to=key[1], apart=True)
    back_up(
        lite.register,
        kept / "2.age",
        encrypt_to=make_backup_key(other, PASSPHRASE, lambda size: b"y" * size, CHEAP),
        apart=True,
    )
    assert len(copied(kept)) == 1
    assert len(list((kept / FOLDER).glob("*/??/*"))) == 3
    blobs = stored_blobs(lite.register.database)
    for name, opener in (("whole.zip", None), ("plain.zip", None), ("1.age", key[0]), ("2.age", other)):
        assert brought_back(lite, kept / name, opener) == blobs


@pytest.mark.parametrize("damage", ["missing", "altered", "cut"])
def test_a_lost_photograph_is_named_and_copied_anew(
    lite: Office,
    kept: Path,
    key: tuple[Path, str],
    brought_back: Callable[..., dict[bytes, bytes]],
    damage: str,
) -> None:
    """A check finds it without the key, a restore restores nothing; once copied anew every backup is whole again."""
    first, _ = issue(lite, 1, 2)
    back_up(lite.register, kept / "1.age", encrypt_to=key[1], apart=True)
    back_up(lite.register, kept / "2.age", encrypt_to=key[1], apart=True)
    whole = stored_blobs(lite.register.database)
    (path, *_), others = _files_of(kept, lite, key, first)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(data[:-60] + bytes([data[-60] ^ 1]) + data[-59:] if damage == "altered" else data[:-1])
    (found,) = check_folder(kept).damages
    assert (found.file, found.is_missing, found.backups) == (path, damage == "missing", ("1.age", "2.age"))
    with pytest.raises(Refused) as refused:
        brought_back(lite, kept / "1.age", key[0])
    assert refused.value.code == "backup-photographs-lost"
    for words in (refused.value.zh, refused.value.en):
        assert first in words
        assert path.name in words
        assert others[0].name not in words
    assert not (kept.parent / "there-0" / "data" / "vault.sealed").exists()
    path.unlink(missing_ok=True)
    back_up(lite.register, kept / "3.age", encrypt_to=key[1], apart=True)
    assert check_folder(kept).damages == ()
    assert brought_back(lite, kept / "1.age", key[0]) == whole


def _files_of(kept: Path, office: Office, key: tuple[Path, str], number: str) -> tuple[list[Path], list[Path]]:
    """Return the file beside the backups that has a card's photograph, and the others."""
    digest = photo_digest(office.register.database, number)
    body, opener = stored_blobs(office.register.database)[digest], BackupKey(key[0], PASSPHRASE)
    files = list((kept / FOLDER).glob("*/??/*"))
    of_card = [path for path in files if opener.open(path.read_bytes()[:-32]) == body]
    return of_card, [path for path in files if path not in of_card]


def test_where_there_is_no_other_copy_the_rest_is_restored(lite: Office, kept: Path, tmp_path: Path) -> None:
    """What is lost is named by the audit from then on, and the register is backed up and restored without it."""
    issue(lite, 1, 2)
    back_up(lite.register, kept / "1.zip", apart=True)
    next((kept / FOLDER).glob("*/??/*")).unlink()
    despite, office = Later(void_ahead=1, despite_faults=True), lite
    for name in ("1.zip", "2.zip"):
        place = tmp_path / name / "data"
        there = Office(settings_of(place, f"sqlite:///{tmp_path}/of-{name}.db"), lite.clock, lite.random)
        told = restore(there.settings, there.effects, kept / name, despite, actor=ACTOR)
        office = there
        with office.open():
            (fault,) = audit(office.register).faults
            assert fault in told.faults
            with pytest.raises(Refused) as refused:
                back_up(office.register, kept / "whole.zip")
            assert refused.value.code == "backup-incomplete"
            back_up(office.register, kept / "2.zip" if name == "1.zip" else kept / "3.zip", apart=True)
            assert len(copied(kept)) == 1


def test_an_altered_backup_is_found_by_the_check(lite: Office, kept: Path) -> None:
    issue(lite, 1)
    back_up(lite.register, kept / "1.zip", apart=True)
    data = (kept / "1.zip").read_bytes()
    (kept / "1.zip").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    (found,) = check_folder(kept).damages
    assert found.file == kept / "1.zip"


def test_what_the_register_has_altered_is_not_copied(lite: Office, kept: Path) -> None:
    (number,) = issue(lite, 1)
    alter_blobs(lite.register.database)
    with pytest.raises(Refused, match=number) as refused:
        back_up(lite.register, kept / "1.zip", apart=True)
    assert refused.value.code == "backup-incomplete"
    assert copied(kept) == {}
    assert [path.name for path in kept.iterdir()] == [FOLDER]


def test_only_what_no_kept_backup_needs_is_pruned(
    lite: Office, kept: Path, key: tuple[Path, str], brought_back: Callable[..., dict[bytes, bytes]]
) -> None:
    """An older register's photographs stay as long as its backup, and no longer."""
    other = Office(settings_of(kept.parent / "other", f"sqlite:///{kept.parent}/other.db"), lite.clock, lite.random)
    back_up(lite.register, kept / "empty.zip")
    restore(other.settings, other.effects, kept / "empty.zip", FOREVER, actor=ACTOR)
    issue(lite, 1, 2)
    back_up(lite.register, kept / "1.age", encrypt_to=key[1], apart=True)
    with other.open():
        issue(other, 3)
        back_up(other.register, kept / "2.age", encrypt_to=key[1], apart=True)
        blobs = stored_blobs(other.register.database)
    assert prune(kept).removed == 0
    (kept / FOLDER / "README").write_text("ours")
    (kept / FOLDER / key[1] / ".new").mkdir()
    (kept / FOLDER / key[1] / ".new" / "left").write_text("by a backup that was killed")
    (kept / "1.age").unlink()
    pruned = prune(kept)
    assert (pruned.removed, pruned.kept, pruned.unlisted) == (2, 1, ())
    assert {path.name for path in kept.iterdir()} == {FOLDER, "empty.zip", "2.age", "2.age" + LIST_SUFFIX}
    assert not (kept / FOLDER / key[1] / ".new").exists()
    assert (kept / FOLDER / "README").exists()
    assert brought_back(lite, kept / "2.age", key[0]) == blobs


@pytest.mark.parametrize("how", ["list gone", "list altered", "in one file"])
def test_where_a_list_is_missing_nothing_is_pruned(lite: Office, kept: Path, key: tuple[Path, str], how: str) -> None:
    """Of an encrypted backup nobody here can tell what it needs."""
    issue(lite, 1)
    back_up(lite.register, kept / "1.age", encrypt_to=key[1], apart=True)
    back_up(lite.register, kept / "2.age", encrypt_to=key[1], apart=how != "in one file")
    if how == "list gone":
        (kept / ("2.age" + LIST_SUFFIX)).unlink()
    elif how == "list altered":
        file = kept / ("2.age" + LIST_SUFFIX)
        file.write_bytes(file.read_bytes()[:-1])
    (kept / FOLDER / key[1] / "00").mkdir(exist_ok=True)
    needless = kept / FOLDER / key[1] / "00" / ("00" * 32)
    needless.write_bytes(b"")
    assert prune(kept).unlisted == ("2.age",)
    assert needless.exists()
    (kept / "2.age").unlink()
    assert prune(kept).removed == 1
    assert not needless.exists()
    (kept / "1.age").unlink()
    with pytest.raises(Refused) as refused:
        prune(kept)
    assert refused.value.code == "backup-folder-empty"
    assert len(copied(kept)) == 1


def test_one_at_a_time_is_at_work_in_a_folder(lite: Office, kept: Path) -> None:
    issue(lite, 1)
    back_up(lite.register, kept / "1.zip", apart=True)
    with locked(kept):
        for attempt in (lambda: back_up(lite.register, kept / "2.zip", apart=True), lambda: prune(kept)):
            with pytest.raises(Refused) as refused:
                attempt()
            assert refused.value.code == "backup-folder-busy"
        back_up(lite.register, kept / "whole.zip")
    back_up(lite.register, kept / "2.zip", apart=True)


KILLED: Final = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from service.effects import Effects
from service.flows.register import open_register
from service.flows.running.back_up import back_up
from tests.flows.office import settings_of

folder, kept, after = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
copied = 0

def now():
    if copied > 3:
        os.kill(os.getpid(), signal.SIGKILL)  # all photographs have their names, the backup has not
    return datetime(2026, 11, 30, tzinfo=UTC)

def progress(done, total):
    global copied
    copied += 1
    if copied == after:
        os.kill(os.getpid(), signal.SIGKILL)

effects = Effects(now, os.urandom)
with open_register(settings_of(folder, f"sqlite:///{folder / 'register.db'}"), effects) as register:
    back_up(register, kept / "1.zip", progress, apart=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("after", [2, 99], ids=["amid the photographs", "before the backup has its name"])
def test_a_backup_that_was_killed_is_taken_again(
    lite: Office, kept: Path, brought_back: Callable[..., dict[bytes, bytes]], after: int
) -> None:
    issue(lite, 1, 2, 3)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, lite.settings.data, kept, str(after)], cwd=CHECKOUT, check=False, timeout=120
    )
    assert ended.returncode == -signal.SIGKILL
    assert not (kept / "1.zip").exists()
    left = copied(kept)
    assert len(left) == (0 if after == 2 else 3)
    back_up(lite.register, kept / "1.zip", apart=True)
    assert copied(kept).items() >= left.items()
    assert {path.name for path in kept.iterdir()} == {FOLDER, "1.zip", "1.zip" + LIST_SUFFIX}
    assert list((kept / FOLDER).glob("*/.new")) == []
    assert check_folder(kept).damages == ()
    assert brought_back(lite, kept / "1.zip") == stored_blobs(lite.register.database)


def test_a_full_disk_leaves_what_was_there(
    lite: Office, kept: Path, brought_back: Callable[..., dict[bytes, bytes]]
) -> None:
    issue(lite, 1)
    back_up(lite.register, kept / "1.zip", apart=True)
    before, blobs = copied(kept), stored_blobs(lite.register.database)
    issue(lite, 2)
    for size in (1_000, 12_000):
        with full_disk(size), pytest.raises(OSError, match="too large"):
            back_up(lite.register, kept / "2.zip", apart=True)
        assert {path.name for path in kept.iterdir()} == {FOLDER, "1.zip", "1.zip" + LIST_SUFFIX}
        assert list((kept / FOLDER).glob("*/.new")) == []
        assert copied(kept).items() >= before.items()
    back_up(lite.register, kept / "2.zip", apart=True)
    assert brought_back(lite, kept / "1.zip") == blobs


@pytest.mark.parametrize("wrong", ["../../elsewhere", "plain/..", "age1"])
def test_a_backup_reads_nowhere_but_beside_itself(
    lite: Office, kept: Path, brought_back: Callable[..., dict[bytes, bytes]], wrong: str
) -> None:
    issue(lite, 1)
    back_up(lite.register, kept / "1.zip", apart=True)
    evil = kept / "evil.zip"
    with zipfile.ZipFile(kept / "1.zip") as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "manifest.json":
                said = msgspec.json.decode(data)
                said["photographs"]["key"] = wrong
                data = msgspec.json.encode(said)
            new.writestr(name, data)
    with pytest.raises(Refused) as refused:
        brought_back(lite, evil)
    assert refused.value.code == "backup-damaged"
