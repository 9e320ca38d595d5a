"""Files of a check, kept for a short time: a browser cannot send them again to issue what it has checked.

They lie in the data folder under ``uploads``, readable by its owner alone and in no backup: one check a sign-in, for an
hour at most. The roster and the photographs go as soon as the batch is issued; the report stays for the rest of the
hour. The key is random: it names the folder, and makes a button that is pressed twice issue once.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Final

import msgspec

from keys.files import replace
from service.domain.access import Principal
from service.domain.problem import Problem
from service.flows.errors import Refused
from service.flows.issue_batch import Outcome
from service.flows.issue_files import MAX_PHOTOS_BYTES, MAX_ROSTER_BYTES, Order, issue_files, too_large
from service.flows.register import Register
from service.flows.row_report import row_report
from service.flows.sign_in import SignIn
from service.roster.reader import Roster
from service.store import batches

UPLOADS_FOLDER: Final = "uploads"
KEPT_FOR: Final = timedelta(hours=1)
MOST_KEPT: Final = 20
"""Checks kept at once, of all sign-ins: the disk is the register's, too."""

_ROSTER: Final = "roster.xlsx"
_PHOTOS: Final = "photos.zip"
_REPORT: Final = "report.xlsx"
_CHECKED: Final = "checked.json"
_KEY: Final = re.compile("[0-9a-f]{32}")
_NAME: Final = re.compile(r"(?P<key>[0-9a-f]{32})\.(?P<made_at>[0-9]+)(?P<part>\.part)?")
_CHUNK: Final = 1024 * 1024
_MAX_NAME: Final = 120


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A check and what it found. ``kinds`` by row are as typed; ``batch`` is what was issued from it, once it was."""

    key: str
    owner: str
    issuer: str
    issued_on: date
    reviewed_by: str | None
    roster_name: str
    outcome: Outcome
    kinds: Mapping[int, str]
    notes: tuple[Problem, ...]
    done_rows: int
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """What was chosen in the form: the roster, its name, the photographs."""

    roster_name: str
    roster: IO[bytes]
    photos: IO[bytes]


def check_files(
    register: Register, sign_in: SignIn, files: Files, *, issued_on: date | None, reviewed_by: str | None
) -> Checked:
    """Check a roster without spending a number, and keep the files for this sign-in in place of earlier ones.

    Raises Refused, and what ``issue_batch`` raises; nothing is kept then.
    """
    sweep_uploads(register)
    owner, by = _owner(sign_in), sign_in.principal
    if sum(checked is None or checked.owner != owner for checked in map(_read, _folders(register))) >= MOST_KEPT:
        raise Refused(
            "uploads-full",
            "服务器上待签发的上传已满，请稍后重试",
            "too many checks are kept on the server at the moment: try again later",
        )
    key = register.effects.random_bytes(16).hex()
    place = _root(register) / f"{key}.{int(register.effects.now().timestamp())}"
    scratch = place.with_name(place.name + ".part")
    scratch.mkdir(mode=0o700, parents=True)
    _root(register).chmod(0o700)
    try:
        _copy(files.roster, scratch / _ROSTER, MAX_ROSTER_BYTES, ("申报表", "the roster"))
        _copy(files.photos, scratch / _PHOTOS, MAX_PHOTOS_BYTES, ("照片", "photographs"))
        dated = issued_on or register.effects.today()
        order = Order(actor=by.actor, issuer=by.body, issued_on=dated, reviewed_by=reviewed_by, dry_run=True)
        sheet, outcome = _issue(register, scratch, order)
        checked = Checked(
            key=key,
            owner=owner,
            issuer=by.body,
            issued_on=dated,
            reviewed_by=reviewed_by,
            roster_name=Path(files.roster_name).name[:_MAX_NAME],
            outcome=outcome,
            kinds={row.row: str(row.cells.get("kind") or "") for row in sheet.open_rows},
            notes=sheet.notes,
            done_rows=len(sheet.done_rows),
        )
        _keep(scratch, checked, row_report(sheet, outcome, register.effects.now(), dry_run=True))
        scratch.rename(place)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    for folder in _folders(register):
        earlier = _read(folder)
        if folder != place and earlier is not None and earlier.owner == owner:
            shutil.rmtree(folder, ignore_errors=True)
    return checked


def find_check(register: Register, sign_in: SignIn, key: str) -> Checked:
    """Read what a check of this sign-in has found. Raises Refused for one that is gone, or another's."""
    return _found(register, sign_in, key)[1]


def report_of(register: Register, sign_in: SignIn, key: str) -> bytes:
    """Read the row report of a check of this sign-in, or of the batch issued from it. Raises Refused."""
    folder, _ = _found(register, sign_in, key)
    try:
        return (folder / _REPORT).read_bytes()
    except FileNotFoundError:
        raise _gone() from None


