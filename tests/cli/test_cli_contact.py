"""``contact``, and ``serve`` that insists on one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk


def test_whom_the_public_calls_is_set_and_shown(desk: Desk) -> None:
    desk.done("contact", "set", " 023-87654321 工作日 ", "--en", "+86 23 8765 4321")
    assert desk.done("contact", "show", "--json").json == {"zh": "023-87654321 工作日", "en": "+86 23 8765 4321"}
    desk.done("contact", "set", "023-11111111")
    assert desk.done("contact", "show", "--json").json == {"zh": "023-11111111", "en": "023-11111111"}
    assert desk.done("audit", "verify").out.count("全部相符") == 1


@pytest.mark.parametrize("text", ["", "  ", "话" * 121, "023\u202e1234"])
def test_a_contact_that_cannot_be_read_is_refused(desk: Desk, text: str) -> None:
    assert desk.run("contact", "set", text).code in {1, 2}
    assert desk.done("contact", "show", "--json").json["zh"] == "023-12345678"


def test_nobody_is_served_until_somebody_can_be_called(tmp_path: Path) -> None:
    """A register of before, or a new one, says what to do; ``init --contact`` does it at once."""
    fresh = Desk(tmp_path / "fresh")
    fresh.done("init")
    refused = fresh.run("serve", "--port", "1")
    assert refused.refusal == "no-contact"
    assert "zhengka contact set" in refused.err
    told = Desk(tmp_path / "told")
    told.done("init", "--contact", "023-12345678")
    assert told.run("serve", "--host", "999.1.1.1").refusal == "address-unavailable"
