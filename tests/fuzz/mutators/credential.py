"""Mutation of a credential: its text, its blocks of digits, its envelope, and what is signed in it."""

from __future__ import annotations

import re
from random import Random
from typing import Final

import cbor2

from keys.envelope import Envelope, pack, unpack
from keys.sign1 import Headers, sign_tagged
from keys.signer import Signer
from service.domain.credential import bytes_of, digits_of
from tests.fuzz.mutators.cbor import mutate_cbor
from tests.fuzz.mutators.raw import Mutator, mutate_bytes, mutate_text

_TEXT: Final = re.compile(r"(https://[^/]*/1#)([0-9]+)")
_BLOCK: Final = 41


def mutate_blocks(data: bytes, rng: Random) -> bytes:
    """Change one block of digits: its value, its length, its place, its script."""
    prefix, digits = _taken_apart(data)
    blocks = [digits[at : at + _BLOCK] for at in range(0, len(digits), _BLOCK)]
    at = rng.randrange(len(blocks))
    match rng.randrange(7):
        case 0:
            blocks[at] = "9" * len(blocks[at])
        case 1:
            limit = 256 ** (17 if len(blocks[at]) == _BLOCK else max(1, int(len(blocks[at]) / 2.41)))
            blocks[at] = str(limit + rng.choice((-1, 0, 1))).zfill(len(blocks[at]))
        case 2:
            blocks[at] = blocks[at][: rng.randrange(len(blocks[at]))]
        case 3:
            blocks.insert(at, rng.choice(blocks))
        case 4:
            other = rng.randrange(len(blocks))
            blocks[at], blocks[other] = blocks[other], blocks[at]
        case 5:
            place = rng.randrange(len(blocks[at]))
            digit = rng.choice((*"0123456789", *"１９٣²_+- ", "\n", ""))
            blocks[at] = blocks[at][:place] + digit + blocks[at][place + 1 :]
        case _:
            blocks[at] = "0" * len(blocks[at])
    return (prefix + "".join(blocks)).encode()


def mutate_address(data: bytes, rng: Random) -> bytes:
    """Change what stands before the digits."""
    prefix, digits = _taken_apart(data)
    host = prefix.removeprefix("https://").removesuffix("/1#")
    other = rng.choice(
        (
            prefix.upper(),
            f"http://{host}/1#",
            f"https://{host}/2#",
            f"https://{host}/１#",
            f"https://{host}:443/1#",
            f"https://{host}./1#",
            f"https://{host}/1?q#",
            f"https://u@{host}/1#",
            f"https://{mutate_text(host, rng)}/1#",
            f"https://{'a' * 40}/1#",
            " " + prefix,
            "",
        )
    )
    return (other + digits).encode("utf-8", "surrogatepass")


def mutate_enveloped(data: bytes, rng: Random) -> bytes:
    """Change the bytes that the digits stand for, and write them as digits again."""
    prefix, digits = _taken_apart(data)
    inner = rng.choice((mutate_bytes, mutate_envelope))
    return (prefix + digits_of(inner(bytes_of(digits), rng))).encode()


def mutate_envelope(data: bytes, rng: Random) -> bytes:
    """Change one part of an envelope and keep its form."""
    envelope = unpack(data)
    kid, payload, signature = envelope.kid, envelope.payload, envelope.signature
    match rng.randrange(4):
        case 0:
            kid = rng.choice((rng.randbytes(4), bytes((kid[0] ^ 1, *kid[1:])), bytes(4)))
        case 1:
            signature = rng.choice((bytes(64), signature[32:] + signature[:32], _flipped(signature, rng)))
        case 2:
            payload = mutate_bytes(payload, rng)
        case _:
            payload = mutate_cbor(payload, rng)
    return pack(Envelope(kid, payload, signature))


def resigned(signer: Signer, aad: bytes, protected: Headers, *, whole_key: bool = False) -> Mutator:
    """Make a mutator of published documents: their content is changed and signed again, so that it is read."""

    def mutate(data: bytes, rng: Random) -> bytes:
        payload = mutate_cbor(content_of(data), rng)
        return sign_tagged(signer, protected, payload, aad, kid=signer.public if whole_key else None)

    return mutate


def content_of(document: bytes) -> bytes:
    """Take the payload out of a tagged COSE_Sign1 message."""
    payload = cbor2.loads(document).value[2]
    assert isinstance(payload, bytes)
    return payload


def _taken_apart(data: bytes) -> tuple[str, str]:
    match = _TEXT.fullmatch(data.decode())
    if match is None:
        raise ValueError("no credential's text")
    return match[1], match[2]


def _flipped(data: bytes, rng: Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << rng.randrange(8),)) + data[at + 1 :]
