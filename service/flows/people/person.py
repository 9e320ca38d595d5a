"""Return all that the register holds of a person, to whoever answers for them (督§4, 考§5, 考§19).

What another body does is left out: an institution reads of its own contracts, a proposal is between whoever makes it
and whoever decides, the integrity record is for its keepers (督§4, 考§17). The centre reads everything.
"""

from __future__ import annotations

from sqlalchemy import Connection

from service.domain.access import Principal
from service.domain.access_record import Access, Act
from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.masking import mask_id
from service.domain.people import ResidentId
from service.domain.sight import CENTRE_SIGHT, Place, Sight, Ties, ground_of, sees, sight_of
from service.flows.cards.stored_photos import read_photo
from service.flows.errors import Refused, no_such_card
from service.flows.issue.issuing import ID_CONTEXT
from service.flows.people.access_records import record_access
from service.flows.people.person_file import Keeper, PersonFile
from service.flows.people.person_parts import (
    contract,
    held_card,
    is_for,
    noted,
    proposal,
    recorded,
    ties,
    visit,
    within,
)
from service.flows.people.record import person_record, readable_of
from service.flows.people.search import Names, names_of
from service.flows.register import Register
from service.store import blobs, cards, dossiers, engagements, people


def person_of(register: Register, number: CardNumber, by: Principal) -> PersonFile:
    """Return all of whoever holds a card, over the cards that one sees, the newest first.

    Raises Refused, as for a number that nobody has, where one does not see that card.
    """
    try:
        told, ground = _person_of(register, number, by.body, sight_of(by.account))
    except Refused as refused:
        record_access(
            register, by.actor, Access(act=Act.REFUSED, number=number, ground=Act.PERSON, outcome=refused.code)
        )
        raise
    record_access(register, by.actor, Access(act=Act.PERSON, number=number, ground=ground))
    return told


def whole_person_of(register: Register, number: CardNumber, actor: str) -> PersonFile:
    """Return all of whoever holds a card to whoever sits at the machine. Raises Refused for a number nobody has."""
    told, _ = _person_of(register, number, CENTRE, CENTRE_SIGHT)
    record_access(register, actor, Access(act=Act.PERSON, number=number, ground="machine"))
    return told


def ground_to_see(register: Register, number: CardNumber, by: Principal) -> str:
    """Return on what ground somebody sees a card, as ``domain.sight`` names it; empty where there is none."""
    today = register.effects.today()
    with register.database.read() as connection:
        asked = cards.get(connection, number)
        if asked is None:
            return ground_of(sight_of(by.account), Ties(), today)
        names = names_of(register, connection)
        engaged_at = _engaging(connection, asked.card.person, names)
        return ground_of(sight_of(by.account), ties(asked, engaged_at, names), today)


def photo_of_person(register: Register, told: PersonFile) -> bytes | None:
    """Read the newest photograph of a person whom one sees; None where there is none."""
    if told.photo_of is None:
        return None
    with register.database.read() as connection:
        found = cards.get(connection, told.photo_of)
        return None if found is None or found.photo is None else read_photo(connection, found.photo)


def _engaging(connection: Connection, person: int, names: Names) -> tuple[Place, ...]:
    contracts = engagements.of_person(connection, person)
    return tuple(names.place(one.term.institution, one.term.until) for one in contracts)


def _person_of(register: Register, number: CardNumber, body: str, sight: Sight) -> tuple[PersonFile, str]:
    today = register.effects.today()
    with register.database.read() as connection:
        asked = cards.get(connection, number)
        if asked is None:
            raise no_such_card(number)
        person = people.get(connection, asked.card.person)
        assert person is not None  # the card refers to it
        names = names_of(register, connection)
        contracts = engagements.of_person(connection, asked.card.person)
        sent = dossiers.dispatches_of(connection, asked.card.person)
        engaged_at = tuple(names.place(one.term.institution, one.term.until) for one in contracts)
        held = tuple(
            one
            for one in dossiers.records_of(connection, asked.card.person)
            if sees(sight, ties(one, engaged_at, names), today)
        )
        numbers = [one.card.number for one in held]
        if number not in numbers:
            raise no_such_card(number)
        ground = ground_of(sight, ties(asked, engaged_at, names), today)
        read = readable_of(connection, [one.card for one in held], body, today)
        proposed = tuple(
            one
            for one in dossiers.proposals_of(connection, numbers)
            if sight.is_unrestricted or body in {one.issuer, one.proposal.body}
        )
        entries = dossiers.entries_on(connection, numbers)
        stored = blobs.present(connection, (one.photo for one in held if one.photo is not None))
        shown_cards = tuple(
            held_card(
                connection,
                one,
                held,
                names,
                today,
                told=one.card.number in read,
                has_photo=one.photo in stored,
            )
            for one in held
        )
    contracts = tuple(one for one in contracts if within(sight, one.engagement.institution, names))
    visits = tuple(
        one for one in sent if within(sight, one.institution, names) or one.authority in sight.district_names
    )
    told = person_record(register, min(read), body=body) if read else None
    about = {
        "engagement": {one.id for one in contracts},
        "dispatch": {one.id for one in visits},
        "proposal": {one.id for one in proposed},
    }
    photographed = (one.card.number for one in held if one.photo in stored)
    file = PersonFile(
        name=person.name,
        resident_id=mask_id(ResidentId(register.cipher.open(person.id_sealed, ID_CONTEXT + person.blind_index))),
        photo_of=next(photographed, None),
        cards=shown_cards,
        contracts=tuple(contract(one, names) for one in contracts),
        visits=tuple(visit(one, names) for one in visits),
        proposals=tuple(proposal(one, names) for one in proposed),
        keepers=() if told is None else tuple(Keeper(zh, en) for _, (zh, en) in told.keepers),
        record=() if told is None else tuple(recorded(line, names) for line in told.lines if line.number in read),
        journal=tuple(noted(entry, names) for entry in entries if is_for(entry, sight, about, read)),
    )
    return file, ground
