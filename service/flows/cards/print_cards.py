"""Draw cards that are in the register: the same bytes each time they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from sqlalchemy import Connection

from cardlayout.face import CardFace
from cardlayout.render import Job, render
from service.domain.access import By
from service.domain.card import CardStatus
from service.domain.card_number import CardNumber
from service.domain.credential import text_of
from service.domain.issuer import CENTRE
from service.flows.cards.faces import Printed, face_of, printed_at
from service.flows.cards.stored_photos import read_photos
from service.flows.errors import Refused
from service.flows.printing.print_log import drawn_unasked, enter_drawn
from service.flows.register import Register
from service.store import blobs, cards, copies
from service.store.cards import PrintableCard

_WITHDRAWN: Final = frozenset({CardStatus.REVOKED, CardStatus.VOIDED})


def numbers_of_batch(register: Register, batch: int) -> tuple[CardNumber, ...]:
    """List the cards a batch issued, in the order of its rows. Raises Refused for no such batch."""
    with register.database.read() as connection:
        numbers = cards.numbers_of_batch(connection, batch)
    if not numbers:
        raise Refused(
            "batch-without-cards",
            f"批次 {batch} 不存在，或没有核发任何证卡",
            f"there is no batch {batch}, or it issued no card",
        )
    return numbers


def withdrawn(register: Register, numbers: Sequence[CardNumber]) -> tuple[CardNumber, ...]:
    """Name those of the cards that were revoked or voided since: a batch is reprinted without them."""
    with register.database.read() as connection:
        found = {card.card.number: card.card.status for card in cards.printable(connection, numbers)}
    return tuple(number for number in numbers if found.get(number) in _WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Printing:
    """Which cards are printed, in this order, and how; ``body`` is whose machine it is."""

    numbers: Sequence[CardNumber]
    job: Job
    body: str = CENTRE


def print_cards(
    register: Register,
    printing: Printing,
    out: BinaryIO,
    *,
    actor: str,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write the PDF of the live copies of these cards, and enter in the log that they were printed.

    Raises Refused, naming every card that cannot be printed: not in the register, without a live copy (imported from
    before the system), without its photograph, revoked or voided. Nothing is written then.
    """
    copies_drawn = draw_cards(register, printing.numbers, printing.job, out, progress)
    drawn = drawn_unasked(register, copies_drawn, printing.job)
    with register.database.write() as connection:
        enter_drawn(connection, register, drawn, By(actor, printing.body))


def draw_cards(
    register: Register,
    numbers: Sequence[CardNumber],
    job: Job,
    out: BinaryIO,
    progress: Callable[[int], None] | None = None,
) -> dict[CardNumber, bytes]:
    """Write the PDF as ``print_cards`` does and return which copy of each card it shows; the log is the caller's."""
    with register.database.read() as connection:
        found = {card.card.number: card for card in cards.printable(connection, numbers)}
        stored = blobs.present(connection, (one.photo for one in found.values() if one.photo is not None))
    problems = [problem for number in numbers if (problem := _problem(number, found.get(number), stored))]
    if problems:
        raise Refused(
            "cards-not-printable",
            "以下证卡不能打印：" + "；".join(zh for zh, _ in problems),
            "these cards cannot be printed: " + "; ".join(en for _, en in problems),
        )

    def faces(connection: Connection) -> Iterator[CardFace]:
        printed: dict[tuple[str, datetime], Printed] = {}
        photos = read_photos(connection, [found[number].photo or b"" for number in numbers])
        for number, photo in zip(numbers, photos, strict=True):
            printable = found[number]
            issued = (printable.card.issuer, printable.entered_at)
            if issued not in printed:
                printed[issued] = printed_at(register, connection, *issued)
            yield face_of(
                printable.card,
                printed[issued],
                host=register.host,
                portrait=photo,
                credential=printable.credential,
            )

    with register.database.read() as connection:
        render(faces(connection), register.fonts, job, out, progress)
    return {number: found[number].card.copy_id for number in numbers}


def card_text(register: Register, number: CardNumber) -> str:
    """Return the text in the QR code of a card's live copy. Raises Refused for a card without one."""
    with register.database.read() as connection:
        found = copies.find_live(connection, number)
    if found is None:
        raise Refused("no-live-copy", f"证卡 {number} 没有二维码副本", f"card {number} has no copy with a code")
    return text_of(register.host, found.copy.credential)


def _problem(
    number: CardNumber, found: PrintableCard | None, stored: Collection[bytes | None]
) -> tuple[str, str] | None:
    if found is None:
        return (
            f"{number} 不在登记库中，或来自本系统启用之前",
            f"{number} is not in the register, or from before the system",
        )
    if found.card.status in _WITHDRAWN:
        return f"{number} 已取消资格或作废", f"{number} is {found.card.status}"
    if found.photo is None or found.photo not in stored:
        return f"{number} 的照片丢失", f"the photograph of {number} is missing"
    return None
