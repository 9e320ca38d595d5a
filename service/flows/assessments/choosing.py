"""What a plan is chosen from: an institution's filed job types, the people it has, and who of them is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from service.domain.assessment import Attendee, Role, compose
from service.domain.assessment.model import Assessment, Declared, Stage
from service.domain.assessment.offering import Offer, offers
from service.domain.assessment.ruling import Composition
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.filing import check_open, filed_on
from service.domain.kinds import CardKind, SkillLevel
from service.flows.assessments.people import People
from service.flows.people.engagements import registered_institution
from service.flows.register import Register
from service.store import card_lists, institutions, working
from service.store.assessments import StoredAssessment

MOST_OFFERED: Final = 12
_MOST_POOLED: Final = 50  # of assessors, internal and external supervisors each
_ROLES: Final[Mapping[bool, tuple[Role, ...]]] = {True: (Role.LEADER, Role.ASSESSOR), False: (Role.INTERNAL,)}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody chosen for a plan: a card in a role, or where the role asks for none, a name."""

    role: Role
    number: CardNumber | None = None
    name: str = ""
    declared: Declared | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What is there to choose from. ``told`` is what the rules say of those chosen, None while nothing is assessed."""

    filed: tuple[tuple[str, tuple[SkillLevel, ...]], ...]
    cards: Mapping[CardNumber, Card]
    told: Composition | None
    offers: tuple[Offer, ...]


def choices(register: Register, assessment: Assessment, plan: str, chosen: Sequence[Chosen]) -> Choices:
    """Return what an assessment is chosen from, and who would make it complete. Nothing is entered.

    Raises Refused for an institution that is not registered, InstitutionInvalid for one that is closed.
    """
    with register.database.read() as connection:
        place = registered_institution(connection, assessment.institution)
        check_open(place, assessment.on)
        filed = filed_on(institutions.filed(connection, place.code).get(place.code, ()), assessment.on)
        known = _cards(connection, (one.number for one in chosen if one.number is not None))
        told: Composition | None = None
        offered: tuple[Offer, ...] = ()
        if assessment.jobs:
            held = StoredAssessment(
                id=0, assessment=assessment, plan=plan, place="", cancelled_on=None, cancel_reason=None
            )
            who = People(register, connection, held, place)
            scopes = {job.occupation.scope for job in assessment.jobs}
            here = working.numbers_at(connection, place.code, assessment.on, scopes, _MOST_POOLED)
            others = [number for number in here if number not in known]
            who.read((*known, *others))
            planned = [_attendee(who, at, one, known) for at, one in enumerate(chosen)]
            told = compose(assessment, planned, Stage.PLAN)
            pool = (who.with_card(number, role) for number in others for role in roles_of(number.kind))
            offered = offers(assessment, planned, pool)[:MOST_OFFERED]
        known |= _cards(connection, (one.attendee.card.number for one in offered if one.attendee.card is not None))
    jobs = tuple((name, tuple(sorted(levels, key=list(SkillLevel).index))) for name, levels in sorted(filed.items()))
    return Choices(jobs, known, told, offered)


def roles_of(kind: CardKind) -> tuple[Role, ...]:
    """Return the roles in which somebody with a card of a kind may be offered. 督§13, 考§15."""
    return (Role.EXTERNAL,) if kind is CardKind.EXTERNAL else _ROLES[kind.is_assessor]


def _attendee(who: People, at: int, one: Chosen, known: Mapping[CardNumber, Card]) -> Attendee:
    if one.number is not None and one.number in known:
        return who.with_card(one.number, one.role, one.declared)
    return Attendee(person=f"p{at}", name=one.name, role=one.role, is_known=False, declared=one.declared)


def _cards(connection: Connection, numbers: Iterable[CardNumber]) -> dict[CardNumber, Card]:
    return card_lists.of_numbers(connection, set(numbers))
