"""Report a card, as anybody may who has seen a red verdict, and answer such reports at the issuer's desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Final

from msgspec import Struct

from cardlayout.portrait import PortraitError, working_copy
from keys.fields import NONCE_SIZE
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.errors import CardNumberMalformed
from service.domain.event import Event
from service.domain.fact import KEY_BYTES
from service.domain.issuer import CENTRE
from service.domain.reporting import RECEIPT_BYTES, ReportSide, desk_of_report, receipt_of
from service.domain.verdict_words import Word
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.reading import card_number
from service.flows.requests.types import Nonce, Reason, line, text
from service.store import card_reports, journal, limits
from service.store.card_reports import CardReport
from service.store.limits import Allowance, Claim, Limit, LimitReached, Tell, unheard
from service.store.parts import Part

__all__ = [
    "CardReport",
    "ReportAnswer",
    "ReportRequest",
    "answer_report",
    "find_report",
    "open_reports",
    "report_card",
    "report_page",
    "reports_at_desk",
]
MAX_REPORT_PHOTO_BYTES: Final = 12 * 1024 * 1024
PER_NETWORK: Final = Limit(6, timedelta(hours=1))
IN_ALL: Final = Limit(300, timedelta(hours=1))
_REPORTS: Final = ListOrder[CardReport]("reports", (int,), lambda one: (one.id,))
LAST_ID: Final = 2**31 - 1


class TooManyReports(LimitReached):
    """The report is one too many for the network it comes from, or for all together."""

    def __init__(self, retry_after: int, limit: Limit) -> None:
        super().__init__(retry_after, limit)
        self.zh = f"举报过于频繁，请在 {retry_after} 秒后重试"
        self.en = f"too many reports; try again in {retry_after} seconds"


class ReportRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Which card was seen where and when, and what was wrong with it."""

    nonce: Nonce
    place: Annotated[str, line("report_place", 120, min_length=1)]
    number: Annotated[str, line("report_number", 40)] | None = None
    seen_on: Annotated[date, described("seen_on")] | None = None
    seen_time: Annotated[str, described("seen_time", pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    verdict: Annotated[Word, described("verdict")] | None = None
    note: Annotated[str, text("note")] | None = None


class ReportAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """What the issuer's desk did about a report."""

    reason: Reason


def report_card(
    register: Register,
    request: ReportRequest,
    photos: Mapping[ReportSide, bytes],
    network: str,
    tell: Tell = unheard,
) -> str:
    """Enter a report on the desk of the number's issuer and return its receipt; the same form again finds its own.

    Photographs are decoded, made smaller and sealed. Raises TooManyReports, and Refused for a picture that cannot be
    read and for a day to come.
    """
    with register.database.read() as connection:
        before = card_reports.find_receipt(connection, request.nonce)
    if before is not None:
        return before
    tell(_admit(register, network))
    today, now = register.effects.today(), register.effects.now()
    if request.seen_on is not None and request.seen_on > today:
        raise Refused("report-day", "日期不能晚于今天", "the day is today at the latest")
    small = {side: _smaller(data) for side, data in photos.items()}
    receipt = receipt_of(register.effects.random_bytes(RECEIPT_BYTES), today)
    sealed = {
        side: register.cipher.seal_bytes(data, _context(receipt, side), register.effects.random_bytes(NONCE_SIZE))
        for side, data in small.items()
    }
    number = _number(request.number)
    body = desk_of_report(number, register.institutions())
    values = {
        "receipt": receipt,
        "nonce": request.nonce,
        "body": body,
        "number": number or request.number,
        "verdict": None if request.verdict is None else request.verdict.value,
        "place": request.place,
        "seen_on": request.seen_on or today,
        "seen_time": request.seen_time,
        "note": request.note,
        "reported_at": now,
        "commitment_key": register.effects.random_bytes(KEY_BYTES),
    }
    with register.database.write() as connection:
        before = card_reports.find_receipt(connection, request.nonce)
        if before is not None:
            return before
        identity = card_reports.add(connection, values, sealed)
        event = Event("card-reported", f"report:{identity}", {"body": body})
        journal.append_many(connection, now, "system", (event,))
    return receipt


def reports_at_desk(
    register: Register, body: str, *, is_closed: bool, before: int = LAST_ID, size: int = 50
) -> tuple[tuple[CardReport, ...], int | None]:
    """Read a page of the reports on a body's desk, open or closed ones, the newest first; the id to go on before."""
    with register.database.read() as connection:
        found, _ = card_reports.page(connection, body, Part(size, (before,)), is_open=not is_closed)
    return found[:size], found[size - 1].id if len(found) > size else None


def open_reports(register: Register, body: str, most: int) -> tuple[int, tuple[CardReport, ...]]:
    """Count the reports on a body's desk that are open, and return the newest of them."""
    with register.database.read() as connection:
        newest, count = card_reports.page(connection, body, Part(most), is_open=True)
    return count, newest[:most]


def report_page(register: Register, body: str, asked: PageRequest, *, is_open: bool | None = None) -> Page[CardReport]:
    """Read a part of the reports on a body's desk, the newest first: all, or the open or closed. Raises Refused."""
    part = part_of(register, asked, _REPORTS)
    with register.database.read() as connection:
        found, total = card_reports.page(connection, body, part, is_open=is_open)
    return page_of(register, _REPORTS, part, found, total)


def find_report(register: Register, identity: int, body: str) -> tuple[CardReport, Mapping[ReportSide, bytes]]:
    """Return a report on a body's desk with its photographs as JPEG. Raises Refused for one that is not there."""
    with register.database.read() as connection:
        found = card_reports.get(connection, identity)
        sealed = card_reports.photos_of(connection, identity)
    if found is None or found.body != body:
        raise _no_such_report(identity)
    opened = {side: register.cipher.open_bytes(data, _context(found.receipt, side)) for side, data in sealed.items()}
    return found, opened


def answer_report(register: Register, identity: int, request: ReportAnswer, by: By) -> None:
    """Close a report with what was done about it. Raises Refused for one that is not there, or is closed already."""
    now = register.effects.now()
    with register.database.write() as connection:
        found = card_reports.get(connection, identity)
        if found is None or found.body != (by.body or CENTRE):
            raise _no_such_report(identity)
        if found.closed_at is not None:
            raise Refused("report-closed", "这份举报已经办结", "this report has been closed")
        card_reports.close(connection, identity, by.actor, request.reason, now)
        journal.append_many(connection, now, by.actor, (Event("card-report-closed", f"report:{identity}", {}),))


def _admit(register: Register, network: str) -> Allowance:
    now = register.effects.now()
    claims = [
        Claim(register.blind.of(f"report network {network}"), PER_NETWORK),
        Claim(register.blind.of("report all"), IN_ALL),
    ]
    try:
        with register.database.counters.write() as connection:
            own, _ = limits.take(connection, claims, now)
            return own
    except LimitReached as reached:
        raise TooManyReports(reached.retry_after, reached.limit) from None


def _smaller(data: bytes) -> bytes:
    try:
        if len(data) <= MAX_REPORT_PHOTO_BYTES:
            return working_copy(data)
    except PortraitError as error:
        raise Refused("report-photo", f"照片读不出来：{error.zh}", f"the picture cannot be read: {error.en}") from None
    raise Refused("report-photo", "照片不超过 12 MB", "a picture has 12 MB at most")


def _number(stated: str | None) -> CardNumber | None:
    try:
        return None if stated is None else card_number(stated)
    except CardNumberMalformed:
        return None


def _context(receipt: str, side: ReportSide) -> bytes:
    return f"card report\0{receipt}\0{side}".encode()


def _no_such_report(identity: int) -> Refused:
    return Refused("no-such-report", f"没有举报 {identity}", f"there is no report {identity}")
