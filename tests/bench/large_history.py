"""What happens to many cards after they were issued: written in bulk, with entries of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select, update

from cardlayout.render import Job
from service.domain.event import Event, Json
from service.domain.issuer import CENTRE
from service.domain.review import EntryKind, Grade
from service.flows.printing.print_log import paper_of
from service.store import journal, tables
from service.store.facts import notes
from service.store.statements import chunks
from tests.bench.large_register import Grown
from tests.flows.assessment_day import PLACE, SKILLS
from tests.flows.office import ACTOR, SCHOOL

_JOBS: Final = [SKILLS.as_json()]
_PAPER: Final = paper_of(Job("证卡"))
_PASSED: Final = (4, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 10, 5, 5, 10, 2)


@dataclass(frozen=True, slots=True)
class Held:
    """A card with what its history is made of; ``turn`` counts the cards that were read."""

    turn: int
    number: str
    person: int
    kind: str
    name: str
    issuer: str
    copy: bytes
    stage: str | None
    is_valid: bool

    @property
    def is_assessor(self) -> bool:
        return self.kind not in {"external", "internal"}


def add_history(grown: Grown, numbers: Sequence[str], rare: int = 50) -> None:
    """Let the cards of these numbers be printed and handed out, and their holders work and be reviewed.

    What is rare happens to one holder of so many: a failed result, a proposal, a report.
    """
    register = grown.office.register
    now, today = register.effects.now(), register.effects.today()
    with register.database.write() as connection:
        held = _held(connection, numbers)
        events = [
            *_prints(connection, held, now),
            *_engagements(connection, grown, held, now, today),
            *_dispatches(connection, grown, held, now, today),
            *_record(connection, grown, held, now, today, rare),
            *_proposals(connection, held, now, today, rare),
            *_assessments(connection, grown, held, now, today),
        ]
        for chunk in chunks(events):
            journal.append_many(connection, now, ACTOR, chunk)
        _reads(connection, grown, held, now, today, rare)
        notes.begin(connection)  # the rows stand for themselves


def _held(connection: Connection, numbers: Sequence[str]) -> list[Held]:
    card, copy = tables.card, tables.copy
    columns = (card.c.number, card.c.person_id, card.c.kind, card.c.name, card.c.issuer, copy.c.copy_id, copy.c.stage)
    found = [
        row
        for chunk in chunks(sorted(numbers))
        for row in connection.execute(
            select(*columns, card.c.status == "valid")
            .join(copy, (copy.c.number == card.c.number) & (copy.c.state == "live"))
            .where(card.c.number.in_(chunk))
            .order_by(card.c.person_id)
        )
    ]
    return [Held(turn, *row) for turn, row in enumerate(found)]


def _prints(connection: Connection, held: Sequence[Held], now: datetime) -> Iterator[Event]:
    """Half of the cards wait to be printed, a tenth to be checked, a tenth to be handed out."""
    jobs: dict[str, int] = {}
    entries: list[dict[str, object]] = []
    stages: dict[str, list[bytes]] = {}
    for one in held:
        steps = (0, 0, 0, 0, 0, 1, 2, 3, 3, 3)[one.turn % 10]
        if one.stage != "to-print" or not steps:
            continue
        if one.issuer not in jobs:
            key = f"{one.number} and others"
            row = {"actor": "user:centre", "key": key, "request_hash": bytes(32), "body": one.issuer, "at": now}
            made = tables.print_job.insert().values(row | {"paper": _PAPER}).returning(tables.print_job.c.id)
            jobs[one.issuer] = connection.execute(made).scalar_one()
        stages.setdefault(("printed", "checked", "handed-out")[steps - 1], []).append(one.copy)
        for at, step in enumerate(("printed", "checked", "handed-out")[:steps]):
            entries.append(
                {
                    "copy_id": one.copy,
                    "number": one.number,
                    "step": step,
                    "at": now + timedelta(minutes=at),
                    "actor": "user:centre",
                    "body": one.issuer,
                    "job": jobs[one.issuer] if step == "printed" else None,
                    "time": 1 if step == "printed" else None,
                    "delivery": "signed" if step == "handed-out" else None,
                }
            )
        if steps > 1:
            yield Event("card-checked", one.number, {"copy": one.copy.hex(), "body": one.issuer})
    for stage, copies in stages.items():
        for chunk in chunks(copies):
            connection.execute(update(tables.copy).where(tables.copy.c.copy_id.in_(chunk)).values(stage=stage))
    _insert(connection, tables.print_entry, entries)


def _engagements(
    connection: Connection, grown: Grown, held: Sequence[Held], now: datetime, today: date
) -> Iterator[Event]:
    """Two assessors of three are engaged, and some external supervisors as internal ones."""
    rows: list[dict[str, object]] = []
    for one in held:
        if not one.is_valid or one.turn % 3 == 0 or not (one.is_assessor or (one.kind == "external" and one.turn % 4)):
            continue
        rows.append(
            {
                "number": one.number,
                "institution": _institution(grown, one),
                "since": today,
                "until": today + timedelta(days=365 * (1 + one.turn % 2)),
                "as_internal": one.kind == "external",
                "document": f"合同 {one.turn} 号",
                "entered_at": now,
            }
        )
    _insert(connection, tables.engagement, rows)
    for at, row in enumerate(rows):
        data: dict[str, Json] = {"engagement": at, "institution": str(row["institution"]), "as_internal": False}
        data |= {"since": today.isoformat(), "until": str(row["until"])}
        yield Event("engagement-made", str(row["number"]), data)


def _dispatches(
    connection: Connection, grown: Grown, held: Sequence[Held], now: datetime, today: date
) -> Iterator[Event]:
    rows: list[dict[str, object]] = []
    for one in held:
        if one.kind == "external" and one.is_valid:
            rows.extend(
                {
                    "number": one.number,
                    "institution": grown.institutions[(one.turn + visit) % len(grown.institutions)],
                    "on_day": today + timedelta(days=20 * visit - 30 + one.turn % 20),
                    "authority": _authority(grown, one),
                    "plan": f"第{one.turn % 7}号计划",
                    "entered_at": now,
                }
                for visit in range(3)
            )
    _insert(connection, tables.dispatch, rows)
    for at, row in enumerate(rows):
        data: dict[str, Json] = {"dispatch": at, "on": str(row["on_day"]), "authority": str(row["authority"])}
        yield Event("dispatch-made", str(row["number"]), data | {"institution": str(row["institution"])})


def _record(
    connection: Connection, grown: Grown, held: Sequence[Held], now: datetime, today: date, rare: int
) -> Iterator[Event]:
    """Every second holder has a review or a result; some of them failed, and half of these are decided."""
    rows: list[dict[str, object]] = []
    for one in held:
        if one.turn % 2:
            continue
        evaluated = one.is_assessor
        failed = one.turn % (2 * rare) == 0
        rows.append(
            {
                "number": one.number,
                "kind": (EntryKind.EVALUATION if evaluated or failed else EntryKind.REVIEW).value,
                "article": "考§18" if evaluated else "督§17" if failed else "督附2",
                "on_day": today,
                "body": _institution(grown, one) if evaluated else _authority(grown, one),
                "given_by": "周主任",
                "note": "",
                "outcome": (Grade.FAILED if failed else Grade.PASSED).value,
                "points": None if evaluated or failed else list(_PASSED),
                "plan": "",
                "occupation": "",
                "institution": _institution(grown, one),
                "entered_at": now,
            }
        )
    before = _next_id(connection, tables.integrity)
    _insert(connection, tables.integrity, rows)
    failed_at = [before + at for at, row in enumerate(rows) if row["outcome"] == Grade.FAILED.value]
    closing = {"closed_on": today, "closed_by": "王主任", "reason": "已整改", "entered_at": now, "corrected_to": "合格"}
    _insert(connection, tables.case_closing, [{"entry": entry, **closing} for entry in failed_at[::2]])
    for row in rows:
        yield Event("integrity-recorded", str(row["number"]), {"what": str(row["kind"]), "on": today.isoformat()})


def _proposals(connection: Connection, held: Sequence[Held], now: datetime, today: date, rare: int) -> Iterator[Event]:
    rows: list[dict[str, object]] = []
    for one in held:
        if one.turn % rare == 1 and one.is_valid:
            closed = one.turn % (2 * rare) == 1
            rows.append(
                {
                    "number": one.number,
                    "ground": "考§21(4)" if one.is_assessor else "督§19(4)",
                    "body": SCHOOL.authority,
                    "proposed_by": "赵科长",
                    "reason": "评分出现重大错误",
                    "entered_at": now,
                    "state": "declined" if closed else "proposed",
                    "closed_on": today if closed else None,
                    "closed_by": "王主任" if closed else None,
                    "answer": "证据不足" if closed else None,
                }
            )
    _insert(connection, tables.proposal, rows)
    for row in rows:
        data = {name: str(row[name]) for name in ("ground", "reason", "proposed_by")}
        yield Event("revocation-proposed", str(row["number"]), data)


def _assessments(
    connection: Connection, grown: Grown, held: Sequence[Held], now: datetime, today: date
) -> Iterator[Event]:
    """One assessment for ten cards, with seven of their holders; to half of them everybody came."""
    assessments: list[dict[str, object]] = []
    people: list[dict[str, object]] = []
    calls: list[dict[str, object]] = []
    person_id = count(_next_id(connection, tables.assessment_person))
    for identity, first in enumerate(range(0, len(held), 10), _next_id(connection, tables.assessment)):
        on = today + timedelta(days=first // 10 % 60 - 40)
        assessments.append(
            {
                "id": identity,
                "institution": _institution(grown, held[first]),
                "on_day": on,
                "starts_at": datetime.combine(on, now.timetz()),
                "plan": f"第{first // 10}批",
                "place": PLACE,
                "jobs": _JOBS,
                "entered_at": now,
                "commitment_key": bytes(32),
            }
        )
        for place, one in enumerate(held[first : first + 7]):
            roles = ("leader" if place == 0 else "assessor",) if one.is_assessor else (one.kind,)
            row: dict[str, object] = {
                "id": next(person_id),
                "assessment": identity,
                "role": roles[0],
                "number": one.number,
                "person_id": one.person,
                "name": one.name,
                "declared": "clear",
            }
            people.append(row)
            if on < today and identity % 2:
                call = {name: row[name] for name in ("assessment", "role", "number", "name", "declared")}
                came = {"nonce": grown.random.randbytes(16), "planned": row["id"], "verdict": "valid"}
                times = {"offline": False, "is_holder": True, "came_at": now, "taken_at": now}
                calls.append({**call, **came, **times})
    _insert(connection, tables.assessment, assessments)
    _insert(connection, tables.assessment_person, people)
    _insert(connection, tables.roll_call, calls)
    for row in assessments:
        data: dict[str, Json] = {"institution": str(row["institution"]), "on": str(row["on_day"])}
        yield Event("assessment-planned", f"assessment:{row['id']}", data | {"numbers": [], "people": 7})


def _reads(connection: Connection, grown: Grown, held: Sequence[Held], now: datetime, today: date, rare: int) -> None:
    """Enter checks at the gate, what the office has read, reports, and messages."""
    accounts = connection.execute(select(tables.account.c.id).order_by(tables.account.c.id).limit(1)).scalar_one()
    random = grown.random
    read = {"actor": "user:centre", "name": "王小明", "network": "192.0.2.1", "outcome": "", "ground": "本单位"}
    _insert(
        connection,
        tables.access_record,
        [
            {**read, "at": now, "act": act, "number": one.number, "keep_until": today + timedelta(days=400)}
            for one in held
            for act in ("person", "photo", "card")
        ],
    )
    scan = {"account_id": accounts, "institution": SCHOOL.code, "verdict": "valid", "offline": False}
    times = {"scanned_at": now, "taken_at": now}
    _insert(
        connection,
        tables.scan,
        [{**scan, **times, "nonce": random.randbytes(16), "number": one.number} for one in held],
    )
    report = {"place": "考点门口", "seen_on": today, "reported_at": now, "verdict": "revoked"}
    _insert(
        connection,
        tables.card_report,
        [
            {
                **report,
                "receipt": random.randbytes(6).hex(),
                "nonce": random.randbytes(16).hex(),
                "body": one.issuer if one.turn % 2 else CENTRE,
                "number": one.number,
                "commitment_key": bytes(32),
                **(
                    _ANSWERED | {"closed_at": now}
                    if one.turn % (2 * rare) == 0
                    else dict.fromkeys((*_ANSWERED, "closed_at"))
                ),
            }
            for one in held
            if one.turn % rare == 0
        ],
    )
    notices = [
        {
            "key": f"m_{random.randbytes(8).hex()}",
            "topic": "card.issued",
            "at": now,
            "data": f'{{"number":"{one.number}"}}',
        }
        for one in held
    ]
    _insert(connection, tables.notice, notices)


_ANSWERED: Final = {"closed_by": "user:centre", "answer": "已核实"}


def _institution(grown: Grown, one: Held) -> str:
    turn = one.turn // 7
    return SCHOOL.code if turn % 16 == 0 else grown.institutions[turn % len(grown.institutions)]


def _authority(grown: Grown, one: Held) -> str:
    turn = one.turn // 5
    return str(SCHOOL.authority) if turn % 16 == 0 else grown.authorities[turn % len(grown.authorities)]


def _next_id(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


def _insert(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    for chunk in chunks(rows, 10_000):
        connection.execute(table.insert(), chunk)
