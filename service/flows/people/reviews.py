"""Enter what a person's work came to, and tell the integrity record (诚信档案).

督§16, 督§17, 督§20, 考§17, 考§18, 考§19, 考§20.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

from sqlalchemy import Connection

from service.domain.access import By, Principal
from service.domain.access_record import Access, Act
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.event import Event, Json
from service.domain.forms import FormName
from service.domain.issuer import CENTRE, is_institution_code
from service.domain.kinds import CardKind
from service.domain.review import (
    Entry,
    EntryKind,
    Grade,
    case_ground,
    check_body,
    check_evaluation,
    check_points,
    check_warning,
    evaluation_article,
    grade_of,
    keepers_of,
    may_read,
    not_its_record,
    opens_case,
)
from service.domain.tidy import tidy_name
from service.flows.assessments.forms import Occasion, card_with_form, draw_forms
from service.flows.cards.lifecycle import check_who_decides, registered
from service.flows.errors import Refused
from service.flows.people.access_records import record_access
from service.flows.register import Register
from service.flows.shipped import shipped_forms
from service.store import cancellations, cards, dossiers, engagements, institutions, journal, reviews
from service.store.reviews import Case, Closing


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered; ``case`` says whether a person must now decide."""

    id: int
    entry: Entry
    case: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Who gives an entry, when, and why. ``body`` is by default the card's issuer.

    ``only_own``: refuse a body that keeps no record of the holder, by what the register knows of contracts.
    """

    on: date
    by: str
    body: str | None = None
    note: str = ""
    only_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The job a sheet is about. ``institution`` is where it was done, by default the body that reviews."""

    plan: str
    occupation: str = ""
    institution: str | None = None


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of a record. ``outcome`` is a grade or a word on what became of it; ``total`` a sheet's sum."""

    on: date
    number: CardNumber
    what: str
    article: str
    outcome: str
    body: str
    by: str
    note: str
    points: tuple[int, ...] | None = None

    @property
    def total(self) -> int | None:
        """Sum of a sheet's points."""
        return None if self.points is None else sum(self.points)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """The integrity record of a person: over all the cards, by day; ``keepers`` by kind of card."""

    name: str
    cards: tuple[Card, ...]
    keepers: tuple[tuple[CardKind, tuple[str, str]], ...]
    lines: tuple[RecordLine, ...]


def enter_review(
    register: Register,
    number: CardNumber,
    form: FormName,
    points: Sequence[int],
    *,
    work: Work,
    given: Given,
    actor: str,
    out: BinaryIO | None = None,
) -> Entered:
    """Enter a review sheet: 督附2 after each job of a supervisor (督§16), 考附1 of an assessor (考§17).

    The sheet is drawn to ``out``, for signing, before it is stored. Raises Refused for a card that has no such sheet,
    RecordRefused for points the sheet does not admit, LayoutError for a text that cannot be printed.
    """
    forms = shipped_forms()
    sheets = {sheet.annex: sheet for sheet in (forms.supervisor_review, forms.assessor_review)}
    card = card_with_form(register, number, form)
    check_points(sheets[form], points)
    entry = replace(
        _entry(register, card, EntryKind.REVIEW, form.value, given),
        outcome=grade_of(form, sum(points)),
        points=tuple(points),
        plan=work.plan,
        occupation=work.occupation,
        institution=work.institution,
    )
    if entry.institution is None and entry.body in register.institutions():
        entry = replace(entry, institution=entry.body)
    if out is not None:
        occasion = Occasion(entry.institution, work.plan, given.on, occupation=work.occupation, points=tuple(points))
        draw_forms(register, form, [number], occasion, out)
    return _enter(register, number, entry, actor)


def enter_evaluation(register: Register, number: CardNumber, result: Grade, given: Given, actor: str) -> Entered:
    """Enter the result of a periodic evaluation (督§17) or an annual review (考§18); a failed one opens a case.

    The case is a person's to decide, under 督§19(1) or 考§21(1). Raises Refused, RecordRefused.
    """
    with register.database.read() as connection:
        card = registered(connection, number)
    check_evaluation(card.kind, result)
    entry = _entry(register, card, EntryKind.EVALUATION, evaluation_article(card.kind), given)
    return _enter(register, number, replace(entry, outcome=result), actor)


def enter_warning(register: Register, number: CardNumber, ground: str, given: Given, actor: str) -> Entered:
    """Enter a warning (劝告) by the institution; the card counts as before. 考§20. Raises Refused, RecordRefused."""
    with register.database.read() as connection:
        card = registered(connection, number)
    article = check_warning(card.kind, ground)
    return _enter(register, number, _entry(register, card, EntryKind.WARNING, article, given), actor)


