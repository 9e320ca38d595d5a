"""A register as an office has it that has worked for three years: its cards, issued through the flows, and its bodies.

``grow`` adds cards with the institutions, authorities, people at work and history that go with so many; a register may
be grown again. What happens to the cards afterwards is written in bulk (``large_history``): its rows are as the flows
write them, its entries in the journal carry no facts, so an audit of it finds every row unstated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from service.demo.people import AREA
from service.domain.access import By
from service.domain.application import Cell, RawRow, parse_row
from service.domain.batch import plan
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.draft_state import DraftState
from service.domain.eligibility import UNKNOWN, Policy
from service.domain.issuer import CENTRE, Institution
from service.domain.kinds import SkillLevel
from service.domain.people import check_digit
from service.flows.cards.amend import amend_card
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest
from service.flows.cards.lifecycle import replace_card, revoke_card
from service.flows.issue.entering import Entry, enter_batch
from service.flows.issue.issuing import PreparedCard, draft_of
from service.flows.issue.judging import Judged, known_people
from service.flows.people.authorities import AuthorityRequest, add_authority
from service.flows.people.filing_requests import FilingRequest
from service.flows.people.institutions import add_institution, file_jobs
from service.store import drafts
from tests.bench.crowd import names
from tests.domain.applicants import ROWS
from tests.flows.office import ACTOR, AUTHORITIES, FACTORY, NOON, SCHOOL, Office, make_office, photo
from tests.flows.people_at_work import hire

LAST_DAY: Final = date(2029, 9, 3)
_FIRST_DAY: Final = date(2026, 11, 2)
_BATCH: Final = 3_000
_KINDS: Final = (
    *("external", "internal", "standard", "internal", "standard"),
    *("external", "internal", "senior", "internal", "special_skill"),
)
_JOBS: Final = ("电工", "焊工", "车工")
_OF_SCHOOL: Final = 16  # every so many-th card is of the school, or of its authority


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much a register grows by. ``draft_rows`` are those of the largest batch at work of a body.

    What is rare happens to one card of so many.
    """

    cards: int
    institutions: int
    authorities: int
    accounts: int
    draft_rows: int
    days: int = 1
    rare: int = 50


LARGE: Final = Amounts(cards=100_000, institutions=400, authorities=100, accounts=1_500, draft_rows=3_000, days=17)


@dataclass(slots=True)
class Grown:
    """A register that grows, with what it has so far."""

    office: Office
    random: Random = field(default_factory=lambda: Random(2026))
    institutions: list[str] = field(default_factory=lambda: [SCHOOL.code, FACTORY.code])
    authorities: list[str] = field(default_factory=lambda: list(AUTHORITIES))
    people: int = 0
    of_first_day: int = 0
    renewed: int = 0
    drawn: Iterator[str] = field(default_factory=lambda: names(Random(2026)))

    @property
    def by(self) -> By:
        return By(ACTOR)


def begin(folder: Path, database_url: str) -> Grown:
    """Set up an office three years ago and hire an account of each role."""
    office = make_office(folder, database_url)
    office.clock.now = NOON
    hire(office)
    for one in (SCHOOL, FACTORY):
        file_jobs(office.register, one.code, FilingRequest(jobs=list(_JOBS[:2]), levels=[SkillLevel.THREE]), ACTOR)
    return Grown(office)


