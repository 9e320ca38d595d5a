"""Who asks: the address behind the proxies we were told to believe, and the network a limit counts it by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

from service.settings import Network

Address: TypeAlias = IPv4Address | IPv6Address

_SUBSCRIBER_BITS: Final = 64  # one subscriber has a whole /64 (RFC 6177, RFC 8981)
_BLOCK_BITS_4, _BLOCK_BITS_6 = 24, 48  # what one customer is commonly given at most (RFC 6177)


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Iterable[Network]) -> Address | None:
    """Find the address of the client, None where the server knows none (a Unix socket).

    ``peer`` is the other end of the connection, ``forwarded_for`` the values of all X-Forwarded-For headers in
    order. Each proxy adds at the right whom it heard from, so the list is read from there, for as long as the
    one who wrote an entry is trusted; an entry that is no address is believed no more than an untrusted one.
    """
    networks = tuple(trusted)
    address = _parse(peer)
    hops = [hop for value in forwarded_for for hop in value.split(",")]
    while address is not None and hops and any(address in network for network in networks):
        before = _parse(hops.pop())
        if before is None:
            break
        address = before
    return address


def counted_network(address: Address | None) -> str:
    """Name what a limit counts together: an IPv4 address, the /64 of an IPv6 address, or all that have none."""
    match address:
        case None:
            return "unknown"
        case IPv4Address():
            return str(address)
        case IPv6Address():
            return str(IPv6Network((int(address), _SUBSCRIBER_BITS), strict=False))


def counted_block(address: Address | None) -> str:
    """Name the block that network lies in: the /24 of an IPv4 address, the /48 of an IPv6 address."""
    match address:
        case None:
            return "unknown"
        case IPv4Address():
            return str(IPv4Network((int(address), _BLOCK_BITS_4), strict=False))
        case IPv6Address():
            return str(IPv6Network((int(address), _BLOCK_BITS_6), strict=False))


def _parse(text: str | None) -> Address | None:
    """Read an address; an IPv4 one that came as IPv6 (RFC 4291 2.5.5.2) is IPv4 again."""
    try:
        address = ip_address((text or "").strip())
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