def enter_reward_or_sanction(
    register: Register, number: CardNumber, kind: EntryKind, given: Given, actor: str
) -> Entered:
    """Enter a reward (奖励) or a sanction (处分). 督§20, 考§19. Raises Refused, RecordRefused."""
    with register.database.read() as connection:
        card = registered(connection, number)
    article = "考§19" if card.kind.is_assessor else "督§20"
    return _enter(register, number, _entry(register, card, kind, article, given), actor)


def list_cases(register: Register, *, body: str = CENTRE) -> tuple[Case, ...]:
    """List the failed results that were or are to be decided on, the oldest first.

    The centre sees all, another ``body`` those it decides on and those it has entered.
    """
    with register.database.read() as connection:
        found = reviews.cases(connection)
    return tuple(one for one in found if body in {CENTRE, one.issuer, one.entry.body})


def find_case(register: Register, identity: int, *, body: str = CENTRE) -> Case:
    """Find a case by its id, for a body that sees it in ``list_cases``. Raises Refused."""
    with register.database.read() as connection:
        found = _case(connection, identity)
    if body not in {CENTRE, found.issuer, found.entry.body}:
        raise _no_such_case(identity)
    return found


def close_case(register: Register, identity: int, *, reason: str, by: str, actor: str, body: str | None = None) -> Case:
    """Close a case without a cancellation; the result stays in the record.

    Raises Refused for an unknown case, one that is decided, or without reason and person, DecisionRefused for a
    body that is not the card's issuer, CaseClosed.
    """
    today, now = register.effects.today(), register.effects.now()
    if not reason.strip() or not by.strip():
        raise Refused("case-reason", "办结须写明理由和人员", "closing a case states a reason and a person")
    with register.database.read() as connection:
        found = _case(connection, identity)
    ground = str(case_ground(found.kind))
    check_who_decides(register, found.number, By(actor, body), {"act": "close-case", "ground": ground})
    with register.database.write() as connection:
        registered(connection, found.number)
        if not _case(connection, identity).is_open:
            raise Refused("case-decided", "此事项已办结", "the case has been decided already")
        reviews.close_case(connection, identity, Closing(today, by, reason), now)
        event = Event("case-closed", found.number, {"entry": identity, "ground": ground, "body": found.issuer})
        journal.append_many(connection, now, actor, (event,))
        return _case(connection, identity)


def person_record(register: Register, number: CardNumber, *, body: str = CENTRE) -> PersonRecord | None:
    """Return the integrity record of whoever holds a card, over all the person's cards that ``body`` may read of.

    None if it may not read of this card. Raises Refused for a number that is not registered.
    """
    with register.database.read() as connection:
        card = registered(connection, number)
        today = register.effects.today()
        held = tuple(
            one for one in cards.of_person(connection, card.person) if may_read_of(connection, one, body, today)
        )
        if number not in {one.number for one in held}:
            return None
        stored = reviews.of_cards(connection, (one.number for one in held))
        cases = {case.id: case for case in reviews.cases(connection)}
        lines = [_line(one.number, one.entry, cases.get(one.id)) for one in stored]
        lines += [line for one in held for line in _cancellation_lines(connection, one.number)]
    keepers = dict.fromkeys(one.kind for one in held)
    return PersonRecord(
        held[-1].name,
        held,
        tuple((kind, keepers_of(kind)) for kind in keepers),
        tuple(sorted(lines, key=lambda line: line.on)),
    )


def record_for(register: Register, number: CardNumber, by: Principal) -> PersonRecord | None:
    """Return the integrity record to somebody signed in, as ``person_record`` does; that it was read is recorded."""
    told = person_record(register, number, body=by.body)
    if told is None:
        refused = Access(act=Act.REFUSED, number=number, ground=Act.RECORD, outcome="record-body")
        record_access(register, by.actor, refused)
    else:
        record_access(register, by.actor, Access(act=Act.RECORD, number=number, ground="keeps-the-record"))
    return told


def may_read_of(connection: Connection, card: Card, body: str, on: date) -> bool:
    """Return whether a body reads on a day what is recorded of a card's holder. 督§4, 考§17."""
    if body in {CENTRE, card.issuer}:
        return True
    return may_read(card.kind, card.issuer, _keepers(connection, card, on), body)


