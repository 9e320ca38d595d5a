"""Photographs of a batch at the workbench: sent by a form or in pieces by a script, chosen for rows, and dropped."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar import Controller, Request, Response, post, route
from litestar.datastructures import State, UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, MultipartBody, SkipValidation, URLEncodedBody

from service.domain.access import Permission
from service.flows.drafts.background import begin_work
from service.flows.drafts.desk import draft_of
from service.flows.drafts.photo_requests import Announced, Missing, PhotoClaim, PhotoPiece
from service.flows.drafts.photos import (
    PIECE,
    add_photo_piece,
    claim_photo,
    drop_file,
    photo_line,
    photos_missing,
)
from service.flows.drafts.views import DraftView, FileLine, RowState
from service.flows.errors import Refused
from service.flows.issue.issue_files import MAX_PHOTOS_BYTES
from service.flows.register import Register
from service.pages.home import READ
from service.pages.office.base import OFFICE_ERRORS, REFUSALS, Desk, at_desk
from service.pages.office.batch_shown import PAGE, about, wrong_files
from service.pages.office.once import once_a_form
from service.pages.office.typed import MAX_FORM_BODY, FormData, Identity, needs_first, text_of, whole_number
from service.roster.photo_files import ACCEPTED

AnyRequest = Request[Any, Any, State]
_PHOTOS: Final = PAGE + "/{identity:int}/photos"
_MOST_SHOWN: Final = 60
_MAX_ANNOUNCED: Final = 2 * 1024 * 1024
_CSRF: Final = "X-CSRF-Token"


class PhotosPage(Controller):
    """The photographs of a batch."""

    include_in_schema = False
    exception_handlers = OFFICE_ERRORS

    @route(_PHOTOS, http_method=READ, sync_to_thread=True)
    def photos(
        self,
        identity: Identity,
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
        row: FromQuery[int | None] = None,
    ) -> Response[str]:
        """Show where photographs are sent, and those that nobody has yet; with ``row``, to choose one for that row."""
        desk = at_desk(request, register, Permission.ISSUE)
        return desk.show("office/batch_photos.html", **_context(desk, identity, row))

    @post(
        _PHOTOS,
        status_code=HTTPStatus.OK,
        guards=[needs_first(Permission.ISSUE)],
        request_max_body_size=MAX_PHOTOS_BYTES + MAX_FORM_BODY,
        sync_to_thread=True,
    )
    @once_a_form
    def send(
        self,
        identity: Identity,
        data: MultipartBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Take the photographs or archives of a form; with ``row``, the one photograph of that row."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        row = whole_number(text_of(data, "row"))
        try:
            sent = [_send(desk, identity, file) for file in _files(data)]
            if not sent:
                raise Refused("files-missing", "请选择照片", "choose photographs")
            if row is not None:
                claim_photo(register, desk.principal, identity, PhotoClaim(row, sent[0].id))
        except REFUSALS as error:
            return desk.refuse(request, error, "office/batch_photos.html", **_context(desk, identity, row))
        where = f"{PAGE}/{identity}/photos" if row is None else f"{PAGE}/{identity}/rows/{row}"
        return desk.go(where, done="photos_sent")

    @post(_PHOTOS + "/claim", status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def claim(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Let rows have the photographs that were chosen for them, each ``photo-ID`` a row's number."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        asked = whole_number(text_of(data, "row"))
        try:
            if asked is not None:
                claim = PhotoClaim(asked, whole_number(text_of(data, "photo")))
                claim_photo(register, desk.principal, identity, claim)
                return desk.go(f"{PAGE}/{identity}/rows/{asked}", done="photos_claimed")
            for photo, row in _claims(data):
                claim_photo(register, desk.principal, identity, PhotoClaim(row, photo))
        except REFUSALS as error:
            return desk.refuse(request, error, "office/batch_photos.html", **_context(desk, identity, asked))
        return desk.go(f"{PAGE}/{identity}/photos", done="photos_claimed")

    @post(_PHOTOS + "/drop", status_code=HTTPStatus.OK, request_max_body_size=MAX_FORM_BODY, sync_to_thread=True)
    @once_a_form
    def drop(
        self,
        identity: Identity,
        data: URLEncodedBody[FormData],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> Response[Any]:
        """Drop a file that cannot be used, or that will not come whole."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=text_of(data, "csrf"))
        row = whole_number(text_of(data, "row"))
        try:
            drop_file(register, desk.principal, identity, whole_number(text_of(data, "photo")) or 0)
        except REFUSALS as error:
            return desk.refuse(request, error, "office/batch_photos.html", **_context(desk, identity, row))
        return desk.go(f"{PAGE}/{identity}/photos", done="photos_dropped")

    @post(
        _PHOTOS + "/announce",
        status_code=HTTPStatus.OK,
        guards=[needs_first(Permission.ISSUE)],
        request_max_body_size=_MAX_ANNOUNCED,
        sync_to_thread=True,
    )
    def announce(
        self,
        identity: Identity,
        data: JSONBody[list[Announced]],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> list[Missing]:
        """Return which of some files have not come whole, and at which byte each goes on."""
        desk = at_desk(request, register, Permission.ISSUE, csrf=request.headers.get(_CSRF, ""))
        return list(photos_missing(register, desk.principal, identity, data))

    @post(
        _PHOTOS + "/{sha256:str}",
        status_code=HTTPStatus.OK,
        guards=[needs_first(Permission.ISSUE)],
        request_max_body_size=PIECE,
    )
    async def piece(
        self,
        identity: Identity,
        sha256: FromPath[str],
        at: FromQuery[int],
        request: AnyRequest,
        register: NamedDependency[SkipValidation[Register]],
    ) -> FileLine:
        """Take the next bytes of a file, and say how it stands."""
        body = await request.body()
        return await asyncio.to_thread(_take, request, register, identity, sha256, at, body)


def _take(request: AnyRequest, register: Register, identity: int, sha256: str, at: int, body: bytes) -> FileLine:
    desk = at_desk(request, register, Permission.ISSUE, csrf=request.headers.get(_CSRF, ""))
    if re.fullmatch("[0-9a-f]{64}", sha256) is None or at < 0:
        raise Refused("file-not-announced", "该文件未登记，请重新选择", "the file was not announced")
    return _unpacked(register, add_photo_piece(register, desk.principal, identity, PhotoPiece(sha256, at, body)))


def _unpacked(register: Register, line: FileLine) -> FileLine:
    """Let an archive that is whole be unpacked beside the requests."""
    if line.is_archive and line.received == line.size:
        begin_work(register)
    return line


def _send(desk: Desk, identity: int, file: UploadFile) -> FileLine:
    """Take a whole file in pieces, as a script sends it."""
    digest, size = hashlib.sha256(), 0
    file.file.seek(0)
    while block := file.file.read(PIECE):
        digest.update(block)
        size += len(block)
    name = file.filename.replace("\\", "/").rpartition("/")[2][-200:]
    announced = msgspec.convert({"sha256": digest.hexdigest(), "name": name, "size": size}, Announced)
    register, by = desk.register, desk.principal
    missing = photos_missing(register, by, identity, [announced])
    for at in range(missing[0].at if missing else size, size, PIECE):
        file.file.seek(at)
        add_photo_piece(register, by, identity, PhotoPiece(announced.sha256, at, file.file.read(PIECE)))
    return _unpacked(register, photo_line(register, by, identity, announced.sha256))


def _files(data: FormData) -> list[UploadFile]:
    found: list[UploadFile] = []
    for field in ("photos", "folder"):
        value = data.get(field)
        several: list[Any] = value if isinstance(value, list) else [value]
        found += [one for one in several if isinstance(one, UploadFile) and one.filename]
    return found


def _claims(data: FormData) -> Iterator[tuple[int, int]]:
    for name in data:
        photo, row = whole_number(name.removeprefix("photo-")), whole_number(text_of(data, name))
        if name.startswith("photo-") and photo is not None and row is not None:
            yield photo, row


def _context(desk: Desk, identity: int, row: int | None) -> dict[str, Any]:
    draft = draft_of(desk.register, desk.principal, identity)
    photos = [one for one in draft.files if not one.is_archive]
    free = [one for one in photos if not one.rows and one.state == "kept"]
    return {
        **about(desk, draft, 2),
        "free": free[:_MOST_SHOWN],
        "more_free": max(len(free) - _MOST_SHOWN, 0),
        "waiting": [one for one in draft.files if one.state == "waiting"],
        "coming": [one for one in draft.files if one.state == "coming"],
        "refused": wrong_files(draft),
        "without": _without(draft),
        "for_row": next((one for one in draft.rows if one.row == row), None),
        "kept": len(photos),
        "kinds": ",".join(ACCEPTED),
    }


def _without(draft: DraftView) -> list[tuple[int, str]]:
    """List the rows that have no photograph yet."""
    return [(one.row, one.name) for one in draft.rows if one.photo is None and one.state is not RowState.REMOVED]
