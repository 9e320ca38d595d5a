from __future__ import annotations

import re
from datetime import date

import pytest

from service.domain.card_number import CardNumber
from service.domain.issuer import CENTRE
from service.domain.reporting import RECEIPT_BYTES, desk_of_report, receipt_of


@pytest.mark.parametrize(
    ("number", "desk"),
    [
        (None, CENTRE),
        ("R50260001", CENTRE),
        ("26310020001", CENTRE),
        ("S500123260001", "500123"),
        ("S500999260001", CENTRE),
    ],
)
def test_a_report_goes_to_the_issuer_that_the_number_names(number: str | None, desk: str) -> None:
    """督§9, 考§12: to the centre where no institution of the register is named."""
    assert desk_of_report(None if number is None else CardNumber(number), {"500123"}) == desk


def test_a_receipt_names_the_day_and_cannot_be_guessed() -> None:
    first, second = (receipt_of(bytes([shade] * RECEIPT_BYTES), date(2026, 11, 30)) for shade in (0, 255))
    assert re.fullmatch("261130-[2-9A-HJKMNP-TW-Z]{5}", first)
    assert first != second
