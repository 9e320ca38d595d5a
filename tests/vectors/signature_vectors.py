"""Vectors of single signatures: what whoever has the key can make that one implementation takes and another refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from keys.suites import ED25519
from tests.vectors import seeds
from tests.vectors.edwards import (
    BASE,
    NEUTRAL,
    L,
    P,
    add,
    challenge,
    decode,
    encode,
    multiply,
    secret_scalar,
    sign_with,
    small_order_points,
)
from tests.vectors.signing import Json

MESSAGE: Final = b"zhengka"
SECRET: Final = secret_scalar(seeds.seed(seeds.CARD))
PUBLIC: Final = seeds.signer(seeds.CARD).public
NONCE: Final = 2**200 + 9


def signatures() -> Json:
    """Return every signature with the verdict of OpenSSL, which recomputes R without the cofactor."""
    return {
        "about": "Ed25519 signatures by published TEST keys, and whether they hold: R = S*B - k*A, byte for byte.",
        "signatures": [
            {
                "name": name,
                "public": public.hex(),
                "message": message.hex(),
                "signature": signature.hex(),
                "holds": ED25519.load_public(public)(signature, message),
            }
            for name, public, message, signature in _cases()
        ],
    }


def _cases() -> Iterator[tuple[str, bytes, bytes, bytes]]:
    genuine = seeds.signer(seeds.CARD).sign(MESSAGE)
    point = multiply(NONCE, BASE)
    yield "genuine", PUBLIC, MESSAGE, genuine
    yield "genuine, of another message", PUBLIC, MESSAGE + b"!", genuine
    yield "genuine, of no message", PUBLIC, b"", seeds.signer(seeds.CARD).sign(b"")
    yield "made with a chosen nonce", PUBLIC, MESSAGE, _sign(encode(point))
    torsion = small_order_points()
    for n, small in enumerate(torsion[1:], 1):
        yield f"R with {n} times a point of order 8 added", PUBLIC, MESSAGE, _sign(encode(add(point, small)))
        yield f"R is {n} times a point of order 8", PUBLIC, MESSAGE, _sign(encode(small), 0)
    yield "R is the neutral point", PUBLIC, MESSAGE, _sign(encode(NEUTRAL), 0)
    not_canonical = {"y = p + 1": P + 1, "y = 1 with the sign of -0": 1 | 1 << 255, "y = p, order 4": P}
    for name, number in not_canonical.items():
        yield f"R not canonical, {name}", PUBLIC, MESSAGE, _sign(number.to_bytes(32, "little"), 0)
    yield "R off the curve", PUBLIC, MESSAGE, (2).to_bytes(32, "little") + genuine[32:]
    s = int.from_bytes(genuine[32:], "little")
    for times in (1, 2, 8, 15):
        yield f"S with {times} L added", PUBLIC, MESSAGE, genuine[:32] + (s + times * L).to_bytes(32, "little")
    yield "S is 0", PUBLIC, MESSAGE, genuine[:32] + bytes(32)
    yield "S is L", PUBLIC, MESSAGE, genuine[:32] + L.to_bytes(32, "little")
    yield "all zero", PUBLIC, MESSAGE, bytes(64)
    yield from _by_a_mixed_key(torsion[1])


def _sign(r: bytes, nonce: int = NONCE) -> bytes:
    return sign_with(r, nonce, SECRET, PUBLIC, MESSAGE)


def _by_a_mixed_key(small: tuple[int, int]) -> Iterator[tuple[str, bytes, bytes, bytes]]:
    """Sign under a key that has a part of order 8: what holds depends on the message, by chance of one in eight."""
    public = encode(add(decode(PUBLIC), small))
    r = encode(multiply(NONCE, BASE))
    for n in range(40):
        message = f"message {n}".encode()
        if n < 4 or challenge(r, public, message) % 8 == 0:
            yield (
                f"key with a part of order 8, message {n}",
                public,
                message,
                sign_with(r, NONCE, SECRET, public, message),
            )
