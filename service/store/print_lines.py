"""What waits to be printed, checked and handed out: counted and listed by issuer, stage and origin."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, false, func, literal, or_, select, union_all

from service.domain.access import user_of
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE, CODE_LENGTH
from service.domain.printing import WAITING, CopyOrigin, CopyStage, Delivery, PrintStep
from service.domain.regulation import INSTITUTION_LETTERS
from service.store.statements import chunks
from service.store.states import CopyState
from service.store.tables import account, card, copy, print_entry

_CODE: Final = func.substr(copy.c.number, 2, CODE_LENGTH)
"""Of an internal card's number its institution; every other one is the centre's (督附3, 考附2)."""

_LAST: Final = "~"  # behind every number that begins with the same code
_URGENT: Final = [one.value for one in CopyOrigin if one.is_urgent]
_OTHERS: Final = [one.value for one in CopyOrigin if not one.is_urgent]
_ANY: Final = print_entry.alias("any_entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLine:
    """A copy in a list: whose it is, why it was made, how far it is; of its last step when and by whom, if any."""

    copy_id: bytes
    number: CardNumber
    name: str
    origin: CopyOrigin | None
    stage: CopyStage | None
    step: PrintStep | None
    at: datetime | None
    by: str
    delivery: Delivery | None
    tracking: str | None


def counts(
    connection: Connection, issuers: Collection[str], stages: Collection[CopyStage] = WAITING
) -> dict[tuple[str, CopyStage, str], int]:
    """Count the copies of some issuers by issuer, stage and origin; from the index alone."""
    grouped = (copy.c.stage, copy.c.origin)
    wanted = [
        *([(literal(CENTRE), _of_centre(copy.c.number), grouped)] if CENTRE in issuers else []),
        *((_CODE, condition, (*grouped, _CODE)) for condition in _of_institutions(issuers, copy.c.number)),
    ]
    parts = [
        select(issuer, *grouped, func.count()).where(_in_stages(stages), made, condition).group_by(*by)
        for issuer, condition, by in wanted
        for made in (copy.c.origin.in_([*_URGENT, *_OTHERS]), copy.c.origin.is_(None))
    ]
    rows = connection.execute(union_all(*parts)) if parts else ()
    return {(issuer, CopyStage(stage), origin): count for issuer, stage, origin, count in rows}


def waiting(
    connection: Connection,
    stage: CopyStage,
    issuers: Collection[str],
    *,
    origin: CopyOrigin | None = None,
    batch: int | None = None,
    most: int,
    offset: int = 0,
) -> tuple[CopyLine, ...]:
    """List the copies of some issuers in a stage: those whose holder is without a card first, then by number."""
    wanted = select(copy.c.number).where(*_chosen(stage, issuers, origin, batch)).order_by(copy.c.number)
    urgent = wanted.where(copy.c.origin.in_(_URGENT))
    others = wanted.where(or_(copy.c.origin.in_(_OTHERS), copy.c.origin.is_(None)))
    first = connection.execute(urgent.limit(offset + most)).scalars().all()
    numbers = list(first[offset:])
    rest = others.limit(most - len(numbers)).offset(max(0, offset - len(first)))
    numbers += connection.execute(rest).scalars() if len(numbers) < most else ()
    place = {number: at for at, number in enumerate(numbers)}
    page = (
        select(copy.c.copy_id, copy.c.number, copy.c.origin, copy.c.stage)
        .where(copy.c.number.in_(numbers), copy.c.stage == stage.value)
        .subquery()
    )
    return tuple(sorted(_lines(connection, page), key=lambda line: place[line.number]))


def count_waiting(
    connection: Connection, stage: CopyStage, issuers: Collection[str], origin: CopyOrigin | None, batch: int | None
) -> int:
    """Count what ``waiting`` lists."""
    counted = select(func.count()).select_from(copy).where(*_chosen(stage, issuers, origin, batch))
    return connection.execute(counted).scalar_one()


def _chosen(
    stage: CopyStage, issuers: Collection[str], origin: CopyOrigin | None, batch: int | None
) -> Iterator[ColumnElement[bool]]:
    yield from (_in_stages((stage,)), _of(issuers))
    if origin is not None:
        yield copy.c.origin == origin.value
    if batch is not None:
        yield copy.c.number.in_(select(card.c.number).where(card.c.batch_id == batch))


def _in_stages(stages: Collection[CopyStage]) -> ColumnElement[bool]:
    return copy.c.stage.in_([stage.value for stage in stages])


def _of(issuers: Collection[str], number: ColumnElement[str] = copy.c.number) -> ColumnElement[bool]:
    """Return whether a card is of one of the issuers: a range of numbers each, which an index holds in order."""
    of_centre = (_of_centre(number),) if CENTRE in issuers else ()
    return or_(false(), *of_centre, *_of_institutions(issuers, number))


def _of_centre(number: ColumnElement[str]) -> ColumnElement[bool]:
    letters = sorted(INSTITUTION_LETTERS)
    between = (and_(number >= chr(ord(one) + 1), number < other) for one, other in pairwise(letters))
    return or_(number < letters[0], *between, number >= chr(ord(letters[-1]) + 1))


def _of_institutions(issuers: Collection[str], number: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """Return one condition for each letter with which an institution's numbers begin; together they exclude nobody."""
    codes = sorted(set(issuers) - {CENTRE})
    if not codes:
        return []
    several = (func.substr(number, 2, CODE_LENGTH).in_(codes),) if len(codes) > 1 else ()
    return [
        and_(number >= letter + codes[0], number < letter + codes[-1] + _LAST, *several)
        for letter in sorted(INSTITUTION_LETTERS)
    ]


