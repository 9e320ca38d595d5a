"""Hold every row of the register against what the journal's entries say of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, and_, select
from sqlalchemy.exc import DBAPIError

from service.domain.card import CardStatus
from service.domain.event import Event
from service.domain.journal import COPY_ENDED
from service.flows.running.audit_entries import (
    ISSUED,
    ISSUED_FIELDS,
    KEPT_BYTES,
    LIVE_COPY,
    Fault,
    Replayed,
    issued_digest,
    kept_of,
    key_hash,
    last_statements,
)
from service.store import journal
from service.store.card_rows import NO_COPY
from service.store.facts import COVERED, Coverage
from service.store.facts.coverage import PARTS
from service.store.facts.rows import stream
from service.store.journal import Wanted
from service.store.states import CopyState
from service.store.tables import card, card_scope, copy

_UNREADABLE: Final = ("row-unreadable", "含无法识读的文字", "holds text that is no text")
_WRONG: Final = {
    "row-differs": ("与日志所载不符，有改动", "differs from what the journal says of it"),
    "row-without-entry": ("日志中没有，是另外加入的", "stands in no entry of the journal"),
    "row-missing": ("日志中有，登记库中已没有", "is gone, though the journal says that it is there"),
}


class _Differing(NamedTuple):
    code: str
    part: str
    key: str | None
    hashed: int
    owner: str


def row_faults(connection: Connection, told: Replayed, apart: Collection[str] = ()) -> tuple[Fault, ...]:
    """Compare every covered row, part by part, with the latest digest stated for it; name those that differ.

    ``apart`` are tables left out.
    """
    faults: list[Fault] = []
    differing: list[_Differing] = []
    for coverage in (one for one in COVERED if one.table.name not in apart):
        try:
            differing.extend(_differing(connection, told, coverage))
        except (DBAPIError, UnicodeDecodeError):  # SQLite keeps any bytes as text, if told to
            code, zh, en = _UNREADABLE
            name = str(coverage.table.name)
            faults.append(Fault(f"表 {name}：{zh}", f"table {name} {en}", code, name))
    if differing:
        stated = last_statements(connection, ((one.part, one.hashed) for one in differing))
        faults.extend(_named(one, stated.get((one.part, one.hashed))) for one in differing)
    return tuple(faults)


def _differing(connection: Connection, told: Replayed, coverage: Coverage) -> Iterator[_Differing]:
    expected = {part.name: told.stated(part.name) for part in coverage.parts}
    reader, rows = stream(connection, coverage)
    for row in rows:
        key = reader.key(row)
        hashed = key_hash(key)
        for part, digest in reader.digests(row):
            stated = expected[part].pop(hashed, None)
            if stated != digest[:KEPT_BYTES]:
                code = "row-without-entry" if stated is None else "row-differs"
                yield _Differing(code, part, key, hashed, coverage.owner[1] + str(row[1]))
    for part, left in expected.items():
        for hashed in left:
            yield _Differing("row-missing", part, None, hashed, "")


def _named(one: _Differing, stated: tuple[str, int] | None) -> Fault:
    key = one.key if one.key is not None else stated[0] if stated else "?"
    part = PARTS[one.part]
    zh, en = _WRONG[one.code]
    of = "" if one.owner in {"", key} else one.owner
    columns = ", ".join(part.columns)
    last_zh, last_en = (
        ("", "") if stated is None else (f"；最后载于第 {stated[1]} 条", f"; last stated by entry {stated[1]}")
    )
    return Fault(
        f"表 {part.table} 的 {key}{f'（{of}）' if of else ''}：{zh}（{columns}）{last_zh}",
        f"{part.table} {key}{f' ({of})' if of else ''} {en} ({columns}){last_en}",
        one.code,
        part.table,
        key,
        None if stated is None else stated[1],
    )


def status_faults(connection: Connection, told: Replayed) -> tuple[int, list[Fault]]:
    """Compare every card's status with the one its events lead to; return how many cards there are with the faults."""
    expected, faults, count = dict(told.statuses), [], 0
    statement = select(card.c.number, card.c.status).order_by(card.c.number)
    rows = connection.execute(statement.execution_options(yield_per=journal.PAGE))
    for number, status in rows:
        count += 1
        stated = expected.pop(key_hash(number), None)
        if stated != status:
            faults.append(_status_fault(number, status, stated))
    if expected:
        faults.extend(_cards_gone(connection, expected))
    return count, faults


