from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from service.web.client import client_address, counted_block, counted_network

PROXIES = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ff::/48"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # a stranger's word for somebody else
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),  # what the client wrote itself stands left
        ("10.0.0.1", ["198.51.100.1", "203.0.113.7"], "203.0.113.7"),
        ("10.0.0.1", ["203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.7, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.7, "], "10.0.0.1"),
        ("10.0.0.1", ["2001:db8::5"], "2001:db8::5"),
        ("2001:db8:ff::1", ["203.0.113.7"], "203.0.113.7"),
        ("::ffff:10.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer: str, forwarded_for: list[str], client: str) -> None:
    assert client_address(peer, forwarded_for, PROXIES) == ip_address(client)


@pytest.mark.parametrize("peer", [None, "", "testclient", "/run/zhengka.sock"])
def test_a_peer_without_an_address_is_nobody_and_speaks_for_nobody(peer: str | None) -> None:
    assert client_address(peer, ["203.0.113.7"], PROXIES) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
    ],
)
def test_an_ipv6_subscriber_is_counted_by_the_64(address: str, network: str) -> None:
    assert counted_network(ip_address(address)) == network


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("0.0.0.1", "0.0.0.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::1", "2001:db8:1::/48"),
        ("::1", "::/48"),
    ],
)
def test_networks_of_one_customer_lie_in_one_block(address: str, block: str) -> None:
    assert counted_block(ip_address(address)) == block


def test_all_without_an_address_are_counted_together() -> None:
    assert counted_network(None) == "unknown"
    assert counted_block(None) == "unknown"
