"""Enter institutions, keep what is filed of them, close and reopen them, and list them (督附3, 督§12(1)2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection

from service.domain.event import Event, Json
from service.domain.filing import (
    Change,
    Fact,
    Filed,
    FiledJob,
    check_closable,
    check_closed,
    check_day,
    check_edit,
    filed_on,
)
from service.domain.issuer import Institution
from service.domain.kinds import SkillLevel
from service.domain.occupation import parse_occupation
from service.domain.tidy import tidy_name
from service.flows.errors import Refused
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.people.authorities import listed_authority
from service.flows.people.engagements import registered_institution
from service.flows.people.filing_requests import ClosingRequest, FilingRequest, InstitutionEdit, InstitutionRequest
from service.flows.register import Register
from service.store import institutions, journal
from service.store.errors import InstitutionTaken

_AT_ENTRY = "登记"


@dataclass(frozen=True, slots=True)
class FiledInstitution:
    """An institution as it is filed on a day: its record, the job types with their levels, and what has changed."""

    record: Institution
    jobs: Filed
    changes: tuple[Change, ...] = ()


_FILED: Final = ListOrder[FiledInstitution]("institutions", (str,), lambda one: (one.record.code,))


def enter_institution(register: Register, request: InstitutionRequest, actor: str) -> Institution:
    """Enter an institution as a request states it. 督附3.

    Raises InstitutionInvalid, InstitutionTaken, AuthorityInvalid.
    """
    new = Institution(
        request.code,
        request.letter,
        tidy_name(request.name),
        request.authority,
        _name(request.printing_unit),
        _name(request.area),
    )
    return add_institution(register, new, actor)


def add_institution(register: Register, new: Institution, actor: str) -> Institution:
    """Enter an institution with its code and letter, and return it as it is kept. 督附3.

    Raises InstitutionTaken, and AuthorityInvalid for a filing authority that is not on the list.
    """
    now, today = register.effects.now(), register.effects.today()
    with register.database.write() as connection:
        if new.authority is not None:
            new = replace(new, authority=listed_authority(register, connection, new.authority))
        _check_code(connection, new)
        data: dict[str, Json] = {"letter": new.letter, "name": new.name}
        if new.authority is not None:
            data["authority"] = new.authority
        institutions.add(connection, new, now)
        entered = Institution(new.code, new.letter, new.name, new.authority)
        more = _changes(entered, new, today, _AT_ENTRY)
        for one in more:
            institutions.change(connection, new.code, one, now)
        events = (Event("institution-added", new.code, data), *(_changed(entered, one) for one in more))
        journal.append_many(connection, now, actor, events)
    return new


def edit_institution(register: Register, code: str, request: InstitutionEdit, actor: str) -> Institution:
    """Put facts of an institution otherwise from a day on; its cards keep what was printed. 督附3, 督附5.

    Raises Refused for an unknown one, InstitutionInvalid for what may not be changed, AuthorityInvalid.
    """
    today = register.effects.today()
    on = request.on or today
    check_day(on, today)
    with register.database.write() as connection:
        before = registered_institution(connection, code)
        authority = None if request.authority is None else listed_authority(register, connection, request.authority)
        after = Institution(
            code,
            request.letter or before.letter,
            before.name if request.name is None else tidy_name(request.name),
            None if "authority" in request.clear else authority or before.authority,
            None if "printing_unit" in request.clear else _name(request.printing_unit) or before.printing_unit,
            None if "area" in request.clear else _name(request.area) or before.area,
            before.closed_on,
        )
        check_edit(before, after, has_issued=institutions.has_issued(connection, code))
        _enter(connection, before, _changes(before, after, on, request.reason), (register, actor))
    return after


def close_institution(register: Register, code: str, request: ClosingRequest, actor: str) -> Institution:
    """Close an institution from a day on: it issues no card and plans no assessment then; its cards stay as they are.

    Raises Refused for an unknown one, InstitutionInvalid for one that is closed, or a day to come. 督附3.
    """
    today = register.effects.today()
    on = request.on or today
    check_day(on, today)
    with register.database.write() as connection:
        before = registered_institution(connection, code)
        check_closable(before)
        change = Change(Fact.CLOSED, on.isoformat(), on, request.reason)
        _enter(connection, before, (change,), (register, actor))
    return replace(before, closed_on=on)


def reopen_institution(register: Register, code: str, request: ClosingRequest, actor: str) -> Institution:
    """Reopen an institution that was closed. Raises Refused for an unknown one, InstitutionInvalid. 督附3."""
    today = register.effects.today()
    on = request.on or today
    check_day(on, today)
    with register.database.write() as connection:
        before = registered_institution(connection, code)
        check_closed(before, on)
        _enter(connection, before, (Change(Fact.CLOSED, None, on, request.reason),), (register, actor))
    return replace(before, closed_on=None)


def file_jobs(register: Register, code: str, request: FilingRequest, actor: str) -> FiledInstitution:
    """File job types with their levels, or withdraw them, from a day on. 督§12(1)2, 考§6.

    Raises Refused for an unknown institution, or without a reason where one is filed already, OccupationInvalid,
    InstitutionInvalid for a day to come.
    """
    now, today = register.effects.now(), register.effects.today()
    on = request.on or today
    check_day(on, today)
    catalogue = register.catalogue
    names = tuple(dict.fromkeys(parse_occupation(job, catalogue).name for job in request.jobs))
    with register.database.write() as connection:
        registered_institution(connection, code)
        filed = filed_on(institutions.filed(connection, code).get(code, []), today)
        again = [name for name in names if name in filed]
        if again and not request.reason.strip():
            raise Refused(
                "filing-reason",
                f"{'、'.join(again)}已备案，变更须写明原因",
                f"filed already: {', '.join(again)}; say why it is changed",
            )
        if not request.levels and (unknown := [name for name in names if name not in filed]):
            raise Refused(
                "filing-levels",
                f"{'、'.join(unknown)}没有备案，须写明等级",
                f"not filed yet: {', '.join(unknown)}; state its levels",
            )
        reason = request.reason.strip() or _AT_ENTRY
        jobs = [FiledJob(name, frozenset(request.levels), on, reason) for name in names]
        for job in jobs:
            institutions.file(connection, code, job, now)
        journal.append_many(connection, now, actor, (_filed(code, job) for job in jobs))
        return _read(connection, code, today)


def find_institution(register: Register, code: str) -> FiledInstitution:
    """Return an institution as it is filed today, with what has changed. Raises Refused for an unknown one."""
    with register.database.read() as connection:
        return _read(connection, code, register.effects.today())


def list_institutions(register: Register) -> tuple[Institution, ...]:
    """List the institutions in the order of their codes."""
    with register.database.read() as connection:
        return institutions.all_of(connection)


def list_filed(register: Register) -> tuple[FiledInstitution, ...]:
    """List the institutions as they are filed today, in the order of their codes."""
    today = register.effects.today()
    with register.database.read() as connection:
        filed = institutions.filed(connection)
        return tuple(
            FiledInstitution(one, filed_on(filed.get(one.code, ()), today)) for one in institutions.all_of(connection)
        )


def filed_page(register: Register, asked: PageRequest) -> Page[FiledInstitution]:
    """Read a part of the institutions that ``list_filed`` lists. Raises Refused."""
    today, part = register.effects.today(), part_of(register, asked, _FILED)
    with register.database.read() as connection:
        filed, total = institutions.filed(connection), institutions.count(connection)
        found = [
            FiledInstitution(one, filed_on(filed.get(one.code, ()), today))
            for one in institutions.all_of(connection, part=part)
        ]
    return page_of(register, _FILED, part, found, total)


def _read(connection: Connection, code: str, on: date) -> FiledInstitution:
    record = registered_institution(connection, code)
    jobs = filed_on(institutions.filed(connection, code).get(code, ()), on)
    return FiledInstitution(record, jobs, institutions.changes(connection, code))


def _check_code(connection: Connection, new: Institution) -> None:
    """Raise InstitutionTaken for a code that is entered already: code and letter together name one. 督附3."""
    known = institutions.get(connection, new.code)
    if known is not None:
        raise InstitutionTaken(
            f"机构代码 {new.code} 已登记为 {known.letter} {known.name}",
            f"institution code {new.code} is entered already, as {known.letter} {known.name}",
        )


def _changes(before: Institution, after: Institution, on: date, reason: str) -> tuple[Change, ...]:
    facts = [fact for fact in Fact if fact is not Fact.CLOSED and getattr(before, fact) != getattr(after, fact)]
    return tuple(Change(fact, getattr(after, fact), on, reason) for fact in facts)


def _enter(connection: Connection, before: Institution, changes: Iterable[Change], by: tuple[Register, str]) -> None:
    register, actor = by
    now, made = register.effects.now(), tuple(changes)
    for one in made:
        institutions.change(connection, before.code, one, now)
    journal.append_many(connection, now, actor, (_changed(before, one) for one in made))


def _changed(before: Institution, one: Change) -> Event:
    was = getattr(before, one.fact)
    data: dict[str, Json] = {"fact": one.fact.value, "on": one.on.isoformat(), "reason": one.reason}
    data |= {} if one.value is None else {"value": one.value}
    data |= {} if was is None else {"before": str(was)}
    return Event("institution-changed", before.code, data)


def _filed(code: str, job: FiledJob) -> Event:
    levels = [level.value for level in SkillLevel if level in job.levels]
    data: dict[str, Json] = {"occupation": job.occupation, "levels": levels}
    return Event("job-filed", code, {**data, "on": job.on.isoformat(), "reason": job.reason})


def _name(text: str | None) -> str | None:
    return tidy_name(text or "") or None
