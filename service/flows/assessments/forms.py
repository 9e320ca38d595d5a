"""Draw the forms of the two rules, filled with what the register knows: 督附1, 督附2, 考附1, 考附3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import BinaryIO, Final

from cardlayout.forms.draw import draw
from cardlayout.forms.model import Align, Cell, Form, Row, Table
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.forms import AssessmentRecordForm, FeedbackForm, FormName, Forms, ReviewForm, Topic
from service.domain.kinds import CardKind
from service.domain.review import grade_of, items_of
from service.flows.errors import Refused, no_such_card
from service.flows.register import Register
from service.flows.shipped import shipped_forms
from service.store import cards

_LEFT: Final = Align.LEFT
_HAND: Final = 7.0  # mm: room to write by hand
_MARKED: Final = 5.8  # mm: room for a number by hand, so that 考附1 and its signatures fit on one page
_TICKED, _NOT_TICKED = "√", "□"


@dataclass(frozen=True, slots=True)
class Occasion:
    """The assessment a form is about, as far as it is known; blank parts are written by hand.

    ``points`` are those of a review sheet, one for each of its items. ``as_internal``: who holds an external card is
    there as the institution's internal supervisor (督§14).
    """

    institution: str | None = None
    plan: str = ""
    on: date | None = None
    place: str = ""
    occupation: str = ""
    candidates: str = ""
    points: tuple[int, ...] = ()
    as_internal: bool = False


def draw_forms(
    register: Register, name: FormName, numbers: Sequence[CardNumber], occasion: Occasion, out: BinaryIO
) -> int:
    """Write forms as a PDF, one for each card, or an empty one without cards; return their number.

    Raises Refused for a card that is not there or whose holder has no such form, LayoutError for a text that cannot
    be printed.
    """
    return draw_each(register, name, [(number, occasion) for number in numbers] or [(None, occasion)], out)


def draw_each(
    register: Register, name: FormName, wanted: Sequence[tuple[CardNumber | None, Occasion]], out: BinaryIO
) -> int:
    """Write forms as ``draw_forms`` does, each of an occasion of its own; a form of no card is written by hand."""
    forms = shipped_forms()
    made: list[Form] = []
    for number, occasion in wanted:
        card = None if number is None else card_with_form(register, number, name)
        institution = "" if occasion.institution is None else _institution(register, occasion.institution)
        made.append(_form(forms, name, card, occasion, institution))
    draw(made, made[0].title, register.fonts, out)
    return len(made)


_HOLDERS: Final = {
    FormName.FEEDBACK: (CardKind.EXTERNAL, CardKind.INTERNAL),
    FormName.SUPERVISOR_REVIEW: (CardKind.EXTERNAL, CardKind.INTERNAL),
    FormName.ASSESSOR_REVIEW: (CardKind.SENIOR, CardKind.STANDARD, CardKind.SPECIAL_SKILL),
    FormName.ASSESSMENT_RECORD: (CardKind.SENIOR, CardKind.STANDARD, CardKind.SPECIAL_SKILL),
}


def card_with_form(register: Register, number: CardNumber, name: FormName) -> Card:
    """Find a card whose holder has such a form. Raises Refused."""
    with register.database.read() as connection:
        record = cards.get(connection, number)
    if record is None:
        raise no_such_card(number)
    if record.card.kind not in _HOLDERS[name]:
        raise Refused(
            "form-of-others",
            f"{name} 不适用于{record.card.kind.zh}（{number}）",
            f"{name} is not a form of this kind of holder: {number}, {record.card.kind.en}",
        )
    return record.card


def _institution(register: Register, code: str) -> str:
    found = register.institutions().get(code)
    if found is None:
        raise Refused("institution-unknown", f"没有登记机构 {code}", f"institution {code} is not entered")
    return found.name


def _form(forms: Forms, name: FormName, card: Card | None, occasion: Occasion, institution: str) -> Form:
    match name:
        case FormName.FEEDBACK:
            return _feedback(forms.feedback, occasion, institution)
        case FormName.SUPERVISOR_REVIEW:
            return _supervisor_review(forms.supervisor_review, card, occasion, institution)
        case FormName.ASSESSOR_REVIEW:
            return _assessor_review(forms.assessor_review, card, occasion)
        case FormName.ASSESSMENT_RECORD:
            return _assessment_record(forms.assessment_record, card, occasion, institution)


def _feedback(form: FeedbackForm, occasion: Occasion, institution: str) -> Form:
    """督附1: ticked and written at the site; what is known before stands in it."""
    known = (
        occasion.plan,
        "" if occasion.on is None else _day(occasion.on),
        " / ".join(part for part in (occasion.occupation, occasion.candidates) if part),
        institution,
        occasion.place,
    )
    topic, content, checked, yes, no, remark = form.heading
    heading = (
        Row(
            (
                Cell("", rows=2),
                Cell(topic, rows=2, bold=True),
                Cell(content, rows=2, bold=True),
                Cell(checked, columns=2, bold=True),
                Cell(remark, rows=2, bold=True),
            )
        ),
        Row((Cell(yes, bold=True), Cell(no, bold=True))),
    )
    rows = [row for one in form.topics for row in _topic(one)]
    signs = Row(
        tuple(
            Cell(f"{signature}\n\n\n{form.date}", columns=columns, align=_LEFT)
            for signature, columns in zip(form.signatures, (3, 3), strict=True)
        ),
        24,
    )
    return Form(
        form.title,
        Table((9, 30, 79, 11, 11, 30), (*heading, *rows, signs), heading=2),
        form.mark,
        tuple(label + value for label, value in zip(form.above, known, strict=True)),
        form.notes,
    )


def _topic(topic: Topic) -> Iterator[Row]:
    if len(topic.items) < 2 and topic.number in {"10", "11", "12"}:  # free text, over all columns
        text = "\n".join(topic.items)
        yield Row((Cell(topic.number), Cell(topic.topic), Cell(text, columns=4, align=_LEFT)), 22)
        return
    for at, item in enumerate(topic.items):
        first = (Cell(topic.number, rows=len(topic.items)), Cell(topic.topic, rows=len(topic.items)))
        yield Row((*(first if at == 0 else ()), Cell(item, align=_LEFT), Cell(), Cell(), Cell()))


def _supervisor_review(form: ReviewForm, card: Card | None, occasion: Occasion, institution: str) -> Form:
    """督附2: by whoever sent the supervisor, after each job (督§16)."""
    name, unit, number, identity, external, internal, institution_label, plan = form.fields
    kind = None if card is None else CardKind.INTERNAL if occasion.as_internal else card.kind
    head = (
        _pairs((name, "" if card is None else card.name), (unit, "" if card is None else card.work_unit)),
        Row(
            (
                Cell(number),
                Cell("" if card is None else str(card.number)),
                Cell(identity),
                Cell(f"{_tick(kind, CardKind.EXTERNAL)}{external}", columns=2),
                Cell(f"{_tick(kind, CardKind.INTERNAL)}{internal}"),
            ),
            _HAND,
        ),
        _pairs((institution_label, institution), (plan, occasion.plan)),
    )
    return _review(form, head, occasion.points)


def _assessor_review(form: ReviewForm, card: Card | None, occasion: Occasion) -> Form:
    """考附1: by the institution that engaged the assessor, after each job (考§17)."""
    name, number, job, card_jobs, plan = form.fields
    held = "" if card is None else "、".join(occupation.name for occupation in card.occupations)
    head = (
        _pairs((name, "" if card is None else card.name), (number, "" if card is None else str(card.number))),
        _pairs((job, occasion.occupation), (card_jobs, held)),
        Row((Cell(plan), Cell(occasion.plan, columns=5)), _HAND),
    )
    return _review(form, head, occasion.points)


def _review(form: ReviewForm, head: tuple[Row, ...], points: Sequence[int]) -> Form:
    """Draw a review sheet; without points it is marked by hand."""
    marks = iter([str(given) for given in points] or [""] * len(items_of(form)))
    heading = (Cell(text, columns=2 if at == 1 else 1, bold=True) for at, text in enumerate(form.heading))
    rows: list[Row] = [Row(tuple(heading), _HAND)]
    for group in form.groups:
        for at, item in enumerate(group.items):
            first = (Cell(group.group, rows=len(group.items)),) if at == 0 else ()
            rows.append(
                Row(
                    (
                        *first,
                        Cell(item.text, columns=2, align=_LEFT),
                        Cell(str(item.points)),
                        Cell(next(marks)),
                        Cell(),
                    ),
                    _HAND,
                )
            )
    most = sum(item.points for item in items_of(form))
    total, grade = (str(sum(points)), grade_of(form.annex, sum(points)).value) if points else ("", "")
    rows.append(Row((Cell(form.total, columns=3, bold=True), Cell(str(most)), Cell(total), Cell(grade)), _HAND))
    widths = _shared(6, len(form.signatures) + 1)
    signs = tuple(
        Cell(text, columns=columns, align=_LEFT)
        for text, columns in zip((*form.signatures, form.date), widths, strict=True)
    )
    return Form(
        form.title,
        Table((26, 64, 36, 11, 11, 22), (*head, *rows, Row(signs, 12))),
        form.mark,
        below=form.notes,
    )


def _assessment_record(form: AssessmentRecordForm, card: Card | None, occasion: Occasion, institution: str) -> Form:
    """考附3: by each assessor, at the end of the assessment (考§14(3))."""
    body, job, when, count, where = form.fields
    known = ("", "") if card is None else (card.name, str(card.number))
    day = "" if occasion.on is None else _day(occasion.on)
    rows = (
        Row(
            (
                Cell(form.frame.replace(" ", "\n"), rows=4, bold=True),
                Cell(body),
                Cell(institution),
                Cell(job),
                Cell(occasion.occupation),
            ),
            14,
        ),
        Row((Cell(when), Cell(day), Cell(count), Cell(occasion.candidates)), 14),
        Row((Cell(where), Cell(occasion.place, columns=3)), 14),
        Row(
            (Cell(form.record.replace(" ", "\n")), Cell(f"\n\n\n\n\n\n\n\n{form.signature}\n\n{form.date}", columns=3)),
            140,
        ),
    )
    return Form(
        form.title,
        Table((26, 30, 52, 26, 36), rows),
        form.mark,
        tuple(label + value for label, value in zip(form.above, known, strict=True)),
        form.notes,
    )


def _pairs(first: tuple[str, str], second: tuple[str, str]) -> Row:
    return Row((Cell(first[0]), Cell(first[1]), Cell(second[0]), Cell(second[1], columns=3)), _HAND)


def _shared(columns: int, parts: int) -> list[int]:
    """Share columns out to parts, evenly."""
    edges = [round(columns * at / parts) for at in range(parts + 1)]
    return [after - before for before, after in pairwise(edges)]


def _tick(kind: CardKind | None, wanted: CardKind) -> str:
    return _TICKED if kind is wanted else _NOT_TICKED


def _day(on: date) -> str:
    return f"{on.year} 年 {on.month} 月 {on.day} 日"
