"""People: an identity number sealed, findable by its blind index only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select, update

from service.domain.eligibility.case import Known, KnownCard
from service.store import assessments
from service.store.card_rows import select_cards, to_cards
from service.store.facts import note
from service.store.statements import chunks, upsert
from service.store.tables import cancellation, card, correction, person


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as stored: ``blind_index`` finds, the sealed fields need the key.

    ``commitment_key`` keys the digests by which the journal stands for what is kept of the person; the first one stays.
    """

    blind_index: bytes
    id_sealed: bytes
    name: str
    commitment_key: bytes
    phone_sealed: bytes | None = None


def put_many(connection: Connection, people: Iterable[Person]) -> dict[bytes, int]:
    """Enter people, or bring name and telephone of known ones up to date; return their ids by blind index.

    A telephone that is not stated leaves the one before. Rows are locked in the order of the blind indexes.
    """
    by_index = {new.blind_index: new for new in people}
    if not by_index:
        return {}
    statement = upsert(connection, person)
    statement = statement.on_conflict_do_update(
        index_elements=[person.c.blind_index],
        set_={
            "name": statement.excluded.name,
            "phone_sealed": func.coalesce(statement.excluded.phone_sealed, person.c.phone_sealed),
            "revision": person.c.revision + 1,
        },
    )
    connection.execute(
        statement,
        [
            {
                "blind_index": index,
                "id_sealed": new.id_sealed,
                "name": new.name,
                "phone_sealed": new.phone_sealed,
                "commitment_key": new.commitment_key,
            }
            for index, new in sorted(by_index.items())
        ],
    )
    found = ids(connection, by_index)
    note(connection, ("person", "person.name"), found.values())
    return found


def rename(connection: Connection, person_id: int, before: str, name: str) -> None:
    """Put a person's name right where it is the one that was wrong; a later application may have brought another."""
    changed = connection.execute(
        update(person)
        .where(person.c.id == person_id, person.c.name == before)
        .values(name=name, revision=person.c.revision + 1)
        .returning(person.c.id)
    )
    note(connection, "person.name", changed.scalars())


def ids(connection: Connection, blind_indexes: Iterable[bytes]) -> dict[bytes, int]:
    """Find people's ids by blind index; unknown ones are left out."""
    return {
        row.blind_index: row.id
        for chunk in chunks(blind_indexes)
        for row in connection.execute(select(person.c.blind_index, person.c.id).where(person.c.blind_index.in_(chunk)))
    }


def lock(connection: Connection, person_id: int) -> None:
    """Lock a person until the transaction ends: nobody else gives them a card or takes one away meanwhile."""
    connection.execute(select(person.c.id).where(person.c.id == person_id).with_for_update())


def get(connection: Connection, person_id: int) -> Person | None:
    """Find a person by id."""
    row = connection.execute(
        select(
            person.c.blind_index, person.c.id_sealed, person.c.name, person.c.phone_sealed, person.c.commitment_key
        ).where(person.c.id == person_id)
    ).one_or_none()
    if row is None:
        return None
    return Person(
        blind_index=row.blind_index,
        id_sealed=row.id_sealed,
        name=row.name,
        commitment_key=row.commitment_key,
        phone_sealed=row.phone_sealed,
    )


def known(connection: Connection, blind_indexes: Iterable[bytes]) -> dict[bytes, Known]:
    """Return all that planning needs of people: their cards and recorded assessments. Who was never met is left out."""
    found: dict[bytes, list[KnownCard]] = defaultdict(list)
    wanted: Sequence[bytes] = tuple(blind_indexes)
    met = ids(connection, wanted)
    for index in met:
        found[index] = []
    for chunk in chunks(wanted):
        rows = connection.execute(
            select_cards(
                person.c.blind_index,
                card.c.applied_on,
                card.c.application,
                cancellation.c.decided_on,
                correction.c.number.label("corrected"),
            )
            .join(person, person.c.id == card.c.person_id)
            .outerjoin(cancellation, cancellation.c.number == card.c.number)
            .outerjoin(correction, correction.c.number == card.c.number)
            .where(person.c.blind_index.in_(chunk))
        )
        for known_card, row in to_cards(rows):
            found[row.blind_index].append(
                KnownCard(
                    known_card,
                    applied_on=row.applied_on,
                    corrected=row.corrected is not None,
                    decided_on=row.decided_on,
                    certified_on=_certified_on(row.application),
                )
            )
    done = assessments.done_by(connection, met.values())
    return {index: Known(tuple(cards), done.get(met[index], {})) for index, cards in found.items()}


def _certified_on(application: Mapping[str, object] | None) -> date | None:
    """Return the certification date an application stated, None for a card from before the system."""
    stated = (application or {}).get("certified_on")
    return date.fromisoformat(stated) if isinstance(stated, str) else None
