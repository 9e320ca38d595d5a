"""Bring in cards from before the system, with the numbers they have; the counters move past the highest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.domain.application import MalformedRow, RawRow
from service.domain.application.earlier import EarlierCard, parse_earlier_row
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.card_steps import adopt
from service.domain.errors import DomainError
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.problem import Problem
from service.domain.validity import last_valid_day
from service.flows.issue.issuing import seal_person
from service.flows.issue.outcome import RefusedRow
from service.flows.register import Register
from service.store import cards, journal, numbers, people
from service.store.card_rows import NO_COPY
from service.store.cards import CardRecord


@dataclass(frozen=True, slots=True)
class Imported:
    """What was brought in, and every row that speaks against it; nothing is stored while there is one."""

    imported: tuple[CardNumber, ...]
    refused: tuple[RefusedRow, ...]


def import_cards(register: Register, rows: Sequence[RawRow], actor: str) -> Imported:
    """Store all of the listed cards, or none while a row is refused. Their copies have no QR code.

    A list is corrected and given again as a whole, so that the counters move once. Raises the store's refusals for
    a number the register itself has issued and for a person who has a live card for the scope.
    """
    parsed = [parse_earlier_row(row, register.catalogue) for row in rows]
    earlier = [row for row in parsed if isinstance(row, EarlierCard)]
    refused = [RefusedRow(row.row, row.name, row.problems) for row in parsed if isinstance(row, MalformedRow)]
    known = register.institutions()
    drafts: dict[int, Card] = {}
    for row in earlier:
        problems = list(_doubled(row, earlier))
        if row.institution is not None and row.institution not in known:
            problems.append(
                Problem(
                    "institution-unknown",
                    "institution",
                    "督附3",
                    f"机构代码：{row.institution} 未登记",
                    f"institution: {row.institution} is not registered",
                )
            )
        try:
            drafts[row.row] = _draft(row)
        except DomainError as error:
            problems.append(Problem(error.code, "number", "", error.zh, error.en))
        if problems:
            refused.append(RefusedRow(row.row, row.name, tuple(problems)))
    if refused:
        return Imported((), tuple(sorted(refused, key=lambda row: row.row)))
    now = register.effects.now()
    with register.database.write() as connection:
        person_ids = people.put_many(
            connection, (seal_person(register, row.resident_id, row.name, row.phone) for row in earlier)
        )
        numbers.record_before(connection, (row.number for row in earlier), now)
        adopted = [
            adopt(replace(drafts[row.row], person=person_ids[register.blind.of(row.resident_id)])) for row in earlier
        ]
        cards.insert_many(connection, [CardRecord(card=card) for card, _ in adopted], now)
        journal.append_many(connection, now, actor, (event for _, event in adopted))
    return Imported(tuple(row.number for row in earlier), ())


def _draft(row: EarlierCard) -> Card:
    return Card(
        number=row.number,
        kind=row.kind,
        person=0,
        name=row.name,
        issuer=row.institution or CENTRE if row.kind is CardKind.INTERNAL else CENTRE,
        institution=row.institution,
        work_unit=row.work_unit,
        occupations=row.occupations,
        issued_on=row.issued_on,
        expires_on=row.expires_on or last_valid_day(row.issued_on),
        status=CardStatus.VALID,
        status_on=None,
        released=frozenset(),
        predecessor=None,
        copy_id=NO_COPY,
        in_house=row.in_house,
    )


def _doubled(row: EarlierCard, rows: Sequence[EarlierCard]) -> Iterator[Problem]:
    first = next(other for other in rows if other.number == row.number)
    if first is not row:
        yield Problem(
            "number-doubled",
            "number",
            "",
            f"证卡编号：{row.number} 已在第 {first.row} 行",
            f"number: {row.number} stands in row {first.row} already",
        )
