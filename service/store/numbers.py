"""The ledger of numbers: one counter a prefix, one row a number, no gap and no double (督附3, 考附2).

Every sequence up to a series' counter has its row. Rows above it, reserved or assigned by hand, are passed over when
the counter comes to them. Whatever a transaction takes it gives back if it fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, case, func, select, update

from service.domain.card_number import CardNumber, Scheme, check_reservation, plan_claim
from service.domain.regulation import FIRST_SEQUENCE, LAST_SEQUENCE
from service.store.errors import NotFound, NumberTaken
from service.store.facts import note
from service.store.statements import chunks, upsert
from service.store.states import NumberState
from service.store.tables import number, series

BEFORE_CARD: Final = "card from before the system"
BEFORE_UNKNOWN: Final = "unknown, from before the system"

# The whole claim in one statement where no row lies above the counter. Both figures stand in the row itself: waiting
# for its lock, PostgreSQL looks at the row again but not at other tables.
_ADVANCE: Final = (
    update(series)
    .where(
        series.c.prefix == bindparam("claimed"),
        series.c.top_no == series.c.last_no,
        series.c.last_no + bindparam("wanted") <= LAST_SEQUENCE,
    )
    .values(last_no=series.c.last_no + bindparam("wanted"), top_no=series.c.last_no + bindparam("wanted"))
    .returning(series.c.last_no)
)


@dataclass(frozen=True, slots=True)
class Series:
    """One series as the ledger has it: its counter, and how many of its numbers are in each state."""

    prefix: str
    scheme: Scheme
    last_no: int
    issued: int
    reserved: int
    voided: int
    before: int

    @property
    def used(self) -> int:
        """Numbers that cannot be taken any more."""
        return self.issued + self.reserved + self.voided + self.before


@dataclass(frozen=True, slots=True)
class _Counter:
    prefix: str
    last_no: int
    top_no: int


def claim_many(
    connection: Connection,
    wanted: Mapping[str, int],
    now: datetime,
    by_hand: Mapping[CardNumber, str] | None = None,
) -> dict[str, tuple[CardNumber, ...]]:
    """Take the next numbers of each prefix, and the numbers ``by_hand`` with the reason stated for each.

    ``wanted`` says how many of each prefix, 1 or more. Returns those of the counter by prefix, in order. Series are
    locked in the order of their prefixes until the transaction ends. Raises SeriesExhausted, NumberTaken.
    """
    chosen: dict[str, dict[CardNumber, str]] = defaultdict(dict)
    for hand_number, reason in (by_hand or {}).items():
        chosen[hand_number.prefix][hand_number] = reason
    claimed: dict[str, tuple[CardNumber, ...]] = {}
    for prefix in sorted(wanted.keys() | chosen.keys()):
        if prefix in chosen:
            _assign(connection, _lock(connection, prefix), chosen[prefix], now)
        if prefix in wanted:
            claimed[prefix] = tuple(
                CardNumber.compose(prefix, sequence) for sequence in _advance(connection, prefix, wanted[prefix])
            )
    _enter(connection, (no for numbers in claimed.values() for no in numbers), NumberState.ISSUED, None, now)
    return claimed


def reserve(connection: Connection, prefix: str, first: int, last: int, reason: str, now: datetime) -> None:
    """Keep the sequences ``first``–``last`` back from the counter, to be assigned by hand.

    Raises HandNumberRefused for a range that is not above the counter, and NumberTaken. 督附3.
    """
    counter = _lock(connection, prefix)
    check_reservation(prefix, first, last, last_no=counter.last_no, reason=reason)
    _enter(connection, _composed(prefix, range(first, last + 1)), NumberState.RESERVED, reason, now)
    _move(connection, counter, counter.last_no, last)


def void_many(connection: Connection, numbers: Sequence[CardNumber], reason: str, now: datetime) -> None:
    """Void numbers of the ledger; they are never used again. Raises NotFound, NumberStep for one already void."""
    if not numbers:
        return
    changed = connection.execute(
        update(number).where(number.c.number == bindparam("voided")),
        [{"voided": str(no), "state": NumberState.VOIDED, "reason": reason, "set_at": now} for no in sorted(numbers)],
    )
    note(connection, "number", map(str, numbers))
    if changed.rowcount != len(numbers):
        raise NotFound("有编号未登记在册，不能作废", "a number is not in the ledger and cannot be voided")


def record_before(connection: Connection, numbers: Iterable[CardNumber], now: datetime) -> None:
    """Enter numbers of cards from before the system, and move each counter past the highest.

    What lies below and has no row is recorded as unknown, from before the system; a later import may still bring its
    card. Raises NumberTaken for a number the register itself has issued or voided.
    """
    by_prefix: dict[str, set[CardNumber]] = defaultdict(set)
    for no in numbers:
        by_prefix[no.prefix].add(no)
    for prefix in sorted(by_prefix):
        counter = _lock(connection, prefix)
        _enter_before(connection, counter, by_prefix[prefix], now)


def record_lost(connection: Connection, lost: CardNumber, reason: str, now: datetime, *, by_hand: bool = False) -> None:
    """Enter a number whose card a restore has lost: it was given and is never given again, but for that card's return.

    ``by_hand``: it was assigned above the counter, which stays where it is. Raises NumberTaken for a number that the
    register itself has issued or voided.
    """
    counter = _lock(connection, lost.prefix)
    state = _states(connection, (lost,)).get(lost)
    if state in {NumberState.BEFORE, NumberState.RESERVED}:
        _set(connection, (lost,), NumberState.BEFORE, reason, now)
    elif state is not None:
        raise _taken(lost, state)
    elif by_hand:
        _enter(connection, (lost,), NumberState.BEFORE, reason, now)
    else:
        _enter_before(connection, counter, {lost}, now)
        _set(connection, (lost,), NumberState.BEFORE, reason, now)
        return
    _move(connection, counter, counter.last_no, lost.sequence)


def is_entered(connection: Connection, no: CardNumber) -> bool:
    """Return True if the ledger has the number, in whatever state."""
    return connection.execute(select(number.c.number).where(number.c.number == str(no))).first() is not None


def all_series(connection: Connection) -> tuple[Series, ...]:
    """List every series with its counts, in the order of the prefixes."""
    counts = [func.count(case((number.c.state == state, 1))).label(state.value) for state in NumberState]
    rows = connection.execute(
        select(series.c.prefix, series.c.scheme, series.c.last_no, *counts)
        .outerjoin(number, number.c.prefix == series.c.prefix)
        .group_by(series.c.prefix, series.c.scheme, series.c.last_no)
        .order_by(series.c.prefix)
    )
    return tuple(
        Series(row.prefix, Scheme(row.scheme), row.last_no, row.issued, row.reserved, row.voided, row.before)
        for row in rows
    )


def _advance(connection: Connection, prefix: str, wanted: int) -> Sequence[int]:
    last_no = connection.execute(_ADVANCE, {"claimed": prefix, "wanted": wanted}).scalar_one_or_none()
    if last_no is not None:
        note(connection, "series", (prefix,))
        return range(last_no - wanted + 1, last_no + 1)
    # The series is new, has rows above its counter, or cannot give so many: look at it row by row.
    counter = _lock(connection, prefix)
    above = select(number.c.sequence).where(number.c.prefix == prefix, number.c.sequence > counter.last_no)
    sequences = plan_claim(counter.last_no, set(connection.execute(above).scalars()), wanted)
    _move(connection, counter, sequences[-1], sequences[-1])
    return sequences


def _lock(connection: Connection, prefix: str) -> _Counter:
    """Lock a series until the transaction ends, and make it where it is not there. Raises CardNumberMalformed."""
    locked = select(series.c.prefix, series.c.last_no, series.c.top_no).where(series.c.prefix == prefix)
    locked = locked.with_for_update()
    row = connection.execute(locked).one_or_none()
    if row is None:
        scheme = CardNumber.compose(prefix, FIRST_SEQUENCE).scheme
        new = upsert(connection, series).values(prefix=prefix, scheme=scheme, last_no=0, top_no=0)
        # Another writer may make it at the same moment: wait for it, and use its row.
        connection.execute(new.on_conflict_do_nothing(index_elements=[series.c.prefix]))
        note(connection, "series", (prefix,))
        row = connection.execute(locked).one()
    return _Counter(*row)


def _move(connection: Connection, counter: _Counter, last_no: int, top_no: int) -> None:
    connection.execute(
        update(series)
        .where(series.c.prefix == counter.prefix)
        .values(last_no=last_no, top_no=max(counter.top_no, top_no))
    )
    note(connection, "series", (counter.prefix,))


def _assign(connection: Connection, counter: _Counter, chosen: Mapping[CardNumber, str], now: datetime) -> None:
    states = _states(connection, chosen)
    for no, reason in sorted(chosen.items()):
        match states.get(no):
            case None:  # free, hence above the counter
                _enter(connection, [no], NumberState.ISSUED, reason, now)
            case NumberState.RESERVED:
                _set(connection, [no], NumberState.ISSUED, reason, now)
            case state:
                raise _taken(no, state)
    _move(connection, counter, counter.last_no, max(no.sequence for no in chosen))


def _enter_before(connection: Connection, counter: _Counter, numbers: set[CardNumber], now: datetime) -> None:
    states = _states(connection, numbers)
    for no, state in states.items():
        if state not in {NumberState.BEFORE, NumberState.RESERVED}:
            raise _taken(no, state)
    highest = max(counter.last_no, *(no.sequence for no in numbers))
    kept = select(number.c.sequence).where(number.c.prefix == counter.prefix, number.c.sequence > counter.last_no)
    known = set(connection.execute(kept).scalars()) | {no.sequence for no in numbers}
    holes = (sequence for sequence in range(counter.last_no + 1, highest) if sequence not in known)
    _set(connection, sorted(states), NumberState.BEFORE, BEFORE_CARD, now)
    _enter(connection, sorted(numbers - states.keys()), NumberState.BEFORE, BEFORE_CARD, now)
    _enter(connection, _composed(counter.prefix, holes), NumberState.BEFORE, BEFORE_UNKNOWN, now)
    _move(connection, counter, highest, highest)


def _states(connection: Connection, numbers: Iterable[CardNumber]) -> dict[CardNumber, NumberState]:
    return {
        CardNumber(row.number): NumberState(row.state)
        for chunk in chunks(numbers)
        for row in connection.execute(select(number.c.number, number.c.state).where(number.c.number.in_(chunk)))
    }


def _enter(
    connection: Connection, numbers: Iterable[CardNumber], state: NumberState, reason: str | None, now: datetime
) -> None:
    rows = [
        {
            "number": str(no),
            "prefix": no.prefix,
            "sequence": no.sequence,
            "state": state,
            "reason": reason,
            "set_at": now,
        }
        for no in numbers
    ]
    if rows:
        connection.execute(number.insert(), rows)
        note(connection, "number", [str(row["number"]) for row in rows])


def _set(connection: Connection, numbers: Sequence[CardNumber], state: NumberState, reason: str, now: datetime) -> None:
    for chunk in chunks(numbers):
        connection.execute(
            update(number).where(number.c.number.in_(chunk)).values(state=state, reason=reason, set_at=now)
        )
        note(connection, "number", map(str, chunk))


def _composed(prefix: str, sequences: Iterable[int]) -> Iterator[CardNumber]:
    return (CardNumber.compose(prefix, sequence) for sequence in sequences)


def _taken(no: CardNumber, state: NumberState) -> NumberTaken:
    return NumberTaken(
        f"编号 {no} 已登记在册（{state}），不能再次使用", f"number {no} is already in the ledger ({state})"
    )
