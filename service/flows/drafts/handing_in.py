"""Take a whole batch at once, a roster and an archive of photographs, to be issued when the client has gone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Final, cast

import msgspec

from service.domain.access import Principal
from service.domain.application import parse_row
from service.domain.draft_state import DraftState, FileState
from service.flows.drafts.bench import Bench, BenchRow, change, change_in
from service.flows.drafts.issuing import Asked, ask, issue_as_asked
from service.flows.drafts.opening import open_bench
from service.flows.drafts.photo_requests import Announced, Missing, PhotoPiece
from service.flows.drafts.photos import PIECE, add_photo_piece, begin_file, photos_missing
from service.flows.drafts.sealed import RowContent, file_place, seal
from service.flows.drafts.views import FileLine
from service.flows.errors import Refused
from service.flows.issue.issue_files import MAX_PHOTOS_BYTES, MAX_ROSTER_BYTES, IssueRequest, too_large
from service.flows.issue.judging import Terms, policy_for
from service.flows.issue.new_job_types import known_job_types
from service.flows.issue.whole_batch import check_key, check_reviewers
from service.flows.register import Register
from service.flows.requests.reading import FieldFault, FieldRefused, RequestInvalid
from service.roster.errors import RosterError
from service.roster.photo_files import open_archive
from service.roster.reader import Roster, read_roster
from service.store import draft_files, drafts
from service.store.batches import key_reused
from service.store.statements import chunks

_AT_ONCE: Final = 8
"""Pieces a transaction: whoever issues meanwhile waits for no more."""

_MAX_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class WholeBatch:
    """The files of a batch, and what the roster's is called; photographs as an archive, or announced and to come."""

    roster: IO[bytes]
    photos: IO[bytes] | None
    roster_name: str = ""
    announced: tuple[Announced, ...] = ()


def hand_in(register: Register, principal: Principal, files: WholeBatch, request: IssueRequest, key: str) -> int:
    """Keep a batch and let it be issued; return its id. The same request under its key is the same batch.

    What speaks against the files or the batch as a whole is refused at once, what speaks against a row is found in the
    batch. Raises Refused, and IdempotencyKeyReused for a key that came with another request.
    """
    roster = _limited(files.roster, MAX_ROSTER_BYTES, ("申报表", "the roster")).read()
    photos = None if files.photos is None else _limited(files.photos, MAX_PHOTOS_BYTES, ("照片", "photographs"))
    if photos is None and not files.announced:
        raise RequestInvalid([FieldRefused("photos", FieldFault.MISSING, "photos")])
    sheet, contents = _read(roster, photos, request)
    listed = tuple(sorted((one.sha256, one.size, one.name) for one in files.announced))
    digest = _digest(sheet, (*contents, *listed), request)
    with register.database.read() as connection:
        found = drafts.find_key(connection, principal.actor, key)
    if found is not None and found.digest != digest:
        raise key_reused(key)
    if found is not None and (found.state is not DraftState.OPEN or found.is_asked):
        return found.id
    _check(register, principal, sheet, request)
    identity = _begin(register, principal, files, request, key, digest) if found is None else found.id
    change(register, principal, identity, lambda bench: _take_rows(bench, sheet))
    if photos is not None:
        _keep_archive(register, identity, photos)
    missing = photos_missing(register, principal, identity, files.announced) if files.announced else ()
    asked = Asked(
        actor=principal.actor,
        key=key,
        digest=digest.hex(),
        all_or_nothing=request.all_or_nothing,
        leaves_rest=False,
    )
    change_in(register, identity, lambda bench: ask(bench, asked, is_whole=not missing))
    return identity


def add_piece(register: Register, principal: Principal, identity: int, piece: PhotoPiece) -> FileLine:
    """Take the next bytes of a photograph; when the last of all has come, the batch is issued. Raises Refused."""
    line = add_photo_piece(register, principal, identity, piece)
    with register.database.read() as connection:
        is_asked = drafts.request(connection, identity) is not None
        files = draft_files.of(connection, identity)
    if is_asked and all(one.state is not FileState.COMING for one in files):
        change_in(register, identity, issue_as_asked)
    return line


def files_missing(register: Register, principal: Principal, identity: int) -> tuple[Missing, ...]:
    """Return the files of a batch that have not come whole, each with the byte at which it goes on. Raises Refused."""
    with register.database.read() as connection:
        bench = open_bench(register, connection, principal, identity)
    files = bench.files.values()
    return tuple(Missing(one.digest.hex(), one.received) for one in files if one.received < one.size)


