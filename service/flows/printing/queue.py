"""What waits in a body's print room, by issuer and by why it was made (督§9, 考§12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection

from service.domain.access import Permission, Principal
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.printing import CopyOrigin, CopyStage, is_printed_by
from service.domain.validity import SHANGHAI
from service.flows.register import Register
from service.store import cards, print_lines, printers, prints
from service.store.print_lines import CopyLine
from service.store.prints import PrintEntry

__all__ = [
    "Chosen",
    "CopyLine",
    "IssuerCount",
    "Waiting",
    "copy_to_print",
    "count_chosen",
    "count_stages",
    "list_handed_out_today",
    "list_recent",
    "list_waiting",
    "may_hand_out",
    "print_log",
    "print_room",
    "scope",
    "start_of_today",
    "waiting_counts",
]
RECENT: Final = timedelta(days=7)
"""How long a print stays at hand to be made again."""
_MOST_RECENT: Final = 50


@dataclass(frozen=True, slots=True)
class IssuerCount:
    """What waits to be printed of one issuer, by why it was made; ``at_centre``: an institution sends it there."""

    issuer: str
    at_centre: bool
    by_origin: Mapping[CopyOrigin, int]

    @property
    def total(self) -> int:
        """All that waits."""
        return sum(self.by_origin.values())


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a body has to print, to check and to hand out, and what it has handed out today."""

    to_print: int
    to_check: int
    to_hand_out: int
    handed_out_today: int
    issuers: tuple[IssuerCount, ...]
    sends_to_centre: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which part of the queue is looked at: of one issuer, or all; made for one reason; of one batch."""

    stage: CopyStage = CopyStage.TO_PRINT
    issuer: str | None = None
    origin: CopyOrigin | None = None
    batch: int | None = None


def waiting_counts(register: Register, by: Principal) -> tuple[int, int, int]:
    """Count the copies that somebody's body has to print, to check and to hand out; zeros for who issues nothing."""
    if not by.may(Permission.ISSUE):
        return 0, 0, 0
    with register.database.read() as connection:
        printed = scope(connection, by.body)
        handed = printed | {by.body}
        found = print_lines.counts(connection, handed)
    per_stage = {
        stage: sum(count for (issuer, at, _), count in found.items() if at is stage and issuer in mine)
        for stage, mine in (
            (CopyStage.TO_PRINT, printed),
            (CopyStage.PRINTED, printed),
            (CopyStage.CHECKED, handed),
        )
    }
    return per_stage[CopyStage.TO_PRINT], per_stage[CopyStage.PRINTED], per_stage[CopyStage.CHECKED]


def print_room(register: Register, body: str) -> Waiting:
    """Count what waits in a body's print room; an institution whose cards the centre prints sees that they wait."""
    with register.database.read() as connection:
        printed = scope(connection, body)
        handed = printed | {body}
        found = print_lines.counts(connection, handed)
        at_centre = printers.institutions_at_centre(connection)
        done = print_lines.done_since(connection, handed, start_of_today(register.effects.now()))
    issuers = sorted(printed, key=lambda issuer: (issuer != body, issuer))

    def count(stage: CopyStage, mine: frozenset[str]) -> int:
        return sum(number for (issuer, at, _), number in found.items() if at is stage and issuer in mine)

    return Waiting(
        count(CopyStage.TO_PRINT, printed),
        count(CopyStage.PRINTED, printed),
        count(CopyStage.CHECKED, handed),
        done,
        tuple(
            IssuerCount(
                issuer,
                issuer in at_centre,
                {origin: found.get((issuer, CopyStage.TO_PRINT, origin.value), 0) for origin in CopyOrigin},
            )
            for issuer in issuers
        ),
        body in at_centre,
    )


def list_waiting(register: Register, body: str, chosen: Chosen, most: int, offset: int = 0) -> tuple[CopyLine, ...]:
    """List a part of what waits: first the copies whose holder is without a card, then by number."""
    with register.database.read() as connection:
        issuers = _chosen_issuers(connection, body, chosen)
        return print_lines.waiting(
            connection,
            chosen.stage,
            issuers,
            origin=chosen.origin,
            batch=chosen.batch,
            most=most,
            offset=offset,
        )


def count_chosen(register: Register, body: str, chosen: Chosen) -> int:
    """Count what ``list_waiting`` lists."""
    with register.database.read() as connection:
        issuers = _chosen_issuers(connection, body, chosen)
        return print_lines.count_waiting(connection, chosen.stage, issuers, chosen.origin, chosen.batch)


def _chosen_issuers(connection: Connection, body: str, chosen: Chosen) -> frozenset[str]:
    mine = _hands_out(connection, body) if chosen.stage is CopyStage.CHECKED else scope(connection, body)
    return mine if chosen.issuer is None else mine & {chosen.issuer}


def list_recent(register: Register, body: str, since: datetime | None = None) -> tuple[CopyLine, ...]:
    """List what was printed, checked or handed out lately, the last one first."""
    after = (CopyStage.PRINTED, CopyStage.CHECKED, CopyStage.HANDED_OUT)
    with register.database.read() as connection:
        mine = scope(connection, body) | _hands_out(connection, body)
        return print_lines.recent(connection, mine, since or register.effects.now() - RECENT, after, _MOST_RECENT)


def list_handed_out_today(register: Register, body: str) -> tuple[CopyLine, ...]:
    """List what was handed out today, the last one first."""
    with register.database.read() as connection:
        mine = _hands_out(connection, body)
        since = start_of_today(register.effects.now())
        return print_lines.recent(connection, mine, since, (CopyStage.HANDED_OUT,), 10 * _MOST_RECENT)


def print_log(register: Register, *numbers: CardNumber) -> tuple[tuple[PrintEntry, str], ...]:
    """List what was done with the copies of cards and who did it, the first step first.

    Who may see the cards is for the caller to say.
    """
    with register.database.read() as connection:
        return prints.log_of(connection, numbers)


def copy_to_print(register: Register, number: CardNumber) -> CopyLine | None:
    """Return the copy of a card that waits to be printed; None where the one that counts was printed."""
    with register.database.read() as connection:
        found = print_lines.lines_of(connection, (number,))
    return next((one for one in found if one.stage is CopyStage.TO_PRINT), None)


def count_stages(register: Register, batch: int) -> Counter[CopyStage]:
    """Count by stage the copies that count now of the cards of a batch."""
    with register.database.read() as connection:
        lines = print_lines.lines_of(connection, cards.numbers_of_batch(connection, batch))
    return Counter(one.stage for one in lines if one.stage is not None)


def scope(connection: Connection, body: str) -> frozenset[str]:
    """Return the issuers whose cards a body prints."""
    at_centre = printers.institutions_at_centre(connection)
    candidates = {body} | (at_centre if body == CENTRE else frozenset())
    return frozenset(one for one in candidates if is_printed_by(body, one, at_centre=one in at_centre))


def _hands_out(connection: Connection, body: str) -> frozenset[str]:
    """Return the issuers whose cards a body hands out: its own in any case, wherever they are printed."""
    return scope(connection, body) | {body}


def may_hand_out(connection: Connection, body: str, issuer: str) -> bool:
    """Return whether a body hands out an issuer's cards."""
    return issuer in _hands_out(connection, body)


def start_of_today(now: datetime) -> datetime:
    """Return the instant at which the present day began in Shanghai."""
    return datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI).astimezone(UTC)
