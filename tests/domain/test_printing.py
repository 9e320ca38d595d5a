from __future__ import annotations

import pytest

from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.errors import PrintStepRefused
from service.domain.issuer import CENTRE
from service.domain.printing import (
    AgainReason,
    CopyOrigin,
    CopyStage,
    after_check,
    after_delivery,
    after_drawing,
    after_printing,
    is_printed_by,
    issuer_of,
    origin_of_first,
    origin_of_replacement,
    sheets_needed,
)

NUMBER = CardNumber("R50260001")
STAGES = (None, *CopyStage)


def outcomes(step: object, *more: object) -> dict[str, str]:
    """Take a step from every stage: where it leads, or the code of its refusal."""
    found: dict[str, str] = {}
    for stage in STAGES:
        try:
            found[str(stage)] = step(NUMBER, stage, *more)  # type: ignore[operator]
        except PrintStepRefused as refused:
            found[str(stage)] = refused.code if NUMBER in refused.zh and NUMBER in refused.en else "names no card"
    return found


def test_a_print_comes_from_the_queue_or_has_a_reason() -> None:
    assert outcomes(after_printing, None) == {
        "None": "print-again-unexplained",
        "to-print": "printed",
        "printed": "print-again-unexplained",
        "checked": "print-again-unexplained",
        "handed-out": "print-handed-out",
        "withdrawn": "print-withdrawn",
    }
    assert outcomes(after_printing, AgainReason.JAM) == {
        "None": "printed",
        "to-print": "printed",
        "printed": "printed",
        "checked": "printed",
        "handed-out": "print-handed-out",
        "withdrawn": "print-withdrawn",
    }


def test_what_is_with_its_holder_stays_there_whoever_draws_it() -> None:
    assert [after_drawing(stage) for stage in STAGES] == [
        None,
        CopyStage.PRINTED,
        CopyStage.PRINTED,
        CopyStage.PRINTED,
        CopyStage.HANDED_OUT,
        CopyStage.WITHDRAWN,
    ]


def test_nothing_is_handed_out_that_was_not_checked() -> None:
    assert outcomes(after_check) == {
        "None": "check-before",
        "to-print": "check-to-print",
        "printed": "checked",
        "checked": "checked",
        "handed-out": "check-handed-out",
        "withdrawn": "check-withdrawn",
    }
    assert outcomes(after_delivery) == {
        "None": "hand-out-before",
        "to-print": "hand-out-to-print",
        "printed": "hand-out-printed",
        "checked": "handed-out",
        "handed-out": "hand-out-handed-out",
        "withdrawn": "hand-out-withdrawn",
    }


def test_a_copy_says_why_it_was_made() -> None:
    assert (origin_of_first(None), origin_of_first(NUMBER)) == (CopyOrigin.NEW, CopyOrigin.RENEWED)
    made = [origin_of_replacement(reason) for reason in ReplacementReason]
    assert made == [CopyOrigin.LOST, CopyOrigin.DAMAGED, CopyOrigin.CORRECTED]
    assert all(origin.is_urgent for origin in made)
    assert not CopyOrigin.NEW.is_urgent


@pytest.mark.parametrize(
    ("number", "issuer"), [("R50260001", CENTRE), ("26310020001", CENTRE), ("S500123260001", "500123")]
)
def test_the_number_names_the_issuer(number: str, issuer: str) -> None:
    """督§9, 考§12."""
    assert issuer_of(CardNumber(number)) == issuer


def test_an_institution_prints_its_own_cards_unless_the_centre_does() -> None:
    assert is_printed_by("500123", "500123", at_centre=False)
    assert not is_printed_by(CENTRE, "500123", at_centre=False)
    assert is_printed_by(CENTRE, "500123", at_centre=True)
    assert not is_printed_by("500123", "500123", at_centre=True)


@pytest.mark.parametrize(
    ("cards", "places", "start", "sheets"),
    [(0, 4, 1, 0), (1, 4, 1, 1), (4, 4, 1, 1), (4, 4, 2, 2), (34, 4, 3, 9), (34, 5, 1, 7), (3, 1, 1, 3)],
)
def test_the_first_sheet_may_begin_further_on(cards: int, places: int, start: int, sheets: int) -> None:
    assert sheets_needed(cards, places, start) == sheets
