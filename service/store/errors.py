"""The store's refusals. Each has a permanent ``code`` and a sentence in two languages; none quotes a stored value.

::

    StoreError
    ├── Conflict
    │   ├── NumberTaken            number-taken
    │   ├── NumberStep             number-step
    │   ├── ScopeTaken             scope-taken
    │   ├── CopyTaken              copy-taken
    │   ├── AlreadyCancelled       already-cancelled
    │   ├── AlreadyCorrected       already-corrected
    │   ├── CaseClosed             case-closed
    │   ├── DispatchTaken          dispatch-taken
    │   ├── InstitutionTaken       institution-taken
    │   ├── AuthorityTaken         authority-taken
    │   ├── UserTaken              user-taken
    │   ├── TokenTaken             token-taken
    │   ├── IdempotencyKeyReused   idempotency-key-reused
    │   ├── KeyTaken               key-taken
    │   ├── WordingTaken           card-texts-changed
    │   ├── PublicationStale       publication-stale
    │   ├── AppendOnly             append-only
    │   ├── ReferenceMissing       reference-missing
    │   ├── RegisterMoved          register-moved, register-arriving
    │   └── ConstraintBroken       constraint-broken
    ├── NotFound                   not-found
    ├── Busy                       database-busy
    │   ├── DiskFull               disk-full
    │   ├── ReadOnly               register-read-only
    │   ├── Unreachable            database-unreachable
    │   └── Superseded             program-superseded
    ├── UrlUnsupported             database-url-unsupported
    ├── FilesMissing               files-missing
    └── SchemaMismatch             schema-missing, schema-outdated, schema-newer

A Conflict means that the transaction is lost: nothing of it has been stored. A Busy one may be tried again.
"""

from __future__ import annotations


class StoreError(Exception):
    """A step the register cannot take; ``zh`` and ``en`` are for people, ``code`` is for programs."""

    code: str = "store-error"

    def __init__(self, zh: str, en: str, *, code: str | None = None) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        if code is not None:
            self.code = code


class Conflict(StoreError):
    """What is stored already stands against the step."""

    code = "conflict"


class NumberTaken(Conflict):
    """The card number, or its place in the series, is already in the ledger (督附3, 考附2)."""

    code = "number-taken"


class NumberStep(Conflict):
    """A number in this state cannot take this step: a voided one is never used again (督附3)."""

    code = "number-step"


class ScopeTaken(Conflict):
    """The person already has a live card for this scope (督§10, 考§12)."""

    code = "scope-taken"


class CopyTaken(Conflict):
    """The copy id or the status index is in use, or the card already has a live copy."""

    code = "copy-taken"


class AlreadyCancelled(Conflict):
    """The card's qualification has been cancelled before (督§19, 考§21)."""

    code = "already-cancelled"


class AlreadyCorrected(Conflict):
    """The cancellation has been corrected before (督§19, 考§21)."""

    code = "already-corrected"


class CaseClosed(Conflict):
    """The case has been closed already."""

    code = "case-closed"


class DispatchTaken(Conflict):
    """The person is already sent to this institution on this day, for this plan (督§15)."""

    code = "dispatch-taken"


class AuthorityTaken(Conflict):
    """The authority is on the list already (督§4)."""

    code = "authority-taken"


class InstitutionTaken(Conflict):
    """The institution code is already in use (督附3)."""

    code = "institution-taken"


class UserTaken(Conflict):
    """The user name is already in use, disabled accounts included."""

    code = "user-taken"


class TokenTaken(Conflict):
    """The account already has a token of this name."""

    code = "token-taken"


class IdempotencyKeyReused(Conflict):
    """The idempotency key came before, with another request."""

    code = "idempotency-key-reused"


class KeyTaken(Conflict):
    """The public key or the key document's version is already recorded."""

    code = "key-taken"


class WordingTaken(Conflict):
    """Somebody else has set the words of cards since (督附5)."""

    code = "card-texts-changed"


class PublicationStale(Conflict):
    """A status list at least as new has been published: ``iat`` rises strictly for each list."""

    code = "publication-stale"


class AppendOnly(Conflict):
    """The row is part of the record: it may not be changed in this way, nor deleted."""

    code = "append-only"


class ReferenceMissing(Conflict):
    """The row names a card, person, institution, number or batch that is not stored."""

    code = "reference-missing"


class RegisterMoved(Conflict):
    """The register has been moved to another database, or has not quite come to this one: nothing is done here."""

    code = "register-moved"


class ConstraintBroken(Conflict):
    """The row breaks another rule of the register; the message names it."""

    code = "constraint-broken"


class NotFound(StoreError):
    """No such row."""

    code = "not-found"


class Busy(StoreError):
    """The database did not answer in time; nothing was stored and the step may be tried again."""

    code = "database-busy"


class DiskFull(Busy):
    """The disk takes no more; nothing of the step was stored."""

    code = "disk-full"


class ReadOnly(Busy):
    """The disk or the database takes no writes now; reading goes on."""

    code = "register-read-only"


class Unreachable(Busy):
    """The database cannot be opened: wrong address, server down, no such folder, no permission."""

    code = "database-unreachable"


class Superseded(Busy):
    """A newer program has changed the tables since this one began, which can do nothing more with them."""

    code = "program-superseded"


class UrlUnsupported(StoreError):
    """The address names no database this program can use."""

    code = "database-url-unsupported"


class FilesMissing(StoreError):
    """Files that the register names are not there, or are not what was stored."""

    code = "files-missing"


class SchemaMismatch(StoreError):
    """The tables are not those of this version of the program."""

    code = "schema-mismatch"
