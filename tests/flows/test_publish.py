from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import update

from keys.document import open_document
from keys.identity import fingerprint
from keys.keyring import Purpose
from service.domain import status_list as lists
from service.domain.access import By
from service.domain.bundle import NAMES_AAD, decode_bundle, decode_names
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.issuer import Institution
from service.domain.status_list import LIST_SIZE, Status, StatusListPayload, decode_payload
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.people.institutions import add_institution
from service.flows.publishing.publish import (
    KEY_DOCUMENT_TYPE,
    RESIGN_AHEAD,
    STATUS_LIST_AAD,
    STATUS_LIST_HEADERS,
    Published,
    bundle,
    keep_current,
    key_document,
    list_numbers,
    status_list,
)
from service.flows.register import open_register
from service.flows.running.ready import check_ready
from service.store import status_lists
from service.store.tables import status_publication
from tests.flows.office import ACTOR, SCHOOL, Office, applicant, one_of_each

HOUR = 3600


def published(office: Office, number: int = 1) -> Published:
    found = status_list(office.register, number)
    assert found is not None
    return found


def payload_of(office: Office, body: bytes, number: int = 1) -> StatusListPayload:
    ring = office.register.trusted_keys().ring
    verified = ring.verify_tagged(body, Purpose.STATUS, STATUS_LIST_AAD, STATUS_LIST_HEADERS)
    return decode_payload(verified.payload, number=number)


def now(office: Office) -> int:
    return int(office.clock.now.timestamp())


def test_list_stands_for_an_hour_and_is_signed_anew_when_anything_changes(office: Office) -> None:
    """CONTRACT: re-signed hourly and at once after a change; iat rises strictly."""
    assert status_list(office.register, 1) is None
    assert list_numbers(office.register) == ()
    number = office.issue_one(applicant("external", 1))
    first = published(office)
    payload = payload_of(office, first.body)
    assert (payload.issued_at, payload.expires_at, payload.ttl) == (
        now(office),
        now(office) + lists.LIFETIME,
        lists.TTL,
    )
    assert payload.subject == f"https://{office.register.host}/status-lists/1"
    assert (payload.status_at(0), payload.status_at(1)) == (Status.VALID, Status.NEVER_ISSUED)
    assert first.media_type == lists.MEDIA_TYPE

    office.clock.advance(seconds=HOUR - 1)
    assert published(office) == first
    office.clock.advance(seconds=1)
    later = published(office)
    assert later.etag != first.etag
    assert payload_of(office, later.body).issued_at == payload.issued_at + HOUR

    void_number(
        office.register, number, VoidRequest(reason="印错"), By(ACTOR)
    )  # in the very second in which the list was signed
    changed = payload_of(office, published(office).body)
    assert changed.issued_at == payload.issued_at + HOUR + 1
    assert changed.status_at(0) is Status.VOIDED
    assert published(office) == published(office)
    assert status_list(office.register, 2) is None


def test_clock_set_back_leaves_no_older_list(lite: Office) -> None:
    lite.issue_one(applicant("external", 1))
    iats = [payload_of(lite, published(lite).body).issued_at]
    for days in (1, -30, 0, 0):
        lite.clock.advance(days=days)
        payload = payload_of(lite, published(lite).body)
        assert payload.expires_at - payload.issued_at == lists.LIFETIME
        iats.append(payload.issued_at)
    assert iats == sorted(iats)
    assert iats[1] - iats[0] == 24 * HOUR


