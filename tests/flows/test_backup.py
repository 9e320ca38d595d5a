from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import URL

from keys.keyring import Purpose
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.status_list import LIST_SIZE, Status
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.confirm import confirm_all
from service.flows.cards.documents import DocumentBody
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.errors import NoRegister, Refused
from service.flows.issue.number_series import ReservationRequest, list_series, reserve_numbers
from service.flows.register import open_register
from service.flows.running.audit import SignedHead, audit, export_journal, signed_head
from service.flows.running.back_up import back_up
from service.flows.running.restore import Restored, restore
from service.flows.running.restore_evidence import Later
from service.store import copies
from service.store.errors import StoreError
from tests import databases
from tests.flows.damage import alter_blobs, lose_blobs, photo_digest, stored_blobs
from tests.flows.office import (
    ACTOR,
    Office,
    applicant,
    numbers_of,
    one_of_each,
    photo,
    photos_of,
    resident_id,
    settings_of,
    words_of,
)
from tests.flows.test_publish import payload_of, published


@contextmanager
def empty_database(dialect: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """An empty database of a kind, beside the one of the test."""
    if dialect == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        yield f"sqlite:///{folder / 'restored.db'}"
    else:
        server: URL = request.getfixturevalue("postgresql_server")
        with databases._new_database(server) as name:
            yield databases._text(server, name)


@contextmanager
def restored(
    office: Office, file: Path, folder: Path, url: str, *, head: SignedHead | None = None, void_ahead: int | None = None
) -> Iterator[tuple[Office, Restored]]:
    other = Office(settings_of(folder, url), clock=office.clock, random=office.random)
    told = restore(other.settings, other.effects, file, Later(head=head, void_ahead=void_ahead), actor=ACTOR)
    with other.open():
        yield other, told


def contents(office: Office) -> dict[str, object]:
    """Everything a register says of itself to the outside."""
    register = office.register
    return {
        "journal": list(export_journal(register)),
        "series": list_series(register),
        "institutions": register.institutions(),
        "keys": register.trusted_keys().body,
    }


def lived_in(office: Office) -> list[CardNumber]:
    """Issue cards of every fate; list all of their numbers."""
    outcome = office.issue(*one_of_each(), applicant("external", 6), applicant("external", 7), key="K")
    numbers = [CardNumber(number or "") for number in numbers_of(outcome)]
    reserve_numbers(office.register, ReservationRequest("R5026", 10, 12, "预留"), By(ACTOR))
    revoke_card(
        office.register, numbers[1], RevocationRequest(ground="考§21(4)", reason="错判", decided_by="王主任"), By(ACTOR)
    )
    void_number(office.register, numbers[2], VoidRequest(reason="印错"), By(ACTOR))
    replace_card(office.register, numbers[3], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    published(office, 1)
    office.rotate(Purpose.STATUS)
    return numbers


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_register_is_the_same_after_moving_to_another_database(
    office: Office, target: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """From each database into each: nothing is lost, and the numbers and indices go on where they stood."""
    numbers = lived_in(office)
    before, texts = contents(office), [office.text(number) for number in numbers]
    photographs = stored_blobs(office.register.database)
    file = tmp_path / "register.zip"
    manifest = back_up(office.register, file)
    head = signed_head(office.register)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (manifest.journal_size, manifest.rows["card"]) == (head.size, len(numbers))
    with (
        empty_database(target, request, tmp_path / "there") as url,
        restored(office, file, tmp_path / "there" / "data", url, head=head) as (other, told),
    ):
        assert told == Restored(head.size, 0)
        after = contents(other)
        journal = after.pop("journal")
        assert isinstance(journal, list)
        assert journal[:-1] == before.pop("journal")
        assert b'"register-restored"' in journal[-1]
        assert after == before
        assert [other.text(number) for number in numbers] == texts
        assert words_of(other, numbers) == [Word.VALID, Word.REVOKED, Word.VOIDED, *[Word.VALID] * 4]
        assert audit(other.register).faults == ()
        rows = (*one_of_each(), applicant("external", 6), applicant("external", 7))
        assert [row.number for row in other.issue(*rows, key="K").issued] == numbers, "the key is still known"
        assert other.issue_one(applicant("external", 8)) == "R50260004"
        with other.register.database.read() as connection:
            newest = copies.find_live(connection, CardNumber("R50260004"))
        assert newest is not None
        assert newest.copy.list_index == len(numbers) + 1, "after the replacement's index"
        assert stored_blobs(other.register.database) == photographs


def test_what_may_have_been_printed_after_the_backup_is_given_up(office: Office, tmp_path: Path) -> None:
    """督附3, 考附2: a number is given once, also where the register was set back; so is a place in a status list."""
    first = office.issue_one(applicant("external", 1))
    back_up(office.register, tmp_path / "register.zip")
    lost = [office.issue_one(applicant("external", person)) for person in range(2, 5)]
    lost_series = office.issue_one(applicant("standard", 5))
    lost_texts = [office.text(number) for number in lost]
    with restored(
        office, tmp_path / "register.zip", tmp_path / "there", f"sqlite:///{tmp_path}/there.db", void_ahead=20
    ) as (other, _):
        assert other.issue_one(applicant("external", 9)) == "R50260022"
        new_series = other.issue_one(applicant("standard", 8))
        assert new_series > lost_series, "also in a series that was begun after the backup"
        assert [other.verdict(text).verdict for text in lost_texts] == [Word.STATUS_UNKNOWN] * 3, "no alarm"
        assert other.check(first) is Word.STATUS_UNKNOWN
        confirm_all(other.register, "逐张核对", ACTOR)
        assert other.check(first) is Word.VALID
        old = payload_of(other, published(other, 1).body, 1)
        new = payload_of(other, published(other, 2).body, 2)
        assert [old.status_at(index) for index in (0, 1, LIST_SIZE - 1)] == [
            Status.VALID,
            Status.NEVER_ISSUED,
            Status.NEVER_ISSUED,
        ]
        assert [new.status_at(index) for index in (0, 1, 2)] == [Status.VALID, Status.VALID, Status.NEVER_ISSUED]
        assert audit(other.register).faults == ()
        voided = {series.prefix: series.voided for series in list_series(other.register)}
        assert voided["R5026"] == 20
        assert voided["2631002"] == 20


def test_series_of_the_new_year_are_given_up_too(lite: Office, tmp_path: Path) -> None:
    """A backup of December knows nothing of the numbers of January."""
    lite.issue_one(applicant("internal", 1))
    lite.clock.set_to(date(2026, 12, 31))
    back_up(lite.register, tmp_path / "register.zip")
    lite.clock.set_to(date(2027, 1, 4))
    printed = [lite.issue_one(applicant(kind, person)) for person, kind in enumerate(("external", "internal"), 2)]
    assert printed == ["R50270001", "S500123270001"]
    with restored(
        lite, tmp_path / "register.zip", tmp_path / "there", f"sqlite:///{tmp_path}/there.db", void_ahead=5
    ) as (other, _):
        again = [other.issue_one(applicant(kind, person)) for person, kind in enumerate(("external", "internal"), 2)]
        assert again == ["R50270006", "S500123270006"]


def test_full_series_is_voided_to_its_end_and_no_further(lite: Office, tmp_path: Path) -> None:
    lite.issue_one(applicant("external", 1))
    reserve_numbers(lite.register, ReservationRequest("R5026", 5, 9998, "预留"), By(ACTOR))
    back_up(lite.register, tmp_path / "register.zip")
    with restored(
        lite, tmp_path / "register.zip", tmp_path / "there", f"sqlite:///{tmp_path}/there.db", void_ahead=100
    ) as (other, _):
        (series,) = (one for one in list_series(other.register) if one.prefix == "R5026")
        assert (series.issued, series.voided, series.reserved) == (1, 4, 9994)
        assert audit(other.register).faults == ()


@pytest.fixture
def kept(lite: Office, tmp_path: Path) -> tuple[Path, SignedHead]:
    """A backup and the head exported after it."""
    lite.issue_one(applicant("external", 1))
    back_up(lite.register, tmp_path / "register.zip")
    lite.clock.advance(minutes=1)
    return tmp_path / "register.zip", signed_head(lite.register)


def test_restore_without_head_or_void_ahead_is_refused(
    lite: Office, kept: tuple[Path, SignedHead], tmp_path: Path
) -> None:
    """A head must show that nothing came after the backup: one of this journal, of its very end."""
    file, head = kept
    replaced = msgspec.structs.replace
    before = replaced(head, size=head.size - 1)
    heads: dict[str, tuple[SignedHead | None, str]] = {
        "none": (None, "restore-needs-head"),
        "of before the backup": (before, "head-older-than-backup"),
        "of another register": (replaced(head, root="00" * 32), "head-of-another-journal"),
        "not signed": (replaced(head, signature=""), "head-not-signed"),
        "made up": (replaced(head, at="2027-01-01T00:00:00+00:00"), "head-not-signed"),
    }
    lite.issue_one(applicant("external", 2))
    heads["of after the backup"] = (signed_head(lite.register), "backup-older-than-head")
    for name, (given, code) in heads.items():
        other = Office(settings_of(tmp_path / "there", f"sqlite:///{tmp_path}/there.db"), clock=lite.clock)
        with pytest.raises(Refused) as refused:
            restore(other.settings, other.effects, file, Later(head=given), actor=ACTOR)
        assert refused.value.code == code, name
        assert refused.value.zh
        with pytest.raises(NoRegister):
            open_register(other.settings, other.effects)
    with restored(lite, file, tmp_path / "there", f"sqlite:///{tmp_path}/there.db", head=head) as (other, _):
        assert audit(other.register).faults == ()


def test_head_signed_with_a_key_since_retired_counts(lite: Office, tmp_path: Path) -> None:
    lite.rotate(Purpose.HEAD)
    lite.issue_one(applicant("external", 1))
    back_up(lite.register, tmp_path / "register.zip")
    head = signed_head(lite.register)
    with restored(lite, tmp_path / "register.zip", tmp_path / "there", f"sqlite:///{tmp_path}/there.db", head=head):
        pass


def test_nothing_is_overwritten(lite: Office, kept: tuple[Path, SignedHead], tmp_path: Path) -> None:
    file, head = kept
    with pytest.raises(Refused) as refused:
        back_up(lite.register, file)
    assert refused.value.code == "file-exists"
    before = contents(lite)
    with pytest.raises(Refused) as refused:
        restore(lite.settings, lite.effects, file, Later(head=head), actor=ACTOR)
    assert refused.value.code == "register-exists"
    same_database = settings_of(tmp_path / "there", lite.settings.database_url)
    with pytest.raises(Refused) as refused:
        restore(same_database, lite.effects, file, Later(head=head), actor=ACTOR)
    assert refused.value.code == "register-exists"
    assert contents(lite) == before


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Copy an archive; ``change`` gives an entry's new content, None to leave it out."""
    copy = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return copy


DAMAGES: dict[str, Callable[[str, bytes], bytes | None]] = {
    "no manifest": lambda name, data: None if name == "manifest.json" else data,
    "manifest cut": lambda name, data: data[:-9] if name == "manifest.json" else data,
    "no table": lambda name, data: None if name == "tables/card.jsonl" else data,
    "no vault": lambda name, data: None if name == "vault.sealed" else data,
    "row cut": lambda name, data: data[:-9] if name == "tables/card.jsonl" else data,
    "row of another table": lambda name, data: b'{"a": 1}\n' if name == "tables/number.jsonl" else data,
    "rows missing": lambda name, data: b"" if name == "tables/number.jsonl" else data,
    "journal altered": lambda name, data: data.replace(b"AAAA", b"AAAB") if name.endswith("head.jsonl") else data,
    "another format": lambda _, data: data.replace(b'"format": 4', b'"format": 3'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_backup_restores_nothing(
    lite: Office, kept: tuple[Path, SignedHead], tmp_path: Path, damage: str
) -> None:
    file, head = kept
    refuse(lite, rewritten(file, DAMAGES[damage]), head, tmp_path)
    with restored(lite, file, tmp_path / "there", f"sqlite:///{tmp_path}/there.db", head=head) as (other, _):
        assert audit(other.register).faults == (), "the good backup goes in where the damaged one was refused"


def refuse(office: Office, file: Path, head: SignedHead, tmp_path: Path) -> None:
    other = Office(settings_of(tmp_path / "there", f"sqlite:///{tmp_path}/there.db"), clock=office.clock)
    with pytest.raises((Refused, StoreError)) as refused:
        restore(other.settings, other.effects, file, Later(head=head), actor=ACTOR)
    assert refused.value.zh
    with pytest.raises(NoRegister):
        open_register(other.settings, other.effects)


def test_backup_with_flipped_bytes_is_refused_or_whole(
    lite: Office, kept: tuple[Path, SignedHead], tmp_path: Path
) -> None:
    """An archive that went through bad storage: refused with words, whatever byte was hit."""
    file, head = kept
    good = file.read_bytes()
    damaged = tmp_path / "damaged.zip"
    for place in range(7, len(good), len(good) // 20):
        damaged.write_bytes(good[:place] + bytes([good[place] ^ 0x41]) + good[place + 1 :])
        folder = tmp_path / f"there-{place}"
        other = Office(settings_of(folder, f"sqlite:///{tmp_path}/{place}.db"), clock=lite.clock)
        try:
            restore(other.settings, other.effects, damaged, Later(head=head), actor=ACTOR)
        except (Refused, StoreError):
            continue
        with other.open():
            assert audit(other.register).faults == ()
    for end in (0, 10, len(good) // 2, len(good) - 1):
        damaged.write_bytes(good[:end])
        refuse(lite, damaged, head, tmp_path / str(end))


def test_archive_writes_nowhere_but_its_photographs(
    lite: Office, kept: tuple[Path, SignedHead], tmp_path: Path
) -> None:
    file, head = kept
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for name in ("../evil.jpg", "photos/../../evil.jpg", "/tmp/evil.jpg", "photos/aa/evil.sh"):  # noqa: S108
            new.writestr(name, b"evil")
    with restored(lite, evil, tmp_path / "deep" / "there", f"sqlite:///{tmp_path}/deep.db", head=head):
        pass
    assert [path for path in tmp_path.rglob("*evil*") if path != evil] == []


PDF = DocumentBody("决定.pdf", b"%PDF-1.4 a decision")


@pytest.mark.parametrize("damage", [lose_blobs, alter_blobs], ids=["lost", "altered"])
@pytest.mark.parametrize("what", ["photograph", "document"])
def test_a_backup_that_would_lack_something_is_not_made(
    office: Office, tmp_path: Path, damage: Callable[..., None], what: str
) -> None:
    """Nothing is left where it would have been; whose bytes are damaged is named, by the audit too."""
    rows = [applicant("standard", person) for person in (1, 2)]
    outcome = office.issue(*rows, photos=photos_of(*rows))
    number, other = (CardNumber(number or "") for number in numbers_of(outcome))
    revoke_card(
        office.register,
        number,
        RevocationRequest(ground="考§21(4)", reason="错", decided_by="王主任", document_file=PDF),
        By(ACTOR),
    )
    database = office.register.database
    assert audit(office.register).faults == ()
    damage(database, photo_digest(database, number) if what == "photograph" else hashlib.sha256(PDF.content).digest())
    with pytest.raises(Refused) as refused:
        back_up(office.register, tmp_path / "register.zip")
    assert refused.value.code == "backup-incomplete"
    (fault,) = audit(office.register).faults
    for words in (refused.value.zh, refused.value.en, fault.zh, fault.en):
        assert number in words
        assert other not in words
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("register.zip")] == []


def test_a_backup_that_breaks_off_leaves_nothing(lite: Office, tmp_path: Path) -> None:
    lite.issue_one(applicant("external", 1))
    (lite.settings.data / "vault.sealed").unlink()
    with pytest.raises(FileNotFoundError):
        back_up(lite.register, tmp_path / "register.zip")
    assert list(tmp_path.glob("register.zip*")) == []
    (tmp_path / "register.zip.part").write_bytes(b"of a backup that was killed")
    (lite.settings.data / "vault.sealed").write_bytes(b"sealed")
    back_up(lite.register, tmp_path / "register.zip")
    assert [path.name for path in tmp_path.glob("register.zip*")] == ["register.zip"]


def test_a_backup_made_while_others_issue_holds_one_moment(office: Office, tmp_path: Path) -> None:
    """Every card in it has its photograph, whoever issued meanwhile."""
    office.issue_one(applicant("external", 1))
    over = threading.Event()

    def issue() -> int:
        person = 100
        while not over.is_set():
            person += 1
            row = applicant("external", person)
            office.issue(row, photos=photos_of(row, **{resident_id(person): photo(person % 200)}))
        return person

    with ThreadPoolExecutor(1) as pool:
        issuing = pool.submit(issue)
        try:
            files = [tmp_path / f"{place}.zip" for place in range(4)]
            made = [back_up(office.register, file) for file in files]
        finally:
            over.set()
        assert issuing.result() > 101
    assert made[0].rows["card"] < made[-1].rows["card"]
    for place, (file, manifest) in enumerate(zip(files, made, strict=True)):
        url = f"sqlite:///{tmp_path}/{place}.db"
        with restored(office, file, tmp_path / f"there-{place}", url, void_ahead=1) as (other, _):
            assert audit(other.register).faults == ()
            assert len(stored_blobs(other.register.database)) == manifest.rows["blob"]


def test_a_backup_on_a_second_host_is_complete(office: Office, tmp_path: Path) -> None:
    """Hosts share the database and the sealed keys, and nothing else."""
    number = office.issue_one(applicant("external", 1))
    folder = tmp_path / "second"
    folder.mkdir()
    (folder / "vault.sealed").write_bytes((office.settings.data / "vault.sealed").read_bytes())
    second = Office(settings_of(folder, office.settings.database_url), office.clock, office.random)
    with second.open():
        back_up(second.register, tmp_path / "register.zip")
    url = f"sqlite:///{tmp_path}/there.db"
    with restored(office, tmp_path / "register.zip", tmp_path / "there", url, void_ahead=1) as (other, _):
        assert stored_blobs(other.register.database) == stored_blobs(office.register.database)
        confirm_all(other.register, "逐张核对", ACTOR)
        assert other.check(number) is Word.VALID
        assert audit(other.register).faults == ()


BLOB_DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "a byte of a photograph": lambda data: data[:-40] + bytes([data[-40] ^ 1]) + data[-39:],
    "cut": lambda data: data[:-1],
    "none": lambda _: b"",
    "no header": lambda data: b"{}\n" + data,
    "twice": lambda data: data + data,
    "larger than said": lambda data: data + b"x",
    "huge": lambda _: b'{"digest":"00","media_type":"image/jpeg","size":999999999999}\n',
}


@pytest.mark.parametrize("damage", BLOB_DAMAGES)
def test_a_backup_whose_photographs_are_damaged_restores_nothing(
    lite: Office, kept: tuple[Path, SignedHead], tmp_path: Path, damage: str
) -> None:
    file, head = kept
    change = BLOB_DAMAGES[damage]
    refuse(lite, rewritten(file, lambda name, data: change(data) if name == "blobs.bin" else data), head, tmp_path)
