"""Facts about one card, to be judged: each test changes the one it is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from service.domain.card import Card
from service.domain.card_view import view_of
from service.domain.check_facts import Genuine, ListAnswer, Record, RegisterAnswer
from service.domain.status_list import LIFETIME, TTL, Status, StatusListPayload, encode_list
from tests.domain.sample_cards import ISSUED_ON, card

INDEX = 40
LISTED_AT = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)
NOW = LISTED_AT + timedelta(hours=1)
FOREVER = date(2099, 1, 1)


def genuine(
    of: Card | None = None, *, index: int = INDEX, compromised: bool = False, signs_until: date = FOREVER
) -> Genuine:
    return Genuine(view_of(of or card(), None), index, compromised, signs_until)


def registered(of: Card | None = None, *, copy_is_live: bool = True, claims_match: bool = True) -> RegisterAnswer:
    return RegisterAnswer(Record(of or card(), "市职鉴中心", copy_is_live, claims_match))


def status_list(
    entries: Mapping[int, Status], *, listed_at: datetime = LISTED_AT, version: int = 3
) -> StatusListPayload:
    at = int(listed_at.timestamp())
    return StatusListPayload("zk.example.cn", 1, at, at + LIFETIME, TTL, version, encode_list(entries))


def listed(
    entry: Status = Status.VALID,
    *,
    listed_at: datetime = LISTED_AT,
    version: int = 3,
    held_version: int = 3,
    valid_until: datetime = datetime(2099, 1, 1, tzinfo=UTC),
    highest: int = 99,
) -> ListAnswer:
    """A list with ``entry`` at INDEX and a valid card at ``highest``."""
    payload = status_list({highest: Status.VALID, INDEX: entry}, listed_at=listed_at, version=version)
    return ListAnswer(payload, held_version, valid_until)


__all__ = ["FOREVER", "INDEX", "ISSUED_ON", "LISTED_AT", "NOW", "genuine", "listed", "registered", "status_list"]
