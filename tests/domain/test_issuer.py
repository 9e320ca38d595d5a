from __future__ import annotations

import pytest

from service.domain.errors import InstitutionInvalid
from service.domain.issuer import Institution


@pytest.mark.parametrize("letter", ["H", "Y", "S"])
def test_accepts_the_three_letters(letter: str) -> None:
    """督附3 表4: 行业部门 H, 用人单位 Y, 社会培训评价组织 S."""
    assert Institution("500123", letter, "某机构").letter == letter


@pytest.mark.parametrize(
    ("code", "letter", "name", "refusal"),
    [
        ("50012", "S", "某机构", "institution-code"),
        ("5001234", "S", "某机构", "institution-code"),
        ("５００１２３", "S", "某机构", "institution-code"),
        ("50012a", "S", "某机构", "institution-code"),
        ("500123", "R", "某机构", "institution-letter"),
        ("500123", "", "某技工院校", "institution-letter"),
        ("500123", "s", "某机构", "institution-letter"),
        ("500123", "S", "　", "institution-name"),
    ],
)
def test_refuses_an_incomplete_record(code: str, letter: str, name: str, refusal: str) -> None:
    """督附3: a six-digit code and a letter; a technical school has none in 表4, so it must be told."""
    with pytest.raises(InstitutionInvalid) as refused:
        Institution(code, letter, name)
    assert refused.value.code == refusal
