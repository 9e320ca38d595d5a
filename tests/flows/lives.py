"""Random lives of card holders, lived in a real register and on paper, which must agree after every step.

A world is a register of its own with a few people, whose clock moves on by days and years. Each step is one use case,
legal or not: what the paper allows must be done, what it does not must be refused and leave nothing behind. Then the
rows that are stored are read past the program, with SQL, and compared with the paper; so is the journal, which alone
must tell the same story; and the codes of all copies of whoever was concerned are checked.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, ClassVar, Final, Protocol, TypeVar, cast

import cbor2
import hypothesis.strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from keys.keyring import Purpose
from keys.signer import Signer
from service.domain.access import By
from service.domain.application import Cell, RawRow
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.credential import text_of
from service.domain.errors import DomainError
from service.domain.review import Grade
from service.flows.cards.cancellations import correct_cancellation, decline_proposal, propose_revocation
from service.flows.cards.card_requests import (
    CorrectionRequest,
    DeclineRequest,
    FoundRequest,
    ProposalRequest,
    RenewalRequest,
    ReplacementRequest,
    RevocationRequest,
    VoidRequest,
)
from service.flows.cards.lifecycle import record_found, replace_card, revoke_card, void_number
from service.flows.cards.renew import renew_card
from service.flows.checking.lookup import lookup
from service.flows.errors import Refused
from service.flows.issue.import_cards import import_cards
from service.flows.issue.number_series import ReservationRequest, reserve_numbers
from service.flows.keys.key_ceremony import Promotion, introduce_key, list_keys, promote_key
from service.flows.people.cases import CaseClosingRequest, close_case
from service.flows.people.dispatching import DispatchRequest, WithdrawalRequest, send, withdraw_dispatch
from service.flows.people.engagements import EndRequest, end_engagement
from service.flows.people.reviews import EvaluationRequest, enter_evaluation
from service.flows.publishing.publish import status_list
from service.flows.running.audit import audit
from service.store.errors import StoreError
from tests.domain.applicants import ROWS, resident_id
from tests.flows.engaging import engage
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, name_of, photo, photos_of
from tests.flows.paper_register import (
    ASSESSORS,
    CENTRE,
    Contract,
    FailedYear,
    Paper,
    PaperCard,
    PaperCopy,
    Person,
    Proposal,
    Visit,
    Wish,
    half_a_year_before,
    years_on,
)

KINDS: Final = ("standard", "senior", "special_skill", "external", "internal")
TYPES: Final = ("电工", "焊工", "车工")
PLACES: Final = (SCHOOL.code, FACTORY.code)
BORN: Final = (
    *((date(1962, 5, 17), True), (date(1968, 3, 1), False)),  # who will be too old one day
    *((date(1985, 5, 17), True), (date(1985, 5, 17), False), (date(1990, 1, 31), True), (date(1992, 12, 1), False)),
    *((date(1988, 2, 29), True), (date(1995, 8, 8), False), (date(1990, 1, 1), True), (date(1991, 6, 30), False)),
    *((date(1996, 9, 9), True), (date(1999, 12, 31), False)),
)
FIRST_DAY: Final = date(2026, 11, 2)
LAST_DAY: Final = date(2045, 1, 1)
DAY: Final = timedelta(days=1)
SIGNING: Final = (Purpose.CARD, Purpose.STATUS)
ANY: Final = st.integers(0, 999)
"""Which of those there are, counted round."""

Row = tuple[Any, ...]
T = TypeVar("T")


class World(Protocol):
    """A register of its own for one run of the machine, and a way to its rows past the program."""

    @property
    def office(self) -> Office: ...

    def rows(self, sql: str) -> list[Row]: ...


class Lived:
    """How much has been lived."""

    def __init__(self) -> None:
        self.lives = 0
        self.worlds = 0
        self.events: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.checks = 0

    def __str__(self) -> str:
        told = ("card-issued", "card-imported", "card-superseded", "card-replaced", "card-voided", "card-revoked")
        other = sum(self.events.values()) - sum(self.events[kind] for kind in told)
        counts = ", ".join(f"{self.events[kind]} {kind.removeprefix('card-')}" for kind in told)
        return (
            f"{self.lives} lives in {self.worlds} registers: {counts}, {other} other entries, "
            f"{sum(self.refusals.values())} refusals, {self.checks} codes checked"
        )


RESTS: Final = st.sampled_from((0, 0, 0, 30, 300))
"""Days that pass before."""

certified = st.sampled_from((1, 1, 5, 5, 40, 400))
applied = st.sampled_from((None, 0, 10, 10, 300))
wishes = st.tuples(
    st.integers(0, len(BORN) - 1),
    st.sampled_from(KINDS),
    st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True),
    st.sampled_from(PLACES),
    certified,
    applied,
)


class Lives(RuleBasedStateMachine):
    """See the module. ``enter`` opens a world, and is given by whoever runs the machine."""

    enter: ClassVar[Callable[[ExitStack], World]]
    lived: ClassVar[Lived] = Lived()
    root: ClassVar[Signer | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world = type(self).enter(self.stack)
        self.office = self.world.office
        self.register = self.office.register
        people = [
            Person(name_of(place), str(resident_id(born, 120 + 2 * place + is_man)), born, is_man)
            for place, (born, is_man) in enumerate(BORN)
        ]
        self.paper = Paper(people, {SCHOOL.code: SCHOOL.letter, FACTORY.code: FACTORY.letter})
        self.expected: list[tuple[str, str]] = []
        self.told: dict[str, str] = {}
        self.leaves: list[bytes] = []
        self.concerned: set[int] = set()
        self.newest_list = 0
        self.looked_at = ""
        self.ends_on = {key.purpose: key.signs_until for key in list_keys(self.register) if key.purpose in SIGNING}
        self.is_sound = True
        self._read_journal()

    @property
    def today(self) -> date:
        return self.office.today

    def some_card(self, which: int) -> PaperCard:
        """Often the one that was looked at last: what follows from what has just happened is what goes wrong."""
        held = self.paper.cards
        number = self.looked_at if which % 2 and self.looked_at in held else [*held][which // 2 % len(held)]
        self.looked_at = number
        return held[number]

    def has_cards(self) -> bool:
        return bool(self.paper.cards)

    # steps

    @initialize(kinds=st.lists(st.sampled_from(KINDS), min_size=len(BORN), max_size=len(BORN)))
    def first_batch(self, kinds: list[str]) -> None:
        on = self.today - 5 * DAY
        self._issue(
            [
                Wish(
                    person=person,
                    kind=kind,
                    types=("电工",) if kind not in {"external", "internal"} else (),
                    place=SCHOOL.code if kind == "internal" else None,
                    certified_on=on,
                )
                for person, kind in enumerate(kinds)
            ],
            self.today,
        )

    @rule(
        drawn=st.lists(wishes, min_size=1, max_size=4),
        ahead=st.sampled_from((0, 0, 0, 0, 15, -10)),
        by_hand=st.none() | st.integers(-1, 6),
        rest=RESTS,
    )
    def issue(self, drawn: Sequence[tuple[Any, ...]], ahead: int, by_hand: int | None, rest: int) -> None:
        self._pass(self.today + rest * DAY)
        on = self.today + ahead * DAY
        rows: list[Wish] = []
        for person, kind, types, place, since, before in drawn:
            certified_on = on - since * DAY
            is_assessor = kind not in {"external", "internal"}
            number = None
            if kind == "external" and by_hand is not None and not any(row.by_hand for row in rows):
                prefix = self.paper.prefix(kind, None, on)
                number = f"{prefix}{max(1, self.paper.ledger(prefix).counter + by_hand):04d}"
            rows.append(
                Wish(
                    person=person,
                    kind=kind,
                    types=tuple(types) if is_assessor else (),
                    place=place if kind == "internal" else None,
                    certified_on=certified_on,
                    applied_on=None if before is None else certified_on - before * DAY,
                    by_hand=number,
                )
            )
        self._issue(rows, on)

    def _issue(self, rows: Sequence[Wish], on: date) -> None:
        against = self.paper.against(rows, on, self.today)
        raw = [self._row(place, wish) for place, wish in enumerate(rows, 2)]
        with self._step(*(wish.person for wish in rows)):
            outcome = self.office.issue(*raw, photos=photos_of(*raw), issued_on=on)
            refused = {row.row: {problem.code for problem in row.problems} for row in outcome.refused}
            equal(refused, {place: codes for place, codes in enumerate(against, 2) if codes}, "refusals of a batch")
            self.lived.refusals.update(code for codes in refused.values() for code in codes)
            good = [wish for wish, codes in zip(rows, against, strict=True) if not codes]
            before = self._statuses(good)
            made = self.paper.issue(good, on)
            equal([row.number for row in outcome.issued], [card.number for card in made], "numbers of a batch")
            self._enter(made, before)
            self.expect("batch-issued", str(outcome.batch))
            self.expect("application-refused", *[str(outcome.batch)] * len(refused))

    @precondition(has_cards)
    @rule(which=st.lists(ANY, min_size=1, max_size=5), since=certified, up=st.booleans(), rest=RESTS)
    def apply_again(self, which: list[int], since: int, up: bool, rest: int) -> None:  # noqa: FBT001 - drawn
        """For what they have or had, or for the next grade."""
        self._pass(self.today + rest * DAY)
        rows = {card.number: self._again(card, since, up=up) for card in map(self.some_card, which)}
        self._issue([*rows.values()], self.today)

    @precondition(has_cards)
    @rule(which=ANY, since=certified, rest=RESTS)
    def renew(self, which: int, since: int, rest: int) -> None:
        self._pass(self.today + rest * DAY)
        self._renew(self.some_card(which), since)

    def _again(self, card: PaperCard, since: int, *, up: bool = False) -> Wish:
        """Wish for what a card was for, or with ``up`` for the next grade."""
        grade = ASSESSORS.index(card.kind) + up if card.is_assessor else 0
        return Wish(
            person=card.person,
            kind=ASSESSORS[min(grade, 2)] if card.is_assessor else card.kind,
            types=_types(card.scopes) if card.is_assessor else (),
            place=card.issuer if card.kind == "internal" else None,
            certified_on=self.today - since * DAY,
            applied_on=None if since == 40 else self.today - (since + 5) * DAY,
        )

    def _renew(self, former: PaperCard, since: int) -> None:
        wish = replace(self._again(former, since), types=_types(former.counts_for) if former.is_assessor else ())
        (codes,) = self.paper.against([wish], self.today, self.today)
        if former.status != "valid":
            codes = {f"card-is-{former.status}"}
        facts = {
            field: str(cell)
            for field, cell in ROWS[former.kind].items()
            if field not in {"name", "resident_id", "kind", "occupations", "work_unit", "institution", "applied_on"}
        }
        renewal = RenewalRequest(
            certified_on=wish.certified_on,
            applied_on=wish.applied_on,
            facts=facts,
            photo=None if former.has_photo else photo(),
            reviewed_by="李审核",
        )
        with self._step(former.person):
            number = self.ask(codes, lambda: renew_card(self.register, CardNumber(former.number), renewal, By(ACTOR)))
            if number is not None:
                before = self._statuses([wish])
                made = self.paper.issue([wish], self.today)
                equal([number], [card.number for card in made], "number of a renewal")
                self._enter(made, before)
                (batch,) = self.world.rows("SELECT max(id) FROM batch")
                self.expect("batch-issued", str(batch[0]))

    @precondition(has_cards)
    @rule(which=ANY, reason=st.sampled_from(ReplacementReason))
    def replace(self, which: int, reason: ReplacementReason) -> None:
        card = self.some_card(which)
        codes: set[str] = set()
        if card.status != "valid":
            codes = {f"card-is-{card.status}"}
        elif self.today > card.expires_on:
            codes = {"card-is-expired"}
        with self._step(card.person):
            self.ask(
                codes,
                lambda: replace_card(
                    self.register, CardNumber(card.number), ReplacementRequest(reason=reason), By(ACTOR)
                ),
            )
            if not codes:
                for copy in card.copies:
                    copy.is_live = False
                self._take_copy(card)
                self.expect("card-replaced", card.number)

    @precondition(has_cards)
    @rule(which=ANY)
    def find(self, which: int) -> None:
        card = self.some_card(which)
        dead = [copy for copy in card.copies if not copy.is_live]
        with self._step(card.person):
            found = self.ask(
                set() if dead else {"no-replaced-copy"},
                lambda: record_found(
                    self.register, CardNumber(card.number), FoundRequest(reported_by="王芳"), By(ACTOR)
                ),
            )
            if dead:
                equal(found, len(dead), "copies found")
                self.expect("copy-found", card.number)

    @precondition(has_cards)
    @rule(which=ANY)
    def void(self, which: int) -> None:
        card = self.some_card(which)
        codes = set[str]() if card.status == "valid" else {f"card-is-{card.status}"}
        with self._step(card.person):
            self.ask(
                codes,
                lambda: void_number(self.register, CardNumber(card.number), VoidRequest(reason="印错"), By(ACTOR)),
            )
            if not codes:
                card.end("voided", self.today)
                self.paper.mark(card.number, "voided")
                self.expect("card-voided", card.number)

    @rule(first=st.integers(0, 4), count=st.integers(1, 3))
    def reserve(self, first: int, count: int) -> None:
        prefix = self.paper.prefix("external", None, self.today)
        series = self.paper.ledger(prefix)
        wanted = range(series.counter + first, series.counter + first + count)
        codes = {"reservation-range"} if first == 0 else set[str]()
        if not codes and any(sequence in series.states for sequence in wanted):
            codes = {"number-taken"}
        with self._step():
            self.ask(
                codes,
                lambda: reserve_numbers(
                    self.register, ReservationRequest(prefix, wanted[0], wanted[-1], "统筹安排"), By(ACTOR)
                ),
            )
            if not codes:
                series.states |= dict.fromkeys(wanted, "reserved")
                self.expect("numbers-reserved", prefix)

    @rule(which=ANY)
    def void_number_without_card(self, which: int) -> None:
        free = [
            f"{prefix}{sequence:04d}"
            for prefix, series in self.paper.series.items()
            for sequence in series.states
            if f"{prefix}{sequence:04d}" not in self.paper.cards
        ]
        number = free[which % len(free)] if free else "R50220001"
        state = self.paper.state_of(number)
        codes = {"not-found"} if state is None else {"number-step"} if state == "voided" else set[str]()
        with self._step():
            self.ask(
                codes, lambda: void_number(self.register, CardNumber(number), VoidRequest(reason="不用"), By(ACTOR))
            )
            if not codes:
                self.paper.mark(number, "voided")
                self.expect("number-voided", number)

    @rule(
        person=st.integers(0, len(BORN) - 1),
        kind=st.sampled_from(KINDS),
        types=st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True),
        place=st.sampled_from(PLACES),
        ago=st.sampled_from((30, 400, 900, 1200)),
        step=st.integers(-1, 4),
    )
    def bring_in(self, person: int, kind: str, types: list[str], place: str, ago: int, step: int) -> None:
        """A card from before the system, whose number may also lie in this year's series."""
        on = self.today - ago * DAY
        wish = Wish(
            person=person,
            kind=kind,
            types=tuple(types) if kind not in {"external", "internal"} else (),
            place=place if kind == "internal" else None,
            certified_on=on,
        )
        prefix = self.paper.prefix(kind, wish.place, on)
        series = self.paper.ledger(prefix)
        sequence = max(1, series.counter + step)
        number = f"{prefix}{sequence:04d}"
        codes: set[str] = set()
        if number in self.paper.cards or not series.is_free_for_import(sequence):
            codes = {"number-taken"}
        elif self.paper.taken_over(wish):
            codes = {"scope-taken"}
        who = self.paper.people[person]
        cells: dict[str, Cell] = {
            "name": who.name,
            "resident_id": who.resident_id,
            "kind": str(ROWS[kind]["kind"]),
            "work_unit": "重庆市某某机械有限公司",
            "number": number,
            "issued_on": on,
            **({"occupations": "、".join(types)} if wish.is_assessor else {}),
            **({"institution": place} if kind == "internal" else {}),
        }
        with self._step(person):
            done = self.ask(codes, lambda: import_cards(self.register, [RawRow(2, cells)], ACTOR))
            if done is not None:
                equal((done.imported, done.refused), ((number,), ()), "import")
                series.take_in(sequence)
                self.paper.cards[number] = PaperCard(
                    number=number,
                    person=person,
                    kind=kind,
                    issuer=place if kind == "internal" else CENTRE,
                    scopes=wish.scopes,
                    issued_on=on,
                    expires_on=years_on(on, 3),
                    has_photo=False,
                )
                self.expect("card-imported", number)

    @precondition(has_cards)
    @rule(which=ANY, item=st.sampled_from((1, 4)), other_rule=st.integers(0, 9), other_body=st.integers(0, 9))
    def revoke(self, which: int, item: int, other_rule: int, other_body: int) -> None:
        card = self.some_card(which)
        law = "考§21" if card.is_assessor == (other_rule != 0) else "督§19"
        body = self._foreign(card) if other_body == 0 else None
        codes: set[str] = set()
        if body is not None or (law == "考§21" and card.issuer != CENTRE):
            codes = {"decision-body"}
        elif card.is_assessor != (law == "考§21"):
            codes = {"ground-other-rule"}
        elif not card.is_cancellable:
            codes = {f"card-is-{card.status}"}
        with self._step(card.person):
            lost = self.ask(
                codes,
                lambda: revoke_card(
                    self.register,
                    CardNumber(card.number),
                    RevocationRequest(ground=f"{law}({item})", reason="经核实", decided_by="王主任"),
                    By(ACTOR, body),
                ),
            )
            if body is not None:
                self.expect("decision-refused", card.number)
            if lost is not None:
                taken = self.paper.taken_by(card)
                equal(lost, tuple(one.number for one in taken), "cards lost")
                decided = self.paper.open_proposals(taken)
                for one in taken:
                    one.end("revoked", self.today)
                    one.ground = f"{law}({item})"
                for key in decided:
                    self.paper.proposals[key].state = "decided"
                self.expect("card-revoked", *lost)
                self.expect("revocation-proposal-decided", *(self.paper.proposals[key].number for key in decided))

    @precondition(has_cards)
    @rule(which=ANY)
    def correct(self, which: int) -> None:
        revoked = [card for card in self.paper.cards.values() if card.status == "revoked"]
        card = revoked[which % len(revoked)] if revoked and which % 4 else self.some_card(which)
        codes: set[str] = set()
        if card.status != "revoked":
            codes = {"card-is-not-revoked"}
        elif card.is_corrected:
            codes = {"already-corrected"}
        with self._step(card.person):
            done = self.ask(
                codes,
                lambda: correct_cancellation(
                    self.register,
                    CardNumber(card.number),
                    CorrectionRequest(reason="查无此事", decided_by="张主任"),
                    By(ACTOR),
                ),
            )
            if done is not None:
                taken = sorted(
                    one.number
                    for one in self.paper.of(card.person)
                    if (one.issuer, one.status, one.status_on, one.ground)
                    == (card.issuer, "revoked", card.status_on, card.ground)
                    and not one.is_corrected
                )
                equal(done, tuple(taken), "cards corrected")
                for number in taken:
                    self.paper.cards[number].is_corrected = True
                self.expect("cancellation-corrected", *taken)

    @precondition(has_cards)
    @rule(which=ANY, body=st.sampled_from((*PLACES, "渝北区人力资源和社会保障局")))
    def propose(self, which: int, body: str) -> None:
        card = self.some_card(which)
        law = "考§21" if card.is_assessor else "督§19"
        codes = set[str]() if card.is_cancellable else {f"card-is-{card.status}"}
        proposal = ProposalRequest(ground=f"{law}(2)", reason="现场核实", proposed_by="赵科长")
        with self._step(card.person):
            key = self.ask(
                codes, lambda: propose_revocation(self.register, CardNumber(card.number), proposal, By(ACTOR, body))
            )
            if key is not None:
                self.paper.proposals[key] = Proposal(card.number)
                self.expect("revocation-proposed", card.number)

    @precondition(lambda self: bool(self.paper.proposals))
    @rule(which=ANY)
    def decline(self, which: int) -> None:
        key = sorted(self.paper.proposals)[which % len(self.paper.proposals)]
        proposal = self.paper.proposals[key]
        codes = set[str]() if proposal.state == "proposed" else {"proposal-closed"}
        with self._step(self.paper.cards[proposal.number].person):
            self.ask(
                codes,
                lambda: decline_proposal(
                    self.register, key, DeclineRequest(reason="证据不足", decided_by="王主任"), By(ACTOR)
                ),
            )
            if not codes:
                proposal.state = "declined"
                self.expect("revocation-proposal-declined", proposal.number)

    @precondition(has_cards)
    @rule(which=ANY, place=st.sampled_from(PLACES), start=st.sampled_from((0, 0, 30, -400)), days=st.integers(0, 1500))
    def employ(self, which: int, place: str, start: int, days: int) -> None:
        card = self.some_card(which)
        since = self.today + start * DAY
        new = Contract(card.number, place, since, since + days * DAY)
        as_internal = card.kind == "external" and days % 7 != 0
        allowed = self.paper.may_be_engaged(card, new, as_internal=as_internal)
        with self._step(card.person):
            made = self.ask(
                set() if allowed else {"engagement-"},
                lambda: engage(
                    self.register,
                    CardNumber(card.number),
                    place,
                    since=since,
                    until=new.until,
                    as_internal=as_internal,
                    document="责任书",
                    actor=ACTOR,
                ),
            )
            if made is not None:
                self.paper.contracts[made.id] = new
                self.expect("engagement-made", card.number)

    @precondition(lambda self: bool(self.paper.contracts))
    @rule(which=ANY)
    def dismiss(self, which: int) -> None:
        key = sorted(self.paper.contracts)[which % len(self.paper.contracts)]
        contract = self.paper.contracts[key]
        codes: set[str] = set()
        if contract.ended_on is not None:
            codes = {"engagement-ended"}
        elif not contract.since <= self.today <= contract.until:
            codes = {"engagement-end"}
        with self._step(self.paper.cards[contract.number].person):
            self.ask(codes, lambda: end_engagement(self.register, key, EndRequest(on=None, reason="辞聘"), By(ACTOR)))
            if not codes:
                contract.ended_on = self.today
                self.expect("engagement-ended", contract.number)

    @precondition(has_cards)
    @rule(which=ANY, place=st.sampled_from(PLACES), ahead=st.integers(0, 6), plan=st.sampled_from(("", "甲")))
    def dispatch(self, which: int, place: str, ahead: int, plan: str) -> None:
        sent = [card for card in self.paper.cards.values() if card.kind == "external"]
        card = sent[which % len(sent)] if sent and which % 4 else self.some_card(which)
        new = Visit(card.number, card.person, place, self.today + ahead * DAY, plan)
        allowed = self.paper.may_be_sent(card, new)
        with self._step(card.person):
            made = self.ask(
                set() if allowed else {"dispatch-"},
                lambda: send(
                    self.register,
                    CardNumber(card.number),
                    DispatchRequest(institution=place, on=new.day, plan=plan),
                    By(ACTOR, "渝北区人力资源和社会保障局"),
                ),
            )
            if made is not None:
                self.paper.visits[made.id] = new
                self.expect("dispatch-made", card.number)

    @precondition(lambda self: bool(self.paper.visits))
    @rule(which=ANY)
    def call_back(self, which: int) -> None:
        key = sorted(self.paper.visits)[which % len(self.paper.visits)]
        visit = self.paper.visits[key]
        codes = {"dispatch-withdrawn"} if visit.is_withdrawn else set[str]()
        with self._step(visit.person):
            self.ask(
                codes, lambda: withdraw_dispatch(self.register, key, WithdrawalRequest(reason="计划有变"), By(ACTOR))
            )
            if not codes:
                visit.is_withdrawn = True
                self.expect("dispatch-withdrawn", visit.number)

    @precondition(has_cards)
    @rule(which=ANY)
    def fail(self, which: int) -> None:
        """A failed evaluation opens a case; by itself it changes no card."""
        card = self.some_card(which)
        failed = EvaluationRequest(result=Grade.FAILED, on=self.today, by="钱主任")
        by = By(ACTOR, SCHOOL.code if card.is_assessor else None)
        codes = {"record-date"} if self.today < card.issued_on else set[str]()
        with self._step(card.person):
            entered = self.ask(
                codes,
                lambda: enter_evaluation(self.register, CardNumber(card.number), failed, by),
            )
            if entered is not None:
                equal(entered.case, expected=True, what="a failed evaluation opens a case")
                self.paper.failed[entered.id] = FailedYear(card.number)
                self.expect("integrity-recorded", card.number)

    @precondition(lambda self: bool(self.paper.failed))
    @rule(which=ANY)
    def close(self, which: int) -> None:
        key = sorted(self.paper.failed)[which % len(self.paper.failed)]
        case = self.paper.failed[key]
        codes = set[str]() if self.paper.is_open(case) else {"case-decided"}
        with self._step(self.paper.cards[case.number].person):
            self.ask(
                codes,
                lambda: close_case(
                    self.register,
                    key,
                    CaseClosingRequest(reason="已改进", decided_by="王主任", result=Grade.PASSED),
                    By(ACTOR),
                ),
            )
            if not codes:
                case.is_closed = True
                self.expect("case-closed", case.number)

    @rule(days=st.sampled_from((1, 1, 20, 90)), whose=st.integers(0, len(BORN) - 1))
    def wait(self, days: int, whose: int) -> None:
        with self._step(whose):
            self._pass(self.today + days * DAY)

    @rule(days=st.sampled_from((200, 400, 1100)), whose=st.integers(0, len(BORN) - 1))
    def wait_long(self, days: int, whose: int) -> None:
        with self._step(whose):
            self._pass(self.today + days * DAY)

    @precondition(has_cards)
    @rule(
        which=ANY,
        what=st.sampled_from(("renewal", "end", "bar")),
        off=st.sampled_from((-1, 0, 1)),
        then=st.sampled_from(("wait", "renew", "apply", "apply")),
    )
    def on_the_day(self, which: int, what: str, off: int, then: str) -> None:
        """About the day on which a card may be renewed, runs out, or no longer keeps its holder out: what happens?"""
        card = self.some_card(which)
        days = {
            "renewal": half_a_year_before(card.expires_on),
            "end": card.expires_on,
            "bar": years_on(card.status_on or self.today, 3) + DAY,
        }
        with self._step(card.person):
            self._pass(days[what] + off * DAY)
        if then == "renew":
            self._renew(card, 0)
        elif then == "apply":
            self._issue([self._again(card, 0)], self.today)

    def _pass(self, until: date) -> None:
        """Let time pass; the office rotates its keys, which sign for a year only."""
        if not self.today < until <= LAST_DAY:
            return
        self.office.clock.set_to(until)
        if min(self.ends_on.values()) < until + 30 * DAY:
            self._rotate()

    @rule()
    def read_list(self) -> None:
        """The status list says of every copy what the paper says, and of every other place that it was never used."""
        published = status_list(self.register, 1)
        if published is None:
            equal([card for card in self.paper.cards.values() if card.copies], [], "copies without a list")
            return
        claims = cbor2.loads(cbor2.loads(published.body).value[2])
        entries = zlib.decompress(claims[65533]["lst"]).rstrip(b"\xff")
        nibbles = enumerate(nibble for byte in entries for nibble in (byte & 0xF, byte >> 4))
        found = {index: nibble for index, nibble in nibbles if nibble != 0xF}
        places = {bytes(row[0]): row[1] for row in self.world.rows("SELECT credential, list_index FROM copy")}
        by_text = {text_of(self.register.host, credential): index for credential, index in places.items()}
        wanted = {
            by_text[copy.text]: card.entry(copy, self.today)
            for card in self.paper.cards.values()
            for copy in card.copies
        }
        equal(found, wanted, "status list")
        if claims[6] < self.newest_list:
            raise AssertionError("an older status list came after a newer one")
        self.newest_list = claims[6]

    # what must hold

    @invariant()
    def the_rows_are_as_on_paper(self) -> None:
        paper = self.paper
        if not self.is_sound:
            return
        self.is_sound = False
        cards = self.world.rows(
            "SELECT number, person_id, kind, issuer, status, status_on, issued_on, expires_on, predecessor FROM card"
        )
        equal(
            {row[0]: (row[2], row[3], row[4], day(row[5]), day(row[6]), day(row[7]), row[8]) for row in cards},
            {
                c.number: (c.kind, c.issuer, c.status, c.status_on, c.issued_on, c.expires_on, c.predecessor)
                for c in paper.cards.values()
            },
            "cards",
        )
        people = {(row[1], paper.cards[row[0]].person) for row in cards}
        if len(people) != len({one for one, _ in people}) or len(people) != len({one for _, one in people}):
            raise AssertionError("a card changed hands")
        scopes = self.world.rows("SELECT number, scope, live, released_on, person_id FROM card_scope")
        equal(
            {(row[0], row[1], bool(row[2])) for row in scopes},
            {(c.number, scope, scope in c.counts_for) for c in paper.cards.values() for scope in c.scopes},
            "scopes",
        )
        equal(
            {(row[0], row[1]) for row in scopes if row[3] is not None},
            {(c.number, scope) for c in paper.cards.values() for scope in c.given_up},
            "scopes given up",
        )
        live = [(row[4], row[1]) for row in scopes if row[2]]
        if len(live) != len(set(live)):
            raise AssertionError(f"two live cards for one scope: {live}")
        copies = self.world.rows("SELECT number, state, copy_id, list_no, list_index FROM copy")
        equal(
            Counter((row[0], row[1] == "live") for row in copies),
            Counter((c.number, copy.is_live) for c in paper.cards.values() for copy in c.copies),
            "copies",
        )
        if len({bytes(row[2]) for row in copies}) != len(copies) or len({row[3:] for row in copies}) != len(copies):
            raise AssertionError("two copies share an id or a place in the list")
        self._the_ledger_has_no_gap()
        self._what_was_decided_stands()
        self._the_journal_tells_the_same()
        self._codes_read(self.concerned)
        self.concerned = set()
        self.is_sound = True

    def _the_ledger_has_no_gap(self) -> None:
        rows = self.world.rows("SELECT number, prefix, sequence, state FROM number")
        if len({row[0] for row in rows}) != len(rows) or len({row[1:3] for row in rows}) != len(rows):
            raise AssertionError("a number stands twice")
        written = {
            f"{prefix}{sequence:04d}": state
            for prefix, series in self.paper.series.items()
            for sequence, state in series.states.items()
        }
        equal({row[0]: row[3] for row in rows}, written, "ledger of numbers")
        counters: dict[str, int] = dict(self.world.rows("SELECT prefix, last_no FROM series"))
        equal(counters, {p: s.counter for p, s in self.paper.series.items() if s.states}, "counters")
        for prefix, counter in counters.items():
            missing = set(range(1, counter + 1)) - {row[2] for row in rows if row[1] == prefix}
            if missing:
                raise AssertionError(f"series {prefix}: no account of {sorted(missing)}")

    def _what_was_decided_stands(self) -> None:
        paper, rows = self.paper, self.world.rows
        revoked = {c.number: c.ground for c in paper.cards.values() if c.status == "revoked"}
        equal(dict(rows("SELECT number, ground FROM cancellation")), revoked, "cancellations")
        corrected = {c.number for c in paper.cards.values() if c.is_corrected}
        equal({row[0] for row in rows("SELECT number FROM correction")}, corrected, "corrections")
        equal(
            {row[0]: row[1:] for row in rows("SELECT id, number, state FROM proposal")},
            {key: (one.number, one.state) for key, one in paper.proposals.items()},
            "proposals",
        )
        equal(
            {
                key: (number, place, day(since), day(until), day(ended))
                for key, number, place, since, until, ended in rows(
                    "SELECT id, number, institution, since, until, ended_on FROM engagement"
                )
            },
            {key: (one.number, one.place, one.since, one.until, one.ended_on) for key, one in paper.contracts.items()},
            "contracts",
        )
        equal(
            {
                key: (number, place, day(on), plan, back is not None)
                for key, number, place, on, plan, back in rows(
                    "SELECT id, number, institution, on_day, plan, withdrawn_on FROM dispatch"
                )
            },
            {key: (one.number, one.place, one.day, one.plan, one.is_withdrawn) for key, one in paper.visits.items()},
            "dispatches",
        )
        equal(
            {key: closed is not None for key, closed in rows(
                "SELECT id, entry FROM integrity LEFT JOIN case_closing ON entry = id"
            )},
            {key: one.is_closed for key, one in paper.failed.items()},
            "cases",
        )  # fmt: skip

    def _the_journal_tells_the_same(self) -> None:
        new = self._read_journal()
        on_paper = [line for line in new if line[0] != "status-list-published"]  # of which the paper keeps none
        equal(Counter(on_paper), Counter(self.expected), "entries of the journal")
        self.lived.events.update(kind for kind, _ in new)
        self.expected = []
        equal(self.told, {c.number: c.status for c in self.paper.cards.values()}, "statuses told by the journal")

    def _codes_read(self, people: Iterable[int]) -> None:
        for person in people:
            for card in self.paper.of(person):
                for copy in card.copies:
                    word = self.office.verdict(copy.text).verdict.value
                    equal(word, card.word(copy, self.today), f"check of {card.number}")
                    self.lived.checks += 1

    def teardown(self) -> None:
        try:
            if self.is_sound:
                self._codes_read(range(len(BORN)))
                self.read_list()
                self._lookups_answer()
                self._the_journal_tells_the_same()  # of the list that has just been read too
                found = audit(self.register)
                equal(found.faults, (), "faults found by the audit")
                equal(found.root, root_of(self.leaves).hex(), "root of the journal")
                lived = type(self).lived
                lived.worlds += 1
                lived.lives += len({card.person for card in self.paper.cards.values()})
        finally:
            self.stack.close()

    def _lookups_answer(self) -> None:
        for card in self.paper.cards.values():
            answer = lookup(self.register, card.number, self.paper.people[card.person].name)
            if answer is None:
                raise AssertionError(f"card {card.number} is not found by number and name")
            equal(answer.verdict.verdict.value, card.word(PaperCopy(""), self.today), f"lookup of {card.number}")

    # how it is done

    @contextmanager
    def _step(self, *people: int) -> Generator[None]:
        """Note who is concerned; a step that fails leaves the machine unsound, and nothing more is looked at."""
        self.is_sound = False
        self.concerned |= set(people)
        yield
        self.is_sound = True

    def ask(self, codes: set[str], step: Callable[[], T]) -> T | None:
        """Take a step: with no code it must succeed, else be refused with one of them, or with what begins so."""
        try:
            done = step()
        except (DomainError, Refused, StoreError) as refusal:
            if not any(
                refusal.code == code or (code.endswith("-") and refusal.code.startswith(code)) for code in codes
            ):
                raise
            self.lived.refusals[refusal.code] += 1
            return None
        if codes:
            raise AssertionError(f"this should have been refused: {sorted(codes)}")
        return done

    def expect(self, kind: str, *subjects: str) -> None:
        self.expected += [(kind, str(subject)) for subject in subjects]

    def _statuses(self, wished: Iterable[Wish]) -> list[str]:
        """The cards that these will take over from, one entry of the journal each."""
        return [card.number for wish in wished for card, _ in self.paper.taken_over(wish)]

    def _enter(self, made: Iterable[PaperCard], taken_over: Iterable[str]) -> None:
        for card in made:
            self._take_copy(card)
            self.expect("card-issued", card.number)
            self.looked_at = card.number
        self.expect("card-superseded", *taken_over)

    def _take_copy(self, card: PaperCard) -> None:
        card.copies.append(PaperCopy(self.office.text(CardNumber(card.number))))

    def _foreign(self, card: PaperCard) -> str:
        return SCHOOL.code if card.issuer != SCHOOL.code else CENTRE

    def _row(self, place: int, wish: Wish) -> RawRow:
        who = self.paper.people[wish.person]
        cells: dict[str, Cell] = {
            **ROWS[wish.kind],
            "name": who.name,
            "resident_id": who.resident_id,
            "certified_on": wish.certified_on,
        }
        del cells["reviewed_by"], cells["applied_on"]
        if wish.applied_on is not None:
            cells["applied_on"] = wish.applied_on
        if wish.is_assessor:
            cells["occupations"] = cells["qualification_occupation"] = "、".join(wish.types)
        if wish.place is not None:
            cells["institution"] = wish.place
        if wish.by_hand is not None:
            cells |= {"number": wish.by_hand, "number_reason": "统筹研究确定"}
        return RawRow(place, cells)

    def _rotate(self) -> None:
        """As the office does, with the root key at hand."""
        mine = type(self)
        mine.root = mine.root or self.office.root()
        for purpose in SIGNING:
            introduce_key(self.register, purpose, mine.root, ACTOR)
            promoted = promote_key(self.register, Promotion(purpose, at_once=True), mine.root, ACTOR)
            self.ends_on[purpose] = promoted.signs_until
            self.expect("key-introduced", promoted.public.hex())
            self.expect("key-promoted", promoted.public.hex())

    def _read_journal(self) -> list[tuple[str, str]]:
        """Read what is new, hash it, and tell from it alone what has become of the cards."""
        rows = self.world.rows(
            f"SELECT seq, kind, subject, entry, leaf FROM journal WHERE seq >= {len(self.leaves)} ORDER BY seq"  # noqa: S608
        )
        for seq, kind, subject, entry, leaf in rows:
            told = json.loads(entry)
            equal((seq, told["seq"]), (len(self.leaves),) * 2, "places in the journal")
            equal((kind, subject), (told["kind"], told["subject"]), "columns of the journal")
            equal(bytes(leaf), hashlib.sha256(b"\0" + bytes(entry)).digest(), "leaf of the journal")
            self.leaves.append(bytes(leaf))
            after = {
                "card-issued": "valid",
                "card-imported": "valid",
                "card-revoked": "revoked",
                "card-voided": "voided",
                "card-superseded": "superseded" if told["data"].get("complete") else "valid",
            }.get(kind)
            if after is not None:
                before = self.told.get(subject)
                allowed = {None} if kind in {"card-issued", "card-imported"} else {"valid"}
                if before not in allowed | ({"superseded"} if kind == "card-revoked" else set()):
                    raise AssertionError(f"{kind} of {subject}, which was {before}")
                self.told[subject] = after
        return [(row[1], row[2]) for row in rows]


def equal(found: object, expected: object, what: str) -> None:
    """Name those that are not alike: this module is not one whose asserts pytest rewrites."""
    if found != expected:
        raise AssertionError(f"{what}: {_difference(found, expected)}")


def _difference(found: object, expected: object) -> str:
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = {key for key in [*found, *expected] if found.get(key, ...) != expected.get(key, ...)}
        return "; ".join(f"{key}: {found.get(key, 'nothing')} but {expected.get(key, 'nothing')}" for key in keys)
    return f"{found} but {expected} on paper"


def _types(scopes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(scope.removeprefix("occupation:") for scope in scopes))


def day(stored: object) -> date | None:
    """SQLite keeps dates as text."""
    return date.fromisoformat(stored) if isinstance(stored, str) else cast("date | None", stored)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162 2.1.1."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()
