"""Put a fact of a card right under the same number (勘误) and make the new copy, looked at before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from cardlayout.check import check
from cardlayout.face import CardFace
from cardlayout.portrait import PortraitError, normalise
from service.domain.access import By, Principal
from service.domain.amending import (
    Amended,
    AmendedFact,
    AmendedValue,
    Amendment,
    amend,
    check_amendable,
    values_amended,
)
from service.domain.application.cells import CellRefused, read_person_name, read_unit_name
from service.domain.application.parse import read_occupations
from service.domain.card import COPY_ID_BYTES, Card
from service.domain.card_number import CardNumber
from service.domain.job_types import new_job_types, question_about
from service.domain.occupation import Occupation, OccupationInvalid
from service.domain.printing import CopyOrigin
from service.flows.cards.amend_requests import AmendmentRequest
from service.flows.cards.card_desk import card_standing
from service.flows.cards.faces import face_of, printed_at
from service.flows.cards.lifecycle import check_confirmed, check_who_decides, of_locked_person
from service.flows.cards.stored_photos import read_photo
from service.flows.errors import Refused, no_such_card
from service.flows.issue.new_job_types import known_job_types
from service.flows.issue.portraits import portrait_in_code
from service.flows.issue.signing import CardSigner, unsigned_credential
from service.flows.register import Register
from service.store import amendments, blobs, cards, copies, journal, people, status_lists
from service.store.blobs import Blob, digest_of
from service.store.cards import CardRecord
from service.store.copies import Copy
from service.store.tables import MediaType

_MARK_CHARACTERS: Final = 16
_ANY_COPY: Final = b"\xff" * COPY_ID_BYTES  # of a copy that is only looked at


@dataclass(frozen=True, slots=True)
class AmendmentShown:
    """What an amendment would do: the values, both faces of the card, and the new photograph as it is printed."""

    values: tuple[AmendedValue, ...]
    now: CardFace
    after: CardFace
    photo: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Prepared:
    card: Card
    wanted: Amended
    values: tuple[AmendedValue, ...]
    face: CardFace
    photo: bytes | None
    portrait: bytes | None
    kept_photo: bytes | None


def amend_card(register: Register, number: CardNumber, request: AmendmentRequest, by: By) -> Amendment:
    """Put facts of a card right; its old copy answers ``replaced`` at once. Number and dates stay.

    The same checks as at the issue. Raises Refused for a number that is not registered, for a value that cannot be
    read or printed, and for a card changed since ``seen``; DecisionRefused for a body that is not the issuer, and
    IllegalTransition for a card that is not in force, nothing to amend, and what is no amendment.
    """
    now, today = register.effects.now(), register.effects.today()
    check_who_decides(register, number, by, {"act": "amend"})
    signer = CardSigner.of(register)
    photo = _normalised(request)
    occupations = _occupations(register, request)
    with register.database.write() as connection:
        card = of_locked_person(connection, number)
        check_confirmed(connection, number)
        prepared = _prepared(register, connection, card, request, photo, occupations)
        amendment = Amendment(
            on=today,
            values=prepared.values,
            reason=request.reason,
            evidence=request.evidence,
            old_card=request.old_card,
        )
        copy_id = register.effects.random_bytes(COPY_ID_BYTES)
        after, event = amend(card, prepared.wanted, amendment, copy_id)
        if photo is not None:
            blobs.put_many(connection, (Blob(photo, MediaType.JPEG),))
        amendments.save(connection, card, after, prepared.kept_photo, amendment, now)
        if after.name != card.name:
            people.rename(connection, card.person, card.name, after.name)
        (slot,) = status_lists.claim(connection, 1)
        copies.replace(
            connection,
            Copy(
                copy_id=copy_id,
                number=number,
                list_no=slot.list_no,
                list_index=slot.index,
                credential=signer.sign(after, slot, prepared.portrait),
                issued_at=now,
                origin=CopyOrigin.CORRECTED,
            ),
            today,
        )
        journal.append_many(connection, now, by.actor, (event,))
    return amendment


def show_amendment(register: Register, number: CardNumber, request: AmendmentRequest, by: Principal) -> AmendmentShown:
    """Return what ``amend_card`` would do, and refuse what it would; nothing is changed."""
    card_standing(register, number, by)
    photo = _normalised(request)
    occupations = _occupations(register, request)
    with register.database.read() as connection:
        record = cards.get(connection, number)
        assert record is not None, "it has just been found"
        prepared = _prepared(register, connection, record.card, request, photo, occupations)
        now = face_now(register, connection, record)
    return AmendmentShown(prepared.values, now, prepared.face, photo)


def card_mark(card: Card) -> str:
    """Return what stands for a card as somebody has seen it: every amendment and every new copy changes it."""
    return hashlib.sha256(card.copy_id).hexdigest()[:_MARK_CHARACTERS]


def face_now(register: Register, connection: Connection, record: CardRecord) -> CardFace:
    """Return the face of a card as the register has it; without its photograph where that is missing."""
    photo = record.photo if record.photo is not None and blobs.present(connection, (record.photo,)) else None
    return _face(register, connection, record.card, b"" if photo is None else read_photo(connection, photo), None)


def _prepared(
    register: Register,
    connection: Connection,
    card: Card,
    request: AmendmentRequest,
    photo: bytes | None,
    occupations: tuple[Occupation, ...] | None,
) -> _Prepared:
    check_amendable(card, register.effects.today())
    record = cards.get(connection, card.number)
    if record is None:
        raise no_such_card(card.number)
    if request.seen is not None and request.seen != card_mark(card):
        raise Refused(
            "card-changed",
            f"证卡 {card.number} 刚被他人改过，请重新打开再改",
            f"card {card.number} has just been changed by somebody else: open it anew",
            {"number": str(card.number)},
        )
    wanted = Amended(
        name=card.name if request.name is None else _read(AmendedFact.NAME, read_person_name, request.name),
        work_unit=card.work_unit
        if request.work_unit is None
        else _read(AmendedFact.WORK_UNIT, read_unit_name, request.work_unit),
        occupations=card.occupations if occupations is None else occupations,
        photo=None if photo is None else digest_of(photo),
    )
    values = values_amended(card, record.photo, wanted)
    kept = wanted.photo or record.photo
    after = amend(
        card,
        wanted,
        Amendment(
            on=register.effects.today(), values=values, reason=request.reason, evidence=None, old_card=request.old_card
        ),
        _ANY_COPY,
    )[0]
    print_photo = photo if photo is not None else _stored_photo(connection, card, record.photo)
    portrait = portrait_in_code(connection, card, record.application, print_photo)
    face = _face(register, connection, after, print_photo, portrait)
    _check_face(card, register, face)
    return _Prepared(card, wanted, values, face, photo, portrait, kept)


def _stored_photo(connection: Connection, card: Card, digest: bytes | None) -> bytes:
    if digest is None or not blobs.present(connection, (digest,)):
        raise Refused(
            "photo-missing",
            f"证卡 {card.number} 没有登记照片，请一并提交新照片",
            f"card {card.number} has no registered photograph: hand one in with the amendment",
            {"number": str(card.number)},
        )
    return read_photo(connection, digest)


def _face(register: Register, connection: Connection, card: Card, photo: bytes, portrait: bytes | None) -> CardFace:
    printed = printed_at(register, connection, card.issuer, cards.entered_at(connection, card.number))
    credential = unsigned_credential(card, portrait)
    return face_of(card, printed, host=register.host, portrait=photo, credential=credential)


def _check_face(card: Card, register: Register, face: CardFace) -> None:
    problems = check(face, register.fonts)
    if problems:
        raise Refused(
            "face-unfit",
            f"证卡 {card.number} 改后无法印制：{'；'.join(problem.zh for problem in problems)}",
            f"card {card.number} cannot be printed so: {'; '.join(problem.en for problem in problems)}",
            {"number": str(card.number)},
        )


def _normalised(request: AmendmentRequest) -> bytes | None:
    if request.photo is None:
        return None
    try:
        return normalise(request.photo)
    except PortraitError as error:
        raise Refused(error.code, f"照片：{error.zh}", f"photo: {error.en}", {"field": "photo"}) from None


def _occupations(register: Register, request: AmendmentRequest) -> tuple[Occupation, ...] | None:
    if request.occupations is None:
        return None
    confirmed = (request.occupations,) if request.new_job_type else ()
    catalogue = known_job_types(register, confirmed)
    try:
        read = read_occupations(request.occupations, catalogue)
    except (OccupationInvalid, CellRefused) as error:
        raise Refused(
            error.code, f"职业工种：{error.zh}", f"occupations: {error.en}", {"field": "occupations"}
        ) from None
    for name in () if request.new_job_type else new_job_types(request.occupations, catalogue):
        asked = question_about(name, catalogue)
        raise Refused(asked.code, asked.zh, asked.en, {"field": "occupations"})
    return read


def _read(fact: AmendedFact, reader: Callable[[str], str], text: str) -> str:
    try:
        return reader(text)
    except CellRefused as error:
        zh, en = _FACT_WORDS[fact]
        raise Refused(error.code, f"{zh}：{error.zh}", f"{en}: {error.en}", {"field": fact.value}) from None


_FACT_WORDS: Final = {
    AmendedFact.NAME: ("姓名", "name"),
    AmendedFact.WORK_UNIT: ("工作单位", "work unit"),
    AmendedFact.OCCUPATIONS: ("职业（工种）", "job types"),
    AmendedFact.PHOTO: ("照片", "photograph"),
}
