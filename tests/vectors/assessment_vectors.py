"""Vectors of ``compose``: are the people of an assessment those the rules ask for.

Each case says in words of its own what is to come out, the verdict and every rule that is not met; the sentences are
written down beside it, so that every implementation says the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from service.domain.assessment import Assessment, Attendee, Declared, Job, Part, Role, ShownCard, Stage, compose
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.kinds import SkillLevel
from service.domain.occupation import Occupation
from service.domain.verdict_words import Word
from tests.vectors.signing import Json

HERE: Final = "500123"
START: Final = datetime.fromisoformat("2026-11-05T09:00:00+08:00")
IN_TIME: Final = datetime.fromisoformat("2026-11-05T08:20:00+08:00")
LATE: Final = datetime.fromisoformat("2026-11-05T08:31:00+08:00")
ON_THE_DOT: Final = datetime.fromisoformat("2026-11-05T08:30:00+08:00")

MILLING: Final = Occupation("铣工", "6-18-01-02")
TURNING: Final = Occupation("车工", "6-18-01-01")
TEA: Final = Occupation("手工炒茶")
SKILLS: Final = Job(occupation=MILLING, level=SkillLevel.THREE, parts=frozenset({Part.SKILL}))
THEORY: Final = replace(SKILLS, parts=frozenset({Part.THEORY}))
REVIEW: Final = Job(occupation=MILLING, level=SkillLevel.TWO, parts=frozenset({Part.REVIEW}))

Expected = dict[str, str]
Case = tuple[str, Stage, Assessment, list[Attendee], str, Expected]


def assessments() -> Json:
    """Return every case with its outcome."""
    cases: list[Json] = []
    for name, stage, assessment, people, verdict, not_met in _cases():
        told = compose(assessment, people, stage)
        found = {one.rule: one.outcome.value for one in told.rulings if one.outcome.value != "met"}
        assert (told.verdict.value, found) == (verdict, not_met), (name, told.verdict, found, not_met)
        cases.append(
            {
                "name": name,
                "stage": stage.value,
                "assessment": assessment.as_json(),
                "people": [one.as_json() for one in people],
                "verdict": verdict,
                "not_met": not_met,
                "rulings": [one.as_json() for one in told.rulings],
            }
        )
    return {
        "about": "compose: an assessment's people against the rules, at its plan or at its roll-call.",
        "cases": cases,
    }


def read(case: Json) -> tuple[Assessment, list[Attendee], Stage]:
    """Read a case's assessment and people."""
    assessment = case["assessment"]
    jobs = tuple(map(Job.of_json, assessment["jobs"]))
    return (
        Assessment(assessment["institution"], datetime.fromisoformat(assessment["starts_at"]), jobs),
        [_attendee(one) for one in case["people"]],
        Stage(case["stage"]),
    )


def _attendee(one: Json) -> Attendee:
    card = one["card"]
    return Attendee(
        person=one["person"],
        name=one["name"],
        role=Role(one["role"]),
        is_known=one["is_known"],
        card=None
        if card is None
        else ShownCard(
            number=CardNumber(card["number"]),
            kind=CardNumber(card["number"]).kind,
            issuer=card["issuer"],
            occupations=tuple(Occupation(held["name"], held["code"]) for held in card["occupations"]),
            verdict=Word(card["verdict"]),
            is_holder=card["is_holder"],
        ),
        is_planned=one["is_planned"],
        came_at=None if one["came_at"] is None else datetime.fromisoformat(one["came_at"]),
        is_on_record=one["is_on_record"],
        running=one["running"],
        is_employed_here=one["is_employed_here"],
        declared=None if one["declared"] is None else Declared(one["declared"]),
    )


def held(*jobs: Job) -> Assessment:
    return Assessment(HERE, START, jobs or (SKILLS,))


def assessor(place: int, *held: Occupation, grade: str = "2", **facts: object) -> Attendee:
    """Make an assessor, engaged and free of ties, who has come early; ``grade`` is the number's digit."""
    number = CardNumber(f"263100{grade}{place:04}")
    card = ShownCard(number=number, kind=number.kind, issuer=CENTRE, occupations=held or (MILLING,), verdict=Word.VALID)
    return _somebody(f"p{place}", f"考评{place}", Role.ASSESSOR, facts, card=card, is_on_record=True)


def senior(place: int, *held: Occupation, **facts: object) -> Attendee:
    return assessor(place, *held, grade="1", **facts)


