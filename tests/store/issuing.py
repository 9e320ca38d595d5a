"""Made-up people and cards, issued straight through the store: what the store's tests put into a register."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.card_steps import issue
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.occupation import Occupation
from service.domain.validity import last_valid_day
from service.store import batches, blobs, cards, copies, journal, numbers, people, status_lists
from service.store.blobs import Blob
from service.store.cards import CardRecord
from service.store.copies import Copy
from service.store.engine import Database, open_database
from service.store.people import Person
from service.store.tables import MediaType

NOW = datetime(2023, 1, 5, 1, 2, 3, 456789, tzinfo=UTC)
TODAY = date(2023, 1, 5)
ELECTRICIAN = Occupation("电工", "6-31-01-03")
WELDER = Occupation("焊工")
PHOTO = Blob(b"\xff\xd8\xff photo", MediaType.JPEG)


@dataclass(frozen=True, slots=True)
class Issued:
    """A card just issued and its copy."""

    card: Card
    copy: Copy


def digest(*words: object) -> bytes:
    return hashlib.sha256(repr(words).encode()).digest()


def add_person(connection: Connection, name: str = "王五") -> int:
    index = digest("person", name)
    return people.put_many(
        connection, [Person(blind_index=index, id_sealed=b"sealed", commitment_key=bytes(32), name=name)]
    )[index]


def make_card(
    number: CardNumber,
    person: int,
    *,
    occupations: tuple[Occupation, ...] = (ELECTRICIAN,),
    copy_id: bytes | None = None,
    predecessor: CardNumber | None = None,
    issued_on: date = TODAY,
) -> Card:
    internal = number.kind is CardKind.INTERNAL
    return Card(
        number=number,
        kind=number.kind,
        person=person,
        name="王五",
        issuer=number.institution or CENTRE,
        institution=number.institution,
        work_unit="重庆市某某职业技能培训学校",
        occupations=occupations if number.kind.is_assessor else (),
        issued_on=issued_on,
        expires_on=last_valid_day(issued_on),
        status=CardStatus.VALID,
        status_on=None,
        released=frozenset(),
        predecessor=predecessor,
        copy_id=copy_id or digest("copy", number)[:8],
        in_house=True if internal else None,
    )


def issue_one(connection: Connection, prefix: str = "2331002", *, name: str = "王五", **details: object) -> Issued:
    """Issue one card of a series to a person, with its copy and its entry in the journal."""
    person = add_person(connection, name)
    ((number,),) = numbers.claim_many(connection, {prefix: 1}, NOW).values()
    (issued,) = store(connection, [make_card(number, person, **details)])  # type: ignore[arg-type]
    return issued


def store(connection: Connection, new: list[Card], batch_id: int | None = None) -> tuple[Issued, ...]:
    """Store cards whose numbers are claimed, their copies and their entries."""
    slots = status_lists.claim(connection, len(new))
    made = tuple(
        Copy(
            copy_id=card.copy_id,
            number=card.number,
            list_no=slot.list_no,
            list_index=slot.index,
            credential=b"credential of " + card.number.encode(),
            issued_at=NOW,
        )
        for card, slot in zip(new, slots, strict=True)
    )
    blobs.put_many(connection, [PHOTO])
    records = [
        CardRecord(card=card, batch_id=batch_id, batch_row=None if batch_id is None else row, photo=PHOTO.digest)
        for row, card in enumerate(new, start=2)
    ]
    cards.insert_many(connection, records, NOW)
    copies.insert_many(connection, made)
    journal.append_many(connection, NOW, "office", (event for _, event in map(issue, new)))
    return tuple(Issued(card, copy) for card, copy in zip(new, made, strict=True))


def issue_batch(database: Database, key: str, wanted: Mapping[str, int]) -> tuple[str, ...]:
    """Issue so many cards of each series in one transaction, each to a person of its own, under a key."""
    with database.write() as connection:
        batch = batches.begin(
            connection,
            actor="office",
            key=key,
            request_hash=digest(sorted(wanted.items())),
            now=NOW,
            issued_on=TODAY,
            commitment_key=bytes(32),
        )
        if batch.result is not None:
            return tuple(batch.result)
        holders = [
            Person(blind_index=index, id_sealed=b"sealed", commitment_key=bytes(32), name="王五")
            for index in _indexes(key, wanted)
        ]
        ids = people.put_many(connection, holders)
        claimed = numbers.claim_many(connection, wanted, NOW)
        issued = [number for prefix in sorted(claimed) for number in claimed[prefix]]
        store(
            connection,
            [make_card(no, ids[one.blind_index]) for no, one in zip(issued, holders, strict=True)],
            batch.id,
        )
        batches.finish(connection, batch.id, list(map(str, issued)))
    return tuple(issued)


class StoreIssuer:
    """Issue through the store alone: what the kill test's workers call."""

    def __init__(self, url: str) -> None:
        self._database = open_database(url)

    def issue(self, key: str, wanted: Mapping[str, int]) -> tuple[str, ...]:
        return issue_batch(self._database, key, wanted)

    def close(self) -> None:
        self._database.close()


def _indexes(key: str, wanted: Mapping[str, int]) -> Iterator[bytes]:
    return (digest("person", key, place) for place in range(sum(wanted.values())))
