"""The program and the regulation on the same applicants; a hundred thousand of them with ``python -m tests.oracle``."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests import needs
from tests.oracle.agreement import disagreement
from tests.oracle.applicants import draw_applicant
from tests.oracle.regulation import decide


@settings(max_examples=needs.examples(60))
@given(st.randoms(use_true_random=False))
def test_an_applicant_is_decided_as_the_regulation_does(random: Random) -> None:
    """督§6–§10, §14; 考§3, §7–§9, §11, §12, §21: dates, ages, certificates and earlier cards drawn together."""
    assert disagreement(draw_applicant(random)) is None


def test_many_applicants_are_decided_as_the_regulation_does() -> None:
    """督§6–§10, §14; 考§3, §7–§9, §11, §12, §21: every reason is met, and a good part of the rows gets a card."""
    random = Random(11)
    reasons: set[str] = set()
    accepted = 0
    for _ in range(500):
        who = draw_applicant(random)
        assert disagreement(who) is None
        for refused in decide(who):
            reasons |= refused
            accepted += not refused
    assert accepted > 80
    assert len(reasons) == 17
