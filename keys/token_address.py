"""Where a token is: an address of RFC 7512, ``pkcs11:token=NAME;serial=NUMBER?module-path=/PATH/LIBRARY.so``.

It names the token and its library, and no key: a key on it is found by its public half. It never holds the PIN, which
comes like a passphrase.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol
from urllib.parse import quote, unquote

from keys.errors import TokenAddressInvalid, TokenUnusable
from keys.signer import Signer

_SCHEME: Final = "pkcs11:"
_SECRET: Final = {"pin-value", "pin-source"}


class PinTries(Enum):
    """What a token tells of the tries that are left; the standard has no number."""

    ALL = "all"
    FEWER = "fewer"
    ONE = "one"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """The library's path, and the label, the serial number or both of the token."""

    library: str
    label: str | None
    serial: str | None

    def matches(self, label: str, serial: str) -> bool:
        """Return whether a token with this label and serial number is meant."""
        return self.label in {None, label} and self.serial in {None, serial}

    def __str__(self) -> str:
        named = ((key, value) for key, value in (("token", self.label), ("serial", self.serial)) if value is not None)
        path = ";".join(f"{key}={quote(value, safe='')}" for key, value in named)
        return f"{_SCHEME}{path}?module-path={quote(self.library)}"


@dataclass(frozen=True, slots=True)
class TokenState:
    """What a token shows without a PIN: names, tries left, and the public half of each Ed25519 key with its label."""

    label: str
    serial: str
    model: str
    tries: PinTries
    keys: tuple[tuple[str, bytes], ...]


class AnyToken(Protocol):
    """A token that keys are on, as ``keys.token`` has it, for who must not need its package."""

    def unlock(self) -> None:
        """Log in, before anything is begun that needs it. Raises TokenError."""
        ...

    def signer(self, public: bytes) -> Signer:
        """Return the signer of a public key. Raises KeyNotHeld and TokenError."""
        ...

    def make(self, label: str, key_id: bytes) -> Signer:
        """Make a key that never leaves the token. Raises TokenError."""
        ...

    def put(self, private: bytes, label: str, key_id: bytes) -> Signer:
        """Copy a private key on to the token. Raises KeyHeldAlready and TokenError."""
        ...

    def delete(self, public: bytes) -> None:
        """Destroy a key on the token. Raises KeyNotHeld and TokenError."""
        ...

    def state(self) -> TokenState:
        """Look at the token without its PIN. Raises TokenError."""
        ...


def parse_token_address(text: str) -> TokenAddress:
    """Read the address of a token. Raises TokenAddressInvalid, which quotes no value: it might be a PIN."""
    if not text.startswith(_SCHEME):
        raise TokenAddressInvalid("an address of a token begins with pkcs11:")
    path, _, query = text.removeprefix(_SCHEME).partition("?")
    found = _attributes(path, ";") | _attributes(query, "&")
    if _SECRET & found.keys():
        raise TokenAddressInvalid("the address of a token holds no PIN and does not say where it is")
    label, serial, library = (found.pop(key, None) for key in ("token", "serial", "module-path"))
    if found:
        raise TokenAddressInvalid(f"the address of a token has token, serial and module-path, not {min(found)}")
    if not library or not library.startswith("/"):
        raise TokenAddressInvalid("module-path is the path of the token's PKCS #11 library, from the root")
    if not label and not serial:
        raise TokenAddressInvalid("token or serial says which token is meant")
    return TokenAddress(library, label or None, serial or None)


def token_at(address: TokenAddress, pin: Callable[[], bytes], *, typed: bool = False) -> AnyToken:
    """Return the token at an address; ``pin`` gives its PIN when it is first needed. Raises TokenUnusable."""
    try:
        from keys.token import Token  # noqa: PLC0415 - needs a package that the extra alone brings
    except ImportError:
        raise TokenUnusable("keys on tokens need the package python-pkcs11, which the extra pkcs11 brings") from None
    return Token(address, pin, typed=typed)


def _attributes(text: str, separator: str) -> dict[str, str]:
    """Read name=value pairs (RFC 7512 2.3). Raises TokenAddressInvalid for one that is none or stands twice."""
    found: dict[str, str] = {}
    for part in filter(None, text.split(separator)):
        name, equals, value = part.partition("=")
        try:
            decoded = unquote(value, errors="strict")
        except UnicodeDecodeError:
            raise TokenAddressInvalid(f"{name} is not UTF-8") from None
        if not equals or name in found:
            raise TokenAddressInvalid("the parts of a token's address are name=value, each once")
        found[name] = decoded
    return found
