"""Everything this package refuses.

::

    KeysError                      keys-error
    ├── BadKey                     bad-key
    ├── EnvelopeMalformed          envelope-malformed
    ├── UnknownKey                 unknown-key
    ├── SignatureInvalid           signature-invalid
    ├── KeyUnfit                   key-unfit
    │   ├── KeyCompromised         key-compromised
    │   ├── KeyOutOfUse            key-out-of-use
    │   └── KeyNotInUse            key-not-in-use
    ├── IllegalRotation            illegal-rotation
    ├── KeyDocumentError           key-document-error
    │   ├── KeyDocumentMalformed   key-document-malformed
    │   ├── RootNotPinned          root-not-pinned
    │   └── KeyDocumentOlder       key-document-older
    ├── VaultError                 vault-error
    │   ├── VaultExists            vault-exists
    │   ├── VaultMissing           vault-missing
    │   ├── VaultMalformed         vault-malformed
    │   ├── WrongPassphrase        wrong-passphrase
    │   ├── KeyHeldAlready         key-held-already
    │   └── KeyNotHeld             key-not-held
    ├── TokenError                 token-error
    │   ├── TokenAddressInvalid    token-address-invalid
    │   ├── TokenUnusable          token-unusable
    │   ├── TokenAbsent            token-absent
    │   ├── TokenFailed            token-failed
    │   ├── TokenPinWrong          token-pin-wrong
    │   ├── TokenLastTry           token-last-try
    │   └── TokenLocked            token-locked
    ├── SealedFieldInvalid         sealed-field-invalid
    ├── BackupKeyInvalid           backup-key-invalid
    └── BackupUnreadable           backup-unreadable

Codes are permanent. No message ever holds private bytes, a passphrase, a PIN or a decrypted field.
"""

from __future__ import annotations

from typing import ClassVar


class KeysError(ValueError):
    """Base of all refusals of this package; ``code`` is for programs, the text for people."""

    code: ClassVar[str] = "keys-error"


class BadKey(KeysError):
    """Bytes that are no acceptable key: wrong length, off the curve, non-canonical, small order, used twice."""

    code = "bad-key"


class EnvelopeMalformed(KeysError):
    """Bytes that are not exactly the one form a signed message has here."""

    code = "envelope-malformed"


class UnknownKey(KeysError):
    """No key of this purpose has the message's key identifier: it may be newer than the key document at hand."""

    code = "unknown-key"


class SignatureInvalid(KeysError):
    """Keys with the message's key identifier are known, and none of them made this signature."""

    code = "signature-invalid"


class KeyUnfit(KeysError):
    """The signature holds, and by its state or its days the key vouches for nothing of this kind."""

    code = "key-unfit"


class KeyCompromised(KeyUnfit):
    """The key is reported stolen."""

    code = "key-compromised"


class KeyOutOfUse(KeyUnfit):
    """The key did not sign on the day in question, or signs no more."""

    code = "key-out-of-use"


class KeyNotInUse(KeyUnfit):
    """The key is published ahead of its use and signs nothing yet."""

    code = "key-not-in-use"


class IllegalRotation(KeysError):
    """A step that the life of a key does not have."""

    code = "illegal-rotation"


class KeyDocumentError(KeysError):
    """A key document that must not be used."""

    code = "key-document-error"


class KeyDocumentMalformed(KeyDocumentError):
    """The content is not a version 1 key document in its one encoding."""

    code = "key-document-malformed"


class RootNotPinned(KeyDocumentError):
    """The document is signed by a root key other than the pinned one or its announced successor."""

    code = "root-not-pinned"


class KeyDocumentOlder(KeyDocumentError):
    """The document has a lower version than one already accepted."""

    code = "key-document-older"


class VaultError(KeysError):
    """The vault, or the file of the root key, cannot do what was asked."""

    code = "vault-error"


class VaultExists(VaultError):
    """A sealed file already stands there; it is never overwritten."""

    code = "vault-exists"


class VaultMissing(VaultError):
    """No sealed file stands there."""

    code = "vault-missing"


class VaultMalformed(VaultError):
    """The file is not a sealed file of this kind."""

    code = "vault-malformed"


class WrongPassphrase(VaultError):
    """The passphrase does not open the file, or the file was altered: the two cannot be told apart."""

    code = "wrong-passphrase"


class KeyHeldAlready(VaultError):
    """The vault holds this private key: one purpose a key."""

    code = "key-held-already"


class KeyNotHeld(VaultError):
    """The vault holds no private half or secret of that name."""

    code = "key-not-held"


class TokenError(KeysError):
    """A token cannot do what was asked."""

    code = "token-error"


class TokenAddressInvalid(TokenError):
    """The text names no token: not an address of RFC 7512, one that holds a PIN, or one that several tokens answer."""

    code = "token-address-invalid"


class TokenUnusable(TokenError):
    """The token's library is not there or cannot be loaded, or it does not sign with Ed25519."""

    code = "token-unusable"


class TokenAbsent(TokenError):
    """No token of that name is plugged in."""

    code = "token-absent"


class TokenFailed(TokenError):
    """The token is there and does not do it, after its session was made anew too."""

    code = "token-failed"


class TokenPinWrong(TokenError):
    """The token refuses the PIN, which is not sent to it again."""

    code = "token-pin-wrong"


class TokenLastTry(TokenError):
    """One try is left, which is a person's: no PIN out of a file or a variable uses it up."""

    code = "token-last-try"


class TokenLocked(TokenError):
    """The token takes no PIN any more: its security officer sets a new one."""

    code = "token-locked"


class SealedFieldInvalid(KeysError):
    """An encrypted field was altered, moved to another record, or sealed under another key."""

    code = "sealed-field-invalid"


class BackupKeyInvalid(KeysError):
    """The text is no public key to which a backup can be encrypted."""

    code = "backup-key-invalid"


class BackupUnreadable(KeysError):
    """The encrypted file does not open: encrypted to another key, altered, or not whole."""

    code = "backup-unreadable"
