"""Which of two status lists is the newer one, and what a checker accepts after what it has seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from service.domain.status_list import MAX_AHEAD, StatusListError, StatusListPayload


@dataclass(frozen=True, slots=True, order=True)
class Precedence:
    """What orders lists: the position of their key in the key document, then iat in seconds since 1970-01-01 UTC."""

    place: int
    issued_at: int


def newest_place(seen: Iterable[Precedence]) -> int | None:
    """Return the position of the newest key that signed an accepted list; None where none was accepted."""
    return max((one.place for one in seen), default=None)


def highest_issued_at(seen: Iterable[Precedence]) -> int | None:
    """Return the highest iat of an accepted list, those of former keys left aside; None where none was accepted.

    A list by a newer key mends one that was dated in the future: what the former key said of the time is over.
    """
    newest = max(seen, default=None)
    return None if newest is None else newest.issued_at


def check_succession(payload: StatusListPayload, *, place: int, seen: Mapping[int, Precedence], now: int) -> None:
    """Refuse a list older than one seen before, or signed more than 10 minutes ahead of the clock.

    ``place`` is the position of the list's key; ``seen`` what was accepted before, by list number; ``now`` the
    verifier's clock, in seconds since 1970-01-01 UTC. Lists are ordered by key and iat: once a list by a newer key was
    accepted, none by an older one is, whatever its number. Without this an attacker replays the list from before a
    revocation. Raises StatusListError.
    """
    newest = newest_place(seen.values())
    if newest is not None and place < newest:
        raise former_key(payload.number)
    before = seen.get(payload.number)
    if before is not None and Precedence(place, payload.issued_at) < before:
        raise StatusListError(
            "收到的状态列表比已有的旧，不予采用",
            f"list {payload.number} was signed at {payload.issued_at}, one of {before.issued_at} is known already",
            code="status-list-older",
        )
    if payload.issued_at > now + MAX_AHEAD:
        raise StatusListError(
            "状态列表的签发时间晚于本机时间，请核对时钟",
            f"list {payload.number} was signed at {payload.issued_at}, the clock says {now}: check the clock",
            code="status-list-from-the-future",
        )


def former_key(number: int) -> StatusListError:
    """Return the refusal of a list by a key that another has followed."""
    return StatusListError(
        "状态列表由较早的状态密钥签署，不予采用",
        f"list {number} was signed by a former key, and a list by a newer one was accepted before",
        code="status-list-former-key",
    )