def _keepers(connection: Connection, card: Card, on: date) -> frozenset[str]:
    """Find who keeps the record of a card's holder today. 督§4, 考§17."""
    engaging = {
        one.term.institution
        for one in engagements.of_person(connection, card.person)
        if one.term.until is None or on <= one.term.until
    }
    if card.kind is not CardKind.EXTERNAL:
        return frozenset(engaging)
    sent = (one.authority for one in dossiers.dispatches_of(connection, card.person) if one.withdrawn_on is None)
    filed = (institutions.get(connection, code) for code in (*engaging, *filter(None, (card.institution,))))
    bureaus = (
        card.work_unit,
        cards.recommended_by(connection, card.number),
        *sent,
        *(one and one.authority for one in filed),
    )
    return frozenset(tidy_name(one) for one in bureaus if one)


def _has_answered_for(connection: Connection, card: Card, body: str, on: date) -> bool:
    """Return whether a body writes of what a holder has done: also an institution whose contract has ended. 考§17.

    Of external supervisors any authority does, which reads nothing by it (督§4).
    """
    if card.kind is CardKind.EXTERNAL:
        return not is_institution_code(body)
    ever = {one.engagement.institution for one in engagements.of_person(connection, card.person)}
    return may_read_of(connection, card, body, on) or (card.kind.is_assessor and body in ever)


def _entry(register: Register, card: Card, kind: EntryKind, article: str, given: Given) -> Entry:
    body = given.body or card.issuer
    check_body(kind, card.kind, card.issuer, body)
    if given.only_own:
        with register.database.read() as connection:
            if not _has_answered_for(connection, card, body, register.effects.today()):
                raise not_its_record(kind, card.kind)
    return Entry(kind=kind, article=article, on=given.on, body=body, by=given.by, note=given.note)


def _enter(register: Register, number: CardNumber, entry: Entry, actor: str) -> Entered:
    today, now = register.effects.today(), register.effects.now()
    institutions = register.institutions()
    for code in (entry.body, entry.institution):
        if code is not None and code.isascii() and code.isdigit() and code not in institutions:
            raise Refused("institution-unknown", f"没有登记机构 {code}", f"institution {code} is not entered")
    with register.database.write() as connection:
        card = registered(connection, number)
        if not card.issued_on <= entry.on <= today:
            raise Refused(
                "record-date",
                f"日期 {entry.on} 应在发证日期 {card.issued_on} 至今天之间",
                f"{entry.on} is not between the card's issue, {card.issued_on}, and today",
            )
        identity = reviews.add(connection, number, entry, now)
        data: dict[str, Json] = {
            "entry": identity,
            "what": entry.kind.value,
            "on": entry.on.isoformat(),
            "article": entry.article,
            "body": entry.body,
        }
        if entry.outcome is not None:
            data["outcome"] = entry.outcome.value
        if entry.points is not None:
            data["points"] = entry.points
        journal.append_many(connection, now, actor, (Event("integrity-recorded", number, data),))
    return Entered(identity, entry, opens_case(entry))


def _case(connection: Connection, identity: int) -> Case:
    found = reviews.case(connection, identity)
    if found is None:
        raise _no_such_case(identity)
    return found


def _no_such_case(identity: int) -> Refused:
    return Refused("no-such-case", f"没有编号为 {identity} 的待定事项", f"there is no case {identity}")


def _line(number: CardNumber, entry: Entry, case: Case | None) -> RecordLine:
    outcome = "" if entry.outcome is None else entry.outcome.value
    note = "；".join(part for part in (entry.plan, entry.occupation, entry.note) if part)
    if case is not None and case.closing is not None:
        note = "；".join(part for part in (note, f"{case.closing.on} {case.closing.by}：{case.closing.reason}") if part)
    if case is not None:
        outcome += "（待决定）" if case.is_open else "（已办结）"
    return RecordLine(entry.on, number, entry.kind.zh, entry.article, outcome, entry.body, entry.by, note, entry.points)


def _cancellation_lines(connection: Connection, number: CardNumber) -> list[RecordLine]:
    decision, correction = cancellations.get(connection, number), cancellations.get_correction(connection, number)
    lines: list[RecordLine] = []
    if decision is not None:
        lines.append(
            RecordLine(
                decision.decided_on,
                number,
                "取消资格",
                str(decision.ground),
                "",
                decision.body,
                decision.decided_by,
                decision.reason,
            )
        )
    if correction is not None and decision is not None:
        lines.append(
            RecordLine(
                correction.corrected_on,
                number,
                "更正",
                str(decision.ground),
                "",
                correction.body,
                correction.decided_by,
                correction.reason,
            )
        )
    return lines
