"""What is handed in to be checked, kept for a short time: a browser cannot send it again to issue what it has checked.

It is kept in the database, sealed and in no backup: one check a sign-in, for an hour at most. The roster and the
photographs go as soon as the batch is issued; the report stays for the rest of the hour. The key is random and makes a
button that is pressed twice issue once, on whichever host.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

import msgspec
from sqlalchemy import Connection

from keys.errors import SealedFieldInvalid
from service.domain.access import Principal
from service.domain.problem import Problem
from service.flows.errors import Refused
from service.flows.issue.issue_files import (
    MAX_PHOTOS_BYTES,
    MAX_ROSTER_BYTES,
    IssueRequest,
    Order,
    issue_files,
    too_large,
)
from service.flows.issue.outcome import Outcome
from service.flows.issue.row_report import row_report
from service.flows.issue.upload_files import PIECE, Borrowed, PieceReader, seal, unseal, write_pieces
from service.flows.people.sign_in import SignIn
from service.flows.register import Register
from service.roster.reader import Roster
from service.store import batches, uploads
from service.store.errors import StoreError
from service.store.uploads import Upload

KEPT_FOR: Final = timedelta(hours=1)
MOST_KEPT: Final = 20
"""Checks kept at once, of all sign-ins: the disk is the register's, too."""

_KEY: Final = re.compile("[0-9a-f]{32}")
_MAX_NAME: Final = 120


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A check and what it found. ``kinds`` by row are as typed; ``batch`` is what was issued from it, once it was."""

    key: str
    issuer: str
    issued_on: date
    reviewed_by: str | None
    roster_name: str
    outcome: Outcome
    kinds: Mapping[int, str]
    notes: tuple[Problem, ...]
    done_rows: int
    notice: str | None = None
    roster_sheet: str | None = None
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Files:
    """What was chosen in the form: the roster, its name, the photographs."""

    roster_name: str
    roster: IO[bytes]
    photos: IO[bytes]


def check_files(register: Register, sign_in: SignIn, files: Files, request: IssueRequest) -> Checked:
    """Check a roster without spending a number, and keep the files for this sign-in in place of earlier ones.

    Raises Refused, and what ``issue_batch`` raises; nothing is kept then.
    """
    sweep_uploads(register)
    owner, by = _owner(sign_in), sign_in.principal
    with register.database.read() as connection:
        if uploads.count_of_others(connection, owner) >= MOST_KEPT:
            raise Refused(
                "uploads-full",
                "服务器上待签发的上传已满，请稍后重试",
                "too many checks are kept at the moment: try again later",
            )
    roster = _limited(files.roster, MAX_ROSTER_BYTES, ("申报表", "the roster")).read()
    photos = _limited(files.photos, MAX_PHOTOS_BYTES, ("照片", "photographs"))
    dated = request.issued_on or register.effects.today()
    order = Order(
        actor=by.actor,
        issuer=by.body,
        issued_on=dated,
        reviewed_by=request.reviewed_by,
        notice=request.notice,
        dry_run=True,
        roster_sheet=request.roster_sheet,
    )
    sheet, outcome = issue_files(register, io.BytesIO(roster), io.BufferedReader(Borrowed(photos), PIECE), order)
    checked = Checked(
        key=register.effects.random_bytes(16).hex(),
        issuer=by.body,
        issued_on=dated,
        reviewed_by=request.reviewed_by,
        notice=request.notice,
        roster_name=Path(files.roster_name).name[:_MAX_NAME],
        outcome=outcome,
        kinds={row.row: str(row.cells.get("kind") or "") for row in sheet.open_rows},
        notes=sheet.notes,
        done_rows=len(sheet.done_rows),
        roster_sheet=sheet.sheet,
    )
    report = row_report(sheet, outcome, register.effects.now(), dry_run=True)
    _keep(register, checked, owner, roster, photos, report)
    return checked


def find_check(register: Register, sign_in: SignIn, key: str) -> Checked:
    """Read what a check of this sign-in has found. Raises Refused for one that is gone, or another's."""
    with register.database.read() as connection:
        return _checked(register, _found(register, connection, sign_in, key))


def report_of(register: Register, sign_in: SignIn, key: str) -> bytes:
    """Read the row report of a check of this sign-in, or of the batch issued from it. Raises Refused."""
    with register.database.read() as connection:
        return _open(register, f"{key}/report", _found(register, connection, sign_in, key).report)


def check_behind(register: Register, sign_in: SignIn, batch: int) -> Checked | None:
    """Find the check of this sign-in from which a batch was issued, while it is kept."""
    with register.database.read() as connection:
        found = uploads.behind(connection, batch, _owner(sign_in))
    return None if found is None or _is_over(register, found) else _checked(register, found)


