"""A roll-call without a network: the device puts together and judges whom it has seen come, as the service does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from service.domain.access import By
from service.domain.assessment import Attendee, Declared, NewPerson, Role, ShownCard, Verdict
from service.domain.verdict_words import Word
from service.flows.assessments.assessment_requests import AssessmentRequest
from service.flows.assessments.planning import plan_assessment
from service.flows.assessments.roll_call import Call, call_roll
from service.flows.assessments.view import AssessmentView, read_assessment
from tests.flows.assessment_day import Day, assessment_day
from tests.flows.office import ACTOR, Office, make_office
from tests.js.app import run_module

pytestmark = pytest.mark.slow  # hundreds of cases each, in a browser

JUDGE = """
give(given.map(([kept, arrivals]) => {
  const rows = app.together(kept.people, arrivals)
  return [app.judged(kept, rows), rows.map((row) => row.one)]
}))
"""
BAD = [Word.REVOKED, Word.EXPIRED, Word.REPLACED]
Json = dict[str, Any]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Day]]:
    """Return a register with a day's people; plans are entered by the tests, and it is the day."""
    folder = tmp_path_factory.mktemp("roll") / "data"
    office = make_office(folder, f"sqlite:///{folder / 'register.db'}")
    day = assessment_day(office)
    office.clock.now = day.starts_at
    yield office, day
    office.register.close()


def kept(view: AssessmentView) -> Json:
    """What the device has of an assessment."""
    people = [one.as_json() for one in view.called]
    return {**view.held.assessment.as_json(), "people": people, "roll_call": view.roll_call.as_json()}


def arrival(call: Call, shown: ShownCard | None, holder: str) -> Json:
    """What the device keeps of somebody who has come."""
    return {
        "nonce": call.nonce.hex(),
        "role": call.role.value,
        "came_at": call.came_at.isoformat(),
        "person": call.person,
        "number": call.number,
        "name": call.name or None,
        "declared": call.declared,
        "shown": None if shown is None else shown_card(shown, call),
        "holder": holder,
    }


def shown_card(card: ShownCard, call: Call) -> Json:
    return card.as_json() | {"verdict": call.verdict, "is_holder": call.is_holder}


def some_call(chance: random.Random, day: Day, planned: tuple[Attendee, ...], minute: int) -> tuple[Call, Json]:
    """Let somebody come: of the plan with a card or without, in another role, or by name alone."""
    one = chance.choice(planned)
    declared = chance.choice([None, None, Declared.CLEAR, Declared.TIES])
    at = day.starts_at - timedelta(minutes=55 - minute)
    call = Call(nonce=chance.randbytes(16), role=one.role, came_at=at, declared=declared)
    way = chance.choice(["as planned"] * 6 + ["without card", "another role", "by name", "another's card"])
    if way == "by name":
        name = chance.choice(["王考务", "赵考务", one.name])
        call = replace(call, role=chance.choice([Role.STAFF, Role.INVIGILATOR]), name=name, declared=None)
        return call, arrival(call, None, "")
    # What no device can tell is left out: whose a card is that another has shown, or that its holder has not.
    is_alone = one.role in {Role.LEADER, Role.INTERNAL}
    if one.card is None or (way == "without card" and not is_alone):
        call = replace(call, person=one.person)
        return call, arrival(call, None, "")
    card = one.card
    if way == "another's card" and one.role is Role.ASSESSOR:
        card = chance.choice([p.card for p in planned if p.role is Role.ASSESSOR and p.card is not None])
    word = chance.choice([Word.VALID] * 5 + BAD)
    call = replace(call, number=card.number, verdict=word, is_holder=chance.choice([None, True, True, False]))
    if way == "another role" and is_alone:
        call = replace(call, role=chance.choice([Role.LEADER, Role.ASSESSOR, Role.STAFF, Role.ON_SITE_HEAD]))
        in_plan = next((p for p in planned if p.role is call.role and p.card and p.card.number == card.number), None)
        call = replace(call, person=None if in_plan is None else in_plan.person)
    else:
        call = replace(call, person=one.person)
    return call, arrival(call, card, one.name)


def test_the_device_judges_as_the_service_will(prepared: tuple[Office, Day]) -> None:
    office, day = prepared
    chance = random.Random(20_261_129)
    given: list[tuple[Json, list[Json]]] = []
    after: list[AssessmentView] = []
    for _ in range(16):
        identity = plan_assessment(office.register, AssessmentRequest.of(day.new()), By(ACTOR))
        planned = read_assessment(office.register, identity).planned
        came = [some_call(chance, day, planned, minute) for minute in range(chance.choice([4, 9, 16]))]
        first = chance.randrange(len(came) + 1)
        if first:
            call_roll(office.register, identity, [call for call, _ in came[:first]], By(ACTOR))
        given.append((kept(read_assessment(office.register, identity)), [entry for _, entry in came[first:]]))
        if came[first:]:
            call_roll(office.register, identity, [call for call, _ in came[first:]], By(ACTOR))
        after.append(read_assessment(office.register, identity))
    told = run_module("rollcallpeople.js", JUDGE, given)
    for view, (judged, people), asked in zip(after, told, given, strict=True):
        assert judged == view.roll_call.as_json(), asked
        assert len(people) == len(view.called), asked


