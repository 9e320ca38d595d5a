"""Keys on a token, by PKCS #11 (OASIS, version 3.0): a smart card, a stick or a module that signs and shows no key.

The second kind of ``Signer`` beside the sealed files. Its signatures are those of the same key in a file (RFC 8032 is
deterministic), and each is checked against the public half before it is given away: a token that errs must not err
in public. A token may be pulled and plugged in again at any time; the next signature logs in anew.

A PIN is sent once: after a refusal never again, and the last try that a token allows only where a person has typed it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, TypeVar, cast

from pkcs11 import (
    Attribute,
    KeyType,
    Mechanism,
    MechanismFlag,
    ObjectClass,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    Session,
    UserAlreadyLoggedIn,
)
from pkcs11 import Token as Plugged

from keys.errors import (
    KeyHeldAlready,
    KeyNotHeld,
    TokenError,
    TokenFailed,
    TokenPinWrong,
    TokenUnusable,
)
from keys.identity import kid_of
from keys.signer import Signer
from keys.suites import ED25519
from keys.token_address import PinTries, TokenAddress, TokenState
from keys.token_library import library_of, name_of
from keys.token_objects import Signing, check_tries, locked, public_keys, public_of_point, tries_left

Done = TypeVar("Done")


_CURVE: Final = bytes.fromhex("06032b6570")  # id-Ed25519, RFC 8410 3


class Token:
    """A token, found and logged in to when first needed. Threads may share it; ``typed``: a person enters the PIN."""

    def __init__(self, address: TokenAddress, pin: Callable[[], bytes], *, typed: bool = False) -> None:
        self.address = address
        self._pin = pin
        self._typed = typed
        self._refused: TokenError | None = None
        self._session: Session | None = None
        self._started = 0
        self._held: dict[bytes, Signing] = {}

    def unlock(self) -> None:
        """Log in, before anything is begun that needs it. Raises TokenError."""
        self._ask(public_keys)

    def signer(self, public: bytes) -> Signer:
        """Return the signer of a public key. Raises KeyNotHeld and TokenError."""
        holds = ED25519.load_public(public)
        self._ask(partial(self._find, public))

        def sign(message: bytes) -> bytes:
            signature = self._ask(lambda session: _sign(self._private(public, session), message))
            if not holds(signature, message):
                raise TokenFailed("the token's signature does not hold by the public key: what it signed is not used")
            return signature

        return Signer(public, sign)

    def make(self, label: str, key_id: bytes) -> Signer:
        """Make a key that never leaves the token, for good. ``key_id``: random bytes. Raises TokenError."""

        def made(session: Session) -> bytes:
            parameters = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: _CURVE}, local=True)
            public, _ = parameters.generate_keypair(
                id=key_id,
                label=label,
                store=True,
                capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
            )
            found = public_of_point(public[Attribute.EC_POINT])
            if found is None:
                raise TokenUnusable("the token made a key that is none of Ed25519")
            return found

        return self.signer(self._change(made))

    def put(self, private: bytes, label: str, key_id: bytes) -> Signer:
        """Copy a private key, 32 bytes, on to the token, which shows it no more. Raises KeyHeldAlready, TokenError."""
        signer = Signer.from_private(private)
        common = {
            Attribute.KEY_TYPE: KeyType.EC_EDWARDS,
            Attribute.EC_PARAMS: _CURVE,
            Attribute.ID: key_id,
            Attribute.LABEL: label,
            Attribute.TOKEN: True,
        }
        half = {
            **common,
            Attribute.CLASS: ObjectClass.PRIVATE_KEY,
            Attribute.VALUE: private,
            Attribute.SIGN: True,
            Attribute.PRIVATE: True,
            Attribute.SENSITIVE: True,
            Attribute.EXTRACTABLE: False,
        }
        other = {
            **common,
            Attribute.CLASS: ObjectClass.PUBLIC_KEY,
            Attribute.EC_POINT: b"\x04\x20" + signer.public,
            Attribute.VERIFY: True,
            Attribute.PRIVATE: False,
        }

        def put(session: Session) -> None:
            if signer.public in public_keys(session):
                raise KeyHeldAlready(f"key {signer.kid.hex()} is on the token already")
            created = session.create_object(half)
            try:
                session.create_object(other)
            except PKCS11Error:
                created.destroy()  # without its other half nobody would find it
                raise

        self._change(put)
        return self.signer(signer.public)

    def delete(self, public: bytes) -> None:
        """Destroy a key on the token, both halves, for good. Raises KeyNotHeld and TokenError."""

        def destroy(session: Session) -> None:
            self._find(public, session).destroy()
            public_keys(session)[public].destroy()

        self._change(destroy)

    def state(self) -> TokenState:
        """Look at the token without its PIN. Raises TokenError."""
        library = library_of(self.address)
        with library.lock:
            token = library.find(self.address)
            try:
                session = token.open()
                found = tuple((str(key[Attribute.LABEL]), public) for public, key in public_keys(session).items())
            except PKCS11Error as error:
                raise _failed(error) from error
            _close(session)
            return TokenState(*name_of(token), token.model, tries_left(token.flags), found)

    def _ask(self, work: Callable[[Session], Done]) -> Done:
        """Do something in the session; where that is of no more use, once more in a new one.

        Some libraries show a token that was pulled as an empty one: what is not found is looked for once more too.
        """
        library = library_of(self.address)
        with library.lock:
            try:
                return work(self._open())
            except (PKCS11Error, KeyNotHeld):
                library.start_anew()
            try:
                return work(self._open())
            except PKCS11Error as error:
                raise _failed(error) from error

    def _change(self, work: Callable[[Session], Done]) -> Done:
        """Change what is on the token: once, in a session that may write and was found to work."""
        library = library_of(self.address)
        with library.lock:
            self._ask(public_keys)
            try:
                session = library.find(self.address).open(rw=True)
                try:
                    return work(session)
                finally:
                    _close(session)
                    self._held.clear()
            except PKCS11Error as error:
                raise _failed(error) from error

    def _open(self) -> Session:
        """Return the session, logged in. Raises TokenError, and what the library raises."""
        library = library_of(self.address)
        library.check_process()
        if self._session is not None and self._started == library.started:
            return self._session
        self._session = None
        self._held.clear()
        token = library.find(self.address)
        try:
            self._session = token.open(user_pin=self._checked_pin(token))
        except UserAlreadyLoggedIn:  # by another part of this process: a log-in is the process's
            self._session = token.open()
        except (PinIncorrect, PinInvalid, PinLenRange):
            left = _TRIES[tries_left(library.find(self.address).flags)]
            self._refused = TokenPinWrong(f"the token {token.label} refuses the PIN, which is not tried again; {left}")
            raise self._refused from None
        except PinLocked:
            self._refused = locked(token.label)
            raise self._refused from None
        self._started = library.started
        return self._session

    def _checked_pin(self, token: Plugged) -> str:
        """Return the PIN where it may be sent. Raises what an earlier refusal was, TokenLocked or TokenLastTry."""
        if self._refused is not None:
            raise self._refused
        check_tries(token.label, tries_left(token.flags), typed=self._typed)
        try:
            return self._pin().decode()
        except UnicodeDecodeError:
            raise TokenPinWrong("the PIN is not UTF-8 and was not sent to the token") from None

    def _private(self, public: bytes, session: Session) -> Signing:
        if public not in self._held:
            self._held[public] = self._find(public, session)
        return self._held[public]

    def _find(self, public: bytes, session: Session) -> Signing:
        """Return the private half, which bears the same CKA_ID. Raises KeyNotHeld."""
        known = public_keys(session).get(public)
        if known is not None:
            wanted = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.ID: known[Attribute.ID]}
            found = list(session.get_objects(wanted))
            if len(found) == 1:
                return cast("Signing", found[0])
        raise KeyNotHeld(
            f"the token {self.address.label or self.address.serial} does not hold key {kid_of(public).hex()}"
        )

    def __repr__(self) -> str:
        return f"<Token {self.address}>"


_TRIES: Final = {
    PinTries.ALL: "the token does not count tries",
    PinTries.FEWER: "more than one try is left",
    PinTries.ONE: "one try is left before it locks",
    PinTries.NONE: "it is locked now",
}


def _sign(key: Signing, message: bytes) -> bytes:
    return key.sign(message, mechanism=Mechanism.EDDSA)


def _close(session: Session) -> None:
    """End a session that did not log in itself, and so does not log the others out."""
    with suppress(PKCS11Error):
        session.close()


def _failed(error: PKCS11Error) -> TokenFailed:
    """Return what became of it by the standard's name for it, which holds nobody's data."""
    return TokenFailed(f"the token answers {type(error).__name__}")
