"""Photographs of a batch: known by their SHA-256, taken in pieces that go on where they broke off, kept sealed.

A photograph is decoded once, when its last piece has come: turned upright, reduced to a working copy, and made into the
portrait that a card carries. The file as it came is not kept. A zip archive waits until somebody unpacks it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from sqlalchemy import Connection

from cardlayout.portrait import Cut, PortraitError, cut_portrait
from service.domain.access import Principal
from service.domain.draft_state import DraftState, FileKind, FileState
from service.flows.drafts.bench import Bench, change, portraits_of
from service.flows.drafts.judge_rows import judge_again
from service.flows.drafts.looking import columns_of, look, take_in
from service.flows.drafts.opening import open_row, own_draft
from service.flows.drafts.photo_pieces import PieceFile
from service.flows.drafts.photo_requests import Announced, Missing, PhotoClaim, PhotoPiece, RowCrop
from service.flows.drafts.refusals import check_open, no_such_draft
from service.flows.drafts.sealed import file_place, portrait_place, seal, seal_value, unseal, unseal_value
from service.flows.drafts.viewing import file_line
from service.flows.drafts.views import Crop, FileLine
from service.flows.errors import Refused
from service.flows.issue.issue_files import MAX_PHOTOS_BYTES, too_large
from service.flows.register import Register
from service.roster.archive import MEBIBYTE
from service.roster.photo_files import MAX_PHOTO_BYTES
from service.store import draft_files, draft_rows, drafts
from service.store.draft_files import DraftFile
from service.store.drafts import Draft

PIECE: Final = MEBIBYTE
"""Bytes of one piece at most."""

MOST_FILES: Final = 6_000


def photos_missing(
    register: Register, principal: Principal, identity: int, files: Sequence[Announced]
) -> tuple[Missing, ...]:
    """Announce files and return those that have not come whole, each with the byte at which it goes on.

    What the batch has is not sent again, whatever it is called now. Raises Refused for what is no photograph or archive
    by its name, for too large a file, and for too many of them.
    """
    for one in files:
        most = MAX_PHOTOS_BYTES if _is_archive(one.name) else MAX_PHOTO_BYTES
        if one.size > most:
            raise too_large("照片", "photographs", most)
    now = register.effects.now()
    with register.database.write() as connection:
        _locked(connection, principal, identity)
        known = {one.digest.hex(): one for one in draft_files.of(connection, identity)}
        if len(known.keys() | {one.sha256 for one in files}) > MOST_FILES:
            raise Refused(
                "draft-too-many-files", f"一批最多 {MOST_FILES} 个文件", f"a batch has at most {MOST_FILES} files"
            )
        for one in files:
            found = known.get(one.sha256)
            if found is None:
                begin_file(register, connection, identity, one)
            else:
                add_name(register, connection, found, one.name)
            now_known = draft_files.find(connection, identity, bytes.fromhex(one.sha256))
            assert now_known is not None, "it was entered a moment ago"
            known[one.sha256] = now_known
        wanted = [known[sha256] for sha256 in dict.fromkeys(one.sha256 for one in files)]
        missing = tuple(Missing(one.digest.hex(), one.received) for one in wanted if one.received < one.size)
        whole = [one for one in wanted if one.state is FileState.COMING and one.received == one.size]
        drafts.change(connection, identity, now)
    for file in whole:  # whoever sent the last piece has not seen it through
        _complete(register, principal, identity, file)
    # By its name a row finds what is on its way, too, and what is here under another one.
    change(register, principal, identity, lambda bench: judge_again(bench, ()))
    return missing


def add_photo_piece(register: Register, principal: Principal, identity: int, piece: PhotoPiece) -> FileLine:
    """Take the next bytes of an announced file, which begin at byte ``piece.at``; the same bytes again change nothing.

    The last piece completes it: a photograph is looked at, matched to its row and judged at once, an archive's are put
    beside it. Raises Refused for a file that was not announced, for a piece that leaves a gap or is too large, and for
    bytes that are not those that were announced; these have to be sent again.
    """
    sha256, at, content = piece.sha256, piece.at, piece.content
    if not content or len(content) > PIECE:
        raise Refused("piece-size", f"每次 1 至 {PIECE} 字节", f"a piece has 1 to {PIECE} bytes")
    with register.database.write() as connection:
        _locked(connection, principal, identity)
        found = draft_files.find(connection, identity, bytes.fromhex(sha256))
        if found is None:
            raise Refused("file-not-announced", "该文件未登记，请重新选择", "the file was not announced")
        received = found.received
        if at > received or at + len(content) > found.size:
            raise Refused(
                "piece-out-of-place",
                f"应从第 {received} 字节续传，文件共 {found.size} 字节",
                f"the file goes on at byte {received} of {found.size}",
            )
        if at + len(content) > received:
            fresh = content[received - at :]
            sealed = seal(register, file_place(sha256, str(received)), fresh)
            draft_files.add_piece(connection, found.id, received, len(fresh), sealed)
            received += len(fresh)
    if received == found.size and found.state in {FileState.COMING, FileState.WAITING}:
        _complete(register, principal, identity, found)
    return photo_line(register, principal, identity, sha256)


def begin_file(register: Register, connection: Connection, identity: int, one: Announced) -> int:
    """Enter a file that is about to come and return its id."""
    kind = FileKind.ARCHIVE if _is_archive(one.name) else FileKind.PHOTO
    names = seal_value(register, file_place(one.sha256, "names"), [one.name])
    digest, now = bytes.fromhex(one.sha256), register.effects.now()
    return draft_files.begin(connection, identity, digest, kind, names, one.size, now)


def add_name(register: Register, connection: Connection, file: DraftFile, name: str) -> None:
    """Note another name under which a file has come."""
    place = file_place(file.digest.hex(), "names")
    before = unseal_value(register, place, file.names, list[str])
    if name not in before:
        names = seal_value(register, place, [*before, name])
        draft_files.change(connection, file.id, register.effects.now(), names=names)


def photo_line(register: Register, principal: Principal, identity: int, sha256: str) -> FileLine:
    """Show a file of a batch, of which nothing else is read. Raises Refused for one that is not there."""
    with register.database.read() as connection:
        draft = own_draft(connection, principal, identity)
        found = draft_files.find(connection, identity, bytes.fromhex(sha256))
        if found is None:
            raise no_such_photo()
        rows = draft_rows.of_file(connection, identity, found.id)
    return file_line(Bench(register, draft, {}, {}), found, rows)


def claim_photo(register: Register, principal: Principal, identity: int, claim: PhotoClaim) -> None:
    """Let a row have a photograph that was chosen for it; None: the one that its name finds, again. Raises Refused."""
    row, photo = claim.row, claim.photo

    def edit(bench: Bench) -> None:
        one = bench.row(row)
        if photo is not None and not _is_usable(bench.files.get(photo)):
            raise no_such_photo()
        one.file, one.is_claimed, one.crop, one.portrait, one.has_portrait = photo, photo is not None, None, None, False
        one.is_changed, one.is_seen = True, False
        judge_again(bench, {row, *(other.row for other in bench.live if other.file == photo and photo is not None)})

    change(register, principal, identity, edit)


def drop_file(register: Register, principal: Principal, identity: int, photo: int) -> None:
    """Drop a file of a batch, whole or not; rows that had the photograph have none, and are judged again.

    Raises Refused for one that is not there.
    """

    def edit(bench: Bench) -> None:
        if photo not in bench.files:
            raise no_such_photo()
        del bench.files[photo]
        bench.dropped.add(photo)
        concerned = [row for row in bench.rows.values() if row.file == photo]
        for one in concerned:
            one.file, one.is_claimed, one.crop, one.portrait, one.has_portrait = None, False, None, None, False
            one.is_changed, one.is_seen = True, False
        judge_again(bench, {row.row for row in concerned if not row.is_removed})

    change(register, principal, identity, edit)


def set_crop(register: Register, principal: Principal, identity: int, wanted: RowCrop) -> None:
    """Cut a row's portrait out of its working copy by hand, or with None as it is cut without; judge it again.

    Raises Refused for a row without a photograph, and for a part that no portrait can be cut from.
    """
    row, crop = wanted.row, wanted.crop
    with register.database.read() as connection:
        bench = open_row(register, connection, own_draft(connection, principal, identity), row)
    file = bench.row(row).file
    portrait = None
    if crop is not None:
        cut = Cut(crop.x, crop.y, crop.width, crop.height, crop.turn)
        if file is None:
            raise no_such_photo()
        try:
            portrait = cut_portrait(photo_bytes(register, principal, identity, file), cut)
        except PortraitError as error:
            raise Refused(error.code, error.zh, error.en) from error

    def edit(bench: Bench) -> None:
        one = bench.row(row)
        if one.file != file:
            raise no_such_photo()
        one.crop = None if crop is None else {name: getattr(crop, name) for name in Crop.__struct_fields__}
        one.portrait = None if portrait is None else seal(register, portrait_place(identity, row), portrait)
        one.has_portrait, one.is_changed, one.is_seen = portrait is not None, True, False
        judge_again(bench, {row})

    change(register, principal, identity, edit)


def photo_bytes(register: Register, principal: Principal, identity: int, photo: int) -> bytes:
    """Return the working copy of a photograph, a JPEG of at most 1600 pixels a side. Raises Refused."""
    with register.database.read() as connection:
        draft = drafts.find(connection, identity)
        if draft is None or draft.body != principal.body:
            raise no_such_draft(identity)
        found = draft_files.get(connection, identity, photo)
        body = None if found is None else draft_files.body(connection, photo)
    if found is None or body is None:
        raise no_such_photo()
    return unseal(register, file_place(found.digest.hex(), "body"), body)


def portrait_bytes(register: Register, principal: Principal, identity: int, row: int) -> bytes:
    """Return the portrait that a row's card will carry, a JPEG. Raises Refused for a row that has none."""
    with register.database.read() as connection:
        bench = open_row(register, connection, own_draft(connection, principal, identity), row)
        found = portraits_of(connection, bench, [bench.row(row)])
    if row not in found:
        raise no_such_photo()
    return found[row]


