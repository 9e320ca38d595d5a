"""Bring in cards from before the system, with the numbers and the state they have; the counters move past the highest.

A number mistyped would use up the rest of a year's series, so a counter that would move further than the cards explain
is asked about first. Cancellations come along, so that the bar of 考§21 holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection

from service.domain.application import MalformedRow, RawRow
from service.domain.application.earlier import EarlierCard, parse_earlier_row
from service.domain.cancellation import Decision, check_decision, split_ground, takes
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber, Scheme, is_doubtful_leap
from service.domain.card_steps import adopt, check_decided_after_issue, revoke
from service.domain.eligibility import UNKNOWN
from service.domain.errors import DomainError
from service.domain.event import Event
from service.domain.filing import letter_problem
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.domain.problem import Problem
from service.domain.regulation import LAST_SEQUENCE, MIN_AGE
from service.domain.validity import last_valid_day
from service.flows.errors import Refused
from service.flows.issue.issuing import seal_person
from service.flows.issue.outcome import RefusedRow
from service.flows.register import Register
from service.store import cancellations, cards, journal, numbers, people
from service.store.card_rows import NO_COPY
from service.store.cards import CardRecord
from service.store.leaps import Leap, leaps

BEFORE: Final = "系统启用前的决定 decided before the system"
"""What stands in a decision from before the system where its list says nothing."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was brought in, and every row that speaks against it; nothing is stored while there is one."""

    imported: tuple[CardNumber, ...]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A card as listed, still in force, and the decision that has cancelled it since."""

    card: Card
    decision: Decision | None


def import_cards(register: Register, rows: Sequence[RawRow], actor: str, confirmed: Collection[str] = ()) -> Imported:
    """Store all of the listed cards, or none while a row is refused. Their copies have no QR code.

    A list is corrected and given again as a whole, so that the counters move once. ``confirmed`` are the prefixes whose
    counters may move further than the cards explain. Raises Refused for another one that would, and the store's
    refusals for a number the register itself has issued and for a person who has a live card for the scope.
    """
    earlier, drafts, refused = _examined(register, rows)
    if refused:
        return Imported((), tuple(sorted(refused, key=lambda row: row.row)))
    now = register.effects.now()
    with register.database.write() as connection:
        person_ids = people.put_many(
            connection, (seal_person(register, row.resident_id, row.name, row.phone) for row in earlier)
        )
        events = _confirmed_leaps(connection, [row.number for row in earlier], confirmed)
        numbers.record_before(connection, (row.number for row in earlier), now)
        stored: list[Card] = []
        for row in earlier:
            draft = drafts[row.row]
            person = person_ids[register.blind.of(row.resident_id)]
            card, adopted = adopt(replace(draft.card, person=person))
            events.append(adopted)
            if draft.decision is not None:
                card, revoked = revoke(card, draft.decision, draft.decision.decided_on)
                events.append(revoked)
            stored.append(card)
        cards.insert_many(connection, [CardRecord(card=card) for card in stored], now)
        for row in earlier:
            if (decision := drafts[row.row].decision) is not None:
                cancellations.record_many(connection, (row.number,), decision, now)
        journal.append_many(connection, now, actor, events)
    return Imported(tuple(row.number for row in earlier), ())


def _examined(
    register: Register, rows: Sequence[RawRow]
) -> tuple[list[EarlierCard], dict[int, _Draft], list[RefusedRow]]:
    """Read the rows and look at each; return them, their cards by row, and every row that is refused."""
    catalogue = register.catalogue
    parsed = [parse_earlier_row(row, catalogue) for row in rows]
    earlier = [row for row in parsed if isinstance(row, EarlierCard)]
    refused = [RefusedRow(row.row, row.name, row.problems) for row in parsed if isinstance(row, MalformedRow)]
    known, today = register.institutions(), register.effects.today()
    drafts: dict[int, _Draft] = {}
    for row in earlier:
        problems = [*_doubled(row, earlier), *_out_of_order(row, today)]
        if row.institution is not None and row.institution not in known:
            problems.append(
                Problem(
                    "institution-unknown",
                    "institution",
                    "督附3",
                    f"机构代码：{row.institution} 未登记",
                    f"institution: {row.institution} is not registered",
                )
            )
        elif row.institution is not None and (other := letter_problem(row.number, known[row.institution])):
            problems.append(other)
        try:
            drafts[row.row] = _draft(row, today)
        except DomainError as error:
            field = "number" if row.cancelled_on is None else "cancelled_ground"
            problems.append(Problem(error.code, field, "", error.zh, error.en))
        if problems:
            refused.append(RefusedRow(row.row, row.name, tuple(problems)))
    if not refused:
        refused += _still_in_force(register, earlier, drafts)
    return earlier, drafts, refused


def _draft(row: EarlierCard, today: date) -> _Draft:
    card = Card(
        number=row.number,
        kind=row.kind,
        person=0,
        name=row.name,
        issuer=row.institution or CENTRE if row.kind is CardKind.INTERNAL else CENTRE,
        institution=row.institution,
        work_unit=row.work_unit,
        occupations=row.occupations,
        issued_on=row.issued_on,
        expires_on=row.expires_on or last_valid_day(row.issued_on),
        status=CardStatus.VALID,
        status_on=None,
        released=frozenset(),
        predecessor=None,
        copy_id=NO_COPY,
        in_house=row.in_house,
    )
    if row.cancelled_on is None or row.cancelled_ground is None:
        return _Draft(card, None)
    ground, reason = split_ground(row.cancelled_ground)
    decision = Decision(ground, card.issuer, row.cancelled_on, decided_by=BEFORE, reason=reason or BEFORE)
    check_decision(decision, card.kind, card.issuer)
    check_decided_after_issue(card, decision, today)
    return _Draft(card, decision)


def _doubled(row: EarlierCard, rows: Sequence[EarlierCard]) -> Iterator[Problem]:
    first = next(other for other in rows if other.number == row.number)
    if first is not row:
        yield Problem(
            "number-doubled",
            "number",
            "",
            f"证卡编号：{row.number} 已在第 {first.row} 行",
            f"number: {row.number} stands in row {first.row} already",
        )


def _out_of_order(row: EarlierCard, today: date) -> Iterator[Problem]:
    """Refuse dates that cannot be: a holder not yet 16 at the issue, a day that is still to come."""
    born_on = row.resident_id.birth_on
    if row.resident_id.age_on(row.issued_on) < MIN_AGE:
        yield Problem(
            "age-under-limit",
            "issued_on",
            "考§7(1)4" if row.kind.is_assessor else "督§6(4)",
            f"核发日期：{born_on} 出生，至核发日期 {row.issued_on} 不满 {MIN_AGE} 周岁，请核对",
            f"issued_on: born on {born_on}, not yet {MIN_AGE} at the issue on {row.issued_on}",
        )
    for field, heading, on in (
        ("issued_on", "核发日期", row.issued_on),
        ("cancelled_on", "取消日期", row.cancelled_on),
    ):
        if on is not None and on > today:
            yield Problem(
                "date-after-today",
                field,
                "",
                f"{heading}：{on} 晚于今天 {today}，请核对",
                f"{field}: {on} is after today, {today}",
            )


def _still_in_force(
    register: Register, rows: Sequence[EarlierCard], drafts: Mapping[int, _Draft]
) -> Iterator[RefusedRow]:
    """Refuse a cancellation that leaves the person another card it takes, in the list or in the register.

    考§21 takes all of a person's assessor cards, 督§19 the supervisor cards of the issuer that decides.
    """
    blinds = {register.blind.of(row.resident_id) for row in rows if row.cancelled_on is not None}
    with register.database.read() as connection:
        known = people.known(connection, blinds)
    for row in rows:
        decision = drafts[row.row].decision
        if decision is None:
            continue
        listed = (drafts[other.row] for other in rows if other.resident_id == row.resident_id)
        held = [draft.card for draft in listed if draft.decision is None]
        held += [one.card for one in known.get(register.blind.of(row.resident_id), UNKNOWN).cards]
        left = sorted(
            card.number
            for card in held
            if card.status is CardStatus.VALID
            and card.issued_on <= decision.decided_on <= card.expires_on
            and takes(decision, card.kind, card.issuer)
        )
        if left:
            told = "、".join(left)
            problem = Problem(
                "cancellation-incomplete",
                "status",
                decision.ground.rule,
                f"状态：{decision.decided_on} 的取消决定同时取消本人的证卡 {told}（{decision.ground.rule}），"
                "请一并注明或先行取消",
                f"status: the decision of {decision.decided_on} takes the person's cards {', '.join(left)} too "
                f"({decision.ground.rule}): list them as cancelled, or cancel them first",
            )
            yield RefusedRow(row.row, row.name, (problem,))


def _confirmed_leaps(connection: Connection, brought: Sequence[CardNumber], confirmed: Collection[str]) -> list[Event]:
    """Return the journal's word for every counter that is moved further than the cards explain, as confirmed.

    Raises Refused while one of them is not confirmed. 督附3, 考附2.
    """
    asked = [leap for leap in leaps(connection, brought) if is_doubtful_leap(leap.last_no, leap.highest, leap.brought)]
    doubtful = [leap for leap in asked if leap.prefix not in confirmed]
    if not doubtful:
        return [
            Event("counter-move-confirmed", leap.prefix, {"before": leap.last_no, "value": leap.highest})
            for leap in asked
        ]
    zh, en = zip(*map(_told, doubtful), strict=True)
    raise Refused(
        "import-passes-numbers",
        f"请核对编号：{'；'.join(zh)}",
        f"check the numbers: {'; '.join(en)}",
        {"prefix": doubtful[0].prefix},
    )


def _told(leap: Leap) -> tuple[str, str]:
    number = CardNumber.compose(leap.prefix, leap.highest)
    left = LAST_SEQUENCE - leap.highest
    for_good = number.scheme is Scheme.ASSESSOR
    lasting_zh = "，考评人员编号不得指定，不能补救（考附2）" if for_good else ""
    lasting_en = ", for good: assessor numbers are never assigned by hand (考附2)" if for_good else ""
    zh = (
        f"编号段 {leap.prefix} 现到 {leap.last_no:04d}，本次导入 {leap.brought} 张，最大编号 {number}；"
        f"导入后其间 {leap.lost} 个号不再按序取用，当年只剩 {left} 个号{lasting_zh}"
    )
    en = (
        f"series {leap.prefix} stands at {leap.last_no:04d}, the list brings {leap.brought} cards, the highest "
        f"{number}: {leap.lost} numbers would be passed over and {left} be left of the year{lasting_en}"
    )
    return zh, en
