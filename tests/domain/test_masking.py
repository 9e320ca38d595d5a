from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.masking import mask_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("欧阳娜娜", "欧**娜"),
        ("王芳", "王*"),
        ("张三丰", "张*丰"),
        ("丁", "*"),
        ("", ""),
        ("迪丽热巴·迪力木拉提", "迪***·****提"),
        ("John Smith", "J*** ****h"),
        ("𠮷田𠀀", "𠮷*𠀀"),  # beyond U+FFFF
        ("葛\U000e0100小姐", "葛\U000e0100*姐"),  # a variation selector stays with its character
        ("王芳\ufe00", "王*"),
        ("e\u0301a", "e\u0301*"),
    ],
)
def test_masks_names(name: str, masked: str) -> None:
    """督§12(3): no personal data to the public; class, grade and validity do not need the whole name."""
    assert mask_name(name) == masked


@given(st.text(st.characters(exclude_categories=["Cs", "M"], exclude_characters="·-. *"), min_size=1))
def test_shows_two_characters_at_most(name: str) -> None:
    """督§12(3): never more than the first and the last."""
    masked = mask_name(name)
    assert len(masked) == len(name)
    assert sum(c != "*" for c in masked) == (0 if len(name) == 1 else 1 if len(name) == 2 else 2)
    masked.encode()
