"""How many people institutions and authorities have: ``domain.staffing`` counted by the database. 督§5, 考§6."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, case, distinct, func, null, or_, select, union_all

from service.domain.kinds import ASSESSOR_KINDS, CardKind
from service.domain.search import CardState
from service.domain.staffing import Counted
from service.store.search import in_state
from service.store.tables import card, card_scope, dispatch, engagement

_ASSESSORS: Final = sorted(kind.value for kind in ASSESSOR_KINDS)
_CONTRACT_CARD: Final = card.alias("contract_card")


def people_of(connection: Connection, codes: Collection[str], on: date) -> dict[str, Counted]:
    """Count the people of institutions, by their codes, on a day, as ``domain.staffing.count_people`` does."""
    asked = sorted(codes)
    assessors: dict[str, dict[str, int]] = {}
    for code, name, count in connection.execute(_assessors(asked, on)):
        assessors.setdefault(code, {})[name] = count
    others = sorted(set(asked) - assessors.keys())
    without_job_type = set(connection.execute(_with_assessors(others, on)).scalars()) if others else set[str]()
    supervisors = {row.code: row for row in connection.execute(_internal(asked, on))}
    found: dict[str, Counted] = {}
    for code in asked:
        row = supervisors.get(code)
        found[code] = Counted(
            internal=0 if row is None else row.people,
            in_house=0 if row is None else row.in_house,
            unstated=0 if row is None else row.unstated,
            assessors=assessors.get(code, {}),
            has_assessors=code in assessors or code in without_job_type,
        )
    return found


def externals_of(connection: Connection, authority: Collection[str], on: date) -> int:
    """Count the external supervisors of an authority, by its names: who work for it, whom it recommended or sent."""
    its_own = _is_of(authority)
    return connection.execute(
        select(func.count(distinct(card.c.person_id))).where(*_external(on), its_own)
    ).scalar_one()


def externals_of_nobody(connection: Connection, authorities: Collection[str], on: date) -> int:
    """Count the external supervisors who are of none of the authorities."""
    nobodys = ~_is_of(authorities)
    return connection.execute(
        select(func.count(distinct(card.c.person_id))).where(*_external(on), nobodys)
    ).scalar_one()


def _external(on: date) -> tuple[ColumnElement[bool], ...]:
    return card.c.kind == CardKind.EXTERNAL.value, in_state(CardState.VALID, on)


def _is_of(authorities: Collection[str]) -> ColumnElement[bool]:
    names = sorted(authorities)
    sent = (
        select(_CONTRACT_CARD.c.person_id)
        .join(dispatch, dispatch.c.number == _CONTRACT_CARD.c.number)
        .where(dispatch.c.authority.in_(names), dispatch.c.withdrawn_on.is_(None))
    )
    recommended = and_(card.c.recommended_by.is_not(None), card.c.recommended_by.in_(names))
    return or_(card.c.work_unit.in_(names), recommended, card.c.person_id.in_(sent))


def _engaged(codes: Collection[str], on: date, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Find who is engaged where on a day: by a contract on whatever card of theirs."""
    return (
        select(engagement.c.institution.label("code"), _CONTRACT_CARD.c.person_id)
        .join(_CONTRACT_CARD, _CONTRACT_CARD.c.number == engagement.c.number)
        .where(
            engagement.c.institution.in_(codes),
            engagement.c.since <= on,
            func.coalesce(engagement.c.ended_on, engagement.c.until) >= on,
            *conditions,
        )
    )


def _internal(codes: Collection[str], on: date) -> Select[*tuple[Any, ...]]:
    own = select(card.c.institution.label("code"), card.c.person_id, card.c.in_house, null().label("is_engaged")).where(
        card.c.institution.in_(codes), card.c.kind == CardKind.INTERNAL.value, in_state(CardState.VALID, on)
    )
    contracts = _engaged(
        codes, on, engagement.c.as_internal.is_(True), _CONTRACT_CARD.c.kind.not_in(_ASSESSORS)
    ).subquery()
    engaged = (
        select(contracts.c.code, card.c.person_id, null(), func.count(card.c.number))
        .join(card, card.c.person_id == contracts.c.person_id)
        .where(*_external(on))
        .group_by(contracts.c.code, card.c.person_id)
    )
    both = union_all(own, engaged).subquery()
    is_own = both.c.is_engaged.is_(None)
    return select(
        both.c.code,
        func.count(distinct(both.c.person_id)).label("people"),
        func.count(distinct(case((is_own & both.c.in_house.is_(True), both.c.person_id)))).label("in_house"),
        func.count(distinct(case((is_own & both.c.in_house.is_(None), both.c.person_id)))).label("unstated"),
    ).group_by(both.c.code)


def _able(codes: Collection[str], on: date) -> Select[*tuple[Any, ...]]:
    """Find the assessors' cards in force of whom institutions have: engaged there, or in-house staff."""
    in_force = (card.c.kind.in_(_ASSESSORS), in_state(CardState.VALID, on))
    in_house = select(card.c.institution.label("code"), card.c.person_id, card.c.number).where(
        card.c.institution.in_(codes), card.c.in_house.is_(True), *in_force
    )
    contracts = _engaged(codes, on, _CONTRACT_CARD.c.kind.in_(_ASSESSORS)).subquery()
    engaged = (
        select(contracts.c.code, card.c.person_id, card.c.number)
        .join(card, card.c.person_id == contracts.c.person_id)
        .where(*in_force)
    )
    return union_all(in_house, engaged).subquery().select()


def _assessors(codes: Collection[str], on: date) -> Select[*tuple[Any, ...]]:
    able = _able(codes, on).subquery()
    return (
        select(able.c.code, card_scope.c.occupation, func.count(distinct(able.c.person_id)))
        .join(card_scope, card_scope.c.number == able.c.number)
        .where(card_scope.c.occupation.is_not(None), card_scope.c.released_on.is_(None))
        .group_by(able.c.code, card_scope.c.occupation)
    )


def _with_assessors(codes: Collection[str], on: date) -> Select[*tuple[str]]:
    able = _able(codes, on).subquery()
    return select(able.c.code).distinct()
