"""Which clients are sent what is compressed."""

from __future__ import annotations

import gzip
from random import Random

import pytest

from service.web.representations import Represented, takes_gzip


@pytest.mark.parametrize(
    ("stated", "takes"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("gzip; q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("gzip;level=9", False),
        ("", False),
        (None, False),
    ],
)
def test_who_takes_gzip(stated: str | None, *, takes: bool) -> None:
    assert takes_gzip(stated) is takes


def test_only_what_gets_smaller_is_compressed() -> None:
    text = Represented(b"x" * 2_000, "text/css; charset=utf-8")
    assert gzip.decompress(text.packed or b"") == text.body
    assert text.packed is text.packed, "once"
    assert Represented(b"x" * 2_000, "image/png").packed is None
    assert Represented(b"x" * 100, "text/css").packed is None
    assert Represented(Random(1).randbytes(2_000), "text/css").packed is None
