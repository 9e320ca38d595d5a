"""Answers that a browser saves as a file."""

from __future__ import annotations

from typing import Final

from litestar import Response
from litestar.response import Stream

from service.domain.card_number import CardNumber
from service.flows.issue.batches import Drawn

PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def pdf_of_batch(drawn: Drawn, batch: int) -> Stream:
    """Send a drawn PDF piece by piece: it is never whole in memory."""
    return _pdf(drawn, f"cards-{batch}")


def pdf_of_card(drawn: Drawn, number: CardNumber) -> Stream:
    """Send the drawn PDF of one card."""
    return _pdf(drawn, f"card-{number}")


def _pdf(drawn: Drawn, name: str) -> Stream:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Content-Length": str(drawn.size)}
    return Stream(drawn.chunks(), media_type=PDF, headers=headers)


def spreadsheet(book: bytes, name: str) -> Response[bytes]:
    """Send a spreadsheet; the name is ASCII, without its ending."""
    return Response(book, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})
