"""What waits for a key that is not at hand, on a token that is away, say, is refused in both languages."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from keys.errors import KeyNotHeld, TokenError
from service.flows.errors import KeyAway
from service.flows.words import zh_of


@contextmanager
def key_at_hand() -> Generator[None]:
    """Raise KeyAway in place of what a key's place raises."""
    try:
        yield
    except (KeyNotHeld, TokenError) as error:
        zh, en = f"签名密钥不在手边：{zh_of(error)}", f"the signing key is not at hand: {error}"
        raise KeyAway(error.code, zh, en) from error


def at_hand(sign: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Return what signs alike, and raises KeyAway."""

    def signing(message: bytes) -> bytes:
        with key_at_hand():
            return sign(message)

    return signing