def internal(place: int = 51, issuer: str = HERE, **facts: object) -> Attendee:
    number = CardNumber(f"S{issuer}26{place:04}")
    card = ShownCard(number=number, kind=number.kind, issuer=issuer, occupations=(), verdict=Word.VALID)
    return _somebody(f"p{place}", f"内督{place}", Role.INTERNAL, facts, card=card)


def external(place: int = 71, **facts: object) -> Attendee:
    number = CardNumber(f"R5026{place:04}")
    card = ShownCard(number=number, kind=number.kind, issuer=CENTRE, occupations=(), verdict=Word.VALID)
    return _somebody(f"p{place}", f"外督{place}", Role.EXTERNAL, facts, card=card, is_on_record=True)


def other(role: Role, person: str, name: str, **facts: object) -> Attendee:
    return _somebody(person, name, role, {"declared": None} | facts)


def head(person: str = "p90", name: str = "负责人", **facts: object) -> Attendee:
    return other(Role.ON_SITE_HEAD, person, name, **facts)


def shown(one: Attendee, **card: object) -> Attendee:
    """Let somebody show another card, or one on which the check says something else."""
    assert one.card is not None
    return replace(one, card=replace(one.card, **card))  # type: ignore[arg-type]


def leads(one: Attendee) -> Attendee:
    return replace(one, role=Role.LEADER)


def enough(*more: Attendee) -> list[Attendee]:
    """Return all whom an assessment of skills in one job needs."""
    return [leads(assessor(1)), assessor(2), assessor(3), head(), internal(), *more]


def _somebody(person: str, name: str, role: Role, facts: dict[str, object], **known: object) -> Attendee:
    given: dict[str, object] = {
        "person": person,
        "name": name,
        "role": role,
        "came_at": IN_TIME,
        "declared": Declared.CLEAR,
    }
    return Attendee(**(given | known | facts))  # type: ignore[arg-type]


def _cases() -> Iterator[Case]:
    yield from _skills()
    yield from _theory_and_review()
    yield from _leading()
    yield from _internals()
    yield from _externals()
    yield from _posts()
    yield from _cards()
    yield from _plan_and_door()
    yield from _ratios()


def _skills() -> Iterator[Case]:
    roll, plan = Stage.ROLL_CALL, Stage.PLAN
    yield "three assessors for one job", roll, held(), enough(), "complete", {}
    yield "the same, looked at as a plan", plan, held(), [_not_come(one) for one in enough()], "complete", {}
    yield (
        "two assessors",
        roll,
        held(),
        enough()[1:],
        "short",
        {"leader": "short", "skill-assessors": "short"},
    )
    two_jobs = held(SKILLS, replace(SKILLS, occupation=TURNING))
    both = [leads(assessor(1, MILLING, TURNING)), assessor(2, MILLING, TURNING), assessor(3, MILLING, TURNING)]
    yield "three assessors of two job types count for both", roll, two_jobs, [*both, head(), internal()], "complete", {}
    mixed = [leads(assessor(1, MILLING, TURNING)), assessor(2), assessor(3), assessor(4, TURNING), head(), internal()]
    yield "three for one job type, two for the other", roll, two_jobs, mixed, "short", {"skill-assessors": "short"}
    two_levels = held(SKILLS, replace(SKILLS, level=SkillLevel.TWO))
    yield "standard assessors do not assess 技师", roll, two_levels, enough(), "short", {"skill-assessors": "short"}
    seniors = [leads(senior(1)), senior(2), senior(3), head(), internal()]
    yield "senior assessors assess both levels", roll, two_levels, seniors, "complete", {}
    special = held(Job(occupation=TEA, level=SkillLevel.SPECIAL, parts=frozenset({Part.SKILL})))
    tea = [leads(assessor(1, TEA, grade="3")), assessor(2, TEA, grade="3"), assessor(3, TEA), head(), internal()]
    yield "a standard assessor counts for special skills too", roll, special, tea, "complete", {}
    junior = held(Job(occupation=TEA, level=SkillLevel.FIVE, parts=frozenset({Part.SKILL})))
    outcome = {"skill-assessors": "short", "assessor-scope": "short"}
    yield "special-skill assessors do not assess level 5", roll, junior, tea, "short", outcome
    unruled = held(replace(SKILLS, level=SkillLevel.TE))
    yield "who assesses 特级技师 is not ruled", roll, unruled, seniors, "unknown", {"skill-assessors": "unknown"}
    yield (
        "nobody can for 首席技师 either",
        roll,
        held(replace(SKILLS, level=SkillLevel.SHOUXI)),
        [
            leads(senior(1, TURNING)),
            head(),
            internal(),
        ],
        "short",
        {"skill-assessors": "short", "assessor-scope": "short"},
    )
    related = enough(assessor(4, TURNING))
    yield (
        "an assessor of another job type is out of place",
        roll,
        held(),
        related,
        "short",
        {"assessor-scope": "short"},
    )
    by_code = [shown(one, occupations=(Occupation("6-18-01-02", "6-18-01-02"),)) for one in enough()[:3]]
    yield "a job type known by its code only", roll, held(), [*by_code, head(), internal()], "complete", {}
    twice = [leads(assessor(1)), assessor(2), replace(assessor(3, TURNING), person="p2"), head(), internal()]
    yield "one person with two cards is one", roll, held(), twice, "short", {"skill-assessors": "short"}
    apart = [
        leads(assessor(1)),
        assessor(2),
        assessor(3, TURNING),
        replace(assessor(4), person="p3"),
        head(),
        internal(),
    ]
    yield "one person, the other card covers it", roll, held(), apart, "complete", {}
    free = enough(assessor(4, is_on_record=False))
    yield "an assessor without a contract on record", roll, held(), free, "unknown", {"engaged": "unknown"}


