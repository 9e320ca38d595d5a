"""Print at the desk: chosen cards of the queue, or one again, as a PDF that a second press gets once more."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from cardlayout.impose import layout
from cardlayout.render import Job
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.printing import after_printing, issuer_of, sheets_needed
from service.flows.cards.print_cards import draw_cards
from service.flows.errors import Refused, no_such_card
from service.flows.printing.print_log import Drawn, asked, enter_printed, job_on
from service.flows.printing.print_requests import PrintCardsRequest
from service.flows.printing.queue import scope
from service.flows.register import Register
from service.store import print_lines, printers, prints
from service.store.printers import Printer

PLAIN: Final = Printer(name="")
"""The printer of a body that has entered none: four on A4, over the long edge, nothing misplaced."""


@dataclass(frozen=True, slots=True)
class DrawnJob:
    """A job's PDF in a temporary file that has no name any more, read from its start, and its size in bytes."""

    id: int
    cards: int
    size: int
    file: BinaryIO


def print_chosen(register: Register, request: PrintCardsRequest, by: By, key: str) -> DrawnJob:
    """Draw cards of the queue, or with a reason cards that were printed before, and enter it in the log once.

    The same request under the same key is drawn again and counts no more. Raises Refused for a card that is not there
    for the body, that cannot be drawn, or of a printer it has not; PrintStepRefused for one whose turn it is not;
    IdempotencyKeyReused.
    """
    body = by.body or CENTRE
    numbers = tuple(dict.fromkeys(request.numbers))
    press = asked(register, [numbers, request.printer, request.start, request.slot, request.again], key, request.again)
    with register.database.read() as connection:
        before = prints.find_job(connection, by.actor, press.key, press.digest)
    if before is not None:
        return draw_again(register, before, body)
    job = _job(register, request, numbers, body)
    _check(register, numbers, request, body)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer's, which closes it
    try:
        drawn = Drawn(draw_cards(register, numbers, job, file), job, press)
        with register.database.write() as connection:
            identity = enter_printed(connection, register, drawn, By(by.actor, body))
        return _drawn(identity, len(numbers), file)
    except BaseException:
        file.close()
        raise


def draw_again(register: Register, job: int, body: str) -> DrawnJob:
    """Draw the PDF of a job once more; it is the same sheet, and counts no more.

    Raises Refused for a job that is not the body's, and where a card of it has another copy by now.
    """
    with register.database.read() as connection:
        found = prints.get_job(connection, job)
        printed = prints.copies_of_job(connection, job)
        live = {
            line.number: line.copy_id for line in print_lines.lines_of(connection, (number for number, _ in printed))
        }
    if found is None or found.body != body:
        raise Refused("no-such-print-job", f"没有打印任务 {job}", f"there is no print job {job}")
    gone = [number for number, copy_id in printed if live.get(number) != copy_id]
    if gone:
        raise Refused(
            "print-job-outdated",
            f"这些证卡之后换了新的副本，原来的页面不再提供：{'、'.join(gone)}",
            f"these cards have got a new copy since: {', '.join(gone)}",
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer's, which closes it
    try:
        draw_cards(register, [number for number, _ in printed], job_on(found.paper), file)
        return _drawn(job, len(printed), file)
    except BaseException:
        file.close()
        raise


def printer_of(register: Register, body: str, identity: int) -> Printer:
    """Return a body's printer by its id, the first one for 0, and a plain one where it has none. Raises Refused."""
    with register.database.read() as connection:
        mine = printers.all_of(connection, body)
    if not identity:
        return mine[0] if mine else PLAIN
    for one in mine:
        if one.id == identity:
            return one
    raise Refused("no-such-printer", f"没有编号为 {identity} 的打印机", f"there is no printer {identity}")


def sheets_of(one: Printer, cards: int, start: int) -> int:
    """Return how many sheets so many cards take on a printer's paper."""
    places = len(layout(one.sheet).places)
    return sheets_needed(cards, places, min(start, places))


def first_sheet(one: Printer, numbers: Sequence[CardNumber], start: int) -> tuple[CardNumber, ...]:
    """Return the cards of the first sheet: the trial, which is a real sheet and counts as printed."""
    return tuple(numbers[: len(layout(one.sheet).places) - start + 1])


def _job(register: Register, request: PrintCardsRequest, numbers: Sequence[CardNumber], body: str) -> Job:
    one = printer_of(register, body, request.printer)
    title = f"证卡 {numbers[0]}" + (f" – {numbers[-1]}" if len(numbers) > 1 else "")
    return Job(title, one.sheet, one.flip, request.start, one.offset_front, one.offset_back, request.slot)


def _check(register: Register, numbers: Sequence[CardNumber], request: PrintCardsRequest, body: str) -> None:
    """Refuse before anything is drawn what would be refused afterwards."""
    with register.database.read() as connection:
        mine = scope(connection, body)
        stages = {line.number: line.stage for line in print_lines.lines_of(connection, numbers)}
    for number in numbers:
        if issuer_of(number) not in mine or number not in stages:
            raise no_such_card(number)
        after_printing(number, stages[number], request.again)


def _drawn(job: int, cards: int, file: BinaryIO) -> DrawnJob:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    return DrawnJob(job, cards, size, file)
