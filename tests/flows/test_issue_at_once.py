from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from random import Random
from threading import Barrier, Thread

import pytest

from service.domain.access import By
from service.domain.application import RawRow
from service.domain.card import COPY_ID_BYTES
from service.domain.card_number import CardNumber
from service.domain.verdict_words import Word
from service.effects import Effects
from service.flows.cards.card_requests import RevocationRequest
from service.flows.cards.lifecycle import revoke_card
from service.flows.issue.outcome import Outcome
from service.flows.register import open_register
from service.flows.running.audit import audit
from service.store import cards, people
from service.store.cards import CardRecord
from tests.flows.office import Office, applicant, codes_of, resident_id

AT_ONCE = 4


def all_at_once(tasks: list[Callable[[], Outcome]]) -> list[Outcome]:
    """Start all tasks at the same moment and give what they answer; an error of one is raised."""
    start = Barrier(len(tasks))
    answers: list[Outcome] = []
    errors: list[BaseException] = []

    def run(task: Callable[[], Outcome]) -> None:
        start.wait()
        try:
            answers.append(task())
        except BaseException as error:  # noqa: BLE001 - raised again in the test's thread
            errors.append(error)

    threads = [Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return answers


def cards_of(office: Office, person: int) -> list[CardRecord]:
    with office.register.database.read() as connection:
        blind = office.register.blind.of(resident_id(person))
        known = people.known(connection, [blind])[blind]
        return [record for one in known.cards if (record := cards.get(connection, one.card.number)) is not None]


@pytest.mark.parametrize("kind", ["external", "standard"])
def test_one_person_issued_at_once_by_several_gets_one_card(office: Office, kind: str) -> None:
    """Nobody has two live cards for one scope (督§10, 考§12), whoever is first."""
    rows = [applicant(kind, 1), *(applicant("internal", person) for person in range(2, 2 + AT_ONCE))]
    answers = all_at_once([lambda row=row: office.issue(rows[0], row) for row in rows[1:]])  # type: ignore[misc]
    assert sorted(len(answer.issued) for answer in answers) == [1] * (AT_ONCE - 1) + [2]
    refused = [codes_of(answer)[2] for answer in answers if answer.refused]
    assert refused == [["certification-not-new", "renewal-too-early"]] * (AT_ONCE - 1)
    assert len(cards_of(office, 1)) == 1
    assert audit(office.register).faults == ()


def test_card_renewed_at_once_by_several_is_superseded_once(office: Office) -> None:
    former = office.issue_one(applicant("external", 1))
    office.move_to(date(2029, 6, 1))
    row = applicant("external", 1, certified_on=date(2029, 5, 20), applied_on=date(2029, 5, 2))
    answers = all_at_once([lambda: office.issue(row)] * AT_ONCE)
    assert sorted(len(answer.issued) for answer in answers) == [0] * (AT_ONCE - 1) + [1]
    assert len(cards_of(office, 1)) == 2
    assert office.check(former) is Word.SUPERSEDED
    assert audit(office.register).faults == ()


def test_one_key_used_at_once_gives_everybody_the_same_answer(office: Office) -> None:
    rows: tuple[RawRow, ...] = (applicant("external", 1), applicant("standard", 2), applicant("external", 3, score=50))
    answers = all_at_once([lambda: office.issue(*rows, key="one key")] * AT_ONCE)
    assert answers == [answers[0]] * AT_ONCE
    assert [row.number for row in answers[0].issued] == ["R50260001", "26310020001"]
    assert audit(office.register).cards == 2
    assert audit(office.register).faults == ()


def test_number_assigned_by_hand_at_once_by_several_goes_to_one(office: Office) -> None:
    rows = [applicant("external", person, number="R50260500", number_reason="指定") for person in range(1, 1 + AT_ONCE)]
    answers = all_at_once([lambda row=row: office.issue(row) for row in rows])  # type: ignore[misc]
    assert sorted(len(answer.issued) for answer in answers) == [0] * (AT_ONCE - 1) + [1]
    refused = [code for answer in answers for codes in codes_of(answer).values() for code in codes]
    assert refused == ["number-taken"] * (AT_ONCE - 1)
    assert audit(office.register).faults == ()


class Interrupted:
    """A clock at whose third reading, which lies between planning and storing a batch, something else happens."""

    def __init__(self, office: Office, meanwhile: Callable[[], object]) -> None:
        self._clock = office.clock
        self._meanwhile = meanwhile
        self.readings = 0

    def now(self) -> datetime:
        self.readings += 1
        if self.readings == 3:
            self._meanwhile()
        return self._clock.now


def issue_while(office: Office, row: RawRow, meanwhile: Callable[[], object]) -> Outcome:
    clock = Interrupted(office, meanwhile)
    other = Office(office.settings, clock=office.clock)
    other.register = open_register(office.settings, Effects(clock.now, Random(3).randbytes))
    try:
        return other.issue(row)
    finally:
        other.register.close()


def test_renewal_another_desk_makes_after_the_planning_is_seen(office: Office) -> None:
    former = office.issue_one(applicant("external", 1))
    office.move_to(date(2029, 6, 1))
    row = applicant("external", 1, certified_on=date(2029, 5, 20), applied_on=date(2029, 5, 2))
    outcome = issue_while(office, row, lambda: office.issue_one(row))
    assert codes_of(outcome) == {2: ["certification-not-new", "renewal-too-early"]}
    assert len(cards_of(office, 1)) == 2
    assert office.check(former) is Word.SUPERSEDED


def test_card_another_desk_issues_after_the_planning_is_seen(office: Office) -> None:
    row = applicant("external", 1)
    outcome = issue_while(office, row, lambda: office.issue_one(row))
    assert codes_of(outcome) == {2: ["certification-not-new", "renewal-too-early"]}
    assert len(cards_of(office, 1)) == 1


def test_cancellation_after_the_planning_is_seen(office: Office) -> None:
    """考§21: the bar holds from the cancellation on, also against a batch that is under way."""
    card = office.issue_one(applicant("standard", 1))

    def cancel() -> None:
        revoke_card(
            office.register,
            card,
            RevocationRequest(ground="考§21(2)", reason="作假", decided_by="王主任"),
            By("office"),
        )

    row = applicant("standard", 1, occupations="焊工", applied_on=date(2026, 9, 2), certified_on=date(2026, 10, 11))
    assert codes_of(issue_while(office, row, cancel)) == {2: ["barred"]}


def test_job_types_granted_after_the_planning_are_seen(office: Office) -> None:
    """考§9: at most two job types a person and application, over all batches."""
    rows = [applicant("standard", 1, occupations=job) for job in ("电工、焊工", "车工")]
    outcome = issue_while(office, rows[1], lambda: office.issue_one(rows[0]))
    assert codes_of(outcome) == {2: ["too-many-occupations"]}


def test_cancellation_takes_the_card_that_is_just_being_issued(office: Office) -> None:
    """考§21 takes all the person's assessor cards, also one whose transaction had begun."""
    first = office.issue_one(applicant("standard", 1))
    row = applicant("standard", 1, occupations="焊工", applied_on=date(2026, 9, 2), certified_on=date(2026, 10, 11))
    lost: list[CardNumber] = []

    def cancel() -> None:
        lost.extend(
            revoke_card(
                office.register,
                first,
                RevocationRequest(ground="考§21(2)", reason="作假", decided_by="王主任"),
                By("office"),
            )
        )

    canceller = Thread(target=cancel)
    random = Random(3)

    def random_bytes(count: int) -> bytes:
        if count == COPY_ID_BYTES and not canceller.ident:  # inside the transaction, the plan already found to hold
            canceller.start()
            canceller.join(timeout=0.3)  # has to wait for the transaction: if it can, it shall come first
        return random.randbytes(count)

    other = Office(office.settings, clock=office.clock)
    other.register = open_register(office.settings, Effects(lambda: office.clock.now, random_bytes))
    second = other.issue_one(row)
    other.register.close()
    canceller.join()
    assert lost == [first, second]
    assert [office.check(number) for number in lost] == [Word.REVOKED, Word.REVOKED]