def test_every_fate_of_a_copy_has_its_status(office: Office) -> None:
    outcome = office.issue(*one_of_each())
    valid, revoked, voided, external, internal = (CardNumber(row.number or "") for row in outcome.issued)
    revoke_card(
        office.register, revoked, RevocationRequest(ground="考§21(4)", reason="错判", decided_by="王主任"), By(ACTOR)
    )
    void_number(office.register, voided, VoidRequest(reason="印错"), By(ACTOR))
    replace_card(office.register, external, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    payload = payload_of(office, published(office).body)
    assert [payload.status_at(index) for index in range(7)] == [
        Status.VALID,
        Status.REVOKED,
        Status.VOIDED,
        Status.REPLACED,
        Status.VALID,
        Status.VALID,  # the new copy of the external card
        Status.NEVER_ISSUED,
    ]
    assert {valid, internal}.isdisjoint({revoked, voided, external})


def test_status_changes_with_the_day_by_itself(lite: Office) -> None:
    """督§10, 考§12: superseded from the day of the renewal on; after the last valid day only a cancellation is told."""
    former = lite.issue_one(applicant("external", 1))
    revoked = lite.issue_one(applicant("external", 2))
    voided = lite.issue_one(applicant("external", 3))
    lite.move_to(date(2029, 6, 1))
    revoke_card(
        lite.register, revoked, RevocationRequest(ground="督§19(4)", reason="泄密", decided_by="王主任"), By(ACTOR)
    )
    void_number(lite.register, voided, VoidRequest(reason="印错"), By(ACTOR))
    again = {"certified_on": date(2029, 5, 20), "applied_on": date(2029, 5, 2)}
    lite.issue_one(applicant("external", 1, **again), issued_on=date(2029, 6, 3))

    def statuses() -> list[Status]:
        payload = payload_of(lite, published(lite).body)
        return [payload.status_at(index) for index in range(3)]

    assert statuses() == [Status.VALID, Status.REVOKED, Status.VOIDED]
    lite.clock.set_to(date(2029, 6, 3), hour=0)
    assert statuses() == [Status.SUPERSEDED, Status.REVOKED, Status.VOIDED]
    lite.clock.set_to(date(2029, 11, 3), hour=0)
    assert statuses() == [Status.VALID, Status.REVOKED, Status.VALID]
    assert lite.card(former).status_on == date(2029, 6, 3)


def test_a_list_that_stands_is_served_as_stored(office: Office) -> None:
    """Nothing is read but the stored bytes: not the 131,072 places."""
    office.issue_one(applicant("external", 1))
    published(office)
    office.register.database.needs_entries = False  # past the use cases
    with office.register.database.write() as connection:
        connection.execute(
            update(status_publication).values(iat=status_publication.c.iat + 1, body=b"the very bytes stored")
        )
    assert published(office).body == b"the very bytes stored"
    assert decode_bundle(bundle(office.register).body).status_lists == (b"the very bytes stored",)


def test_a_list_of_an_earlier_version_of_the_program_is_signed_anew(lite: Office) -> None:
    lite.issue_one(applicant("external", 1))
    first = published(lite)
    lite.register.database.needs_entries = False  # past the use cases
    with lite.register.database.write() as connection:
        connection.execute(update(status_publication).values(iat=now(lite) + 1, told_on=None, key_version=None))
    later = published(lite)
    assert later.etag != first.etag
    assert payload_of(lite, later.body).issued_at == now(lite) + 2


def test_the_service_signs_before_a_visitor_has_to_wait(lite: Office) -> None:
    lite.issue_one(applicant("external", 1))
    keep_current(lite.register)
    first = published(lite)
    lite.clock.advance(seconds=RESIGN_AHEAD - 1)
    keep_current(lite.register)
    assert published(lite) == first
    lite.clock.advance(seconds=1)
    keep_current(lite.register)
    second = published(lite)
    assert payload_of(lite, second.body).issued_at == now(lite)
    lite.clock.advance(seconds=HOUR - 1)
    assert published(lite) == second


def test_a_crowd_gets_one_and_the_same_list(office: Office) -> None:
    number = office.issue_one(applicant("external", 1))
    before = published(office)
    void_number(office.register, number, VoidRequest(reason="印错"), By(ACTOR))
    neighbour = open_register(office.settings, office.effects)  # another process of the service
    with neighbour, ThreadPoolExecutor(8) as threads:
        registers = (office.register, neighbour) * 8
        answers = set(threads.map(lambda register: status_list(register, 1), registers))
    assert len(answers - {before}) == 1
    assert before not in answers
    assert published(office) in answers


def test_a_bundle_is_put_together_anew_when_any_part_changes(lite: Office) -> None:
    number = lite.issue_one(applicant("external", 1))
    bundles = [bundle(lite.register).body]
    add_institution(lite.register, Institution("500999", "S", "重庆市新技工学校"), ACTOR)
    bundles.append(bundle(lite.register).body)
    void_number(lite.register, number, VoidRequest(reason="印错"), By(ACTOR))
    bundles.append(bundle(lite.register).body)
    lite.rotate(Purpose.HEAD)
    bundles.append(bundle(lite.register).body)
    assert len(set(bundles)) == 4
    assert bundle(lite.register).body is bundle(lite.register).body


def test_new_key_document_signs_the_lists_anew(lite: Office) -> None:
    lite.issue_one(applicant("external", 1))
    first = payload_of(lite, published(lite).body)
    lite.rotate(Purpose.STATUS)
    second = payload_of(lite, published(lite).body)
    assert (first.key_document_version, second.key_document_version) == (1, 3)
    assert second.issued_at > first.issued_at


def test_copies_run_on_into_the_next_list(office: Office) -> None:
    """Indices are never reused: a full list is followed by the next."""
    office.issue_one(applicant("external", 1))
    office.register.database.needs_entries = False  # past the use cases
    with office.register.database.write() as connection:
        (*_, last) = status_lists.claim(connection, LIST_SIZE - 3)
    assert last.index == LIST_SIZE - 3
    office.issue(*(applicant("external", person) for person in range(2, 6)))
    assert list_numbers(office.register) == (1, 2)
    payloads = [payload_of(office, published(office, number).body, number) for number in (1, 2)]
    assert [payloads[0].status_at(index) for index in (0, 1, LIST_SIZE - 2, LIST_SIZE - 1)] == [
        Status.VALID,
        Status.NEVER_ISSUED,
        Status.VALID,
        Status.VALID,
    ]
    assert [payloads[1].status_at(index) for index in (0, 1, 2)] == [Status.VALID, Status.VALID, Status.NEVER_ISSUED]
    assert len(decode_bundle(bundle(office.register).body).status_lists) == 2


def test_bundle_holds_all_a_checker_needs(office: Office) -> None:
    office.issue_one(applicant("internal", 1))
    parts = decode_bundle(bundle(office.register).body)
    document, pin = open_document(parts.key_document, None)
    assert parts.key_document == key_document(office.register).body
    assert pin.root == fingerprint(office.root().public)
    assert document.hosts == (office.register.host,)
    assert {record.purpose for record in document.keys} == set(Purpose)
    assert parts.status_lists == (published(office).body,)
    ring = office.register.trusted_keys().ring
    names = decode_names(ring.verify_tagged(parts.names, Purpose.STATUS, NAMES_AAD, {}).payload)
    assert names.institutions[SCHOOL.code] == SCHOOL.name
    assert names.occupations["6-31-01-03"] == "电工"
    assert bundle(office.register) == bundle(office.register)


def test_key_document_is_published_as_it_was_signed(lite: Office) -> None:
    first = key_document(lite.register)
    assert first.media_type == KEY_DOCUMENT_TYPE
    assert first == key_document(lite.register)
    assert first.etag.startswith('"')
    lite.rotate(Purpose.HEAD)
    assert key_document(lite.register).etag != first.etag


def test_service_is_ready_while_it_can_sign_lists(lite: Office) -> None:
    check_ready(lite.register)
    lite.clock.advance(days=400)
    with pytest.raises(ValueError, match="no active status key"):
        check_ready(lite.register)
