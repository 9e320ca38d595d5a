"""Return the registered photograph of a card to whoever may compare it with a face."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from service.domain.access import Permission, Principal
from service.domain.access_record import Access, Act
from service.domain.card_number import CardNumber
from service.flows.cards.stored_photos import read_photo
from service.flows.checking.copy_shown import copy_of_credential
from service.flows.checking.staff import count_typed_number
from service.flows.errors import Refused
from service.flows.people.access_records import record_access
from service.flows.people.engagements import places_of
from service.flows.people.person import ground_to_see
from service.flows.register import Register
from service.store import assessments, blobs, cards, copies
from service.store.limits import Tell, unheard

NOT_SHOWN: Final = "photo-not-shown"


def photo_of_credential(register: Register, text: str, by: Principal | None = None) -> bytes | None:
    """Find the photograph of the card whose genuine, registered credential is shown; None for anything else.

    The JPEG as it is printed. Whoever holds the code holds the card that bears the same picture. Recorded for who is
    signed in.
    """
    with register.database.read() as connection:
        found = copy_of_credential(register, connection, text)
        photo = None if found is None else _stored(connection, found.photo)
    if found is not None and by is not None:
        record_access(register, by.actor, Access(act=Act.PHOTO, number=found.card.number, ground="scanned"))
    return photo


def photo_of_number(register: Register, number: CardNumber, by: Principal, tell: Tell = unheard) -> bytes | None:
    """Find the photograph of a card by its number, for who may compare it with a face; None where there is none.

    That is who sees the holder's page, or who works at a gate to which the holder is planned today. To have typed the
    number is no ground: numbers run on. Raises Refused, TooManyNumbers; what is given is recorded.
    """
    ground = ground_to_see(register, number, by) if by.may(Permission.READ_PEOPLE) else ""
    ground = ground or ("planned-today" if _is_planned_today(register, number, by) else "")
    if not ground:
        count_typed_number(register, by, tell)
        record_access(register, by.actor, Access(act=Act.REFUSED, number=number, ground=Act.PHOTO, outcome=NOT_SHOWN))
        raise Refused(
            NOT_SHOWN,
            "只凭编号不显示照片：请扫描证卡二维码；列入本机构今日场次的人员除外",
            "no photograph for a number alone: scan the code on the card; but for who is planned at your institution "
            "today",
        )
    with register.database.read() as connection:
        found = copies.find_live(connection, number)
        photo = None if found is None else _stored(connection, found.photo)
    record_access(register, by.actor, Access(act=Act.PHOTO, number=number, ground=ground))
    return photo


def _is_planned_today(register: Register, number: CardNumber, by: Principal) -> bool:
    """Return whether the institution planned a card's holder for today, and engages, issued to or awaits them.

    A plan alone is not enough: an institution writes its plans itself. 督附1, 考§14.
    """
    place, today = by.account.institution, register.effects.today()
    with register.database.read() as connection:
        record = cards.get(connection, number)
        if place is None or record is None or not assessments.is_planned(connection, number, place, today):
            return False
        engaged, sent = places_of(connection, record.card)
    return (
        record.card.institution == place
        or any(one.institution == place and one.since <= today <= (one.until or today) for one in engaged)
        or any(one.institution == place and one.on == today for one in sent)
    )


def _stored(connection: Connection, digest: bytes | None) -> bytes | None:
    return read_photo(connection, digest) if digest is not None and blobs.present(connection, (digest,)) else None
