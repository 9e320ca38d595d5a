"""What the tables refuse by themselves, whatever path a row comes by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, update

from service.domain.cancellation import Decision, parse_ground
from service.domain.card_number import CardNumber
from service.domain.issuer import Institution
from service.store import cancellations, copies, institutions, numbers, status_lists
from service.store.copies import Copy
from service.store.engine import Database
from service.store.errors import (
    AlreadyCancelled,
    AppendOnly,
    Conflict,
    ConstraintBroken,
    CopyTaken,
    InstitutionTaken,
    KeyTaken,
    NumberStep,
    NumberTaken,
    PublicationStale,
    ReferenceMissing,
    ScopeTaken,
)
from service.store.status_lists import Publication
from service.store.tables import (
    card,
    card_scope,
    copy,
    institution,
    journal,
    journal_head,
    key_document,
    metadata,
    number,
    series,
    status_list,
)
from tests.store.issuing import NOW, TODAY, WELDER, digest, issue_one, make_card, store

SIGNED = Publication(1_700_000_000, b"signed", TODAY, 1)
OTHER_COPY = digest("other copy")[:8]
SCHOOL = Institution("500123", "S", "重庆市某某职业技能培训学校")

REFUSED_CARDS = {
    "the number is another kind's": ({"kind": "senior"}, "ck_card_kind_of_number"),
    "a centre's card by an institution": ({"issuer": "500123"}, "ck_card_issuer_of_number"),
    "a term that ends before it begins": ({"expires_on": date(2023, 1, 4)}, "ck_card_term"),
    "an unknown status": ({"status": "lost", "status_on": TODAY}, "ck_card_status"),
    "a status without its date": ({"status": "revoked"}, "ck_card_status_on"),
    "a date without a status": ({"status_on": TODAY}, "ck_card_status_on"),
    "its own predecessor": ({"predecessor": "23310020002"}, "ck_card_predecessor"),
    "a batch row without batch": ({"batch_row": 2}, "ck_card_batch_row"),
    "no name": ({"name": None}, "name"),
}


@pytest.mark.parametrize(("changes", "rule"), REFUSED_CARDS.values(), ids=REFUSED_CARDS)
def test_a_card_that_contradicts_itself_is_refused(database: Database, changes: dict[str, object], rule: str) -> None:
    with database.write() as connection:
        issue_one(connection)
        numbers.claim_many(connection, {"2331002": 1}, NOW)
    row = _row_of(database, card) | {"number": "23310020002"}
    with pytest.raises(ConstraintBroken, match=rule), database.write() as connection:
        connection.execute(insert(card), row | changes)
    with database.write() as connection:
        connection.execute(insert(card), row)  # what is refused above is refused for that reason only


def test_an_internal_card_belongs_to_the_institution_in_its_number(database: Database) -> None:
    """督§9: 由鉴定评价机构编码并颁发证卡."""
    with database.write() as connection:
        institutions.add(connection, SCHOOL, NOW)
        institutions.add(connection, Institution("500124", "S", "另一所学校"), NOW)
        issued = issue_one(connection, "S50012323")
        assert issued.card.institution == "500123"
        numbers.claim_many(connection, {"S50012323": 1}, NOW)
    row = _row_of(database, card) | {"number": "S500123230002"}
    for wrong in ({"issuer": "centre"}, {"institution": None}, {"institution": "500124"}):
        with pytest.raises(ConstraintBroken, match="issuer_of_number"), database.write() as connection:
            connection.execute(insert(card), row | wrong)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"number": "R50230002"}, "composed"),
        ({"number": "R50240001"}, "composed"),
        ({"number": "R50230000", "sequence": 0}, "sequence"),
        ({"state": "lost", "reason": "?"}, "state"),
        ({"state": "voided"}, "reason"),
    ],
)
def test_a_ledger_row_that_contradicts_itself_is_refused(database: Database, row: dict[str, object], rule: str) -> None:
    good = {"number": "R50230001", "prefix": "R5023", "sequence": 1, "state": "issued", "set_at": NOW}
    with database.write() as connection:
        connection.execute(insert(series), {"prefix": "R5023", "scheme": "external", "last_no": 0, "top_no": 0})
    with pytest.raises(ConstraintBroken, match=rule), database.write() as connection:
        connection.execute(insert(number), good | row)
    with database.write() as connection:
        connection.execute(insert(number), good)


def test_no_person_has_two_live_cards_for_one_scope(database: Database) -> None:
    """督§10, 考§12."""
    with database.write() as connection:
        first = issue_one(connection)
        other = issue_one(connection, occupations=(WELDER,))
        issue_one(connection, name="李四")
    with pytest.raises(ScopeTaken), database.write() as connection:
        issue_one(connection, predecessor=first.card.number)
    row = _row_of(database, card_scope) | {"number": str(other.card.number), "position": 1}
    with pytest.raises(ScopeTaken), database.write() as connection:
        connection.execute(insert(card_scope), row)


def test_a_card_has_two_job_types_at_most(database: Database) -> None:
    """考§9."""
    with database.write() as connection:
        issue_one(connection)
    row = _row_of(database, card_scope)
    with pytest.raises(ConstraintBroken, match="position"), database.write() as connection:
        connection.execute(insert(card_scope), row | {"position": 2, "scope": "occupation:x", "live": False})


def test_a_number_has_one_card(database: Database) -> None:
    with database.write() as connection:
        issue_one(connection)
    row = _row_of(database, card)
    with pytest.raises(NumberTaken), database.write() as connection:
        connection.execute(insert(card), row)


def test_a_card_needs_its_number_in_the_ledger(database: Database) -> None:
    with database.write() as connection:
        person = issue_one(connection).card.person
    with pytest.raises(ReferenceMissing), database.write() as connection:
        store(connection, [make_card(CardNumber("R50230001"), person)])


def test_an_internal_card_needs_its_institution_in_the_register(database: Database) -> None:
    with pytest.raises(ReferenceMissing), database.write() as connection:
        issue_one(connection, "S50012323")


def test_a_card_has_one_live_copy_and_a_copy_id_is_used_once(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
        other = issue_one(connection, occupations=(WELDER,))
        (slot,) = status_lists.claim(connection, 1)
    row = {**_row_of(database, copy), "copy_id": OTHER_COPY, "list_index": slot.index}
    again = (
        {"number": str(issued.card.number)},  # a second live copy
        {"number": str(issued.card.number), "copy_id": other.copy.copy_id, "state": "replaced", "replaced_on": TODAY},
        {"list_index": other.copy.list_index, "state": "replaced", "replaced_on": TODAY},
    )
    for changes in again:
        with pytest.raises(CopyTaken), database.write() as connection:
            connection.execute(insert(copy), row | changes)


def test_a_decision_on_a_card_is_entered_once(database: Database) -> None:
    decision = Decision(parse_ground("考§21(2)"), "centre", TODAY, "张三", "申报信息作假")
    with database.write() as connection:
        issued = issue_one(connection)
        cancellations.record_many(connection, [issued.card.number], decision, NOW)
    with pytest.raises(AlreadyCancelled), database.write() as connection:
        cancellations.record_many(connection, [issued.card.number], decision, NOW)
    with database.read() as connection:
        assert cancellations.get(connection, issued.card.number) == decision


def test_an_institution_code_is_used_once(database: Database) -> None:
    with database.write() as connection:
        institutions.add(connection, SCHOOL, NOW)
    with pytest.raises(InstitutionTaken), database.write() as connection:
        institutions.add(connection, SCHOOL, NOW)
    with pytest.raises(ConstraintBroken), database.write() as connection:
        connection.execute(insert(institution), {"code": "500124", "letter": "X", "name": "某", "created_at": NOW})


def test_what_is_recorded_is_not_rewritten(database: Database) -> None:
    with database.write() as connection:
        issued = issue_one(connection)
        status_lists.publish(connection, 1, SIGNED, over=None)
        connection.execute(insert(key_document), {"version": 1, "body": b"signed"})
        copies.replace(connection, _second_copy(connection, issued.card.number), TODAY)
    steps: tuple[tuple[type[Conflict], object], ...] = (
        (AppendOnly, update(journal).values(entry=b"")),
        (AppendOnly, update(journal_head).values(size=0)),
        (AppendOnly, update(series).values(last_no=0)),
        (AppendOnly, update(status_list).values(next_index=0)),
        (AppendOnly, update(card).values(issued_on=date(2023, 1, 6))),
        (AppendOnly, update(card).values(person_id=2)),
        (AppendOnly, update(copy).values(credential=b"")),
        (AppendOnly, update(copy).values(state="live", replaced_on=None)),
        (AppendOnly, update(key_document).values(body=b"")),
        (NumberStep, update(number).values(state="reserved", reason="?")),
        (KeyTaken, insert(key_document).values(version=1, body=b"")),
    )
    for conflict, step in steps:
        with pytest.raises(conflict), database.write() as connection:
            connection.execute(step)  # type: ignore[call-overload]
    for over in (None, SIGNED, replace(SIGNED, iat=SIGNED.iat + 1)):  # already published, not newer, not the one before
        with pytest.raises(PublicationStale), database.write() as connection:
            status_lists.publish(connection, 1, replace(SIGNED, body=b"signed again"), over=over)


def test_a_revoked_card_does_not_come_back(database: Database) -> None:
    with database.write() as connection:
        issue_one(connection)
        connection.execute(update(card).values(status="revoked", status_on=TODAY))
    with pytest.raises(AppendOnly), database.write() as connection:
        connection.execute(update(card).values(status="valid", status_on=None))


@pytest.mark.parametrize(
    "table",
    ["series", "number", "card", "copy", "status_list", "status_publication", "journal", "journal_head"],
)
def test_what_is_recorded_is_not_deleted(database: Database, table: str) -> None:
    with database.write() as connection:
        issue_one(connection)
        status_lists.publish(connection, 1, SIGNED, over=None)
    with pytest.raises(Conflict), database.write() as connection:
        connection.execute(delete(metadata.tables[table]))


def _row_of(database: Database, table: Table) -> dict[str, object]:
    """Read the first row of a table."""
    with database.read() as connection:
        return dict(connection.execute(select(table).limit(1)).one()._mapping)


def _second_copy(connection: Connection, card_number: CardNumber) -> Copy:
    (slot,) = status_lists.claim(connection, 1)
    return Copy(
        copy_id=OTHER_COPY,
        number=card_number,
        list_no=slot.list_no,
        list_index=slot.index,
        credential=b"credential",
        issued_at=NOW,
    )
