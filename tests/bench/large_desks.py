"""Who works in a large register, and what lies on their desks: accounts, batches at work, printers, addresses."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from sqlalchemy import Connection, func, select, update

from cardlayout.impose import Flip, Sheet
from service.domain.application import RawRow
from service.domain.draft_state import DraftState
from service.domain.issuer import CENTRE
from service.domain.notice import Topic
from service.domain.problem import Problem
from service.flows.drafts.bench import JUDGED_ON
from service.flows.drafts.sealed import (
    Judgement,
    Reading,
    RowContent,
    file_place,
    judgement_place,
    reading_place,
    seal,
    seal_row,
    seal_value,
)
from service.store import drafts, tables
from service.store.facts import notes
from service.store.statements import chunks
from tests.bench.large_register import Amounts, Grown, applications_of
from tests.flows.office import SCHOOL, photo

_DRAFTS_OF_A_BODY: Final = 60
_WRONG: Final = Problem("score-too-low", "theory_score", "考§7(2)1", "理论成绩低于 60 分", "theory score under 60")
_BODIES: Final = (CENTRE, SCHOOL.code)


def add_desks(grown: Grown, amounts: Amounts) -> None:
    """Add accounts with tokens and sign-ins, and batches at work of two bodies."""
    register = grown.office.register
    with register.database.write() as connection:
        _add_accounts(connection, grown, amounts.accounts)
        connection.execute(update(tables.delivery).values(next_at=None))  # there is no network to try
        holder = {CENTRE: "user:centre", SCHOOL.code: "user:school"}
        for body in _BODIES:
            for place in range(max(amounts.accounts * _DRAFTS_OF_A_BODY // 1_500, 2)):
                counts = {"people": 30, "good": 28, "problems": 2, JUDGED_ON: grown.office.today.toordinal()}
                now = register.effects.now()
                name = f"第{place}批"
                drafts.begin(connection, body=body, holder=holder[body], name=name, now=now, counts=counts)
            _add_large_draft(connection, grown, body, holder[body], amounts.draft_rows)
        notes.begin(connection)


def _add_accounts(connection: Connection, grown: Grown, count: int) -> None:
    now, today = grown.office.clock.now, grown.office.today
    first = connection.execute(select(func.max(tables.account.c.id))).scalar_one() + 1
    roles = ("institution", "site-staff", "centre", "district", "institution", "site-staff", "institution")
    rows: list[dict[str, Any]] = []
    for place in range(first, first + count):
        role = roles[place % len(roles)]
        of = SCHOOL.code if place % 8 == 0 else grown.institutions[place % len(grown.institutions)]
        rows.append(
            {
                "id": place,
                "name": f"user{place}",
                "role": role,
                "institution": of if role in {"institution", "site-staff"} else None,
                "district": SCHOOL.authority if role == "district" else None,
                "password": "x",
                "created_at": now,
                "person_name": next(grown.drawn),
            }
        )
    connection.execute(tables.account.insert(), rows)
    keys = grown.random.randbytes
    signed_in = {"csrf": "x", "opened_at": now, "seen_at": now, "network": "192.0.2.1"}
    devices = [
        {**signed_in, "key": keys(32), "account_id": row["id"], "device": f"{row['name']} 的手机"}
        for row in rows
        if row["role"] == "site-staff"
    ]
    connection.execute(tables.session.insert(), devices)
    issued = {"scopes": "check", "created_at": now, "expires_on": today}
    tokens = [{**issued, "key": keys(32), "account_id": row["id"], "label": "door"} for row in rows[::3]]
    connection.execute(tables.token.insert(), tokens)


def add_settings(grown: Grown, amounts: Amounts) -> None:
    """Add printers and addresses of the two bodies, and let some institutions print at the centre."""
    with grown.office.register.database.write() as connection:
        _add_settings(connection, grown, max(amounts.institutions // 5, 2))
        notes.begin(connection)


def _add_settings(connection: Connection, grown: Grown, count: int) -> None:
    now = grown.office.clock.now
    before = connection.execute(select(func.count()).select_from(tables.printer)).scalar_one()
    paper = {"sheet": Sheet.FOUR.value, "flip": Flip.LONG.value, "front_x": 0, "front_y": 0, "back_x": 30, "back_y": 0}
    few = max(count // 8, 1)
    printers = [{**paper, "body": body, "name": f"{before + at} 号机"} for body in _BODIES for at in range(few)]
    connection.execute(tables.printer.insert(), printers)
    at_centre = {"is_on": True, "changed_at": now, "changed_by": "user:school"}
    known = set(connection.execute(select(tables.prints_at_centre.c.institution)).scalars())
    fresh = [code for code in grown.institutions[2:] if code not in known][:count]
    connection.execute(tables.prints_at_centre.insert(), [{**at_centre, "institution": code} for code in fresh])
    hook = {"secret": b"x", "topics": Topic.ISSUED.value, "created_at": now}
    hooks = [
        {**hook, "target": f"https://hooks.example.cn/{at}", "institution": of}
        for of in (None, SCHOOL.code)
        for at in range(few)
    ]
    connection.execute(tables.webhook.insert(), hooks)
    told = connection.execute(select(tables.webhook.c.id)).scalars().all()
    keys = connection.execute(select(tables.notice.c.key).where(tables.notice.c.key.startswith("m_"))).scalars()
    sent = {"attempts": 1, "done_at": now, "outcome": "200"}
    deliveries = ({**sent, "webhook_id": told[at % len(told)], "notice": key} for at, key in enumerate(keys))
    for chunk in chunks(deliveries):
        connection.execute(tables.delivery.insert(), chunk)


def _add_large_draft(connection: Connection, grown: Grown, body: str, holder: str, count: int) -> None:
    """Add a batch at work with so many rows, nine of ten good, each with its photograph."""
    register, now = grown.office.register, grown.office.clock.now
    rows = applications_of(grown, count)
    good = count - len(range(0, count, 10))
    counts = {"people": count, "good": good, "problems": count - good, "photos": count}
    counts[JUDGED_ON] = grown.office.today.toordinal()
    identity = drafts.begin(
        connection, body=body, holder=holder, name="大批次", now=now, counts=counts, state=DraftState.OPEN
    )
    reading = Reading(file_name="名单.xlsx", sheet="报名表", is_taken=True)
    drafts.change(connection, identity, now, reading=seal_value(register, reading_place(identity), reading))
    first = connection.execute(select(func.coalesce(func.max(tables.draft_file.c.id), 0))).scalar_one() + 1
    files = [_file(grown, identity, first + at, row) for at, row in enumerate(rows)]
    for chunk in chunks(files, 500):
        connection.execute(tables.draft_file.insert(), chunk)
    stored = [
        {
            "draft_id": identity,
            "row": row.row,
            "version": 1,
            "cells": seal_row(register, identity, row.row, RowContent(row.cells)),
            "judged": seal_value(register, judgement_place(identity, row.row), _judgement(row, at)),
            "is_good": at % 10 != 0,
            "is_removed": False,
            "is_seen": at % 3 == 0,
            "file_id": first + at,
            "is_claimed": False,
        }
        for at, row in enumerate(rows)
    ]
    for chunk in chunks(stored, 1_000):
        connection.execute(tables.draft_row.insert(), chunk)


def _judgement(row: RawRow, at: int) -> Judgement:
    return Judgement(str(row.cells["name"]), (_WRONG,) if at % 10 == 0 else ())


def _file(grown: Grown, identity: int, file: int, row: RawRow) -> dict[str, object]:
    register, jpeg = grown.office.register, photo(row.row % 3)
    digest = hashlib.sha256(f"{identity} {row.row}".encode()).digest()
    sha256 = digest.hex()
    return {
        "id": file,
        "draft_id": identity,
        "digest": digest,
        "kind": "photo",
        "state": "kept",
        "names": seal_value(register, file_place(sha256, "names"), [f"{row.cells['resident_id']}.jpg"]),
        "size": len(jpeg),
        "width": 295,
        "height": 413,
        "body": seal(register, file_place(sha256, "body"), jpeg),
        "portrait": seal(register, file_place(sha256, "portrait"), jpeg),
        "changed_at": grown.office.clock.now,
    }
