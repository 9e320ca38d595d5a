from __future__ import annotations

import argon2
import pytest

from keys.passwords import hash_password, is_cheaper, password_matches
from keys.sealing import KdfCost

CHEAP = KdfCost(passes=1, memory_kib=8, lanes=1)
DEARER = KdfCost(passes=2, memory_kib=16, lanes=1)
SALT = bytes(range(16))
PASSWORD = "三峡好人 three gorges"  # noqa: S105 - a sample


def test_only_the_password_that_was_hashed_matches() -> None:
    hashed = hash_password(PASSWORD, SALT, CHEAP)
    assert password_matches(hashed, PASSWORD)
    for other in ("", PASSWORD[:-1], PASSWORD + " ", PASSWORD.upper()):
        assert not password_matches(hashed, other)


def test_the_hash_is_argon2id_in_its_standard_form_and_holds_no_password() -> None:
    hashed = hash_password(PASSWORD, SALT, CHEAP)
    assert hashed.startswith("$argon2id$v=19$m=8,t=1,p=1$AAECAwQFBgcICQoLDA0ODw$")
    assert "gorges" not in hashed
    assert argon2.PasswordHasher().verify(hashed, PASSWORD)


def test_another_salt_gives_another_hash() -> None:
    assert hash_password(PASSWORD, SALT, CHEAP) != hash_password(PASSWORD, SALT[::-1], CHEAP)


@pytest.mark.parametrize("hashed", ["", "no hash", "$argon2id$v=19$m=8,t=1,p=1$AAEC$", "$2b$12$abcdefghijklmnopqrstuv"])
def test_what_is_no_hash_matches_nothing(hashed: str) -> None:
    assert not password_matches(hashed, PASSWORD)
    assert not password_matches(hashed, "")


def test_a_hash_of_another_cost_is_to_be_made_anew() -> None:
    hashed = hash_password(PASSWORD, SALT, CHEAP)
    assert not is_cheaper(hashed, CHEAP)
    assert is_cheaper(hashed, DEARER)
    assert password_matches(hashed, PASSWORD), "the old cost still checks"
