"""Issue a batch from the files people hand in: a roster and an archive of photographs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import IO, Annotated, BinaryIO, Final, TypeAlias, cast

from msgspec import Struct

from service.flows.errors import Refused
from service.flows.issue.issue_batch import Request, issue_batch
from service.flows.issue.outcome import Outcome
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import MAX_PERSON, line
from service.roster.archive import MEBIBYTE
from service.roster.errors import RosterError
from service.roster.photo_files import open_archive
from service.roster.reader import Roster, read_roster

MAX_ROSTER_BYTES: Final = 8 * MEBIBYTE
MAX_PHOTOS_BYTES: Final = 600 * MEBIBYTE
MAX_NOTICE: Final = 120  # characters of a notice's name or number

NewJobType: TypeAlias = Annotated[str, line("new_job_types", 60, min_length=1)]


class IssueRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a batch is issued, whatever its files."""

    issued_on: Annotated[date, described("issued_on")] | None = None
    reviewed_by: Annotated[str, line("reviewed_by", MAX_PERSON)] | None = None
    notice: Annotated[str, line("notice", MAX_NOTICE)] | None = None
    dry_run: Annotated[bool, described("dry_run")] = False
    all_or_nothing: Annotated[bool, described("all_or_nothing")] = False
    new_job_types: tuple[NewJobType, ...] = ()
    roster_sheet: Annotated[str, line("roster_sheet", 31)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of the files: by whom, for which issuer, and the rest as in ``issue_batch.Request``."""

    actor: str
    issuer: str
    issued_on: date | None = None
    reviewed_by: str | None = None
    notice: str | None = None
    dry_run: bool = False
    all_or_nothing: bool = False
    key: str | None = None
    new_job_types: tuple[str, ...] = ()
    roster_sheet: str | None = None


def issue_files(register: Register, roster: IO[bytes], photos: IO[bytes], order: Order) -> tuple[Roster, Outcome]:
    """Read a roster (xlsx) and its photographs (zip) and issue the batch; return the roster as read and the answer.

    ``photos`` can be sought in, and is closed. Raises Refused with the code of what is wrong with a file as a whole,
    and what ``issue_batch`` raises.
    """
    try:
        sheet = read_roster(_all_of(roster), sheet=order.roster_sheet)
        with open_archive(cast("BinaryIO", photos)) as source:
            request = Request(
                rows=sheet.open_rows,
                photos=source,
                actor=order.actor,
                issuer=order.issuer,
                issued_on=order.issued_on,
                reviewed_by=order.reviewed_by,
                notice=order.notice,
                dry_run=order.dry_run,
                all_or_nothing=order.all_or_nothing,
                key=order.key,
                new_job_types=order.new_job_types,
            )
            return sheet, issue_batch(register, request)
    except RosterError as error:
        raise Refused(error.code, error.zh, error.en) from error


def too_large(what_zh: str, what_en: str, most: int) -> Refused:
    """Report that a file is larger than it may be; ``most`` is in bytes."""
    return Refused(
        "file-too-large",
        f"{what_zh}文件超过 {most // MEBIBYTE} MB，请分批提交",
        f"the file of {what_en} is larger than {most // MEBIBYTE} MB: hand it in in parts",
    )


def _all_of(roster: IO[bytes]) -> bytes:
    data = roster.read(MAX_ROSTER_BYTES + 1)
    if len(data) > MAX_ROSTER_BYTES:
        raise too_large("申报表", "the roster", MAX_ROSTER_BYTES)
    return data
