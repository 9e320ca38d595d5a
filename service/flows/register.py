"""The open register: database, sealed keys, jurisdiction and clock, as every use case needs them."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Connection

from cardlayout.fonts import FontSet
from keys.document import KeyDocument, open_document
from keys.errors import KeyNotHeld, WrongPassphrase
from keys.fields import BlindIndex, FieldCipher
from keys.keyring import Keyring, Purpose
from keys.places import KeyPlaces
from keys.rotation import active
from keys.signer import Signer
from keys.token_address import AnyToken, token_at
from keys.vault import Secret, Vault
from service.counters import counted_signing, watch_signing
from service.domain.issuer import CENTRE, Institution
from service.domain.jurisdiction import Jurisdiction, parse_jurisdiction
from service.domain.occupation import Catalogue, extended_catalogue, parse_catalogue
from service.effects import Effects
from service.flows.errors import NoPassphrase, NoPin, NoRegister
from service.flows.key_at_hand import at_hand, key_at_hand
from service.flows.running.journal_mirror import JournalMirror
from service.settings import Settings
from service.store import institutions, key_records, meta
from service.store.engine import Database, open_database
from service.store.schema import check_current

VAULT_FILE: Final = "vault.sealed"
META_JURISDICTION: Final = "jurisdiction"
META_CATALOGUE: Final = "catalogue"
META_ADDED: Final = "catalogue-added"
META_HOST: Final = "host"

WAITING: Final = ".new"
"""Ends the name of a file with a passphrase that is about to take another's place."""

AskPassphrase = Callable[[], bytes]
Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """The published key document as one value: what it says, its bytes, and a keyring ready to check with."""

    document: KeyDocument
    body: bytes
    ring: Keyring


