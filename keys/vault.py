"""The vault: private keys and field secrets, encrypted at rest. The package's only I/O goes through here.

The content is one deterministic CBOR map: ``{"keys": [[purpose, private₃₂], ...], "secrets": {name: secret₃₂}}``,
sealed by ``keys.sealing``. The root key stands in a file of its own, which belongs off the server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Self, cast

import cbor2

from keys import files
from keys.errors import KeyHeldAlready, KeyNotHeld, SealedFieldInvalid, TokenFailed, VaultMalformed
from keys.fields import NONCE_SIZE as FIELD_NONCE_SIZE
from keys.fields import SECRET_SIZE, FieldCipher
from keys.keyring import Purpose
from keys.sealing import NONCE_SIZE, SALT_SIZE, KdfCost, RandomBytes, Seal
from keys.signer import Signer
from keys.token_address import AnyToken

_VAULT: Final = "vault"
_ROOT: Final = "root"
_TRIAL: Final = b"zhengka/trial"  # no document of ours begins so
DEFAULT_COST: Final = KdfCost()


class Secret(StrEnum):
    """The secrets a vault is born with; they never change, or stored fields could not be read again."""

    FIELD_ENCRYPTION = "field-encryption"
    BLIND_INDEX = "blind-index"


@dataclass(frozen=True, slots=True)
class _Content:
    """What is inside: (purpose, private key) in order of arrival, and secrets by name. Not shown by ``repr``."""

    keys: tuple[tuple[Purpose, bytes], ...] = field(repr=False)
    secrets: tuple[tuple[str, bytes], ...] = field(repr=False)


class Vault:
    """An open vault. What another process adds is seen when it is asked for; changes are written before they return.

    ``random_bytes(n)`` gives n random bytes, for salts, nonces and secrets.
    """

    __slots__ = ("_content", "_path", "_random_bytes", "_seal")

    def __init__(self, path: Path, seal: Seal, content: _Content, random_bytes: RandomBytes) -> None:
        self._path = path
        self._seal = seal
        self._content = content
        self._random_bytes = random_bytes

    @classmethod
    def create(cls, path: Path, passphrase: bytes, random_bytes: RandomBytes, cost: KdfCost = DEFAULT_COST) -> Self:
        """Make a vault with fresh field secrets and no keys. Raises VaultExists, or WrongPassphrase if it is empty."""
        seal = Seal(_VAULT, passphrase, cost, random_bytes(SALT_SIZE))
        content = _Content(keys=(), secrets=tuple((name.value, random_bytes(SECRET_SIZE)) for name in Secret))
        files.create(path, seal.seal(_encode(content), random_bytes(NONCE_SIZE)))
        return cls(path, seal, content, random_bytes)

    @classmethod
    def open(cls, path: Path, passphrase: bytes, random_bytes: RandomBytes) -> Self:
        """Open a vault. Raises VaultMissing, VaultMalformed or WrongPassphrase."""
        data = files.read(path)
        seal = Seal.of(_VAULT, passphrase, data)
        return cls(path, seal, _decode(seal.open(data)), random_bytes)

    def add(self, purpose: Purpose, private: bytes) -> Signer:
        """Keep a private key, 32 random bytes. Raises BadKey or KeyHeldAlready."""
        signer = Signer.from_private(private)

        def added(content: _Content) -> _Content:
            if any(held == private for _, held in content.keys):
                raise KeyHeldAlready(f"key {signer.kid.hex()} is in the vault already")
            return _Content((*content.keys, (purpose, private)), content.secrets)

        self._change(added)
        return signer

    def delete(self, public: bytes) -> None:
        """Destroy a private key, for good: what a retired or stolen key is due. Raises KeyNotHeld."""

        def without(content: _Content) -> _Content:
            _, doomed = _find(content, public)
            return _Content(tuple(entry for entry in content.keys if entry[1] != doomed), content.secrets)

        self._change(without)

    def signer(self, public: bytes, purpose: Purpose) -> Signer:
        """Return the signer of a public key. Raises KeyNotHeld, also for a key kept for another purpose."""
        try:
            kept_for, private = _find(self._content, public)
        except KeyNotHeld:
            self._content = self._read()
            kept_for, private = _find(self._content, public)
        if kept_for is not purpose:
            raise KeyNotHeld(f"the key is kept for {kept_for}, not for {purpose}")
        return Signer.from_private(private)

    def held(self) -> frozenset[bytes]:
        """Return the public keys whose private halves the file holds now."""
        self._content = self._read()
        return frozenset(Signer.from_private(private).public for _, private in self._content.keys)

    def share(self, public: bytes) -> bytes:
        """Return a private key sealed for the copies of this vault on other hosts. Raises KeyNotHeld.

        It is sealed under the vault's own secret, which its copies have, whatever their passphrase is.
        """
        purpose, private = _find(self._read(), public)
        return self._cipher().seal_bytes(private, _context(purpose, public), self._random_bytes(FIELD_NONCE_SIZE))

    def take(self, public: bytes, purpose: Purpose, shared: bytes) -> Signer:
        """Keep a private key that another copy of this vault has shared, and return its signer.

        Raises SealedFieldInvalid for what no copy of this vault has sealed for this key and purpose.
        """
        private = self._cipher().open_bytes(shared, _context(purpose, public))
        if Signer.from_private(private).public != public:
            raise SealedFieldInvalid("the shared key is not the private half of the key it is shared as")
        try:
            return self.add(purpose, private)
        except KeyHeldAlready:  # taken in this moment by another process of this host
            return Signer.from_private(private)

    def _cipher(self) -> FieldCipher:
        return FieldCipher(self.secret(Secret.FIELD_ENCRYPTION))

    def secret(self, name: Secret) -> bytes:
        """Return one of the field secrets, 32 bytes. Raises KeyNotHeld."""
        for held, secret in self._content.secrets:
            if held == name:
                return secret
        raise KeyNotHeld(f"the vault holds no secret {name}")

    def _read(self) -> _Content:
        return _decode(self._seal.open(files.read(self._path)))

    def _change(self, change: Callable[[_Content], _Content]) -> None:
        """Apply a change to what the file holds now, not to what it held when it was opened."""
        with files.locked(self._path):
            content = change(self._read())
            files.replace(self._path, self._seal.seal(_encode(content), self._random_bytes(NONCE_SIZE)))
        self._content = content

    def __repr__(self) -> str:
        return f"<Vault {self._path}>"


def seal_root(
    path: Path, passphrase: bytes, private: bytes, random_bytes: RandomBytes, cost: KdfCost = DEFAULT_COST
) -> Signer:
    """Write the root key to a file of its own. Raises BadKey, VaultExists, or WrongPassphrase if it is empty."""
    signer = Signer.from_private(private)
    seal = Seal(_ROOT, passphrase, cost, random_bytes(SALT_SIZE))
    files.create(path, seal.seal(private, random_bytes(NONCE_SIZE)))
    return signer


def open_root(path: Path, passphrase: bytes) -> Signer:
    """Open the file of the root key. Raises VaultMissing, VaultMalformed or WrongPassphrase."""
    data = files.read(path)
    return Signer.from_private(Seal.of(_ROOT, passphrase, data).open(data))


def copy_root(path: Path, passphrase: bytes, token: AnyToken, key_id: bytes) -> Signer:
    """Copy the root key from its file on to a token, and return it as the token signs with it.

    What is on the token already is left. Raises as ``open_root`` does, TokenError, and TokenFailed too where the token
    does not sign as the file does.
    """
    data = files.read(path)
    private = Seal.of(_ROOT, passphrase, data).open(data)
    root = Signer.from_private(private)
    try:
        copied = token.put(private, "root", key_id)
    except KeyHeldAlready:
        copied = token.signer(root.public)
    if copied.sign(_TRIAL) != root.sign(_TRIAL):
        raise TokenFailed("the token does not sign as the file does: the copy is of no use")
    return copied


def change_vault_passphrase(path: Path, old: bytes, new: bytes, random_bytes: RandomBytes) -> None:
    """Seal a vault anew under another passphrase, at the cost it has; a crash leaves the old file or the new, whole.

    A vault that is open in another process reads its file no more: it is to be opened again. Raises VaultMissing,
    VaultMalformed or WrongPassphrase.
    """
    _reseal(_VAULT, path, old, new, random_bytes)


def change_root_passphrase(path: Path, old: bytes, new: bytes, random_bytes: RandomBytes) -> None:
    """Seal the root key's file anew under another passphrase; otherwise as ``change_vault_passphrase``."""
    _reseal(_ROOT, path, old, new, random_bytes)


