"""A register on paper: what a clerk with the regulation at hand would have written down.

It shares no rule with the program. The random lives of ``lives`` are lived in both, and the two must agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

DAY: Final = timedelta(days=1)
ASSESSORS: Final = ("special_skill", "standard", "senior")  # 考§3: each may assess all that those before it may
GRADE_DIGIT: Final = {"senior": "1", "standard": "2", "special_skill": "3"}  # 考附2
CENTRE: Final = "centre"
STATED_CARD: Final = "24310020007"
"""The card from before the system that every senior's row states, of two years."""


def years_on(day: date, years: int) -> date:
    """民法典 202."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def half_a_year_before(day: date) -> date:
    year, month = (day.year, day.month - 6) if day.month > 6 else (day.year - 1, day.month + 6)
    while True:
        try:
            return date(year, month, day.day)
        except ValueError:
            day -= DAY


@dataclass(slots=True)
class Person:
    name: str
    resident_id: str
    born_on: date
    is_man: bool

    def age_on(self, day: date) -> int:
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A row of a roster: somebody wants a card."""

    person: int
    kind: str
    types: tuple[str, ...] = ()
    place: str | None = None
    certified_on: date
    applied_on: date | None = None
    by_hand: str | None = None

    @property
    def is_assessor(self) -> bool:
        return self.kind in ASSESSORS

    @property
    def application_on(self) -> date:
        return self.applied_on or self.certified_on

    @property
    def scopes(self) -> frozenset[str]:
        if self.is_assessor:
            return frozenset(f"occupation:{name}" for name in self.types)
        return frozenset({"external" if self.kind == "external" else f"internal:{self.place}"})


@dataclass(slots=True)
class PaperCopy:
    text: str
    is_live: bool = True


@dataclass(slots=True, kw_only=True)
class PaperCard:
    number: str
    person: int
    kind: str
    issuer: str
    scopes: frozenset[str]
    issued_on: date
    expires_on: date
    applied_on: date | None = None
    certified_on: date | None = None
    predecessor: str | None = None
    has_photo: bool = True
    status: str = "valid"
    status_on: date | None = None
    given_up: set[str] = field(default_factory=set)
    ground: str | None = None
    is_corrected: bool = False
    copies: list[PaperCopy] = field(default_factory=list)

    @property
    def is_assessor(self) -> bool:
        return self.kind in ASSESSORS

    @property
    def counts_for(self) -> frozenset[str]:
        return self.scopes - self.given_up if self.status == "valid" else frozenset()

    @property
    def is_cancellable(self) -> bool:
        return self.status in {"valid", "superseded"}

    def end(self, status: str, day: date) -> None:
        self.status, self.status_on = status, day

    def word(self, copy: PaperCopy, today: date) -> str:
        """What a check of this copy must answer."""
        if self.status in {"revoked", "voided"}:
            return self.status
        if not copy.is_live:
            return "replaced"
        if self.status == "superseded" and self.status_on is not None and self.status_on <= today:
            return "superseded"
        if today > self.expires_on:
            return "expired"
        return "not_yet_valid" if today < self.issued_on else "valid"

    def entry(self, copy: PaperCopy, today: date) -> int:
        """What the status list must say of this copy: of a card that has run out only that it was revoked."""
        word = self.word(copy, today)
        if word != "revoked" and today > self.expires_on:
            return 0
        return {"revoked": 1, "superseded": 0xC, "replaced": 0xD, "voided": 0xE}.get(word, 0)


@dataclass(slots=True)
class Series:
    """What became of each number; ``counter`` is the last one given in order."""

    counter: int = 0
    states: dict[int, str] = field(default_factory=dict)

    def next(self) -> int:
        while True:
            self.counter += 1
            if self.counter not in self.states:
                return self.counter

    def is_free_for_import(self, sequence: int) -> bool:
        return self.states.get(sequence, "before") in {"before", "reserved"}

    def take_in(self, sequence: int) -> None:
        for below in range(self.counter + 1, sequence):
            self.states.setdefault(below, "before")
        self.states[sequence] = "before"
        self.counter = max(self.counter, sequence)


@dataclass(slots=True)
class Contract:
    number: str
    place: str
    since: date
    until: date
    ended_on: date | None = None

    @property
    def last(self) -> date:
        return self.ended_on or self.until


@dataclass(slots=True)
class Visit:
    number: str
    person: int
    place: str
    day: date
    plan: str
    is_withdrawn: bool = False


@dataclass(slots=True)
class Proposal:
    number: str
    state: str = "proposed"


@dataclass(slots=True)
class FailedYear:
    number: str
    is_closed: bool = False


