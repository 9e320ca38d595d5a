from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.card_number import CardNumber
from service.domain.explain import explain
from tests.domain.sample_cards import jurisdiction

SHARED = "前两位 22 表示 2022 年，第 3、4 位 31 表示重庆市，没有二级地市，第 5、6 位代码取 00"
KNOWN = (jurisdiction("chongqing"), jurisdiction("jiangxi"))


@pytest.mark.parametrize(
    ("number", "meaning"),
    [
        (
            "22310010023",
            f"{SHARED}，第 7 位 1 表示高级考评员，最后 4 位 0023 表示第 23 号高级考评员。",
        ),
        (
            "22310020124",
            f"{SHARED}，第 7 位 2 表示考评员，最后 4 位 0124 表示第 124 号考评员。",
        ),
        (
            "22310030125",
            f"{SHARED}，第 7 位 3 表示专项职业能力考核考评员，最后 4 位 0125 表示第 125 号专项职业能力考核考评员。",
        ),
    ],
)
def test_speaks_the_regulations_own_examples(number: str, meaning: str) -> None:
    """考附2 例1—例3: the meaning as printed there, word for word."""
    assert explain(CardNumber(number), KNOWN).zh == meaning


def test_explains_supervisors() -> None:
    """督附3: R and province, letter and institution."""
    external = explain(CardNumber("R36230007"), KNOWN)
    assert external.zh == (
        "第 1 位 R 表示外部质量督导员，第 2、3 位 36 表示江西省人力资源社会保障部门，第 4、5 位 23 表示 2023 年，"
        "最后 4 位 0007 表示第 7 号外部质量督导员。"
    )
    internal = explain(CardNumber("Y500123230001"), KNOWN)
    assert "用人单位" in internal.zh
    assert "500123" in internal.zh
    assert "employer" in internal.en


def test_json_has_a_grade_or_a_letter() -> None:
    """考附2, 督附3: assessors have a grade, supervisors a letter."""
    assert explain(CardNumber("22310010023"), KNOWN).as_json() == {
        "number": "22310010023",
        "scheme": "assessor",
        "issuer": "31",
        "year": 2022,
        "grade": "senior",
        "sequence": 23,
        "zh": explain(CardNumber("22310010023"), KNOWN).zh,
        "en": explain(CardNumber("22310010023"), KNOWN).en,
    }
    supervisor = explain(CardNumber("S500123230001"), KNOWN).as_json()
    assert supervisor["letter"] == "S"
    assert supervisor["issuer"] == "500123"
    assert "grade" not in supervisor


@pytest.mark.parametrize("number", ["22440110001", "R44230001", "22310110001"])
def test_does_not_invent_unknown_codes(number: str) -> None:
    """考附2, 督附3: a code of no known jurisdiction is shown as it stands."""
    explanation = explain(CardNumber(number), KNOWN)
    assert "未收录" in explanation.zh or "第 5、6 位 01 为地市代码" in explanation.zh
    assert explain(CardNumber(number), ()).sequence == 1


@given(st.from_regex(r"(R[0-9]{4}|[HYS][0-9]{8}|[0-9]{6}[1-3])(?!0000)[0-9]{4}", fullmatch=True))
def test_explains_every_number_there_can_be(text: str) -> None:
    """督附3, 考附2: all parts of any number, with no register at hand."""
    explanation = explain(CardNumber(text), ())
    assert str(explanation.sequence) in explanation.zh
    assert str(explanation.year) in explanation.en
    assert explanation.issuer in text
