from __future__ import annotations

import pytest

from cardlayout.kerning import kerns, natural_width, pieces
from tests.cardlayout.faces import fonts


def width(text: str) -> float:
    return float(len(text))


@pytest.mark.parametrize(
    ("text", "em"),
    [
        ("职业技能", 4),
        ("职业（工种）", 5.5),  # the blank half of a bracket at a line's end
        ("职业（工种）：值", 7.5),  # and where it meets the colon
        ("（甲）（乙）", 4.5),  # at the start, between, at the end
        ("《“甲”》", 3),
        ("甲（乙", 3),  # beside a 汉字 it stays
        ("22310010023", 11),
    ],
)
def test_full_width_marks_lose_their_blank_half_beside_each_other_and_at_a_lines_ends(text: str, em: float) -> None:
    assert natural_width(text, width) == em


def test_the_dot_of_a_name_takes_half_a_character() -> None:
    """GB/T 15834-2011 5.1.7."""
    assert kerns("古丽·艾力") == (0, 0, 0.25, 0.25, 0, 0)
    assert natural_width("古丽·", width) == 2.5


def test_pieces_stand_where_the_kerned_line_has_them_and_lose_no_character() -> None:
    assert pieces("职业技能", width) == ((0, "职业技能"),)
    found = list(pieces("（甲）：乙", width))
    assert found == [(-0.5, "（甲）"), (2, "：乙")]
    assert "".join(piece for _, piece in pieces("阿卜杜·买买提（》，x", width)) == "阿卜杜·买买提（》，x"


def test_the_marks_that_are_kerned_are_one_em_wide_in_the_fonts() -> None:
    for mark in "，。、；：？！）］｝〕】》〉」』〗”’（［｛〔【《〈「『〖“‘·•・":
        assert fonts().width(mark, 10) == fonts().width("汉", 10)