def check_behind(register: Register, sign_in: SignIn, batch: int) -> Checked | None:
    """Find the check of this sign-in from which a batch was issued, while it is kept."""
    owner, now = _owner(sign_in), register.effects.now()
    for folder in _folders(register):
        checked = None if _is_over(folder, now) else _read(folder)
        if checked is not None and (checked.owner, checked.batch) == (owner, batch):
            return checked
    return None


def issue_checked(register: Register, sign_in: SignIn, key: str) -> int:
    """Issue what a check of this sign-in found good, once, however often it is asked; give the batch.

    Raises Refused for a check that is gone, or that found nothing to issue, and what ``issue_batch`` raises.
    """
    by = sign_in.principal
    if (earlier := _issued(register, by, key)) is not None:
        return earlier
    folder, checked = _found(register, sign_in, key)
    if not checked.outcome.issued:
        raise Refused("nothing-to-issue", "没有可以签发的行", "no row of this roster can be issued")
    order = Order(
        actor=by.actor,
        issuer=checked.issuer,
        issued_on=checked.issued_on,
        reviewed_by=checked.reviewed_by,
        key=_batch_key(key),
    )
    try:
        sheet, outcome = _issue(register, folder, order)
    except FileNotFoundError:  # the other press of the button has issued it meanwhile
        earlier = _issued(register, by, key)
        if earlier is None:
            raise _gone() from None
        return earlier
    assert outcome.batch is not None, "neither a dry run nor all or nothing"
    with suppress(OSError):  # numbers are spent: neither a full disk nor a swept folder must hide which
        issued = msgspec.structs.replace(checked, outcome=outcome, batch=outcome.batch)
        _keep(folder, issued, row_report(sheet, outcome, register.effects.now(), dry_run=False))
    for name in (_ROSTER, _PHOTOS):
        with suppress(OSError):
            (folder / name).unlink()
    return outcome.batch


def sweep_uploads(register: Register) -> None:
    """Delete what was kept for its time, and what a crash has left."""
    now = register.effects.now()
    for folder in _folders(register, parts=True):
        if _is_over(folder, now):
            shutil.rmtree(folder, ignore_errors=True)


def _issue(register: Register, folder: Path, order: Order) -> tuple[Roster, Outcome]:
    with (folder / _ROSTER).open("rb") as roster, (folder / _PHOTOS).open("rb") as photos:
        return issue_files(register, roster, photos, order)


def _copy(source: IO[bytes], path: Path, most: int, what: tuple[str, str]) -> None:
    left = most
    with path.open("xb") as out:
        path.chmod(0o600)
        while chunk := source.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise too_large(*what, most)
            out.write(chunk)


def _keep(folder: Path, checked: Checked, report: bytes) -> None:
    replace(folder / _REPORT, report)
    replace(folder / _CHECKED, msgspec.json.encode(checked))


def _found(register: Register, sign_in: SignIn, key: str) -> tuple[Path, Checked]:
    if _KEY.fullmatch(key):
        now = register.effects.now()
        for folder in _folders(register):
            if folder.name.startswith(key) and not _is_over(folder, now):
                checked = _read(folder)
                if checked is not None and checked.owner == _owner(sign_in):
                    return folder, checked
    raise _gone()


def _issued(register: Register, by: Principal, key: str) -> int | None:
    with register.database.read() as connection:
        found = batches.find(connection, actor=by.actor, key=_batch_key(key))
    return None if found is None or found.result is None else found.id


def _batch_key(key: str) -> str:
    return f"desk {key}"


def _owner(sign_in: SignIn) -> str:
    """Tell sign-ins apart without keeping what they are known by."""
    return hashlib.sha256(b"upload " + sign_in.csrf.encode()).hexdigest()


def _root(register: Register) -> Path:
    return register.folder / UPLOADS_FOLDER


def _folders(register: Register, *, parts: bool = False) -> Iterator[Path]:
    root = _root(register)
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        named = _NAME.fullmatch(folder.name)
        if named is not None and (parts or named["part"] is None):
            yield folder


def _is_over(folder: Path, now: datetime) -> bool:
    named = _NAME.fullmatch(folder.name)
    assert named is not None, "only such are listed"
    # A clock that was set back keeps nothing longer.
    return abs(now - datetime.fromtimestamp(int(named["made_at"]), UTC)) >= KEPT_FOR


def _read(folder: Path) -> Checked | None:
    try:
        return msgspec.json.decode((folder / _CHECKED).read_bytes(), type=Checked)
    except (OSError, msgspec.DecodeError):
        return None


def _gone() -> Refused:
    return Refused(
        "upload-gone",
        "上传的文件已删除（最多保留一小时，重新上传后旧的即删除），请重新上传并检查",
        "the uploaded files are gone (kept for an hour, or until the next upload): upload and check them again",
    )
