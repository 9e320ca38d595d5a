"""A token's PKCS #11 library in this process, as the standard has it: loaded once, with one log-in per token.

python-pkcs11 starts a library without its own locks, so all that is asked of it is asked under one. A library sees
tokens that were pulled, plugged in or initialised after it was started only when it is started anew, and of a process
that was forked it knows nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pkcs11
from pkcs11 import PKCS11Error, TokenFlag

from keys.errors import TokenAbsent, TokenAddressInvalid, TokenFailed, TokenUnusable
from keys.token_address import TokenAddress

_libraries: Final[dict[str, TokenLibrary]] = {}
_loading: Final = threading.Lock()


class TokenLibrary:
    """One library. ``lock`` is held while anything is asked of it; ``started`` counts its starts."""

    def __init__(self, path: str) -> None:
        if not Path(path).is_file():
            raise TokenUnusable(f"the token's library {path} is not there: install its driver")
        try:
            self._library = pkcs11.lib(path)
        except PKCS11Error as error:
            raise TokenUnusable(f"the token's library {path} cannot be loaded: {_named(error)}") from error
        self.lock = threading.RLock()
        self.started = 0
        self._process = os.getpid()

    def check_process(self) -> None:
        """Start anew in a process that was forked. Raises TokenFailed."""
        if self._process != os.getpid():
            self.start_anew()

    def start_anew(self) -> None:
        """Let go of every session, and look at the machine again. Raises TokenFailed."""
        with suppress(PKCS11Error):  # of a process that was forked it was never started
            self._library.finalize()
        try:
            self._library.initialize()
        except PKCS11Error as error:
            raise TokenFailed(f"the token's library does not start: {_named(error)}") from error
        self.started += 1
        self._process = os.getpid()

    def find(self, address: TokenAddress) -> pkcs11.Token:
        """Return the token; where it is not there, look again once. Raises TokenAbsent or TokenAddressInvalid."""
        self.check_process()
        found = list(self._matching(address))
        if not found:
            self.start_anew()
            found = list(self._matching(address))
        if not found:
            raise TokenAbsent(f"no token {_words(address)} is plugged in")
        if len(found) > 1:
            raise TokenAddressInvalid(f"several tokens are called {_words(address)}: add serial=, which each has alone")
        return found[0]

    def _matching(self, address: TokenAddress) -> Iterator[pkcs11.Token]:
        with suppress(PKCS11Error):
            for slot in self._library.get_slots(token_present=True):
                with suppress(PKCS11Error):  # pulled, or of a kind that the library does not know
                    token = slot.get_token()
                    if token.flags & TokenFlag.TOKEN_INITIALIZED and address.matches(*name_of(token)):
                        yield token


def library_of(address: TokenAddress) -> TokenLibrary:
    """Return the library of a token, loaded when first asked for. Raises TokenUnusable."""
    with _loading:
        if address.library not in _libraries:
            _libraries[address.library] = TokenLibrary(address.library)
        return _libraries[address.library]


def name_of(token: pkcs11.Token) -> tuple[str, str]:
    """Return a token's label and serial number."""
    return token.label, token.serial.decode("ascii", "replace").strip("\0 ")


def _words(address: TokenAddress) -> str:
    return " ".join(filter(None, (address.label, address.serial)))


def _named(error: Exception) -> str:
    return str(error) or type(error).__name__
