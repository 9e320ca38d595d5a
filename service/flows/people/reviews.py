"""Enter what a person's work came to: sheets, results, warnings, rewards and sanctions.

督§16, 督§17, 督§20, 考§17, 考§18, 考§19, 考§20.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, BinaryIO

from msgspec import Struct
from sqlalchemy import Connection

from service.domain.access import By
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.event import Event, Json
from service.domain.issuer import is_institution_code
from service.domain.kinds import CardKind
from service.domain.review import (
    Entry,
    EntryKind,
    Grade,
    check_body,
    check_evaluation,
    check_points,
    check_warning,
    evaluation_article,
    grade_of,
    not_its_record,
    opens_case,
    sheet_of,
)
from service.flows.assessments.forms import Occasion, card_with_form, draw_forms
from service.flows.cards.lifecycle import registered
from service.flows.errors import Refused
from service.flows.people.authorities import who_acts
from service.flows.people.record import has_engaged, may_read_of
from service.flows.register import Register
from service.flows.requests.fields import described
from service.flows.requests.types import Day, EnteredBy, InstitutionCode, Plan, Reason, line, text
from service.flows.shipped import shipped_forms
from service.store import journal, reviews


class SheetRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A review sheet, 督附2 of a supervisor or 考附1 of an assessor: its points in the order of the rows."""

    points: Annotated[list[int], described("points", min_length=1, max_length=40)]
    on: Day
    by: EnteredBy
    plan: Plan
    occupation: Annotated[str, line("occupation", 60)] = ""
    institution: InstitutionCode | None = None


class EvaluationRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A periodic or annual result."""

    result: Annotated[Grade, described("result")]
    on: Day
    by: EnteredBy
    note: Annotated[str, text("note")] = ""


class WarningRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A warning: an item of 考§20, and what happened."""

    ground: Annotated[str, line("ground", 40, examples=["考§20(2)"])]
    reason: Reason
    on: Day
    by: EnteredBy


class RemarkRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A reward or a sanction: what for."""

    reason: Reason
    on: Day
    by: EnteredBy


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered; ``case`` says whether a person must now decide."""

    id: int
    entry: Entry
    case: bool


def enter_review(
    register: Register, number: CardNumber, request: SheetRequest, by: By, out: BinaryIO | None = None
) -> Entered:
    """Enter a review sheet: 督附2 after each job of a supervisor (督§16), 考附1 of an assessor (考§17).

    An external supervisor whom an institution reviews was its internal one this time (督§14). The institution is where
    the work was done, by default the body that reviews. The sheet is drawn to ``out``, for signing, before it is
    stored. Raises Refused, RecordRefused for points the sheet does not admit, LayoutError for a text that cannot be
    printed.
    """
    forms, form = shipped_forms(), sheet_of(number.kind)
    sheets = {sheet.annex: sheet for sheet in (forms.supervisor_review, forms.assessor_review)}
    card = card_with_form(register, number, form)
    check_points(sheets[form], request.points)
    entry = replace(
        _entry(register, card, _Stated(EntryKind.REVIEW, form.value, request.on, request.by), by),
        outcome=grade_of(form, sum(request.points)),
        points=tuple(request.points),
        plan=request.plan,
        occupation=request.occupation,
        institution=request.institution,
    )
    if entry.institution is None and entry.body in register.institutions():
        entry = replace(entry, institution=entry.body)
    if out is not None:
        occasion = Occasion(
            entry.institution,
            entry.plan,
            entry.on,
            occupation=entry.occupation,
            points=entry.points or (),
            as_internal=is_institution_code(entry.body),
        )
        draw_forms(register, form, [number], occasion, out)
    return _enter(register, number, entry, by)


def enter_evaluation(register: Register, number: CardNumber, request: EvaluationRequest, by: By) -> Entered:
    """Enter the result of a periodic evaluation (督§17) or an annual review (考§18); a failed one opens a case.

    The case is a person's to decide, under 督§19(1) or 考§21(1). Raises Refused, RecordRefused.
    """
    card = _card(register, number)
    check_evaluation(card.kind, request.result)
    stated = _Stated(EntryKind.EVALUATION, evaluation_article(card.kind), request.on, request.by, request.note)
    return _enter(register, number, replace(_entry(register, card, stated, by), outcome=request.result), by)


def enter_warning(register: Register, number: CardNumber, request: WarningRequest, by: By) -> Entered:
    """Enter a warning (劝告) by the institution; the card counts as before. 考§20. Raises Refused, RecordRefused."""
    card = _card(register, number)
    article = check_warning(card.kind, request.ground)
    stated = _Stated(EntryKind.WARNING, article, request.on, request.by, request.reason)
    return _enter(register, number, _entry(register, card, stated, by), by)


def enter_reward_or_sanction(
    register: Register, number: CardNumber, kind: EntryKind, request: RemarkRequest, by: By
) -> Entered:
    """Enter a reward (奖励) or a sanction (处分). 督§20, 考§19. Raises Refused, RecordRefused."""
    card = _card(register, number)
    article = "考§19" if card.kind.is_assessor else "督§20"
    stated = _Stated(kind, article, request.on, request.by, request.reason)
    return _enter(register, number, _entry(register, card, stated, by), by)


def _card(register: Register, number: CardNumber) -> Card:
    with register.database.read() as connection:
        return registered(connection, number)


@dataclass(frozen=True, slots=True)
class _Stated:
    """What every entry states; the body that gives it comes from who enters it."""

    kind: EntryKind
    article: str
    on: date
    by: str
    note: str = ""


def _has_answered_for(connection: Connection, card: Card, body: str, on: date) -> bool:
    """Return whether a body writes of what a holder has done: also an institution whose contract has ended. 考§17.

    Of external supervisors any authority does, which reads nothing by it (督§4), and who has engaged them (督§14).
    """
    if card.kind is CardKind.EXTERNAL and not is_institution_code(body):
        return True
    ever = card.kind is not CardKind.INTERNAL and has_engaged(connection, card, body)
    return ever or may_read_of(connection, card, body, on)


def _entry(register: Register, card: Card, stated: _Stated, by: By) -> Entry:
    """Make an entry of a body, by default the card's issuer. Raises RecordRefused.

    An account is refused whose body keeps no record of the holder, by what the register knows of contracts.
    """
    with register.database.read() as connection:
        body = who_acts(register, connection, by.body or card.issuer)
        as_internal = card.kind is CardKind.EXTERNAL and has_engaged(connection, card, body)
    check_body(stated.kind, card.kind, card.issuer, body, engaged_as_internal=as_internal)
    if by.is_account:
        with register.database.read() as connection:
            if not _has_answered_for(connection, card, body, register.effects.today()):
                raise not_its_record(stated.kind, card.kind)
    return Entry(kind=stated.kind, article=stated.article, on=stated.on, body=body, by=stated.by, note=stated.note)


def _enter(register: Register, number: CardNumber, entry: Entry, by: By) -> Entered:
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
        journal.append_many(connection, now, by.actor, (Event("integrity-recorded", number, data),))
    return Entered(identity, entry, opens_case(entry))
