"""``record``: what is recorded of a person, over all cards."""

from __future__ import annotations

from typing import Final

import click

from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.register import opened
from service.domain.access_record import Access, Act
from service.flows.people.access_records import record_access
from service.flows.people.record import person_record
from service.flows.requests.reading import card_number


@command("record")
@click.argument("number")
@pass_context
def record(context: Context, number: str) -> None:
    """诚信档案 Tell the integrity record of a card's holder."""
    with opened(context) as register:
        told = person_record(register, card_number(number))
        record_access(register, context.actor, Access(act=Act.RECORD, number=number, ground="machine"))
    assert told is not None  # whoever has the register reads everything
    context.answer(
        {
            "name": told.name,
            "cards": [str(card.number) for card in told.cards],
            "keepers": {kind.value: {"zh": zh, "en": en} for kind, (zh, en) in told.keepers},
            "entries": [
                {
                    "on": line.on.isoformat(),
                    "number": str(line.number),
                    "what": line.what,
                    "article": line.article,
                    "outcome": line.outcome,
                    "points": line.points,
                    "total": line.total,
                    "body": line.body,
                    "by": line.by,
                    "note": line.note,
                }
                for line in told.lines
            ],
        }
    )
    context.say(f"{told.name}：" + "、".join(f"{card.number}（{card.kind.zh}）" for card in told.cards))
    for kind, (zh, en) in told.keepers:
        context.say(f"{kind.zh}档案由{zh}维护 kept by {en}")
    context.table(
        (
            "日期 on",
            "证卡编号 number",
            "事项 what",
            "依据 article",
            "结果 outcome",
            "单位 body",
            "人员 by",
            "说明 note",
        ),
        [
            (
                line.on.isoformat(),
                str(line.number),
                line.what,
                line.article,
                line.outcome if line.total is None else f"{line.total} {line.outcome}",
                line.body,
                line.by,
                line.note,
            )
            for line in told.lines
        ],
        wide=(7,),
    )
    context.say(f"共 {len(told.lines)} 条 {len(told.lines)} in all")


COMMANDS: Final = (record,)
