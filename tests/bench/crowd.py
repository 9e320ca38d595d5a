"""Made-up people with names as common as they are, and a register of their cards, for the attack on the lookup."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import select

from keys.sealing import KdfCost
from service import effects
from service.demo.people import AREA
from service.domain.application import RawRow, parse_row
from service.domain.batch import plan
from service.domain.card_number import CardNumber
from service.domain.credential import text_of
from service.domain.eligibility import Policy
from service.domain.people import check_digit
from service.flows.issue.issuing import PreparedCard, draft_of, issue_prepared
from service.flows.register import open_register
from service.flows.running.set_up import set_up
from service.flows.shipped import shipped_jurisdiction
from service.settings import Settings
from service.store import batches, copies, tables

PASSPHRASE: Final = b"correct horse battery staple"

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡"
    "余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯"
)
_GIVEN: Final = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建文辉红玲婷鑫宇浩晨欣怡子涵梓轩佳俊雪梅林海波飞鹏斌"
)
_SINGLE: Final = 0.12
"""Share of names with a given name of one character."""


def _shares(characters: str, flatness: int) -> list[float]:
    weights = [1 / (rank + flatness) for rank in range(len(characters))]
    return [weight / sum(weights) for weight in weights]


# 王 has 8 in a hundred then, the tenth surname 2, and the commonest name 4 in ten thousand: twice what 张伟 has.
_SURNAME_SHARES: Final = _shares(_SURNAMES, 4)
_GIVEN_SHARES: Final = _shares(_GIVEN, 20)


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """What its holder knows of a card: number, name, and what the code says."""

    number: str
    name: str
    text: str


def names(random: Random) -> Iterator[str]:
    """Draw names without end."""
    while True:
        (surname,) = random.choices(_SURNAMES, _SURNAME_SHARES)
        yield surname + "".join(random.choices(_GIVEN, _GIVEN_SHARES, k=1 if random.random() < _SINGLE else 2))


def commonest(count: int) -> tuple[tuple[str, float], ...]:
    """List the names most worth guessing, each with the share of people who have it."""
    shares = (
        (surname + given, one * other * _SINGLE)
        for surname, one in zip(_SURNAMES, _SURNAME_SHARES, strict=True)
        for given, other in zip(_GIVEN, _GIVEN_SHARES, strict=True)
    )
    return tuple(sorted(shares, key=itemgetter(1), reverse=True)[:count])


def settings_of(folder: Path, url: str | None = None) -> Settings:
    return Settings(folder, url or f"sqlite:///{folder / 'register.db'}", passphrase=PASSPHRASE)


def make_register(folder: Path, count: int, url: str | None = None) -> tuple[IssuedCard, ...]:
    """Set a register up, on SQLite unless told otherwise, and issue external supervisors' cards without photographs."""
    real = effects.real()
    settings = settings_of(folder, url)
    cheap = KdfCost(passes=1, memory_kib=8, lanes=1)
    set_up(settings, real, jurisdiction_text=shipped_jurisdiction("chongqing"), cost=cheap)
    drawn = names(Random(2026))
    with open_register(settings, real) as register:
        today = real.today()
        rows = tuple(parse_row(_row(place, next(drawn), today), register.catalogue) for place in range(count))
        planned = plan(rows, {}, Policy(register.jurisdiction, {}, today, None, "李审核"))
        assert not planned.refused, planned.refused[0]
        prepared = [PreparedCard(card, draft_of(card), bytes(32)) for card in planned.accepted]
        with register.database.write() as connection:
            batch = batches.begin(
                connection,
                actor="bench",
                key="crowd",
                request_hash=bytes(32),
                now=real.now(),
                issued_on=today,
                commitment_key=bytes(32),
                issuer=None,
                reviewed_by="李审核",
            )
            issue_prepared(register, connection, batch.id, prepared, "bench")
        with register.database.read() as connection:
            numbers = connection.execute(select(tables.card.c.number).order_by(tables.card.c.number)).scalars().all()
            live = [copies.find_live(connection, CardNumber(number)) for number in numbers]
        return tuple(
            IssuedCard(str(one.card.number), one.card.name, text_of(register.host, one.copy.credential))
            for one in live
            if one is not None
        )


def _row(place: int, name: str, today: date) -> RawRow:
    born = date(1970, 1, 1) + timedelta(days=place)
    first17 = f"{AREA}{born:%Y%m%d}{place % 1000:03d}"
    return RawRow(
        place + 2,
        {
            "name": name,
            "resident_id": first17 + check_digit(first17),
            "kind": "外部质量督导员",
            "work_unit": "重庆市渝北区职业技能鉴定指导中心",
            "certified_on": today - timedelta(days=20),
            "score": 88,
        },
    )
