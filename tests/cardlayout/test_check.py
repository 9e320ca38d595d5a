"""Every problem of a face at once, named so that the office can mend it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cardlayout.check import FaceProblem, check, narrowed
from cardlayout.face import CardFace, Field, QrContent
from cardlayout.impose import Sheet
from cardlayout.render import Job
from tests.cardlayout.faces import PREFIX, RARE_NAME, assessor, digits, fonts, internal, portrait
from tests.cardlayout.reading import rendered

UNKNOWN = "\U0002ffff"  # not a character


def with_value(face: CardFace, name: str, value: str) -> CardFace:
    changed = (Field(field.label, value if field.name == name else field.value, field.name) for field in face.fields)
    return replace(face, fields=tuple(changed))


def found(face: CardFace) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in check(face, fonts())]


SOUND = [
    assessor(),
    internal(),
    assessor(name=RARE_NAME),
    assessor(grade="专项职业能力考核考评员", occupations="互联网营销师、家政服务员"),
    internal(work_unit="重庆市渝北区某某国际智能制造职业技能培训学校有限责任公司"),
    internal(institution="重庆市渝北区某某国际智能制造职业技能培训学校有限责任公司"),
    replace(internal(), qr=None),
    replace(internal(), notices=()),
]


@pytest.mark.parametrize("face", SOUND, ids=lambda face: face.number)
def test_a_sound_face_has_no_problem_and_prints(face: CardFace) -> None:
    assert check(face, fonts()) == ()
    signed = face if face.qr else replace(face, qr=QrContent(PREFIX, digits(1)))
    assert rendered([signed], fonts(), Job("证卡", Sheet.SINGLE))


def test_a_character_without_a_glyph_is_named_with_its_code_point() -> None:
    [problem] = check(with_value(assessor(), "name", f"王{UNKNOWN}{UNKNOWN}"), fonts())
    assert (problem.code, problem.field) == ("glyph-missing", "name")
    assert "U+2FFFF" in problem.zh
    assert "U+2FFFF" in problem.en


def test_a_name_in_another_script_is_one_problem_that_says_what_to_do() -> None:
    [problem] = check(with_value(assessor(), "name", "ئابلىمىت ئابلەت"), fonts())
    assert (problem.code, problem.field) == ("glyph-missing", "name")
    assert "汉字译名" in problem.zh
    assert problem.zh.count("U+") == 3, "not every letter"


def test_text_that_does_not_fit_is_blamed_on_its_field() -> None:
    assert found(with_value(internal(), "work_unit", "重庆市" * 30)) == [("text-does-not-fit", "work_unit")]
    assert found(replace(assessor(), title=("重庆市技能人才评价考评人员资格证书",))) == [("text-does-not-fit", "title")]
    assert ("text-does-not-fit", "printer") in found(replace(internal(), printer="重庆市某某学校" * 9))


def test_a_symbol_too_large_for_the_text_below_it_is_found_before_it_is_printed() -> None:
    largest = replace(internal(), qr=QrContent(PREFIX, digits(1, 1300)))
    assert found(replace(largest, notices=("仅限重庆市某某职业技能培训学校" * 3,))) == [
        ("text-does-not-fit", "printer")
    ]
    with_portrait = replace(assessor(), qr=QrContent(PREFIX, digits(1, 1050)))  # version 19, 51 mm
    assert found(with_portrait) == []


def test_lines_that_had_to_be_narrowed_are_told() -> None:
    assert narrowed(internal(), fonts()) == ()
    crowded = internal(institution="重庆市渝北区某某国际智能制造职业技能培训学校有限责任公司", name="阿卜杜热合曼阿")
    lines = narrowed(crowded, fonts())
    assert "".join(line.text for line in lines) in f"印制单位：{crowded.printer}"
    assert lines
    assert {line.percent for line in lines} <= set(range(90, 100))


@pytest.mark.parametrize(
    ("jpeg", "code"),
    [
        (b"", "portrait-not-an-image"),
        (b"%PDF-1.7", "portrait-format-not-accepted"),
        (portrait(1, 250, 350), "portrait-not-normalised"),
        (portrait(1, 300, 400), "portrait-not-normalised"),
    ],
)
def test_a_portrait_out_of_form_is_refused(jpeg: bytes, code: str) -> None:
    """督附5 row 2: 25 mm × 35 mm, sharp at 300 dpi."""
    assert found(replace(assessor(), portrait=jpeg)) == [(code, "photo")]


def test_all_problems_are_told_at_once_in_reading_order() -> None:
    face = with_value(internal(name=f"王{UNKNOWN}"), "work_unit", "重庆市" * 30)
    face = replace(face, notices=(f"仅限{UNKNOWN}",), portrait=b"")
    assert found(face) == [
        ("glyph-missing", "name"),
        ("glyph-missing", "notices"),
        ("text-does-not-fit", "work_unit"),
        ("portrait-not-an-image", "photo"),
    ]


def test_each_problem_speaks_both_languages() -> None:
    face = replace(internal(name=f"王{UNKNOWN}", work_unit="重庆市" * 30), portrait=b"", printer="学校" * 60)
    for problem in check(face, fonts()):
        assert isinstance(problem, FaceProblem)
        assert problem.zh
        assert problem.en
