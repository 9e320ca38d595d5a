"""``access``: who has signed in and who has read whose data."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.params import DAY
from service.cli.register import opened
from service.domain.access_record import ACT_WORDS, Act, ground_words
from service.domain.validity import SHANGHAI
from service.flows.paging import PageRequest
from service.flows.people.access_records import MOST, seek_accesses, set_keep_days
from service.store.access_records import StoredAccess


@click.group("access")
def access() -> None:
    """登录与查阅记录 Sign-ins, and who has read whose data."""


@command("list", access)
@click.option("--user", default="", help="只列此用户 of this user only.")
@click.option("--number", default="", help="只列此证卡 of this card only.")
@click.option("--act", type=click.Choice([act.value for act in Act]), help="只列此行为 of this act only.")
@click.option("--since", type=DAY, help="自该日起，默认 7 天 from this day on; 7 days by default.")
@pass_context
def list_(context: Context, user: str, number: str, act: str | None, since: date | None) -> None:
    """列出记录 List the record, the newest first."""
    with opened(context) as register:
        day = since or register.effects.today() - timedelta(days=7)
        moment = datetime.combine(day, time.min, SHANGHAI)
        asked = PageRequest(limit=MOST)
        found = seek_accesses(register, user=user, number=number, act=act or "", since=moment, asked=asked)
    context.answer([_as_json(one) for one in found.lines])
    context.table(
        ("时间 time", "何人 who", "行为 what", "证卡 card", "依据 ground", "结果 outcome"),
        [
            (
                one.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
                one.by,
                ACT_WORDS[one.access.act][0],
                one.access.number or "",
                ground_words(one.access.ground)[0],
                " ".join(filter(None, (one.access.outcome, one.access.network))),
            )
            for one in found.lines
        ],
        wide=(4, 5),
    )
    if found.older is not None:
        context.note(f"共 {found.total} 条，只列前 {MOST} 条", f"{found.total} in all, the newest {MOST} shown")


@command("keep", access)
@click.argument("days", type=int)
@pass_context
def keep(context: Context, days: int) -> None:
    """保存天数 Keep lines that are written from now on for so many DAYS, six months at least."""
    with opened(context) as register:
        set_keep_days(register, days, context.actor)
    context.answer({"days": days})
    context.say(f"今后的记录保存 {days} 天 kept for {days} days")


def _as_json(one: StoredAccess) -> dict[str, object]:
    return {
        "at": one.at.isoformat(),
        "actor": one.actor,
        "person_name": one.name,
        "institution": one.institution,
        "act": one.access.act.value,
        "number": one.access.number,
        "ground": one.access.ground,
        "outcome": one.access.outcome,
        "network": one.access.network,
    }


COMMANDS: Final = (access,)
