"""A picture of a card at the desk: the printed card, and no card."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from cardlayout.impose import Sheet, Slot
from cardlayout.render import Job
from service.domain.access import PERMISSIONS, Account, Principal, Role
from service.domain.card_number import CardNumber
from service.flows.cards.preview import (
    NUMBER_TO_COME,
    PREVIEW_WIDTH,
    STAMP,
    CardSide,
    preview,
    preview_of_card,
    without_number,
)
from service.flows.cards.print_cards import Printing, print_cards
from service.flows.checking.read_codes import codes_of_image
from service.flows.errors import Refused
from tests.cardlayout.faces import assessor, fonts, internal
from tests.flows.office import ACTOR, FACTORY, SCHOOL, Office, applicant

CENTRE = Principal(1, Account("zhoumin", Role.CENTRE), PERMISSIONS[Role.CENTRE])


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_the_picture_is_the_printed_card_at_the_width_that_was_asked_for(lite: Office) -> None:
    number = lite.issue_one(applicant("standard", 1))
    out = io.BytesIO()
    job = Job("证卡", Sheet.CARD, slot=Slot.GUIDE)
    print_cards(lite.register, Printing((number,), job), out, actor=ACTOR)
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        page = document[0]
        printed = page.render(scale=PREVIEW_WIDTH / page.get_width()).to_pil().convert("RGB")
    shown = opened(preview_of_card(lite.register, number, CardSide.FRONT, CENTRE))
    assert shown.size == (PREVIEW_WIDTH, 454)
    assert np.array_equal(np.asarray(shown), np.asarray(printed))


def test_no_code_in_a_picture_is_one_that_a_checker_knows() -> None:
    """Not even from under the stamp: what is there has the printed code's size and is another text."""
    face = assessor(3)
    assert face.qr is not None
    back = opened(preview(face, fonts(), CardSide.BACK, 800))
    assert codes_of_image(back) == [], "the stamp lies over it"
    other = opened(preview(replace(face, qr=replace(face.qr, digits="7" * 346)), fonts(), CardSide.BACK, 800))
    assert np.array_equal(np.asarray(back), np.asarray(other)), "nothing of the credential is in the picture"


def test_the_number_is_to_come_where_none_is_spent_yet() -> None:
    face = without_number(internal(4))
    assert face.number not in {one.value for one in internal(4).fields}
    assert [one.value for one in face.fields if one.name == "number"] == [NUMBER_TO_COME]
    drawn = {side: opened(preview(replace(face, qr=None), fonts(), side)) for side in CardSide}
    assert drawn[CardSide.FRONT].size == drawn[CardSide.BACK].size == (PREVIEW_WIDTH, 454)


def test_a_face_without_a_portrait_shows_an_empty_frame() -> None:
    face = assessor(5)
    with_face, without = (opened(preview(one, fonts(), CardSide.FRONT)) for one in (face, replace(face, portrait=b"")))
    changed = np.argwhere(np.any(np.asarray(with_face) != np.asarray(without), axis=2))
    assert len(changed), STAMP
    (top, left), (bottom, right) = changed.min(axis=0) * 80 / PREVIEW_WIDTH, changed.max(axis=0) * 80 / PREVIEW_WIDTH
    assert 49 < left < right < 76, "of the frame's 25 mm"
    assert 33 < top < bottom < 70


def test_a_card_is_shown_to_its_issuer_and_who_keeps_the_record_only(lite: Office) -> None:
    number = lite.issue_one(applicant("internal", 2))
    other = FACTORY.code if number.institution == SCHOOL.code else SCHOOL.code
    foreign = Principal(2, Account("other", Role.INSTITUTION, other), PERMISSIONS[Role.INSTITUTION])
    for sought, by in ((number, foreign), (CardNumber("26310029999"), CENTRE)):
        with pytest.raises(Refused) as refused:
            preview_of_card(lite.register, sought, CardSide.BACK, by)
        assert refused.value.code == "no-such-card"
