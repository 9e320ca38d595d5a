"""``duties``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service import effects
from service.cli.command import command, pass_context
from service.cli.context import Context
from service.cli.files import refuse_existing, whole_file
from service.cli.params import OUT_FILE
from service.cli.register import opened
from service.flows.people.duties import list_duties
from service.roster.table import write_table

_HEADINGS: Final = ("期限 due", "条款 article", "单位 body", "证卡 card", "事项 what")


@command("duties")
@click.option("--institution", help="只列此机构的 of this institution only.")
@click.option("--out", type=OUT_FILE, help="另存为 xlsx as a spreadsheet.")
@pass_context
def duties_(context: Context, institution: str | None, out: Path | None) -> None:
    """待办事项 Tell what is due, the first to be done first.

    反馈表（督§12(2)）、评议（督§16、考§17）、年度考核（考§18）、人员配备（督§5、考§6）、到期的证卡和聘期、待决定事项、密钥
    feedback, reviews, annual reviews, staffing, cards and engagements that end, cases, proposals, keys.
    """
    if out is not None:
        refuse_existing(out)
    with opened(context) as register:
        found = list_duties(register, body=institution)
        today = register.effects.today()
    context.answer([one.as_json() for one in found])
    rows = [
        (
            f"{one.due_on or ''}{' 逾期 late' if one.is_late(today) else ''}",
            one.article,
            one.body,
            one.number,
            f"{one.zh} {one.en}",
        )
        for one in found
    ]
    context.table(_HEADINGS, rows, wide=(2, 4))
    context.say(f"共 {len(found)} 项 {len(found)} in all")
    if out is not None:
        with whole_file(out) as file:
            file.write(write_table("待办事项", _HEADINGS, rows, effects.real().now()))
        context.say(f"已写出 written: {out}")


COMMANDS: Final = (duties_,)
