"""Who is offered for a plan: whoever answers what it lacks, in the role in which they do."""

from __future__ import annotations

from datetime import UTC, datetime

from service.domain.assessment import Assessment, Attendee, Job, Part, Role, ShownCard
from service.domain.assessment.offering import offers
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind, SkillLevel
from service.domain.occupation import Occupation
from service.domain.verdict_words import Word

ELECTRICIAN = Occupation("电工", "6-31-01-03")
WELDER = Occupation("焊工", "6-18-02-04")
JOB = Job(occupation=ELECTRICIAN, level=SkillLevel.THREE, parts=frozenset({Part.SKILL}))
PLAN = Assessment("500123", datetime(2026, 11, 5, 1, tzinfo=UTC), (JOB,))


def assessor(place: int, role: Role = Role.ASSESSOR, of: Occupation = ELECTRICIAN) -> Attendee:
    card = ShownCard(
        number=CardNumber(f"2631002{place:04d}"),
        kind=CardKind.STANDARD,
        issuer=CENTRE,
        occupations=(of,),
        verdict=Word.VALID,
    )
    return Attendee(person=f"r{place}", name=f"人{place}", role=role, card=card, is_on_record=True)


def test_who_answers_what_a_plan_lacks_is_offered_and_says_what() -> None:
    """考§6, §15: three assessors, one of them leading."""
    chosen = [assessor(1), assessor(2)]
    pool = [assessor(3, role) for role in (Role.LEADER, Role.ASSESSOR)] + [assessor(4, of=WELDER)]
    (best, *others) = offers(PLAN, chosen, pool)
    assert (best.attendee.person, best.attendee.role) == ("r3", Role.LEADER), "who leads is an assessor too"
    assert {one.rule for one in best.settles} == {"leader", "skill-assessors"}
    assert "r4" not in {one.attendee.person for one in others}, "a welder assesses no electricians"


def test_nobody_is_offered_by_whom_another_rule_falls_short() -> None:
    """督§13: whoever assesses does not supervise."""
    card = ShownCard(
        number=CardNumber("S500123260001"), kind=CardKind.INTERNAL, issuer="500123", occupations=(), verdict=Word.VALID
    )
    supervisors = [
        Attendee(person=person, name=person, role=Role.INTERNAL, card=card, is_on_record=True)
        for person in ("r1", "r9")
    ]
    assert [one.attendee.person for one in offers(PLAN, [assessor(1)], supervisors)] == ["r9"]


def test_nobody_is_offered_twice_nor_for_a_plan_that_lacks_nothing() -> None:
    chosen = [assessor(1, Role.LEADER), assessor(2), assessor(3)]
    assert all(one.attendee.person != "r2" for one in offers(PLAN, chosen, [assessor(2), assessor(2)]))
    found = offers(PLAN, [assessor(1)], [assessor(2, Role.LEADER), assessor(2)])
    assert [one.attendee.person for one in found] == ["r2"]
