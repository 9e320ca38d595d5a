"""Make a register: folder, sealed keys, tables, and the first key document."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from keys.document import KeyDocument, sign_document
from keys.files import create as create_file
from keys.identity import fingerprint
from keys.keyring import KeyRecord, KeyState, Purpose
from keys.passwords import hash_password
from keys.places import PRIVATE_SIZE, KeyPlaces
from keys.sealing import SALT_SIZE, KdfCost
from keys.token_address import AnyToken
from keys.vault import DEFAULT_COST, Vault, seal_root
from service.domain.credential import check_host
from service.domain.event import Event
from service.domain.jurisdiction import parse_jurisdiction
from service.domain.occupation import parse_catalogue
from service.effects import Effects
from service.flows.errors import Refused
from service.flows.people.accounts import NewUser, first_user
from service.flows.register import (
    META_CATALOGUE,
    META_HOST,
    META_JURISDICTION,
    VAULT_FILE,
)
from service.flows.shipped import shipped_catalogue
from service.settings import PASSPHRASE_NAME, ROOT_PASSPHRASE_NAME, Settings
from service.store import accounts, journal, key_records, meta
from service.store.engine import open_database
from service.store.schema import migrate

ROOT_FILE: Final = "root.sealed"
KEY_TERM_DAYS: Final = 366  # a signing key is rotated every year
DOCUMENT_TERM_DAYS: Final = 400  # longer than a key signs, so that rotation never comes too late for checkers


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a person is told once: where things are and the fingerprint checkers pin."""

    root_fingerprint: str
    root_file: Path
    passphrase_file: Path | None
    root_passphrase_file: Path | None
    jurisdiction: str
    host: str
    admin: NewUser


def set_up(
    settings: Settings,
    effects: Effects,
    *,
    jurisdiction_text: str,
    host: str | None = None,
    catalogue_text: str | None = None,
    admin_password: str | None = None,
    cost: KdfCost = DEFAULT_COST,
    token: AnyToken | None = None,
) -> SetUp:
    """Create the register of an empty data folder.

    Vault and root key have a passphrase each. One that is not given is random and written to the folder, mode 0600, as
    ``passphrase`` and ``root.passphrase``. The root key's file and its passphrase are to be moved off the server. The
    signing keys are made on the ``token``, if there is one. The
    first administrator gets ``admin_password``, or a random one that is told once. Raises Refused where there is a
    register already or one passphrase is given for both, and the refusals of a jurisdiction, a host, a catalogue or a
    password that cannot be used; nothing is written then.
    """
    jurisdiction = parse_jurisdiction(jurisdiction_text)
    catalogue_text = shipped_catalogue() if catalogue_text is None else catalogue_text
    parse_catalogue(catalogue_text)
    host = host or jurisdiction.verification_host
    check_host(host)
    admin = first_user(effects, admin_password)
    folder = settings.data
    if settings.passphrase is not None and settings.passphrase == settings.root_passphrase:
        raise same_passphrase()
    if (folder / VAULT_FILE).exists():
        raise Refused(
            "register-exists",
            f"{folder} 中已有登记库，不会覆盖；请换一个空目录",
            f"{folder} already holds a register, which is never overwritten: name an empty folder",
        )
    if token is not None:
        token.unlock()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # names and photographs in it are not encrypted
    database = open_database(settings.database_url)
    database.needs_entries = True
    try:
        migrate(database)
        with database.read() as connection:
            if meta.get(connection, META_JURISDICTION) is not None:
                raise Refused(
                    "register-exists",
                    "数据库中已有登记库，不会覆盖；请换一个空数据库",
                    "the database already holds a register, which is never overwritten: name an empty one",
                )
        passphrase, passphrase_file = _given_or_random(settings.passphrase, folder / PASSPHRASE_NAME, effects)
        root_passphrase, root_passphrase_file = _given_or_random(
            settings.root_passphrase, folder / ROOT_PASSPHRASE_NAME, effects
        )
        root_key = effects.random_bytes(PRIVATE_SIZE)
        root = seal_root(folder / ROOT_FILE, root_passphrase, root_key, effects.random_bytes, cost)
        vault = Vault.create(folder / VAULT_FILE, passphrase, effects.random_bytes, cost)
        records = tuple(new_key(KeyPlaces(vault, token), purpose, effects, KeyState.ACTIVE) for purpose in Purpose)
        document = compose_document(1, records, host, effects)
        with database.write() as connection:
            meta.put(connection, META_JURISDICTION, jurisdiction_text)
            meta.put(connection, META_CATALOGUE, catalogue_text)
            meta.put(connection, META_HOST, host)
            key_records.put(connection, records)
            key_records.publish(connection, document.version, sign_document(document, root))
            created = Event("register-created", "register", {"jurisdiction": jurisdiction.key})
            hashed = hash_password(admin.password, effects.random_bytes(SALT_SIZE), cost)
            accounts.add(connection, admin.account, hashed, effects.now())
            joined = Event("user-added", admin.account.name, {"role": admin.account.role.value})
            journal.append_many(connection, effects.now(), "init", (created, joined))
    finally:
        database.close()
    told = NewUser(admin.account, None if admin_password else admin.password)
    return SetUp(
        root_fingerprint=fingerprint(root.public),
        root_file=folder / ROOT_FILE,
        passphrase_file=passphrase_file,
        root_passphrase_file=root_passphrase_file,
        jurisdiction=jurisdiction.name.zh,
        host=host,
        admin=told,
    )


def new_key(places: KeyPlaces, purpose: Purpose, effects: Effects, state: KeyState) -> KeyRecord:
    """Make a key, keep its private half on the token or in the vault, and describe it. Raises TokenError."""
    signer = places.make(purpose, effects.random_bytes)
    today = effects.today()
    return KeyRecord(purpose, signer.public, today, today + timedelta(days=KEY_TERM_DAYS), state)


def compose_document(version: int, records: tuple[KeyRecord, ...], host: str, effects: Effects) -> KeyDocument:
    """Compose the key document that says what holds from now on."""
    now = effects.now()
    return KeyDocument(
        version=version,
        issued=int(now.timestamp()),
        valid_until=int((now + timedelta(days=DOCUMENT_TERM_DAYS)).timestamp()),
        hosts=(host,),
        keys=records,
    )


def random_passphrase(effects: Effects) -> bytes:
    """Return a passphrase of 160 random bits in letters and digits that can be copied by hand (RFC 4648 base32)."""
    return base64.b32encode(effects.random_bytes(20)).lower()


def same_passphrase() -> Refused:
    """Return the refusal of one passphrase for both files."""
    return Refused(
        "passphrase-shared",
        "密钥库与根密钥须各用各的口令：知道一个，不应打开另一个",
        "vault and root key have a passphrase each: who knows one must not open the other",
    )


def _given_or_random(given: bytes | None, path: Path, effects: Effects) -> tuple[bytes, Path | None]:
    if given is not None:
        return given, None
    passphrase = random_passphrase(effects)
    create_file(path, passphrase + b"\n")
    return passphrase, path
