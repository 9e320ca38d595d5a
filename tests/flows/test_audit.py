from __future__ import annotations

import sqlite3
from contextlib import closing

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import make_url, text

from keys.keyring import Purpose
from service.domain.access import By
from service.domain.card_number import CardNumber
from service.domain.merkle import leaf_hash, root_of
from service.flows.cards.card_requests import VoidRequest
from service.flows.cards.lifecycle import void_number
from service.flows.errors import Refused
from service.flows.running.audit import HEAD_CONTEXT, audit, export_journal, read_head, signed_head
from tests.flows.office import ACTOR, Office, applicant, one_of_each
from tests.flows.prepared import AfterWork


def tamper(office: Office, statement: str, **values: object) -> None:
    """Change a row as somebody would who has the database's password: past every rule."""
    database = office.register.database
    if database.dialect == "sqlite":
        path = make_url(office.settings.database_url).database
        assert path is not None
        with closing(sqlite3.connect(path)) as connection:  # which minds no foreign keys
            for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {trigger}")
            assert connection.execute(statement, values).rowcount == 1
            connection.commit()
    else:
        with database.write() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers, no foreign keys
            assert connection.execute(text(statement), values).rowcount == 1


def faults(office: Office) -> list[str]:
    return [fault.en for fault in audit(office.register).faults]


@pytest.fixture
def busy(after_work: AfterWork) -> Office:
    """An office with cards, a voided one among them."""
    return after_work(issue_and_void)


def issue_and_void(office: Office) -> None:
    office.issue(*one_of_each(), applicant("external", 6, score=59))
    void_number(office.register, office.issue_one(applicant("external", 7)), VoidRequest(reason="印错"), By(ACTOR))


def test_untouched_register_has_no_faults(busy: Office) -> None:
    found = audit(busy.register)
    assert found.faults == ()
    entries = list(export_journal(busy.register))
    assert (found.size, found.cards) == (len(entries), 6)
    assert found.root == root_of([leaf_hash(entry) for entry in entries]).hex()


TREE = "the journal differs from its tree: entries were altered, added or deleted"
TAMPERED = {
    "card made valid": (
        "UPDATE card SET status = 'valid', status_on = NULL WHERE number = 'R50260002'",
        ["card R50260002: the register says valid, the journal voided"],
    ),
    "card revoked past the journal": (
        "UPDATE card SET status = 'revoked', status_on = '2026-11-02' WHERE number = '26310020001'",
        ["card 26310020001: the register says revoked, the journal valid"],
    ),
    "card lengthened": (
        "UPDATE card SET expires_on = '2036-11-02' WHERE number = 'R50260001'",
        ["card R50260001: expires_on in the register differ from the journal"],
    ),
    "card shortened": (
        "UPDATE card SET expires_on = '2027-11-02' WHERE number = 'R50260001'",
        ["card R50260001: expires_on in the register differ from the journal"],
    ),
    "card given to another": (
        "UPDATE card SET person_id = person_id + 1 WHERE number = 'R50260001'",
        ["card R50260001: person in the register differ from the journal"],
    ),
    "another job type": (
        "UPDATE card_scope SET scope = 'occupation:焊工', occupation = '焊工' WHERE number = '26310020001'",
        ["card 26310020001: scopes in the register differ from the journal"],
    ),
    "another copy": (
        "UPDATE copy SET copy_id = (SELECT substr(credential, 1, 8) FROM copy LIMIT 1) WHERE number = 'R50260001'",
        ["card R50260001: copy in the register differ from the journal"],
    ),
    "number taken out": (
        "DELETE FROM number WHERE number = '26310030001'",
        ["series 2631003: missing (1,), no card (), not issued ()"],
    ),
    "number set back": (
        "UPDATE number SET state = 'reserved', reason = 'x' WHERE number = 'R50260001'",
        ["series R5026: missing (), no card (), not issued ('R50260001',)"],
    ),
    "counter set forward": (
        "UPDATE series SET last_no = 3, top_no = 3 WHERE prefix = '2631001'",
        ["series 2631001: missing (2, 3), no card (), not issued ()"],
    ),
    "entry of no card taken out": (
        "DELETE FROM journal WHERE seq = (SELECT min(seq) FROM journal WHERE kind = 'batch-issued')",
        [TREE],
    ),
    "last entry taken out": (
        "DELETE FROM journal WHERE kind = 'card-voided'",
        [TREE, "card R50260002: the register says voided, the journal valid"],
    ),
    "entry of a card taken out": (
        "DELETE FROM journal WHERE kind = 'card-issued' AND subject = 'R50260001'",
        [TREE, "card R50260001: the register says valid, the journal nothing"],
    ),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_is_found(busy: Office, how: str) -> None:
    statement, expected = TAMPERED[how]
    tamper(busy, statement)
    assert set(expected) <= set(faults(busy))
    assert all(fault.zh != fault.en for fault in audit(busy.register).faults)


def test_altered_entry_is_found(busy: Office) -> None:
    """Also where the entry's own hash is altered with it: the tree's root stands on all of them."""
    (entry,) = (entry for entry in export_journal(busy.register) if b'"card-voided"' in entry)
    altered = entry.replace("印错".encode(), "误印".encode())
    seq = msgspec.json.decode(entry)["seq"]
    update = "UPDATE journal SET entry = :entry, leaf = :leaf WHERE seq = :seq"
    tamper(busy, update, entry=altered, leaf=leaf_hash(altered), seq=seq)
    assert TREE in faults(busy)


def test_entry_that_cannot_follow_is_named(busy: Office) -> None:
    """A journal that voids a card twice contradicts itself, whatever its hashes say."""
    entry = next(entry for entry in export_journal(busy.register) if b'"card-voided"' in entry)
    twice = msgspec.json.decode(entry)
    size = audit(busy.register).size
    twice["seq"] = size
    body = msgspec.json.encode(dict(sorted(twice.items())))
    insert = (
        "INSERT INTO journal (seq, at, actor, kind, subject, entry, leaf)"
        " SELECT :seq, at, actor, kind, subject, :entry, :leaf FROM journal WHERE seq = :old"
    )
    tamper(busy, insert, seq=size, entry=body, leaf=leaf_hash(body), old=msgspec.json.decode(entry)["seq"])
    assert any("card-voided cannot happen to card R50260002" in fault for fault in faults(busy))


def test_head_is_signed_for_what_it_is(busy: Office) -> None:
    head = signed_head(busy.register)
    found = audit(busy.register)
    assert (head.size, head.root, head.host) == (found.size, found.root, busy.register.host)
    assert read_head(msgspec.json.encode(head)) == head
    key = busy.register.signer(Purpose.HEAD).public
    message = HEAD_CONTEXT + msgspec.json.encode(msgspec.structs.replace(head, signature=""))
    Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(head.signature), message)
    busy.issue_one(applicant("external", 9))
    assert signed_head(busy.register).size > head.size


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"size": "1"}', b"\xff"])
def test_anything_else_is_no_head(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_head(data)
    assert refused.value.code == "head-malformed"


def test_numbers_of_the_journal_are_those_of_the_ledger(busy: Office) -> None:
    issued = [CardNumber(event.subject) for event in busy.events() if event.kind == "card-issued"]
    assert len(set(issued)) == len(issued) == audit(busy.register).cards