def test_a_tick_and_a_card_of_one_person_are_put_together_alike(prepared: tuple[Office, Day]) -> None:
    office, day = prepared
    identity = plan_assessment(office.register, AssessmentRequest.of(day.new()), By(ACTOR))
    before = read_assessment(office.register, identity)
    first, second, third = (one for one in before.planned if one.role.post is Role.ASSESSOR)
    order = [(second, second), (second, None), (third, None), (third, third), (first, first), (first, second)]
    came: list[tuple[Call, Json]] = []
    for minute, (one, holder) in enumerate(order):
        call = Call(
            nonce=office.random.randbytes(16),
            role=one.role,
            came_at=day.starts_at - timedelta(minutes=50 - minute),
            person=one.person,
            number=None if holder is None or holder.card is None else holder.card.number,
            verdict=None if holder is None else Word.VALID,
        )
        came.append((call, arrival(call, None if holder is None else holder.card, one.name)))
    after = call_roll(office.register, identity, [call for call, _ in came], By(ACTOR))
    ((judged, people),) = run_module("rollcallpeople.js", JUDGE, [(kept(before), [entry for _, entry in came])])
    assert judged == after.roll_call.as_json()
    shown = [(one["person"], one["card"] and one["card"]["number"]) for one in people]
    assert shown == [(one.person, one.card and str(one.card.number)) for one in after.called]


def test_whoever_comes_as_planned_makes_it_complete_on_the_device_too(prepared: tuple[Office, Day]) -> None:
    office, day = prepared
    identity = plan_assessment(office.register, AssessmentRequest.of(day.new()), By(ACTOR))
    view = read_assessment(office.register, identity)
    at = day.starts_at - timedelta(minutes=40)
    arrivals: list[Json] = []
    for one in view.planned:
        number = None if one.card is None else one.card.number
        call = Call(nonce=office.random.randbytes(16), role=one.role, came_at=at, person=one.person, number=number)
        arrivals.append(arrival(replace(call, verdict=Word.VALID), one.card, one.name))
    ((judged, _),) = run_module("rollcallpeople.js", JUDGE, [(kept(view), arrivals)])
    assert judged["verdict"] == Verdict.COMPLETE, judged


def test_nothing_waiting_leaves_the_word_to_the_service() -> None:
    told = {"verdict": "complete", "rulings": []}
    ((judged, people),) = run_module("rollcallpeople.js", JUDGE, [({"people": [], "roll_call": told}, [])])
    assert (judged, people) == (told, [])


def test_somebody_beside_the_plan_is_known_by_number_or_name_alone(prepared: tuple[Office, Day]) -> None:
    office, day = prepared
    people = (NewPerson(role=Role.ON_SITE_HEAD, name="何负责"),)
    identity = plan_assessment(office.register, AssessmentRequest.of(day.new(*people)), By(ACTOR))
    view = read_assessment(office.register, identity)
    at = day.starts_at - timedelta(minutes=40)
    (shown,) = (one.card for one in assessors_of(office, day) if one.card is not None)
    by_card = Call(nonce=bytes(16), role=Role.ASSESSOR, came_at=at, number=shown.number, verdict=Word.VALID)
    by_name = Call(nonce=bytes(15) + b"1", role=Role.STAFF, came_at=at, name="张　三")
    given = [arrival(by_card, shown, "李四"), arrival(by_name, None, "")]
    ((_, rows),) = run_module("rollcallpeople.js", JUDGE, [(kept(view), given)])
    card, name = rows[1:]
    facts = {"is_known": False, "is_planned": False, "is_on_record": False, "running": 1, "is_employed_here": False}
    assert {**card, **facts} == card
    assert {**name, **facts} == name
    assert (card["person"], card["name"]) == (f"card:{shown.number}", "李四")
    assert (name["person"], name["name"]) == ("name:张三", "张三")


def assessors_of(office: Office, day: Day) -> tuple[Attendee, ...]:
    """The first assessor, as planned elsewhere."""
    identity = plan_assessment(office.register, AssessmentRequest.of(day.new(day.people[0])), By(ACTOR))
    return read_assessment(office.register, identity).planned
