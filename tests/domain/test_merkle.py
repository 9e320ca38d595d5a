from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.errors import JournalInvalid
from service.domain.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The inputs, roots and proofs of the reference tests of Certificate Transparency (merkle_tree_test.cc).
CT_LEAVES = tuple(
    leaf_hash(bytes.fromhex(entry))
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
)
CT_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
CT_INCLUSION = {
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
}
CT_CONSISTENCY = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
}

sizes = st.integers(1, 70)


@cache
def leaves(size: int) -> tuple[bytes, ...]:
    return tuple(leaf_hash(str(i).encode()) for i in range(size))


def slow_root(of: tuple[bytes, ...]) -> bytes:
    """RFC 9162 2.1.1 as it is written, by recursion."""
    if len(of) == 1:
        return of[0]
    k = max(2**i for i in range(8) if 2**i < len(of))
    return node_hash(slow_root(of[:k]), slow_root(of[k:]))


def test_agrees_with_certificate_transparency() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert [root_of(CT_LEAVES[: i + 1]).hex() for i in range(8)] == list(CT_ROOTS)
    for (index, size), proof in CT_INCLUSION.items():
        assert [h.hex() for h in inclusion_proof(CT_LEAVES[:size], index)] == list(proof)
    for (first, second), proof in CT_CONSISTENCY.items():
        assert [h.hex() for h in consistency_proof(CT_LEAVES[:second], first)] == list(proof)


@given(sizes)
def test_appending_gives_the_root_of_the_definition(size: int) -> None:
    frontier = Frontier().extend(leaves(size))
    assert frontier.root == slow_root(leaves(size))
    assert len(frontier.hashes) == size.bit_count()


@given(sizes)
def test_the_frontier_survives_writing_and_reading(size: int) -> None:
    frontier = Frontier().extend(leaves(size))
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


@pytest.mark.parametrize("data", [b"", bytes(7), bytes(8) + bytes(32), (3).to_bytes(8, "big") + bytes(32), bytes(9)])
def test_refuses_a_damaged_frontier(data: st.DataObject) -> None:
    with pytest.raises(JournalInvalid) as refused:
        Frontier.from_bytes(data)
    assert refused.value.code == "frontier-malformed"


@given(st.data(), sizes)
def test_every_leaf_proves_its_place_and_no_other(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(leaves(size), index), root_of(leaves(size))
    assert verify_inclusion(leaves(size)[index], index, size, proof, root)
    other = data.draw(st.integers(-1, size).filter(lambda i: i != index))
    assert not verify_inclusion(leaves(size)[index], other, size, proof, root)
    assert not verify_inclusion(leaf_hash(b"forged"), index, size, proof, root)
    assert not verify_inclusion(leaves(size)[index], index, size, (*proof, root), root)
    assert not proof or not verify_inclusion(leaves(size)[index], index, size, proof[:-1], root)
    assert not verify_inclusion(leaves(size)[index], index, size, proof, leaf_hash(root))


@given(st.data(), sizes)
def test_every_earlier_tree_proves_to_be_the_beginning(data: st.DataObject, size: int) -> None:
    first = data.draw(st.integers(1, size))
    proof = consistency_proof(leaves(size), first)
    first_root, root = root_of(leaves(first)), root_of(leaves(size))
    assert verify_consistency(first, size, proof, first_root, root)
    assert not verify_consistency(first, size, proof, leaf_hash(first_root), root)
    assert not verify_consistency(first, size, proof, first_root, leaf_hash(root))
    assert not verify_consistency(first, size, (*proof, root), first_root, root)
    assert not proof or not verify_consistency(first, size, proof[:-1], first_root, root)
    assert not verify_consistency(size + 1, size, proof, first_root, root)
    assert not verify_consistency(0, size, proof, first_root, root)


@given(st.data(), st.integers(2, 70))
def test_a_rewritten_entry_breaks_consistency(data: st.DataObject, size: int) -> None:
    """An auditor who kept a head finds out when any entry before it has been changed."""
    first = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, first - 1))
    rewritten = (*leaves(size)[:changed], leaf_hash(b"rewritten"), *leaves(size)[changed + 1 :])
    assert not verify_consistency(
        first, size, consistency_proof(rewritten, first), root_of(leaves(first)), root_of(rewritten)
    )


@pytest.mark.parametrize("index", [-1, 8])
def test_proves_nothing_about_entries_that_are_not_there(index: int) -> None:
    with pytest.raises(JournalInvalid):
        inclusion_proof(CT_LEAVES, index)


@pytest.mark.parametrize("first", [0, 9])
def test_proves_nothing_about_trees_that_never_were(first: int) -> None:
    with pytest.raises(JournalInvalid):
        consistency_proof(CT_LEAVES, first)
