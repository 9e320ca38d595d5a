"""Forms filled with what the register knows, read back from the PDF."""

from __future__ import annotations

import io
from datetime import date

import pytest

from cardlayout.errors import GlyphMissingError
from service.domain.card import Card
from service.domain.card_number import CardNumber
from service.domain.forms import FormName
from service.flows.assessments.forms import Occasion, draw_forms
from service.flows.errors import Refused
from tests.cardlayout.reading import chars, pages
from tests.flows.office import Office, applicant

OCCASION = Occasion(
    institution="500123",
    plan="2026年第12批",
    on=date(2026, 12, 5),
    place="三号考场",
    occupation="电工/三级",
    candidates="40",
)


def read(office: Office, name: FormName, numbers: list[CardNumber], occasion: Occasion = OCCASION) -> list[str]:
    out = io.BytesIO()
    draw_forms(office.register, name, numbers, occasion, out)
    return ["".join(char.get_text() for char in chars(page)) for page in pages(out.getvalue())]


def issued(office: Office, kind: str, person: int) -> Card:
    return office.card(office.issue_one(applicant(kind, person)))


def test_a_feedback_form_says_what_it_is_about(office: Office) -> None:
    text = "".join(read(office, FormName.FEEDBACK, []))
    for known in ("2026年第12批", "2026 年 12 月 5 日", "电工/三级 / 40", "重庆市某某职业技能培训学校", "三号考场"):
        assert known in text, known


def test_a_review_sheet_names_the_supervisor_and_what_he_was(office: Office) -> None:
    card = issued(office, "internal", 1)
    (text,) = read(office, FormName.SUPERVISOR_REVIEW, [card.number])
    assert card.name in text
    assert str(card.number) in text
    assert "√(内督)" in text
    assert "□(外督)" in text


def test_an_assessor_gets_a_review_sheet_with_the_cards_job_types(office: Office) -> None:
    card = issued(office, "standard", 2)
    text = "".join(read(office, FormName.ASSESSOR_REVIEW, [card.number]))
    assert card.name in text
    assert card.occupations[0].name in text


def test_each_assessor_fills_in_an_assessment_record_of_his_own(office: Office) -> None:
    """考附3, 考§14(3)."""
    cards = [issued(office, "standard", 2), issued(office, "senior", 3)]
    made = read(office, FormName.ASSESSMENT_RECORD, [card.number for card in cards])
    assert len(made) == 2
    for text, card in zip(made, cards, strict=True):
        assert f"考评人员姓名：{card.name}" in text
        assert str(card.number) in text


def test_who_has_no_such_form_is_refused_by_name(office: Office) -> None:
    supervisor = issued(office, "external", 4)
    with pytest.raises(Refused, match="考附3 is not a form of this kind of holder"):
        read(office, FormName.ASSESSMENT_RECORD, [supervisor.number])
    with pytest.raises(Refused, match="there is no card"):
        read(office, FormName.ASSESSMENT_RECORD, [CardNumber("26310029999")])
    with pytest.raises(Refused, match="institution 999999 is not entered"):
        read(office, FormName.FEEDBACK, [], Occasion(institution="999999"))


def test_a_character_that_cannot_be_printed_is_refused_and_no_box_is_drawn(office: Office) -> None:
    with pytest.raises(GlyphMissingError, match=r"U\+31350"):
        read(office, FormName.FEEDBACK, [], Occasion(plan="𱍐"))


def test_an_assessors_sheet_is_signed_on_the_page_that_holds_the_points(office: Office) -> None:
    """考附1: a signature does not stand on a sheet of its own."""
    card = issued(office, "senior", 3)
    first, *_ = read(office, FormName.ASSESSOR_REVIEW, [card.number])
    for told in ("合计得分", "鉴定评价机构现场负责人签名", "质量监督员签名"):
        assert told in first, told