def _cards_gone(connection: Connection, expected: Mapping[int, CardStatus]) -> Iterator[Fault]:
    for row in journal.stored(connection):
        if row.kind in {"card-issued", "card-imported"} and (hashed := key_hash(row.subject)) in expected:
            yield _status_fault(row.subject, None, expected[hashed])


def _status_fault(number: str, kept: str | None, stated: CardStatus | None) -> Fault:
    return Fault(
        f"证卡 {number}：登记为 {kept or '无'}，日志为 {stated or '无'}",
        f"card {number}: the register says {kept or 'nothing'}, the journal {stated or 'nothing'}",
        "card-status",
        "card",
        number,
    )


def issue_faults(connection: Connection, told: Replayed) -> Iterator[Fault]:
    """Compare what each card was issued with, and its live copy, with the entry of its issue in words."""
    issued, copies = told.stated(ISSUED), told.stated(LIVE_COPY)
    columns = (card.c.person_id, card.c.kind, card.c.issuer, card.c.issued_on, card.c.expires_on, card.c.predecessor)
    statement = (
        select(card.c.number, *columns, copy.c.copy_id, card_scope.c.scope)
        .join(card_scope, card_scope.c.number == card.c.number)
        .outerjoin(copy, and_(copy.c.number == card.c.number, copy.c.state == CopyState.LIVE.value))
        .order_by(card.c.number)
    )
    rows = connection.execute(statement.execution_options(yield_per=journal.PAGE))
    for number, group in groupby(rows, key=itemgetter(0)):
        first, *others = group
        _, person, kind, issuer, issued_on, expires_on, predecessor, copy_id, scope = first
        kept: dict[str, Any] = {
            "person": person,
            "kind": kind,
            "issuer": issuer,
            "issued_on": issued_on.isoformat(),
            "expires_on": expires_on.isoformat(),
            "copy": (copy_id or NO_COPY).hex(),
            "scopes": sorted((scope, *(row[-1] for row in others))),
            **({} if predecessor is None else {"predecessor": predecessor}),
        }
        hashed = key_hash(number)
        stated, live = issued.get(hashed), copies.get(hashed)
        wrong_issue = stated is not None and stated != kept_of(issued_digest(kept))
        wrong_copy = live is not None and live != kept_of(str(kept["copy"]).encode())
        if wrong_issue or wrong_copy:
            yield _issue_fault(connection, number, kept)


def _issue_fault(connection: Connection, number: str, kept: Mapping[str, Any]) -> Fault:
    told: dict[str, Any] = {}
    for entry in reversed(journal.newest(connection, Wanted(subjects=(number,)), journal.PAGE)):
        told |= _of_issue(entry.event)
    altered = [key for key in (*ISSUED_FIELDS, "copy") if kept.get(key) != told.get(key)]
    return Fault(
        f"证卡 {number}：登记的 {'、'.join(altered)} 与日志不符",
        f"card {number}: {', '.join(altered)} in the register differ from the journal",
        "card-issue",
        "card",
        number,
    )


def _of_issue(event: Event) -> dict[str, Any]:
    if event.kind in {"card-issued", "card-imported", "card-amended"}:
        return {key: event.data[key] for key in (*ISSUED_FIELDS, "copy") if key in event.data}
    if event.kind in COPY_ENDED:
        return {"copy": NO_COPY.hex()}
    return {"copy": event.data["copy"]} if event.kind == "card-replaced" else {}
