"""What a passer-by reads: no orders that are meant for staff, and whom to call."""

from __future__ import annotations

import pytest

from service.flows.publishing.contact import set_contact
from service.pages.words import looks
from tests.api.staffed import Staffed
from tests.flows.office import ACTOR

ORDERS = ("扣留", "收回", "禁止", "放行", "上岗", "入场")


def test_nobody_but_staff_is_told_to_keep_a_card_or_turn_people_away() -> None:
    for key, look in looks().items():
        assert look.public_zh, key
        assert look.public_en, key
        assert not any(order in look.public_zh for order in ORDERS), key
        assert not any(order in look.public_en.lower() for order in ("keep", "admit")), key
    assert "扣留" in looks()["forged"].act_zh, "staff are told"


def test_the_page_without_scripts_speaks_to_the_public(staffed: Staffed) -> None:
    page = staffed.client.get("/1/0123").text
    assert looks()["unreadable"].public_zh in page


@pytest.mark.parametrize("path", ["/", "/1", "/1/0123", "/lookup", "/nowhere"])
def test_every_page_for_the_public_says_whom_to_call_as_set_last(staffed: Staffed, path: str) -> None:
    """The service runs on while another process sets it; what devices keep gets a new version."""
    register = staffed.office.register
    kept = staffed.client.get("/sw.js").text
    for zh, en in (("023-22223333", "+86 23 2222 3333"), ("023-44445555", "+86 23 4444 5555")):
        set_contact(register, zh, en, ACTOR)
        assert zh in staffed.client.get(path, headers={"accept": "text/html"}).text
        assert staffed.client.get("/sw.js").text != kept
        kept = staffed.client.get("/sw.js").text
