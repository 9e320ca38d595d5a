"""Show what words look like on cards of nobody, and try them on cards that ask much: the longest that is usual."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cardlayout.face import CardFace
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.card_text import CardText
from service.domain.credential.portrait import HEIGHT, MAX_BYTES, WIDTH
from service.domain.issuer import CENTRE, Institution
from service.domain.kinds import CardKind
from service.domain.occupation import Occupation
from service.domain.validity import add_months
from service.flows.cards.faces import Printed, face_of
from service.flows.cards.preview import without_number
from service.flows.issue.portraits import issuers_with_portraits
from service.flows.issue.signing import unsigned_credential
from service.flows.register import Register

_ASSESSOR_GRADE: Final = "2"
_TERM_MONTHS: Final = 36
_NOBODYS: Final = Institution("500000", "S", "某某职业技能评价学校")
_LONG_NAMED: Final = Institution("500000", "S", "重庆市某某区某某职业技能评价培训学校")
_FRAME_HEAD: Final = b"\x10\0\0\x9d\x01\x2a" + struct.pack("<HH", WIDTH, HEIGHT)  # RFC 6386 9.1: a shown key frame
_LARGEST_PORTRAIT: Final = _FRAME_HEAD + bytes(MAX_BYTES - len(_FRAME_HEAD))


@dataclass(frozen=True, slots=True)
class _Holder:
    """Whose card it would be."""

    name: str
    work_unit: str
    job_type: str


_SHORT: Final = _Holder("样张", "工作单位", "职业工种")
_LONG: Final = _Holder(
    "阿卜杜热合曼·买买提", "重庆市某某区某某街道职业技能人才评价服务中心", "消防设施操作员、电工某某"
)


def specimen_kinds(register: Register) -> tuple[CardKind, ...]:
    """Return one kind of each card that looks otherwise, as far as the jurisdiction has numbers. 督附3, 考附2."""
    jurisdiction = register.jurisdiction
    supervisors = () if jurisdiction.supervisor is None else (CardKind.EXTERNAL, CardKind.INTERNAL)
    return (*supervisors, *(() if jurisdiction.assessor is None else (CardKind.STANDARD,)))


def specimen_faces(register: Register, text: CardText) -> Mapping[CardKind, CardFace]:
    """Return the face of each specimen, without a number, to be drawn as a preview. 督附5."""
    return {kind: without_number(_face(register, text, kind, _SHORT, _NOBODYS)) for kind in specimen_kinds(register)}


def demanding_faces(register: Register, text: CardText) -> Mapping[CardKind, CardFace]:
    """Return faces that ask for much room: long facts, and the largest code where portraits are put into codes.

    A longer fact still is refused with its row.
    """
    with register.database.read() as connection:
        larger = issuers_with_portraits(connection, (CENTRE, *register.institutions()))
    found: dict[CardKind, CardFace] = {}
    for kind in specimen_kinds(register):
        is_larger = bool(larger - {CENTRE}) if kind is CardKind.INTERNAL else CENTRE in larger
        school = _NOBODYS if is_larger else _LONG_NAMED  # both at once is refused with any words
        found[kind] = _face(register, text, kind, _LONG, school, has_portrait=is_larger)
    return found


def _face(
    register: Register,
    text: CardText,
    kind: CardKind,
    holder: _Holder,
    institution: Institution,
    *,
    has_portrait: bool = False,
) -> CardFace:
    today = register.effects.today()
    is_internal = kind is CardKind.INTERNAL
    card = Card(
        number=_number(register, kind, institution),
        kind=kind,
        person=0,
        name=holder.name,
        issuer=institution.code if is_internal else CENTRE,
        institution=institution.code if is_internal else None,
        work_unit=holder.work_unit,
        occupations=(Occupation(holder.job_type),) if kind.is_assessor else (),
        issued_on=today,
        expires_on=add_months(today, _TERM_MONTHS),
        status=CardStatus.VALID,
        status_on=None,
        released=frozenset(),
        predecessor=None,
        copy_id=bytes(8),
        in_house=True if is_internal else None,
    )
    name, unit = (institution.name, institution.printed_by) if is_internal else (register.jurisdiction.centre.zh, None)
    credential = unsigned_credential(card, _LARGEST_PORTRAIT if has_portrait else None)
    return face_of(card, Printed(text, name, unit), host=register.host, portrait=b"", credential=credential)


def _number(register: Register, kind: CardKind, institution: Institution) -> CardNumber:
    """Return a number of the form that the kind has; it is not shown."""
    jurisdiction, year = register.jurisdiction, f"{register.effects.today():%y}"
    if kind.is_assessor and jurisdiction.assessor is not None:
        scheme = jurisdiction.assessor
        return CardNumber(f"{year}{scheme.province_code}{scheme.city_code}{_ASSESSOR_GRADE}0001")
    if kind is CardKind.INTERNAL:
        return CardNumber(f"{institution.letter}{institution.code}{year}0001")
    assert jurisdiction.supervisor is not None  # the kinds of ``specimen_kinds``
    return CardNumber(f"R{jurisdiction.supervisor.province_code}{year}0001")