def _theory_and_review() -> Iterator[Case]:
    roll = Stage.ROLL_CALL
    markers = [leads(assessor(1)), assessor(2), head(), internal()]
    yield "two assessors mark theory papers", roll, held(THEORY), markers, "complete", {}
    alone = [leads(assessor(1)), head(), internal()]
    yield "one marks alone", roll, held(THEORY), alone, "short", {"theory-markers": "short"}
    machine = held(replace(THEORY, machine_marked=True))
    yield "a machine marks", roll, machine, alone, "complete", {}
    special = [leads(assessor(1, grade="3")), assessor(2, grade="3"), head(), internal()]
    beyond = {"theory-markers": "short", "assessor-scope": "short"}
    yield "special-skill assessors mark no papers of level 3", roll, held(THEORY), special, "short", beyond
    level_1 = held(replace(THEORY, level=SkillLevel.ONE))
    standard = {"theory-markers": "short", "assessor-scope": "short"}
    yield "standard assessors mark no papers of level 1", roll, level_1, markers, "short", standard
    yield (
        "who marks papers of 特级技师 is not ruled",
        roll,
        held(replace(THEORY, level=SkillLevel.TE)),
        markers,
        "unknown",
        {"theory-markers": "unknown"},
    )
    group = [leads(senior(1)), senior(2), senior(3), head(), internal()]
    yield "three seniors review", roll, held(REVIEW), group, "complete", {}
    yield (
        "two seniors review",
        roll,
        held(REVIEW),
        [group[0], group[1], head(), internal()],
        "short",
        {"review-group": "short"},
    )
    led = [senior(1), senior(2), senior(3), leads(assessor(4)), head(), internal()]
    outcome = {"review-leader": "short", "assessor-scope": "short"}
    yield "a review led by no senior", roll, held(REVIEW), led, "short", outcome
    unruled = replace(REVIEW, level=SkillLevel.TE)
    yield (
        "who reviews 特级技师 is not ruled",
        roll,
        held(unruled),
        group,
        "unknown",
        {
            "review-group": "unknown",
            "review-leader": "unknown",
        },
    )
    whole = held(replace(SKILLS, level=SkillLevel.ONE, parts=frozenset(Part)))
    yield "theory, skills and review of 高级技师", roll, whole, group, "complete", {}


def _leading() -> Iterator[Case]:
    roll = Stage.ROLL_CALL
    unled = [assessor(1), assessor(2), assessor(3), head(), internal()]
    yield "no leader", roll, held(), unled, "short", {"leader": "short"}
    two_lead = [leads(assessor(1)), leads(assessor(2)), assessor(3), head(), internal()]
    yield "two leaders", roll, held(), two_lead, "short", {"leader": "short"}
    one_leads = enough(replace(leads(assessor(4)), person="p1", name="考评1"))
    yield "one leader with two cards", roll, held(), one_leads, "complete", {}
    headless = [one for one in enough() if one.role is not Role.ON_SITE_HEAD]
    yield "no on-site head", roll, held(), headless, "short", {"on-site-head": "short"}
    yield (
        "nobody at all",
        roll,
        held(),
        [],
        "short",
        {
            "leader": "short",
            "skill-assessors": "short",
            "on-site-head": "short",
            "internal-supervisor": "short",
        },
    )