def _reseal(kind: str, path: Path, old: bytes, new: bytes, random_bytes: RandomBytes) -> None:
    with files.locked(path):
        data = files.read(path)
        seal = Seal.of(kind, old, data)
        content = seal.open(data)
        sealed = Seal(kind, new, seal.cost, random_bytes(SALT_SIZE)).seal(content, random_bytes(NONCE_SIZE))
        files.replace(path, sealed)


def _context(purpose: Purpose, public: bytes) -> bytes:
    return b"key_share.sealed:" + purpose.value.encode() + b":" + public


def _find(content: _Content, public: bytes) -> tuple[Purpose, bytes]:
    for purpose, private in content.keys:
        if Signer.from_private(private).public == public:
            return purpose, private
    raise KeyNotHeld("the vault does not hold the private half of this key: it was deleted, or is kept elsewhere")


def _encode(content: _Content) -> bytes:
    keys = [[purpose.value, private] for purpose, private in content.keys]
    return cbor2.dumps({"keys": keys, "secrets": dict(content.secrets)}, canonical=True)


def _decode(data: bytes) -> _Content:
    try:
        content = cast("dict[str, object]", cbor2.loads(data, max_depth=3))
        keys = cast("list[tuple[str, bytes]]", content["keys"])
        secrets = cast("dict[str, bytes]", content["secrets"])
        return _Content(
            keys=tuple((Purpose(purpose), private) for purpose, private in keys), secrets=tuple(secrets.items())
        )
    except (cbor2.CBORDecodeError, KeyError, TypeError, ValueError) as error:
        raise VaultMalformed("the vault opens, but its content is of another version") from error
