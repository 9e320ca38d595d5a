"""What makes two requests under one key the same request."""

from __future__ import annotations

from typing import Literal

import pytest
from litestar.testing import RequestFactory

from service.web.once import request_hash


def hash_of(
    path: str = "/cards", dry_run: str = "1", content: bytes = b"{}", method: Literal["POST", "PUT"] = "POST"
) -> bytes:
    make = {"POST": RequestFactory().post, "PUT": RequestFactory().put}[method]
    return request_hash(make(path, query_params={"dry_run": dry_run}), content)


def test_the_same_request_has_the_same_hash() -> None:
    assert hash_of() == hash_of()
    assert len(hash_of()) == 32


@pytest.mark.parametrize(
    "other",
    [hash_of(path="/cards/1"), hash_of(dry_run="0"), hash_of(content=b"[]"), hash_of(method="PUT")],
    ids=["path", "query", "content", "method"],
)
def test_whatever_is_asked_otherwise_has_another_hash(other: bytes) -> None:
    assert other != hash_of()
