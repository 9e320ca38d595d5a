from __future__ import annotations

from dataclasses import replace
from datetime import date
from operator import attrgetter

import pytest
from sqlalchemy import Connection

from service.domain import card_steps as steps
from service.domain.cancellation import Decision, parse_ground
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.eligibility.case import KnownCard
from service.domain.issuer import Institution
from service.domain.status_list import LIST_SIZE, Status
from service.store import blobs, card_rows, cards, copies, institutions, numbers, people, status_lists
from service.store.cards import CardRecord
from service.store.copies import Copy
from service.store.engine import Database
from service.store.errors import ScopeTaken
from service.store.people import Person
from service.store.states import CopyState
from service.store.status_lists import Slot
from service.store.tables import status_list
from tests.store.issuing import (
    ELECTRICIAN,
    NOW,
    PHOTO,
    WELDER,
    Issued,
    add_person,
    digest,
    issue_batch,
    issue_one,
    make_card,
)

LATER = date(2023, 6, 1)
NEW_COPY = digest("new copy")[:8]
FALSIFIED = Decision(parse_ground("考§21(2)"), "centre", LATER, "张三", "申报信息作假")


def _save(connection: Connection, *changed: steps.Card) -> None:
    cards.save_many(connection, changed, LATER)


def _stored(database: Database, issued: Issued) -> steps.Card:
    with database.read() as connection:
        record = cards.get(connection, issued.card.number)
    assert record is not None
    return record.card


def _entries(database: Database, on: date = LATER) -> dict[int, Status]:
    with database.read() as connection:
        return status_lists.entries(connection, 1, on)


def test_a_card_is_read_as_it_was_stored(database: Database) -> None:
    with database.write() as connection:
        institutions.add(connection, Institution("500123", "S", "某学校"), NOW)
        both = issue_one(connection, occupations=(WELDER, ELECTRICIAN))
        external = issue_one(connection, "R5023")
        internal = issue_one(connection, "S50012323")
    assert _stored(database, both) == both.card
    assert _stored(database, external) == external.card
    assert _stored(database, internal) == internal.card
    with database.read() as connection:
        assert cards.of_person(connection, both.card.person) == (both.card, external.card, internal.card)
        assert cards.get(connection, CardNumber("R50239999")) is None
        in_order = sorted((one.card for one in (both, external, internal)), key=attrgetter("number"))
        assert list(cards.every(connection)) == in_order


def test_what_stands_beside_a_card_is_read_as_it_was_stored(database: Database) -> None:
    with database.write() as connection:
        person = add_person(connection)
        ((number,),) = numbers.claim_many(connection, {"R5023": 1}, NOW).values()
        record = CardRecord(
            card=replace(make_card(number, person), copy_id=card_rows.NO_COPY, in_house=False),
            applied_on=date(2022, 12, 1),
            photo=PHOTO.digest,
            application={"scores": [80, 70.5], "title": None, "title_zh": "高级"},
        )
        blobs.put_many(connection, [PHOTO])
        cards.insert_many(connection, [record], NOW)
        assert cards.get(connection, number) == record
        assert list(cards.printable(connection, [number])) == []  # no copy of it has been made
        assert copies.find_live(connection, number) is None


