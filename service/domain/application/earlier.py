"""Reading of one row of the list of cards from before the system: a card that has its number already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from service.domain.application import cells, figures
from service.domain.application.model import MalformedRow, RawRow
from service.domain.application.parse import RowReader, read_occupations, shown_name
from service.domain.card_number import CardNumber
from service.domain.kinds import CardKind
from service.domain.occupation import Catalogue, Occupation
from service.domain.people import ResidentId


@dataclass(frozen=True, slots=True)
class EarlierCard:
    """A card from before the system, as listed. ``expires_on`` None: the full term (督§10, 考§12).

    ``cancelled_on`` is the day of the decision that cancelled it, ``cancelled_ground`` what it cites and says; None
    for a card that was not cancelled.
    """

    row: int
    name: str
    resident_id: ResidentId
    kind: CardKind
    occupations: tuple[Occupation, ...]
    work_unit: str
    institution: str | None
    number: CardNumber
    issued_on: date
    expires_on: date | None
    in_house: bool | None
    phone: str | None
    cancelled_on: date | None = None
    cancelled_ground: str | None = None


def parse_earlier_row(raw: RawRow, catalogue: Catalogue) -> EarlierCard | MalformedRow:
    """Read one row; whatever it holds, the answer is a value with every problem of the row."""
    row = RowReader(raw)
    name = row.mandatory("name", cells.read_person_name)
    resident_id = row.mandatory("resident_id", cells.read_resident_id)
    kind = row.mandatory("kind", cells.read_kind)
    row.kind = kind
    work_unit = row.mandatory("work_unit", cells.read_unit_name)
    number = row.mandatory("number", cells.read_card_number)
    issued_on = row.mandatory("issued_on", figures.read_date)
    cancelled = row.optional("status", cells.read_cancelled)
    card = partial(
        EarlierCard,
        row=raw.row,
        occupations=row.demanded("occupations", partial(read_occupations, catalogue=catalogue), when=row.is_assessor)
        or (),
        institution=row.demanded("institution", cells.read_institution_code, when=kind is CardKind.INTERNAL),
        expires_on=row.optional("expires_on", figures.read_date),
        in_house=row.optional("in_house", cells.read_answer),
        phone=row.optional("phone", cells.read_phone),
        cancelled_on=row.demanded("cancelled_on", figures.read_date, when=cancelled is True),
        cancelled_ground=row.demanded("cancelled_ground", cells.read_text, when=cancelled is True),
    )
    if not cancelled:
        row.unexpected("cancelled_on", "cancelled_ground")
    if (
        row.problems
        or name is None
        or resident_id is None
        or kind is None
        or work_unit is None
        or number is None
        or issued_on is None
    ):
        return MalformedRow(raw.row, name or shown_name(raw.cells.get("name")), row.all_problems(), resident_id, kind)
    return card(name=name, resident_id=resident_id, kind=kind, work_unit=work_unit, number=number, issued_on=issued_on)
