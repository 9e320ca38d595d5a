"""What stands before the public lookup at both doors, and how refusals are slowed down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Final

from litestar import Request
from litestar.datastructures import State
from litestar.types import Message, Scope

from service.domain.card_number import CardNumber
from service.flows.checking.admit_lookup import Origin, admit_lookup
from service.flows.register import Register
from service.web.client import Address, client_address, counted_block, counted_network
from service.web.rate_headers import tell

PAUSE_S: Final = 1.0
MAX_PAUSING: Final = 1_000
"""Refusals that wait at the same time; more are answered at once, so that waiting never fills the memory."""


def admit(request: Request[Any, Any, State], register: Register, number: CardNumber, name: str) -> None:
    """Count the lookup a request asks for. Raises LimitReached, with words for people."""
    address = _address(request, register)
    tell(request, admit_lookup(register, Origin(counted_network(address), counted_block(address)), number, name))


def network_of(request: Request[Any, Any, State], register: Register) -> str:
    """Name the network a request comes from, as limits count it."""
    return counted_network(_address(request, register))


def _address(request: Request[Any, Any, State], register: Register) -> Address | None:
    peer = request.client.host if request.client else None
    forwarded = request.headers.getall("x-forwarded-for", [])
    return client_address(peer, forwarded, register.settings.trusted_proxies)


class SlowRefusals:
    """A Litestar ``before_send`` hook that holds each 429 back for a second.

    A client that asks again as soon as it is answered then costs next to nothing, and nobody else waits behind it.
    """

    def __init__(self, pause: Callable[[float], Awaitable[None]]) -> None:
        self._pause = pause
        self._pausing = 0

    async def __call__(self, message: Message, scope: Scope) -> None:
        """Wait, if the answer that begins is a refusal; no thread waits with it."""
        del scope
        if message["type"] != "http.response.start" or message["status"] != HTTPStatus.TOO_MANY_REQUESTS:
            return
        if self._pausing >= MAX_PAUSING:
            return
        self._pausing += 1
        try:
            await self._pause(PAUSE_S)
        finally:
            self._pausing -= 1
