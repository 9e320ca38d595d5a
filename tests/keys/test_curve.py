from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from keys.curve import check_public
from keys.errors import BadKey
from keys.signer import Signer

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    """Add two points of edwards25519 (RFC 8032 5.1.4, affine)."""
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P,
    )


def recover_x(y: int) -> int | None:
    """Find a square root of (y² - 1) / (d·y² + 1) (RFC 8032 5.1.3)."""
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if x * x % P != x2:
        x = x * SQRT_M1 % P
    return x if x * x % P == x2 else None


def small_order_points() -> set[Point]:
    """Find the eight points by multiplying arbitrary ones by the order of the base point."""
    order = 2**252 + 27742317777372353535851937790883648493
    found: set[Point] = {(0, 1)}
    y = 2
    while len(found) < 8:
        y += 1
        if (x := recover_x(y)) is None:
            continue
        torsion, addend, factor = (0, 1), (x, y), order
        while factor:
            if factor & 1:
                torsion = add(torsion, addend)
            addend, factor = add(addend, addend), factor >> 1
        multiple = torsion
        for _ in range(8):
            found.add(multiple)
            multiple = add(multiple, torsion)
    return found


def encoded(y: int, sign: int) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def test_all_eight_points_of_small_order_are_refused_though_openssl_loads_them() -> None:
    points = small_order_points()
    assert len(points) == 8
    for x, y in points:
        public = encoded(y, x & 1)
        Ed25519PublicKey.from_public_bytes(public)
        with pytest.raises(BadKey, match="small order"):
            check_public(public)


@given(st.integers(min_value=P, max_value=2**255 - 1), st.integers(0, 1))
def test_encodings_that_are_not_reduced_are_refused(y: int, sign: int) -> None:
    with pytest.raises(BadKey, match="not reduced"):
        check_public(encoded(y, sign))


@given(st.integers(min_value=2, max_value=P - 2), st.integers(0, 1))
def test_a_point_is_taken_exactly_if_it_lies_on_the_curve(y: int, sign: int) -> None:
    public = encoded(y, sign)
    if recover_x(y) is None:
        with pytest.raises(BadKey, match="no point of the curve"):
            check_public(public)
    else:
        check_public(public)


@given(st.binary(min_size=32, max_size=32))
def test_every_key_of_our_own_making_is_taken(private: bytes) -> None:
    check_public(Signer.from_private(private).public)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_keys_of_another_length_are_refused(size: int) -> None:
    with pytest.raises(BadKey, match="32 bytes"):
        check_public(bytes(size))


def test_a_private_key_of_another_length_is_refused() -> None:
    with pytest.raises(BadKey, match="32 bytes"):
        Signer.from_private(bytes(31))


def test_a_signer_shows_its_identifier_and_never_its_private_half() -> None:
    signer = Signer.from_private(bytes(range(32)))
    assert repr(signer) == f"<Signer {signer.kid.hex()}>"
    assert not hasattr(signer, "__dict__")
