"""Take over at a restore what later signed status lists publish: a card they call bad was made so after the backup.

A list tells of every copy that was in it; what it does not tell, the ground of a cancellation, is for the office to
enter (``revoke``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from keys.errors import KeysError
from keys.keyring import KeyRecord, Keyring, KeyState, Purpose
from service.domain.card import Card, CardStatus
from service.domain.card_number import CardNumber
from service.domain.event import Event, Json
from service.domain.replaying import follow
from service.domain.status_list import (
    MEDIA_TYPE,
    Status,
    StatusListError,
    StatusListPayload,
    decode_payload,
    number_of,
)
from service.flows.errors import Refused
from service.flows.publishing.publish import STATUS_LIST_AAD, STATUS_LIST_HEADERS
from service.store import cards, copies, numbers, restored, status_lists
from service.store.status_lists import Publication

FOLDER: Final = "status-lists"
_INDEX: Final = "index.json"  # which ``publish`` writes beside the lists
_STATUS: Final = {
    Status.REVOKED: CardStatus.REVOKED,
    Status.VOIDED: CardStatus.VOIDED,
    Status.SUPERSEDED: CardStatus.SUPERSEDED,
}


@dataclass(frozen=True, slots=True)
class LaterList:
    """A signed list as it was published, and what it says."""

    path: Path
    body: bytes
    payload: StatusListPayload

    @property
    def source(self) -> str:
        """Where a status comes from, in words."""
        return f"{self.payload.number}@{self.payload.issued_at}"


def read_later_lists(folder: Path, host: str, known: Iterable[KeyRecord]) -> Mapping[int, LaterList]:
    """Read the status lists in a folder, of each number the newest.

    ``folder`` is what ``publish`` wrote, or holds lists saved from ``/status-lists/n`` under any names. Raises Refused
    for a file that is no list signed with a status key of this register, and where there is none at all.
    """
    place = folder / FOLDER if (folder / FOLDER).is_dir() else folder
    ring = Keyring(record for record in known if record.state is not KeyState.COMPROMISED)
    newest: dict[int, LaterList] = {}
    for path in sorted(path for path in place.iterdir() if path.name != _INDEX and not path.name.startswith(".")):
        found = _read(path, host, ring)
        kept = newest.get(found.payload.number)
        if kept is None or found.payload.issued_at > kept.payload.issued_at:
            newest[found.payload.number] = found
    if not newest:
        raise Refused(
            "no-status-list",
            f"{place} 中没有状态列表：须是发布时写出的目录，或存有逐个下载的状态列表的目录",
            f"there is no status list in {place}: the folder that publishing wrote is needed, or one with lists "
            "that were saved one by one",
        )
    return newest


def _read(path: Path, host: str, ring: Keyring) -> LaterList:
    try:
        body = path.read_bytes()
        verified = ring.verify_tagged(body, Purpose.STATUS, STATUS_LIST_AAD, STATUS_LIST_HEADERS)
        payload = decode_payload(verified.payload, number=number_of(verified.payload))
    except (KeysError, StatusListError, IsADirectoryError) as error:
        raise Refused(
            "status-list-invalid",
            f"{path} 不是本登记库签发的状态列表（{MEDIA_TYPE}），或内容被改动；未恢复任何数据",
            f"{path} is no status list that this register has signed, or was altered: nothing has been restored "
            f"({getattr(error, 'code', 'not a file')})",
        ) from error
    if payload.host != host:
        raise Refused(
            "status-list-invalid",
            f"{path} 是 {payload.host} 的列表，登记库的是 {host}",
            f"{path} is a list of {payload.host}, the register is {host}",
        )
    return LaterList(path, body, payload)


def check_complete(connection: Connection, lists: Mapping[int, LaterList], made_at: datetime) -> None:
    """Refuse lists that leave out one with a copy in it, or that are from before the backup was made."""
    for number in status_lists.list_numbers(connection):
        later = lists.get(number)
        if later is None and status_lists.copies_in(connection, number):
            raise Refused(
                "status-list-missing",
                f"缺少第 {number} 个状态列表：请给出全部列表",
                f"status list {number} is missing: give all of them",
            )
        if later is not None and later.payload.issued_at <= int(made_at.timestamp()):
            raise Refused(
                "status-list-older",
                f"{later.path} 签发于备份之前，不能说明备份之后的情况",
                f"{later.path} was signed before the backup was made and tells nothing of the time after it",
            )


def take_lists(
    connection: Connection, lists: Mapping[int, LaterList], now: datetime
) -> tuple[tuple[Event, ...], tuple[CardNumber, ...]]:
    """Take over what the lists say: events, and the cards whose copy was replaced, which are left open.

    Each list stands from then on as the one last published, so that the next is dated after it.
    """
    events: list[Event] = []
    opened: list[CardNumber] = []
    for number in sorted(lists.keys() & set(status_lists.list_numbers(connection))):
        later = lists[number]
        placed = status_lists.copies_in(connection, number)
        held = cards.for_update(connection, (card_number for _, _, card_number in placed))
        for index, copy_id, card_number in placed:
            told = _take(connection, later, held[card_number], copy_id, later.payload.status_at(index), now)
            if told is not None:
                events.append(told)
                if told.kind == "copy-replacement-taken":
                    opened.append(card_number)
        _stand(connection, later)
    restored.doubt(connection, opened, now)
    return tuple(events), tuple(opened)


def _take(
    connection: Connection, later: LaterList, card: Card, copy_id: bytes, listed: Status, now: datetime
) -> Event | None:
    on = later.payload.published_on
    data: dict[str, Json] = {"on": on.isoformat(), "list": later.payload.number, "iat": later.payload.issued_at}
    if listed is Status.NEVER_ISSUED:
        raise Refused(
            "status-list-older",
            f"{later.path} 不知道备份中已有的证卡 {card.number}：不是备份之后的列表",
            f"{later.path} does not know card {card.number}, which the backup has: it is no later list",
        )
    if listed is Status.REPLACED and card.status is CardStatus.VALID and copy_id == card.copy_id:
        copies.end_live(connection, card.number, on)
        return Event("copy-replacement-taken", card.number, {**data, "copy": copy_id.hex()})
    status = _STATUS.get(listed)
    if status is None or not _is_worse(status, card.status) or copy_id != card.copy_id:
        return None
    event = Event("card-status-taken", card.number, {**data, "status": status.value})
    _save(connection, follow(card, event), on)
    if status is CardStatus.VOIDED:
        numbers.void_many(connection, (card.number,), f"恢复时取自状态列表 taken from status list {later.source}", now)
    return event


def _is_worse(listed: CardStatus, held: CardStatus) -> bool:
    """Return True for a step that a card can take: from valid to any other status, from superseded to revoked."""
    return held is CardStatus.VALID or (held is CardStatus.SUPERSEDED and listed is CardStatus.REVOKED)


def _save(connection: Connection, card: Card, on: date) -> None:
    cards.save_many(connection, (card,), on)


def _stand(connection: Connection, later: LaterList) -> None:
    """Let a later list stand as the one last published; it is signed anew before it is given to anybody."""
    (standing,) = status_lists.standings(connection, later.payload.number)
    former = standing.published
    if former is None or former.iat < later.payload.issued_at:
        new = Publication(later.payload.issued_at, later.body, None, None)
        status_lists.publish(connection, later.payload.number, new, over=former)
