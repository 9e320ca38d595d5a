from __future__ import annotations

import inspect
import re

from service.domain import regulation
from service.domain.kinds import ASSESSOR_KINDS, SkillLevel


def test_every_figure_cites_its_article() -> None:
    """督, 考: no number without its source."""
    for line in inspect.getsource(regulation).splitlines():
        if re.match(r"[A-Z][A-Z_]+: Final", line):
            assert re.search(r"# .*[督考](§\d|附\d)", line), line


def test_every_grade_has_a_digit_and_levels() -> None:
    """考附2(四), 考§3: three grades."""
    assert set(regulation.GRADE_DIGITS) == set(regulation.LEVELS_OF_GRADE) == ASSESSOR_KINDS


def test_each_grade_may_do_all_a_lower_one_may() -> None:
    """考§3: 专项 ⊂ 考评员 ⊂ 高级考评员, and 特级、首席 are in none."""
    special, standard, senior = sorted(regulation.LEVELS_OF_GRADE.values(), key=len)
    assert special < standard < senior
    assert senior | regulation.UNRULED_LEVELS == set(SkillLevel)
    assert not senior & regulation.UNRULED_LEVELS
