"""Renew one card (换发) after a new certification, and list the cards that will expire (督§10, 考§12).

A renewal is a batch of one row. The new certification is stated; everything else is what the register knows of the
person and the former card, unless it is stated anew. The rules are those of every batch: ``issue_batch``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

from sqlalchemy import Connection

from cardlayout.face import CardFace
from cardlayout.portrait import PortraitError, normalise
from service.domain.access import By
from service.domain.application import Cell, MalformedRow, RawRow
from service.domain.application.headings import HEADING_OF, HEADINGS
from service.domain.application.parse import parse_row
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.card_steps import check_renewable
from service.domain.problem import Problem
from service.domain.validity import MONTHS_A_YEAR, add_months, renewal_opens_on
from service.flows.cards.card_requests import RenewalRequest
from service.flows.cards.lifecycle import check_confirmed, check_who_decides, registered
from service.flows.cards.preview import without_number
from service.flows.cards.stored_photos import read_photo
from service.flows.errors import Refused
from service.flows.issue.issue_batch import Request, issue_batch
from service.flows.issue.issuing import ID_CONTEXT
from service.flows.issue.judging import Portraits, Terms, judge, policy_for
from service.flows.issue.new_job_types import known_job_types, questions
from service.flows.issue.portraits import consents
from service.flows.issue.trial_faces import trial_face
from service.flows.paging import ListOrder, Page, PageRequest, page_of, part_of
from service.flows.register import Register
from service.roster.photo_files import PhotoFile, PhotoFiles
from service.store import cards, expiring, people
from service.store.cards import CardRecord

FIRST_ROW: Final = 2
_EXPIRING: Final = ListOrder["Expiring"](
    "expiring", (date, str, str), lambda one: (one.card.expires_on, one.card.issuer, one.card.number)
)
_PHOTO_NAME: Final = "photo"
_FIXED: Final = frozenset({"resident_id", "photo", "number", "number_reason"})
_NO_PHOTO: Final = Problem(
    "photo-missing",
    "photo",
    "督附5",
    "照片：登记库中没有持证人的照片，换发须提交新照片（督附5）",
    "photo: the register holds none of the holder, hand in a new one (督附5)",
)
"""Of a card from before the system, whose holder's photograph nobody has handed in yet."""
RESTATABLE: Final = frozenset(heading.field for heading in HEADINGS) - _FIXED
"""Fields of a roster that a renewal may state anew: all but whose card it is, its number and the photograph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """A card that will expire; ``renewal_opens_on`` is the first day on which its renewal is accepted."""

    card: Card
    issuer_name: str
    renewal_opens_on: date


@dataclass(frozen=True, slots=True)
class RenewalShown:
    """What a renewal would issue: the face without its number, its last day, and what a person should look at."""

    face: CardFace
    expires_on: date
    warned: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Renewal:
    batch: Request
    photo: bytes | None


def renew_card(register: Register, number: CardNumber, request: RenewalRequest, by: By) -> CardNumber:
    """Issue the card that follows another; return its number. The former is superseded for what the new one covers.

    The facts are roster cells by field, any of ``RESTATABLE``: the scores; a promotion states another ``kind``.
    Without a new photograph the registered one is printed again. Raises Refused with every reason of the rules,
    DecisionRefused for a body that is not the issuer, and IllegalTransition for a card that is revoked, voided or
    taken over already.
    """
    renewal = _renewal(register, number, request, by)
    outcome = issue_batch(register, renewal.batch)
    for row in outcome.refused:
        raise _refused(row.problems, renewal.photo)
    (issued,) = outcome.issued
    return CardNumber(issued.number or "")


def show_renewal(register: Register, number: CardNumber, request: RenewalRequest, by: By) -> RenewalShown:
    """Return what ``renew_card`` would issue, judged by the same rules; nothing is spent. Raises what it does."""
    renewal = _renewal(register, number, request, by)
    batch = renewal.batch
    catalogue = known_job_types(register)
    rows = tuple(parse_row(row, catalogue) for row in batch.rows)
    terms = Terms(issuer=batch.issuer, issued_on=register.effects.today(), reviewed_by=batch.reviewed_by)
    policy = policy_for(register, terms, rows)
    portraits = Portraits(problems={row: [*asked] for row, asked in questions(rows, catalogue).items()})
    if renewal.photo is None:
        portraits.problems.setdefault(FIRST_ROW, []).append(_NO_PHOTO)
    else:
        try:
            portraits.jpegs[FIRST_ROW] = normalise(renewal.photo)
        except PortraitError as error:
            problem = Problem(error.code, "photo", "督附5", error.zh, error.en)
            portraits.problems.setdefault(FIRST_ROW, []).append(problem)
    judged = judge(register, policy, rows, portraits)
    for row in rows:
        found = judged.refused.get(row.row) or (row.problems if isinstance(row, MalformedRow) else ())
        if found:
            raise _refused(tuple(found), renewal.photo)
    (prepared,) = judged.prepared
    face = trial_face(register, policy, prepared.draft, prepared.photo, prepared.portrait)
    warned = (one for found in judged.warned.values() for one in found)
    return RenewalShown(without_number(face), prepared.draft.expires_on, tuple(warned))


def _renewal(register: Register, number: CardNumber, request: RenewalRequest, by: By) -> _Renewal:
    for name in request.facts:
        if name not in RESTATABLE:
            raise Refused(
                "renewal-field",
                f"换发不能填写“{name[:30]}”，可填写：{'、'.join(sorted(RESTATABLE))}",
                f"a renewal does not state {name[:30]!r}; it may state {', '.join(sorted(RESTATABLE))}",
            )
    check_who_decides(register, number, by, {"act": "renew"})
    with register.database.read() as connection:
        check_renewable(registered(connection, number))
        check_confirmed(connection, number)
        record = cards.get(connection, number)
        assert record is not None, "it has just been found"
        known = _cells(register, connection, record)
        photo = request.photo
        if photo is None and record.photo is not None:
            photo = read_photo(connection, record.photo)
    content = b"" if photo is None else photo
    stated: dict[str, Cell] = {**request.facts, "certified_on": request.certified_on}
    if request.applied_on is not None:
        stated["applied_on"] = request.applied_on
    batch = Request(
        rows=(RawRow(FIRST_ROW, {**known, **stated, "photo": _PHOTO_NAME}),),
        photos=PhotoFiles(() if photo is None else (PhotoFile(f"{_PHOTO_NAME}.jpg", lambda: content),)),
        actor=by.actor,
        issuer=record.card.issuer,
        reviewed_by=request.reviewed_by,
        all_or_nothing=True,
    )
    return _Renewal(batch, photo)


def _refused(found: Sequence[Problem], photo: bytes | None) -> Refused:
    problems = [_NO_PHOTO if photo is None and one.code == _NO_PHOTO.code else one for one in found]
    return Refused(
        problems[0].code,
        "；".join(one.zh for one in problems),
        "; ".join(one.en for one in problems),
        {"field": problems[0].field},
    )


def list_expiring(register: Register, months: int, issuer: str | None = None) -> tuple[Expiring, ...]:
    """List the cards in force that expire from today on within so many months, the first to expire first."""
    today, last = _term(register, months)
    with register.database.read() as connection:
        found = expiring.expiring(connection, today, last, issuer)
    return _expiring(register, found)


def expiring_page(register: Register, months: int, issuer: str | None, asked: PageRequest) -> Page[Expiring]:
    """Read a part of the cards that ``list_expiring`` lists. Raises Refused."""
    part = part_of(register, asked, _EXPIRING)
    today, last = _term(register, months)
    with register.database.read() as connection:
        found, total = expiring.expiring_page(connection, today, last, issuer, part)
    return page_of(register, _EXPIRING, part, _expiring(register, found), total)


def _term(register: Register, months: int) -> tuple[date, date]:
    if not 1 <= months <= 3 * MONTHS_A_YEAR:
        raise Refused("months-range", "月数应为 1—36", "the number of months is from 1 to 36")
    today = register.effects.today()
    return today, add_months(today, months)


def _expiring(register: Register, found: Sequence[Card]) -> tuple[Expiring, ...]:
    names = {code: one.name for code, one in register.institutions().items()}
    return tuple(
        Expiring(
            card=card,
            issuer_name=names.get(card.issuer, register.jurisdiction.centre.zh),
            renewal_opens_on=renewal_opens_on(card.expires_on, register.jurisdiction.renewal_months),
        )
        for card in found
    )


def _cells(register: Register, connection: Connection, record: CardRecord) -> Mapping[str, Cell]:
    """Write what the register knows as the cells of a roster row; an exception was granted for its time alone.

    Of an assessor's job types only those the card still counts for are renewed.
    """
    card = record.card
    person = people.get(connection, card.person)
    assert person is not None, "a card refers to it"
    stated = record.application or {}
    evidence = cast("Mapping[str, object]", stated.get("evidence") or {})
    own = evidence.get("qualification_occupations") or [evidence.get("qualification_occupation")]  # one, before
    certified_for = [one for one in cast("Sequence[Mapping[str, str | None] | None]", own) if one is not None]
    cells: dict[str, object] = {
        "name": card.name,
        "resident_id": register.cipher.open(person.id_sealed, ID_CONTEXT + person.blind_index),
        "kind": card.kind.zh,
        "occupations": "、".join(
            _occupation(one.name, one.code) for one in card.occupations if one.scope in card.live_scopes
        ),
        "work_unit": card.work_unit,
        "institution": card.institution,
        "in_house": _answer(card.in_house),
        "recommended_by": stated.get("recommended_by"),
        "portrait_consent": _answer(consents(stated) or None),
        "hr_staff": _answer(evidence.get("hr_staff")),
        "qualification_level": evidence.get("level"),
        "title": evidence.get("title"),
        "qualification_occupation": "、".join(_occupation(one["name"] or "", one["code"]) for one in certified_for),
        "related_basis": evidence.get("related_basis"),
        "qualification_years": _months(evidence.get("qualification_months")),
        "occupation_years": _months(evidence.get("occupation_months")),
        "artisan": evidence.get("artisan"),
        "standard_card": evidence.get("standard_card"),
        "assessor_years": _months(evidence.get("assessor_months")),
        "assessments_done": evidence.get("assessments_done"),
    }
    assert cells.keys() <= HEADING_OF.keys(), "every one is a column of the roster"
    return cast("Mapping[str, Cell]", {name: cell for name, cell in cells.items() if cell not in {None, ""}})


def _occupation(name: str, code: str | None) -> str:
    return name if code is None else f"{code} {name}"


def _answer(value: object) -> str | None:
    return None if value is None else "是" if value else "否"


def _months(value: object) -> str | None:
    return None if value is None else f"{value}个月"