def _begin(
    register: Register, principal: Principal, files: WholeBatch, request: IssueRequest, key: str, digest: bytes
) -> int:
    with register.database.write() as connection:
        return drafts.begin(
            connection,
            body=principal.body,
            holder=principal.actor,
            name=PurePosixPath(files.roster_name.replace("\\", "/")).stem[:_MAX_NAME],
            now=register.effects.now(),
            issued_on=request.issued_on,
            reviewed_by=(request.reviewed_by or "").strip() or None,
            notice=(request.notice or "").strip() or None,
            new_job_types=list(request.new_job_types),
            made_by=principal.actor,
            key=key,
            digest=digest,
        )


def _read(
    roster: bytes, photos: BinaryIO | None, request: IssueRequest
) -> tuple[Roster, tuple[tuple[str, int, int], ...]]:
    """Read the roster, and list the archive. Raises Refused."""
    try:
        sheet = read_roster(roster, sheet=(request.roster_sheet or "").strip() or None)
        if photos is None:
            return sheet, ()
        photos.seek(0)
        return sheet, open_archive(cast("BinaryIO", _Kept(photos))).contents
    except RosterError as error:
        raise Refused(error.code, error.zh, error.en) from error


def _check(register: Register, principal: Principal, sheet: Roster, request: IssueRequest) -> None:
    """Raise Refused for what refuses the batch as a whole."""
    issued_on = request.issued_on or register.effects.today()
    catalogue = known_job_types(register, request.new_job_types)
    rows = [parse_row(raw, catalogue) for raw in sheet.open_rows]
    policy_for(register, Terms(issuer=principal.body, issued_on=issued_on), rows)
    check_reviewers(rows, (request.reviewed_by or "").strip() or None)
    check_key(register, issued_on)


def _take_rows(bench: Bench, sheet: Roster) -> None:
    bench.rows.clear()
    bench.is_cleared = True
    for raw in sheet.open_rows:
        bench.rows[raw.row] = BenchRow(raw.row, RowContent(raw.cells, raw.problems), is_changed=True)


def _keep_archive(register: Register, identity: int, photos: BinaryIO) -> None:
    """Write the archive in sealed pieces, on from where an earlier try broke off, and let it wait to be unpacked."""
    photos.seek(0)
    sha256 = _sha256(photos)
    size = photos.seek(0, os.SEEK_END)
    with register.database.write() as connection:
        file = draft_files.find(connection, identity, bytes.fromhex(sha256))
        if file is None:
            begin_file(register, connection, identity, Announced(sha256, "photos.zip", size))
            file = draft_files.find(connection, identity, bytes.fromhex(sha256))
    assert file is not None, "it was entered a moment ago"
    at = file.received
    photos.seek(at)
    for some in chunks(_pieces(photos), _AT_ONCE):
        with register.database.write() as connection:
            for piece in some:
                sealed = seal(register, file_place(sha256, str(at)), piece)
                draft_files.add_piece(connection, file.id, at, len(piece), sealed)
                at += len(piece)
    with register.database.write() as connection:
        draft_files.change(connection, file.id, register.effects.now(), state=FileState.WAITING.value)


def _sha256(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(file):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while body := file.read(PIECE):
        while len(body) < PIECE and (more := file.read(PIECE - len(body))):
            body += more
        yield body


def _limited(file: IO[bytes], most: int, what: tuple[str, str]) -> BinaryIO:
    """Return the file at its beginning. Raises Refused where it has more than ``most`` bytes."""
    if file.seek(0, os.SEEK_END) > most:
        raise too_large(*what, most)
    file.seek(0)
    return cast("BinaryIO", file)


def _digest(sheet: Roster, contents: Sequence[tuple[object, ...]], request: IssueRequest) -> bytes:
    """Condense what was asked for: the same key with another roster is refused, not answered with the old cards.

    A roster and an archive that were written anew, with the same in them, are the same.
    """
    rows = [(row.row, dict(row.cells)) for row in sheet.open_rows]
    return hashlib.sha256(msgspec.json.encode((rows, contents, request), order="deterministic")).digest()


class _Kept:
    """A file that stays open when its reader is closed: what was checked is kept afterwards."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def close(self) -> None:
        """Leave the file open."""