class Register:
    """An open register. Threads may share it; close it, or use it as a context manager."""

    def __init__(
        self,
        settings: Settings,
        effects: Effects,
        database: Database,
        ask: AskPassphrase | None,
        ask_pin: AskPassphrase | None = None,
    ) -> None:
        self.settings = settings
        self.effects = effects
        self.database = database
        self.folder = settings.data
        self._ask = ask
        self._ask_pin = ask_pin
        self.whole = self
        """This register, or of a request's the one that goes on when the request has been answered."""
        self._lock = threading.Lock()
        self._trusted: TrustedKeys | None = None
        self.publishing = threading.Lock()
        self.last_bundle: tuple[object, bytes] | None = None
        """The verifier bundle last put together, after what it was made from."""
        self.last_counts: tuple[datetime, tuple[Any, ...]] | None = None
        """What was last counted row by row for whoever watches, and until when it stands."""
        self.journal_blocks: tuple[bytes, ...] = ()
        """Roots of the journal's first complete blocks, which never change: proofs need not read these again."""
        self.mirror = JournalMirror(database)
        database.after_append = self.mirror.follow
        self.opened_at = effects.now()
        with database.read() as connection:
            stored = {key: meta.get(connection, key) for key in (META_JURISDICTION, META_CATALOGUE, META_HOST)}
        jurisdiction, catalogue, host = (stored[key] for key in (META_JURISDICTION, META_CATALOGUE, META_HOST))
        if jurisdiction is None or catalogue is None or host is None:
            raise NoRegister(str(settings.data))
        self.jurisdiction: Jurisdiction = parse_jurisdiction(jurisdiction)
        self._catalogue = catalogue
        parse_catalogue(catalogue)
        self.host: str = host

    @cached_property
    def vault(self) -> Vault:
        """The sealed keys, opened when first needed: checking a card needs none of them."""
        passphrase = self.settings.passphrase
        if passphrase is None:
            if self._ask is None:
                raise NoPassphrase
            passphrase = self._ask()
        file, random_bytes = self.folder / VAULT_FILE, self.effects.random_bytes
        return with_passphrase(
            passphrase, self.settings.passphrase_file, lambda known: Vault.open(file, known, random_bytes)
        )

    @cached_property
    def token(self) -> AnyToken | None:
        """The token that signing keys are on, if there is one; logged in to when a key is first needed.

        Raises TokenUnusable.
        """
        address, given, ask = self.settings.token, self.settings.token_pin, self._ask_pin
        if address is None:
            return None

        def pin() -> bytes:
            if given is not None:
                return given
            if ask is None:
                raise NoPin(str(address))
            return ask()

        return token_at(address, pin, typed=given is None)

    @property
    def places(self) -> KeyPlaces:
        """Where the signing keys are."""
        return KeyPlaces(self.vault, self.token)

    @property
    def can_sign(self) -> bool:
        """True if the sealed keys open without anybody being asked for the passphrase."""
        return self.settings.passphrase is not None or "vault" in self.__dict__

    @cached_property
    def cipher(self) -> FieldCipher:
        """What identity numbers are sealed with."""
        return FieldCipher(self.vault.secret(Secret.FIELD_ENCRYPTION))

    @cached_property
    def blind(self) -> BlindIndex:
        """What sealed identity numbers are found by."""
        return BlindIndex(self.vault.secret(Secret.BLIND_INDEX))

    @cached_property
    def fonts(self) -> FontSet:
        """The fonts cards are set in."""
        return _fonts_in(self.settings.fonts)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of occupations with what was added to it, by another process a moment ago too."""
        with self.database.read() as connection:
            return self.catalogue_on(connection)

    def catalogue_on(self, connection: Connection) -> Catalogue:
        """Return the catalogue as it stands on a connection."""
        added = meta.get(connection, META_ADDED)
        return parse_catalogue(self._catalogue) if added is None else extended_catalogue(self._catalogue, added)

    def trusted_keys(self, connection: Connection | None = None) -> TrustedKeys:
        """Return the newest published key document; another process may have published it a moment ago."""
        if connection is None:
            with self.database.read() as own:
                return self.trusted_keys(own)
        version = key_records.latest_version(connection)
        if self._trusted is not None and self._trusted.document.version == version:
            return self._trusted
        body = key_records.document(connection, version)
        document, _ = open_document(body, pin=None)  # our own database is not a place to defend against
        trusted = TrustedKeys(document, body, Keyring(document.keys))
        with self._lock:
            self._trusted = trusted
        return trusted

    @property
    def keys_at_hand(self) -> TrustedKeys | None:
        """The key document that was read last, None where none was: whether it is still the newest is to be asked."""
        return self._trusted

    def signer(self, purpose: Purpose, keys: TrustedKeys | None = None) -> Signer:
        """Return the key that signs for a purpose today, by the newest published key document or by ``keys``.

        Raises IllegalRotation where there is none, and KeyAway where it is not at hand; so does its signing.
        """
        document = (keys or self.trusted_keys()).document
        with watch_signing(purpose.value), key_at_hand():
            held = self._held(active(document.keys, purpose, self.effects.today()).public, purpose)
        return Signer(held.public, counted_signing(purpose.value, at_hand(held.sign)))

    def _held(self, public: bytes, purpose: Purpose) -> Signer:
        """Return a key of the vault, one that another host has left for it, or one on the token."""
        try:
            return self.vault.signer(public, purpose)
        except KeyNotHeld:
            with self.database.read() as connection:
                shared = key_records.shared(connection).get(public)
            if shared is not None:
                return self.vault.take(public, purpose, shared)
        return self.places.signer(public, purpose)

    def institutions(self) -> Mapping[str, Institution]:
        """Return all institutions by code."""
        with self.database.read() as connection:
            return {institution.code: institution for institution in institutions.all_of(connection)}

    def issuer_name(self, issuer: str) -> str:
        """Name an issuer: the centre, or an institution by its code."""
        if issuer == CENTRE:
            return self.jurisdiction.centre.zh
        with self.database.read() as connection:
            institution = institutions.get(connection, issuer)
        assert institution is not None  # a card refers to it
        return institution.name

    def on(self, database: Database) -> Register:
        """Return this register on another path to its rows: one request's transaction. Keys and fonts are shared."""
        _ = (self.vault, self.token, self.cipher, self.blind, self.fonts)  # loaded once, not by each request
        request_register = copy.copy(self)
        request_register.database = database
        return request_register

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def with_passphrase(passphrase: bytes, held: Path | None, open_file: Callable[[bytes], Opened]) -> Opened:
    """Open a sealed file with a passphrase, or with the one that was about to take its place when a change broke off.

    ``held`` is the file that the passphrase was read from; the other waits beside it as ``….new``. Raises
    WrongPassphrase.
    """
    try:
        return open_file(passphrase)
    except WrongPassphrase:
        waiting = None if held is None else held.with_name(held.name + WAITING)
        if waiting is None or not waiting.is_file():
            raise
        return open_file(waiting.read_bytes().removesuffix(b"\n"))


def open_register(
    settings: Settings, effects: Effects, ask: AskPassphrase | None = None, ask_pin: AskPassphrase | None = None
) -> Register:
    """Open the register of a data folder.

    ``ask`` gives the passphrase where the settings have none and a sealed key is needed, ``ask_pin`` the PIN of the
    token that the keys are on. Raises NoRegister, and
    SchemaMismatch where the tables are not this version's.
    """
    if not (settings.data / VAULT_FILE).is_file():
        raise NoRegister(str(settings.data))
    database = open_database(settings.database_url)
    try:
        check_current(database)
        database.needs_entries = True
        return Register(settings, effects, database, ask, ask_pin)
    except BaseException:
        database.close()
        raise


@cache
def _fonts_in(folder: Path | None) -> FontSet:
    """Return the fonts of a folder, read once a process however many registers it opens."""
    return FontSet.load(folder)
