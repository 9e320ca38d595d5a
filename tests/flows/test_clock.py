"""CONTRACT: before signing a list the server looks at its clock, and the way out of a list dated in the future."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import pytest

from service import effects
from service.domain.card_number import CardNumber
from service.domain.event import Event
from service.domain.verdict_words import Word
from service.effects import Effects
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.publishing.publish import bundle, keep_current, list_numbers, status_list
from service.flows.register import open_register
from service.flows.running.clock import ClockAhead, check_clock, clock_state, confirm_clock
from service.flows.running.metrics import measure
from service.flows.running.ready import check_ready
from service.keeper import keeping
from service.store import status_lists
from tests.flows.office import ACTOR, Office, applicant


@dataclass
class Machine:
    """What counts time beside the office's clock: a machine that is up, and may be started anew."""

    office: Office
    seconds: float = 1_000.0
    name: str = "boot:1"

    def pass_by(self, seconds: float) -> None:
        """Let time pass, for the clock too."""
        self.seconds += seconds
        self.office.clock.advance(seconds=seconds)

    def restart(self) -> None:
        self.name, self.seconds = self.name + "1", 5.0

    @property
    def effects(self) -> Effects:
        office = self.office
        return Effects(lambda: office.clock.now, office.random.randbytes, counters=lambda: {self.name: self.seconds})


@pytest.fixture
def machine(lite: Office) -> Machine:
    machine = Machine(lite)
    lite.register.effects = machine.effects
    return machine


@pytest.fixture
def number(lite: Office, machine: Machine) -> CardNumber:
    number = lite.issue_one(applicant("external", 1))
    assert status_list(lite.register, 1) is not None
    machine.pass_by(7_200)
    return number


def body(office: Office) -> bytes:
    published = status_list(office.register, 1)
    assert published is not None
    return published.body


def offline(office: Office, number: CardNumber, memory: Memory | None = None) -> Word:
    checker = open_bundle(bundle(office.register).body, memory or Memory(), office.clock.now)
    return checker.verify(office.text(number), office.clock.now).verdict


def gauge(office: Office, name: str) -> float:
    return next(metric.samples[0].value for metric in measure(office.register) if metric.name == f"zhengka_{name}")


def test_a_jump_of_the_clock_signs_nothing_until_it_is_confirmed(
    lite: Office, machine: Machine, number: CardNumber
) -> None:
    before = body(lite)
    machine.pass_by(7_200)
    lite.clock.advance(days=30)
    assert body(lite) == before, "the last good list stays in use"
    assert open_bundle(bundle(lite.register).body, Memory(), lite.clock.now).status_lists.keys() == {1}
    assert lite.check(number) is Word.VALID, "online checks go on"
    for refused in (lambda: keep_current(lite.register), lambda: lite.issue_one(applicant("external", 2))):
        with pytest.raises(ClockAhead, match="a person confirms it"):
            refused()
    state = clock_state(lite.register)
    assert (state.is_alarm, round(state.ahead_s), state.compared_with) == (True, 30 * 86_400, ("boot",))
    assert (gauge(lite, "clock_alarm"), gauge(lite, "clock_ahead_seconds")) == (1, 30 * 86_400)
    check_ready(lite.register)

    lite.clock.advance(days=-30)  # put right: nothing has happened
    assert not clock_state(lite.register).is_alarm
    assert body(lite) != before
    assert offline(lite, number) is Word.VALID
    assert gauge(lite, "clock_alarm") == 0


def test_a_clock_that_is_right_is_confirmed_and_journalled(lite: Office, machine: Machine, number: CardNumber) -> None:
    before = body(lite)
    lite.clock.advance(days=30)  # the counter was wrong: a machine that was held and let go on
    assert body(lite) == before
    assert round(confirm_clock(lite.register, ACTOR).ahead_s) == 30 * 86_400
    assert lite.events()[-1] == Event("clock-confirmed", "register", {"ahead": 30 * 86_400})
    assert body(lite) != before
    assert offline(lite, number) is Word.VALID
    machine.pass_by(7_200)
    keep_current(lite.register)


def test_no_honest_office_is_stopped(lite: Office, machine: Machine, number: CardNumber) -> None:
    """A restart, a suspended laptop, a service stopped for three weeks, a clock set back and put right."""
    machine.restart()
    machine.pass_by(60)
    keep_current(lite.register)
    machine.restart()
    lite.clock.advance(days=21)
    keep_current(lite.register)
    machine.pass_by(21 * 86_400)
    keep_current(lite.register)
    lite.clock.advance(days=-1)
    machine.pass_by(7_200)
    keep_current(lite.register)
    lite.issue_one(applicant("external", 2))
    keep_current(lite.register)
    lite.clock.advance(days=1)
    machine.pass_by(7_200)
    keep_current(lite.register)
    assert offline(lite, number) is Word.VALID


def test_another_process_remembers_the_last_signing(lite: Office, machine: Machine, number: CardNumber) -> None:
    machine.pass_by(7_200)
    lite.clock.advance(days=2)
    with open_register(lite.settings, machine.effects) as other:
        with pytest.raises(ClockAhead):
            keep_current(other)
        assert lite.check(number) is Word.VALID


@pytest.mark.usefixtures("number")
def test_the_first_version_of_a_list_waits_for_the_clock_too(lite: Office) -> None:
    lite.clock.advance(days=30)
    lite.register.database.needs_entries = False  # past the use cases
    with lite.register.database.write() as connection:
        status_lists.close_last(connection)  # as a restore does
    assert list_numbers(lite.register) == (1, 2)
    with pytest.raises(ClockAhead):
        status_list(lite.register, 2)
    assert status_list(lite.register, 3) is None
    checker = open_bundle(bundle(lite.register).body, Memory(), lite.clock.now)
    assert checker.status_lists.keys() <= {1}


def test_the_database_counts_time_where_it_has_a_clock(office: Office) -> None:
    """PostgreSQL's own clock notices a jump that the machine's restart has hidden; SQLite has none of its own."""
    machine = Machine(office)
    office.clock.now = effects.real().now()
    office.register.effects = machine.effects
    keep_current(office.register)
    number = office.issue_one(applicant("external", 1))
    keep_current(office.register)
    machine.restart()
    office.clock.advance(days=30)
    has_clock = office.settings.database_url.startswith("postgresql")
    assert clock_state(office.register).is_alarm is has_clock
    assert clock_state(office.register).compared_with == (("database",) if has_clock else ())
    assert office.check(number) is Word.VALID


def test_the_keeper_says_what_to_do(
    lite: Office, machine: Machine, number: CardNumber, caplog: pytest.LogCaptureFixture
) -> None:
    machine.pass_by(7_200)
    lite.clock.advance(days=30)

    async def a_moment() -> None:
        async with keeping(lite.register, pause_s=60):
            await asyncio.sleep(0.2)

    with caplog.at_level(logging.ERROR, "zhengka.keeper"):
        asyncio.run(a_moment())
    assert "zhengka clock confirm" in caplog.text
    assert lite.check(number) is Word.VALID


def test_the_real_clock_is_counted_beside() -> None:
    counters = effects.real().counters
    assert counters is not None
    first, second = counters(), counters()
    assert first.keys() == second.keys()
    assert all(0 <= second[name] - first[name] < 60 for name in first)


def test_a_clock_set_by_hand_is_believed(lite: Office) -> None:
    lite.issue_one(applicant("external", 1))
    keep_current(lite.register)
    lite.clock.advance(days=200)
    check_clock(lite.register)
    keep_current(lite.register)
