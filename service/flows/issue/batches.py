"""Batches that were issued: listed, read again, and drawn for printing, each by whoever issued it (督§9, 考§12)."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, BinaryIO, Final

import msgspec
from msgspec import Struct

from cardlayout.impose import Flip, Sheet, Slot
from cardlayout.render import Job
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.flows.cards.print_cards import Printing, numbers_of_batch, print_cards, withdrawn
from service.flows.errors import Refused
from service.flows.issue.outcome import Outcome
from service.flows.register import Register
from service.flows.requests.fields import described
from service.store import batches
from service.store.batches import BatchLine

MOST_LISTED: Final = 100
_CHUNK: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class IssuedBatch:
    """A batch and its answer; ``printable`` are its cards without those that were revoked or voided since."""

    id: int
    created_at: datetime
    issued_on: date
    issuer: str | None
    reviewed_by: str | None
    outcome: Outcome
    printable: tuple[CardNumber, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PDF in a temporary file that has no name any more: its size in bytes, and the file, read from its start."""

    size: int
    file: BinaryIO

    def chunks(self) -> Iterator[bytes]:
        """Return the bytes in pieces, and close the file after the last."""
        with self.file:
            while chunk := self.file.read(_CHUNK):
                yield chunk


def list_batches(register: Register, body: str, before: int | None = None) -> tuple[BatchLine, ...]:
    """List a body's batches, the newest first: at most MOST_LISTED, of those with an id under ``before``.

    Those without an issuer, which the command line makes for all kinds, are the centre's.
    """
    with register.database.read() as connection:
        return batches.newest(connection, body, or_without=body == CENTRE, before=before, most=MOST_LISTED)


def find_batch(register: Register, batch: int, body: str) -> IssuedBatch:
    """Read a batch again. Raises Refused for one that is not there, or is another body's: nobody can tell which."""
    with register.database.read() as connection:
        found = batches.get(connection, batch)
    if found is None or found.result is None or (found.issuer or CENTRE) != body:
        raise Refused("no-such-batch", f"没有批次 {batch}", f"there is no batch {batch}")
    outcome = msgspec.convert(found.result, Outcome)
    return IssuedBatch(
        id=found.id,
        created_at=found.created_at,
        issued_on=found.issued_on,
        issuer=found.issuer,
        reviewed_by=found.reviewed_by,
        outcome=outcome,
        printable=still_printable(register, batch)[0] if outcome.issued else (),
    )


def still_printable(register: Register, batch: int) -> tuple[tuple[CardNumber, ...], tuple[CardNumber, ...]]:
    """Part the cards of a batch: those to print, and those that were revoked or voided since.

    Raises Refused for a batch without cards.
    """
    of_batch = numbers_of_batch(register, batch)
    gone = withdrawn(register, of_batch)
    return tuple(number for number in of_batch if number not in gone), gone


class PrintRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """On what paper cards are printed."""

    sheet: Annotated[Sheet, described("sheet")] = Sheet.FOUR
    flip: Annotated[Flip, described("flip")] = Flip.LONG
    slot: Annotated[Slot, described("slot")] = Slot.NONE


def draw_batch(register: Register, batch: int, request: PrintRequest, by: By) -> Drawn:
    """Draw the PDF of a batch's cards, without those that were revoked or voided since; the journal says so.

    Raises Refused for a batch that is not the body's, and where no card of it can be printed.
    """
    numbers = find_batch(register, batch, by.body or CENTRE).printable
    if not numbers:
        raise Refused(
            "nothing-to-print",
            f"批次 {batch} 没有可以打印的证卡：未核发，或都已取消资格或作废",
            f"batch {batch} has no card to print: none was issued, or all were revoked or voided since",
        )
    return draw_numbers(register, numbers, request, by)


def draw_numbers(register: Register, numbers: tuple[CardNumber, ...], request: PrintRequest, by: By) -> Drawn:
    """Draw the PDF of these cards, and enter it in the log. Raises Refused for one that cannot be printed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer's, which closes it
    try:
        job = Job(title_of(numbers), request.sheet, request.flip, slot=request.slot)
        print_cards(register, Printing(numbers, job, by.body or CENTRE), file, actor=by.actor)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Drawn(size, file)


def title_of(numbers: tuple[CardNumber, ...]) -> str:
    """Name a PDF for the cards in it."""
    return f"证卡 {numbers[0]}" + (f" – {numbers[-1]}" if len(numbers) > 1 else "")
