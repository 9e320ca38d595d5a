"""Return what is printed on a card: the register's facts in the words that hold for it (督附4, 督附5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from cardlayout.face import CardFace, Field, QrContent
from service.domain.card import Card
from service.domain.card_text import CardText
from service.domain.credential import digits_of, prefix_of
from service.domain.issuer import CENTRE
from service.domain.kinds import CardKind
from service.flows.cards.wording import text_at
from service.flows.register import Register
from service.store import institutions

JOB_TYPES_JOINED_BY: Final = "、"


@dataclass(frozen=True, slots=True)
class Printed:
    """What stands on a card beside its holder's facts: the issuer's name, its printing unit (印制单位), the words.

    Without a printing unit an internal card bears its institution's name, any other the one of the words (督§9, 督附5).
    """

    text: CardText
    issuer_name: str
    printing_unit: str | None = None


def face_of(card: Card, printed: Printed, *, host: str, portrait: bytes, credential: bytes | None) -> CardFace:
    """Compose the face of a card; without a credential (not signed yet) it has no QR code.

    ``portrait`` is the normalised JPEG.
    """
    text, issuer_name = printed.text, printed.issuer_name
    titles = text.face(card.kind)
    labels = text.labels
    if card.kind.is_assessor:
        jobs = JOB_TYPES_JOINED_BY.join(occupation.name for occupation in card.occupations)
        middle = (Field(labels.grade, card.kind.zh, "kind"), Field(labels.occupations, jobs, "occupations"))
    elif card.kind is CardKind.INTERNAL:
        middle = (Field(labels.kind, card.kind.zh, "kind"), Field(labels.institution, issuer_name, "institution"))
    else:
        middle = (Field(labels.kind, card.kind.zh, "kind"), Field(labels.work_unit, card.work_unit, "work_unit"))
    return CardFace(
        number=card.number,
        title=titles.title,
        back_title=titles.back_title,
        fields=(
            Field(labels.name, card.name, "name"),
            *middle,
            Field(labels.number, card.number, "number"),
            Field(labels.expires_on, printed_date(card.expires_on, text.date), "expires_on"),
        ),
        portrait=portrait,
        qr=QrContent(prefix_of(host), digits_of(credential)) if credential is not None else None,
        check_at=text.check_at.format(host=host),
        notices=(text.internal_notice.format(institution=issuer_name),) if card.kind is CardKind.INTERNAL else (),
        printer=printed.printing_unit or issuer_name if card.kind is CardKind.INTERNAL else text.printer,
    )


def printed_at(register: Register, connection: Connection, issuer: str, entered_at: datetime) -> Printed:
    """Return the words, an issuer's name and its printing unit as they were when a card was entered.

    A card keeps what was printed on it, and a new copy of it is as the first one was. 督附5.
    """
    text = text_at(register, connection, entered_at)
    if issuer == CENTRE:
        return Printed(text, register.jurisdiction.centre.zh, text.printer)
    place = institutions.as_known_at(connection, issuer, entered_at)
    return Printed(text, place.name, place.printed_by)


def printed_date(day: date, pattern: str) -> str:
    """Write a date as the jurisdiction prints it; only %Y, %m and %d are replaced, whatever the machine's language."""
    return pattern.replace("%Y", f"{day.year:04d}").replace("%m", f"{day.month:02d}").replace("%d", f"{day.day:02d}")
