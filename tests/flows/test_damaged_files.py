"""Files that somebody hands in, damaged or made up: each is refused with a code. Most were found by fuzzing."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from service.flows.checking.read_codes import MAX_SIDE, read_codes
from service.flows.checking.verify_offline import MEMORY_FILE, read_memory
from service.flows.errors import NoRegister, Refused
from service.flows.register import open_register
from service.flows.running.audit import read_head
from service.flows.running.back_up import back_up
from service.flows.running.restore import restore
from service.flows.running.restore_evidence import Later
from service.store.errors import StoreError
from tests.flows.office import ACTOR, Office, applicant, settings_of

NO_JSON = {"cut": b"{", "not UTF-8": b'{"\x86": 1}', "deep": b'{"a":' + b"[" * 100_000, "empty": b"", "other": b"{}"}


@pytest.mark.parametrize("data", NO_JSON.values(), ids=NO_JSON)
def test_head_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_head(data)
    assert refused.value.code == "head-malformed"


@pytest.mark.parametrize(
    "data", [NO_JSON["cut"], NO_JSON["deep"], b'{"root": "\x86"}', b'{"highest_iat": {"1": 999999999999}}']
)
def test_damaged_memory_of_a_checker_is_refused(data: bytes, tmp_path: Path) -> None:
    """Read as empty it would let a checker forget which root it trusts."""
    (tmp_path / MEMORY_FILE).write_bytes(data)
    with pytest.raises(Refused) as refused:
        read_memory(tmp_path)
    assert refused.value.code == "checker-memory-damaged"


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG picture of one pixel with some chunks after its pixels."""
    buffer = io.BytesIO()
    Image.new("L", (1, 1)).save(buffer, "PNG")
    whole = buffer.getvalue()
    end = whole.index(b"IEND") - 4
    extra = (struct.pack(">I", len(body)) + kind + body for kind, body in chunks)
    checked = (chunk + struct.pack(">I", zlib.crc32(chunk[4:])) for chunk in extra)
    return whole[:end] + b"".join(checked) + whole[end:]


def test_picture_that_the_decoder_stumbles_over_is_refused() -> None:
    assert list(read_codes(png())) == []
    for broken in (png((b"iCCP", b"abc\0")), png()[:45]):
        with pytest.raises(Refused) as refused:
            list(read_codes(broken))
        assert refused.value.code == "file-unreadable"


def test_picture_with_a_side_beyond_the_reader_is_refused() -> None:
    """A strip of 80,000 pixels is small; so is one that only grows beyond the limit when it is enlarged."""
    for width, code in ((MAX_SIDE + 1, "image-too-large"), (MAX_SIDE, None), (MAX_SIDE * 2 // 3 + 2, None)):
        for size in ((width, 3), (3, width)):
            buffer = io.BytesIO()
            Image.new("1", size, 1).save(buffer, "PNG")
            if code is None:
                assert list(read_codes(buffer.getvalue())) == []
                continue
            with pytest.raises(Refused) as refused:
                list(read_codes(buffer.getvalue()))
            assert refused.value.code == code


Change = Callable[[dict[str, object]], object]
ROWS: dict[str, tuple[str, Change]] = {
    "text that is a list": ("institution", lambda row: row.update(name=["x"])),
    "text that is a number": ("institution", lambda row: row.update(name=1)),
    "text that a database cannot hold": ("institution", lambda row: row.update(name="\0")),
    "number that is text": ("journal", lambda row: row.update(seq="1")),
    "number beyond a column": ("batch", lambda row: row.update(id=2**40)),
    "number beyond every column": ("batch", lambda row: row.update(id=2**70)),
    "truth that is a number": ("card", lambda row: row.update(in_house=1)),
    "instant without a zone": ("journal", lambda row: row.update(at="2026-11-02T04:00:00")),
    "bytes that are none": ("journal", lambda row: row.update(leaf="\x01")),
    "column missing": ("journal", lambda row: row.pop("leaf")),
    "empty where nothing may be": ("journal", lambda row: row.update(leaf=None)),
}


@pytest.fixture
def backup(lite: Office, tmp_path: Path) -> Path:
    lite.issue_one(applicant("internal", 1))
    back_up(lite.register, tmp_path / "register.zip")
    return tmp_path / "register.zip"


@pytest.mark.parametrize("what", ROWS)
def test_backup_with_a_row_that_cannot_be_is_refused(lite: Office, backup: Path, tmp_path: Path, what: str) -> None:
    table, change = ROWS[what]

    def altered(name: str, content: bytes) -> bytes:
        if name != f"tables/{table}.jsonl":
            return content
        first, _, others = content.partition(b"\n")
        row = json.loads(first)
        change(row)
        return json.dumps(row).encode() + b"\n" + others

    refuse(lite, rewritten(backup, altered), tmp_path, StoreError)


MANIFESTS: dict[str, Callable[[bytes], bytes]] = {
    "not UTF-8": lambda data: data.replace(b'"journal_root": "', b'"journal_root": "\x86'),
    "deep": lambda data: data.replace(b'"format"', b'"x": ' + b"[" * 100_000 + b'"format"'),
    "no instant": lambda data: data.replace(b'"made_at": "2', b'"made_at": "x'),
    "root of another length": lambda data: data.replace(b'"journal_root": "', b'"journal_root": "ff'),
}


@pytest.mark.parametrize("what", MANIFESTS)
def test_backup_with_a_manifest_that_cannot_be_is_refused(
    lite: Office, backup: Path, tmp_path: Path, what: str
) -> None:
    changed = rewritten(backup, lambda name, data: MANIFESTS[what](data) if name == "manifest.json" else data)
    refuse(lite, changed, tmp_path, Refused)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_backup_said_to_be_packed_otherwise_is_refused(lite: Office, backup: Path, tmp_path: Path, method: int) -> None:
    """The unpackers of other methods raise errors of their own over what they did not pack."""
    data = bytearray(backup.read_bytes())
    at = -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        struct.pack_into("<H", data, at + 10, method)  # APPNOTE 4.3.12
    backup.write_bytes(data)
    refuse(lite, backup, tmp_path, Refused)


def rewritten(file: Path, change: Callable[[str, bytes], bytes]) -> Path:
    copy = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return copy


def refuse(office: Office, file: Path, tmp_path: Path, kind: type[Refused | StoreError]) -> None:
    other = Office(settings_of(tmp_path / "there", f"sqlite:///{tmp_path}/there.db"), clock=office.clock)
    with pytest.raises(kind) as refused:
        restore(other.settings, other.effects, file, Later(void_ahead=3), actor=ACTOR)
    assert refused.value.zh
    with pytest.raises(NoRegister):
        open_register(other.settings, other.effects)