def add_cards(grown: Grown, amounts: Amounts) -> Iterator[list[CardNumber]]:
    """Add cards, issued on as many days as are named, the last of them ``LAST_DAY``; yield each day's."""
    span = (LAST_DAY - _FIRST_DAY).days
    for place in range(amounts.days):
        day = LAST_DAY - timedelta(days=span * (amounts.days - 1 - place) // max(amounts.days - 1, 1))
        if grown.office.today != day:
            grown.office.move_to(day)
        count = amounts.cards * (place + 1) // amounts.days - amounts.cards * place // amounts.days
        issued = _issue_day(grown, count)
        if day == _FIRST_DAY:
            grown.of_first_day = grown.people
        _change_some(grown, issued)
        yield issued


def add_bodies(grown: Grown, amounts: Amounts) -> None:
    """Add authorities, and institutions with the job types they have filed."""
    register, before = grown.office.register, len(grown.authorities)
    for place in range(before, before + amounts.authorities):
        name = f"第{place}区人力资源和社会保障局"
        add_authority(register, AuthorityRequest(name), ACTOR)
        grown.authorities.append(name)
    before = len(grown.institutions)
    for place in range(before, before + amounts.institutions):
        of = AUTHORITIES[0] if place % _OF_SCHOOL == 0 else grown.authorities[place % len(grown.authorities)]
        letter = "SHY"[place % 3]
        code = f"5{place + 10_000:05d}"
        add_institution(register, Institution(code, letter, f"重庆市第{place}职业技能培训学校", of), ACTOR)
        filing = FilingRequest(jobs=[_JOBS[place % 3]], levels=[SkillLevel.THREE, SkillLevel.FOUR])
        file_jobs(register, code, filing, ACTOR)
        grown.institutions.append(code)


def _issue_day(grown: Grown, count: int) -> list[CardNumber]:
    issued: list[CardNumber] = []
    own = count // 20
    for first in range(0, count - own, _BATCH):
        issued += issue_batch(grown, min(_BATCH, count - own - first))
    return issued + issue_batch(grown, own, SCHOOL.code)


def issue_batch(grown: Grown, count: int, issuer: str | None = None) -> list[CardNumber]:
    """Issue a batch of the centre's, or of an institution, without looking at faces: the rows are all alike."""
    register, today = grown.office.register, grown.office.today
    raw = [_row(grown, place, today, issuer) for place in range(count)]
    catalogue = register.catalogue
    rows = [parse_row(one, catalogue) for one in raw]
    known = known_people(register, rows)
    policy = Policy(register.jurisdiction, register.institutions(), today, issuer, "李审核")
    planned = plan(rows, known, policy)
    prepared = [
        PreparedCard(card, draft_of(card), photo(place % 3), known.get(card.application.resident_id, UNKNOWN))
        for place, card in enumerate(planned.accepted)
    ]
    judged = Judged(prepared, {one.row: [*one.problems] for one in planned.refused}, {}, register.jurisdiction.card)
    now = register.effects.now()
    with register.database.write() as connection:
        identity = drafts.begin(
            connection,
            body=issuer or CENTRE,
            holder="user:school" if issuer else "user:centre",
            name=f"{today:%Y年%m月}第{grown.people // _BATCH}批",
            now=now,
            state=DraftState.ISSUED,
            issued_on=today,
            counts={"people": count, "good": count},
        )
        entry = Entry(
            actor="user:centre",
            key=f"draft {identity}",
            digest=bytes(32),
            issued_on=today,
            issuer=issuer,
            reviewed_by="李审核",
            notice=None,
            draft=identity,
        )
        done = enter_batch(register, connection, entry, rows, judged)
    assert len(done.refused) <= count // 20 + 1, done.refused[0]
    return [CardNumber(one.number or "") for one in done.issued]


def _row(grown: Grown, place: int, today: date, issuer: str | None = None) -> RawRow:
    """Return the next person's application; in the last half year every ninth renews a card of the first day."""
    opens = _FIRST_DAY + timedelta(days=31 * 30)
    if issuer is None and place % 9 == 0 and today > opens and grown.renewed < grown.of_first_day:
        person = grown.renewed
        grown.renewed += 1
    else:
        person = grown.people
        grown.people += 1
    kind = "internal" if issuer else _KINDS[person % len(_KINDS)]
    born = date(1975, 1, 1) + timedelta(days=person // 1000)
    first17 = f"{AREA}{born:%Y%m%d}{person % 1000:03d}"
    changes: dict[str, Cell] = {
        "name": next(grown.drawn),
        "resident_id": first17 + check_digit(first17),
        "certified_on": today - timedelta(days=20),
        "applied_on": today - timedelta(days=30),
        "reviewed_by": None,
        **({"institution": issuer} if issuer else _whose(grown, person, kind)),
    }
    cells: Mapping[str, Cell] = {**ROWS[kind], **changes}
    return RawRow(place + 2, {name: cell for name, cell in cells.items() if cell is not None})


def _whose(grown: Grown, person: int, kind: str) -> dict[str, Cell]:
    turn = person // len(_KINDS)
    institution = SCHOOL.code if turn % _OF_SCHOOL == 0 else grown.institutions[turn % len(grown.institutions)]
    if kind == "internal":
        return {"institution": institution}
    if kind == "external":
        bureau = AUTHORITIES[0] if turn % _OF_SCHOOL == 0 else grown.authorities[turn % len(grown.authorities)]
        return {"work_unit": bureau} if person % 2 else {"recommended_by": bureau}
    job: dict[str, Cell] = {"occupations": _JOBS[person % 3]}
    return {**job, "institution": institution} if turn % 5 == 0 else job


def _change_some(grown: Grown, issued: Sequence[CardNumber]) -> None:
    """Cancel, replace and amend some, through the flows."""
    register, by = grown.office.register, grown.by
    for place, number in enumerate(grown.random.sample(issued, max(len(issued) // 50, 6))):
        if place % 3 == 0:
            replace_card(register, number, ReplacementRequest(reason=ReplacementReason.LOST), by)
        elif place % 3 == 1:
            ground = "督§19(4)" if number.kind.value in {"external", "internal"} else "考§21(4)"
            revoke_card(register, number, RevocationRequest(ground=ground, reason="查实", decided_by="王主任"), by)
        else:
            amend_card(register, number, AmendmentRequest(reason="错字", work_unit="重庆市某某厂"), by)


def applications_of(grown: Grown, count: int) -> list[RawRow]:
    """Return rows of new people, for a batch at work."""
    return [_row(grown, place, grown.office.today) for place in range(count)]