def _internals() -> Iterator[Case]:
    roll, plan = Stage.ROLL_CALL, Stage.PLAN
    people = enough()[:-1]
    yield "no internal supervisor", roll, held(), people, "short", {"internal-supervisor": "short"}
    late = [*people, internal(came_at=LATE)]
    yield "the internal supervisor comes late", roll, held(), late, "short", {"internal-in-time": "short"}
    dot = [*people, internal(came_at=ON_THE_DOT)]
    yield "thirty minutes to the second are in time", roll, held(), dot, "complete", {}
    second = [*people, internal(came_at=LATE), internal(52)]
    yield "one late, one in time", roll, held(), second, "short", {"internal-in-time": "short"}
    with_two = [*people, internal(came_at=LATE), replace(internal(52), person="p51", name="内督51")]
    yield "one with two cards, the first of them in time", roll, held(), with_two, "complete", {}
    foreign = [*people, internal(issuer="500777")]
    yield (
        "an internal card of another institution",
        roll,
        held(),
        foreign,
        "short",
        {
            "internal-supervisor": "short",
            "internal-elsewhere": "short",
        },
    )
    guest = enough(internal(53, issuer="500777"))
    yield "one of our own and one of another", roll, held(), guest, "short", {"internal-elsewhere": "short"}
    engaged = [*people, replace(external(), role=Role.INTERNAL)]
    yield "an external card, engaged as internal by a 责任书", roll, held(), engaged, "complete", {}
    stood_in = [*people, replace(external(is_on_record=False), role=Role.INTERNAL)]
    unsure = {"internal-supervisor": "unknown", "engaged-as-internal": "unknown"}
    yield "an external card, no 责任书 on record", roll, held(), stood_in, "unknown", unsure
    late_guest = enough(replace(external(came_at=LATE), role=Role.INTERNAL))
    yield "one engaged as internal is late", roll, held(), late_guest, "short", {"internal-in-time": "short"}
    inverse = enough(replace(internal(54), role=Role.EXTERNAL), external(), external(72))
    outcome = {"valid-card": "short"}
    yield "an internal card makes no external supervisor", roll, held(), inverse, "short", outcome
    planned = [_not_come(one) for one in late]
    yield "a plan asks for no hour of arrival", plan, held(), planned, "complete", {}


def _externals() -> Iterator[Case]:
    roll = Stage.ROLL_CALL
    yield "two external supervisors", roll, held(), enough(external(), external(72)), "complete", {}
    yield (
        "one external supervisor",
        roll,
        held(),
        enough(external()),
        "complete",
        {"externals-together": "warning"},
    )
    third = enough(external(running=3), external(72, running=2))
    yield "a third visit running", roll, held(), third, "short", {"third-visit-running": "short"}
    unsent = enough(external(), external(72, is_on_record=False))
    yield "no dispatch on record", roll, held(), unsent, "unknown", {"dispatched": "unknown"}
    own = enough(external(), external(72, is_employed_here=True))
    yield (
        "an external supervisor of the institution's own staff",
        roll,
        held(),
        own,
        "complete",
        {"avoidance": "warning"},
    )


def _posts() -> Iterator[Case]:
    roll = Stage.ROLL_CALL
    also = enough(replace(internal(54), person="p3", name="考评3"))
    yield (
        "assessor and internal supervisor in one, by person",
        roll,
        held(),
        also,
        "short",
        {"one-post-each": "short"},
    )
    both = enough(external(), external(72), replace(external(73), person="p51", name="内督51"))
    yield "internal and external supervisor in one", roll, held(), both, "short", {"one-post-each": "short"}
    heads = [leads(assessor(1)), assessor(2), assessor(3), head(person="p2", name="考评2"), internal()]
    yield "an assessor is on-site head too", roll, held(), heads, "short", {"one-post-each": "short"}
    watch = enough(other(Role.INVIGILATOR, "p90", "负责人"))
    yield "the on-site head invigilates", roll, held(), watch, "short", {"one-post-each": "short"}
    leader_too = enough(assessor(1))
    yield "leader and assessor are one post", roll, held(), leader_too, "complete", {}
    namesake = enough(other(Role.INVIGILATOR, "name:考评2", "考评2", is_known=False))
    yield (
        "an invigilator of an assessor's name, known by name only",
        roll,
        held(),
        namesake,
        "unknown",
        {"one-post-each": "unknown"},
    )
    spaced = enough(other(Role.STAFF, "name:考 评2", "考 评2", is_known=False))
    yield (
        "a name written with spaces is the same name",
        roll,
        held(),
        spaced,
        "unknown",
        {"one-post-each": "unknown"},
    )
    distinct = enough(other(Role.INVIGILATOR, "p91", "考评2"))
    yield "namesakes who are surely two", roll, held(), distinct, "complete", {}


