"""Return what is printed on a card: the register's facts in the jurisdiction's words (督附4, 督附5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection

from cardlayout.face import CardFace, Field, QrContent
from service.domain.card import Card
from service.domain.credential import digits_of, prefix_of
from service.domain.issuer import CENTRE
from service.domain.jurisdiction import Jurisdiction
from service.domain.kinds import CardKind
from service.flows.register import Register
from service.store import institutions

JOB_TYPES_JOINED_BY: Final = "、"


def face_of(
    card: Card,
    jurisdiction: Jurisdiction,
    *,
    host: str,
    issuer_name: str,
    portrait: bytes,
    credential: bytes | None,
    printing_unit: str | None = None,
) -> CardFace:
    """Compose the face of a card; without a credential (not signed yet) it has no QR code.

    ``issuer_name`` is the centre's or the institution's, ``portrait`` the normalised JPEG. An internal card's printing
    unit (印制单位) is the one that its institution has filed, else the institution itself (督§9, 督附5).
    """
    text = jurisdiction.card
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
        printer=printing_unit or issuer_name if card.kind is CardKind.INTERNAL else text.printer,
    )


def issuer_printed(register: Register, connection: Connection, issuer: str, entered_at: datetime) -> tuple[str, str]:
    """Return an issuer's name and its printing unit as they were when a card was entered: it keeps what was printed."""
    if issuer == CENTRE:
        return register.jurisdiction.centre.zh, register.jurisdiction.card.printer
    place = institutions.as_known_at(connection, issuer, entered_at)
    return place.name, place.printed_by


def printed_date(day: date, pattern: str) -> str:
    """Write a date as the jurisdiction prints it; only %Y, %m and %d are replaced, whatever the machine's language."""
    return pattern.replace("%Y", f"{day.year:04d}").replace("%m", f"{day.month:02d}").replace("%d", f"{day.day:02d}")
