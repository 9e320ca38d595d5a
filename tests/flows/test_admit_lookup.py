"""Who may ask how often, before it is known whether number and name are right."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import pytest

from service.domain.card_number import CardNumber
from service.domain.jurisdiction import Contact
from service.flows.checking.admit_lookup import (
    FIRST_OF_NETWORK,
    IN_ALL,
    PER_BLOCK,
    PER_NETWORK,
    PER_NUMBER,
    Origin,
    TooManyLookups,
    admit_lookup,
)
from service.store import limits, meta
from service.store.limits import Claim
from tests.flows.office import Office


def admitted(office: Office, place: int, network: str, block: str = "203.0.113.0/24") -> bool:
    """Look up a number with a name that nobody has asked before."""
    try:
        admit_lookup(office.register, Origin(network, block), CardNumber.compose("R5026", place), f"某{place}")
    except TooManyLookups:
        return False
    return True


def use_up(office: Office, counted: str, limit: limits.Limit) -> None:
    """Count as many lookups as one counter takes: one that takes up the whole of its period."""
    claim = Claim(office.register.blind.of(f"lookup {counted}"), replace(limit, requests=1))
    with office.register.database.counters.write() as connection:
        limits.take(connection, [claim], office.clock.now)


def test_a_block_is_limited_however_many_networks_it_has(lite: Office) -> None:
    for place in range(1, PER_BLOCK.requests + 1):
        assert admitted(lite, place, f"203.0.113.{place % 250}")
    assert not admitted(lite, 1_000, "203.0.113.254")
    assert admitted(lite, 1_000, "198.51.100.1", "198.51.100.0/24")


def test_whoever_uses_up_what_all_may_ask_shuts_nobody_else_out(office: Office) -> None:
    use_up(office, "all", IN_ALL)
    visitor = [admitted(office, place, "198.51.100.1") for place in range(1, 6)]
    assert visitor == [True] * FIRST_OF_NETWORK.requests + [False] * 2
    assert admitted(office, 6, "198.51.100.2")
    office.clock.advance(seconds=IN_ALL.period.seconds)
    assert [admitted(office, place, "198.51.100.1") for place in range(7, 12)] == [True] * 5


def test_the_first_questions_count_for_the_network_too(lite: Office) -> None:
    use_up(lite, "all", IN_ALL)
    use_up(lite, "network 203.0.113.7", PER_NETWORK)
    assert not admitted(lite, 1, "203.0.113.7")


def test_whoever_asks_does_not_wait_for_a_batch_that_is_being_issued(office: Office) -> None:
    office.register.database.needs_entries = False  # past the use cases
    with ThreadPoolExecutor(1) as thread, office.register.database.write() as connection:
        meta.put(connection, "issuing", "now")
        assert thread.submit(admitted, office, 1, "198.51.100.1").result(timeout=10)


def test_a_refusal_says_when_to_come_back_and_which_ways_on_there_are(lite: Office) -> None:
    origin, number = Origin("198.51.100.1", "198.51.100.0/24"), CardNumber("R50260001")
    use_up(lite, f"number {number}", PER_NUMBER)
    with pytest.raises(TooManyLookups) as refused:
        admit_lookup(lite.register, origin, number, "王芳")
    assert refused.value.retry_after == 180
    assert refused.value.code == "rate-limited"
    assert "180 秒" in refused.value.zh
    assert "二维码查验不受限" in refused.value.zh
    assert refused.value.zh.endswith(lite.register.jurisdiction.centre.zh)
    assert "180 seconds" in refused.value.en
    assert lite.register.jurisdiction.centre.en in refused.value.en

    contact = Contact(zh="023-12345678", en="+86 23 1234 5678")
    lite.register.jurisdiction = msgspec.structs.replace(lite.register.jurisdiction, contact=contact)
    with pytest.raises(TooManyLookups) as refused:
        admit_lookup(lite.register, origin, number, "王芳")
    assert refused.value.zh.endswith("023-12345678")
    assert refused.value.en.endswith("+86 23 1234 5678")
