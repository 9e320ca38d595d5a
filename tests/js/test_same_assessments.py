"""One set of rules in two languages: what the browser says of an assessment's people, Python says, word for word."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.assessment import (
    RULES,
    Assessment,
    Attendee,
    Declared,
    Job,
    Part,
    Role,
    ShownCard,
    Stage,
    Verdict,
    compose,
)
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.kinds import SkillLevel
from service.domain.occupation import Occupation
from service.domain.verdict_words import Word
from tests.js.browser import Json, run
from tests.vectors.assessment_vectors import HERE, MILLING, START, TEA, TURNING, read
from tests.vectors.test_vectors import load

pytestmark = pytest.mark.slow  # hundreds of cases each, in a browser

CASES: list[Json] = load("assessments.json")["cases"]
NAMES = ["王芳", "王 芳", "王\u3000芳", "欧阳娜娜", "阿卜杜热合曼·买买提", "阿卜杜热合曼・买买提", "O'Brien", "𬙊㛃"]
FIELDS = [field.name for field in fields(Attendee)]

both_kinds_of_browser = pytest.mark.parametrize("old", [False, True], ids=["with WebCrypto", "without"])


def job(assessment: Json, people: list[Json], stage: str) -> Json:
    return {"do": "assessment", "assessment": assessment, "people": people, "stage": stage}


@both_kinds_of_browser
def test_every_written_case_has_its_verdict_and_its_sentences(*, old: bool) -> None:
    asked = [job(case["assessment"], case["people"], case["stage"]) for case in CASES]
    for case, answer in zip(CASES, run(asked, old_browser=old), strict=True):
        assert answer["result"] == {"verdict": case["verdict"], "rulings": case["rulings"]}, case["name"]


def some_job(chance: random.Random) -> Job:
    return Job(
        occupation=chance.choice([MILLING, TURNING, TEA]),
        level=chance.choice([SkillLevel.THREE, *SkillLevel]),
        parts=frozenset(chance.sample(list(Part), chance.choice([1, 1, 2, 3]))),
        machine_marked=chance.random() < 0.3,
        candidates=chance.choice([None, 1, 30, 31]),
        per_assessor=chance.choice([None, 5, 10]),
        per_invigilator=chance.choice([None, 15]),
    )


def some_card(chance: random.Random) -> ShownCard:
    number = CardNumber(chance.choice([*(f"263100{grade}0007" for grade in "112223"), "R50260007", f"S{HERE}260007"]))
    if chance.random() < 0.05:
        number = CardNumber("Y500777260007")
    renamed = Occupation("铣工（旧名）", "6-18-01-02")
    held = chance.sample([MILLING, TURNING, TEA, renamed], chance.choice([1, 2])) if number.kind.is_assessor else []
    return ShownCard(
        number=number,
        kind=number.kind,
        issuer=number[1:7] if number[0] in "SY" else CENTRE,
        occupations=tuple(held),
        verdict=chance.choice([Word.VALID] * 12 + [Word.STATUS_UNKNOWN, Word.UNKNOWN_KEY, *Word]),
        is_holder=chance.choice([None, None, True, True, True, False]),
    )


def some_attendee(chance: random.Random) -> Attendee:
    role = chance.choice([*Role, Role.ASSESSOR, Role.ASSESSOR, Role.ASSESSOR, Role.INTERNAL, Role.EXTERNAL])
    # A card of the kind that the role asks for, mostly.
    cards = [card for card in (some_card(chance) for _ in range(40)) if card.kind in role.kinds]
    is_right = cards and chance.random() < 0.85
    came_at = START - timedelta(minutes=30) + timedelta(seconds=chance.choice([-600, -1, 0, 1, 59, 60, 7200]))
    person = chance.randrange(9)
    return Attendee(
        person=f"p{person}",
        name=NAMES[person] if person < len(NAMES) and chance.random() < 0.9 else chance.choice(NAMES),
        role=role,
        is_known=chance.random() < 0.6,
        card=cards[0] if is_right else chance.choice([None, some_card(chance)]),
        is_planned=chance.random() < 0.8,
        came_at=came_at.astimezone(UTC) if chance.random() < 0.8 else None,
        is_on_record=chance.random() < 0.8,
        running=chance.choice([1, 1, 1, 2, 3]),
        is_employed_here=chance.random() < 0.1,
        declared=chance.choice([Declared.CLEAR] * 5 + [Declared.TIES, None]),
    )


def some_made(chance: random.Random) -> tuple[Assessment, list[Attendee], Stage]:
    starts_at = START + timedelta(seconds=chance.choice([0, 0, 1, 86_399, -30_000]))
    jobs = tuple(some_job(chance) for _ in range(chance.choice([1, 1, 1, 2, 3])))
    people = [some_attendee(chance) for _ in range(chance.choice([0, 1, 3, 6, 9, 14]))]
    if chance.random() < 0.3:  # enough good assessors that something can be complete
        good = replace(some_attendee(chance), card=replace(some_card(chance), verdict=Word.VALID, is_holder=True))
        people += [replace(good, person=f"q{i}", name=f"好{i}", role=Role.ASSESSOR) for i in range(3)]
    return Assessment(HERE, datetime.fromisoformat(starts_at.isoformat()), jobs), people, chance.choice(list(Stage))


def some_altered(chance: random.Random) -> tuple[Assessment, list[Attendee], Stage]:
    """Take a written case and let a fact or two of it be another."""
    assessment, people, stage = read(chance.choice(CASES))
    for _ in range(chance.choice([0, 1, 1, 2])):
        if people:
            place, other = chance.randrange(len(people)), some_attendee(chance)
            field = chance.choice([*FIELDS, "verdict"])
            card = people[place].card
            if field != "verdict":
                people[place] = replace(people[place], **{field: getattr(other, field)})
            elif card is not None:
                people[place] = replace(people[place], card=replace(card, verdict=chance.choice(list(Word))))
    return assessment, people, stage


@both_kinds_of_browser
def test_any_assessment_any_people_gives_the_same_rulings(*, old: bool) -> None:
    chance = random.Random(20_261_105)
    made = [some_made(chance) for _ in range(400)] + [some_altered(chance) for _ in range(400)]
    asked = [job(assessment.as_json(), [one.as_json() for one in people], stage) for assessment, people, stage in made]
    said, verdicts = set[tuple[str, str]](), set[Verdict]()
    for case, question, answer in zip(made, asked, run(asked, old_browser=old), strict=True):
        expected = compose(*case)
        assert answer["result"] == expected.as_json(), question
        verdicts.add(expected.verdict)
        said.update((one.rule, one.outcome) for one in expected.rulings)
    assert len({rule for rule, _ in said}) >= len(RULES), "every rule has spoken"
    assert len(said) >= 34
    assert verdicts == set(Verdict)
