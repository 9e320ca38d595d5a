"""The Merkle tree of RFC 9162 over the journal's entries, with SHA-256.

The frontier is what must be kept to append: the roots of the complete subtrees that the size's binary digits name,
largest first. An append costs O(log n) hashes; proofs are made from all leaf hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from service.domain.errors import JournalInvalid

HASH_SIZE: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()  # RFC 9162 2.1.1: MTH({})
_SIZE_BYTES: Final = 8

Span: TypeAlias = tuple[int, int]
"""The leaves from a place on, up to and without another."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry's bytes as a leaf. RFC 9162 2.1.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children into their parent. RFC 9162 2.1.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of the tree: its size, and one hash for each binary 1 in it, largest subtree first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count() or any(len(h) != HASH_SIZE for h in self.hashes):
            raise JournalInvalid(
                "日志树的边缘与其大小不符", "the frontier's hashes do not match its size", code="frontier-malformed"
            )

    def append(self, leaf: bytes) -> Frontier:
        """Add one leaf hash: join equal subtrees as a binary counter carries. O(log n)."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Add leaf hashes in order."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            joined = leaf
            for _ in range((~size & (size + 1)).bit_length() - 1):  # trailing ones of the size
                joined = node_hash(hashes.pop(), joined)
            hashes.append(joined)
            size += 1
        return Frontier(size, tuple(hashes))

    @property
    def root(self) -> bytes:
        """Merkle tree hash of all leaves. RFC 9162 2.1.1."""
        if not self.hashes:
            return EMPTY_ROOT
        *left, root = self.hashes
        for sibling in reversed(left):
            root = node_hash(sibling, root)
        return root

    def to_bytes(self) -> bytes:
        """Serialise: the size in 8 bytes, big-endian, then the hashes."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what ``to_bytes`` wrote. Raises JournalInvalid."""
        size, rest = data[:_SIZE_BYTES], data[_SIZE_BYTES:]
        if len(size) != _SIZE_BYTES or len(rest) % HASH_SIZE:
            raise JournalInvalid(
                "日志树的边缘长度不符",
                f"a frontier has 8 bytes and hashes of 32, got {len(data)} bytes",
                code="frontier-malformed",
            )
        return cls(int.from_bytes(size, "big"), tuple(rest[i : i + HASH_SIZE] for i in range(0, len(rest), HASH_SIZE)))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Compute the Merkle tree hash of leaf hashes, or of the roots of equal complete subtrees and that of the rest.

    Neighbours are joined level by level; whoever is left over at the end of a level goes up as it is, which is the
    tree of RFC 9162 2.1.1.
    """
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        left_over = level[-1:] if len(level) % 2 else []
        level = [*map(node_hash, level[::2], level[1::2]), *left_over]
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Prove that the leaf at ``index`` is in the tree of ``leaves``: its siblings, lowest first.

    Raises JournalInvalid for an index outside the tree.
    """
    return tuple(root_of(leaves[low:high]) for low, high in inclusion_spans(len(leaves), index))


def inclusion_spans(size: int, index: int) -> tuple[Span, ...]:
    """List the subtrees whose roots prove that a leaf is in a tree of ``size`` leaves, lowest first.

    Each begins where a subtree of at least its own size may begin. Raises JournalInvalid for an index outside the
    tree. RFC 9162 2.1.3.1.
    """
    if not 0 <= index < size:
        raise _no_proof(f"第 {index} 条不在 {size} 条的日志中", f"no entry {index} among {size}")
    path: list[Span] = []
    low, high = 0, size
    while high - low > 1:  # PATH(m, D_n), from the root down
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return tuple(reversed(path))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check an inclusion proof against a root. RFC 9162 2.1.3.2, whose step numbers stand in the code."""
    if not 0 <= index < size:  # 1
        return False
    fn, sn, r = index, size - 1, leaf  # 2, 3
    for p in proof:  # 4
        if sn == 0:  # 4.1
            return False
        if fn & 1 or fn == sn:  # 4.2
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1  # 4.3
    return sn == 0 and r == root  # 5


def consistency_proof(leaves: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Prove that the tree of the first ``first`` leaves is the beginning of the tree of all.

    Empty when they are the same tree. Raises JournalInvalid unless 1 <= first <= len(leaves).
    """
    return tuple(root_of(leaves[low:high]) for low, high in consistency_spans(len(leaves), first))


def consistency_spans(size: int, first: int) -> tuple[Span, ...]:
    """List the subtrees whose roots prove that a tree of ``size`` leaves begins with that of the first ``first``.

    They begin as those of ``inclusion_spans`` do. Raises JournalInvalid unless 1 <= first <= size. RFC 9162 2.1.4.1.
    """
    if not 1 <= first <= size:
        raise _no_proof(
            f"没有 {first} 条时的日志可供比对（现有 {size} 条）", f"no tree of {first} within {size} entries"
        )
    path: list[Span] = []
    low, high, whole = 0, size, True  # SUBPROOF(m, D_n, b), from the root down
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low, whole = middle, False
    if not whole:
        path.append((low, high))
    return tuple(reversed(path))


def verify_consistency(first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Check a consistency proof between two roots. RFC 9162 2.1.4.2, whose step numbers stand in the code."""
    if not 1 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = list(proof)
    if first.bit_count() == 1:  # 2: a power of two proves itself
        path.insert(0, first_root)
    if not path:  # 1
        return False
    fn, sn = first - 1, second - 1  # 3
    while fn & 1:  # 4
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]  # 5
    for c in path[1:]:  # 6
        if sn == 0:  # 6.1
            return False
        if fn & 1 or fn == sn:  # 6.2
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1  # 6.3
    return sn == 0 and fr == first_root and sr == second_root  # 7


def _split(size: int) -> int:
    """Largest power of two smaller than ``size``. RFC 9162 2.1.1."""
    return 1 << ((size - 1).bit_length() - 1)


def _no_proof(zh: str, en: str) -> JournalInvalid:
    return JournalInvalid(zh, en, code="proof-out-of-range")
