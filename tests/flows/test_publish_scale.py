"""What checkers download for a million cards. ``python -m tests.bench.scale`` prints the figures."""

from __future__ import annotations

from keys.signer import Signer
from service.domain.bundle import decode_bundle
from service.domain.status_list import LIST_SIZE, Status
from tests.bench import scale


def test_a_million_cards_lists_and_names_stay_as_small_as_promised() -> None:
    """All status lists together under 40 KB, the bundle with keys and names under 200 KB."""
    signer = Signer.from_private(bytes(32))
    packed = tuple(scale.entries(scale.CARDS))
    lists = tuple(scale.sign_list(one, number, signer) for number, one in enumerate(packed, 1))
    assert len(lists) == 8
    assert sum(map(len, lists)) < 40_000
    bundle = scale.bundle_of(lists, signer)
    assert len(bundle) < 200_000
    assert decode_bundle(bundle).status_lists == lists
    counted = "".join(one.hex() for one in packed)
    assert [counted.count(f"{fate:x}") for fate in (Status.REVOKED, Status.REPLACED, Status.VOIDED)] == [
        10_000,
        3_000,
        1_000,
    ]
    assert counted.count("f") == 8 * LIST_SIZE - scale.CARDS
