"""A register with a few cards, made as an office makes it, for the tests of the interface."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection, select

from keys.sealing import KdfCost
from service.domain.application import RawRow, parse_row
from service.domain.batch import plan
from service.domain.card_number import CardNumber
from service.domain.credential import text_of
from service.domain.eligibility import Policy
from service.domain.people import check_digit
from service.effects import Effects
from service.flows.issue.issuing import PreparedCard, draft_of, issue_prepared
from service.flows.register import Register, open_register
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.settings import Settings
from service.store import batches, copies, tables
from tests.flows.office import photo

CHEAP = KdfCost(passes=1, memory_kib=8, lanes=1)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Shanghai
NAMES = ("欧阳娜娜", "王芳", "阿卜杜热合曼·买买提依明")


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = NOON

    def advance(self, by: timedelta) -> None:
        self.now += by


@dataclass(slots=True)
class World:
    """A register's settings, its clock, and its cards by holder's name, with the text of their QR codes."""

    settings: Settings
    numbers: dict[str, CardNumber] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    random: Random = field(default_factory=Random)

    @property
    def effects(self) -> Effects:
        return Effects(lambda: self.clock.now, self.random.randbytes)

    def open(self) -> Register:
        return open_register(self.settings, self.effects)

    def copied_to(self, folder: Path) -> World:
        """Copy a SQLite register that nobody has open."""
        shutil.copytree(self.settings.data, folder, dirs_exist_ok=True)
        return World(settings_of(folder), dict(self.numbers), dict(self.texts))


def settings_of(folder: Path, passphrase: bytes = b"correct horse") -> Settings:
    return Settings(folder, f"sqlite:///{folder / 'register.db'}", passphrase=passphrase, password_cost=CHEAP)


def resident_id(sequence: int) -> str:
    body = f"50990119850101{sequence:03d}"
    return body + check_digit(body)


def supervisor(row: int, name: str) -> RawRow:
    return RawRow(
        row,
        {
            "name": name,
            "resident_id": resident_id(row),
            "kind": "外部质量督导员",
            "work_unit": "重庆市职业技能鉴定指导中心",
            "certified_on": date(2026, 11, 1),
            "score": 88,
        },
    )


def make_world(settings: Settings, names: Sequence[str] = NAMES) -> World:
    """Set a register up and issue an external supervisor's card to each name."""
    world = World(settings)
    set_up(settings, world.effects, jurisdiction_text=shipped_jurisdiction("chongqing"), cost=CHEAP)
    with world.open() as register:
        issue(world, register, [supervisor(row, name) for row, name in enumerate(names, 2)])
    return world


def issue(world: World, register: Register, rows: Sequence[RawRow]) -> None:
    """Plan and issue, with one photograph for all."""
    applications = tuple(parse_row(row, register.catalogue) for row in rows)
    today = world.effects.today()
    planned = plan(applications, {}, Policy(register.jurisdiction, {}, today, None, "李审核"))
    assert not planned.refused, planned.refused
    prepared = [PreparedCard(card, draft_of(card), photo()) for card in planned.accepted]
    with register.database.write() as connection:
        batch = batches.begin(
            connection,
            actor="test",
            key="batch",
            request_hash=bytes(32),
            now=world.clock.now,
            issued_on=today,
            commitment_key=bytes(32),
            issuer=None,
            reviewed_by="李审核",
        )
        issue_prepared(register, connection, batch.id, prepared, "test")
        for number in numbers_of(connection):
            live = copies.find_live(connection, number)
            assert live is not None
            world.numbers[live.card.name] = number
            world.texts[live.card.name] = text_of(register.host, live.copy.credential)


def numbers_of(connection: Connection) -> list[CardNumber]:
    return [CardNumber(number) for number in connection.execute(select(tables.card.c.number)).scalars()]
