from __future__ import annotations

import re

import pytest

from service.domain import errors
from service.domain.errors import DomainError

CLASSES = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, DomainError)]


@pytest.mark.parametrize("error", CLASSES)
def test_the_drawn_tree_is_the_tree(error: type[DomainError]) -> None:
    assert errors.__doc__ is not None
    drawn = re.search(rf"^(?P<indent>[ │├└─]*){error.__name__}\b", errors.__doc__, re.MULTILINE)
    assert drawn is not None
    depth = len(error.__mro__) - len(DomainError.__mro__)
    assert len(drawn["indent"]) == 4 + 4 * depth


@pytest.mark.parametrize("error", CLASSES)
def test_every_refusal_has_a_code_and_two_languages(error: type[DomainError]) -> None:
    refused = error("拒绝", "refused")
    assert isinstance(refused, ValueError)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", refused.code)
    assert (refused.zh, str(refused)) == ("拒绝", "refused")
    assert error("拒绝", "refused", code="special").code == "special"