def lines_of(connection: Connection, numbers: Iterable[CardNumber]) -> tuple[CopyLine, ...]:
    """List the live copies of cards, in the order of the numbers."""
    found: list[CopyLine] = []
    for chunk in chunks(sorted(map(str, numbers))):
        live = (
            select(copy.c.copy_id, copy.c.number, copy.c.origin, copy.c.stage)
            .where(copy.c.number.in_(chunk), copy.c.state == CopyState.LIVE.value)
            .subquery()
        )
        found.extend(_lines(connection, live, live.c.number))
    return tuple(found)


def recent(
    connection: Connection, issuers: Collection[str], since: datetime, stages: Collection[CopyStage], most: int
) -> tuple[CopyLine, ...]:
    """List the copies whose last print or later step is from ``since`` on, the last one first."""
    last = select(func.max(print_entry.c.id)).where(print_entry.c.at >= since).group_by(print_entry.c.copy_id)
    found = (
        select(copy.c.copy_id, copy.c.number, copy.c.origin, copy.c.stage, print_entry.c.id.label("last"))
        .join(print_entry, print_entry.c.copy_id == copy.c.copy_id)
        .where(
            print_entry.c.id.in_(last),
            _in_stages(stages),
            _of(issuers),
        )
        .order_by(print_entry.c.id.desc())
        .limit(most)
        .subquery()
    )
    return _lines(connection, found, found.c.last.desc())


def done_since(connection: Connection, issuers: Collection[str], since: datetime) -> int:
    """Count the copies that were handed out from ``since`` on."""
    return connection.execute(
        select(func.count())
        .select_from(print_entry)
        .where(
            print_entry.c.step == PrintStep.HANDED_OUT.value,
            print_entry.c.at >= since,
            _of(issuers, print_entry.c.number),
        )
    ).scalar_one()


def shown_names(connection: Connection, actors: Collection[str]) -> dict[str, str]:
    """Return who the actors of steps are, by the real names if they are known."""
    users = {actor: user for actor in actors if (user := user_of(actor)) is not None}
    wanted = select(account.c.name, account.c.person_name).where(account.c.name.in_(sorted(users.values())))
    known = {row.name: row.person_name for row in connection.execute(wanted)} if users else {}
    return {actor: known.get(users.get(actor, "")) or users.get(actor, actor) for actor in actors}


def _lines(connection: Connection, found: Any, *order: Any) -> tuple[CopyLine, ...]:  # noqa: ANN401 - a subquery
    last = (
        select(func.max(_ANY.c.id))
        .where(_ANY.c.number == found.c.number, _ANY.c.copy_id == found.c.copy_id)
        .correlate(found)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            found.c.copy_id,
            found.c.number,
            card.c.name,
            found.c.origin,
            found.c.stage,
            print_entry.c.step,
            print_entry.c.at,
            print_entry.c.actor,
            print_entry.c.delivery,
            print_entry.c.tracking,
        )
        .select_from(found)
        .join(card, card.c.number == found.c.number)
        .outerjoin(print_entry, print_entry.c.id == last)
        .order_by(*order)
    ).all()
    names = shown_names(connection, {row.actor for row in rows if row.actor is not None})
    return tuple(
        CopyLine(
            copy_id=row.copy_id,
            number=CardNumber(row.number),
            name=row.name,
            origin=None if row.origin is None else CopyOrigin(row.origin),
            stage=None if row.stage is None else CopyStage(row.stage),
            step=None if row.step is None else PrintStep(row.step),
            at=row.at,
            by=names.get(row.actor, ""),
            delivery=None if row.delivery is None else Delivery(row.delivery),
            tracking=row.tracking,
        )
        for row in rows
    )