def _complete(register: Register, principal: Principal, identity: int, file: DraftFile) -> None:
    """Look at a photograph that is whole, and judge the rows that it concerns; an archive waits its turn."""
    pieces = PieceFile(register, identity, file)
    digest = hashlib.sha256()
    while body := pieces.read(PIECE):
        digest.update(body)
    if digest.digest() != file.digest:
        with register.database.write() as connection:
            draft_files.drop_pieces(connection, file.id)
        raise Refused(
            "photo-digest",
            "收到的文件与登记的不一致，请重新上传",
            "the bytes that have come are not those that were announced: send the file again",
        )
    if file.kind is FileKind.ARCHIVE:
        now = register.effects.now()
        with register.database.write() as connection:
            draft_files.change(connection, file.id, now, state=FileState.WAITING.value)
            drafts.change(connection, identity, now)
        return
    pieces.seek(0)
    looked_at = columns_of(register, file.digest.hex(), look(pieces.read()))
    change(register, principal, identity, lambda bench: take_in(bench, {file.id: looked_at}))


def _locked(connection: Connection, principal: Principal, identity: int) -> Draft:
    draft = drafts.lock(connection, identity)
    if draft is None or draft.body != principal.body or draft.state is DraftState.DROPPED:
        raise no_such_draft(identity)
    check_open(draft)
    return draft


def _is_archive(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() == ".zip"


def _is_usable(file: DraftFile | None) -> bool:
    return file is not None and file.kind is FileKind.PHOTO and file.state is not FileState.REFUSED


def no_such_photo() -> Refused:
    """Report a photograph that is not there."""
    return Refused("no-such-photo", "没有这张照片", "there is no such photograph")
