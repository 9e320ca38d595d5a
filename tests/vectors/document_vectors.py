"""Vectors of key documents: genuine ones, and attacks with the code of the refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, Final

import cbor2

from keys.document import AAD, KeyDocument, Pin, sign_document
from keys.identity import fingerprint
from keys.keyring import KeyRecord
from keys.sign1 import sign_tagged
from tests.vectors import seeds
from tests.vectors.card_attacks import bad_keys
from tests.vectors.signing import HOST, HOSTS, Json

ROOT_PIN: Final = Pin(fingerprint(seeds.signer(seeds.ROOT).public))


def samples() -> dict[str, tuple[KeyDocument, str, Pin | None]]:
    """Return the genuine documents: name → (content, root that signs, what the checker remembers)."""
    document = KeyDocument(
        version=3,
        issued=1_780_000_000,
        valid_until=1_780_000_000 + 90 * 86_400,
        hosts=HOSTS,
        keys=seeds.records(),
    )
    next_root = seeds.signer(seeds.NEXT_ROOT).public
    announced = replace(document, version=4, next_root=next_root)
    return {
        "pinned-by-fingerprint": (document, seeds.ROOT, ROOT_PIN),
        "first-seen": (document, seeds.ROOT, None),
        "same-version-again": (document, seeds.ROOT, replace(ROOT_PIN, version=3)),
        "announces-next-root": (announced, seeds.ROOT, replace(ROOT_PIN, version=3)),
        "signed-by-the-announced-root": (
            replace(document, version=5),
            seeds.NEXT_ROOT,
            Pin(ROOT_PIN.root, fingerprint(next_root), 4),
        ),
        "no-keys-yet": (replace(document, version=1, hosts=(HOST,), keys=()), seeds.ROOT, ROOT_PIN),
    }


def documents() -> Json:
    """Key documents by published TEST roots."""
    return {
        "about": "Key documents by published TEST keys; refused ones with the code of the refusal.",
        "aad": AAD.decode(),
        "roots": {
            name: {"test_seed": seeds.seed(name).hex(), "public": seeds.signer(name).public.hex()}
            for name in (seeds.ROOT, seeds.NEXT_ROOT, seeds.STRANGER)
        },
        "valid": [
            {
                "name": name,
                "document": sign_document(document, seeds.signer(root)).hex(),
                "root": root,
                "pin": None if pin is None else asdict(pin),
                "content": _content(document),
            }
            for name, (document, root, pin) in samples().items()
        ],
        "refused": _attacks(),
    }


def _content(document: KeyDocument) -> Json:
    return {
        "version": document.version,
        "issued": document.issued,
        "valid_until": document.valid_until,
        "hosts": list(document.hosts),
        "keys": [_key(record) for record in document.keys],
        "next_root": None if document.next_root is None else document.next_root.hex(),
    }


def _key(record: KeyRecord) -> list[str]:
    return [
        record.purpose.value,
        record.public.hex(),
        record.signs_from.isoformat(),
        record.signs_until.isoformat(),
        record.state.value,
    ]


def _attacks() -> list[Json]:
    document = samples()["pinned-by-fingerprint"][0]
    root = seeds.signer(seeds.ROOT)
    good = sign_document(document, root)
    payload = _payload(good)

    def signed(content: bytes, aad: bytes = AAD, headers: dict[int, str] | None = None) -> bytes:
        return sign_tagged(root, headers or {}, content, aad, kid=root.public)

    def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
        content = cbor2.loads(payload)
        change(content)
        return signed(cbor2.dumps(content, canonical=True))

    def with_key(change: Callable[[list[Any]], object]) -> bytes:
        return changed(lambda content: change(content["keys"][0]))

    identity = bad_keys()["order-1"]
    malformed = "key-document-malformed"
    cases: dict[str, tuple[bytes, Pin, str]] = {
        name: (data, ROOT_PIN, code)
        for name, (data, code) in {
            "bit-flipped": (good[:-1] + bytes([good[-1] ^ 1]), "signature-invalid"),
            "wrong-aad": (signed(payload, b"zhengka/card/1"), "signature-invalid"),
            "short-key-identifier": (sign_tagged(root, {}, payload, AAD), "envelope-malformed"),
            "further-header": (signed(payload, headers={16: "x"}), "envelope-malformed"),
            "untagged": (good[1:], "envelope-malformed"),
            "trailing-byte": (good + b"\0", "envelope-malformed"),
            "root-of-small-order": (
                good.replace(root.public, identity, 1)[:-64] + identity + bytes(32),
                "envelope-malformed",
            ),
            "strangers-root": (sign_document(document, seeds.signer(seeds.STRANGER)), "root-not-pinned"),
            "next-root-before-it-was-announced": (
                sign_document(document, seeds.signer(seeds.NEXT_ROOT)),
                "root-not-pinned",
            ),
            "root-swapped-under-the-signature": (
                good.replace(root.public, seeds.signer(seeds.STRANGER).public, 1),
                "root-not-pinned",
            ),
            "payload-not-a-map": (signed(b"\x80"), malformed),
            "payload-trailing-byte": (signed(payload + b"\0"), malformed),
            "payload-unsorted": (signed(cbor2.dumps(dict(reversed(cbor2.loads(payload).items())))), malformed),
            "doubled-entry": (signed(b"\xa7" + payload[1:] + cbor2.dumps("version") + b"\x03"), malformed),
            "further-entry": (changed(lambda c: c.update(extra=1)), malformed),
            "entry-missing": (changed(lambda c: c.pop("next_root")), malformed),
            "version-0": (changed(lambda c: c.update(version=0)), malformed),
            "version-true": (changed(lambda c: c.update(version=True)), malformed),
            "version-float": (changed(lambda c: c.update(version=3.0)), malformed),
            "ends-before-it-begins": (changed(lambda c: c.update(valid_until=c["issued"])), malformed),
            "no-hosts": (changed(lambda c: c.update(hosts=[])), malformed),
            "key-of-small-order": (with_key(lambda key: key.__setitem__(1, identity)), malformed),
            "key-not-canonical": (
                with_key(lambda key: key.__setitem__(1, bad_keys()["order-1-not-canonical"])),
                malformed,
            ),
            "key-off-the-curve": (with_key(lambda key: key.__setitem__(1, bad_keys()["not-on-the-curve"])), malformed),
            "key-for-two-purposes": (
                changed(lambda c: c["keys"].append(["status", *c["keys"][0][1:]])),
                malformed,
            ),
            "purpose-unknown": (with_key(lambda key: key.__setitem__(0, "card/2")), malformed),
            "state-unknown": (with_key(lambda key: key.__setitem__(4, "lost")), malformed),
            "dates-reversed": (with_key(lambda key: key.__setitem__(3, key[2] - 1)), malformed),
            "date-beyond-calendar": (with_key(lambda key: key.__setitem__(3, 2**40)), malformed),
            "key-entry-too-long": (with_key(lambda key: key.append(0)), malformed),
            "next-root-of-small-order": (changed(lambda c: c.update(next_root=identity)), malformed),
        }.items()
    }
    cases["lower-version"] = (good, replace(ROOT_PIN, version=4), "key-document-older")
    cases["old-root-after-its-successor"] = (
        good,
        Pin(fingerprint(seeds.signer(seeds.NEXT_ROOT).public), None, 3),
        "root-not-pinned",
    )
    return [
        {"name": name, "document": data.hex(), "pin": asdict(pin), "code": code}
        for name, (data, pin, code) in cases.items()
    ]


def _payload(document: bytes) -> bytes:
    payload = cbor2.loads(document).value[2]
    assert isinstance(payload, bytes)
    return payload
