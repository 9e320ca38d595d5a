"""The people of an assessment as the register knows them: planned ones with their cards, and those who have come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from service.domain.assessment import Attendee, Declared, Role, ShownCard
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.card_view import view_of
from service.domain.dispatching import Visit, avoidance, visits_running
from service.domain.fitness import Dispatch, works_inside
from service.domain.issuer import CENTRE, Institution
from service.domain.kinds import CardKind
from service.domain.tidy import name_key
from service.domain.verdict_words import Word
from service.flows.checking.standings import Standings
from service.flows.people.dispatching import visits_of
from service.flows.register import Register
from service.store import assessments, card_lists
from service.store.assessments import Arrival, PlannedPerson, StoredAssessment

_OPEN_AT_DOOR: Final = frozenset({None, Word.VALID, Word.STATUS_UNKNOWN, Word.UNKNOWN_KEY})
"""What the door found that the register may know better."""


class People:
    """The people of one assessment; ``place`` is its institution."""

    def __init__(self, register: Register, connection: Connection, held: StoredAssessment, place: Institution) -> None:
        self._register = register
        self._connection = connection
        self._held = held
        self._place = place
        self._visits = _visits(connection, held, place.code)
        self._planned = assessments.people_of(connection, held.id)
        self._arrivals = assessments.arrivals_of(connection, held.id)
        self._keys = _keys_of(self._planned)
        self._standings = Standings(register, connection)
        self._held_by: dict[int, list[Card]] = {}
        shown = [one.copy for one in self._arrivals if one.copy is not None]
        numbers = [*(one.number for one in self._planned), *(one.number for one in self._arrivals)]
        self.read((CardNumber(number) for number in numbers if number is not None), shown)

    def read(self, numbers: Iterable[CardNumber], shown: Iterable[bytes] = ()) -> None:
        """Read the cards of further people, all at once, before they are asked for by ``with_card``."""
        wanted = tuple(numbers)
        self._standings.read(wanted, shown)
        cards = filter(None, map(self._standings.card, wanted))
        externals = {one.person for one in cards if one.kind is CardKind.EXTERNAL} - self._held_by.keys()
        if externals:
            self._held_by |= card_lists.of_people(self._connection, externals)

    def planned(self) -> tuple[Attendee, ...]:
        """Return those of the plan, with what their cards will be worth when the assessment starts."""
        return tuple(self._of_plan(one) for one in self._planned)

    def called(self) -> tuple[Attendee, ...]:
        """Return those of the plan, come or not, and at the end who has come beside them."""
        come: dict[int, list[Arrival]] = defaultdict(list)
        beside: list[Arrival] = []
        for one in self._arrivals:
            planned = self._plan_of(one)
            if planned is None:
                beside.append(one)
            else:
                come[planned].append(one)
        return (
            *(attendee for one in self._planned for attendee in self._come(one, come[one.id])),
            *self._beside(beside),
        )

    def find(self, person: str, role: Role, number: str | None) -> int | None:
        """Find the plan's id of somebody in a role, by ``Attendee.person``; of two cards, the one shown."""
        found = [one for one in self._planned if self._keys[one.id] == person and one.role is role]
        return next((one.id for one in found if one.number == number), found[0].id if found else None)

    def _plan_of(self, arrival: Arrival) -> int | None:
        """Find whom of the plan an arrival is: as the door says, or by person and role."""
        if arrival.planned is not None:
            return arrival.planned
        card = None if arrival.number is None else self._card(arrival.number)
        return None if card is None else self.find(f"r{card.person}", arrival.role, arrival.number)

    def _of_plan(self, one: PlannedPerson) -> Attendee:
        attendee = Attendee(
            person=self._keys[one.id],
            name=one.name,
            role=one.role,
            is_known=one.person is not None or one.blind_index is not None,
            declared=one.declared,
        )
        if one.number is None:
            return attendee
        return self._with_card(attendee, one.number, self._standings.word(one.number, None, self._starts_at), None)

    def _come(self, one: PlannedPerson, arrivals: Sequence[Arrival]) -> Iterator[Attendee]:
        """Return somebody of the plan once for each card shown; ticked without a card only if none was shown."""
        planned = self._of_plan(one)
        if not arrivals:
            yield planned
            return
        first = min(arrival.came_at for arrival in arrivals)
        declared = next((said.declared for said in reversed(arrivals) if said.declared is not None), one.declared)
        come = replace(planned, came_at=first, declared=declared)
        shown = {arrival.number: arrival for arrival in arrivals if arrival.number is not None}
        if not shown:
            yield replace(come, card=None)
        for number, arrival in shown.items():
            yield self._with_card(come, CardNumber(number), self._word(arrival), arrival.is_holder)

    def _beside(self, arrivals: Iterable[Arrival]) -> Iterator[Attendee]:
        last: dict[tuple[str, Role, str | None], Attendee] = {}
        for arrival in arrivals:
            card = None if arrival.number is None else self._card(arrival.number)
            name = arrival.name or (arrival.number or "") if card is None else card.name
            person = (
                f"r{card.person}"
                if card is not None
                else f"card:{arrival.number}"
                if arrival.number is not None
                else f"name:{name_key(name)}"
            )
            attendee = Attendee(
                person=person,
                name=name,
                role=arrival.role,
                is_known=card is not None,
                is_planned=False,
                came_at=arrival.came_at,
                declared=arrival.declared,
            )
            if arrival.number is not None:
                number = CardNumber(arrival.number)
                attendee = self._with_card(attendee, number, self._word(arrival), arrival.is_holder)
            key = (person, arrival.role, arrival.number)
            earlier = last.get(key)
            last[key] = attendee if earlier is None else replace(attendee, came_at=earlier.came_at)
        yield from last.values()

    def with_card(self, number: CardNumber, role: Role, declared: Declared | None = None) -> Attendee:
        """Return whoever holds a registered card, as they would be planned in a role."""
        card = self._card(number)
        assert card is not None, "it is registered"
        attendee = Attendee(person=f"r{card.person}", name=card.name, role=role, declared=declared)
        return self._with_card(attendee, number, self._standings.word(number, None, self._starts_at), None)

    def _with_card(
        self,
        attendee: Attendee,
        number: CardNumber,
        word: Word,
        is_holder: bool | None,  # noqa: FBT001 - three values
    ) -> Attendee:
        card = self._card(number)
        if card is None:
            return replace(attendee, card=_unregistered(number, word, is_holder))
        view = view_of(card, None)
        engaged, sent = self._standings.places_of(card)
        shown = ShownCard(
            number=number,
            kind=card.kind,
            issuer=card.issuer,
            occupations=view.occupations,
            verdict=word,
            is_holder=is_holder,
        )
        on = self._held.assessment.on
        if attendee.role is not Role.EXTERNAL:
            return replace(attendee, card=shown, is_on_record=works_inside(view, self._place.code, on, engaged))
        return replace(
            attendee,
            card=shown,
            is_on_record=Dispatch(self._place.code, on) in sent,
            running=visits_running(card.person, (on, self._held.plan), self._visits)[0],
            is_employed_here=self._is_employed_here(card),
        )

    def _is_employed_here(self, card: Card) -> bool:
        on = self._held.assessment.on
        engaged = any(one.term.covers(self._place.code, on) for one in self._standings.contracts_of(card.person))
        return bool(avoidance(self._held_by.get(card.person, ()), self._place, engaged_there=engaged))

    def _word(self, arrival: Arrival) -> Word:
        """Take the door's word where it is bad, and else the register's for that moment: known-bad is never unknown."""
        door = None if arrival.verdict is None else Word(arrival.verdict)
        if door not in _OPEN_AT_DOOR or arrival.number is None:
            return door or Word.UNREADABLE
        return self._standings.word(CardNumber(arrival.number), arrival.copy, arrival.came_at)

    def _card(self, number: str) -> Card | None:
        return self._standings.card(CardNumber(number))

    @property
    def _starts_at(self) -> datetime:
        return self._held.assessment.starts_at


