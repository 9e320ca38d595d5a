"""Evaluation institutions (鉴定评价机构), as they are filed today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, case, func, select

from service.domain.filing import Change, Fact, FiledJob
from service.domain.issuer import Institution
from service.domain.kinds import SkillLevel
from service.store.facts import note
from service.store.parts import Part, count_rows
from service.store.tables import card, filed_job, institution, institution_change

_FACTS: Final = tuple(Fact)
_CHANGED: Final = select(
    institution_change.c.institution, institution_change.c.fact, func.max(institution_change.c.id).label("last")
).group_by(institution_change.c.institution, institution_change.c.fact)


def add(connection: Connection, new: Institution, now: datetime) -> None:
    """Enter an institution. Raises InstitutionTaken."""
    connection.execute(
        institution.insert(),
        {"code": new.code, "letter": new.letter, "name": new.name, "authority": new.authority, "created_at": now},
    )
    note(connection, "institution", (new.code,))


def change(connection: Connection, code: str, one: Change, now: datetime) -> None:
    """Enter what has changed of an institution."""
    made = connection.execute(
        institution_change.insert().returning(institution_change.c.id),
        {
            "institution": code,
            "fact": one.fact.value,
            "value": one.value,
            "on_day": one.on,
            "reason": one.reason,
            "entered_at": now,
        },
    )
    note(connection, "institution_change", (made.scalar_one(),))


def file(connection: Connection, code: str, job: FiledJob, now: datetime) -> None:
    """Enter a job type that an institution may assess from a day on, or, without levels, no longer."""
    made = connection.execute(
        filed_job.insert().returning(filed_job.c.id),
        {
            "institution": code,
            "occupation": job.occupation,
            "levels": ",".join(level.value for level in SkillLevel if level in job.levels),
            "on_day": job.on,
            "reason": job.reason,
            "entered_at": now,
        },
    )
    note(connection, "filed_job", (made.scalar_one(),))


def get(connection: Connection, code: str) -> Institution | None:
    """Find an institution by its code, as it is now."""
    found = all_of(connection, code)
    return found[0] if found else None


def all_of(connection: Connection, *codes: str, part: Part | None = None) -> tuple[Institution, ...]:
    """List every institution, those with some codes, or a part, in the order of the codes, as they are now."""
    only: tuple[Any, ...] = (institution.c.code.in_(sorted(codes)),) if codes else ()
    if part is not None:
        only = (institution.c.code.in_(part.of(select(institution.c.code), institution.c.code)),)
    last = _CHANGED.subquery()
    wanted = (
        select(institution, institution_change.c.fact, institution_change.c.value)
        .outerjoin(last, last.c.institution == institution.c.code)
        .outerjoin(institution_change, institution_change.c.id == last.c.last)
        .where(*only)
        .order_by(institution.c.code)
    )
    entered: dict[str, Row[*tuple[Any, ...]]] = {}
    changed: defaultdict[str, dict[Fact, str | None]] = defaultdict(dict)
    for row in connection.execute(wanted):
        entered[row.code] = row
        if row.fact is not None:
            changed[row.code][Fact(row.fact)] = row.value
    return tuple(_as_it_is(row, changed[code]) for code, row in entered.items())


def count(connection: Connection) -> int:
    """Count the institutions."""
    return count_rows(connection, select(institution.c.code))


def filed_with(names: Collection[str]) -> Select[*tuple[str]]:
    """Find the codes of the institutions that are filed with one of these authorities now."""
    last = _CHANGED.where(institution_change.c.fact == Fact.AUTHORITY.value).subquery()
    moved = institution_change
    return (
        select(institution.c.code)
        .outerjoin(last, last.c.institution == institution.c.code)
        .outerjoin(moved, moved.c.id == last.c.last)
        .where(case((moved.c.id.is_(None), institution.c.authority), else_=moved.c.value).in_(sorted(names)))
    )


def changes(connection: Connection, code: str) -> tuple[Change, ...]:
    """List what has changed of an institution, in the order of entry."""
    rows = connection.execute(
        select(institution_change).where(institution_change.c.institution == code).order_by(institution_change.c.id)
    )
    return tuple(Change(Fact(row.fact), row.value, row.on_day, row.reason) for row in rows)


def filed(connection: Connection, code: str | None = None) -> dict[str, list[FiledJob]]:
    """Read the filed job types of every institution, or of one, in the order of entry."""
    only: tuple[Any, ...] = () if code is None else (filed_job.c.institution == code,)
    found: defaultdict[str, list[FiledJob]] = defaultdict(list)
    for row in connection.execute(select(filed_job).where(*only).order_by(filed_job.c.id)):
        levels = frozenset(SkillLevel(level) for level in row.levels.split(",") if level)
        found[row.institution].append(FiledJob(row.occupation, levels, row.on_day, row.reason))
    return found


def as_known_at(connection: Connection, code: str, at: datetime) -> Institution:
    """Return an institution as it was known at an instant: what was printed then stays. 督附5."""
    row = connection.execute(select(institution).where(institution.c.code == code)).one()
    known = {Fact(one.fact): one.value for one in connection.execute(_until(code, at))}
    return _as_it_is(row, known)


def has_issued(connection: Connection, code: str) -> bool:
    """Return True if an institution has issued a card of its own."""
    return connection.execute(select(card.c.number).where(card.c.issuer == code).limit(1)).first() is not None


def _until(code: str, at: datetime) -> Select[*tuple[Any, ...]]:
    table = institution_change
    return select(table).where(table.c.institution == code, table.c.entered_at <= at).order_by(table.c.id)


def _as_it_is(row: Row[*tuple[Any, ...]], changed: dict[Fact, str | None]) -> Institution:
    closed_on = changed.get(Fact.CLOSED)
    return Institution(
        code=row.code,
        letter=changed.get(Fact.LETTER) or row.letter,
        name=changed.get(Fact.NAME) or row.name,
        authority=changed.get(Fact.AUTHORITY, row.authority),
        printing_unit=changed.get(Fact.PRINTING_UNIT),
        area=changed.get(Fact.AREA),
        closed_on=None if closed_on is None else date.fromisoformat(closed_on),
    )