def _cards() -> Iterator[Case]:
    roll = Stage.ROLL_CALL
    for word in (Word.REVOKED, Word.EXPIRED, Word.REPLACED, Word.SUPERSEDED, Word.VOIDED, Word.FORGED):
        people = enough(shown(assessor(4), verdict=word))
        yield f"an assessor's card is {word.value}", roll, held(), people, "short", {"valid-card": "short"}
    gone = [leads(assessor(1)), assessor(2), shown(assessor(3), verdict=Word.REVOKED), head(), internal()]
    yield (
        "a revoked card does not count",
        roll,
        held(),
        gone,
        "short",
        {
            "skill-assessors": "short",
            "valid-card": "short",
        },
    )
    old = [leads(assessor(1)), assessor(2), shown(assessor(3), verdict=Word.STATUS_UNKNOWN), head(), internal()]
    yield (
        "a status list too old leaves the third open",
        roll,
        held(),
        old,
        "unknown",
        {
            "skill-assessors": "unknown",
            "valid-card": "unknown",
        },
    )
    fourth = enough(shown(assessor(4), verdict=Word.UNKNOWN_KEY))
    yield (
        "an unknown key beside three good cards",
        roll,
        held(),
        fourth,
        "unknown",
        {"valid-card": "unknown"},
    )
    none = enough(replace(assessor(4), card=None))
    yield "an assessor without a card", roll, held(), none, "short", {"valid-card": "short"}
    stranger = [leads(assessor(1)), assessor(2), shown(assessor(3), is_holder=False), head(), internal()]
    yield (
        "somebody else's card",
        roll,
        held(),
        stranger,
        "short",
        {
            "skill-assessors": "short",
            "valid-card": "short",
        },
    )
    watcher = [*enough()[:-1], shown(internal(), verdict=Word.EXPIRED)]
    yield (
        "the internal supervisor's card has expired",
        roll,
        held(),
        watcher,
        "short",
        {
            "internal-supervisor": "short",
            "valid-card": "short",
        },
    )
    second_card = enough(replace(shown(assessor(4, TURNING), verdict=Word.EXPIRED), person="p2", name="考评2"))
    yield "an expired card beside a valid one of the same person", roll, held(), second_card, "complete", {}


def _plan_and_door() -> Iterator[Case]:
    roll = Stage.ROLL_CALL
    missing = [leads(assessor(1)), assessor(2), assessor(3), assessor(4, came_at=None), head(), internal()]
    yield "one who was planned has not come", roll, held(), missing, "short", {"as-planned": "short"}
    extra = enough(assessor(4, is_planned=False))
    yield "one has come who was not planned", roll, held(), extra, "short", {"as-planned": "short"}
    instead = [
        leads(assessor(1)),
        assessor(2),
        assessor(3, came_at=None),
        assessor(4, is_planned=False),
        head(),
        internal(),
    ]
    yield "another in one's place", roll, held(), instead, "short", {"as-planned": "short"}
    nobody_yet = [_not_come(one) for one in enough()]
    yield (
        "nobody has come yet",
        roll,
        held(),
        nobody_yet,
        "short",
        {
            "leader": "short",
            "skill-assessors": "short",
            "on-site-head": "short",
            "internal-supervisor": "short",
            "as-planned": "short",
        },
    )
    tied = enough(assessor(4, declared=Declared.TIES))
    yield "one has declared ties", roll, held(), tied, "short", {"declared-ties": "short"}
    silent = enough(assessor(4, declared=None))
    yield "one has declared nothing", roll, held(), silent, "complete", {"no-declaration": "warning"}


def _ratios() -> Iterator[Case]:
    roll = Stage.ROLL_CALL
    many = held(replace(SKILLS, candidates=31, per_assessor=10))
    yield "thirty-one candidates, ten an assessor", roll, many, enough(), "complete", {"assessor-ratio": "warning"}
    fitting = held(replace(SKILLS, candidates=30, per_assessor=10))
    yield "thirty candidates, ten an assessor", roll, fitting, enough(), "complete", {}
    hall = held(replace(SKILLS, candidates=30, per_invigilator=15))
    one_there = enough(other(Role.INVIGILATOR, "p95", "监考"))
    yield (
        "thirty candidates, fifteen an invigilator",
        roll,
        hall,
        one_there,
        "complete",
        {"invigilator-ratio": "warning"},
    )
    two_there = [*one_there, other(Role.INVIGILATOR, "p96", "监考二")]
    yield "two invigilators for thirty candidates", roll, hall, two_there, "complete", {}


def _not_come(one: Attendee) -> Attendee:
    return replace(one, came_at=None)