def _keys_of(planned: Iterable[PlannedPerson]) -> Mapping[int, str]:
    """Name people so that the same person has the same name, and the name tells nothing."""
    blind: dict[bytes, int] = {}
    keys: dict[int, str] = {}
    for one in planned:
        if one.person is not None:
            keys[one.id] = f"r{one.person}"
        elif one.blind_index is not None:
            keys[one.id] = f"i{blind.setdefault(one.blind_index, one.id)}"
        else:
            keys[one.id] = f"p{one.id}"
    return keys


def _visits(connection: Connection, held: StoredAssessment, institution: str) -> dict[Visit, set[int]]:
    """Return the institution's supervised assessments in order of date: who was sent, and who has come unsent. 督§15.

    A dispatch that names no plan is to this assessment, if it is of its day.
    """
    visits: dict[Visit, set[int]] = {}
    for (day, plan), people in visits_of(connection, institution).items():
        visit = (day, held.plan if plan == "" and day == held.assessment.on else plan)
        visits.setdefault(visit, set()).update(people)
    sent = {(day, person) for (day, _), people in visits.items() for person in people}
    for day, plan, person in assessments.supervised(connection, institution):
        if (day, person) not in sent:
            visits.setdefault((day, plan), set()).add(person)
    return visits


def _unregistered(number: CardNumber, word: Word, is_holder: bool | None) -> ShownCard:  # noqa: FBT001 - three values
    return ShownCard(
        number=number,
        kind=number.kind,
        issuer=(number.institution or CENTRE) if number.kind is CardKind.INTERNAL else CENTRE,
        occupations=(),
        verdict=word,
        is_holder=is_holder,
    )