def issue_checked(register: Register, sign_in: SignIn, key: str, new_job_types: Sequence[str] = ()) -> int:
    """Issue what a check of this sign-in found good, once, however often it is asked; return the batch.

    A confirmed new job type no longer refuses its rows. Raises Refused for a check that is gone, or that found nothing
    to issue, and what ``issue_batch`` raises.
    """
    by = sign_in.principal
    # One snapshot: the other press of the button may issue and delete the files while this one reads them.
    with register.database.read() as connection:
        if (earlier := _issued(connection, by, key)) is not None:
            return earlier
        found = _found(register, connection, sign_in, key)
        checked = _checked(register, found)
        if not (checked.outcome.issued or new_job_types):
            raise Refused("nothing-to-issue", "没有可以签发的行", "no row of this roster can be issued")
        order = Order(
            actor=by.actor,
            issuer=checked.issuer,
            issued_on=checked.issued_on,
            reviewed_by=checked.reviewed_by,
            notice=checked.notice,
            roster_sheet=checked.roster_sheet,
            key=_batch_key(key),
            new_job_types=tuple(new_job_types),
        )
        sheet, outcome = _issue(register, connection, found, order)
    assert outcome.batch is not None, "neither a dry run nor all or nothing"
    with suppress(StoreError, OSError):  # numbers are spent: nothing must hide which
        issued = msgspec.structs.replace(checked, outcome=outcome, batch=outcome.batch)
        report = row_report(sheet, outcome, register.effects.now(), dry_run=False)
        with register.database.write() as writing:
            uploads.settle(
                writing,
                key,
                batch=outcome.batch,
                found=seal(register, f"{key}/found", msgspec.json.encode(issued)),
                report=seal(register, f"{key}/report", report),
            )
    return outcome.batch


def sweep_uploads(register: Register) -> None:
    """Delete what was kept for its time, and what a crash has left."""
    now = register.effects.now()
    with register.database.read() as connection:
        if not uploads.any_over(connection, now, KEPT_FOR):  # nobody who issues waits for nothing
            return
    with register.database.write() as connection:
        uploads.sweep(connection, now, KEPT_FOR)


def _keep(register: Register, checked: Checked, owner: bytes, roster: bytes, photos: BinaryIO, report: bytes) -> None:
    key = checked.key
    with register.database.write() as connection:
        uploads.begin(connection, key, owner, register.effects.now())
    try:
        photos.seek(0)
        size = write_pieces(register, key, photos)
        with register.database.write() as connection:
            uploads.finish(
                connection,
                key,
                size=size,
                roster=seal(register, f"{key}/roster", roster),
                found=seal(register, f"{key}/found", msgspec.json.encode(checked)),
                report=seal(register, f"{key}/report", report),
            )
    except BaseException:
        with suppress(StoreError), register.database.write() as connection:
            uploads.drop(connection, key)
        raise


def _issue(register: Register, connection: Connection, found: Upload, order: Order) -> tuple[Roster, Outcome]:
    if found.roster is None or found.size is None:
        raise _gone()
    roster = _open(register, f"{found.key}/roster", found.roster)
    photos = io.BufferedReader(PieceReader(register, connection, found.key, found.size), PIECE)
    return issue_files(register, io.BytesIO(roster), photos, order)


def _limited(file: IO[bytes], most: int, what: tuple[str, str]) -> BinaryIO:
    """Return the file at its beginning. Raises Refused where it has more than ``most`` bytes."""
    if file.seek(0, os.SEEK_END) > most:
        raise too_large(*what, most)
    file.seek(0)
    return cast("BinaryIO", file)


def _found(register: Register, connection: Connection, sign_in: SignIn, key: str) -> Upload:
    found = uploads.find(connection, key, _owner(sign_in)) if _KEY.fullmatch(key) else None
    if found is None or _is_over(register, found):
        raise _gone()
    return found


def _checked(register: Register, found: Upload) -> Checked:
    return msgspec.json.decode(_open(register, f"{found.key}/found", found.found), type=Checked)


def _open(register: Register, place: str, sealed: bytes) -> bytes:
    try:
        return unseal(register, place, sealed)
    except SealedFieldInvalid:
        raise _gone() from None


def _is_over(register: Register, found: Upload) -> bool:
    # A clock that was set back keeps nothing longer.
    return abs(register.effects.now() - found.made_at) >= KEPT_FOR


def _issued(connection: Connection, by: Principal, key: str) -> int | None:
    found = batches.find(connection, actor=by.actor, key=_batch_key(key))
    return None if found is None or found.result is None else found.id


def _batch_key(key: str) -> str:
    return f"desk {key}"


def _owner(sign_in: SignIn) -> bytes:
    """Return a digest that tells sign-ins apart without keeping what they are known by."""
    return hashlib.sha256(b"upload " + sign_in.csrf.encode()).digest()


def _gone() -> Refused:
    return Refused(
        "upload-gone",
        "上传的文件已删除（最多保留一小时，重新上传后旧的即删除），请重新上传并检查",
        "the uploaded files are gone (kept for an hour, or until the next upload): upload and check them again",
    )
