"""What checkers download and trust: key document, status list, bundle; and the sealed and plain files of an office."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random

import msgspec

from keys.document import AAD as KEY_DOCUMENT_AAD
from keys.document import open_document, sign_document
from keys.keyring import Keyring, Purpose
from keys.sign1 import sign_tagged
from keys.vault import Vault, open_root
from service.domain.bundle import NAMES_AAD, decode_bundle, encode_bundle
from service.domain.card_number import CardNumber
from service.domain.explain import explain
from service.domain.jurisdiction import parse_jurisdiction
from service.domain.occupation import parse_catalogue
from service.domain.status_list import LIST_SIZE, StatusListError, decode_payload
from service.flows.checking.verify_offline import Memory, open_bundle
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS, bundle, key_document, status_list
from service.flows.register import VAULT_FILE
from service.flows.running.audit import audit, read_head, signed_head
from service.flows.running.set_up import ROOT_FILE
from service.flows.shipped import shipped_jurisdiction
from tests.flows.office import PASSPHRASE, ROOT_PASSPHRASE
from tests.fuzz.mutators.cbor import mutate_cbor
from tests.fuzz.mutators.credential import resigned
from tests.fuzz.mutators.trees import mutate_json
from tests.fuzz.target import Target, code_of
from tests.fuzz.world import make_world

_INDICES = (0, 1, 2, 3, 4, 5, LIST_SIZE // 2, LIST_SIZE - 1)


def keydocument(folder: Path, stack: ExitStack) -> Target:
    """The key document: only bytes that the root signs are read, in the one form it signs them in."""
    world = make_world(folder, stack)
    root = world.office.root()

    def run(data: bytes) -> tuple[str, ...]:
        document, _ = open_document(data, None)
        assert sign_document(document, root) == data
        Keyring(document.keys)
        return ("read", *(key.state for key in document.keys))

    genuine = key_document(world.register).body
    return Target(run, (genuine,), (resigned(root, KEY_DOCUMENT_AAD, {}, whole_key=True),))


def statuslist(folder: Path, stack: ExitStack) -> Target:
    """A status list, signed: only bytes that the status key signs are read, and every index has an answer."""
    world = make_world(folder, stack)
    signer = world.register.signer(Purpose.STATUS)
    ring = world.register.trusted_keys().ring
    published = status_list(world.register, 1)
    assert published is not None

    def run(data: bytes) -> tuple[str, ...]:
        verified = ring.verify_tagged(data, Purpose.STATUS, STATUS_LIST_AAD, STATUS_LIST_HEADERS)
        payload = decode_payload(verified.payload, number=1)
        assert sign_tagged(signer, STATUS_LIST_HEADERS, verified.payload, STATUS_LIST_AAD) == data
        words = [str(payload.published_on.year), str(payload.highest_index)]
        for index in _INDICES:
            try:
                words.append(payload.status_at(index).name)
            except StatusListError as error:
                words.append(error.code)
        return ("read", *words)

    return Target(run, (published.body,), (resigned(signer, STATUS_LIST_AAD, STATUS_LIST_HEADERS),))


def offlinebundle(folder: Path, stack: ExitStack) -> Target:
    """A verifier bundle, its parts signed anew or altered: what opens gives a verdict on every card."""
    world = make_world(folder, stack)
    root, signer = world.office.root(), world.register.signer(Purpose.STATUS)
    now = world.office.clock.now
    documents = resigned(root, KEY_DOCUMENT_AAD, {}, whole_key=True)
    lists = resigned(signer, STATUS_LIST_AAD, STATUS_LIST_HEADERS)
    names = resigned(signer, NAMES_AAD, {})

    def mutate_part(data: bytes, rng: Random) -> bytes:
        parts = decode_bundle(data)
        match rng.randrange(4):
            case 0:
                parts = replace(parts, key_document=documents(parts.key_document, rng))
            case 1:
                parts = replace(parts, status_lists=(lists(parts.status_lists[0], rng), *parts.status_lists[1:]))
            case 2:
                parts = replace(parts, status_lists=(*parts.status_lists, parts.status_lists[0]))
            case _:
                parts = replace(parts, names=names(parts.names, rng))
        return encode_bundle(parts)

    def run(data: bytes) -> tuple[str, ...]:
        checker = open_bundle(data, Memory(), now)
        verdicts = [checker.verify(text, now) for text in world.texts]
        for verdict in verdicts:
            json.dumps(verdict.as_json(), ensure_ascii=False).encode()
        return (f"opened, {verdicts[0].verdict}", *(note[:30] for _, note in checker.notes))

    return Target(run, (bundle(world.register).body,), (mutate_part, mutate_part, mutate_cbor))


def sealed(folder: Path, stack: ExitStack) -> Target:
    """The vault and the root key's file, as a disk or a stranger left them."""
    world = make_world(folder, stack)
    data = world.register.folder
    vault, root = (data / VAULT_FILE).read_bytes(), (data / ROOT_FILE).read_bytes()
    file = folder / "sealed"

    def run(given: bytes) -> tuple[str, ...]:
        file.write_bytes(given)
        readers = {
            "root opened": lambda: open_root(file, ROOT_PASSPHRASE),
            "vault opened": lambda: Vault.open(file, PASSPHRASE, Random(0).randbytes),
        }
        return _read_by(readers)

    return Target(run, (vault, root), (mutate_cbor,))


def officefiles(folder: Path, stack: ExitStack) -> Target:
    """JSON files that an office gives: jurisdiction, catalogue, exported journal head."""
    world = make_world(folder, stack)
    number = CardNumber("22310010023")

    def run(data: bytes) -> tuple[str, ...]:
        readers = {
            "jurisdiction read": lambda: explain(number, [parse_jurisdiction(data)]),
            "catalogue read": lambda: parse_catalogue(data),
            "head read": lambda: audit(world.register, read_head(data)),
        }
        return _read_by(readers)

    corpus = (
        shipped_jurisdiction("chongqing").encode(),
        shipped_jurisdiction("jiangxi").encode(),
        '{"source": "", "occupations": {"6-31-01-03": "电工", "6-18-02-04": "焊工"}}'.encode(),
        msgspec.json.encode(signed_head(world.register)),
    )
    return Target(run, corpus, (mutate_json,))


def _read_by(readers: Mapping[str, Callable[[], object]]) -> tuple[str, ...]:
    """Let several readers have a file: which of them took it, and what the others refused it for."""
    words: list[str] = []
    for name, read in readers.items():
        try:
            read()
        except Exception as error:
            code = code_of(error)
            if code is None:
                raise
            words.append(f"not {name}: {code}")
        else:
            words.insert(0, name)
    return tuple(words) if words[0] in readers else ("-", *words)
