"""Random lives of cards, whose journal must tell the same story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from service.domain.cancellation import Correction, Decision, parse_ground
from service.domain.card import Card, CardStatus, ReplacementReason
from service.domain.card_number import CardNumber, plan_claim
from service.domain.card_steps import correct, issue, replace, revoke_all, supersede, void
from service.domain.errors import DecisionRefused, IllegalTransition
from service.domain.event import Event
from service.domain.issuer import CENTRE
from service.domain.journal import Entry, entry_bytes, parse_entry, replay
from service.domain.merkle import Frontier, leaf_hash, root_of
from tests import needs
from tests.domain.sample_cards import MILLING, WELDING, card

PREFIXES = st.sampled_from(["2631001", "2631002", "R5026", "S50012326"])
DAYS = st.dates(date(2026, 3, 2), date(2029, 6, 30))
AT = datetime(2026, 3, 2, tzinfo=UTC)


class Register(RuleBasedStateMachine):
    """Cards of three persons, changed at random; everything that happens goes through the journal's bytes."""

    numbers = Bundle("numbers")

    def __init__(self) -> None:
        super().__init__()
        self.cards: dict[str, Card] = {}
        self.counters: dict[str, int] = {}
        self.copies = 0
        self.entries: list[bytes] = []
        self.frontier = Frontier()

    def record(self, after: Card, event: Event) -> None:
        before = self.cards.get(after.number)
        assert before is None or (after.number, after.person) == (before.number, before.person)
        self.cards[after.number] = after
        entry = entry_bytes(Entry(len(self.entries), AT, "system", event))
        self.entries.append(entry)
        self.frontier = self.frontier.append(leaf_hash(entry))

    def next_copy(self) -> bytes:
        self.copies += 1
        return self.copies.to_bytes(8, "big")

    @rule(target=numbers, prefix=PREFIXES, person=st.integers(1, 3), both=st.booleans())
    def issue(self, prefix: str, person: int, both: bool) -> CardNumber:  # noqa: FBT001 -- drawn by hypothesis
        (sequence,) = plan_claim(self.counters.get(prefix, 0), (), 1)
        self.counters[prefix] = sequence
        number = CardNumber.compose(prefix, sequence)
        types = ((MILLING, WELDING) if both else (MILLING,)) if number.kind.is_assessor else ()
        new = card(number, person=person, occupations=types, copy_id=self.next_copy())
        for held in [one for one in self.cards.values() if one.person == person and one.status is CardStatus.VALID]:
            if shared := held.live_scopes & new.scopes:  # as a renewal or a promotion takes over
                self.record(*supersede(held, shared, number, new.issued_on))
        self.record(*issue(new))
        return number

    def attempt(self, step: Callable[[], tuple[Card, Event]], *, legal: bool) -> None:
        """A legal step is taken and recorded, another is refused and changes nothing."""
        try:
            after, event = step()
        except IllegalTransition:
            assert not legal
        else:
            assert legal
            self.record(after, event)

    @rule(number=numbers, on=DAYS)
    def void(self, number: CardNumber, on: date) -> None:
        before = self.cards[number]
        self.attempt(lambda: void(before, "印错", on), legal=before.status is CardStatus.VALID)

    @rule(number=numbers, on=DAYS, reason=st.sampled_from(ReplacementReason))
    def replace(self, number: CardNumber, on: date, reason: ReplacementReason) -> None:
        before, copy_id = self.cards[number], self.next_copy()
        legal = before.status is CardStatus.VALID and on <= before.expires_on
        self.attempt(lambda: replace(before, copy_id, reason, on), legal=legal)

    @rule(number=numbers, by=numbers, on=DAYS, data=st.data())
    def supersede(self, number: CardNumber, by: CardNumber, on: date, data: st.DataObject) -> None:
        before = self.cards[number]
        scopes = data.draw(st.frozensets(st.sampled_from(sorted(before.scopes)), min_size=1))
        legal = before.status is CardStatus.VALID and by != number and not scopes & before.released
        self.attempt(lambda: supersede(before, scopes, by, on), legal=legal)

    @rule(
        person=st.integers(1, 3),
        ground_and_body=st.sampled_from([("考§21(1)", CENTRE), ("督§19(1)", CENTRE), ("督§19(1)", "500123")]),
        on=DAYS,
    )
    def cancel(self, person: int, ground_and_body: tuple[str, str], on: date) -> None:
        ground, body = ground_and_body
        held = [c for c in self.cards.values() if c.person == person]
        for after, event in revoke_all(held, Decision(parse_ground(ground), body, on, "张主任", "属实"), on):
            self.record(after, event)

    @rule(number=numbers, body=st.sampled_from([CENTRE, "500123"]), on=DAYS)
    def correct(self, number: CardNumber, body: str, on: date) -> None:
        """A correction is an entry of its own: the card stays as it is."""
        before = self.cards[number]
        revoked = before.status is CardStatus.REVOKED and before.status_on is not None and before.status_on <= on
        try:
            event = correct(before, Correction(body, on, "张主任", "查无此事"))
        except (IllegalTransition, DecisionRefused):
            assert not revoked or body != before.issuer
        else:
            assert revoked
            assert body == before.issuer
            self.record(before, event)

    @invariant()
    def nobody_has_two_live_cards_for_one_scope(self) -> None:
        live = [(c.person, s) for c in self.cards.values() if c.status is CardStatus.VALID for s in c.live_scopes]
        assert len(live) == len(set(live))

    @invariant()
    def the_journal_replays_to_the_same_status(self) -> None:
        replayed = replay(parse_entry(entry).event for entry in self.entries)
        assert replayed == {number: c.status for number, c in self.cards.items()}

    @invariant()
    def the_frontier_is_that_of_the_entries(self) -> None:
        assert self.frontier.root == root_of([leaf_hash(entry) for entry in self.entries])

    @invariant()
    def copy_ids_are_never_shared(self) -> None:
        assert len({c.copy_id for c in self.cards.values()}) == len(self.cards)

    @invariant()
    def a_card_in_force_counts_for_something(self) -> None:
        assert all(c.live_scopes for c in self.cards.values() if c.status is CardStatus.VALID)


TestRegister = Register.TestCase
TestRegister.settings = settings(max_examples=needs.examples(60), stateful_step_count=25, deadline=None)