@dataclass(slots=True)
class Paper:
    """Everything that is written down. Ids run on from 1, as the register gives them."""

    people: list[Person]
    letters: dict[str, str]
    cards: dict[str, PaperCard] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    contracts: dict[int, Contract] = field(default_factory=dict)
    visits: dict[int, Visit] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(default_factory=dict)
    failed: dict[int, FailedYear] = field(default_factory=dict)

    def of(self, person: int) -> list[PaperCard]:
        return [card for card in self.cards.values() if card.person == person]

    def prefix(self, kind: str, place: str | None, day: date) -> str:
        """督附3, 考附2."""
        year = f"{day:%y}"
        if kind in ASSESSORS:
            return f"{year}3100{GRADE_DIGIT[kind]}"
        return f"R50{year}" if kind == "external" else f"{self.letters[place or '']}{place}{year}"

    def ledger(self, prefix: str) -> Series:
        return self.series.setdefault(prefix, Series())

    def state_of(self, number: str) -> str | None:
        series = self.series.get(number[:-4])
        return None if series is None else series.states.get(int(number[-4:]))

    def mark(self, number: str, state: str) -> None:
        self.ledger(number[:-4]).states[int(number[-4:])] = state

    # who gets a card

    def against(self, wishes: Sequence[Wish], day: date, today: date) -> list[set[str]]:
        """For each row of a batch dated ``day``, the codes of all that speaks against it."""
        return [self._against(wish, wishes[:place], wishes, day, today) for place, wish in enumerate(wishes)]

    def _against(self, wish: Wish, before: Sequence[Wish], wishes: Sequence[Wish], day: date, today: date) -> set[str]:
        codes = {*self._of_the_person(wish, day), *self._of_the_cards(wish, day)}
        own = [other for other in wishes if other.person == wish.person]
        if any(other.person == wish.person and other.scopes & wish.scopes for other in before):
            codes.add("row-doubled")
        if wish.is_assessor and len(self._one_application(wish, own)) > 2:  # 考§9
            codes.add("too-many-occupations")
        if not codes and day > today and any(taken != card.counts_for for card, taken in self.taken_over(wish)):
            codes.add("issue-date-ahead")
        if not codes and wish.by_hand is not None and self.state_of(wish.by_hand) not in {None, "reserved"}:
            codes.add("number-taken")
        return codes

    def _one_application(self, wish: Wish, own: Sequence[Wish]) -> set[str]:
        """The job types of all that was applied for on one of its days or certified on one, here or earlier."""
        others: list[Wish | PaperCard] = [other for other in own if other.is_assessor]
        others += [card for card in self.of(wish.person) if card.is_assessor and card.status != "voided"]
        days: set[tuple[str, date | None]] = {("certified", wish.certified_on), ("applied", wish.application_on)}
        types = set(wish.scopes)
        for _ in others:
            for other in others:
                applied = other.application_on if isinstance(other, Wish) else other.applied_on
                its = {("certified", other.certified_on), ("applied", applied)}
                if days & its:
                    types |= other.scopes
                    days |= {(what, day) for what, day in its if day is not None}
        return types

    def _of_the_person(self, wish: Wish, day: date) -> Iterator[str]:
        person = self.people[wish.person]
        if person.age_on(wish.application_on) > (65 if person.is_man else 60):  # 督§6(4), 考§7(1)4
            yield "age-over-limit"
        if max(wish.certified_on, wish.application_on) > day:
            yield "date-after-issue"
        if not years_on(wish.certified_on, 1) >= day:  # 督§9, 考§12
            yield "certification-too-old"
        near = person.age_on(wish.certified_on) >= (64 if person.is_man else 59)  # 督§6(4), 考§7(1)4
        if wish.applied_on is None and (near or self.renewed(wish)):
            yield "application-date-missing"
        if wish.is_assessor:
            for card in self.of(wish.person):  # 考§21
                barred = card.is_assessor and card.status == "revoked" and not card.is_corrected
                if barred and card.status_on and wish.application_on <= years_on(card.status_on, 3):
                    yield "barred"
        elif wish.by_hand is not None and wish.by_hand[:-4] != self.prefix(wish.kind, wish.place, day):
            yield "hand-number-outside-series"

    def renewed(self, wish: Wish) -> list[PaperCard]:
        """The cards of the same kind, in force or expired, that the new one follows."""
        return [card for card in self.of(wish.person) if card.kind == wish.kind and card.counts_for & wish.scopes]

    def _of_the_cards(self, wish: Wish, day: date) -> Iterator[str]:
        held = self.of(wish.person)
        if wish.kind == "senior":  # 考§7(2)1
            for scope in wish.scopes:
                standard = [
                    c.issued_on for c in held if c.kind == "standard" and c.is_cancellable and scope in c.scopes
                ]
                stated = self.cards.get(STATED_CARD)
                if stated is None or (standard and years_on(min(standard), 1) <= wish.application_on):
                    continue  # proved by the register, or by the earlier card that every row states
                its_own = stated in held and stated.kind == "standard" and stated.is_cancellable
                yield "assessor-years-too-few" if its_own and scope in stated.scopes else "standard-card-wrong"
        for card in held:  # 督§10, 考§12
            if card.status != "voided" and card.scopes & wish.scopes and wish.certified_on <= card.issued_on:
                yield "certification-not-new"
            opens_on = half_a_year_before(card.expires_on)
            if card in self.renewed(wish) and card.issued_on < wish.certified_on < opens_on <= day:
                yield "certification-before-window"
            if card.counts_for & wish.scopes and day <= card.expires_on:
                yield from self._of_a_live_card(wish, card, day)

    def _of_a_live_card(self, wish: Wish, card: PaperCard, day: date) -> Iterator[str]:
        if day < card.issued_on:
            yield "live-card-later"
        elif card.kind == wish.kind:
            if day < half_a_year_before(card.expires_on):
                yield "renewal-too-early"
        elif wish.is_assessor and ASSESSORS.index(wish.kind) < ASSESSORS.index(card.kind):
            yield "higher-grade-held"

    def taken_over(self, wish: Wish) -> list[tuple[PaperCard, frozenset[str]]]:
        """The cards a new one takes over from, the latest first, and what it takes."""
        found = [(card, card.counts_for & wish.scopes) for card in self.of(wish.person)]
        found = [(card, taken) for card, taken in found if taken]
        return sorted(found, key=lambda pair: (pair[0].issued_on, pair[0].number), reverse=True)

    def issue(self, wishes: Sequence[Wish], day: date) -> list[PaperCard]:
        """Issue a card for every row; rows that are refused are not among them."""
        numbers: dict[int, str] = {}
        for place, wish in enumerate(wishes):
            if wish.by_hand is not None:
                numbers[place] = wish.by_hand
                self.mark(wish.by_hand, "issued")
        for place, wish in enumerate(wishes):
            if wish.by_hand is None:
                prefix = self.prefix(wish.kind, wish.place, day)
                sequence = self.ledger(prefix).next()
                numbers[place] = f"{prefix}{sequence:04d}"
                self.mark(numbers[place], "issued")
        # What each takes over is settled by the plan, before any of the batch is issued.
        plans = [self.taken_over(wish) for wish in wishes]
        made: list[PaperCard] = []
        for place, wish in enumerate(wishes):
            for card, taken in plans[place]:
                card.given_up |= taken
                if card.given_up == card.scopes:
                    card.end("superseded", day)
            made.append(
                PaperCard(
                    number=numbers[place],
                    person=wish.person,
                    kind=wish.kind,
                    issuer=wish.place or CENTRE if wish.kind == "internal" else CENTRE,
                    scopes=wish.scopes,
                    issued_on=day,
                    expires_on=years_on(day, 3),
                    applied_on=wish.application_on,
                    certified_on=wish.certified_on,
                    predecessor=plans[place][0][0].number if plans[place] else None,
                )
            )
        self.cards |= {card.number: card for card in made}
        return made

    # who loses one

    def taken_by(self, card: PaperCard) -> list[PaperCard]:
        """The cards that are cancelled with this one: 考§21 all of an assessor's, 督§19 those of the issuer."""
        return sorted(
            (
                other
                for other in self.of(card.person)
                if other.is_cancellable and other.is_assessor == card.is_assessor and other.issuer == card.issuer
            ),
            key=lambda other: other.number,
        )

    def open_proposals(self, cards: Iterable[PaperCard]) -> list[int]:
        numbers = {card.number for card in cards}
        return [key for key, one in self.proposals.items() if one.state == "proposed" and one.number in numbers]

    def is_open(self, case: FailedYear) -> bool:
        ground = self.cards[case.number].ground
        return not case.is_closed and ground not in {"考§21(1)", "督§19(1)"}

    # who works where

    def may_be_engaged(self, card: PaperCard, new: Contract, *, as_internal: bool) -> bool:
        if card.status != "valid" or as_internal != (card.kind == "external"):
            return False
        if card.kind == "internal" and card.issuer != new.place:  # 督§9
            return False
        last = years_on(new.since, 3) - DAY if as_internal else card.expires_on  # 督§14, 考§16
        others = (one for one in self.contracts.values() if (one.number, one.place) == (new.number, new.place))
        return (
            card.issued_on <= new.since <= card.expires_on
            and new.since <= new.until <= last
            and all(one.last < new.since or new.until < one.since for one in others)
        )

    def may_be_sent(self, card: PaperCard, new: Visit) -> bool:
        if card.kind != "external" or card.status != "valid" or not card.issued_on <= new.day <= card.expires_on:
            return False
        there = [one for one in self.visits.values() if one.place == new.place and not one.is_withdrawn]
        if any((one.number, one.day, one.plan) == (new.number, new.day, new.plan) for one in there):
            return False
        visits = sorted({(one.day, one.plan) for one in [*there, new]})
        own = {(one.day, one.plan) for one in [*there, new] if one.person == card.person}
        mine = visits.index((new.day, new.plan))
        return not any(  # 督§15
            all(visit in own for visit in visits[first : first + 3])
            for first in range(max(0, mine - 2), min(mine, len(visits) - 3) + 1)
        )