def test_revoking_ends_every_scope_and_is_told_by_the_list_for_ever(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
        held = cards.for_update(connection, [issued.card.number, CardNumber("R50239999")])
        revoked, _ = steps.revoke(held[issued.card.number], FALSIFIED, LATER)
        _save(connection, revoked)
    assert _stored(database, issued) == revoked
    assert _entries(database, date(2040, 1, 1)) == {0: Status.REVOKED}
    with database.write() as connection:
        issue_one(connection, issued_on=LATER)  # the scope is free again


def test_promotion_in_one_job_type_leaves_the_card_live_for_the_other(database: Database) -> None:
    """考§12: the old card is superseded when all its job types are covered."""
    with database.write() as connection:
        old = issue_one(connection, occupations=(ELECTRICIAN, WELDER))
        partly, _ = steps.supersede(old.card, frozenset({WELDER.scope}), CardNumber("23310010001"), LATER)
        _save(connection, partly)
        new = issue_one(connection, "2331001", occupations=(WELDER,), predecessor=old.card.number, issued_on=LATER)
    assert _stored(database, old) == partly
    assert _entries(database) == {0: Status.VALID, 1: Status.VALID}
    with pytest.raises(ScopeTaken), database.write() as connection:
        issue_one(connection, occupations=(ELECTRICIAN,))
    with database.write() as connection:
        wholly, _ = steps.supersede(
            cards.for_update(connection, [old.card.number])[old.card.number],
            frozenset({ELECTRICIAN.scope}),
            new.card.number,
            LATER,
        )
        _save(connection, wholly)
    assert _stored(database, old) == wholly
    assert _entries(database) == {0: Status.SUPERSEDED, 1: Status.VALID}
    assert _entries(database, date(2023, 5, 31)) == {0: Status.VALID, 1: Status.VALID}  # not before it takes effect
    assert _entries(database, date(2026, 1, 5)) == {0: Status.SUPERSEDED, 1: Status.VALID}
    assert _entries(database, date(2026, 1, 6)) == {0: Status.VALID, 1: Status.VALID}  # expired, and says so


def test_a_replaced_copy_stays_replaced(database: Database) -> None:
    """The old copy's QR answers replaced, and a copy found again stays so."""
    with database.write() as connection:
        issued = issue_one(connection)
        replaced, _ = steps.replace(issued.card, NEW_COPY, ReplacementReason.LOST, LATER)
        (slot,) = status_lists.claim(connection, 1)
        new = Copy(
            copy_id=NEW_COPY,
            number=issued.card.number,
            list_no=slot.list_no,
            list_index=slot.index,
            credential=b"new credential",
            issued_at=NOW,
        )
        copies.replace(connection, new, LATER)
        _save(connection, replaced)
    assert _stored(database, issued) == replaced
    assert _entries(database) == {0: Status.REPLACED, 1: Status.VALID}
    with database.read() as connection:
        old = copies.find(connection, issued.copy.copy_id)
        live = copies.find_live(connection, issued.card.number)
        assert old is not None
        assert live is not None
        assert old.copy == replace(issued.copy, state=CopyState.REPLACED, replaced_on=LATER)
        assert (live.copy, live.photo) == (new, PHOTO.digest)
        assert old.card == live.card == replaced
        assert copies.find(connection, bytes(8)) is None
        assert [one.credential for one in cards.printable(connection, [issued.card.number])] == [b"new credential"]


def test_a_voided_card_says_so_before_it_says_replaced(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
        voided, _ = steps.void(issued.card, "打印错误", LATER)
        _save(connection, voided)
    assert _entries(database) == {0: Status.VOIDED}
    assert _stored(database, issued) == voided


def test_planning_knows_every_card_of_a_person_and_when_it_was_applied_for(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection, name="王五")
        issue_one(connection, name="李四")
        new = Person(blind_index=digest("person", "赵六"), id_sealed=b"sealed", commitment_key=bytes(32), name="赵六")
        people.put_many(connection, [new])
        indexes = [digest("person", name) for name in ("王五", "赵六", "nobody")]
        known = people.known(connection, indexes)
    assert {index: one.cards for index, one in known.items()} == {
        indexes[0]: (KnownCard(issued.card, None),),
        indexes[1]: (),
    }


def test_a_person_is_kept_once_and_brought_up_to_date(database: Database) -> None:
    first = Person(
        blind_index=b"index", id_sealed=b"sealed", commitment_key=bytes(32), name="王五", phone_sealed=b"phone"
    )
    with database.write() as connection:
        before = people.put_many(connection, [first, first])
        after = people.put_many(connection, [replace(first, id_sealed=b"sealed anew", name="王伍", phone_sealed=None)])
        assert before == after
        assert people.get(connection, after[b"index"]) == replace(first, name="王伍")
        assert people.get(connection, 99) is None
        assert people.put_many(connection, []) == {}


def test_places_run_on_from_list_to_list(database: Database) -> None:
    with database.write() as connection:
        assert status_lists.claim(connection, 2) == (Slot(1, 0), Slot(1, 1))
        connection.execute(status_list.update().values(next_index=LIST_SIZE - 1))
        assert status_lists.claim(connection, 3) == (Slot(1, LIST_SIZE - 1), Slot(2, 0), Slot(2, 1))
        connection.execute(status_list.update().values(next_index=LIST_SIZE))
        assert status_lists.claim(connection, 0) == ()
        assert status_lists.claim(connection, 1) == (Slot(3, 0),)
        assert status_lists.list_numbers(connection) == (1, 2, 3)


def test_a_batch_is_read_in_the_order_of_its_rows(database: Database) -> None:
    issued = issue_batch(database, "key", {"2331002": 3, "R5023": 2})
    with database.read() as connection:
        assert cards.numbers_of_batch(connection, 1) == issued
        assert [one.card.number for one in cards.printable(connection, map(CardNumber, issued))] == sorted(issued)
        assert cards.numbers_of_batch(connection, 2) == ()
