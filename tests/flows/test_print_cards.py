from __future__ import annotations

import io

import pypdfium2
import pytest
from PIL import Image

from cardlayout.impose import Flip, Sheet
from cardlayout.render import Job
from service.domain.access import By
from service.domain.card import ReplacementReason
from service.domain.card_number import CardNumber
from service.domain.verdict_words import Word
from service.flows.cards.card_requests import ReplacementRequest, RevocationRequest, VoidRequest
from service.flows.cards.lifecycle import replace_card, revoke_card, void_number
from service.flows.cards.print_cards import Printing, card_text, numbers_of_batch, print_cards, withdrawn
from service.flows.checking.read_codes import PDF_DPI, read_codes
from service.flows.errors import Refused
from tests.flows.damage import alter_blobs, lose_blobs, photo_digest, stored_blobs
from tests.flows.office import ACTOR, Office, applicant, one_of_each


def printed(office: Office, *numbers: CardNumber, sheet: Sheet = Sheet.SINGLE, flip: Flip = Flip.LONG) -> bytes:
    out = io.BytesIO()
    print_cards(office.register, Printing(numbers, Job("证卡", sheet, flip)), out, actor=ACTOR)
    return out.getvalue()


@pytest.fixture
def five(lite: Office) -> tuple[CardNumber, ...]:
    outcome = lite.issue(*one_of_each())
    assert outcome.batch is not None
    return numbers_of_batch(lite.register, outcome.batch)


def test_batch_is_printed_in_the_order_of_its_rows(lite: Office) -> None:
    rows = (applicant("standard", 1, row=9), applicant("external", 2, row=3), applicant("external", 3, score=1, row=4))
    outcome = lite.issue(*rows)
    assert numbers_of_batch(lite.register, outcome.batch or 0) == ("R50260001", "26310020001")
    with pytest.raises(Refused) as refused:
        numbers_of_batch(lite.register, 99)
    assert refused.value.code == "batch-without-cards"


def test_what_was_withdrawn_since_is_named_to_be_left_out_of_a_batch(
    lite: Office, five: tuple[CardNumber, ...]
) -> None:
    voided, lost, *_ = five
    assert withdrawn(lite.register, five) == ()
    void_number(lite.register, voided, VoidRequest(reason="打印错误"), By(ACTOR))
    replace_card(lite.register, lost, ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert withdrawn(lite.register, five) == (voided,), "a replaced card has a new copy to print"


def test_the_printing_unit_of_an_internal_card_is_its_institution(lite: Office) -> None:
    """督附5 row 3."""
    numbers = [lite.issue_one(applicant(kind, person)) for person, kind in enumerate(("external", "internal"), 1)]
    with pypdfium2.PdfDocument(printed(lite, *numbers)) as opened:
        external, internal = ("".join(opened[page].get_textpage().get_text_range().split()) for page in (1, 3))
    centre = lite.register.jurisdiction.card.printer
    [institution] = {one.name for one in lite.register.institutions().values() if one.name in internal}
    assert external.endswith(f"印制单位：{centre}")
    assert internal.endswith(f"印制单位：{institution}")
    assert centre not in internal


def test_reprint_has_the_same_bytes(office: Office) -> None:
    numbers = [office.issue_one(applicant(kind, person)) for person, kind in enumerate(("standard", "internal"), 1)]
    first = printed(office, *numbers, sheet=Sheet.FOUR)
    office.clock.advance(days=30)
    office.register.close()
    office.open()
    assert printed(office, *numbers, sheet=Sheet.FOUR) == first
    prints = [event for event in office.events() if event.kind == "cards-printed"]
    assert [event.data["numbers"] for event in prints] == [numbers] * 2
    replace_card(office.register, numbers[0], ReplacementRequest(reason=ReplacementReason.LOST), By(ACTOR))
    assert printed(office, *numbers, sheet=Sheet.FOUR) != first, "the new copy has a code of its own"


@pytest.mark.parametrize(
    ("sheet", "flip"), [(Sheet.SINGLE, Flip.LONG), (Sheet.FOUR, Flip.SHORT), (Sheet.FIVE, Flip.LONG)]
)
def test_every_code_reads_back_in_page_order(
    lite: Office, five: tuple[CardNumber, ...], sheet: Sheet, flip: Flip
) -> None:
    pdf = printed(lite, *five, sheet=sheet, flip=flip)
    found = list(read_codes(pdf))
    assert sorted(found) == sorted(card_text(lite.register, number) for number in five)
    assert {lite.verdict(text).verdict for text in found} == {Word.VALID}
    if sheet is Sheet.SINGLE:
        assert found == [card_text(lite.register, number) for number in five]


def test_code_reads_from_a_picture_of_the_page(lite: Office, five: tuple[CardNumber, ...]) -> None:
    with pypdfium2.PdfDocument(printed(lite, five[0])) as document:
        picture = document[1].render(scale=PDF_DPI / 72).to_pil()
    for image in (
        picture,
        picture.rotate(7, expand=True, fillcolor="white"),
        picture.transpose(Image.Transpose.ROTATE_90),
    ):
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=60)
        assert list(read_codes(buffer.getvalue())) == [card_text(lite.register, five[0])]


def test_cards_that_cannot_be_printed_are_all_named(lite: Office, five: tuple[CardNumber, ...]) -> None:
    good, revoked, without_photo, voided, _ = five
    revoke_card(
        lite.register, revoked, RevocationRequest(ground="考§21(4)", reason="错判", decided_by="王主任"), By(ACTOR)
    )
    void_number(lite.register, voided, VoidRequest(reason="印错"), By(ACTOR))
    lose_blobs(lite.register.database, photo_digest(lite.register.database, without_photo))
    unknown = CardNumber("R50260999")
    before = lite.events()
    out = io.BytesIO()
    with pytest.raises(Refused) as refused:
        print_cards(
            lite.register, Printing((good, revoked, voided, without_photo, unknown), Job("证卡")), out, actor=ACTOR
        )
    assert refused.value.code == "cards-not-printable"
    for number in (revoked, without_photo, voided, unknown):
        assert number in refused.value.zh
        assert number in refused.value.en
    assert good not in refused.value.en
    assert out.getvalue() == b""
    assert lite.events() == before


def test_altered_photograph_is_not_printed(lite: Office, five: tuple[CardNumber, ...]) -> None:
    alter_blobs(lite.register.database)
    with pytest.raises(Refused) as refused:
        printed(lite, five[0])
    assert refused.value.code == "photo-lost"
    assert [event for event in lite.events() if event.kind == "cards-printed"] == []


def test_photograph_used_twice_is_stored_once(lite: Office) -> None:
    lite.issue(*(applicant("external", person) for person in range(1, 8)))
    assert len(stored_blobs(lite.register.database)) == 3


@pytest.mark.parametrize("data", [b"", b"text", b"%PDF-1.7 cut short", b"\x89PNG\r\n\x1a\n cut short"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        list(read_codes(data))
    assert refused.value.code == "file-unreadable"


def test_picture_without_a_code_has_none() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(buffer, "PNG")
    assert list(read_codes(buffer.getvalue())) == []
